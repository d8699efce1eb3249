//! Debian package. Its contents are listed in `crates/cli/Cargo.toml`.

use std::fs;
use std::process::Command;

use super::distribution::{Distribution, capture_output, describe_error, find_file};
use super::static_binary::target_triple;
use crate::steps::Workspace;
use crate::steps::python::{install_packages, run_command};

const TOOL: &str = "cargo-deb";
const TOOL_VERSION: &str = "3.8.0";
const CHANGELOG: &str = "deploy/debian/changelog";

/// Builds the package from the binary, its completions and manual pages, and `deploy`.
pub(super) fn build_package(house: &Workspace, dist: &Distribution) -> Result<(), String> {
    check_changelog(house, dist)?;
    let tools = house.step_folder("packaging-tools");
    let tool = tools.join("bin").join(TOOL);
    let installed = capture_output(Command::new(&tool).arg("--version"));
    if !installed.is_ok_and(|version| version.trim().ends_with(TOOL_VERSION)) {
        println!("installing {TOOL} {TOOL_VERSION}");
        let mut install = house.cargo_command(&["install", "--debug", "--locked", "--force"]);
        install.arg(format!("{TOOL}@{TOOL_VERSION}"));
        run_command(
            install
                .arg("--root")
                .arg(&tools)
                .current_dir(&house.build_folder),
        )?;
    }
    let mut command = Command::new(&tool);
    command
        .args(["--no-build", "--no-strip", "--package", "accolade-cli"])
        .args(["--profile", "dist", "--target", &target_triple()])
        .arg("--output")
        .arg(&dist.folder)
        .env("CARGO_TARGET_DIR", &dist.build_folder)
        .current_dir(&house.root);
    run_command(&mut command)
}

/// Checks that the newest entry of Debian's changelog is about this version.
fn check_changelog(house: &Workspace, dist: &Distribution) -> Result<(), String> {
    let path = house.root.join(CHANGELOG);
    let text = fs::read_to_string(&path).map_err(describe_error("read", &path))?;
    let start = format!("accolade ({}-", dist.version);
    match text.starts_with(&start) {
        true => Ok(()),
        false => Err(format!(
            "{CHANGELOG} does not begin with `{start}`; add an entry for the version"
        )),
    }
}

/// Checks that lintian, Debian's checker of packages, finds no error and no warning.
pub(super) fn check_with_lintian(dist: &Distribution) -> Result<(), String> {
    if capture_output(Command::new("lintian").arg("--version")).is_err() {
        install_packages(&["lintian"])?;
    }
    let mut command = Command::new("lintian");
    command
        .args(["--allow-root", "--fail-on", "error,warning"])
        .args(["--tag-display-limit", "0"])
        .arg(find_file(&dist.folder, ".deb")?);
    run_command(&mut command)
}
