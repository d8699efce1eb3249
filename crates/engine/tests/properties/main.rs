//! The engine's most important promise: recording events one way or another comes to the same as folding them in order.

#[path = "../../../core/tests/random/config.rs"]
mod config;
mod delivery;
mod incremental;
mod planning;
#[path = "../../../core/tests/random/mod.rs"]
mod random;
mod sealing;

use accolade::core::time::SECOND;
use accolade::memory::MemoryStore;
use proptest::prelude::*;

use config::config;
use delivery::deliveries;
use random::{after_all, worlds};

const CASES: u32 = 10_000;
const PUBLICATIONS: u32 = 1_000;
const SEALED_CASES: u32 = 2_000;

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

proptest! {
    #![proptest_config(config(SEALED_CASES, SEALED_CASES / 6, "proptest-regressions/incremental.txt"))]

    #[test]
    fn s22_a_sealed_past_counts_as_before(world in worlds(), delivery in deliveries(), hours in [0..84_i64, 0..84]) {
        let [one, other] = hours.map(|hours| after_all().plus(-hours * 60 * 60 * SECOND));
        sealing::changes_nothing(&world, &delivery, [one.min(other), one.max(other)])?;
    }
}
