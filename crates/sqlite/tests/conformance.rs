//! Conformance suite of stores, on SQLite.

use accolade::store::Store;
use accolade_sqlite::SqliteStore;

accolade_testing::conformance_tests!(run_case);

fn run_case(case: fn(&dyn Store)) {
    let folder = tempfile::tempdir().unwrap();
    case(&SqliteStore::open(folder.path().join("accolade.db")).unwrap());
}
