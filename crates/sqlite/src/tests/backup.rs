//! Backups and restores.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use accolade::store::{Store, StoreError};
use rusqlite::Connection;
use tempfile::TempDir;

use super::{commit, event, folder};
use crate::{SqliteStore, restore};

/// Creates a store with one event of Ada's, and paths for a backup and for another database.
fn store_with_event() -> (TempDir, SqliteStore, PathBuf, PathBuf) {
    let (folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    commit(&store, |transaction| {
        transaction.write_changes(&event("ada", "a")).unwrap()
    });
    let [copy, other] = ["copy.db", "other.db"].map(|name| folder.path().join(name));
    (folder, store, copy, other)
}

fn event_count(store: &SqliteStore) -> u64 {
    store.open_reader().unwrap().count_rows().unwrap().events
}

/// Lists the names of the files in a folder.
fn list_files(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn read_pragma(file: &Path, name: &str) -> String {
    let connection = Connection::open(file).unwrap();
    connection
        .query_row(
            &format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"),
            [],
            |row| row.get(0),
        )
        .unwrap()
}

#[test]
fn a_backup_runs_while_a_writer_continues() {
    const EVENTS: u64 = 400;
    let (folder, store, _, _) = store_with_event();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut writer = store.open_writer().unwrap();
            for number in 0..EVENTS {
                let mut transaction = writer.begin_transaction(&["bob"]).unwrap();
                // A copy must contain both of them or neither.
                for half in ["one", "other"] {
                    transaction
                        .write_changes(&event("bob", &format!("{number} {half}")))
                        .unwrap();
                }
                transaction.commit().unwrap();
            }
            done.store(true, Ordering::Relaxed);
        });
        let mut seen = 0;
        for number in 0.. {
            let copy = folder.path().join(format!("copy-{number}.db"));
            store.write_backup(&copy).unwrap();
            let copied = event_count(&SqliteStore::open(&copy).unwrap());
            assert!(
                copied >= seen && copied % 2 == 1,
                "copy {number} has {copied} events after {seen}"
            );
            seen = copied;
            if done.load(Ordering::Relaxed) {
                break;
            }
        }
    });
    assert_eq!(event_count(&store), 1 + 2 * EVENTS);
    assert!(
        list_files(&folder)
            .iter()
            .all(|name| !name.contains("partial"))
    );
}

#[test]
fn a_backup_is_a_database_like_any_other() {
    let (_folder, store, copy, _) = store_with_event();
    store.write_backup(&copy).unwrap();
    for name in ["application_id", "user_version"] {
        assert_eq!(
            read_pragma(&copy, name),
            read_pragma(Path::new(&*store.file), name),
            "{name}"
        );
    }
    let opened = SqliteStore::open(&copy).unwrap();
    assert_eq!(read_pragma(&copy, "journal_mode"), "wal");
    assert_eq!(
        opened
            .open_reader()
            .unwrap()
            .list_timeline("ada", None)
            .unwrap(),
        event("ada", "a").events
    );
    commit(&opened, |transaction| {
        transaction.write_changes(&event("ada", "b")).unwrap()
    });
    assert_eq!((event_count(&opened), event_count(&store)), (2, 1));
}

#[test]
#[cfg(unix)]
fn a_copy_has_the_permissions_of_its_model() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, store, copy, other) = store_with_event();
    let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode() & 0o777;
    let set_mode =
        |file: &Path, mode| fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
    set_mode(Path::new(&*store.file), 0o600);
    store.write_backup(&copy).unwrap();
    assert_eq!(mode(&copy), 0o600);
    set_mode(&copy, 0o400);
    drop(SqliteStore::open(&other).unwrap());
    set_mode(&other, 0o640);
    restore(&copy, &other, true).unwrap();
    assert_eq!(mode(&other), 0o640);
}

#[test]
fn a_database_of_a_newer_release_can_be_replaced() {
    let (_folder, store, copy, other) = store_with_event();
    store.write_backup(&copy).unwrap();
    fs::copy(&copy, &other).unwrap();
    Connection::open(&other)
        .unwrap()
        .pragma_update(None, "user_version", 1000)
        .unwrap();
    restore(&copy, &other, true).unwrap();
    assert_eq!(event_count(&SqliteStore::open(&other).unwrap()), 1);
}

#[test]
fn a_backup_on_a_read_only_medium_can_be_read() {
    let (_folder, store, copy, _) = store_with_event();
    store.write_backup(&copy).unwrap();
    let read_only = SqliteStore::open(format!("file:{}?mode=ro", copy.display())).unwrap();
    assert_eq!(event_count(&read_only), 1);
    assert_eq!(read_pragma(&copy, "journal_mode"), "delete");
}

#[test]
fn a_backup_does_not_overwrite_files_and_leaves_no_temporary_ones() {
    let (folder, store, copy, _) = store_with_event();
    fs::write(&copy, "mine").unwrap();
    let before = list_files(&folder);
    let error = store.write_backup(&copy).unwrap_err().to_string();
    assert!(
        error.contains("copy.db already exists") && error.contains("name another file"),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&copy).unwrap(), "mine");
    let error = store
        .write_backup(&folder.path().join("nowhere/copy.db"))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("cannot write") && error.contains("nowhere"),
        "{error}"
    );
    assert_eq!(list_files(&folder), before);
}

#[test]
fn a_restored_database_is_the_one_backed_up() {
    let (folder, store, copy, other) = store_with_event();
    store.write_backup(&copy).unwrap();
    restore(&copy, &other, false).unwrap();
    let restored = SqliteStore::open(&other).unwrap();
    assert_eq!(
        restored
            .open_reader()
            .unwrap()
            .list_timeline("ada", None)
            .unwrap(),
        event("ada", "a").events
    );
    drop(restored);
    assert!(
        list_files(&folder)
            .iter()
            .all(|name| !name.contains("partial"))
    );
    assert_eq!(
        event_count(&SqliteStore::open(&copy).unwrap()),
        1,
        "the backup still exists"
    );
}

#[test]
fn a_database_is_replaced_only_on_request_and_while_it_is_closed() {
    let (_folder, store, copy, other) = store_with_event();
    store.write_backup(&copy).unwrap();
    let old = SqliteStore::open(&other).unwrap();
    let error = restore(&copy, &other, false).unwrap_err().to_string();
    assert!(
        error.contains("other.db already exists") && error.contains("allow replacing it"),
        "{error}"
    );

    let mut writer = old.open_writer().unwrap();
    for (player, stays_open) in [("bob", false), ("eve", true)] {
        let mut transaction = writer.begin_transaction(&[player]).unwrap();
        transaction.write_changes(&event(player, "b")).unwrap();
        let open_transaction = if stays_open {
            Some(transaction)
        } else {
            transaction.commit().map(|()| None).unwrap()
        };
        let error = restore(&copy, &other, true).unwrap_err().to_string();
        assert!(
            error.contains("other.db is in use"),
            "open transaction: {}: {error}",
            open_transaction.is_some()
        );
    }
    drop(writer);
    assert_eq!(event_count(&old), 1, "committed data is kept");
    restore(&copy, &other, true).unwrap();
    assert_eq!(
        old.open_reader()
            .unwrap()
            .list_timeline("ada", None)
            .unwrap(),
        event("ada", "a").events
    );
    assert_eq!(event_count(&old), 1);
}

#[test]
fn a_log_left_by_an_older_database_is_not_applied() {
    let (_folder, store, copy, other) = store_with_event();
    // After this, its pages are at the same positions as those of the copy.
    Connection::open(&*store.file)
        .unwrap()
        .execute_batch("VACUUM")
        .unwrap();
    store.write_backup(&copy).unwrap();
    let writer = store.open_writer().unwrap();
    commit(&store, |transaction| {
        transaction.write_changes(&event("bob", "b")).unwrap()
    });
    fs::copy(
        format!("{}-wal", store.file),
        other.with_file_name("other.db-wal"),
    )
    .unwrap();
    drop(writer);
    restore(&copy, &other, false).unwrap();
    assert_eq!(event_count(&SqliteStore::open(&other).unwrap()), 1);
}

#[test]
fn an_invalid_backup_is_rejected_and_changes_nothing() {
    let (folder, store, copy, other) = store_with_event();
    store.write_backup(&copy).unwrap();
    let file = |name: &str| folder.path().join(name);
    let [missing, text, empty, foreign, newer, damaged] =
        ["missing", "text", "empty", "foreign", "newer", "damaged"].map(file);
    fs::write(&text, "id,player,name\n".repeat(1000)).unwrap();
    fs::write(&empty, "").unwrap();
    Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE players (name TEXT)")
        .unwrap();
    fs::copy(&copy, &newer).unwrap();
    Connection::open(&newer)
        .unwrap()
        .pragma_update(None, "user_version", 1000)
        .unwrap();
    let mut bytes = fs::read(&copy).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0xff);
    fs::write(&damaged, bytes).unwrap();

    let before = fs::read(&*store.file).unwrap();
    drop(store.open_reader().unwrap());
    for (from, expected) in [
        (&missing, "not found"),
        (&text, "not a SQLite database"),
        (&empty, "is empty"),
        (&foreign, "another application"),
        (&newer, "newer release"),
        (&damaged, "damaged"),
    ] {
        for (to, replace) in [(&other, false), (&PathBuf::from(&*store.file), true)] {
            let error = restore(from, to, replace).unwrap_err().to_string();
            assert!(error.contains(expected), "{}: {error}", from.display());
        }
        assert!(!other.exists(), "{}", from.display());
    }
    assert_eq!(fs::read(&*store.file).unwrap(), before);
    let error = restore(&copy, &text, true).unwrap_err();
    assert!(matches!(error, StoreError::NotADatabase(_)), "{error}");
}
