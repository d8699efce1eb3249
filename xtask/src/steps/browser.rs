//! Browser tests: a service with a community's history, and tests that click through its pages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Workspace;
use super::django::{parse_counts, run_python_tests};
use super::python::{PythonEnvironment, install_packages};
use super::service::ServiceProcess;
use crate::results::CheckCounts;

/// Folder of the tests, their requirements, and additions to the catalog.
const TESTS_FOLDER: &str = "xtask/browser";
/// Test modules in order. The first creates the administrator that the others use.
const TEST_MODULES: [&str; 5] = [
    "test_story",
    "test_pages",
    "test_live",
    "test_backfill",
    "test_without_scripts",
];
/// Package that contains axe. It is installed without its dependency on another, large browser
/// driver.
const AXE_PACKAGE: &str = "axe-playwright-python==0.1.8";
const DRIVER_PATH: &str = "/usr/bin/chromedriver";
const SETTINGS: [(&str, &str); 3] = [
    // The port of the site in test_live.py.
    ("ACCOLADE_PLAYERS_ORIGINS", "http://localhost:48123"),
    ("ACCOLADE_PAGES_TITLE", "French Language Meta"),
    ("ACCOLADE_LOG_LEVEL", "warn"),
];

/// Runs the step. `accolade` is built already.
pub(super) fn run_step(house: &Workspace) -> CheckCounts {
    CheckCounts::from_result(try_run(house))
}

/// Builds a command that drives a browser by the lines of its standard input, and keeps screenshots
/// in a folder.
pub(super) fn command_that_follows(house: &Workspace, pictures: &Path) -> Result<Command, String> {
    fs::create_dir_all(pictures)
        .map_err(|error| format!("cannot create {}: {error}", pictures.display()))?;
    let mut follower = prepare_python(house)?.python_command();
    follower
        .arg("follow.py")
        .current_dir(house.root.join(TESTS_FOLDER))
        .env("ACCOLADE_PICTURES", pictures)
        .env("CHROMEDRIVER", DRIVER_PATH);
    Ok(follower)
}

/// Installs the browser and the packages that drive it, unless they are installed.
fn prepare_python(house: &Workspace) -> Result<PythonEnvironment, String> {
    if !Path::new(DRIVER_PATH).exists() {
        install_packages(&["chromium", "chromium-driver"]).map_err(|error| {
            format!(
                "{error}\nthis step needs Chromium and its driver at {DRIVER_PATH}; on Debian, run \
                 `apt-get install chromium chromium-driver`"
            )
        })?;
    }
    PythonEnvironment::with_requirements(
        &house.root.join(TESTS_FOLDER).join("requirements.txt"),
        &[AXE_PACKAGE],
        &house.step_folder("browser-python"),
    )
}

fn try_run(house: &Workspace) -> Result<CheckCounts, String> {
    let folder = house.root.join(TESTS_FOLDER);
    let python = prepare_python(house)?;
    let made = house.step_folder("browser-made");
    fs::create_dir_all(&made)
        .map_err(|error| format!("cannot create {}: {error}", made.display()))?;
    let catalog = write_catalog(house, &made)?;
    let events = export_history(house, &made)?;
    let scratch = house.step_folder("browser");
    let service = ServiceProcess::start_empty(
        &house.program_path("accolade"),
        &catalog,
        &scratch,
        &SETTINGS,
    )?;
    let link = service
        .administrator_link()
        .ok_or("the service printed no link that creates the first administrator")?;
    let mut tests = python.python_command();
    tests
        .args(["-m", "unittest", "--verbose"])
        .args(TEST_MODULES)
        .current_dir(&folder);
    tests
        .env("ACCOLADE_URL", service.url())
        .env("ACCOLADE_LINK", link)
        .env("ACCOLADE_DATABASE", scratch.join("accolade.db"))
        .env("ACCOLADE_EVENTS", &events);
    tests.env(
        "ACCOLADE_KEY",
        service.create_key("stories", "record,read,actions,admin")?,
    );
    tests
        .env("ACCOLADE_PICTURES", &scratch)
        .env("CHROMEDRIVER", DRIVER_PATH);
    let (output, succeeded) = run_python_tests(&mut tests)?;
    println!("{output}\nscreenshots are in {}", scratch.display());
    match parse_counts(&output) {
        Some(tally) if succeeded == (tally.failed == 0) => Ok(tally),
        _ => Err(format!(
            "the tests did not finish; log of the service:\n{}",
            service.read_log()
        )),
    }
}

/// Writes the catalog: that of the demo, and a secret badge and an unlockable.
fn write_catalog(house: &Workspace, folder: &Path) -> Result<PathBuf, String> {
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
fn export_history(house: &Workspace, folder: &Path) -> Result<PathBuf, String> {
    let (database, path) = (folder.join("demo.db"), folder.join("events.ndjson"));
    for suffix in ["", "-wal", "-shm"] {
        // The files are missing in the first run.
        let _ = fs::remove_file(folder.join(format!("demo.db{suffix}")));
    }
    let database = format!("sqlite:{}", database.display());
    run_quietly(
        house
            .program_command("accolade")
            .args(["demo", "--no-serve", "--db", &database]),
    )?;
    run_quietly(
        house
            .program_command("accolade")
            .args(["export", "events", "--db", &database, "--out"])
            .arg(&path),
    )?;
    Ok(path)
}

fn run_quietly(command: &mut Command) -> Result<(), String> {
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
