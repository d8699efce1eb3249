//! Contract test: schemathesis derives valid and invalid requests from the OpenAPI document of a
//! running service and checks the responses against it.

use super::House;
use super::python::Environment;
use super::service::Service;
use crate::tally::{self, Tally};

/// Folder of the configuration, the requirements, and the events to record.
const FOLDER: &str = "xtask/contract";
/// Settings of the service. A high limit avoids responses that the document does not cause.
const SETTINGS: [(&str, &str); 2] = [
    ("ACCOLADE_LIMITS_JOBS", "10000"),
    ("ACCOLADE_LOG_LEVEL", "warn"),
];

/// Runs the step. `accolade` is built already.
pub(super) fn run(house: &House) -> Tally {
    Tally::of(attempt(house))
}

fn attempt(house: &House) -> Result<Tally, String> {
    let folder = house.root.join(FOLDER);
    let python = Environment::with(
        &folder.join("requirements.txt"),
        &[],
        &house.scratch("contract-python"),
    )?;
    let catalog = house.root.join("catalogs/starter.toml");
    let scratch = house.scratch("contract");
    let service = Service::start(&house.path("accolade"), &catalog, &scratch, &SETTINGS)?;
    let key = service.key("contract", "record,read,actions,admin")?;
    service.import(&folder.join("events.ndjson"))?;
    let mut tool = python.program("schemathesis");
    tool.arg("--config-file")
        .arg(folder.join("schemathesis.toml"));
    tool.args([
        "run",
        &format!("{}/openapi.json", service.url()),
        "--no-color",
    ]);
    tool.args(["--header", &format!("Authorization: Bearer {key}")])
        .current_dir(&scratch);
    Ok(tally::run(&mut tool))
}
