//! A store in memory, for tests and experiments.

mod access;
mod connection;
mod read;
mod removal;
mod table;
mod tables;
#[cfg(test)]
mod tests;
mod write;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use self::connection::{Committed, MemoryWriter, Queries};
use self::tables::Tables;
use crate::store::{Reader, Store, StoreError, Writer};

/// A store in memory. Clones share the data, which is dropped with the last of them.
///
/// It enforces the constraints of a database: referenced rules must exist, and unique keys are
/// unique.
///
/// ```
/// use accolade::memory::MemoryStore;
/// use accolade::store::Store;
///
/// let store = MemoryStore::new();
/// assert_eq!(store.reader()?.totals()?.players, 0);
/// # Ok::<(), accolade::store::StoreError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

impl MemoryStore {
    /// Creates an empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Store for MemoryStore {
    fn writer(&self) -> Result<Box<dyn Writer>, StoreError> {
        Ok(Box::new(MemoryWriter::new(Arc::clone(&self.shared))))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(Queries(Committed(Arc::clone(&self.shared)))))
    }

    fn location(&self) -> String {
        "memory".to_owned()
    }
}

/// Data shared by all connections.
///
/// Poisoned locks are ignored: a thread that panicked with a lock has left at most uncommitted
/// changes, which are rolled back before the next transaction.
#[derive(Debug, Default)]
struct Shared {
    /// Write lock, held during a transaction. Counts the transactions committed.
    turn: Mutex<u64>,
    tables: RwLock<Tables>,
}

impl Shared {
    fn turn(&self) -> MutexGuard<'_, u64> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tables> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }
}
