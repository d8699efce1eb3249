//! Runs the cases of a property on all cores.

use std::fmt::Debug;
use std::num::NonZero;
use std::thread;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};

/// Checks a property, with the cases of a configuration divided among the cores.
///
/// # Panics
///
/// Panics if a case fails, with the shortest input that was found.
pub fn check_cases<S: Strategy>(
    config: &Config,
    build_strategy: impl Fn() -> S + Sync,
    check: impl Fn(S::Value) -> TestCaseResult + Sync,
) where
    S::Value: Debug,
{
    let threads = thread::available_parallelism().map_or(1, NonZero::get) as u32;
    let share = Config {
        cases: config.cases.div_ceil(threads),
        ..config.clone()
    };
    let run = || {
        // Each runner has a seed of its own.
        let mut runner = TestRunner::new(share.clone());
        if let Err(error) = runner.run(&build_strategy(), &check) {
            panic!("{error}\n{runner}");
        }
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(run);
        }
    });
}
