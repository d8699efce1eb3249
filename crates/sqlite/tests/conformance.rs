//! Conformance suite of stores, on SQLite.

use std::cell::Cell;

use accolade_sqlite::SqliteStore;

#[test]
fn conforms() {
    let folder = tempfile::tempdir().unwrap();
    let made = Cell::new(0);
    accolade::conformance::run(|| {
        made.set(made.get() + 1);
        Box::new(SqliteStore::open(folder.path().join(format!("{}.db", made.get()))).unwrap())
    });
}
