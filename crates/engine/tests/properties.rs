//! The central promise of the engine: however events are recorded, the result equals folding them
//! in order.

use accolade_testing::MemoryStore;
use accolade_testing::properties::{
    build_config, check_cases, check_incremental_fold, check_planned_publications, deliveries,
};
use accolade_testing::random::worlds;
use proptest::prelude::*;

const CASES: u32 = 10_000;
const PUBLICATIONS: u32 = 1_000;

#[test]
fn s6_incremental_equals_the_fold() {
    // Catalogs with rewards in circles are not used; they must be few.
    let config = build_config(CASES, CASES / 6, "proptest-regressions/incremental.txt");
    let build_cases = || (worlds(), deliveries());
    check_cases(&config, build_cases, |(world, delivery)| {
        let store = MemoryStore::new();
        check_incremental_fold(&world, &delivery, || store.clone())
    });
}

#[test]
fn s14_a_plan_is_what_publishing_does() {
    let failures = "proptest-regressions/planning.txt";
    let config = build_config(PUBLICATIONS, PUBLICATIONS, failures);
    let publications = || (worlds(), any::<bool>(), any::<bool>());
    let build_cases = || (worlds(), prop::collection::vec(publications(), 1..=3));
    check_cases(&config, build_cases, |(world, others)| {
        check_planned_publications(&world, &others, MemoryStore::new())
    });
}
