//! Backup of the database file while it is in use, and restore.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use accolade::store::StoreError;
use rusqlite::{Connection, OpenFlags};

use crate::connection;
use crate::error::Error;
use crate::schema;

/// Suffixes of the files that SQLite keeps next to a database.
const COMPANION_SUFFIXES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Copies a snapshot of a database to a new file. Other processes can read and write meanwhile, but
/// the write-ahead log grows until the copy is complete.
pub(crate) fn backup_to(file: &Arc<str>, to: &Path) -> Result<(), StoreError> {
    check_absent(to, "name another file for the backup")?;
    connection::open_connection(file, OpenFlags::empty())
        .and_then(|connection| {
            schema::check_version(&connection, file)?;
            let copy = PartialCopy::copy_database(
                &connection,
                to,
                Path::new(connection.path().unwrap_or_default()),
            )?;
            copy.put_in_place()
        })
        .map_err(|error| error.into_store_error(file))
}

/// Restores a database from a backup. An existing database is replaced only if `replace` is true
/// and no process has it open.
///
/// # Errors
/// Returns an error if the backup is damaged, is not a database of Accolade or was created by a
/// newer release; if `to` exists and `replace` is false; if `to` is in use or is not a database of
/// Accolade; and if `to` cannot be written. In all of these cases `to` is unchanged.
pub fn restore(from: &Path, to: &Path, replace: bool) -> Result<(), StoreError> {
    let file = from.display().to_string();
    let sound = || {
        let connection = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        check_integrity(&connection, &file)?;
        Ok(connection)
    };
    if !from.exists() {
        return Err(StoreError::Other(format!(
            "backup {file} not found; check its path"
        )));
    }
    // Checked before the destination is touched: a failure must leave it unchanged.
    let connection = sound().map_err(|error: Error| error.into_store_error(&file))?;
    if !replace {
        check_absent(to, "allow replacing it, or name another file")?;
    }
    if to.exists() {
        fold_log_into_file(to)?;
    }
    // A replaced database keeps its permissions.
    let like = if to.exists() { to } else { from };
    let put = || {
        let copy = PartialCopy::copy_database(&connection, to, like)?;
        // SQLite would apply a log left by an older database to this one.
        for companion in COMPANION_SUFFIXES {
            remove_file(&sibling_path(to, companion))?;
        }
        copy.put_in_place()
    };
    put().map_err(|error| error.into_store_error(&file))
}

fn check_integrity(connection: &Connection, file: &str) -> Result<(), Error> {
    // SQLite takes an empty file for a valid database without tables.
    if schema::check_version(connection, file)? == 0 {
        return Err(StoreError::NotADatabase(format!("{file} is empty; name a backup")).into());
    }
    let verdict: String =
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(Error::Damaged(verdict))
    }
}

/// Moves the log of a database into its file. SQLite does this only for the last open connection,
/// so it also proves that no other process has the database open.
fn fold_log_into_file(to: &Path) -> Result<(), StoreError> {
    let file = to.display().to_string();
    let alone = || {
        let connection = Connection::open_with_flags(to, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // A process keeps its database open for as long as it runs, so waiting would not help.
        connection.busy_timeout(Duration::ZERO)?;
        match schema::check_version(&connection, &file) {
            // Going back to an older release is a valid reason to restore.
            Ok(_) | Err(Error::Store(StoreError::NewerSchema { .. })) => {}
            Err(error) => return Err(error),
        }
        let mode: String =
            connection.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
        Ok(mode == "delete")
    };
    let in_use = || {
        StoreError::Other(format!(
            "{file} is in use; stop all processes that have it open, then retry"
        ))
    };
    match alone().map_err(|error: Error| error.into_store_error(&file)) {
        Ok(true) => Ok(()),
        Ok(false) | Err(StoreError::Busy) => Err(in_use()),
        Err(error) => Err(error),
    }
}

/// Unfinished copy under a temporary name. It is deleted on drop unless it was put in place.
struct PartialCopy<'a> {
    partial: PathBuf,
    destination: &'a Path,
}

impl<'a> PartialCopy<'a> {
    /// Copies the database of a connection. The copy gets the permissions of the file `like`.
    fn copy_database(connection: &Connection, to: &'a Path, like: &Path) -> Result<Self, Error> {
        // In the same directory, because a rename cannot cross file systems.
        let partial = sibling_path(to, &format!(".partial-{}", std::process::id()));
        let Some(name) = partial.to_str() else {
            let message = format!(
                "{} is not valid UTF-8; SQLite requires a UTF-8 path",
                to.display()
            );
            return Err(StoreError::Other(message).into());
        };
        // Creating the file first reserves its name; SQLite accepts an empty file.
        File::create_new(&partial).map_err(|error| write_error(&partial, &error))?;
        let copy = Self {
            partial: partial.clone(),
            destination: to,
        };
        // Permissions are set before any data is copied, so that no other user can read a private
        // database in between. A read-only copy could not be filled.
        let permissions = fs::metadata(like).map(|file| file.permissions());
        if let Some(permissions) = permissions
            .ok()
            .filter(|permissions| !permissions.readonly())
        {
            fs::set_permissions(&partial, permissions)
                .map_err(|error| write_error(&partial, &error))?;
        }
        // Unlike a file copy, this is consistent while others write.
        connection.execute("VACUUM INTO ?1", [name])?;
        Ok(copy)
    }

    /// Makes the copy durable and renames it to its destination.
    fn put_in_place(self) -> Result<(), Error> {
        let durable = || {
            // After a power failure, the name must not stand for half a copy.
            File::options()
                .write(true)
                .open(&self.partial)?
                .sync_all()?;
            fs::rename(&self.partial, self.destination)?;
            // A rename is durable once the directory is synced. Systems that cannot open a
            // directory do not need this.
            match File::open(parent_folder(self.destination)) {
                Ok(folder) => folder.sync_all(),
                Err(_) => Ok(()),
            }
        };
        durable().map_err(|error| write_error(self.destination, &error))
    }
}

impl Drop for PartialCopy<'_> {
    fn drop(&mut self) {
        // After the rename the file is gone, and other errors cannot be reported from here.
        let _ = fs::remove_file(&self.partial);
    }
}

fn check_absent(to: &Path, fix: &str) -> Result<(), StoreError> {
    match to.exists() {
        true => Err(StoreError::Other(format!(
            "{} already exists; {fix}",
            to.display()
        ))),
        false => Ok(()),
    }
}

fn remove_file(file: &Path) -> Result<(), Error> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(write_error(file, &error)),
        _ => Ok(()),
    }
}

/// Returns the path of a file in the same directory, with a suffix added to the name.
fn sibling_path(file: &Path, more: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(more);
    parent_folder(file).join(name)
}

fn parent_folder(file: &Path) -> &Path {
    match file.parent() {
        // A bare file name has an empty parent, which cannot be opened.
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn write_error(file: &Path, error: &io::Error) -> Error {
    let error = match error.kind() {
        io::ErrorKind::StorageFull => StoreError::Full,
        io::ErrorKind::AlreadyExists => StoreError::Other(format!(
            "{} already exists; wait for the other copy, or delete the file if none is running",
            file.display()
        )),
        _ => StoreError::Other(format!("cannot write {}: {error}", file.display())),
    };
    error.into()
}
