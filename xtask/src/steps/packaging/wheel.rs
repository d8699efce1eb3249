//! Python wheel that carries the binary, so that `pip install` and `uvx` install the command.

use std::env;
use std::fs;
use std::process::Command;

use super::deployment::create_environment;
use super::distribution::{
    Distribution, capture_output, copy_into, copy_licenses, describe_error, find_file,
};
use crate::steps::Workspace;
use crate::steps::python::run_command;

/// Name on PyPI, where `accolade` is taken.
const NAME: &str = "accolade-cli";
/// Platforms of a static binary: any glibc that a Python wheel may have, and any musl.
const PLATFORMS: [&str; 3] = ["manylinux2014", "manylinux_2_17", "musllinux_1_1"];

/// Builds the wheel.
pub(super) fn build_wheel(house: &Workspace, dist: &Distribution) -> Result<(), String> {
    let python = create_environment(house)?;
    let name = format!("{}-{}", NAME.replace('-', "_"), dist.version);
    let stage = dist.scratch.join("wheel");
    let _ = fs::remove_dir_all(&stage);
    let scripts = stage.join(format!("{name}.data/scripts"));
    let info = stage.join(format!("{name}.dist-info"));
    let licenses = info.join("licenses");
    for folder in [&scripts, &licenses] {
        fs::create_dir_all(folder).map_err(describe_error("create", folder))?;
    }
    copy_into(&dist.binary, &scripts)?;
    copy_licenses(house, dist, &licenses)?;
    let readme = house.root.join("crates/cli/README.md");
    let readme = fs::read_to_string(&readme).map_err(describe_error("read", &readme))?;
    let metadata = write_metadata(dist, &readme);
    for (file, text) in [("METADATA", metadata), ("WHEEL", write_tags())] {
        let path = info.join(file);
        fs::write(&path, text).map_err(describe_error("write", &path))?;
    }
    // Adds the checksums. The fixed time makes the file the same for the same binary.
    let mut pack = python.program_command("wheel");
    pack.args(["pack", "--dest-dir"])
        .arg(&dist.folder)
        .arg(&stage)
        .env("SOURCE_DATE_EPOCH", "315532800");
    run_command(&mut pack)
}

fn write_metadata(dist: &Distribution, readme: &str) -> String {
    let repository = &dist.repository;
    format!(
        "Metadata-Version: 2.4\nName: {NAME}\nVersion: {}\nSummary: {}\nLicense-Expression: MIT OR \
         Apache-2.0\nLicense-File: LICENSE-APACHE\nLicense-File: LICENSE-MIT\nLicense-File: \
         THIRD-PARTY-LICENSES.txt\nRequires-Python: \
         >=3.8\nProject-URL: Repository, {repository}\nDescription-Content-Type: text/markdown\n\n\
         {readme}",
        dist.version, dist.summary
    )
}

fn write_tags() -> String {
    let mut text =
        "Wheel-Version: 1.0\nGenerator: accolade xtask\nRoot-Is-Purelib: false\n".to_owned();
    for platform in PLATFORMS {
        text += &format!("Tag: py3-none-{platform}_{}\n", env::consts::ARCH);
    }
    text
}

/// Installs the wheel into an empty environment and runs the command.
pub(super) fn check_installation(_: &Workspace, dist: &Distribution) -> Result<(), String> {
    let folder = dist.scratch.join("wheel-environment");
    run_command(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder),
    )?;
    let mut install = Command::new(folder.join("bin/python"));
    install
        .args(["-m", "pip", "install", "--quiet", "--no-index"])
        .arg("--disable-pip-version-check")
        .arg(find_file(&dist.folder, ".whl")?);
    run_command(&mut install)?;
    let version = capture_output(Command::new(folder.join("bin/accolade")).arg("--version"))?;
    match version.trim() == format!("accolade {}", dist.version) {
        true => Ok(()),
        false => Err(format!("`accolade --version` prints `{version}`")),
    }
}
