//! Whether a running service keeps what its OpenAPI document says: schemathesis makes requests of the document, right ones
//! and wrong ones, and compares the answers with it.

use std::fs;
use std::path::Path;

use crate::python::Environment;
use crate::service::Service;
use crate::steps::House;
use crate::tally::{self, Tally};

/// What is installed.
const REQUIREMENTS: &str = "xtask/schemathesis.txt";
/// What it is asked to try.
const CONFIGURATION: &str = "xtask/schemathesis.toml";
/// A refusal because there is too much at once would not be the document's fault.
const SETTINGS: &[(&str, &str)] = &[("ACCOLADE_LIMITS_JOBS", "10000"), ("ACCOLADE_LOG_LEVEL", "warn")];

/// Tries it. It is one check.
pub(crate) fn run(house: &House) -> Tally {
    attempt(house).unwrap_or_else(|error| {
        eprintln!("{error}");
        Tally::one(false)
    })
}

fn attempt(house: &House) -> Result<Tally, String> {
    if tally::run(&mut house.cargo(&["build", "--quiet", "--workspace", "--bins"])).failed > 0 {
        return Err("the binary could not be built".to_owned());
    }
    let python = Environment::with(&house.root.join(REQUIREMENTS), &house.scratch("contract-python"))?;
    let (catalog, folder) = (house.root.join("catalogs/starter.toml"), house.scratch("contract"));
    let service = Service::start(&house.path("accolade"), &catalog, &folder, SETTINGS)?;
    let key = service.key("contract", "record,read,act,admin")?;
    let mut schemathesis = python.program("schemathesis");
    schemathesis.arg("--config-file").arg(house.root.join(CONFIGURATION));
    schemathesis.args(["run", &format!("{}/openapi.json", service.url()), "--no-color"]);
    schemathesis.args(["--header", &format!("Authorization: Bearer {key}")]);
    // It leaves notes where it runs.
    schemathesis.current_dir(notes(&folder)?);
    let tally = tally::run(&mut schemathesis);
    if tally.failed > 0 {
        eprintln!("the service said:\n{}", service.log());
    }
    Ok(tally)
}

fn notes(folder: &Path) -> Result<std::path::PathBuf, String> {
    let notes = folder.join("notes");
    fs::create_dir_all(&notes).map_err(|error| format!("could not make {}: {error}", notes.display()))?;
    Ok(notes)
}
