//! Installation of the Debian package in a root that contains only a minimal Debian.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::distribution::{Distribution, capture_output, describe_error, find_file};
use super::serving::InstalledService;
use crate::steps::python::{install_packages, run_command};

/// User of the service, with a group of the same name.
const USER: &str = "accolade";
const DATABASE: &str = "var/lib/accolade/accolade.db";
const UNIT_FOLDERS: [&str; 2] = ["etc/systemd/system", "usr/lib/systemd/system"];
const UNITS: [&str; 3] = [
    "accolade.service",
    "accolade-backup.service",
    "accolade-backup.timer",
];

/// Command of a systemd unit, with its folder and environment.
#[derive(Debug, Default, PartialEq, Eq)]
struct UnitCommand {
    words: Vec<String>,
    folder: String,
    environment: Vec<(String, String)>,
}

/// Installs the package, runs the commands of its units as their user, and purges it.
pub(super) fn check_installation(dist: &Distribution) -> Result<(), String> {
    let root = create_root(&dist.scratch, &["adduser"])?;
    let package = find_file(&dist.folder, ".deb")?;
    let copied = root.join("accolade.deb");
    fs::copy(&package, &copied).map_err(describe_error("write", &copied))?;
    run_command(chroot(&root).args(["dpkg", "--install", "/accolade.deb"]))?;
    run_command(
        Command::new("systemd-analyze")
            .args(["verify", "--man=no", "--recursive-errors=no"])
            .arg(format!("--root={}", root.display()))
            .args(UNITS),
    )?;
    let service = InstalledService::start(&mut unit_command(&root, "accolade.service")?)?;
    let address = service.address().to_owned();
    run_command(as_user(&root).args(["accolade", "ping", "--listen", &address]))?;
    service.stop()?;
    let unit = fs::read_to_string(root.join("usr/lib/systemd/system/accolade-backup.service"))
        .map_err(|error| error.to_string())?;
    let backups = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart=/usr/lib/accolade/backup "))
        .ok_or("the backup unit names no folder")?;
    // systemd creates the folders of `StateDirectory`.
    run_command(as_user(&root).args(["mkdir", backups]))?;
    run_command(&mut unit_command(&root, "accolade-backup.service")?)?;
    let backups = root.join(backups.trim_start_matches('/'));
    find_file(&backups, ".db")?;
    run_command(chroot(&root).args(["dpkg", "--purge", "accolade"]))?;
    for (path, expected) in [
        ("usr/bin/accolade", false),
        ("etc/accolade", false),
        ("usr/lib/systemd/system/accolade.service", false),
        (DATABASE, true),
    ] {
        if root.join(path).exists() != expected {
            let word = if expected { "deleted" } else { "left" };
            return Err(format!("the purge {word} /{path}"));
        }
    }
    find_file(&backups, ".db").map(drop)
}

/// Creates a root with Debian's essential packages and these packages. The folder keeps an archive
/// of it, from which the next root is unpacked.
///
/// # Errors
/// Returns an error if the packages cannot be downloaded or unpacked.
pub(in crate::steps) fn create_root(folder: &Path, packages: &[&str]) -> Result<PathBuf, String> {
    fs::create_dir_all(folder).map_err(describe_error("create", folder))?;
    let archive = folder.join("clean-root.tar");
    if !archive.exists() {
        if !Path::new("/usr/bin/mmdebstrap").exists() {
            install_packages(&["mmdebstrap", "systemd"])?;
        }
        println!("creating a clean root");
        let (suite, sources) = read_sources()?;
        let made = folder.join("clean-root.new.tar");
        let mut command = Command::new("mmdebstrap");
        command
            .args(["--variant=minbase", "--quiet"])
            .arg(format!("--include={}", packages.join(",")));
        for proxy in read_proxies()? {
            command.arg(format!("--aptopt={proxy}"));
        }
        run_command(command.arg(suite).arg(&made).args(sources))?;
        // Renamed at the end, so that an interrupted download is repeated.
        fs::rename(&made, &archive).map_err(describe_error("write", &archive))?;
    }
    let root = folder.join("clean-root");
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).map_err(describe_error("create", &root))?;
    let mut unpack = Command::new("tar");
    // Devices cannot be created everywhere, and the service needs none.
    unpack
        .args(["--extract", "--exclude=./dev/*", "--file"])
        .arg(&archive)
        .arg("--directory")
        .arg(&root);
    run_command(&mut unpack)?;
    // For the maintainer scripts and tools that discard their output.
    fs::write(root.join("dev/null"), "").map_err(describe_error("write", &root))?;
    run_command(Command::new("chmod").arg("666").arg(root.join("dev/null")))?;
    Ok(root)
}

/// Reads the suite and the sources of Debian that this machine is configured with.
fn read_sources() -> Result<(String, Vec<String>), String> {
    let mut list = Command::new("apt-get");
    list.args([
        "indextargets",
        "--format",
        "$(ORIGIN)|$(SITE)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)",
        "Created-By: Packages",
    ]);
    let suite = capture_output(
        Command::new("sh").args(["-c", ". /etc/os-release && echo \"$VERSION_CODENAME\""]),
    )?;
    let listed = capture_output(&mut list)?;
    let sources: Vec<String> = listed
        .lines()
        .filter_map(|line| {
            let [origin, _, address, release, component] =
                line.split('|').collect::<Vec<_>>().try_into().ok()?;
            (origin == "Debian").then(|| format!("deb {address} {release} {component}"))
        })
        .collect();
    match sources.is_empty() {
        true => Err("no Debian mirror is configured; run `apt-get update`".to_owned()),
        false => Ok((suite.trim().to_owned(), sources)),
    }
}

/// Reads the proxies of apt's configuration, as options.
fn read_proxies() -> Result<Vec<String>, String> {
    let dumped = capture_output(Command::new("apt-config").arg("dump"))?;
    let proxies = dumped
        .lines()
        .filter(|line| line.starts_with("Acquire::http") && line.contains("::Proxy"));
    Ok(proxies
        .map(|line| line.trim_end_matches(';').to_owned())
        .collect())
}

/// Builds a command that runs a program in a root, as root.
pub(in crate::steps) fn chroot(root: &Path) -> Command {
    let mut command = Command::new("/usr/sbin/chroot");
    command
        .arg(root)
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn as_user(root: &Path) -> Command {
    let mut command = Command::new("/usr/sbin/chroot");
    command
        .arg(format!("--userspec={USER}:{USER}"))
        .arg(root)
        .env("PATH", "/usr/bin:/bin");
    command
}

/// Builds the command of an installed unit, with its user, folder and environment.
///
/// # Errors
/// Returns an error if the unit cannot be read.
pub(in crate::steps) fn unit_command(root: &Path, unit: &str) -> Result<Command, String> {
    // Units of the administrator go before those of packages.
    let paths = UNIT_FOLDERS.map(|folder| root.join(folder).join(unit));
    let path = paths.iter().find(|path| path.exists()).unwrap_or(&paths[1]);
    let path = path.as_path();
    let text = fs::read_to_string(path).map_err(describe_error("read", path))?;
    let unit = parse_unit(&text);
    let mut command = as_user(root);
    command
        .args(["env", "--chdir", &unit.folder])
        .args(&unit.words)
        .envs(unit.environment);
    Ok(command)
}

fn parse_unit(text: &str) -> UnitCommand {
    let mut unit = UnitCommand::default();
    for line in text.lines() {
        match line.split_once('=') {
            Some(("ExecStart", words)) => {
                unit.words = words.split(' ').map(str::to_owned).collect();
            }
            Some(("WorkingDirectory", folder)) => folder.clone_into(&mut unit.folder),
            Some(("Environment", variable)) => {
                let variable = variable.split_once('=').unwrap_or((variable, ""));
                unit.environment
                    .push((variable.0.to_owned(), variable.1.to_owned()));
            }
            _ => {}
        }
    }
    unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_of_a_unit_has_its_folder_and_environment() {
        let text = "[Service]\nUser=accolade\nWorkingDirectory=/etc/accolade\n\
            Environment=ACCOLADE_DB=sqlite:/a.db\nExecStart=/usr/bin/accolade serve\n";
        let expected = UnitCommand {
            words: vec!["/usr/bin/accolade".to_owned(), "serve".to_owned()],
            folder: "/etc/accolade".to_owned(),
            environment: vec![("ACCOLADE_DB".to_owned(), "sqlite:/a.db".to_owned())],
        };
        assert_eq!(parse_unit(text), expected);
    }
}
