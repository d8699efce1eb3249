//! Random sequences of every act and command, crashes included, end in what one fold of what remains says.
//!
//! A failing sequence is printed with its seed and cut down to what it needs to fail.

mod answers;
mod compare;
mod dice;
mod fragile;
mod hands;
mod model;
#[path = "../../../core/tests/random/mod.rs"]
mod random;
mod shrink;
mod simulation;
mod steps;
mod world;

use accolade::memory::MemoryStore;

/// Sequences in an ordinary run of the tests.
const SEEDS: u64 = 1_000;

#[test]
fn random_sequences_end_in_what_one_fold_says() {
    let seeds = simulation::asked().unwrap_or(0..SEEDS);
    simulation::run(seeds, || {
        let store = MemoryStore::new();
        Box::new(move || Box::new(store.clone()))
    });
}
