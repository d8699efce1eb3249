//! Schema of the database: identification of the file, schema version, and migrations.

use accolade::store::StoreError;
use rusqlite::{Connection, TransactionBehavior};

use crate::error::{Error, is_busy};

/// Application id in SQLite's header that identifies a database of Accolade: "ACCL".
const APPLICATION_ID: i32 = 0x4143_434c;

/// SQL of the migrations. Number n leads from version n - 1 to version n. Released migrations never
/// change.
pub(crate) const MIGRATIONS: &[&str] = &[include_str!("../migrations/0001_initial.sql")];

/// Maximum number of attempts to enable the write-ahead log while other processes open the same
/// file.
const MAX_LOG_ATTEMPTS: usize = 10;

/// Schema version of this release.
pub(crate) const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;

/// Checks that the file is a database of Accolade that this release can read. Returns its schema
/// version, which is 0 for an empty file.
pub(crate) fn check_version(connection: &Connection, file: &str) -> Result<i64, Error> {
    // One snapshot, because another process may be migrating the file.
    let snapshot = connection.unchecked_transaction()?;
    let version = identify_file(&snapshot, file)?;
    snapshot.commit()?;
    Ok(version)
}

/// Runs the missing migrations, each in its own transaction.
pub(crate) fn run_migrations(connection: &Connection, file: &str) -> Result<(), Error> {
    // Before anything is written, so that a file of another application stays as it is.
    let is_current = check_version(connection, file)? == SCHEMA_VERSION;
    // Opening a current file writes nothing, so that read-only files can be opened as well.
    if is_current && (has_write_ahead_log(connection)? || connection.is_readonly("main")?) {
        return Ok(());
    }
    // A backup starts without a write-ahead log.
    enable_write_ahead_log(connection)?;
    for (before, migration) in (0..).zip(MIGRATIONS) {
        let transaction =
            rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        // Another process may have run this migration since the check above.
        if identify_file(&transaction, file)? == before {
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            // In the same transaction as the migration, so that it never runs twice.
            transaction.pragma_update(None, "user_version", before + 1)?;
        }
        transaction.commit()?;
    }
    Ok(())
}

fn identify_file(connection: &Connection, file: &str) -> Result<i64, Error> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let owner = number("PRAGMA application_id")?;
    let version = number("PRAGMA user_version")?;
    let empty = number("SELECT count(*) FROM sqlite_schema")? == 0;
    // A new file has no application id yet; a foreign one may not have any either.
    let new = owner == 0 && version == 0 && empty;
    if !new && owner != i64::from(APPLICATION_ID) {
        let message = format!(
            "{file} is a SQLite database of another application; Accolade needs a file of its own"
        );
        return Err(StoreError::NotADatabase(message).into());
    }
    if version > SCHEMA_VERSION {
        return Err(StoreError::NewerSchema {
            found: version,
            known: SCHEMA_VERSION,
        }
        .into());
    }
    Ok(version)
}

fn has_write_ahead_log(connection: &Connection) -> Result<bool, Error> {
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
    Ok(mode == "wal")
}

/// Enables the write-ahead log, which is a permanent property of the file.
fn enable_write_ahead_log(connection: &Connection) -> Result<(), Error> {
    for attempt in 1.. {
        match connection.query_row("PRAGMA journal_mode = WAL", [], |row| {
            row.get::<_, String>(0)
        }) {
            Ok(mode) if mode == "wal" => break,
            Ok(mode) => {
                let message = format!(
                    "the file system does not support a write-ahead log (journal mode {mode}); \
                     use a local disk"
                );
                return Err(StoreError::Other(message).into());
            }
            // SQLite does not wait for the lock here, so a transaction waits for it instead.
            Err(error) if attempt < MAX_LOG_ATTEMPTS && is_busy(&error) => {
                rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?
                    .rollback()?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
