//! A store that counts the rows passing through it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use accolade::core::event::TimelinePosition;
use accolade::core::time::Timestamp;
use accolade::memory::MemoryStore;
use accolade::store::{
    AdministratorRow, AliasRow, AuditRow, AwardRow, BadgeCount, CatalogRow, CellPlace, CellRow,
    Changes, CheckpointRow, DayActivity, DefinitionRow, EarnerCursor, Erased, ErasedTotals,
    EventRow, FeedTotal, KeyRow, LedgerRow, OutcomeRow, PlayerRow, PlayerSummary, Read, Reader,
    RuleErrorRow, SessionRow, Store, StoreError, Totals, Transaction, UnlockRow, Writer,
};

#[derive(Clone, Default)]
pub(crate) struct CountingStore {
    rows: MemoryStore,
    pub(crate) counts: Arc<Counts>,
}

#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) read: AtomicUsize,
    pub(crate) written: AtomicUsize,
    pub(crate) definitions: AtomicUsize,
    /// Rows read and written by the transaction that published a catalog.
    pub(crate) at_publishing: AtomicUsize,
    publishing: AtomicBool,
}

impl Counts {
    /// Returns the rows read and written since the last call.
    pub(crate) fn take(&self) -> (usize, usize) {
        (
            self.read.swap(0, Ordering::Relaxed),
            self.written.swap(0, Ordering::Relaxed),
        )
    }
}

struct Counting<T>(T, Arc<Counts>);

impl Store for CountingStore {
    fn writer(&self) -> Result<Box<dyn Writer>, StoreError> {
        Ok(Box::new(Counting(
            self.rows.writer()?,
            Arc::clone(&self.counts),
        )))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(Counting(
            self.rows.reader()?,
            Arc::clone(&self.counts),
        )))
    }

    fn location(&self) -> String {
        self.rows.location()
    }
}

impl Writer for Counting<Box<dyn Writer>> {
    fn begin(&mut self, players: &[&str]) -> Result<Box<dyn Transaction + '_>, StoreError> {
        Ok(Box::new(Counting(
            self.0.begin(players)?,
            Arc::clone(&self.1),
        )))
    }
}

impl Reader for Counting<Box<dyn Reader>> {
    fn snapshot(&mut self) -> Result<Box<dyn Read + '_>, StoreError> {
        Ok(Box::new(Counting(self.0.snapshot()?, Arc::clone(&self.1))))
    }
}

impl Transaction for Counting<Box<dyn Transaction + '_>> {
    fn others_wrote(&self) -> bool {
        self.0.others_wrote()
    }

    fn write(&mut self, changes: &Changes) -> Result<(), StoreError> {
        let Changes {
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
        self.0.write(changes)
    }

    fn append_outcomes(&mut self, outcomes: &[OutcomeRow]) -> Result<i64, StoreError> {
        self.1.written.fetch_add(outcomes.len(), Ordering::Relaxed);
        self.0.append_outcomes(outcomes)
    }

    fn count_rule_errors(&mut self, errors: &[RuleErrorRow]) -> Result<(), StoreError> {
        self.0.count_rule_errors(errors)
    }

    fn install_catalog(
        &mut self,
        catalog: &CatalogRow,
        definitions: &[DefinitionRow],
    ) -> Result<(), StoreError> {
        self.1
            .definitions
            .fetch_add(definitions.len(), Ordering::Relaxed);
        self.1.publishing.store(true, Ordering::Relaxed);
        self.0.install_catalog(catalog, definitions)
    }

    fn put_setting(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        self.0.put_setting(name, value)
    }

    fn put_alias(&mut self, alias: &AliasRow) -> Result<(), StoreError> {
        self.0.put_alias(alias)
    }

    fn drop_alias(&mut self, guest: &str) -> Result<(), StoreError> {
        self.0.drop_alias(guest)
    }

    fn erase(&mut self, player: &str, mark: &[u8], at: Timestamp) -> Result<Erased, StoreError> {
        self.0.erase(player, mark, at)
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

    fn drop_administrator(&mut self, name: &str) -> Result<(), StoreError> {
        self.0.drop_administrator(name)
    }

    fn put_session(&mut self, session: &SessionRow) -> Result<(), StoreError> {
        self.0.put_session(session)
    }

    fn drop_session(&mut self, hash: &[u8]) -> Result<bool, StoreError> {
        self.0.drop_session(hash)
    }

    fn drop_sessions_of(&mut self, administrator: &str) -> Result<(), StoreError> {
        self.0.drop_sessions_of(administrator)
    }

    fn drop_expired_sessions(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.0.drop_expired_sessions(now)
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

impl Rows for Totals {
    fn rows(&self) -> usize {
        1
    }
}

impl Rows for ErasedTotals {
    fn rows(&self) -> usize {
        1 + self.awards.len() + self.points.len()
    }
}

impl Rows for u64 {
    fn rows(&self) -> usize {
        1
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
            let answer = self.0.$name($($argument),*)?;
            self.1.read.fetch_add(answer.rows(), Ordering::Relaxed);
            Ok(answer)
        }
    )*};
}

impl<R: Read + ?Sized> Read for Counting<Box<R>> {
    reads! {
        catalog() -> Option<CatalogRow>;
        catalog_version() -> i64;
        catalog_at(version: i64) -> Option<CatalogRow>;
        catalogs() -> Vec<CatalogRow>;
        setting(name: &str) -> Option<Vec<u8>>;
        aliases(guests: &[&str]) -> Vec<Option<String>>;
        guests(player: &str) -> Vec<AliasRow>;
        erased(marks: &[Vec<u8>]) -> Vec<bool>;
        erased_totals() -> ErasedTotals;
        due(until: Timestamp, limit: usize) -> Vec<(Timestamp, String)>;
        find_events(ids: &[(&str, &str)]) -> Vec<Option<EventRow>>;
        headers(players: &[&str]) -> Vec<Option<Vec<u8>>>;
        cells(places: &[CellPlace<'_>]) -> Vec<Option<Vec<u8>>>;
        all_cells(player: &str, slot: Option<u32>) -> Vec<CellRow>;
        timeline(player: &str, after: Option<Timestamp>) -> Vec<EventRow>;
        timeline_page(player: &str, before: Option<&TimelinePosition>, limit: usize) -> Vec<EventRow>;
        checkpoint_before(player: &str, before: Timestamp) -> Option<CheckpointRow>;
        ledger_after(player: &str, after: Option<Timestamp>) -> Vec<LedgerRow>;
        ledger_page(player: &str, before: Option<(Timestamp, i64)>, limit: usize) -> Vec<LedgerRow>;
        awards(player: &str) -> Vec<AwardRow>;
        balances(player: &str) -> Vec<(String, i64)>;
        unlocks(player: &str) -> Vec<UnlockRow>;
        recent_outcomes(player: &str, limit: usize) -> Vec<(i64, OutcomeRow)>;
        feed(after: i64, limit: usize) -> Vec<(i64, OutcomeRow)>;
        last_outcome() -> i64;
        feed_start() -> i64;
        feed_net(player: &str) -> Vec<FeedTotal>;
        earners(badge: &str, after: Option<&EarnerCursor>, limit: usize) -> Vec<AwardRow>;
        badge_counts() -> Vec<BadgeCount>;
        players(after: Option<&str>, limit: usize) -> Vec<PlayerRow>;
        summary(player: &str) -> Option<PlayerSummary>;
        owners(after: Option<&str>, limit: usize) -> Vec<String>;
        activity(from: Timestamp, to: Timestamp) -> Vec<DayActivity>;
        player_count() -> u64;
        totals() -> Totals;
        rule_errors() -> Vec<RuleErrorRow>;
        api_keys() -> Vec<KeyRow>;
        administrators() -> Vec<AdministratorRow>;
        session(hash: &[u8]) -> Option<SessionRow>;
        audit_page(before: Option<i64>, limit: usize) -> Vec<(i64, AuditRow)>;
        schema_version() -> i64;
    }
}
