//! Everything that `cargo xtask dist` writes to `target/dist`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{archive, container, debian, licenses, npm, static_binary, wheel};
use crate::steps::Workspace;
use crate::steps::python::run_command;

/// Shells with a completion script, and the name of its file.
const SHELLS: [(&str, &str); 3] = [
    ("bash", "accolade.bash"),
    ("fish", "accolade.fish"),
    ("zsh", "_accolade"),
];
/// Files of the root that are in every package.
const LICENSES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Built packages.
pub(in crate::steps) struct Distribution {
    /// Folder with the packages.
    pub(in crate::steps) folder: PathBuf,
    /// Static binary.
    pub(super) binary: PathBuf,
    /// Folder of cargo's build output.
    pub(super) build_folder: PathBuf,
    /// Folder with completions and manual pages, next to the binary.
    pub(super) extras: PathBuf,
    /// Folder for files of tests.
    pub(super) scratch: PathBuf,
    pub(in crate::steps) version: String,
    /// Sentence about the project.
    pub(super) summary: String,
    pub(super) keywords: Vec<String>,
    /// Address of the project.
    pub(in crate::steps) repository: String,
}

/// Builds all packages into `target/dist`.
///
/// # Errors
/// Returns an error if a tool is missing or fails.
pub(super) fn build_all(house: &Workspace) -> Result<Distribution, String> {
    let target = house.build_folder.parent().unwrap_or(&house.build_folder);
    let folder = target.join("dist");
    let build_folder = target.join("portable");
    let binary = static_binary::build_binary(house, &build_folder)?;
    let package = read_package(house)?;
    let dist = Distribution {
        extras: binary.with_file_name("extras"),
        scratch: house.step_folder("packaging"),
        folder,
        binary,
        build_folder,
        version: package.version,
        summary: package.description,
        keywords: package.keywords,
        repository: package.repository,
    };
    // Packages of an earlier version would look like those of this one.
    let _ = fs::remove_dir_all(&dist.folder);
    for folder in [&dist.folder, &dist.scratch] {
        fs::create_dir_all(folder).map_err(describe_error("create", folder))?;
    }
    write_extras(&dist)?;
    licenses::write_licenses(house, &dist)?;
    archive::write_archive(house, &dist)?;
    debian::build_package(house, &dist)?;
    container::write_context(house, &dist)?;
    wheel::build_wheel(house, &dist)?;
    npm::build_packages(house, &dist)?;
    archive::write_checksums(&dist)?;
    Ok(dist)
}

/// Fields of the command line's manifest.
#[derive(serde::Deserialize)]
pub(in crate::steps) struct PackageFields {
    name: String,
    version: String,
    description: String,
    keywords: Vec<String>,
    pub(in crate::steps) repository: String,
}

/// Output of `cargo metadata`.
#[derive(serde::Deserialize)]
struct CargoMetadata {
    packages: Vec<serde_json::Value>,
}

/// Reads the manifest as cargo resolves it.
pub(in crate::steps) fn read_package(house: &Workspace) -> Result<PackageFields, String> {
    let arguments = ["metadata", "--no-deps", "--format-version", "1"];
    let text = capture_output(&mut house.cargo_command(&arguments))?;
    let metadata: CargoMetadata = serde_json::from_str(&text)
        .map_err(|error| format!("`cargo metadata` printed other JSON: {error}"))?;
    // The other packages may lack fields.
    metadata
        .packages
        .into_iter()
        .filter_map(|package| serde_json::from_value(package).ok())
        .find(|package: &PackageFields| package.name == "accolade-cli")
        .ok_or_else(|| "package `accolade-cli` not found".to_owned())
}

/// Writes completions and manual pages, as the binary itself prints them.
fn write_extras(dist: &Distribution) -> Result<(), String> {
    let _ = fs::remove_dir_all(&dist.extras);
    let completions = dist.extras.join("completions");
    fs::create_dir_all(&completions).map_err(describe_error("create", &completions))?;
    for (shell, file) in SHELLS {
        let script = capture_output(Command::new(&dist.binary).args(["completions", shell]))?;
        let path = completions.join(file);
        fs::write(&path, script).map_err(describe_error("write", &path))?;
    }
    let man = dist.extras.join("man");
    run_command(Command::new(&dist.binary).arg("man").arg(&man))?;
    // Debian's policy demands compressed pages, without a time so that they are reproducible.
    let compressed = dist.extras.join("man-compressed");
    run_command(Command::new("cp").arg("-r").arg(&man).arg(&compressed))?;
    let mut compress = Command::new("gzip");
    compress
        .args(["-9", "--no-name", "--recursive"])
        .arg(&compressed);
    run_command(&mut compress)
}

/// Copies the licenses of the project and of its libraries into a folder.
pub(super) fn copy_licenses(
    house: &Workspace,
    dist: &Distribution,
    folder: &Path,
) -> Result<(), String> {
    for file in LICENSES {
        copy_into(&house.root.join(file), folder)?;
    }
    copy_into(&dist.extras.join(licenses::LICENSES_FILE), folder)
}

/// Copies a file into a folder, under its own name.
pub(in crate::steps) fn copy_into(file: &Path, folder: &Path) -> Result<(), String> {
    let name = file.file_name().unwrap_or_default();
    fs::copy(file, folder.join(name))
        .map(drop)
        .map_err(describe_error("copy", file))
}

/// Describes an error of a file operation; `what` completes "cannot …".
pub(in crate::steps) fn describe_error(
    what: &str,
    path: &Path,
) -> impl FnOnce(io::Error) -> String {
    move |error| format!("cannot {what} {}: {error}", path.display())
}

/// Runs a command and returns its standard output. The error of a failed one contains its output.
pub(in crate::steps) fn capture_output(command: &mut Command) -> Result<String, String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run {command:?}: {error}"))?;
    let [printed, errors] =
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    match output.status.success() {
        true => Ok(printed),
        false => Err(format!("{command:?} failed:\n{printed}{errors}")),
    }
}

/// Finds the only file in a folder whose name has this ending.
pub(in crate::steps) fn find_file(folder: &Path, ending: &str) -> Result<PathBuf, String> {
    let entries = fs::read_dir(folder).map_err(describe_error("list", folder))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    match (found.pop(), found.is_empty()) {
        (Some(path), true) => Ok(path),
        _ => Err(format!(
            "{} does not have exactly one file that ends with `{ending}`",
            folder.display()
        )),
    }
}
