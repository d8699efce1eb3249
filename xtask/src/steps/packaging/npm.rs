//! npm packages: one that holds the binary of a platform, and one that depends on those of all
//! platforms and starts the one that npm installed.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::deployment::create_environment;
use super::distribution::{
    Distribution, capture_output, copy_into, copy_licenses, describe_error, find_file,
};
use crate::steps::Workspace;
use crate::steps::python::{PythonEnvironment, run_command};

/// Name on npm, where `accolade` is taken.
const NAME: &str = "accolade-cli";
/// Processors with a package, as Rust and as Node.js name them.
const PROCESSORS: [(&str, &str); 2] = [("x86_64", "x64"), ("aarch64", "arm64")];
/// Script that starts the binary.
const LAUNCHER: &str = "deploy/npm/accolade.js";

/// Builds both packages.
pub(super) fn build_packages(house: &Workspace, dist: &Distribution) -> Result<(), String> {
    let python = create_environment(house)?;
    let stage = dist.scratch.join("npm");
    let _ = fs::remove_dir_all(&stage);
    let processor = PROCESSORS
        .iter()
        .find(|(rust, _)| *rust == std::env::consts::ARCH)
        .map(|(_, node)| *node)
        .ok_or("npm packages exist for x86_64 and aarch64 only")?;
    let platform = platform_package(processor);
    let mut manifest = write_manifest(dist, &platform);
    manifest.insert("os".to_owned(), json!(["linux"]));
    manifest.insert("cpu".to_owned(), json!([processor]));
    manifest.insert(
        "files".to_owned(),
        json!(["accolade", "LICENSE*", "THIRD*"]),
    );
    let folder = write_package(house, dist, &stage.join(&platform), &manifest)?;
    copy_into(&dist.binary, &folder)?;
    pack(&python, &folder, dist)?;

    let mut manifest = write_manifest(dist, NAME);
    let platforms: Map<String, Value> = PROCESSORS
        .iter()
        .map(|(_, processor)| (platform_package(processor), json!(dist.version)))
        .collect();
    manifest.insert("optionalDependencies".to_owned(), json!(platforms));
    manifest.insert("bin".to_owned(), json!({ "accolade": "accolade.js" }));
    manifest.insert(
        "files".to_owned(),
        json!(["accolade.js", "LICENSE*", "THIRD*"]),
    );
    manifest.insert("engines".to_owned(), json!({ "node": ">=18" }));
    let folder = write_package(house, dist, &stage.join(NAME), &manifest)?;
    copy_into(&house.root.join(LAUNCHER), &folder)?;
    pack(&python, &folder, dist)
}

fn platform_package(processor: &str) -> String {
    format!("{NAME}-linux-{processor}")
}

/// Writes the fields that both packages have.
fn write_manifest(dist: &Distribution, name: &str) -> Map<String, Value> {
    let repository = json!({ "type": "git", "url": format!("git+{}.git", dist.repository) });
    let fields = [
        ("name", json!(name)),
        ("version", json!(dist.version)),
        ("description", json!(dist.summary)),
        ("license", json!("(MIT OR Apache-2.0)")),
        ("repository", repository),
        ("keywords", json!(dist.keywords)),
    ];
    fields
        .into_iter()
        .map(|(field, value)| (field.to_owned(), value))
        .collect()
}

fn write_package(
    house: &Workspace,
    dist: &Distribution,
    folder: &Path,
    manifest: &Map<String, Value>,
) -> Result<PathBuf, String> {
    fs::create_dir_all(folder).map_err(describe_error("create", folder))?;
    copy_licenses(house, dist, folder)?;
    copy_into(&house.root.join("crates/cli/README.md"), folder)?;
    let path = folder.join("package.json");
    fs::write(&path, format!("{:#}\n", json!(manifest))).map_err(describe_error("write", &path))?;
    Ok(folder.to_owned())
}

fn pack(python: &PythonEnvironment, folder: &Path, dist: &Distribution) -> Result<(), String> {
    let mut command = python.program_command("npm");
    command
        .args(["pack", "--silent", "--pack-destination"])
        .arg(&dist.folder)
        .current_dir(folder);
    run_command(&mut command)
}

/// Installs the packages from their files into an empty project and runs the command.
pub(super) fn check_installation(house: &Workspace, dist: &Distribution) -> Result<(), String> {
    let python = create_environment(house)?;
    let folder = dist.scratch.join("npm-project");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(describe_error("create", &folder))?;
    let path = folder.join("package.json");
    fs::write(&path, "{\"private\": true}\n").map_err(describe_error("write", &path))?;
    let ending = format!("{NAME}-{}.tgz", dist.version);
    let main = dist.folder.join(&ending);
    let platform = find_file(&dist.folder, &format!("64-{}.tgz", dist.version))?;
    let mut install = python.program_command("npm");
    install
        .args(["install", "--ignore-scripts", "--no-audit", "--no-fund"])
        .args(["--update-notifier=false"])
        .args([platform, main])
        .current_dir(&folder);
    run_command(&mut install)?;
    let mut npx = python.program_command("npx");
    npx.args(["--no-install", "accolade", "--version"])
        .current_dir(&folder);
    let version = capture_output(&mut npx)?;
    if version.trim() != format!("accolade {}", dist.version) {
        return Err(format!("`npx accolade --version` prints `{version}`"));
    }
    // The status of the binary is that of the launcher.
    let mut refused = python.program_command("node");
    refused.args(["node_modules/accolade-cli/accolade.js", "no-such-command"]);
    match capture_output(refused.current_dir(&folder)) {
        Err(error) if error.contains("no-such-command") => Ok(()),
        _ => Err("the launcher hides a failure".to_owned()),
    }
}
