//! Versions of the schema.

use std::sync::Barrier;
use std::thread;

use accolade::store::{Because, CatalogRow, LedgerKind, LedgerRow, Store, StoreError};
use rusqlite::{Connection, Row};
use tempfile::TempDir;

use super::{at, catalog, commit, event, folder};
use crate::SqliteStore;
use crate::connection::{self, Purpose};
use crate::schema::{MIGRATIONS, VERSION};

#[test]
fn opening_again_changes_nothing() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    commit(&store, |transaction| {
        transaction.write(&event("ada", "a")).unwrap()
    });
    let again = SqliteStore::open(&path).unwrap();
    let mut reader = again.reader().unwrap();
    assert_eq!(reader.totals().unwrap().events, 1);
    assert_eq!(reader.schema_version().unwrap(), VERSION);
}

/// A row of every kind, as the first version had it.
const FIRST_ROWS: &str = r#"
    PRAGMA application_id = 0x4143434c;
    PRAGMA user_version = 1;
    INSERT INTO catalogs VALUES (1, 'source', 'toml', 'print', '[]', 1000000);
    INSERT INTO currencies VALUES ('xp', 'XP', '', NULL, '{}', NULL);
    INSERT INTO badges VALUES ('teacher', 'Teacher', '', NULL, '{}', NULL);
    INSERT INTO unlockables VALUES ('edit', 'Edit', '', NULL, '{}', NULL);
    INSERT INTO players VALUES ('ada', 1, 1000000, 1000000);
    INSERT INTO events VALUES ('ada', 1000000, 0, 'a', 'comment.posted', '{}', 1, 1, 0, 2000000);
    INSERT INTO states VALUES ('ada', -1, '', x'0102'), ('ada', 0, '', x'03'), ('ada', 7, 'key', x'04');
    INSERT INTO checkpoints VALUES ('ada', 1000000, x'05');
    INSERT INTO awards VALUES ('ada', 'teacher', '', '', 1000000, 'a', 'criterion', NULL, '{"xp":5}');
    INSERT INTO ledger VALUES
        ('ada', 1000000, 2, 'xp', 5, 'award', 'teacher', '', '', 'a', 'event', NULL, 2000000),
        ('ada', 1000000, 1, 'xp', 10, 'act', 'accolade.points', '', '', 'a', 'act', 'kind (bob)', 2000000);
    INSERT INTO balances VALUES ('ada', 'xp', 15);
    INSERT INTO unlocks VALUES ('ada', 'edit', 1, 1000000, 'a');
    INSERT INTO feed VALUES (41, 'ada', 'badge.awarded', 'teacher', '{}', 1000000, 'a', 'late', 2000000);
    INSERT INTO rule_errors VALUES ('badge', 'teacher', 3, 'division by zero', 'ada', 'a');
"#;

/// A file of the first version.
fn first_version() -> (TempDir, String) {
    let (folder, path) = folder();
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(MIGRATIONS[0]).unwrap();
    connection.execute_batch(FIRST_ROWS).unwrap();
    (folder, path)
}

#[test]
fn a_file_of_the_first_version_keeps_its_rows() {
    let (_folder, path) = first_version();
    let store = SqliteStore::open(&path).unwrap();
    let mut reader = store.reader().unwrap();
    assert_eq!(reader.schema_version().unwrap(), VERSION);
    let catalog = CatalogRow {
        source: "source".into(),
        fingerprint: "print".into(),
        ..catalog(1)
    };
    assert_eq!(reader.catalogs().unwrap(), [catalog]);
    let event = event("ada", "a");
    assert_eq!(reader.timeline("ada", None).unwrap(), event.events);
    assert_eq!(
        reader.players(None, 9).unwrap()[0].summary,
        event.summary.unwrap()
    );
    let award = &reader.awards("ada").unwrap()[0];
    assert_eq!((&*award.paid, &*award.spells), (r#"{"xp":5}"#, "[]"));
    let entry = |seq, amount, kind, rule: &str, because, reason: Option<&str>| LedgerRow {
        at: at(1),
        seq,
        currency: "xp".into(),
        amount,
        kind,
        rule: rule.into(),
        tier: String::new(),
        key: String::new(),
        event: "a".into(),
        because,
        cause: None,
        reason: reason.map(str::to_owned),
        recorded_at: at(2),
    };
    let by_hand = entry(
        1,
        10,
        LedgerKind::Act,
        "accolade.points",
        Because::Act,
        Some("kind (bob)"),
    );
    let expected = [
        by_hand,
        entry(2, 5, LedgerKind::Award, "teacher", Because::Event, None),
    ];
    assert_eq!(reader.ledger_after("ada", None).unwrap(), expected);
    assert_eq!(reader.balances("ada").unwrap(), [("xp".to_owned(), 15)]);
    assert_eq!(reader.unlocks("ada").unwrap().len(), 1);
    assert_eq!(reader.feed(0, 9).unwrap()[0].1.because, Because::Late);
    assert_eq!(
        (
            reader.feed_start().unwrap(),
            reader.totals().unwrap().last_outcome
        ),
        (0, 41)
    );
    assert_eq!(reader.rule_errors().unwrap()[0].count, 3);
}

#[test]
fn states_of_the_first_version_are_to_be_folded_again() {
    let (_folder, path) = first_version();
    let mut reader = SqliteStore::open(&path).unwrap().reader().unwrap();
    assert_eq!(reader.headers(&["ada"]).unwrap(), [Some(Vec::new())]);
    assert_eq!(reader.all_cells("ada", None).unwrap(), []);
    assert_eq!(reader.checkpoint_before("ada", at(9)).unwrap(), None);
}

#[test]
fn a_migrated_ledger_has_its_rules() {
    let (_folder, path) = first_version();
    SqliteStore::open(&path).unwrap();
    let connection = Connection::open(&path).unwrap();
    let insert = |kind: &str, currency: &str, seq: i64| {
        let sql = "INSERT INTO ledger VALUES ('ada', 1000000, ?3, ?2, 5, ?1, '', '', '', '', '', NULL, NULL, 0)";
        connection
            .execute(sql, (kind, currency, seq))
            .map(drop)
            .map_err(|error| error.to_string())
    };
    for (kind, currency, seq, refused) in [
        ("gift", "xp", 3, "CHECK constraint"),
        ("act", "xp", 2, "UNIQUE constraint"),
        ("act", "nameless", 3, "FOREIGN KEY constraint"),
        ("act", "xp", 0, "CHECK constraint"),
    ] {
        let error = insert(kind, currency, seq).unwrap_err();
        assert!(error.contains(refused), "{kind} {currency} {seq}: {error}");
    }
    insert("expiry", "xp", 3).unwrap();
}

#[test]
fn a_newer_schema_is_refused_by_every_connection() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", VERSION + 1)
        .unwrap();
    let errors = [
        SqliteStore::open(&path).map(drop).unwrap_err(),
        store.writer().map(drop).unwrap_err(),
        store.reader().map(drop).unwrap_err(),
    ];
    for error in errors {
        assert!(
            matches!(error, StoreError::NewerSchema { found, known } if (found, known) == (VERSION + 1, VERSION))
        );
        assert!(error.to_string().contains("newer release"), "{error}");
    }
}

#[test]
fn many_may_open_a_new_file_at_once() {
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
                            .write(&event("ada", &thread.to_string()))
                            .unwrap()
                    });
                });
            }
        });
        let store = SqliteStore::open(&path).unwrap();
        assert_eq!(
            store.reader().unwrap().totals().unwrap().events,
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
        let session = connection::connect(&file, purpose).unwrap();
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
    assert_eq!(settings(Purpose::Writing), ["wal", "2", "1", "1", "0"]);
    assert_eq!(settings(Purpose::Reading)[4], "1");
}
