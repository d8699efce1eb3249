//! The central promise of the engine: however events are recorded, the result equals folding them
//! in order.

use accolade_testing::MemoryStore;
use accolade_testing::properties::{
    build_config, check_incremental_fold, check_planned_publications, deliveries,
};
use accolade_testing::random::worlds;
use proptest::prelude::*;

const CASES: u32 = 10_000;
const PUBLICATIONS: u32 = 1_000;

proptest! {
    // Catalogs with rewards in circles are not used; they must be few.
    #![proptest_config(build_config(CASES, CASES / 6, "proptest-regressions/incremental.txt"))]

    #[test]
    fn s6_incremental_equals_the_fold(world in worlds(), delivery in deliveries()) {
        let store = MemoryStore::new();
        check_incremental_fold(&world, &delivery, || store.clone())?;
    }
}

proptest! {
    #![proptest_config(build_config(PUBLICATIONS, PUBLICATIONS, "proptest-regressions/planning.txt"))]

    #[test]
    fn s14_a_plan_is_what_publishing_does(
        world in worlds(),
        others in prop::collection::vec((worlds(), any::<bool>(), any::<bool>()), 1..=3),
    ) {
        check_planned_publications(&world, &others, MemoryStore::new())?;
    }
}
