//! A store that counts the rows passing through it, and whose calls can be held up.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use accolade::store::{
    AdministratorRow, AliasRow, AuditFilter, AuditRow, AwardRow, BadgeCount, CatalogRow,
    CellAddress, CellRow, ChangeSet, CheckpointRow, DayActivity, DefinitionRow, EarnerCursor,
    ErasedRows, ErasedTotals, EventNameDifference, EventNameRow, EventNameSelection, EventRow,
    FeedTotal, KeyRow, LedgerRow, OutcomeRow, PlayerRow, PlayerSearch, PlayerSummary, ReadStore,
    RowTotals, RuleErrorRow, SessionKind, SessionRow, Store, StoreError, StoreReader, StoreWriter,
    Transaction, UnlockRow,
};
use accolade_core::event::TimelinePosition;
use accolade_core::time::Timestamp;

use crate::MemoryStore;

/// A store in memory that counts the rows passing through it.
///
/// A call that counts rows reads all of them, as it does in a database.
#[derive(Clone, Default)]
pub struct CountingStore {
    rows: MemoryStore,
    /// The counts of all connections.
    pub counts: Arc<Counts>,
    /// Holds up calls of all connections.
    pub holds: Arc<CallHolds>,
}

/// Counts of a [`CountingStore`].
#[derive(Default)]
pub struct Counts {
    /// Rows read.
    pub read: AtomicUsize,
    /// Rows written.
    pub written: AtomicUsize,
    /// Definitions written by publications.
    pub definitions: AtomicUsize,
    /// Rows read and written by the transaction that published a catalog.
    pub at_publishing: AtomicUsize,
    publishing: AtomicBool,
}

impl Counts {
    /// Returns the rows read and written since the last call.
    pub fn take_counts(&self) -> (usize, usize) {
        (
            self.read.swap(0, Ordering::Relaxed),
            self.written.swap(0, Ordering::Relaxed),
        )
    }
}

/// Calls of a [`CountingStore`] that wait, as in a database that stalls.
#[derive(Default)]
pub struct CallHolds {
    state: Mutex<HoldState>,
    changed: Condvar,
}

#[derive(Default)]
struct HoldState {
    held: BTreeSet<&'static str>,
    waiting: BTreeSet<&'static str>,
}

/// Calls that wait until this is dropped.
#[must_use = "dropping it lets the calls go on"]
pub struct HeldCalls(Arc<CallHolds>);

impl CallHolds {
    /// Lets the calls of a method wait: a read, or `begin_transaction`.
    pub fn hold(self: &Arc<Self>, method: &'static str) -> HeldCalls {
        self.lock_state().held.insert(method);
        HeldCalls(Arc::clone(self))
    }

    /// Blocks until a call of the method waits.
    pub fn await_call(&self, method: &'static str) {
        let state = self.lock_state();
        let has_not_come = |state: &mut HoldState| !state.waiting.contains(method);
        drop(self.changed.wait_while(state, has_not_come));
    }

    fn await_release(&self, method: &'static str) {
        let mut state = self.lock_state();
        if state.held.contains(method) {
            state.waiting.insert(method);
            self.changed.notify_all();
            let is_held = |state: &mut HoldState| state.held.contains(method);
            drop(self.changed.wait_while(state, is_held));
        }
    }

    fn lock_state(&self) -> MutexGuard<'_, HoldState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for HeldCalls {
    fn drop(&mut self) {
        *self.0.lock_state() = HoldState::default();
        self.0.changed.notify_all();
    }
}

struct Counting<T>(T, Arc<Counts>, Arc<CallHolds>);

impl Store for CountingStore {
    fn open_writer(&self) -> Result<Box<dyn StoreWriter>, StoreError> {
        Ok(Box::new(Counting(
            self.rows.open_writer()?,
            Arc::clone(&self.counts),
            Arc::clone(&self.holds),
        )))
    }

    fn open_reader(&self) -> Result<Box<dyn StoreReader>, StoreError> {
        Ok(Box::new(Counting(
            self.rows.open_reader()?,
            Arc::clone(&self.counts),
            Arc::clone(&self.holds),
        )))
    }

    fn database_url(&self) -> String {
        self.rows.database_url()
    }
}

impl StoreWriter for Counting<Box<dyn StoreWriter>> {
    fn begin_transaction(
        &mut self,
        players: &[&str],
    ) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.2.await_release("begin_transaction");
        Ok(Box::new(Counting(
            self.0.begin_transaction(players)?,
            Arc::clone(&self.1),
            Arc::clone(&self.2),
        )))
    }
}

impl StoreReader for Counting<Box<dyn StoreReader>> {
    fn open_snapshot(&mut self) -> Result<Box<dyn ReadStore + '_>, StoreError> {
        Ok(Box::new(Counting(
            self.0.open_snapshot()?,
            Arc::clone(&self.1),
            Arc::clone(&self.2),
        )))
    }
}

impl Transaction for Counting<Box<dyn Transaction + '_>> {
    fn others_wrote(&self) -> bool {
        self.0.others_wrote()
    }

    fn write_changes(&mut self, changes: &ChangeSet) -> Result<(), StoreError> {
        let ChangeSet {
            events,
            cells,
            awards,
            balances,
            unlocks,
            ledger,
            checkpoints,
            ..
        } = changes;
        let lengths = [
            events.len(),
            cells.len(),
            awards.len(),
            balances.len(),
            unlocks.len(),
            ledger.len(),
            checkpoints.len(),
        ];
        // One more is the player's own row.
        self.1
            .written
            .fetch_add(lengths.iter().sum::<usize>() + 1, Ordering::Relaxed);
        self.0.write_changes(changes)
    }

    fn append_outcomes(&mut self, outcomes: &[OutcomeRow]) -> Result<i64, StoreError> {
        self.1.written.fetch_add(outcomes.len(), Ordering::Relaxed);
        self.0.append_outcomes(outcomes)
    }

    fn add_rule_errors(&mut self, errors: &[RuleErrorRow]) -> Result<(), StoreError> {
        self.0.add_rule_errors(errors)
    }

    fn recount_event_names(&mut self) -> Result<(), StoreError> {
        self.0.recount_event_names()
    }

    fn publish_catalog(
        &mut self,
        catalog: &CatalogRow,
        definitions: &[DefinitionRow],
    ) -> Result<(), StoreError> {
        self.1
            .definitions
            .fetch_add(definitions.len(), Ordering::Relaxed);
        self.1.publishing.store(true, Ordering::Relaxed);
        self.0.publish_catalog(catalog, definitions)
    }

    fn put_setting(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        self.0.put_setting(name, value)
    }

    fn put_alias(&mut self, alias: &AliasRow) -> Result<(), StoreError> {
        self.0.put_alias(alias)
    }

    fn delete_alias(&mut self, guest: &str) -> Result<(), StoreError> {
        self.0.delete_alias(guest)
    }

    fn erase_player(
        &mut self,
        player: &str,
        mark: Option<&[u8]>,
        at: Timestamp,
    ) -> Result<ErasedRows, StoreError> {
        self.0.erase_player(player, mark, at)
    }

    fn prune_feed(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.0.prune_feed(before)
    }

    fn put_api_key(&mut self, key: &KeyRow) -> Result<(), StoreError> {
        self.0.put_api_key(key)
    }

    fn put_administrator(&mut self, administrator: &AdministratorRow) -> Result<(), StoreError> {
        self.0.put_administrator(administrator)
    }

    fn delete_administrator(&mut self, name: &str) -> Result<(), StoreError> {
        self.0.delete_administrator(name)
    }

    fn put_session(&mut self, session: &SessionRow) -> Result<(), StoreError> {
        self.0.put_session(session)
    }

    fn delete_session(&mut self, hash: &[u8]) -> Result<bool, StoreError> {
        self.0.delete_session(hash)
    }

    fn delete_sessions_of(
        &mut self,
        kind: SessionKind,
        administrator: &str,
    ) -> Result<(), StoreError> {
        self.0.delete_sessions_of(kind, administrator)
    }

    fn delete_expired_sessions(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.0.delete_expired_sessions(now)
    }

    fn append_audit(&mut self, entries: &[AuditRow]) -> Result<(), StoreError> {
        self.1.written.fetch_add(entries.len(), Ordering::Relaxed);
        self.0.append_audit(entries)
    }

    fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Counts {
            read,
            written,
            at_publishing,
            publishing,
            ..
        } = &*self.1;
        if publishing.swap(false, Ordering::Relaxed) {
            let rows = read.load(Ordering::Relaxed) + written.load(Ordering::Relaxed);
            at_publishing.store(rows, Ordering::Relaxed);
        }
        self.0.commit()
    }
}

/// Number of rows in a response.
trait Rows {
    fn rows(&self) -> usize;
}

impl<T> Rows for Vec<T> {
    fn rows(&self) -> usize {
        self.len()
    }
}

impl<T> Rows for Option<T> {
    fn rows(&self) -> usize {
        usize::from(self.is_some())
    }
}

impl Rows for RowTotals {
    fn rows(&self) -> usize {
        to_usize(self.players + self.events + self.awards + self.ledger)
    }
}

impl Rows for ErasedTotals {
    fn rows(&self) -> usize {
        1 + self.awards.len() + self.points.len()
    }
}

/// A count of rows, for which the database reads all of them.
impl Rows for u64 {
    fn rows(&self) -> usize {
        to_usize(*self)
    }
}

impl Rows for i64 {
    fn rows(&self) -> usize {
        1
    }
}

macro_rules! reads {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {$(
        fn $name(&mut self, $($argument: $type),*) -> Result<$answer, StoreError> {
            self.2.await_release(stringify!($name));
            let answer = self.0.$name($($argument),*)?;
            self.1.read.fetch_add(answer.rows(), Ordering::Relaxed);
            Ok(answer)
        }
    )*};
}

fn to_usize(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

impl<R: ReadStore + ?Sized> ReadStore for Counting<Box<R>> {
    fn count_badges(&mut self) -> Result<Vec<BadgeCount>, StoreError> {
        self.2.await_release("count_badges");
        let counts = self.0.count_badges()?;
        // All awards are read, although the result has a row for each badge only.
        let awards = counts.iter().map(|count| count.awards).sum();
        self.1.read.fetch_add(to_usize(awards), Ordering::Relaxed);
        Ok(counts)
    }

    reads! {
        load_catalog() -> Option<CatalogRow>;
        catalog_version() -> i64;
        find_catalog(version: i64) -> Option<CatalogRow>;
        list_catalogs() -> Vec<CatalogRow>;
        load_setting(name: &str) -> Option<Vec<u8>>;
        find_merge_targets(guests: &[&str]) -> Vec<Option<String>>;
        list_guests(player: &str) -> Vec<AliasRow>;
        are_erased(marks: &[Vec<u8>]) -> Vec<bool>;
        erased_totals() -> ErasedTotals;
        list_due_players(until: Timestamp, limit: usize) -> Vec<(Timestamp, String)>;
        find_events(ids: &[(&str, &str)]) -> Vec<Option<EventRow>>;
        load_headers(players: &[&str]) -> Vec<Option<Vec<u8>>>;
        load_cells(places: &[CellAddress<'_>]) -> Vec<Option<Vec<u8>>>;
        load_all_cells(player: &str, slot: Option<u32>) -> Vec<CellRow>;
        list_timeline(player: &str, after: Option<Timestamp>) -> Vec<EventRow>;
        list_timeline_page(player: &str, names: Option<&[&str]>, before: Option<&TimelinePosition>, limit: usize) -> Vec<EventRow>;
        find_checkpoint_before(player: &str, before: Timestamp) -> Option<CheckpointRow>;
        list_ledger_after(player: &str, after: Option<Timestamp>) -> Vec<LedgerRow>;
        list_ledger_page(player: &str, before: Option<(Timestamp, i64)>, limit: usize) -> Vec<LedgerRow>;
        list_awards(player: &str) -> Vec<AwardRow>;
        list_balances(player: &str) -> Vec<(String, i64)>;
        list_unlocks(player: &str) -> Vec<UnlockRow>;
        list_recent_outcomes(player: &str, limit: usize) -> Vec<(i64, OutcomeRow)>;
        list_outcomes(after: i64, limit: usize) -> Vec<(i64, OutcomeRow)>;
        last_outcome_seq() -> i64;
        feed_start() -> i64;
        load_feed_totals(player: &str) -> Vec<FeedTotal>;
        list_earners(badge: &str, after: Option<&EarnerCursor>, limit: usize) -> Vec<AwardRow>;
        list_players(after: Option<&str>, limit: usize) -> Vec<PlayerRow>;
        list_players_by_name(prefix: &str, limit: usize) -> Vec<PlayerRow>;
        search_players(search: &PlayerSearch) -> Vec<PlayerRow>;
        find_summary(player: &str) -> Option<PlayerSummary>;
        list_owners(after: Option<&str>, limit: usize) -> Vec<String>;
        count_daily_activity(from: Timestamp, to: Timestamp) -> Vec<DayActivity>;
        count_players() -> u64;
        count_rows() -> RowTotals;
        find_event_names(names: &[&str]) -> Vec<Option<EventNameRow>>;
        list_event_names(selection: EventNameSelection<'_>) -> Vec<EventNameRow>;
        count_event_names() -> u64;
        find_event_name_differences() -> Vec<EventNameDifference>;
        list_rule_errors() -> Vec<RuleErrorRow>;
        list_api_keys() -> Vec<KeyRow>;
        list_administrators() -> Vec<AdministratorRow>;
        find_session(hash: &[u8]) -> Option<SessionRow>;
        list_audit_page(filter: &AuditFilter, before: Option<i64>, limit: usize) -> Vec<(i64, AuditRow)>;
        schema_version() -> i64;
    }
}
