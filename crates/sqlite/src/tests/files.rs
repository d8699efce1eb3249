//! Unusual and damaged files.

use std::fs;
use std::io::{Seek, SeekFrom, Write};

use accolade::store::{Store, StoreError};
use rusqlite::Connection;

use super::{commit, event, folder};
use crate::SqliteStore;

#[test]
fn a_url_names_its_file() {
    let (_folder, path) = folder();
    let url = format!("sqlite:{path}");
    assert_eq!(SqliteStore::from_url(&url).unwrap().database_url(), url);
    for wrong in ["sqlite:", "postgres://localhost", "accolade.db", ""] {
        let error = SqliteStore::from_url(wrong).unwrap_err().to_string();
        assert!(error.contains("sqlite:accolade.db"), "{wrong}: {error}");
    }
}

#[test]
fn a_text_file_is_rejected_and_not_modified() {
    let (_folder, path) = folder();
    let text = "id,player,name\n".repeat(1000);
    fs::write(&path, &text).unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::NotADatabase(_)), "{error}");
    assert!(
        error.to_string().contains(&path) && error.to_string().contains("not a SQLite database"),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_database_of_another_application_is_rejected_and_not_modified() {
    for (schema, what) in [
        ("CREATE TABLE players (name TEXT)", "foreign tables"),
        ("PRAGMA application_id = 7", "foreign application id"),
        ("PRAGMA user_version = 1", "foreign version"),
    ] {
        let (_folder, path) = folder();
        Connection::open(&path)
            .unwrap()
            .execute_batch(schema)
            .unwrap();
        let before = fs::read(&path).unwrap();
        let error = SqliteStore::open(&path).unwrap_err();
        assert!(
            matches!(error, StoreError::NotADatabase(_)),
            "{what}: {error}"
        );
        assert!(
            error.to_string().contains("another application"),
            "{what}: {error}"
        );
        assert_eq!(fs::read(&path).unwrap(), before, "{what}");
    }
}

#[test]
fn an_empty_file_becomes_a_database() {
    let (_folder, path) = folder();
    fs::write(&path, "").unwrap();
    assert!(SqliteStore::open(&path).is_ok());
}

#[test]
fn a_missing_folder_is_reported() {
    let (folder, _) = folder();
    let path = folder.path().join("nowhere/accolade.db");
    let error = SqliteStore::open(&path).unwrap_err().to_string();
    assert!(
        error.contains("cannot open") && error.contains("folder exists"),
        "{error}"
    );
}

#[test]
fn a_read_only_file_can_be_read_and_rejects_a_writer() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    commit(&store, |transaction| {
        transaction.write_changes(&event("ada", "a")).unwrap()
    });
    let read_only = SqliteStore::open(format!("file:{path}?mode=ro")).unwrap();
    assert_eq!(
        read_only
            .open_reader()
            .unwrap()
            .count_rows()
            .unwrap()
            .events,
        1
    );
    let error = read_only.open_writer().err().unwrap();
    assert!(matches!(error, StoreError::ReadOnly(_)), "{error}");
    assert!(error.to_string().contains("cannot be written"), "{error}");
    assert_eq!(store.open_reader().unwrap().count_rows().unwrap().events, 1);
}

#[test]
fn a_read_only_file_that_needs_a_migration_is_rejected() {
    let (_folder, path) = folder();
    fs::write(&path, "").unwrap();
    let error = SqliteStore::open(format!("file:{path}?mode=ro")).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly(_)), "{error}");
}

#[test]
fn a_damaged_page_is_reported() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    commit(&store, |transaction| {
        transaction.write_changes(&event("ada", "a")).unwrap()
    });
    let connection = Connection::open(&path).unwrap();
    let root: u64 = connection
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'events'",
            [],
            |row| row.get(0),
        )
        .map(|page: i64| page.unsigned_abs())
        .unwrap();
    connection
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    drop(connection);
    let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start((root - 1) * 4096)).unwrap();
    file.write_all(&[0xff; 4096]).unwrap();
    let error = store
        .open_reader()
        .unwrap()
        .list_timeline("ada", None)
        .unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
}

#[test]
fn a_deleted_file_is_not_recreated() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert!(store.open_writer().is_err());
    assert!(!fs::exists(&path).unwrap());
}
