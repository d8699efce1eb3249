//! The audit log. An entry is written in the same transaction as the action that it records.

use std::sync::Arc;

use accolade_core::time::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::query::ResultPage;
use crate::receipt::serialize_timestamp;
use crate::store::{AuditRow, StoreError, Transaction};
use crate::{Engine, Ticket};

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditEntry {
    /// Sequence number, from 1. Numbers increase and may have gaps.
    pub seq: i64,
    /// The instant of the action.
    #[serde(serialize_with = "serialize_timestamp")]
    pub at: Timestamp,
    /// The name given to [`Engine::on_behalf_of`].
    pub actor: String,
    /// The kind of action: the name of a manual action, such as `accolade.award`, or
    /// `catalog.publish`, `player.erase`, `players.repair`, `events.restore`, `feed.prune`, or a
    /// name given to [`AccessTransaction::record_audit_entry`].
    ///
    /// [`AccessTransaction::record_audit_entry`]: crate::AccessTransaction::record_audit_entry
    pub action: String,
    /// The player concerned; `None` if there is none or the player was erased.
    pub player: Option<String>,
    /// The object of the action, such as the id of a manual action or `version 2`. Empty if there
    /// is none or the player was erased.
    pub subject: String,
    /// Details as a JSON object, which is empty if the player was erased.
    pub detail: Value,
}

impl AuditEntry {
    fn new((seq, row): (i64, AuditRow)) -> Self {
        let AuditRow {
            at,
            actor: who,
            action,
            player,
            subject,
            detail,
        } = row;
        Self {
            seq,
            at,
            actor: who,
            action,
            player,
            subject,
            detail: serde_json::from_str(&detail).unwrap_or_default(),
        }
    }
}

impl Engine {
    /// Returns a handle to the same engine whose actions are recorded in the audit log under a
    /// name, such as that of the administrator of a web interface.
    ///
    /// The log records accepted manual actions, publications, erasures, repairs, restored events
    /// and pruning. Duplicates, rejections and actions without an effect leave no entry, and
    /// recording events never does.
    ///
    /// ```
    /// use accolade::{Action, Catalog, Engine};
    ///
    /// let catalog = Catalog::from_toml("[[badge]]\nid = 'hero'\ncriterion = { manual = true }")?;
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::open(store, catalog)?;
    /// let action = Action::award("ada", "hero").id("thanks");
    /// engine.on_behalf_of("grace").submit_action(action).wait()?;
    /// let entry = &engine.list_audit_entries(None, 10).wait()?.items[0];
    /// assert_eq!((&*entry.actor, &*entry.action), ("grace", "accolade.award"));
    /// # Ok::<(), accolade::Error>(())
    /// ```
    #[must_use]
    pub fn on_behalf_of(&self, who: &str) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            actor: AuditActor(Some(who.into())),
        }
    }

    /// Lists the audit log by page, newest first: at most `limit` entries with numbers below
    /// `before`, or the latest ones for `None`.
    pub fn list_audit_entries(
        &self,
        before: Option<i64>,
        limit: usize,
    ) -> Ticket<ResultPage<AuditEntry, i64>> {
        self.inner.readers.run_query(move |reader| {
            let rows = reader.list_audit_page(before, limit.saturating_add(1))?;
            Ok(ResultPage::from_rows(
                rows.into_iter().map(AuditEntry::new).collect(),
                limit,
                |entry| entry.seq,
            ))
        })
    }
}

/// Name under which actions are recorded in the audit log; without one, nothing is recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AuditActor(Option<Arc<str>>);

impl AuditActor {
    pub(crate) fn actor_name(&self) -> Option<&Arc<str>> {
        self.0.as_ref()
    }

    /// Records an action that concerns no single player.
    pub(crate) fn record_action(
        &self,
        tx: &mut dyn Transaction,
        at: Timestamp,
        action: &str,
        subject: &str,
        detail: Value,
    ) -> Result<(), StoreError> {
        self.record_player_action(tx, at, action, None, subject, detail)
    }

    /// Records an action on a player.
    pub(crate) fn record_player_action(
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
            actor: who.to_string(),
            action: action.to_owned(),
            player: player.map(str::to_owned),
            subject: subject.to_owned(),
            detail: detail.to_string(),
        }])
    }
}
