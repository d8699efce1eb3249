//! A store whose transactions fail on request, as if the process had crashed there.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use accolade::Timestamp;
use accolade::core::event::TimelinePosition;
use accolade::store::*;

/// The point at which a transaction fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Break {
    /// Before it begins.
    Begin,
    /// At its commit, which is lost.
    Lost,
    /// After its commit, which is durable but not acknowledged.
    Unheard,
}

/// Switch for failures. After the first failure everything fails, because the process is dead.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fuse(Arc<Mutex<Lit>>);

#[derive(Debug, Default)]
struct Lit {
    /// Number of transactions before the failure, and its point.
    next: Option<(usize, Break)>,
    dead: bool,
}

impl Fuse {
    /// Makes a transaction fail: the next one if `after` is 0.
    pub(crate) fn light(&self, after: usize, at: Break) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next = Some((after, at));
    }

    /// Cancels a failure that has not happened.
    pub(crate) fn put_out(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next = None;
    }

    /// Decides whether the next transaction fails.
    fn begin(&self) -> Option<Break> {
        let mut lit = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lit.dead {
            return Some(Break::Begin);
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

fn broken() -> StoreError {
    StoreError::Other("the process died".to_owned())
}

/// A store with failures on request.
pub(crate) struct Fragile {
    pub(crate) store: Box<dyn Store>,
    pub(crate) fuse: Fuse,
}

impl Store for Fragile {
    fn writer(&self) -> Result<Box<dyn Writer>, StoreError> {
        Ok(Box::new(FragileWriter {
            writer: self.store.writer()?,
            fuse: self.fuse.clone(),
        }))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.store.reader()
    }

    fn location(&self) -> String {
        self.store.location()
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.store.backup(to)
    }
}

struct FragileWriter {
    writer: Box<dyn Writer>,
    fuse: Fuse,
}

impl Writer for FragileWriter {
    fn begin(&mut self, players: &[&str]) -> Result<Box<dyn Transaction + '_>, StoreError> {
        let fate = self.fuse.begin();
        if fate == Some(Break::Begin) {
            return Err(broken());
        }
        Ok(Box::new(FragileTransaction {
            tx: self.writer.begin(players)?,
            fate,
        }))
    }
}

struct FragileTransaction<'w> {
    tx: Box<dyn Transaction + 'w>,
    fate: Option<Break>,
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
        fn write(changes: &Changes) -> ();
        fn write_all(batch: &[Changes]) -> ();
        fn append_outcomes(outcomes: &[OutcomeRow]) -> i64;
        fn count_rule_errors(errors: &[RuleErrorRow]) -> ();
        fn install_catalog(catalog: &CatalogRow, definitions: &[DefinitionRow]) -> ();
        fn put_setting(name: &str, value: &[u8]) -> ();
        fn put_alias(alias: &AliasRow) -> ();
        fn drop_alias(guest: &str) -> ();
        fn erase(player: &str, mark: &[u8], at: Timestamp) -> Erased;
        fn prune_feed(before: Timestamp) -> u64;
        fn put_api_key(key: &KeyRow) -> ();
        fn put_administrator(administrator: &AdministratorRow) -> ();
        fn drop_administrator(name: &str) -> ();
        fn put_session(session: &SessionRow) -> ();
        fn drop_session(hash: &[u8]) -> bool;
        fn drop_sessions_of(administrator: &str) -> ();
        fn drop_expired_sessions(now: Timestamp) -> ();
        fn append_audit(entries: &[AuditRow]) -> ();
    }

    fn commit(self: Box<Self>) -> Result<(), StoreError> {
        match self.fate {
            None => self.tx.commit(),
            Some(Break::Unheard) => self.tx.commit().and(Err(broken())),
            Some(Break::Begin | Break::Lost) => Err(broken()),
        }
    }
}

impl Read for FragileTransaction<'_> {
    hand_on! {
        fn catalog() -> Option<CatalogRow>;
        fn catalog_version() -> i64;
        fn catalog_at(version: i64) -> Option<CatalogRow>;
        fn catalogs() -> Vec<CatalogRow>;
        fn setting(name: &str) -> Option<Vec<u8>>;
        fn aliases(guests: &[&str]) -> Vec<Option<String>>;
        fn guests(player: &str) -> Vec<AliasRow>;
        fn erased(marks: &[Vec<u8>]) -> Vec<bool>;
        fn erased_totals() -> ErasedTotals;
        fn due(until: Timestamp, limit: usize) -> Vec<(Timestamp, String)>;
        fn find_events(ids: &[(&str, &str)]) -> Vec<Option<EventRow>>;
        fn headers(players: &[&str]) -> Vec<Option<Vec<u8>>>;
        fn cells(places: &[CellPlace<'_>]) -> Vec<Option<Vec<u8>>>;
        fn all_cells(player: &str, slot: Option<u32>) -> Vec<CellRow>;
        fn timeline(player: &str, after: Option<Timestamp>) -> Vec<EventRow>;
        fn timeline_page(player: &str, before: Option<&TimelinePosition>, limit: usize) -> Vec<EventRow>;
        fn checkpoint_before(player: &str, before: Timestamp) -> Option<CheckpointRow>;
        fn ledger_after(player: &str, after: Option<Timestamp>) -> Vec<LedgerRow>;
        fn ledger_page(player: &str, before: Option<(Timestamp, i64)>, limit: usize) -> Vec<LedgerRow>;
        fn awards(player: &str) -> Vec<AwardRow>;
        fn balances(player: &str) -> Vec<(String, i64)>;
        fn unlocks(player: &str) -> Vec<UnlockRow>;
        fn recent_outcomes(player: &str, limit: usize) -> Vec<(i64, OutcomeRow)>;
        fn feed(after: i64, limit: usize) -> Vec<(i64, OutcomeRow)>;
        fn last_outcome() -> i64;
        fn feed_start() -> i64;
        fn feed_net(player: &str) -> Vec<FeedTotal>;
        fn earners(badge: &str, after: Option<&EarnerCursor>, limit: usize) -> Vec<AwardRow>;
        fn badge_counts() -> Vec<BadgeCount>;
        fn players(after: Option<&str>, limit: usize) -> Vec<PlayerRow>;
        fn summary(player: &str) -> Option<PlayerSummary>;
        fn owners(after: Option<&str>, limit: usize) -> Vec<String>;
        fn activity(from: Timestamp, to: Timestamp) -> Vec<DayActivity>;
        fn player_count() -> u64;
        fn totals() -> Totals;
        fn rule_errors() -> Vec<RuleErrorRow>;
        fn api_keys() -> Vec<KeyRow>;
        fn administrators() -> Vec<AdministratorRow>;
        fn session(hash: &[u8]) -> Option<SessionRow>;
        fn audit_page(before: Option<i64>, limit: usize) -> Vec<(i64, AuditRow)>;
        fn schema_version() -> i64;
    }
}
