//! The suite that every store must pass.
//!
//! A store's own tests call [`run`] with a function that makes an empty store.

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

/// A named expectation of a store. It panics when the store does not meet it.
pub struct Case {
    /// What is expected.
    pub name: &'static str,
    /// Tries it on an empty store.
    pub run: fn(&dyn Store),
}

/// Lists functions as cases under their own names.
macro_rules! cases {
    ($($case:ident),* $(,)?) => {
        &[$($crate::conformance::Case { name: stringify!($case), run: $case }),*]
    };
}
use cases;

/// All cases.
pub fn all() -> impl Iterator<Item = &'static Case> {
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

/// Tries every case on a store of its own.
///
/// # Panics
/// When a case fails, after all of them, with the names of those that did.
pub fn run(make: impl Fn() -> Box<dyn Store>) {
    let fails = |case: &&Case| {
        let store = make();
        let failed = catch_unwind(AssertUnwindSafe(|| (case.run)(&*store))).is_err();
        if failed {
            eprintln!("^ {}", case.name);
        }
        failed
    };
    let failed: Vec<_> = all().filter(fails).map(|case| case.name).collect();
    assert!(
        failed.is_empty(),
        "the store does not conform: {}",
        failed.join(", ")
    );
}
