//! The embedded store of Accolade, which keeps all data in one SQLite file.
//!
//! Any number of processes can use the file. One process writes at a time, and the others wait. The
//! tables are documented in `docs/schema.md` and can be queried directly.

mod access;
mod activity;
mod backup;
mod catalog;
mod connection;
mod counts;
mod erasure;
mod error;
mod event_names;
mod holders;
mod players;
mod pruning;
mod read;
mod read_context;
mod rows;
mod schema;
mod session;
mod write;

#[cfg(test)]
mod tests;

/// Compiles the example of the README as a doctest.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

use std::path::Path;
use std::sync::Arc;

use accolade::store::{Store, StoreError, StoreReader, StoreWriter};

pub use backup::restore;
pub use connection::BUSY_TIMEOUT;
use connection::ConnectionPurpose;
use read_context::QueryHandle;
pub use session::{RecordedStatement, StatementLog};
use write::SqliteWriter;

/// Scheme of this store's database URLs.
const SCHEME: &str = "sqlite:";

/// Store in one SQLite file.
///
/// ```
/// use accolade::store::Store;
/// use accolade_sqlite::SqliteStore;
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("accolade.db");
/// let store = SqliteStore::open(&path)?;
/// assert_eq!(store.open_reader()?.count_rows()?.events, 0);
/// # Ok::<(), accolade::store::StoreError>(())
/// ```
#[derive(Debug, Clone)]
pub struct SqliteStore {
    file: Arc<str>,
    log: Option<StatementLog>,
}

impl SqliteStore {
    /// Opens the file, creates it if it is missing, and migrates its schema. The path can be a
    /// SQLite URI, such as `file:accolade.db?mode=ro`.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, is not a database of Accolade or was created by
    /// a newer release, or if it must be created or migrated but cannot be written.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let Some(file) = path.to_str() else {
            let message = format!(
                "{} is not valid UTF-8; SQLite requires a UTF-8 path",
                path.display()
            );
            return Err(StoreError::Other(message));
        };
        let file = Arc::from(file);
        connection::prepare_file(&file)?;
        Ok(Self { file, log: None })
    }

    /// Opens a database URL, such as `sqlite:accolade.db` or `sqlite:/var/lib/accolade.db`.
    ///
    /// # Errors
    /// Returns an error if the URL does not start with `sqlite:` or has no path, and in the cases
    /// of [`SqliteStore::open`].
    pub fn from_url(url: &str) -> Result<Self, StoreError> {
        match url.strip_prefix(SCHEME) {
            Some(path) if !path.is_empty() => Self::open(path),
            _ => Err(StoreError::Other(format!(
                "`{url}` is not a valid SQLite URL; write sqlite:PATH, such as sqlite:accolade.db"
            ))),
        }
    }

    /// Rewrites the whole file and returns unused space to the system. This also clears slack in
    /// pages, where a few bytes of moved rows can survive an
    /// [erasure](accolade::store::Transaction::erase_player). It takes as long as copying the file,
    /// needs the same space again, and blocks other writers.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written, or if another process does not release its
    /// lock in time.
    pub fn vacuum(&self) -> Result<(), StoreError> {
        connection::rewrite_file(&self.file).map_err(|error| error.into_store_error(&self.file))
    }

    /// Makes all future writers record their statements, for benchmarks.
    #[doc(hidden)]
    #[must_use]
    pub fn with_statement_log(mut self, log: StatementLog) -> Self {
        self.log = Some(log);
        self
    }
}

impl Store for SqliteStore {
    fn open_writer(&self) -> Result<Box<dyn StoreWriter>, StoreError> {
        let mut session = connection::open_session(&self.file, ConnectionPurpose::Writing)?;
        session.set_log(self.log.clone());
        Ok(Box::new(SqliteWriter::new(session)?))
    }

    fn open_reader(&self) -> Result<Box<dyn StoreReader>, StoreError> {
        Ok(Box::new(QueryHandle(connection::open_session(
            &self.file,
            ConnectionPurpose::Reading,
        )?)))
    }

    fn database_url(&self) -> String {
        format!("{SCHEME}{}", self.file)
    }

    fn write_backup(&self, to: &Path) -> Result<(), StoreError> {
        backup::backup_to(&self.file, to)
    }
}
