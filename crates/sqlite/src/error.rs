//! Conversion of SQLite errors into errors that say how to fix them.

use accolade::store::StoreError;
use rusqlite::ffi::{self, ErrorCode};

/// Error inside this crate, before the file is known.
#[derive(Debug)]
pub(crate) enum Error {
    /// Error of SQLite.
    Sqlite(rusqlite::Error),
    /// Stored value that the store never writes.
    Damaged(String),
    /// Complete error of the store.
    Store(StoreError),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Error {
    /// Converts to an error of the store in this file.
    pub(crate) fn into_store_error(self, file: &str) -> StoreError {
        match self {
            Self::Sqlite(error) => convert_error(&error, file),
            Self::Damaged(what) => StoreError::Damaged(format!("{file}: {what}")),
            Self::Store(error) => error,
        }
    }
}

fn convert_error(error: &rusqlite::Error, file: &str) -> StoreError {
    use rusqlite::Error as E;
    let code = match error {
        E::SqliteFailure(failure, _) => failure,
        E::InvalidColumnType(..)
        | E::FromSqlConversionFailure(..)
        | E::IntegralValueOutOfRange(..) => {
            return StoreError::Damaged(format!("{file}: {error}"));
        }
        _ => return StoreError::Other(format!("{file}: {error}")),
    };
    // SQLite maps the index of its log as shared memory. Only a full disk prevents it from growing.
    if code.extended_code == ffi::SQLITE_IOERR_SHMSIZE {
        return StoreError::Full;
    }
    match code.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
        ErrorCode::DiskFull => StoreError::Full,
        ErrorCode::ReadOnly => StoreError::ReadOnly(describe_read_only(file)),
        ErrorCode::CannotOpen => StoreError::Other(format!(
            "cannot open {file}; check that its folder exists and that this user can read and \
             write both"
        )),
        ErrorCode::NotADatabase => StoreError::NotADatabase(format!(
            "{file} is not a SQLite database; name another file, or move this one away"
        )),
        ErrorCode::DatabaseCorrupt => StoreError::Damaged(format!("{file}: {error}")),
        _ => StoreError::Other(format!("{file}: {error}")),
    }
}

/// True if another connection holds the lock.
pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

/// Describes why the file cannot be written.
pub(crate) fn describe_read_only(file: &str) -> String {
    format!("{file} is read-only; make the file and its folder writable for this user")
}
