//! Tutorial, run as its text says with the built binary and a real browser.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::path::Path;

use super::Workspace;
use super::browser;
use crate::results::CheckCounts;
use crate::tutorial::{self, TutorialPlace, TutorialText};

const TUTORIAL_PATH: &str = "docs/tutorial.md";
/// Folder of the pictures in the text.
const PICTURES_FOLDER: &str = "docs/images";
/// Variable that asks for new pictures.
const RENEW_VARIABLE: &str = "ACCOLADE_RENEW";
/// Ports in the text: of the service, and of the reader's own application.
const PORTS: [&str; 2] = ["8000", "8001"];
/// Setting that makes the service listen on the first of them.
pub(super) const LISTEN_VARIABLE: &str = "ACCOLADE_SERVER_LISTEN";

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
    // Always others, so that several runs on one machine do not meet.
    let ports = PortSubstitution {
        ports: Some(find_free_ports()?),
    };
    let mut place = TutorialPlace::in_folder(&home)
        .set_variable("HOME", &home)
        .set_variable("NO_COLOR", "1")
        .set_variable("PATH", tutorial::extend_path(&programs)?);
    if let Some(address) = ports.listen() {
        place = place.set_variable(LISTEN_VARIABLE, address);
    }
    let place = ports.apply(place);
    for line in place.describe() {
        println!("{line}");
    }
    // The pictures of the text are renewed by the run itself.
    let pictures = match env::var_os(RENEW_VARIABLE) {
        Some(_) => house.root.join(PICTURES_FOLDER),
        None => house.step_folder("tutorial"),
    };
    let browser = browser::command_that_follows(house, &pictures)?;
    let followed = TutorialText {
        name: TUTORIAL_PATH,
        text: &text,
        route: None,
    };
    tutorial::run_tutorial(followed, &place, Some(browser))
}

/// Other ports for those in the text.
pub(super) struct PortSubstitution {
    /// None if the ports in the text are free.
    ports: Option<[u16; 2]>,
}

impl PortSubstitution {
    /// Chooses other ports if one of those in the text is in use.
    pub(super) fn choose() -> Result<Self, String> {
        let is_free = |port| TcpListener::bind(format!("127.0.0.1:{port}")).is_ok();
        let ports = match PORTS.into_iter().all(is_free) {
            true => None,
            false => Some(find_free_ports()?),
        };
        Ok(Self { ports })
    }

    /// Returns the address for the service, unless it is the one in the text.
    pub(super) fn listen(&self) -> Option<String> {
        self.ports.map(|[port, _]| format!("127.0.0.1:{port}"))
    }

    /// Replaces the ports in a place.
    pub(super) fn apply(&self, place: TutorialPlace) -> TutorialPlace {
        let pairs = PORTS.into_iter().zip(self.ports.into_iter().flatten());
        pairs.fold(place, |place, (port, other)| {
            place.substitute(port, &other.to_string())
        })
    }
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
    let bind =
        || TcpListener::bind("127.0.0.1:0").and_then(|bound| Ok((bound.local_addr()?, bound)));
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
