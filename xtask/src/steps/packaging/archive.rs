//! Release archive and checksums.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use sha2::{Digest, Sha256};

use super::distribution::{
    Distribution, capture_output, copy_into, copy_licenses, describe_error, find_file,
};
use super::static_binary::target_triple;
use crate::steps::Workspace;
use crate::steps::python::run_command;

const CHECKSUMS_FILE: &str = "SHA256SUMS";

/// Name of the archive without its ending, and of the folder in it.
fn archive_name(dist: &Distribution) -> String {
    format!("accolade-{}-{}", dist.version, target_triple())
}

/// Writes the archive: the binary, completions, manual pages, licenses, and what runs a service.
pub(super) fn write_archive(house: &Workspace, dist: &Distribution) -> Result<(), String> {
    let name = archive_name(dist);
    let stage = dist.scratch.join("archive");
    let folder = stage.join(&name);
    let _ = fs::remove_dir_all(&stage);
    fs::create_dir_all(&folder).map_err(describe_error("create", &folder))?;
    copy_into(&dist.binary, &folder)?;
    copy_licenses(house, dist, &folder)?;
    for file in ["README.md", "CHANGELOG.md"] {
        copy_into(&house.root.join(file), &folder)?;
    }
    run_command(
        Command::new("cp")
            .arg("-r")
            .arg(dist.extras.join("completions"))
            .arg(dist.extras.join("man"))
            .arg(house.root.join("deploy/systemd"))
            .arg(&folder),
    )?;
    // Names in order and no times, owners or groups of this machine: the same sources give the same
    // archive.
    let mut command = Command::new("tar");
    command
        .args(["--sort=name", "--mtime=@0", "--owner=0", "--group=0"])
        .args(["--numeric-owner", "--create", "--xz", "--file"])
        .arg(dist.folder.join(format!("{name}.tar.xz")))
        .arg("--directory")
        .arg(&stage)
        .arg(&name);
    run_command(&mut command)
}

/// Writes the checksums of all packages, in the format of `sha256sum`.
pub(super) fn write_checksums(dist: &Distribution) -> Result<(), String> {
    let entries = fs::read_dir(&dist.folder).map_err(describe_error("list", &dist.folder))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    let mut text = String::new();
    for file in files {
        let content = fs::read(&file).map_err(describe_error("read", &file))?;
        for byte in Sha256::digest(content) {
            let _ = write!(text, "{byte:02x}");
        }
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let _ = writeln!(text, "  {name}");
    }
    let path = dist.folder.join(CHECKSUMS_FILE);
    fs::write(&path, text).map_err(describe_error("write", &path))
}

/// Unpacks the archive as a user would, and runs its binary.
pub(super) fn check_archive(dist: &Distribution) -> Result<(), String> {
    run_command(
        Command::new("sha256sum")
            .args(["--check", "--strict", CHECKSUMS_FILE])
            .current_dir(&dist.folder),
    )?;
    let folder = dist.scratch.join("unpacked");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(describe_error("create", &folder))?;
    let archive = find_file(&dist.folder, ".tar.xz")?;
    run_command(
        Command::new("tar")
            .arg("xf")
            .arg(archive)
            .current_dir(&folder),
    )?;
    let unpacked = folder.join(archive_name(dist));
    for file in [
        "completions/_accolade",
        "completions/accolade.bash",
        "completions/accolade.fish",
        "man/accolade.1",
        "man/accolade-serve.1",
        "systemd/accolade.service",
        "LICENSE-MIT",
        "THIRD-PARTY-LICENSES.txt",
    ] {
        let path = unpacked.join(file);
        fs::metadata(&path).map_err(describe_error("find", &path))?;
    }
    let mut check = Command::new(unpacked.join("accolade"));
    check.args(["init", "--json"]).current_dir(&unpacked);
    capture_output(&mut check).map(drop)
}
