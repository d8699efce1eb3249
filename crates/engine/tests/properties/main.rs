//! The central promise of the engine: however events are recorded, the result equals folding them
//! in order.

#[path = "../../../core/tests/random/config.rs"]
mod config;
mod delivery;
mod incremental;
mod planning;
#[path = "../../../core/tests/random/mod.rs"]
mod random;

use accolade::memory::MemoryStore;
use proptest::prelude::*;

use config::config;
use delivery::deliveries;
use random::worlds;

const CASES: u32 = 10_000;
const PUBLICATIONS: u32 = 1_000;

proptest! {
    // Catalogs with rewards in circles are not used; they must be few.
    #![proptest_config(config(CASES, CASES / 6, "proptest-regressions/incremental.txt"))]

    #[test]
    fn s6_incremental_equals_the_fold(world in worlds(), delivery in deliveries()) {
        let store = MemoryStore::new();
        incremental::equals_the_fold(&world, &delivery, || store.clone())?;
    }
}

proptest! {
    #![proptest_config(config(PUBLICATIONS, PUBLICATIONS, "proptest-regressions/planning.txt"))]

    #[test]
    fn s14_a_plan_is_what_publishing_does(
        world in worlds(),
        others in prop::collection::vec((worlds(), any::<bool>(), any::<bool>()), 1..=3),
    ) {
        planning::equals_publishing(&world, &others, MemoryStore::new())?;
    }
}
