//! Erasure of a person's data (S22).

use crate::audit::AuditActor;
use crate::batch::identity::{self, PlayerIdentity, SECRET_SETTING};
use crate::erasure_report::{ErasedPlayer, ErasureReport};
use crate::secret;
use crate::store::{ErasedRows, ReadStore, StoreError};
use crate::writer::{WriterJob, WriterThread};
use crate::{Error, Players, Ticket};
use accolade_core::event::RESERVED_PREFIX;
use accolade_core::ids::PlayerId;

/// Events per query.
const PAGE: usize = 256;

impl Players<'_> {
    /// Erases all data of a player and of merged guests: timeline, ledger, feed and everything
    /// derived. Returns `None` if the player is unknown.
    ///
    /// Anonymous totals keep the sums. Nothing can be recorded under the erased ids again; the
    /// database keeps only keyed hashes of them. A player without any event of their own, such as
    /// one that a misspelled manual action created, leaves no hash, and the id can be used again
    /// (S22). This cannot be undone. Earlier backups of the database still contain the data.
    ///
    /// ```
    /// use accolade::{Audience, Catalog, Engine, NewEvent};
    ///
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::open(store, Catalog::from_toml("")?)?;
    /// engine.record(NewEvent::new("ada", "visit").id("1")).wait()?;
    /// let erased = engine.players().erase("ada").wait()?.expect("the player exists");
    /// assert_eq!(erased.players[0].events, 1);
    /// assert!(engine.players().load_profile("ada", Audience::Admin).wait()?.is_none());
    /// assert!(engine.record(NewEvent::new("ada", "visit").id("1")).wait().is_err());
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn erase(&self, player: impl Into<PlayerId>) -> Ticket<Option<ErasureReport>> {
        let (player, actor) = (player.into(), self.engine.actor.clone());
        self.engine.enqueue_job(|reply| WriterJob::ErasePlayer {
            player: player.into(),
            actor,
            reply,
        })
    }

    /// Returns true if the player exists and has no event of their own, retracted or not: only
    /// manual actions. [Erasing](Self::erase) such a player does not block the id.
    pub fn is_empty(&self, player: impl Into<PlayerId>) -> Ticket<bool> {
        let player = player.into();
        self.engine.inner.readers.run_query(move |reader| {
            let PlayerIdentity::Player(player) = identity::resolve_one(reader, &player)? else {
                return Ok(false);
            };
            let is_known = reader.load_headers(&[&player])?.iter().any(Option::is_some);
            let ids = list_merged_ids(reader, player)?;
            Ok(is_known && !has_own_events(reader, &ids)?)
        })
    }

    /// Returns true if the player was erased, so that nothing can be recorded under the id.
    pub fn is_erased(&self, player: impl Into<PlayerId>) -> Ticket<bool> {
        let player = player.into();
        self.engine.inner.readers.run_query(move |reader| {
            Ok(identity::resolve_one(reader, &player)? == PlayerIdentity::Erased)
        })
    }
}

impl WriterThread {
    pub(crate) fn erase_player(
        &mut self,
        player: &str,
        actor: &AuditActor,
    ) -> Result<Option<ErasureReport>, Error> {
        let now = self.now();
        // A plan that is compared at the moment must not count the player any more.
        self.change_tracker.record_any_player();
        self.run_transaction(|tx, cache| {
            let PlayerIdentity::Player(player) = identity::resolve_one(tx, player)? else {
                return Ok(None);
            };
            if !tx.load_headers(&[&player])?.iter().any(Option::is_some) {
                return Ok(None);
            }
            let ids = list_merged_ids(tx, player)?;
            let secret = secret::load_or_create_secret(tx, SECRET_SETTING)?;
            let mut report = ErasureReport {
                blocked: has_own_events(tx, &ids)?,
                ..ErasureReport::default()
            };
            for id in ids {
                // The cached state holds the person's data as well.
                drop(cache.remove(&id));
                let ErasedRows {
                    events,
                    ledger,
                    awards,
                    outcomes,
                    derived,
                } = {
                    let token = identity::erasure_token(&secret, &id);
                    tx.erase_player(&id, report.blocked.then_some(&*token), now)?
                };
                report.players.push(ErasedPlayer {
                    player: id.into(),
                    events,
                    ledger,
                    awards,
                    outcomes,
                    derived,
                });
            }
            // The log must not keep the erased ids, so it records counts only.
            actor.record_action(tx, now, "player.erase", "", report.total_counts())?;
            Ok(Some(report))
        })
    }
}

/// Lists a player and all guests merged into them, directly or through other guests.
fn list_merged_ids<R: ReadStore + ?Sized>(
    store: &mut R,
    player: String,
) -> Result<Vec<String>, StoreError> {
    let mut ids = Vec::new();
    let mut open = vec![player];
    while let Some(id) = open.pop() {
        open.extend(store.list_guests(&id)?.into_iter().map(|alias| alias.guest));
        ids.push(id);
    }
    Ok(ids)
}

/// True if an event of the person was recorded under one of the ids, retracted or not.
fn has_own_events<R: ReadStore + ?Sized>(
    store: &mut R,
    ids: &[String],
) -> Result<bool, StoreError> {
    for id in ids {
        let mut before = None;
        loop {
            // In pages, because the first one usually answers the question.
            let page = store.list_timeline_page(id, None, before.as_ref(), PAGE)?;
            let mut names = page.iter().map(|row| row.event.name.as_str());
            if names.any(|name| !name.starts_with(RESERVED_PREFIX)) {
                return Ok(true);
            }
            match page.last() {
                Some(row) => before = Some(row.event.position()),
                None => break,
            }
        }
    }
    Ok(false)
}
