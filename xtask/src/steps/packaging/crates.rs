//! Crates as they would be published.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::distribution::{capture_output, describe_error};
use crate::steps::Workspace;
use crate::steps::python::run_command;

/// Crates of the command line, which its own manifest then looks for among the packed ones.
const LIBRARIES: [&str; 5] = [
    "accolade",
    "accolade-core",
    "accolade-macros",
    "accolade-sqlite",
    "accolade-web",
];
const PROGRAM: &str = "accolade-cli";
/// Setting for installations from sources: without optimizations, they take a third of the time and
/// find the same missing files.
pub(in crate::steps) const INSTALL_SETTING: (&str, &str) = ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");

/// Packs every crate as for publishing, and installs the command from the packed ones.
pub(super) fn check_crates(house: &Workspace) -> Result<(), String> {
    // Not verified here, because the installation below compiles the same crates once more.
    let options = ["--workspace", "--no-verify", "--allow-dirty"];
    run_command(house.cargo_command(&["publish", "--dry-run"]).args(options))?;
    // The dry run leaves no packed crates.
    run_command(house.cargo_command(&["package"]).args(options))?;
    let scratch = house.step_folder("packed-crates");
    let unpacked = scratch.join("sources");
    let _ = fs::remove_dir_all(&unpacked);
    fs::create_dir_all(&unpacked).map_err(describe_error("create", &unpacked))?;
    let target = house.build_folder.parent().unwrap_or(&house.build_folder);
    let packed = target.join("package");
    for name in LIBRARIES.iter().chain([&PROGRAM]) {
        unpack_crate(&packed, name, &unpacked)?;
    }
    let installed = scratch.join("installed");
    let mut install = house.cargo_command(&["install", "--force", "--root"]);
    install
        .arg(&installed)
        .arg("--target-dir")
        .arg(prepare_build_folder(house)?)
        .env(INSTALL_SETTING.0, INSTALL_SETTING.1)
        .arg("--path")
        .arg(find_unpacked(&unpacked, PROGRAM)?)
        .current_dir(&scratch);
    // The published manifests name versions of crates that no registry has yet.
    for name in LIBRARIES {
        let path = find_unpacked(&unpacked, name)?;
        install.args([
            "--config",
            &format!("patch.crates-io.{name}.path='{}'", path.display()),
        ]);
    }
    run_command(&mut install)?;
    capture_output(Command::new(installed.join("bin/accolade")).arg("--version")).map(drop)
}

/// Returns the folder in which installations from sources build, without the builds of this project.
///
/// # Errors
/// Returns an error if an earlier build cannot be deleted.
pub(in crate::steps) fn prepare_build_folder(house: &Workspace) -> Result<PathBuf, String> {
    let folder = house.step_folder("installed-build");
    // Cargo takes the sources of packed crates, and those in its own folder of repositories, for
    // unchangeable: it would install the program of an earlier run.
    let fingerprints = folder.join("release/.fingerprint");
    let entries = fs::read_dir(&fingerprints).into_iter().flatten();
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("accolade") {
            fs::remove_dir_all(&path).map_err(describe_error("delete", &path))?;
        }
    }
    Ok(folder)
}

fn unpack_crate(packed: &Path, name: &str, folder: &Path) -> Result<(), String> {
    let entries = fs::read_dir(packed).map_err(describe_error("list", packed))?;
    let archive = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| {
            path.extension()
                .is_some_and(|extension| extension == "crate")
                && is_version_of(path, name)
        })
        .ok_or_else(|| format!("{} does not contain {name}", packed.display()))?;
    run_command(
        Command::new("tar")
            .arg("xzf")
            .arg(archive)
            .current_dir(folder),
    )
}

fn find_unpacked(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let entries = fs::read_dir(folder).map_err(describe_error("list", folder))?;
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| is_version_of(path, name))
        .ok_or_else(|| format!("{} does not contain {name}", folder.display()))
}

/// True if a file is named after a version of the crate, such as `accolade-0.1.0.crate`.
fn is_version_of(path: &Path, name: &str) -> bool {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    file.strip_prefix(name)
        .and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_not_mistaken_for_one_whose_name_it_begins() {
        for (file, name, expected) in [
            ("accolade-0.1.0.crate", "accolade", true),
            ("accolade-cli-0.1.0.crate", "accolade", false),
            ("accolade-cli-0.1.0.crate", "accolade-cli", true),
        ] {
            assert_eq!(is_version_of(Path::new(file), name), expected, "{file}");
        }
    }
}
