//! Connections to the file, and their settings.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use accolade::store::{StoreError, compare_naturally};
use rusqlite::{Connection, OpenFlags};

use crate::error::Error;
use crate::schema;
use crate::session::DatabaseSession;

/// Time that a connection waits for another writer, in this process or another.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// Pause between two attempts to get the lock.
// SQLite's own handler backs off to 100 ms. A process that writes batch after batch would then
// starve all others.
const BUSY_PAUSE: Duration = Duration::from_millis(1);
/// Time that emptying the log waits for other connections.
// Short, because the writer waits after its commit, and the next commit tries again.
const LOG_TIMEOUT: Duration = Duration::from_millis(200);
/// Size of the write-ahead log, in pages, at which it is moved to the main file.
// A larger log combines more writes of the same page.
const CHECKPOINT_PAGES: i64 = 16_384;
/// Size in bytes to which the write-ahead log is truncated after a larger transaction.
// Without a limit, the file would keep the size of its largest transaction.
const LOG_BYTES: i64 = 128 * 1024 * 1024;
/// Cache size of a writer, in KiB.
const WRITER_CACHE_KIB: i64 = 128 * 1024;
/// Cache size of a reader, in KiB.
// Smaller than a writer's, because each of the readers has a cache of its own.
const READER_CACHE_KIB: i64 = 16 * 1024;
/// Capacity of the statement cache: more than this crate has, so that each is prepared once.
const CACHED_STATEMENTS: usize = 160;

/// Purpose of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConnectionPurpose {
    Writing,
    Reading,
}

/// Opens the file, creates it if it is missing, and migrates its schema.
pub(crate) fn prepare_file(file: &Arc<str>) -> Result<(), StoreError> {
    open_connection(file, OpenFlags::SQLITE_OPEN_CREATE)
        .and_then(|connection| schema::run_migrations(&connection, file))
        .map_err(|error| error.into_store_error(file))
}

/// Connects to a prepared file.
pub(crate) fn open_session(
    file: &Arc<str>,
    purpose: ConnectionPurpose,
) -> Result<DatabaseSession, StoreError> {
    // Not created here: a database that was moved away must be an error, not an empty new one.
    open_connection(file, OpenFlags::empty())
        .and_then(|connection| {
            // Another process may have migrated the file to a newer version.
            schema::check_version(&connection, file)?;
            set_pragmas(&connection, purpose)?;
            connection.create_collation("numeric_text", compare_naturally)?;
            Ok(DatabaseSession::new(connection, Arc::clone(file)))
        })
        .map_err(|error| error.into_store_error(file))
}

/// Rewrites the whole file.
pub(crate) fn rewrite_file(file: &str) -> Result<(), Error> {
    let connection = open_connection(file, OpenFlags::empty())?;
    schema::check_version(&connection, file)?;
    connection.execute_batch("VACUUM")?;
    // Active readers can prevent this; then the log is emptied later.
    empty_log(file).map(drop)
}

/// Moves the whole log to the main file and empties it. Returns false if active readers or writers
/// prevented this.
pub(crate) fn empty_log(file: &str) -> Result<bool, Error> {
    let connection = open_connection(file, OpenFlags::empty())?;
    // Replaces the handler that waits much longer.
    connection.busy_timeout(LOG_TIMEOUT)?;
    let is_busy: bool =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(!is_busy)
}

/// Opens a connection that waits for other writers.
pub(crate) fn open_connection(file: &str, more: OpenFlags) -> Result<Connection, Error> {
    // Each connection is used by one thread at a time, so SQLite needs no mutex.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI
        | more;
    let mut connection = Connection::open_with_flags(file, flags)?;
    connection.busy_handler(Some(wait_for_lock))?;
    // Otherwise data that was deleted before an erasure would stay readable in free pages.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(connection)
}

/// Pauses before the next attempt to get the lock. Returns false after the timeout.
#[expect(
    clippy::disallowed_methods,
    reason = "SQLite offers nothing to wait on between processes"
)]
fn wait_for_lock(attempts: i32) -> bool {
    let has_time = BUSY_PAUSE.saturating_mul(attempts.unsigned_abs()) < BUSY_TIMEOUT;
    if has_time {
        thread::sleep(BUSY_PAUSE);
    }
    has_time
}

fn set_pragmas(connection: &Connection, purpose: ConnectionPurpose) -> Result<(), Error> {
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    match purpose {
        ConnectionPurpose::Writing => {
            // A commit must survive a power failure before it is acknowledged.
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "foreign_keys", true)?;
            connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
            connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
            connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
        }
        ConnectionPurpose::Reading => {
            // Protects against statements that write by mistake.
            connection.pragma_update(None, "query_only", true)?;
            connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
        }
    }
    Ok(())
}
