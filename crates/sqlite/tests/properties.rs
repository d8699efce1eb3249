//! Property tests of the engine on SQLite, where two engines share a file, as in two processes.

#[path = "../../core/tests/random/config.rs"]
mod config;
#[path = "../../engine/tests/properties/delivery.rs"]
mod delivery;
#[path = "../../engine/tests/properties/incremental.rs"]
mod incremental;
#[path = "../../engine/tests/properties/planning.rs"]
mod planning;
#[path = "../../core/tests/random/mod.rs"]
mod random;

use accolade_sqlite::SqliteStore;
use proptest::prelude::*;

use config::config;
use delivery::deliveries;
use random::worlds;

const CASES: u32 = 300;
const PUBLICATIONS: u32 = 50;

proptest! {
    #![proptest_config(config(CASES, CASES, "proptest-regressions/incremental.txt"))]

    #[test]
    fn s6_incremental_equals_the_fold(world in worlds(), delivery in deliveries()) {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("accolade.db");
        incremental::equals_the_fold(&world, &delivery, || SqliteStore::open(&file).expect("the file can be opened"))?;
    }
}

proptest! {
    #![proptest_config(config(PUBLICATIONS, PUBLICATIONS, "proptest-regressions/planning.txt"))]

    #[test]
    fn s14_a_plan_is_what_publishing_does(
        world in worlds(),
        others in prop::collection::vec((worlds(), any::<bool>(), any::<bool>()), 1..=3),
    ) {
        let folder = tempfile::tempdir()?;
        let store = SqliteStore::open(folder.path().join("accolade.db")).expect("the file can be opened");
        planning::equals_publishing(&world, &others, store)?;
    }
}
