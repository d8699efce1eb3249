//! The schema: whose a file is, which version it has, and the migrations that bring it up to date.

use accolade::store::StoreError;
use rusqlite::{Connection, TransactionBehavior};

use crate::error::{Error, is_busy};

/// Marks a file as one of ours: "ACCL" in SQLite's header field for it.
const APPLICATION_ID: i32 = 0x4143_434c;

/// Migration n brings version n - 1 to version n. Released ones never change.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_initial.sql"),
];

/// How often opening asks again for the write-ahead log while other processes open the same new file.
const ATTEMPTS: usize = 10;

/// The version that this release writes.
pub(crate) const VERSION: i64 = MIGRATIONS.len() as i64;

/// Checks that the file is ours and that its version is one that this release reads, and returns the version; 0 is
/// an empty file.
pub(crate) fn check(connection: &Connection, file: &str) -> Result<i64, Error> {
    // One snapshot, because another process may be migrating.
    let snapshot = connection.unchecked_transaction()?;
    let version = identify(&snapshot, file)?;
    snapshot.commit()?;
    Ok(version)
}

/// Brings the schema up to date, each migration in a transaction of its own.
pub(crate) fn migrate(connection: &Connection, file: &str) -> Result<(), Error> {
    let is_current = check(connection, file)? == VERSION;
    if is_current && (has_log(connection)? || connection.is_readonly("main")?) {
        return Ok(());
    }
    // A copy of a file has no log.
    use_log(connection)?;
    for (before, migration) in (0..).zip(MIGRATIONS) {
        let transaction =
            rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        // Another process may have been faster.
        if identify(&transaction, file)? == before {
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            transaction.pragma_update(None, "user_version", before + 1)?;
        }
        transaction.commit()?;
    }
    Ok(())
}

fn identify(connection: &Connection, file: &str) -> Result<i64, Error> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let owner = number("PRAGMA application_id")?;
    let version = number("PRAGMA user_version")?;
    let empty = number("SELECT count(*) FROM sqlite_schema")? == 0;
    let new = owner == 0 && version == 0 && empty;
    if !new && owner != i64::from(APPLICATION_ID) {
        let told = format!(
            "{file} is a SQLite database of something else; Accolade wants a file of its own"
        );
        return Err(StoreError::NotADatabase(told).into());
    }
    if version > VERSION {
        return Err(StoreError::NewerSchema {
            found: version,
            known: VERSION,
        }
        .into());
    }
    Ok(version)
}

fn has_log(connection: &Connection) -> Result<bool, Error> {
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
    Ok(mode == "wal")
}

/// Switches the file to a write-ahead log, which it then keeps. SQLite does not wait for other connections here, so
/// waiting means to queue for a transaction first.
fn use_log(connection: &Connection) -> Result<(), Error> {
    for attempt in 1.. {
        match connection.query_row("PRAGMA journal_mode = WAL", [], |row| {
            row.get::<_, String>(0)
        }) {
            Ok(mode) if mode == "wal" => break,
            Ok(mode) => {
                let told = format!(
                    "the file system offers no write-ahead log (SQLite stays with {mode}); use a local disk"
                );
                return Err(StoreError::Other(told).into());
            }
            Err(error) if attempt < ATTEMPTS && is_busy(&error) => {
                rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?
                    .rollback()?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
