//! The embedded store of Accolade: everything in one SQLite file.
//!
//! Any number of processes may use the file; one writes at a time and the others wait. The tables are documented in
//! `docs/schema.md` and open to anybody's queries.

mod access;
mod activity;
mod backup;
mod catalog;
mod connection;
mod erase;
mod error;
mod read;
mod retention;
mod rows;
mod schema;
mod scope;
mod session;
mod write;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use accolade::store::{Reader, Store, StoreError, Writer};

pub use backup::restore;
pub use connection::BUSY_TIMEOUT;
use connection::Purpose;
use scope::Queries;
pub use session::{Statement, StatementLog};
use write::SqliteWriter;

/// What a database URL of this store begins with.
const SCHEME: &str = "sqlite:";

/// A store in one SQLite file.
///
/// ```
/// use accolade::store::Store;
/// use accolade_sqlite::SqliteStore;
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("accolade.db");
/// let store = SqliteStore::open(&path)?;
/// assert_eq!(store.reader()?.totals()?.events, 0);
/// # Ok::<(), accolade::store::StoreError>(())
/// ```
#[derive(Debug, Clone)]
pub struct SqliteStore {
    file: Arc<str>,
    log: Option<StatementLog>,
}

impl SqliteStore {
    /// Opens the file, creates it if it is missing, and brings its schema up to date. The path may be one of SQLite's
    /// `file:` URIs, such as `file:accolade.db?mode=ro`.
    ///
    /// # Errors
    /// When the file cannot be read, is no database of Accolade, or was made by a newer release; and when it needs
    /// to be created or migrated and cannot be written.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let Some(file) = path.to_str() else {
            let told = format!(
                "{} is not UTF-8; SQLite needs a path that is",
                path.display()
            );
            return Err(StoreError::Other(told));
        };
        let file = Arc::from(file);
        connection::prepare(&file)?;
        Ok(Self { file, log: None })
    }

    /// Opens the file of a URL such as `sqlite:accolade.db` or `sqlite:/var/lib/accolade.db`.
    ///
    /// # Errors
    /// When the URL does not begin with `sqlite:` or names no file, and as [`SqliteStore::open`] does.
    pub fn from_url(url: &str) -> Result<Self, StoreError> {
        match url.strip_prefix(SCHEME) {
            Some(path) if !path.is_empty() => Self::open(path),
            _ => Err(StoreError::Other(format!(
                "`{url}` names no SQLite file; write it as sqlite:accolade.db"
            ))),
        }
    }

    /// Writes the whole file anew, which gives unused space back to the system. It also clears the slack of pages, where
    /// a few bytes of rows that moved long ago may outlive [`erase`](accolade::store::Transaction::erase). Takes as
    /// long as copying the file and as much space again; nobody else writes meanwhile.
    ///
    /// # Errors
    /// When the file cannot be written, or another process did not let go in time.
    pub fn vacuum(&self) -> Result<(), StoreError> {
        connection::vacuum(&self.file).map_err(|error| error.about(&self.file))
    }

    /// Lets the writers that are made from now on record their statements, for benchmarks.
    #[doc(hidden)]
    #[must_use]
    pub fn recording(mut self, log: StatementLog) -> Self {
        self.log = Some(log);
        self
    }
}

impl Store for SqliteStore {
    fn writer(&self) -> Result<Box<dyn Writer>, StoreError> {
        let mut session = connection::connect(&self.file, Purpose::Writing)?;
        session.record_to(self.log.clone());
        Ok(Box::new(SqliteWriter::new(session)?))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(Queries(connection::connect(
            &self.file,
            Purpose::Reading,
        )?)))
    }

    fn location(&self) -> String {
        format!("{SCHEME}{}", self.file)
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        backup::backup(&self.file, to)
    }
}
