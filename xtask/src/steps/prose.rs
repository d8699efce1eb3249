//! Spelling of all text files, checked by typos with the dictionary in typos.toml, and grammar of
//! the documentation, checked by Harper with the rules in xtask/prose.

use super::Workspace;
use super::node::NodePackages;
use super::python::PythonEnvironment;
use crate::results::{self, CheckCounts};

/// Folder of the pinned tools, the rules of grammar, and an example that contains errors.
const TOOLS_FOLDER: &str = "xtask/prose";

/// Runs the step.
pub(super) fn run_step(house: &Workspace) -> CheckCounts {
    CheckCounts::from_result(try_run(house))
}

fn try_run(house: &Workspace) -> Result<CheckCounts, String> {
    let tools = house.root.join(TOOLS_FOLDER);
    let python = PythonEnvironment::with_requirements(
        &tools.join("requirements.txt"),
        &[],
        &house.step_folder("prose-python"),
    )?;
    let mut spelling = python.program_command("typos");
    spelling.args(["--config", "typos.toml", "--format", "brief", "."]);
    let mut total = results::run_counted(spelling.current_dir(&house.root));

    let packages = NodePackages::with_lock_file(&python, &tools, &house.step_folder("prose-node"))?;
    let mut grammar = packages.script_command("check_grammar.js")?;
    total += results::run_counted(grammar.arg(&house.root));
    Ok(total)
}
