//! Conformance suite of stores, on the memory store.

use accolade::store::Store;
use accolade_testing::MemoryStore;

accolade_testing::conformance_tests!(run_case);

fn run_case(case: fn(&dyn Store)) {
    case(&MemoryStore::new());
}
