//! Files of `deploy` and workflows of the code host, each checked with the tool that reads it.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::distribution::Distribution;
use crate::steps::Workspace;
use crate::steps::python::{PythonEnvironment, install_packages, run_command};

/// Folder of the requirements of this step's Python environment.
const REQUIREMENTS: &str = "xtask/packaging/requirements.txt";
/// Maximum exposure of the service by the measure of `systemd-analyze security`, in tenths.
const MAX_EXPOSURE: &str = "15";
const WORKFLOWS_FOLDER: &str = ".github/workflows";

/// Creates the Python environment with the tools of this step.
pub(super) fn create_environment(house: &Workspace) -> Result<PythonEnvironment, String> {
    PythonEnvironment::with_requirements(
        &house.root.join(REQUIREMENTS),
        &[],
        &house.step_folder("packaging-python"),
    )
}

/// Checks all files.
pub(super) fn check_files(house: &Workspace, _: &Distribution) -> Result<(), String> {
    for (program, package) in [("systemd-analyze", "systemd"), ("caddy", "caddy")] {
        if !Path::new("/usr/bin").join(program).exists() {
            install_packages(&[package])?;
        }
    }
    for unit in ["accolade.service", "accolade-backup.service"] {
        run_command(
            Command::new("systemd-analyze")
                .args(["security", "--offline=true", "--threshold", MAX_EXPOSURE])
                .arg(house.root.join("deploy/systemd").join(unit)),
        )?;
    }
    let proxy = house.root.join("deploy/Caddyfile");
    run_command(
        Command::new("caddy")
            .args(["validate", "--adapter", "caddyfile", "--config"])
            .arg(&proxy)
            .env("DOMAIN", "play.example.com"),
    )?;
    let python = create_environment(house)?;
    let compose = house.root.join("deploy/compose.yaml");
    let schema = |name: &str, file: &Path| {
        run_command(
            python
                .program_command("check-jsonschema")
                .args(["--builtin-schema", name])
                .arg(file),
        )
    };
    schema("vendor.compose-spec", &compose)?;
    let folder = house.root.join(WORKFLOWS_FOLDER);
    let entries = fs::read_dir(&folder)
        .map_err(|error| format!("cannot list {}: {error}", folder.display()))?;
    for entry in entries.flatten() {
        schema("vendor.github-workflows", &entry.path())?;
    }
    run_command(
        python
            .program_command("yamllint")
            .args(["--strict", "--config-file"])
            .arg(house.root.join("xtask/packaging/yamllint.yaml"))
            .args([&compose, &folder]),
    )
}
