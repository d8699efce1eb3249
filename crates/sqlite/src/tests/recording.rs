//! Statement log that benchmarks replay.

use accolade::store::Store;
use rusqlite::{Connection, params_from_iter};

use super::{event, folder};
use crate::{SqliteStore, StatementLog};

#[test]
fn a_replayed_log_writes_the_same_rows() {
    let (_folder, path) = folder();
    let log = StatementLog::default();
    let store = SqliteStore::open(&path)
        .unwrap()
        .with_statement_log(log.clone());
    let mut writer = store.open_writer().unwrap();
    let mut transaction = writer.begin_transaction(&["ada"]).unwrap();
    assert_eq!(transaction.load_headers(&["ada"]).unwrap(), [None]);
    transaction.write_changes(&event("ada", "a")).unwrap();
    transaction.commit().unwrap();

    let statements = log.drain_statements();
    let verbs: Vec<_> = statements
        .iter()
        .map(|statement| statement.sql.split(' ').next().unwrap())
        .collect();
    assert_eq!(
        verbs,
        [
            "BEGIN", "PRAGMA", "SELECT", "INSERT", "INSERT", "INSERT", "UPDATE", "REPLACE",
            "COMMIT"
        ]
    );
    assert_eq!(log.drain_statements(), []);

    let (_other_folder, other) = folder();
    let copy = SqliteStore::open(&other).unwrap();
    let connection = Connection::open(&other).unwrap();
    for statement in statements {
        let mut prepared = connection.prepare(statement.sql).unwrap();
        let mut rows = prepared
            .query(params_from_iter(statement.parameters))
            .unwrap();
        while rows.next().unwrap().is_some() {}
    }
    let timeline = |store: &SqliteStore| {
        store
            .open_reader()
            .unwrap()
            .list_timeline("ada", None)
            .unwrap()
    };
    assert_eq!(timeline(&copy), timeline(&store));
    assert_eq!(
        copy.open_reader().unwrap().load_headers(&["ada"]).unwrap(),
        [Some(b"header".into())]
    );
}
