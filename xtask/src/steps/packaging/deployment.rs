//! Files of `deploy` and workflows of the code host, each checked with the tool that reads it.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::distribution::{Distribution, describe_error};
use crate::markdown;
use crate::steps::Workspace;
use crate::steps::python::{PythonEnvironment, install_packages, run_command};

/// Folder of the requirements of this step's Python environment.
const REQUIREMENTS: &str = "xtask/packaging/requirements.txt";
/// Maximum exposure of the service by the measure of `systemd-analyze security`, in tenths.
const MAX_EXPOSURE: &str = "15";
/// Documents with a configuration of Caddy, and its first line.
const PROXY_DOCUMENTS: [&str; 2] = ["docs/deploy.md", "docs/http.md"];
const PROXY_SITE: &str = "play.example.com {";
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
pub(super) fn check_files(house: &Workspace, dist: &Distribution) -> Result<(), String> {
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
    check_proxy(&house.root.join("deploy/Caddyfile"))?;
    check_documented_proxies(house, dist)?;
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

/// Checks a configuration of Caddy.
fn check_proxy(file: &Path) -> Result<(), String> {
    run_command(
        Command::new("caddy")
            .args(["validate", "--adapter", "caddyfile", "--config"])
            .arg(file)
            .env("DOMAIN", "play.example.com"),
    )
}

/// Checks the configurations of Caddy in the documentation.
fn check_documented_proxies(house: &Workspace, dist: &Distribution) -> Result<(), String> {
    for document in PROXY_DOCUMENTS {
        let path = house.root.join(document);
        let text = fs::read_to_string(&path).map_err(describe_error("read", &path))?;
        let configuration = find_proxy(&text)
            .ok_or_else(|| format!("{document} has no block that begins with `{PROXY_SITE}`"))?;
        let file = dist.scratch.join("Caddyfile");
        fs::create_dir_all(&dist.scratch).map_err(describe_error("create", &dist.scratch))?;
        fs::write(&file, configuration).map_err(describe_error("write", &file))?;
        check_proxy(&file).map_err(|error| format!("{document}: {error}"))?;
    }
    Ok(())
}

fn find_proxy(text: &str) -> Option<String> {
    let mut code = markdown::find_code(text).into_iter();
    code.find(|code| code.text.starts_with(PROXY_SITE))
        .map(|code| code.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_of_a_document_is_its_block_with_the_site() {
        let text = "```text\nother {\n}\n```\n\n```text\nplay.example.com {\n    a\n}\n```\n";
        let expected = "play.example.com {\n    a\n}\n".to_owned();
        assert_eq!(find_proxy(text), Some(expected));
        assert_eq!(find_proxy("`play.example.com`"), None);
    }
}
