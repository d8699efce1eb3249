//! How properties of random worlds are tested.

use proptest::test_runner::{Config, FileFailurePersistence};

/// So many cases, of which so many worlds may be refused. What fails once is kept in a file, and tried first from then on.
pub(crate) fn config(cases: u32, rejects: u32, failures: &'static str) -> Config {
    Config {
        cases,
        max_local_rejects: rejects,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(failures))),
        ..Config::default()
    }
}
