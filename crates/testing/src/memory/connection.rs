//! Connections to the tables and the rows that each of them sees.

use std::ops::Deref;
use std::sync::{Arc, MutexGuard, RwLockReadGuard};

use accolade::store::{ReadStore, StoreError, StoreReader, StoreWriter, Transaction};

use super::SharedTables;
use super::table::VisibleRows;
use super::tables::MemoryTables;

/// A connection for reading.
pub(super) struct TableQueries<S>(pub(super) S);

/// Access of a connection to the tables.
pub(super) trait TableSource {
    /// Rows that the connection sees.
    const VISIBLE: VisibleRows;

    /// Locks the tables for reading.
    fn lock_tables(&self) -> LockedTables<'_>;
}

/// Locked tables, for one call or for the lifetime of a snapshot.
pub(super) enum LockedTables<'t> {
    Call(RwLockReadGuard<'t, MemoryTables>),
    Snapshot(&'t MemoryTables),
}

impl Deref for LockedTables<'_> {
    type Target = MemoryTables;

    fn deref(&self) -> &MemoryTables {
        match self {
            Self::Call(tables) => tables,
            Self::Snapshot(tables) => tables,
        }
    }
}

/// Connection of a reader.
pub(super) struct CommittedSource(pub(super) Arc<SharedTables>);

impl TableSource for CommittedSource {
    const VISIBLE: VisibleRows = VisibleRows::Committed;

    fn lock_tables(&self) -> LockedTables<'_> {
        LockedTables::Call(self.0.lock_shared())
    }
}

impl StoreReader for TableQueries<CommittedSource> {
    fn open_snapshot(&mut self) -> Result<Box<dyn ReadStore + '_>, StoreError> {
        Ok(Box::new(TableQueries(SnapshotSource(
            self.0.0.lock_shared(),
        ))))
    }
}

/// Connection of a reader within a snapshot.
struct SnapshotSource<'s>(RwLockReadGuard<'s, MemoryTables>);

impl TableSource for SnapshotSource<'_> {
    const VISIBLE: VisibleRows = VisibleRows::Committed;

    fn lock_tables(&self) -> LockedTables<'_> {
        LockedTables::Snapshot(&self.0)
    }
}

/// Connection of a writer.
pub(super) struct MemoryWriter {
    shared: Arc<SharedTables>,
    /// Number of transactions committed when its last one ended.
    commits_seen: Option<u64>,
}

impl MemoryWriter {
    pub(super) fn new(shared: Arc<SharedTables>) -> Self {
        Self {
            shared,
            commits_seen: None,
        }
    }
}

impl StoreWriter for MemoryWriter {
    /// Locks the whole store, whatever the players: it runs one transaction at a time.
    fn begin_transaction(
        &mut self,
        _players: &[&str],
    ) -> Result<Box<dyn Transaction + '_>, StoreError> {
        let commits = self.shared.lock_writes();
        // A new writer has seen no commit, so it reports the writes of others, too.
        let others_wrote = self.commits_seen.replace(*commits) != Some(*commits);
        Ok(Box::new(TableQueries(TransactionSource {
            shared: &self.shared,
            commits,
            seen: &mut self.commits_seen,
            others_wrote,
        })))
    }
}

/// Open transaction.
pub(super) struct TransactionSource<'w> {
    pub(super) shared: &'w SharedTables,
    commits: MutexGuard<'w, u64>,
    seen: &'w mut Option<u64>,
    pub(super) others_wrote: bool,
}

impl TransactionSource<'_> {
    pub(super) fn commit_changes(mut self) {
        self.shared.lock_exclusive().commit_all();
        *self.commits += 1;
        *self.seen = Some(*self.commits);
    }
}

impl Drop for TransactionSource<'_> {
    /// Rolls back what was not committed.
    fn drop(&mut self) {
        // After a commit there is nothing left to roll back.
        self.shared.lock_exclusive().roll_back();
    }
}

impl TableSource for TransactionSource<'_> {
    const VISIBLE: VisibleRows = VisibleRows::Pending;

    fn lock_tables(&self) -> LockedTables<'_> {
        LockedTables::Call(self.shared.lock_shared())
    }
}
