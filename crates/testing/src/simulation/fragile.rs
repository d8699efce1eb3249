//! A store whose transactions fail on request, as if the process had crashed there.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use accolade::Timestamp;
use accolade::store::*;
use accolade_core::event::TimelinePosition;

/// The point at which a transaction fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailurePoint {
    /// Before it begins.
    Begin,
    /// At its commit, which is lost.
    Lost,
    /// After its commit, which is durable but not acknowledged.
    Unacknowledged,
}

/// Switch for failures. After the first failure everything fails, because the process is dead.
#[derive(Debug, Clone, Default)]
pub(crate) struct FailureSwitch(Arc<Mutex<FailurePlan>>);

#[derive(Debug, Default)]
struct FailurePlan {
    /// Number of transactions before the failure, and its point.
    next: Option<(usize, FailurePoint)>,
    /// True if the next read of a timeline fails, once, without a crash.
    fails_timeline: bool,
    dead: bool,
}

impl FailureSwitch {
    /// Makes a transaction fail: the next one if `after` is 0.
    pub(crate) fn arm(&self, after: usize, at: FailurePoint) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next = Some((after, at));
    }

    /// Makes the next read of a timeline in a transaction fail. The process survives it.
    #[cfg(test)]
    fn arm_timeline(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fails_timeline = true;
    }

    fn take_timeline_failure(&self) -> bool {
        let mut plan = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut plan.fails_timeline)
    }

    /// Cancels a failure that has not happened.
    pub(crate) fn disarm(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next = None;
    }

    /// Decides whether the next transaction fails.
    fn next_failure(&self) -> Option<FailurePoint> {
        let mut lit = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lit.dead {
            return Some(FailurePoint::Begin);
        }
        let (after, at) = lit.next?;
        if after > 0 {
            lit.next = Some((after - 1, at));
            return None;
        }
        lit.dead = true;
        Some(at)
    }
}

fn crash_error() -> StoreError {
    StoreError::Other("the process died".to_owned())
}

/// A store with failures on request.
pub(crate) struct Fragile {
    pub(crate) store: Box<dyn Store>,
    pub(crate) fuse: FailureSwitch,
}

impl Store for Fragile {
    fn open_writer(&self) -> Result<Box<dyn StoreWriter>, StoreError> {
        Ok(Box::new(FragileWriter {
            writer: self.store.open_writer()?,
            fuse: self.fuse.clone(),
        }))
    }

    fn open_reader(&self) -> Result<Box<dyn StoreReader>, StoreError> {
        self.store.open_reader()
    }

    fn database_url(&self) -> String {
        self.store.database_url()
    }

    fn write_backup(&self, to: &Path) -> Result<(), StoreError> {
        self.store.write_backup(to)
    }
}

struct FragileWriter {
    writer: Box<dyn StoreWriter>,
    fuse: FailureSwitch,
}

impl StoreWriter for FragileWriter {
    fn begin_transaction(
        &mut self,
        players: &[&str],
    ) -> Result<Box<dyn Transaction + '_>, StoreError> {
        let fate = self.fuse.next_failure();
        if fate == Some(FailurePoint::Begin) {
            return Err(crash_error());
        }
        Ok(Box::new(FragileTransaction {
            tx: self.writer.begin_transaction(players)?,
            fuse: &self.fuse,
            fate,
        }))
    }
}

struct FragileTransaction<'w> {
    tx: Box<dyn Transaction + 'w>,
    fuse: &'w FailureSwitch,
    fate: Option<FailurePoint>,
}

/// Forwards methods to the inner transaction.
macro_rules! hand_on {
    ($(fn $name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        $(fn $name(&mut self, $($argument: $type),*) -> Result<$answer, StoreError> {
            self.tx.$name($($argument),*)
        })*
    };
}

impl Transaction for FragileTransaction<'_> {
    fn others_wrote(&self) -> bool {
        self.tx.others_wrote()
    }

    hand_on! {
        fn write_changes(changes: &ChangeSet) -> ();
        fn write_all(batch: &[ChangeSet]) -> ();
        fn append_outcomes(outcomes: &[OutcomeRow]) -> i64;
        fn add_rule_errors(errors: &[RuleErrorRow]) -> ();
        fn recount_event_names() -> ();
        fn publish_catalog(catalog: &CatalogRow, definitions: &[DefinitionRow]) -> ();
        fn put_setting(name: &str, value: &[u8]) -> ();
        fn put_alias(alias: &AliasRow) -> ();
        fn delete_alias(guest: &str) -> ();
        fn erase_player(player: &str, mark: Option<&[u8]>, at: Timestamp) -> ErasedRows;
        fn prune_feed(before: Timestamp) -> u64;
        fn put_api_key(key: &KeyRow) -> ();
        fn put_administrator(administrator: &AdministratorRow) -> ();
        fn delete_administrator(name: &str) -> ();
        fn put_session(session: &SessionRow) -> ();
        fn delete_session(hash: &[u8]) -> bool;
        fn delete_sessions_of(kind: SessionKind, administrator: &str) -> ();
        fn delete_expired_sessions(now: Timestamp) -> ();
        fn append_audit(entries: &[AuditRow]) -> ();
    }

    fn commit(self: Box<Self>) -> Result<(), StoreError> {
        match self.fate {
            None => self.tx.commit(),
            Some(FailurePoint::Unacknowledged) => self.tx.commit().and(Err(crash_error())),
            Some(FailurePoint::Begin | FailurePoint::Lost) => Err(crash_error()),
        }
    }
}

impl ReadStore for FragileTransaction<'_> {
    fn list_timeline(
        &mut self,
        player: &str,
        after: Option<Timestamp>,
    ) -> Result<Vec<EventRow>, StoreError> {
        if self.fuse.take_timeline_failure() {
            return Err(StoreError::Busy);
        }
        self.tx.list_timeline(player, after)
    }

    hand_on! {
        fn load_catalog() -> Option<CatalogRow>;
        fn catalog_version() -> i64;
        fn find_catalog(version: i64) -> Option<CatalogRow>;
        fn list_catalogs() -> Vec<CatalogRow>;
        fn load_setting(name: &str) -> Option<Vec<u8>>;
        fn find_merge_targets(guests: &[&str]) -> Vec<Option<String>>;
        fn list_guests(player: &str) -> Vec<AliasRow>;
        fn are_erased(marks: &[Vec<u8>]) -> Vec<bool>;
        fn erased_totals() -> ErasedTotals;
        fn list_due_players(until: Timestamp, limit: usize) -> Vec<(Timestamp, String)>;
        fn find_events(ids: &[(&str, &str)]) -> Vec<Option<EventRow>>;
        fn load_headers(players: &[&str]) -> Vec<Option<Vec<u8>>>;
        fn load_cells(places: &[CellAddress<'_>]) -> Vec<Option<Vec<u8>>>;
        fn load_all_cells(player: &str, slot: Option<u32>) -> Vec<CellRow>;
        fn list_timeline_page(player: &str, names: Option<&[&str]>, before: Option<&TimelinePosition>, limit: usize) -> Vec<EventRow>;
        fn find_checkpoint_before(player: &str, before: Timestamp) -> Option<CheckpointRow>;
        fn list_ledger_after(player: &str, after: Option<Timestamp>) -> Vec<LedgerRow>;
        fn list_ledger_page(player: &str, before: Option<(Timestamp, i64)>, limit: usize) -> Vec<LedgerRow>;
        fn list_awards(player: &str) -> Vec<AwardRow>;
        fn list_balances(player: &str) -> Vec<(String, i64)>;
        fn list_unlocks(player: &str) -> Vec<UnlockRow>;
        fn list_recent_outcomes(player: &str, limit: usize) -> Vec<(i64, OutcomeRow)>;
        fn list_outcomes(after: i64, limit: usize) -> Vec<(i64, OutcomeRow)>;
        fn last_outcome_seq() -> i64;
        fn feed_start() -> i64;
        fn load_feed_totals(player: &str) -> Vec<FeedTotal>;
        fn list_earners(badge: &str, after: Option<&EarnerCursor>, limit: usize) -> Vec<AwardRow>;
        fn count_badges() -> Vec<BadgeCount>;
        fn list_holders(badge: &str, after: Option<&HolderCursor>, limit: usize) -> Vec<HolderRow>;
        fn count_tiers() -> Vec<TierCount>;
        fn list_players(after: Option<&str>, limit: usize) -> Vec<PlayerRow>;
        fn list_players_by_name(prefix: &str, limit: usize) -> Vec<PlayerRow>;
        fn search_players(search: &PlayerSearch) -> Vec<PlayerRow>;
        fn find_summary(player: &str) -> Option<PlayerSummary>;
        fn list_owners(after: Option<&str>, limit: usize) -> Vec<String>;
        fn count_daily_activity(from: Timestamp, to: Timestamp) -> Vec<DayActivity>;
        fn count_players() -> u64;
        fn count_rows() -> RowTotals;
        fn find_event_names(names: &[&str]) -> Vec<Option<EventNameRow>>;
        fn list_event_names(selection: EventNameSelection<'_>) -> Vec<EventNameRow>;
        fn count_event_names() -> u64;
        fn find_event_name_differences() -> Vec<EventNameDifference>;
        fn list_rule_errors() -> Vec<RuleErrorRow>;
        fn list_api_keys() -> Vec<KeyRow>;
        fn list_administrators() -> Vec<AdministratorRow>;
        fn find_session(hash: &[u8]) -> Option<SessionRow>;
        fn list_audit_page(filter: &AuditFilter, before: Option<i64>, limit: usize) -> Vec<(i64, AuditRow)>;
        fn schema_version() -> i64;
    }
}

#[cfg(test)]
mod tests {
    use accolade::{Action, Catalog, Engine, Error, MergeError, NewEvent, Rejection};

    use super::*;
    use crate::MemoryStore;

    #[test]
    fn s19_an_unmerge_fails_if_it_cannot_read_the_actions_that_followed() {
        let fuse = FailureSwitch::default();
        let store = Fragile {
            store: Box::new(MemoryStore::new()),
            fuse: fuse.clone(),
        };
        let catalog = Catalog::from_toml("[[currency]]\nid = 'xp'").unwrap();
        let engine = Engine::open(store, catalog).unwrap();
        engine.record(NewEvent::new("gus", "visit")).wait().unwrap();
        for action in [
            Action::merge("ada", "gus").create(),
            Action::points("ada", "xp", 5).id("gift"),
        ] {
            engine.submit_action(action).wait().unwrap();
        }
        fuse.arm_timeline();
        let failed = engine.submit_action(Action::unmerge("ada", "gus")).wait();
        assert!(
            matches!(failed, Err(Error::Store(StoreError::Busy))),
            "{failed:?}"
        );
        let refused = engine.submit_action(Action::unmerge("ada", "gus")).wait();
        assert!(
            matches!(
                refused,
                Err(Error::Rejected(Rejection::Merge(
                    MergeError::ActionsFollowed { .. }
                )))
            ),
            "{refused:?}"
        );
    }
}
