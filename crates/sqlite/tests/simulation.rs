//! Random sequences of all actions and commands, with crashes, on SQLite.

#[path = "../../engine/tests/simulation/compare.rs"]
mod compare;
#[path = "../../engine/tests/simulation/dice.rs"]
mod dice;
#[path = "../../engine/tests/simulation/fragile.rs"]
mod fragile;
#[path = "../../engine/tests/simulation/manual_actions.rs"]
mod manual_actions;
#[path = "../../engine/tests/simulation/model.rs"]
mod model;
#[path = "../../core/tests/random/mod.rs"]
mod random;
#[path = "../../engine/tests/simulation/responses.rs"]
mod responses;
#[path = "../../engine/tests/simulation/shrink.rs"]
mod shrink;
#[path = "../../engine/tests/simulation/simulation.rs"]
mod simulation;
#[path = "../../engine/tests/simulation/steps.rs"]
mod steps;
#[path = "../../engine/tests/simulation/world.rs"]
mod world;

use accolade_sqlite::SqliteStore;

/// Seeds of a normal test run. They differ from those of the simulation in memory.
const SEEDS: std::ops::Range<u64> = 100_000..100_050;

#[test]
fn random_sequences_end_in_what_one_fold_says() {
    simulation::run(simulation::requested_seeds().unwrap_or(SEEDS), || {
        let folder = tempfile::tempdir().expect("a temporary folder can be created");
        Box::new(move || {
            Box::new(
                SqliteStore::open(folder.path().join("accolade.db"))
                    .expect("the file can be opened"),
            )
        })
    });
}
