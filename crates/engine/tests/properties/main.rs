//! The engine's most important promise: recording events one way or another comes to the same as folding them in order.

mod delivery;
mod incremental;
mod planning;
#[path = "../../../core/tests/random/mod.rs"]
mod random;

use accolade::memory::MemoryStore;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use delivery::deliveries;
use random::worlds;

const CASES: u32 = 10_000;
const PUBLICATIONS: u32 = 1_000;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: CASES,
        // Catalogs with rewards in circles are not used; they must be few.
        max_local_rejects: CASES / 6,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("proptest-regressions/incremental.txt"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn s6_incremental_equals_the_fold(world in worlds(), delivery in deliveries()) {
        let store = MemoryStore::new();
        incremental::equals_the_fold(&world, &delivery, || store.clone())?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: PUBLICATIONS,
        max_local_rejects: PUBLICATIONS,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("proptest-regressions/planning.txt"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn s14_a_plan_is_what_publishing_does(
        world in worlds(),
        others in prop::collection::vec((worlds(), any::<bool>(), any::<bool>()), 1..=3),
    ) {
        planning::equals_publishing(&world, &others, MemoryStore::new())?;
    }
}
