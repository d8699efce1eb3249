//! Packages that users install. `cargo xtask dist` builds them, and the step also installs each one
//! as a user would and runs what it installed.

mod archive;
pub(super) mod clean_root;
mod container;
pub(super) mod crates;
mod debian;
mod deployment;
pub(super) mod distribution;
mod licenses;
mod npm;
pub(super) mod serving;
mod static_binary;
mod wheel;

use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

use super::Workspace;
use crate::results::CheckCounts;
use distribution::Distribution;

/// Test of one package, with a sentence that it proves.
struct PackageCheck {
    claim: &'static str,
    run: fn(&Workspace, &Distribution) -> Result<(), String>,
}

/// Checks in order. Those that need no network besides Debian's mirror come first.
const CHECKS: &[PackageCheck] = &[
    PackageCheck {
        claim: "the binary is static and runs in an empty root",
        run: |_, dist| static_binary::check_empty_root(dist),
    },
    PackageCheck {
        claim: "a program that is linked like the binary survives panics",
        run: static_binary::check_panics,
    },
    PackageCheck {
        claim: "the archive is complete, and its checksum is right",
        run: |_, dist| archive::check_archive(dist),
    },
    PackageCheck {
        claim: "units, compose file, proxy configuration and workflows are valid",
        run: deployment::check_files,
    },
    PackageCheck {
        claim: "lintian finds no error and no warning in the Debian package",
        run: |_, dist| debian::check_with_lintian(dist),
    },
    PackageCheck {
        claim: "the Debian package serves in a clean root, and its purge keeps the data",
        run: |_, dist| clean_root::check_installation(dist),
    },
    PackageCheck {
        claim: "the container serves as its user on a read-only root",
        run: |_, dist| container::check_container(dist),
    },
    PackageCheck {
        claim: "the wheel installs the command",
        run: wheel::check_installation,
    },
    PackageCheck {
        claim: "the npm packages install the command",
        run: npm::check_installation,
    },
    PackageCheck {
        claim: "every crate can be published, and the packed crates install the command",
        run: |house, _| crates::check_crates(house),
    },
];

/// Packages that this process has built, or the error.
static BUILT: OnceLock<Result<Distribution, String>> = OnceLock::new();

/// Builds all packages, unless this process has tried to already.
///
/// # Errors
/// Returns an error if a tool is missing or fails.
pub(super) fn build_once(house: &Workspace) -> Result<&'static Distribution, String> {
    let built = BUILT.get_or_init(|| distribution::build_all(house));
    built.as_ref().map_err(String::clone)
}

/// Runs the step.
pub(super) fn run_step(house: &Workspace) -> CheckCounts {
    let dist = match build_once(house) {
        Ok(dist) => dist,
        Err(error) => {
            eprintln!("{error}");
            return CheckCounts::single(false);
        }
    };
    let mut total = CheckCounts::single(true);
    for check in CHECKS {
        let start = Instant::now();
        let result = (check.run)(house, dist);
        let word = if result.is_ok() { "ok" } else { "FAILED" };
        let seconds = start.elapsed().as_secs_f64();
        println!("{word:<6} {seconds:>6.1} s   {}", check.claim);
        total += CheckCounts::from_result(result.map(|()| CheckCounts::single(true)));
    }
    total
}

/// Runs `cargo xtask dist`. Returns true if all packages were built.
pub(crate) fn run_task(root: &Path) -> bool {
    let built = Workspace::locate(root)
        .map_err(|error| format!("cannot find the build folder: {error}"))
        .and_then(|house| distribution::build_all(&house));
    match built {
        Ok(dist) => {
            println!("the packages are in {}", dist.folder.display());
            true
        }
        Err(error) => {
            eprintln!("{error}");
            false
        }
    }
}
