//! Random sequences of all actions and commands, including crashes, end in the same state as one
//! fold of the remaining events.
//!
//! A failing sequence is printed with its seed, and reduced to the steps that it needs to fail.

mod compare;
mod dice;
mod fragile;
mod manual_actions;
mod model;
#[path = "../../../core/tests/random/mod.rs"]
mod random;
mod responses;
mod shrink;
mod simulation;
mod steps;
mod world;

use accolade::memory::MemoryStore;

/// Number of sequences in a regular test run.
const SEEDS: u64 = 1_000;

#[test]
fn random_sequences_end_in_what_one_fold_says() {
    let seeds = simulation::requested_seeds().unwrap_or(0..SEEDS);
    simulation::run(seeds, || {
        let store = MemoryStore::new();
        Box::new(move || Box::new(store.clone()))
    });
}
