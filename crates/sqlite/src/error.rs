//! What SQLite reports, in words for the person who has to mend it.

use accolade::store::StoreError;
use rusqlite::ffi::{self, ErrorCode};

/// An error inside of this crate, before anybody said which file it is about.
#[derive(Debug)]
pub(crate) enum Error {
    /// SQLite's own.
    Sqlite(rusqlite::Error),
    /// A value that the store never writes.
    Damaged(String),
    /// One that already says everything.
    Told(StoreError),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Told(error)
    }
}

impl Error {
    /// The error of a store that keeps its data in this file.
    pub(crate) fn about(self, file: &str) -> StoreError {
        match self {
            Self::Sqlite(error) => about(&error, file),
            Self::Damaged(what) => StoreError::Damaged(format!("{file}: {what}")),
            Self::Told(error) => error,
        }
    }
}

fn about(error: &rusqlite::Error, file: &str) -> StoreError {
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
    // SQLite maps the index of its log as shared memory; growing that fails for want of space only.
    if code.extended_code == ffi::SQLITE_IOERR_SHMSIZE {
        return StoreError::Full;
    }
    match code.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
        ErrorCode::DiskFull => StoreError::Full,
        ErrorCode::ReadOnly => StoreError::ReadOnly(read_only(file)),
        ErrorCode::CannotOpen => StoreError::Other(format!(
            "cannot open {file}: check that its folder exists and that this user may read and write both"
        )),
        ErrorCode::NotADatabase => StoreError::NotADatabase(format!(
            "{file} is no SQLite database; name another file, or move this one away"
        )),
        ErrorCode::DatabaseCorrupt => StoreError::Damaged(format!("{file}: {error}")),
        _ => StoreError::Other(format!("{file}: {error}")),
    }
}

/// Whether another connection is in the way.
pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

/// Why nothing can be written to this file.
pub(crate) fn read_only(file: &str) -> String {
    format!("{file} is read-only; let this user write the file and its folder")
}
