//! Packages that users install: the crates as they would be published.

use super::Workspace;
use crate::results::{self, CheckCounts};

/// Runs the step.
pub(super) fn run_step(house: &Workspace) -> CheckCounts {
    let arguments = [
        "package",
        "--workspace",
        "--no-verify",
        "--allow-dirty",
        "--exclude-lockfile",
    ];
    results::run_counted(&mut house.cargo_command(&arguments))
}
