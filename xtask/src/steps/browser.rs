//! Browser tests: a service with a community's history, and tests that click through its pages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::House;
use super::django::{count, printed};
use super::python::{Environment, install};
use super::service::Service;
use crate::tally::Tally;

/// Folder of the tests, their requirements, and additions to the catalog.
const FOLDER: &str = "xtask/browser";
/// Test modules in order. The first creates the administrator that the others use.
const STORIES: [&str; 3] = ["test_story", "test_pages", "test_without_scripts"];
/// Package that contains axe. It is installed without its dependency on another, large browser
/// driver.
const AXE: &str = "axe-playwright-python==0.1.8";
const DRIVER: &str = "/usr/bin/chromedriver";
const SETTINGS: [(&str, &str); 2] = [
    ("ACCOLADE_PAGES_TITLE", "French Language Meta"),
    ("ACCOLADE_LOG_LEVEL", "warn"),
];

/// Runs the step. `accolade` is built already.
pub(super) fn run(house: &House) -> Tally {
    Tally::of(attempt(house))
}

fn attempt(house: &House) -> Result<Tally, String> {
    let folder = house.root.join(FOLDER);
    if !Path::new(DRIVER).exists() {
        install(&["chromium", "chromium-driver"]).map_err(|error| {
            format!(
                "{error}\nthis step needs Chromium and its driver at {DRIVER}; on Debian, run \
                 `apt-get install chromium chromium-driver`"
            )
        })?;
    }
    let python = Environment::with(
        &folder.join("requirements.txt"),
        &[AXE],
        &house.scratch("browser-python"),
    )?;
    let made = house.scratch("browser-made");
    fs::create_dir_all(&made)
        .map_err(|error| format!("cannot create {}: {error}", made.display()))?;
    let catalog = catalog(house, &made)?;
    let events = history(house, &made)?;
    let scratch = house.scratch("browser");
    let service = Service::start(&house.path("accolade"), &catalog, &scratch, &SETTINGS)?;
    let link = service
        .link()
        .ok_or("the service printed no link that creates the first administrator")?;
    let mut tests = python.python();
    tests
        .args(["-m", "unittest", "--verbose"])
        .args(STORIES)
        .current_dir(&folder);
    tests
        .env("ACCOLADE_URL", service.url())
        .env("ACCOLADE_LINK", link)
        .env("ACCOLADE_EVENTS", &events);
    tests.env(
        "ACCOLADE_KEY",
        service.key("stories", "record,read,actions,admin")?,
    );
    tests
        .env("ACCOLADE_PICTURES", &scratch)
        .env("CHROMEDRIVER", DRIVER);
    let (output, succeeded) = printed(&mut tests)?;
    println!("{output}\nscreenshots are in {}", scratch.display());
    match count(&output) {
        Some(tally) if succeeded == (tally.failed == 0) => Ok(tally),
        _ => Err(format!(
            "the tests did not finish; log of the service:\n{}",
            service.log()
        )),
    }
}

/// Writes the catalog: that of the demo, and a secret badge and an unlockable.
fn catalog(house: &House, folder: &Path) -> Result<PathBuf, String> {
    let mut text = String::new();
    for part in [
        "examples/stackexchange/catalog.toml",
        "xtask/browser/more.toml",
    ] {
        text += &fs::read_to_string(house.root.join(part))
            .map_err(|error| format!("cannot read {part}: {error}"))?;
        text += "\n";
    }
    let path = folder.join("catalog.toml");
    fs::write(&path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(path)
}

/// Writes the demo's history to a file of events.
fn history(house: &House, folder: &Path) -> Result<PathBuf, String> {
    let (database, path) = (folder.join("demo.db"), folder.join("events.ndjson"));
    for suffix in ["", "-wal", "-shm"] {
        // The files are missing in the first run.
        let _ = fs::remove_file(folder.join(format!("demo.db{suffix}")));
    }
    let database = format!("sqlite:{}", database.display());
    quiet(
        house
            .program("accolade")
            .args(["demo", "--no-serve", "--db", &database]),
    )?;
    quiet(
        house
            .program("accolade")
            .args(["export", "events", "--db", &database, "--out"])
            .arg(&path),
    )?;
    Ok(path)
}

fn quiet(command: &mut Command) -> Result<(), String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run {command:?}: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!(
            "{command:?} failed: {}",
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}
