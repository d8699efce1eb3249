//! The conformance suite that every store must pass, one test per requirement.
//!
//! [`conformance_tests!`](crate::conformance_tests) defines the tests of a store.

#![expect(
    missing_docs,
    reason = "a case's name is the requirement that it tests"
)]

mod access;
mod activity;
mod awards;
mod case_list;
mod catalogs;
mod erasure;
mod event_names;
mod events;
mod feed;
mod fixture;
mod players;
mod points;
mod retention;
mod states;
mod transactions;

/// Exports the listed cases, by group. The compiler warns about a case that is not listed, because
/// it is unused.
macro_rules! export_cases {
    ([] $($group:ident { $($case:ident,)* })*) => {
        #[doc(hidden)]
        pub mod cases {
            $(
                pub mod $group {
                    pub use super::super::$group::{$($case),*};
                }
            )*
        }
    };
}
crate::with_conformance_cases!([export_cases]);

/// Defines one test per case of the conformance suite, in a module per group.
///
/// The argument is the name of a function in the same module. It is called once per test, and calls
/// the case with an empty store.
///
/// ```
/// use accolade::store::Store;
/// use accolade_testing::MemoryStore;
///
/// fn run_case(case: fn(&dyn Store)) {
///     case(&MemoryStore::new());
/// }
///
/// accolade_testing::conformance_tests!(run_case);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! conformance_tests {
    ($run_case:ident) => {
        $crate::with_conformance_cases!([$crate::define_conformance_tests] $run_case);
    };
}

/// Defines one test per listed case.
#[doc(hidden)]
#[macro_export]
macro_rules! define_conformance_tests {
    ([$run_case:ident] $($group:ident { $($case:ident,)* })*) => {
        $(
            mod $group {
                $(
                    #[test]
                    fn $case() {
                        super::$run_case($crate::conformance::cases::$group::$case);
                    }
                )*
            }
        )*
    };
}
