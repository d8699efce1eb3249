//! Schema versions and migrations.

use std::sync::Barrier;
use std::thread;

use accolade::store::{Store, StoreError};
use rusqlite::{Connection, Row};

use super::{commit, event, folder};
use crate::SqliteStore;
use crate::connection::{self, ConnectionPurpose};
use crate::schema::SCHEMA_VERSION;

#[test]
fn opening_again_changes_nothing() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    commit(&store, |transaction| {
        transaction.write_changes(&event("ada", "a")).unwrap()
    });
    let again = SqliteStore::open(&path).unwrap();
    let mut reader = again.open_reader().unwrap();
    assert_eq!(reader.count_rows().unwrap().events, 1);
    assert_eq!(reader.schema_version().unwrap(), SCHEMA_VERSION);
}

#[test]
fn the_ledger_has_its_constraints() {
    let (_folder, path) = folder();
    SqliteStore::open(&path).unwrap();
    let connection = Connection::open(&path).unwrap();
    connection
        .execute(
            "INSERT INTO currencies VALUES ('xp', 'XP', '', NULL, '{}', NULL)",
            (),
        )
        .unwrap();
    let insert = |kind: &str, currency: &str, seq: i64| {
        let sql = "INSERT INTO ledger
            VALUES ('ada', 1000000, ?3, ?2, 5, ?1, '', '', '', '', '', NULL, NULL, 0)";
        connection
            .execute(sql, (kind, currency, seq))
            .map(drop)
            .map_err(|error| error.to_string())
    };
    insert("action", "xp", 2).unwrap();
    for (kind, currency, seq, refused) in [
        ("gift", "xp", 3, "CHECK constraint"),
        ("action", "xp", 2, "UNIQUE constraint"),
        ("action", "nameless", 3, "FOREIGN KEY constraint"),
        ("action", "xp", 0, "CHECK constraint"),
    ] {
        let error = insert(kind, currency, seq).unwrap_err();
        assert!(error.contains(refused), "{kind} {currency} {seq}: {error}");
    }
    insert("expiry", "xp", 3).unwrap();
}

#[test]
fn a_newer_schema_is_rejected_by_every_connection() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", SCHEMA_VERSION + 1)
        .unwrap();
    let errors = [
        SqliteStore::open(&path).map(drop).unwrap_err(),
        store.open_writer().map(drop).unwrap_err(),
        store.open_reader().map(drop).unwrap_err(),
    ];
    for error in errors {
        assert!(
            matches!(error, StoreError::NewerSchema { found, known } if (found, known) == (SCHEMA_VERSION + 1, SCHEMA_VERSION))
        );
        assert!(error.to_string().contains("newer release"), "{error}");
    }
}

#[test]
fn a_new_file_can_be_opened_concurrently() {
    const THREADS: usize = 8;
    for _ in 0..10 {
        let (_folder, path) = folder();
        let start = Barrier::new(THREADS);
        thread::scope(|scope| {
            for thread in 0..THREADS {
                let (start, path) = (&start, &path);
                scope.spawn(move || {
                    start.wait();
                    let store = SqliteStore::open(path).unwrap();
                    commit(&store, |transaction| {
                        transaction
                            .write_changes(&event("ada", &thread.to_string()))
                            .unwrap()
                    });
                });
            }
        });
        let store = SqliteStore::open(&path).unwrap();
        assert_eq!(
            store.open_reader().unwrap().count_rows().unwrap().events,
            THREADS as u64
        );
    }
}

#[test]
fn every_connection_has_its_settings() {
    let (_folder, path) = folder();
    SqliteStore::open(&path).unwrap();
    let file = path.as_str().into();
    let settings = |purpose| {
        let session = connection::open_session(&file, purpose).unwrap();
        [
            "journal_mode",
            "synchronous",
            "foreign_keys",
            "secure_delete",
            "query_only",
        ]
        .map(|name| {
            let read = |row: &Row<'_>| {
                Ok(row
                    .get_ref(0)?
                    .as_str()
                    .map_or_else(|_| row.get::<_, i64>(0).unwrap().to_string(), str::to_owned))
            };
            session
                .connection()
                .query_row(&format!("PRAGMA {name}"), [], read)
                .unwrap()
        })
    };
    assert_eq!(
        settings(ConnectionPurpose::Writing),
        ["wal", "2", "1", "1", "0"]
    );
    assert_eq!(settings(ConnectionPurpose::Reading)[4], "1");
}
