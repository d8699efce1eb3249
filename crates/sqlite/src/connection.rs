//! Connections to the file, with the settings that each of them needs.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use accolade::store::StoreError;
use rusqlite::{Connection, OpenFlags};

use crate::error::Error;
use crate::schema;
use crate::session::Session;

/// How long a connection waits for another one that writes, in this process or another.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long it waits before it asks again. SQLite's own handler backs off to 100 ms, and then a process that writes
/// one batch after another leaves hardly a moment in which anybody else gets a turn.
const BUSY_PAUSE: Duration = Duration::from_millis(1);
/// How long emptying the log waits for others.
const LOG_TIMEOUT: Duration = Duration::from_millis(200);
/// Pages of the write-ahead log after which they move to the main file. The larger, the more often one move serves
/// many writes of a page.
const CHECKPOINT_PAGES: i64 = 16_384;
/// What the write-ahead log is cut down to after a larger transaction, in bytes.
const LOG_BYTES: i64 = 128 * 1024 * 1024;
/// What a connection that writes keeps in memory, in KiB.
const WRITER_CACHE_KIB: i64 = 128 * 1024;
/// What a connection that reads keeps in memory, in KiB.
const READER_CACHE_KIB: i64 = 16 * 1024;
/// More than the statements of this crate, so that each is prepared once.
const STATEMENTS: usize = 160;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Writing,
    Reading,
}

/// Opens the file, creating it if it is missing, and brings its schema up to date.
pub(crate) fn prepare(file: &Arc<str>) -> Result<(), StoreError> {
    open(file, OpenFlags::SQLITE_OPEN_CREATE)
        .and_then(|connection| schema::migrate(&connection, file))
        .map_err(|error| error.about(file))
}

/// A connection to a file that is prepared.
pub(crate) fn connect(file: &Arc<str>, purpose: Purpose) -> Result<Session, StoreError> {
    open(file, OpenFlags::empty())
        .and_then(|connection| {
            schema::check(&connection, file)?;
            configure(&connection, purpose)?;
            Ok(Session::new(connection, Arc::clone(file)))
        })
        .map_err(|error| error.about(file))
}

/// Writes the whole file anew.
pub(crate) fn vacuum(file: &str) -> Result<(), Error> {
    let connection = open(file, OpenFlags::empty())?;
    schema::check(&connection, file)?;
    connection.execute_batch("VACUUM")?;
    // Readers may keep the log a while longer.
    empty_log(file).map(drop)
}

/// Moves the whole log to the main file and empties it. Returns whether that was possible, which others that read or
/// write prevent for as long as they do.
pub(crate) fn empty_log(file: &str) -> Result<bool, Error> {
    let connection = open(file, OpenFlags::empty())?;
    connection.busy_timeout(LOG_TIMEOUT)?;
    let in_the_way: bool =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(!in_the_way)
}

/// A connection that waits for others, without further settings.
pub(crate) fn open(file: &str, more: OpenFlags) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI
        | more;
    let mut connection = Connection::open_with_flags(file, flags)?;
    connection.busy_handler(Some(ask_again))?;
    // What was overwritten or removed long ago must not be readable either when its player is erased.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(connection)
}

/// Waits a moment for the connection that is in the way, unless this was done often enough.
#[expect(
    clippy::disallowed_methods,
    reason = "SQLite offers nothing to wait on between processes"
)]
fn ask_again(asked: i32) -> bool {
    let again = BUSY_PAUSE.saturating_mul(asked.unsigned_abs()) < BUSY_TIMEOUT;
    if again {
        thread::sleep(BUSY_PAUSE);
    }
    again
}

fn configure(connection: &Connection, purpose: Purpose) -> Result<(), Error> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    match purpose {
        Purpose::Writing => {
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "foreign_keys", true)?;
            connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
            connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
            connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
        }
        Purpose::Reading => {
            connection.pragma_update(None, "query_only", true)?;
            connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
        }
    }
    Ok(())
}
