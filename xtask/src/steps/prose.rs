//! Spelling of all text files, checked by typos with the dictionary in typos.toml.

use super::Workspace;
use super::python::PythonEnvironment;
use crate::results::{self, CheckCounts};

/// Runs the step.
pub(super) fn run_step(house: &Workspace) -> CheckCounts {
    CheckCounts::from_result(try_run(house))
}

fn try_run(house: &Workspace) -> Result<CheckCounts, String> {
    let python = PythonEnvironment::with_requirements(
        &house.root.join("xtask/prose/requirements.txt"),
        &[],
        &house.step_folder("prose-python"),
    )?;
    let mut tool = python.program_command("typos");
    tool.args(["--config", "typos.toml", "--format", "brief", "."]);
    Ok(results::run_counted(tool.current_dir(&house.root)))
}
