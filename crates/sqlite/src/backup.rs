//! Copies of the whole file: making one while others write, and putting one in place.

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

/// What SQLite may leave beside a database.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Copies a database, as of one moment, to a new file. Others read and write meanwhile; the log grows until it is done.
pub(crate) fn backup(file: &Arc<str>, to: &Path) -> Result<(), StoreError> {
    refuse_existing(to, "a back-up never replaces a file; name another one")?;
    connection::open(file, OpenFlags::empty())
        .and_then(|connection| {
            schema::check(&connection, file)?;
            let copy = Copy::make(
                &connection,
                to,
                Path::new(connection.path().unwrap_or_default()),
            )?;
            copy.put_in_place()
        })
        .map_err(|error| error.about(file))
}

/// Puts a copy of a back-up in place as a database. A database that is there already is replaced only when told so,
/// and only when nobody else has it open.
///
/// # Errors
/// When the back-up is no sound database of Accolade, or of a newer release; when `to` is there and is not to be
/// replaced, is in use or is something else; and when it cannot be written. Then `to` stays as it was.
pub fn restore(from: &Path, to: &Path, replace: bool) -> Result<(), StoreError> {
    let file = from.display().to_string();
    let sound = || {
        let connection = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        check_integrity(&connection, &file)?;
        Ok(connection)
    };
    if !from.exists() {
        return Err(StoreError::Other(format!(
            "there is no file {file}; name the back-up to restore"
        )));
    }
    let connection = sound().map_err(|error: Error| error.about(&file))?;
    if !replace {
        refuse_existing(to, "say that it may be replaced, or name another file")?;
    }
    if to.exists() {
        settle(to)?;
    }
    let like = if to.exists() { to } else { from };
    let put = || {
        let copy = Copy::make(&connection, to, like)?;
        // A log that an older database left here would be taken for this one's.
        for companion in COMPANIONS {
            remove(&beside(to, companion))?;
        }
        copy.put_in_place()
    };
    put().map_err(|error| error.about(&file))
}

fn check_integrity(connection: &Connection, file: &str) -> Result<(), Error> {
    if schema::check(connection, file)? == 0 {
        return Err(StoreError::NotADatabase(format!("{file} is empty; it is no back-up")).into());
    }
    let verdict: String =
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(Error::Damaged(verdict))
    }
}

/// Moves the log of a database into its file, which SQLite does only for the one connection that has it open.
fn settle(to: &Path) -> Result<(), StoreError> {
    let file = to.display().to_string();
    let alone = || {
        let connection = Connection::open_with_flags(to, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(Duration::ZERO)?;
        match schema::check(&connection, &file) {
            // Going back to an older release is a reason to restore.
            Ok(_) | Err(Error::Told(StoreError::NewerSchema { .. })) => {}
            Err(error) => return Err(error),
        }
        let mode: String =
            connection.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
        Ok(mode == "delete")
    };
    let in_use = || {
        StoreError::Other(format!(
            "{file} is in use; stop every process that has it open, and try again"
        ))
    };
    match alone().map_err(|error: Error| error.about(&file)) {
        Ok(true) => Ok(()),
        Ok(false) | Err(StoreError::Busy) => Err(in_use()),
        Err(error) => Err(error),
    }
}

/// A copy that is being made under a name of its own. Dropped before it is put in place, it goes away.
struct Copy<'a> {
    partial: PathBuf,
    to: &'a Path,
}

impl<'a> Copy<'a> {
    /// Copies everything that a connection sees. Those may read and write it who may do so with another file.
    fn make(connection: &Connection, to: &'a Path, like: &Path) -> Result<Self, Error> {
        let partial = beside(to, &format!(".partial-{}", std::process::id()));
        let Some(name) = partial.to_str() else {
            let told = format!("{} is not UTF-8; SQLite needs a path that is", to.display());
            return Err(StoreError::Other(told).into());
        };
        // SQLite writes into an empty file, too; this one is nobody else's.
        File::create_new(&partial).map_err(|error| cannot_write(&partial, &error))?;
        let copy = Self {
            partial: partial.clone(),
            to,
        };
        let permissions = fs::metadata(like).map(|file| file.permissions());
        if let Some(permissions) = permissions
            .ok()
            .filter(|permissions| !permissions.readonly())
        {
            fs::set_permissions(&partial, permissions)
                .map_err(|error| cannot_write(&partial, &error))?;
        }
        connection.execute("VACUUM INTO ?1", [name])?;
        Ok(copy)
    }

    /// Gives a whole and durable copy its name.
    fn put_in_place(self) -> Result<(), Error> {
        let durable = || {
            File::options()
                .write(true)
                .open(&self.partial)?
                .sync_all()?;
            fs::rename(&self.partial, self.to)?;
            // The name is durable with its folder; some systems cannot open one, and need not.
            match File::open(folder(self.to)) {
                Ok(folder) => folder.sync_all(),
                Err(_) => Ok(()),
            }
        };
        durable().map_err(|error| cannot_write(self.to, &error))
    }
}

impl Drop for Copy<'_> {
    fn drop(&mut self) {
        // It has another name by now, or there is nobody to tell.
        let _ = fs::remove_file(&self.partial);
    }
}

fn refuse_existing(to: &Path, mend: &str) -> Result<(), StoreError> {
    match to.exists() {
        true => Err(StoreError::Other(format!(
            "{} is there already; {mend}",
            to.display()
        ))),
        false => Ok(()),
    }
}

fn remove(file: &Path) -> Result<(), Error> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot_write(file, &error)),
        _ => Ok(()),
    }
}

/// A file in the same folder whose name has more to it.
fn beside(file: &Path, more: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(more);
    folder(file).join(name)
}

fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn cannot_write(file: &Path, error: &io::Error) -> Error {
    let told = match error.kind() {
        io::ErrorKind::StorageFull => StoreError::Full,
        io::ErrorKind::AlreadyExists => StoreError::Other(format!(
            "{} is there: another copy is under way, or did not end",
            file.display()
        )),
        _ => StoreError::Other(format!("cannot write {}: {error}", file.display())),
    };
    told.into()
}
