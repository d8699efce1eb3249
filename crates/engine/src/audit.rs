//! What was done on whose behalf: the audit log, which is written in the commit of what it tells of.

use std::sync::Arc;

use accolade_core::time::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::query::Page;
use crate::receipt::text;
use crate::store::{AuditRow, StoreError, Transaction};
use crate::{Engine, Ticket};

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditEntry {
    /// Its number. Later entries have greater ones; there may be gaps.
    pub seq: i64,
    /// When it was done.
    #[serde(serialize_with = "text")]
    pub at: Timestamp,
    /// On whose behalf.
    pub who: String,
    /// What was done: the name of an act, such as `accolade.award`, or `catalog.publish`, `player.erase`,
    /// `player.compact`, `players.repair`, `events.restore`, `feed.prune`; or what [`Administration::note`] was told.
    ///
    /// [`Administration::note`]: crate::Administration::note
    pub action: String,
    /// To which player, if to one who was not erased since.
    pub player: Option<String>,
    /// To what: the id of an act, `version 2`; empty where there is nothing to name, or the player was erased.
    pub subject: String,
    /// The rest, as an object; an empty one where the player was erased.
    pub detail: Value,
}

impl AuditEntry {
    fn new((seq, row): (i64, AuditRow)) -> Self {
        let AuditRow {
            at,
            who,
            action,
            player,
            subject,
            detail,
        } = row;
        Self {
            seq,
            at,
            who,
            action,
            player,
            subject,
            detail: serde_json::from_str(&detail).unwrap_or_default(),
        }
    }
}

impl Engine {
    /// The same engine, for whoever acts on somebody's behalf: an administrator in a web interface, say. What is done
    /// through it by hand is in the audit log, in the same commit as what was done: acts that were accepted,
    /// publications, erasures, repairs, compacting, restoring and pruning. What was a duplicate, was rejected or changed
    /// nothing leaves no entry, and recording events never does.
    ///
    /// ```
    /// use accolade::{Act, Catalog, Engine, memory::MemoryStore};
    ///
    /// let engine = Engine::open(MemoryStore::new(), Catalog::from_toml("[[badge]]\nid = 'hero'\ncriterion = { manual = true }")?)?;
    /// engine.on_behalf_of("grace").act(Act::award("ada", "hero").id("thanks")).wait()?;
    /// let log = engine.audit(None, 10).wait()?.items;
    /// assert_eq!((&*log[0].who, &*log[0].action, &*log[0].subject), ("grace", "accolade.award", "thanks"));
    /// # Ok::<(), accolade::Error>(())
    /// ```
    #[must_use]
    pub fn on_behalf_of(&self, who: &str) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            actor: Actor(Some(who.into())),
        }
    }

    /// A page of the audit log, newest first: entries with numbers below `before`.
    pub fn audit(&self, before: Option<i64>, limit: usize) -> Ticket<Page<AuditEntry, i64>> {
        self.inner.readers.run(move |reader| {
            let rows = reader.audit_page(before, limit.saturating_add(1))?;
            Ok(Page::cut(
                rows.into_iter().map(AuditEntry::new).collect(),
                limit,
                |entry| entry.seq,
            ))
        })
    }
}

/// On whose behalf something is done; nobody's, unless somebody said so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Actor(Option<Arc<str>>);

impl Actor {
    /// Their name.
    pub(crate) fn name(&self) -> Option<&Arc<str>> {
        self.0.as_ref()
    }

    /// Notes in the audit log what a transaction does that concerns no single player.
    pub(crate) fn note(
        &self,
        tx: &mut dyn Transaction,
        at: Timestamp,
        action: &str,
        subject: &str,
        detail: Value,
    ) -> Result<(), StoreError> {
        self.note_of(tx, at, action, None, subject, detail)
    }

    /// Notes in the audit log what a transaction does to a player.
    pub(crate) fn note_of(
        &self,
        tx: &mut dyn Transaction,
        at: Timestamp,
        action: &str,
        player: Option<&str>,
        subject: &str,
        detail: Value,
    ) -> Result<(), StoreError> {
        let Some(who) = &self.0 else { return Ok(()) };
        tx.append_audit(&[AuditRow {
            at,
            who: who.to_string(),
            action: action.to_owned(),
            player: player.map(str::to_owned),
            subject: subject.to_owned(),
            detail: detail.to_string(),
        }])
    }
}
