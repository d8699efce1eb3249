//! Random sequences of all actions and commands, with crashes, in memory.

use accolade_testing::MemoryStore;
use accolade_testing::simulation::{read_requested_seeds, run_sequences};

/// Number of sequences in a regular test run.
const SEEDS: u64 = 1_000;

#[test]
fn random_sequences_end_in_what_one_fold_says() {
    let seeds = read_requested_seeds().unwrap_or(0..SEEDS);
    run_sequences(seeds, || {
        let store = MemoryStore::new();
        Box::new(move || Box::new(store.clone()))
    });
}
