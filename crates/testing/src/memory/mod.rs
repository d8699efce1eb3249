//! A store in memory, for tests and experiments.

mod access;
mod activity;
mod connection;
mod event_names;
mod holders;
mod players;
mod read;
mod removal;
mod table;
mod tables;
mod write;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use accolade::store::{Store, StoreError, StoreReader, StoreWriter};

use self::connection::{CommittedSource, MemoryWriter, TableQueries};
use self::tables::MemoryTables;

/// A store in memory. Clones share the data, which is dropped with the last of them.
///
/// It enforces the constraints of a database: referenced rules must exist, and unique keys are
/// unique.
///
/// ```
/// use accolade_testing::MemoryStore;
/// use accolade::store::Store;
///
/// let store = MemoryStore::new();
/// assert_eq!(store.open_reader()?.count_rows()?.players, 0);
/// # Ok::<(), accolade::store::StoreError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    shared: Arc<SharedTables>,
}

impl MemoryStore {
    /// Creates an empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Store for MemoryStore {
    fn open_writer(&self) -> Result<Box<dyn StoreWriter>, StoreError> {
        Ok(Box::new(MemoryWriter::new(Arc::clone(&self.shared))))
    }

    fn open_reader(&self) -> Result<Box<dyn StoreReader>, StoreError> {
        Ok(Box::new(TableQueries(CommittedSource(Arc::clone(
            &self.shared,
        )))))
    }

    fn database_url(&self) -> String {
        "memory".to_owned()
    }
}

/// Data shared by all connections.
///
/// Poisoned locks are ignored: a thread that panicked with a lock has left at most uncommitted
/// changes, which are rolled back before the next transaction.
#[derive(Debug, Default)]
struct SharedTables {
    /// Write lock, held during a transaction. Counts the transactions committed.
    write_lock: Mutex<u64>,
    tables: RwLock<MemoryTables>,
}

impl SharedTables {
    fn lock_writes(&self) -> MutexGuard<'_, u64> {
        self.write_lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_shared(&self) -> RwLockReadGuard<'_, MemoryTables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_exclusive(&self) -> RwLockWriteGuard<'_, MemoryTables> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }
}
