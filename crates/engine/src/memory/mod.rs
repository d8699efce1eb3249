//! A store that keeps everything in memory, for tests and for trying things out.

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

/// A store in memory. Its clones share the data, which is gone with the last of them.
///
/// It keeps the rules that a database would: what an event, an award or an entry of the ledger refers to must be there,
/// and what must be unique is.
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
    /// An empty store.
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

/// What all connections share.
///
/// A thread that panicked while it held a lock has spoilt nothing: what it had not committed is undone before the next
/// transaction, so poisoned locks are taken all the same.
#[derive(Debug, Default)]
struct Shared {
    /// Held from the beginning of a transaction to its end: how many were committed.
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
