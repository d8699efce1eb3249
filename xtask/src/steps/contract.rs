//! Contract test: schemathesis derives valid and invalid requests from the OpenAPI document of a
//! running service and checks the responses against it.

use super::Workspace;
use super::python::PythonEnvironment;
use super::service::ServiceProcess;
use crate::results::{self, CheckCounts};

/// Folder of the configuration, the requirements, and the events to record.
const CONFIGURATION_FOLDER: &str = "xtask/contract";
/// Settings of the service. A high limit avoids responses that the document does not cause.
const SETTINGS: [(&str, &str); 2] = [
    ("ACCOLADE_LIMITS_JOBS", "10000"),
    ("ACCOLADE_LOG_LEVEL", "warn"),
];

/// Runs the step. `accolade` is built already.
pub(super) fn run_step(house: &Workspace) -> CheckCounts {
    CheckCounts::from_result(try_run(house))
}

fn try_run(house: &Workspace) -> Result<CheckCounts, String> {
    let folder = house.root.join(CONFIGURATION_FOLDER);
    let python = PythonEnvironment::with_requirements(
        &folder.join("requirements.txt"),
        &[],
        &house.step_folder("contract-python"),
    )?;
    let catalog = house.root.join("crates/cli/catalogs/starter.toml");
    let scratch = house.step_folder("contract");
    let service = ServiceProcess::start_empty(
        &house.program_path("accolade"),
        &catalog,
        &scratch,
        &SETTINGS,
    )?;
    let key = service.create_key("contract", "record,read,actions,admin")?;
    service.import_events(&folder.join("events.ndjson"))?;
    let mut tool = python.program_command("schemathesis");
    tool.arg("--config-file")
        .arg(folder.join("schemathesis.toml"));
    tool.args([
        "run",
        &format!("{}/openapi.json", service.url()),
        "--no-color",
    ]);
    tool.args(["--header", &format!("Authorization: Bearer {key}")])
        .current_dir(&scratch);
    Ok(results::run_counted(&mut tool))
}
