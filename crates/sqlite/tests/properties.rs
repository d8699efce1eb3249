//! Property tests of the engine on SQLite, where two engines share a file, as in two processes.

use accolade_sqlite::SqliteStore;
use accolade_testing::properties::{
    build_config, check_incremental_fold, check_planned_publications, deliveries,
};
use accolade_testing::random::worlds;
use proptest::prelude::*;

const CASES: u32 = 300;
const PUBLICATIONS: u32 = 50;

proptest! {
    #![proptest_config(build_config(CASES, CASES, "proptest-regressions/incremental.txt"))]

    #[test]
    fn s6_incremental_equals_the_fold(world in worlds(), delivery in deliveries()) {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("accolade.db");
        check_incremental_fold(&world, &delivery, || SqliteStore::open(&file).expect("the file can be opened"))?;
    }
}

proptest! {
    #![proptest_config(build_config(PUBLICATIONS, PUBLICATIONS, "proptest-regressions/planning.txt"))]

    #[test]
    fn s14_a_plan_is_what_publishing_does(
        world in worlds(),
        others in prop::collection::vec((worlds(), any::<bool>(), any::<bool>()), 1..=3),
    ) {
        let folder = tempfile::tempdir()?;
        let store = SqliteStore::open(folder.path().join("accolade.db")).expect("the file can be opened");
        check_planned_publications(&world, &others, store)?;
    }
}
