//! Newcomer: installs Accolade in the ways of the README, and follows the README and the tutorial
//! to the letter after each, in a real browser.

pub(super) mod clean_system;
mod this_machine;

use std::fs;
use std::path::Path;
use std::time::Instant;

use super::Workspace;
use super::browser;
use crate::results::CheckCounts;
use crate::tutorial::{self, TutorialPlace, TutorialText};

/// Texts in the order in which a newcomer reads them.
const TEXTS: [&str; 2] = ["README.md", "docs/tutorial.md"];

/// Way to install, by the name that it has in the README.
struct NewcomerRoute {
    name: &'static str,
    summary: &'static str,
    /// Prepares a place with an empty folder. The path is that of a temporary folder.
    prepare: fn(&Workspace, &Path) -> Result<TutorialPlace, String>,
}

const ROUTES: [NewcomerRoute; 3] = [
    NewcomerRoute {
        name: "debian",
        summary: "the Debian package in a clean root",
        prepare: |house, _| clean_system::prepare_place(house, ".deb"),
    },
    NewcomerRoute {
        name: "archive",
        summary: "the release archive in a clean root",
        prepare: |house, _| clean_system::prepare_place(house, ".tar.xz"),
    },
    NewcomerRoute {
        name: "source",
        summary: "the sources with the toolchain of this machine",
        prepare: this_machine::prepare_place,
    },
];

/// Runs the step.
pub(super) fn run_step(house: &Workspace) -> CheckCounts {
    run_routes(house, &ROUTES.iter().collect::<Vec<_>>())
}

/// Runs `cargo xtask newcomer`: the named routes, or all. Returns true if all of them hold.
pub(crate) fn run_task(root: &Path, names: &[&str]) -> bool {
    let known: Vec<&str> = ROUTES.iter().map(|route| route.name).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        eprintln!(
            "route `{unknown}` not found; the routes are: {}",
            known.join(", ")
        );
        return false;
    }
    let house = match Workspace::locate(root) {
        Ok(house) => house,
        Err(error) => {
            eprintln!("cannot find the build folder: {error}");
            return false;
        }
    };
    let is_selected = |route: &&NewcomerRoute| names.is_empty() || names.contains(&route.name);
    let counts = run_routes(
        &house,
        &ROUTES.iter().filter(is_selected).collect::<Vec<_>>(),
    );
    println!("\n{counts}");
    counts.failed == 0
}

fn run_routes(house: &Workspace, routes: &[&NewcomerRoute]) -> CheckCounts {
    let mut total = CheckCounts::default();
    let mut summary = String::new();
    for route in routes {
        println!("--- {}", route.summary);
        let start = Instant::now();
        let counts = CheckCounts::from_result(follow_route(house, route));
        total += counts;
        let word = if counts.failed == 0 { "ok" } else { "FAILED" };
        let seconds = start.elapsed().as_secs_f64();
        summary += &format!("{word:<6} {seconds:>6.1} s   {}\n", route.summary);
    }
    print!("{summary}");
    total
}

fn follow_route(house: &Workspace, route: &NewcomerRoute) -> Result<CheckCounts, String> {
    let scratch = tempfile::tempdir()
        .map_err(|error| format!("cannot create a temporary folder: {error}"))?;
    let start = Instant::now();
    let place = (route.prepare)(house, scratch.path())?;
    for line in place.describe() {
        println!("{line}");
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{seconds:>6.1} s  preparation");
    let pictures = house.step_folder("newcomer").join(route.name);
    let mut total = CheckCounts::default();
    for name in TEXTS {
        let path = house.root.join(name);
        let text =
            fs::read_to_string(&path).map_err(|error| format!("cannot read {name}: {error}"))?;
        let followed = TutorialText {
            name,
            text: &text,
            route: Some(route.name),
        };
        let browser = browser::command_that_follows(house, &pictures)?;
        total += tutorial::run_tutorial(followed, &place, Some(browser))?;
        // The next text continues where this one ends.
        if total.failed > 0 {
            break;
        }
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = include_str!("../../../README.md");

    #[test]
    fn every_block_of_the_readme_is_run_or_says_why_not() {
        let routes = tutorial::read_routes(README).unwrap();
        assert_eq!(routes, ROUTES.map(|route| route.name.to_owned()).into());
    }

    #[test]
    fn the_readme_downloads_this_version() {
        let version = env!("CARGO_PKG_VERSION");
        let downloads: Vec<&str> = README
            .lines()
            .filter(|line| line.contains("/download/"))
            .collect();
        assert_eq!(downloads.len(), 2);
        for line in downloads {
            assert!(
                line.contains(&format!("/download/v{version}/accolade")),
                "{line}"
            );
        }
    }
}
