//! Configuration of the property tests.

use proptest::test_runner::{Config, FileFailurePersistence};

/// Creates a configuration from the number of cases and the maximum number of rejected worlds.
/// Seeds of failed cases are written to a file and tried first from then on.
pub fn build_config(cases: u32, rejects: u32, failures: &'static str) -> Config {
    Config {
        cases,
        max_local_rejects: rejects,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(failures))),
        ..Config::default()
    }
}
