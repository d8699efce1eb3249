//! Tutorial, run as its text says with the built binary and a real browser.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use super::Workspace;
use super::browser;
use crate::results::CheckCounts;
use crate::tutorial::{self, TutorialPlace};

const TUTORIAL_PATH: &str = "docs/tutorial.md";
/// Ports in the text: of the service, and of the reader's own application. The run takes free ones.
const PORTS: [&str; 2] = ["8000", "8001"];
/// Setting that makes the service listen on the first of them.
const LISTEN_VARIABLE: &str = "ACCOLADE_SERVER_LISTEN";

/// Runs the step. `accolade` is built already.
pub(super) fn run_step(house: &Workspace) -> CheckCounts {
    CheckCounts::from_result(try_run(house, &house.program_path("accolade")))
}

/// Runs the tutorial with another binary. Returns true if all of it holds.
pub(crate) fn run_task(root: &Path, program: &Path) -> bool {
    let counts = Workspace::locate(root)
        .map_err(|error| format!("cannot find the build folder: {error}"))
        .and_then(|house| try_run(&house, program));
    let counts = CheckCounts::from_result(counts);
    println!("\n{counts}");
    counts.failed == 0
}

fn try_run(house: &Workspace, program: &Path) -> Result<CheckCounts, String> {
    let text = fs::read_to_string(house.root.join(TUTORIAL_PATH))
        .map_err(|error| format!("cannot read {TUTORIAL_PATH}: {error}"))?;
    let scratch = tempfile::tempdir()
        .map_err(|error| format!("cannot create a temporary folder: {error}"))?;
    let [programs, home] = ["programs", "home"].map(|name| scratch.path().join(name));
    for folder in [&programs, &home] {
        fs::create_dir(folder)
            .map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
    }
    link_program(program, &programs.join("accolade"))?;
    let ports = find_free_ports()?;
    let mut place = TutorialPlace::in_folder(&home)
        .set_variable("HOME", &home)
        .set_variable("PATH", tutorial::extend_path(&programs)?)
        .set_variable(LISTEN_VARIABLE, format!("127.0.0.1:{}", ports[0]));
    for (port, free) in PORTS.iter().zip(&ports) {
        place = place.substitute(port, &free.to_string());
    }
    let browser = browser::command_that_follows(house, &house.step_folder("tutorial"))?;
    tutorial::run_tutorial(TUTORIAL_PATH, &text, &place, Some(browser))
}

/// Puts the program where the shell finds it.
fn link_program(program: &Path, link: &Path) -> Result<(), String> {
    let program = program
        .canonicalize()
        .map_err(|error| format!("cannot find {}: {error}", program.display()))?;
    fs::hard_link(&program, link)
        .or_else(|_| fs::copy(&program, link).map(drop))
        .map_err(|error| format!("cannot copy {}: {error}", program.display()))
}

/// Finds ports that are free now. All are bound at once, so that they differ.
fn find_free_ports() -> Result<[u16; 2], String> {
    let bind = || TcpListener::bind("127.0.0.1:0").and_then(|bound| Ok((bound.local_addr()?, bound)));
    let bound = [bind(), bind()];
    let mut ports = [0; 2];
    for (port, bound) in ports.iter_mut().zip(bound) {
        *port = bound
            .map_err(|error| format!("cannot find a free port: {error}"))?
            .0
            .port();
    }
    Ok(ports)
}
