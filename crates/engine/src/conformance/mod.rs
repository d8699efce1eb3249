//! The conformance suite that every store must pass.
//!
//! The tests of a store call [`run`] with a function that creates an empty store.
//!
//! ```text
//! #[test]
//! fn conforms() {
//!     accolade::conformance::run(|| Box::new(MyStore::in_memory()));
//! }
//! ```

mod access;
mod activity;
mod awards;
mod catalogs;
mod erasure;
mod events;
mod feed;
mod fixture;
mod players;
mod points;
mod retention;
mod states;
mod transactions;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::store::Store;

/// A requirement on a store, with a test.
pub struct ConformanceCase {
    /// The requirement as an identifier, such as `players_come_in_pages_in_order_of_id`.
    pub name: &'static str,
    /// The test, which runs on an empty store and panics if the store fails it.
    pub run: fn(&dyn Store),
}

/// Lists functions as cases under their own names.
macro_rules! cases {
    ($($case:ident),* $(,)?) => {
        &[$($crate::conformance::ConformanceCase { name: stringify!($case), run: $case }),*]
    };
}
use cases;

/// Lists all cases.
pub fn list_cases() -> impl Iterator<Item = &'static ConformanceCase> {
    let groups = [
        events::CASES,
        players::CASES,
        states::CASES,
        awards::CASES,
        points::CASES,
        feed::CASES,
        retention::CASES,
        erasure::CASES,
        catalogs::CASES,
        access::CASES,
        activity::CASES,
        transactions::CASES,
    ];
    groups.into_iter().flatten()
}

/// Runs every case on a store of its own.
///
/// # Panics
/// Panics after the last case if any has failed, and names those that did.
pub fn run(make: impl Fn() -> Box<dyn Store>) {
    let fails = |case: &&ConformanceCase| {
        let store = make();
        let failed = catch_unwind(AssertUnwindSafe(|| (case.run)(&*store))).is_err();
        if failed {
            eprintln!("^ {}", case.name);
        }
        failed
    };
    let failed: Vec<_> = list_cases().filter(fails).map(|case| case.name).collect();
    assert!(
        failed.is_empty(),
        "the store does not conform: {}",
        failed.join(", ")
    );
}
