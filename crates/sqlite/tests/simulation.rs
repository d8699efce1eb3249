//! Random sequences of all actions and commands, with crashes, on SQLite.

use std::ops::Range;

use accolade_sqlite::SqliteStore;
use accolade_testing::simulation::{read_requested_seeds, run_sequences};

/// Seeds of a normal test run. They differ from those of the simulation in memory.
const SEEDS: Range<u64> = 100_000..100_050;

#[test]
fn random_sequences_end_in_what_one_fold_says() {
    run_sequences(read_requested_seeds().unwrap_or(SEEDS), || {
        let folder = tempfile::tempdir().expect("a temporary folder can be created");
        Box::new(move || {
            Box::new(
                SqliteStore::open(folder.path().join("accolade.db"))
                    .expect("the file can be opened"),
            )
        })
    });
}
