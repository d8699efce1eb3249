//! Connections to the tables and the rows that each of them sees.

use std::ops::Deref;
use std::sync::{Arc, MutexGuard, RwLockReadGuard};

use super::Shared;
use super::table::Sight;
use super::tables::Tables;
use crate::store::{Read, Reader, StoreError, Transaction, Writer};

/// A connection for reading.
pub(super) struct Queries<S>(pub(super) S);

/// Access of a connection to the tables.
pub(super) trait Source {
    /// Rows that the connection sees.
    const SIGHT: Sight;

    /// Locks the tables for reading.
    fn tables(&self) -> Held<'_>;
}

/// Locked tables, for one call or for the lifetime of a snapshot.
pub(super) enum Held<'t> {
    Call(RwLockReadGuard<'t, Tables>),
    Snapshot(&'t Tables),
}

impl Deref for Held<'_> {
    type Target = Tables;

    fn deref(&self) -> &Tables {
        match self {
            Self::Call(tables) => tables,
            Self::Snapshot(tables) => tables,
        }
    }
}

/// Connection of a reader.
pub(super) struct Committed(pub(super) Arc<Shared>);

impl Source for Committed {
    const SIGHT: Sight = Sight::Committed;

    fn tables(&self) -> Held<'_> {
        Held::Call(self.0.read())
    }
}

impl Reader for Queries<Committed> {
    fn snapshot(&mut self) -> Result<Box<dyn Read + '_>, StoreError> {
        Ok(Box::new(Queries(Still(self.0.0.read()))))
    }
}

/// Connection of a reader within a snapshot.
struct Still<'s>(RwLockReadGuard<'s, Tables>);

impl Source for Still<'_> {
    const SIGHT: Sight = Sight::Committed;

    fn tables(&self) -> Held<'_> {
        Held::Snapshot(&self.0)
    }
}

/// Connection of a writer.
pub(super) struct MemoryWriter {
    shared: Arc<Shared>,
    /// Number of transactions committed when its last one ended.
    seen: Option<u64>,
}

impl MemoryWriter {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, seen: None }
    }
}

impl Writer for MemoryWriter {
    /// Locks the whole store, whatever the players: it runs one transaction at a time.
    fn begin(&mut self, _players: &[&str]) -> Result<Box<dyn Transaction + '_>, StoreError> {
        let commits = self.shared.turn();
        // A new writer has seen no commit, so it reports the writes of others, too.
        let others_wrote = self.seen.replace(*commits) != Some(*commits);
        Ok(Box::new(Queries(Pending {
            shared: &self.shared,
            commits,
            seen: &mut self.seen,
            others_wrote,
        })))
    }
}

/// Open transaction.
pub(super) struct Pending<'w> {
    pub(super) shared: &'w Shared,
    commits: MutexGuard<'w, u64>,
    seen: &'w mut Option<u64>,
    pub(super) others_wrote: bool,
}

impl Pending<'_> {
    pub(super) fn commit(mut self) {
        self.shared.write().commit();
        *self.commits += 1;
        *self.seen = Some(*self.commits);
    }
}

impl Drop for Pending<'_> {
    /// Rolls back what was not committed.
    fn drop(&mut self) {
        // After a commit there is nothing left to roll back.
        self.shared.write().roll_back();
    }
}

impl Source for Pending<'_> {
    const SIGHT: Sight = Sight::Pending;

    fn tables(&self) -> Held<'_> {
        Held::Call(self.shared.read())
    }
}
