//! Container image, built from nothing but the static binary.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::distribution::{Distribution, capture_output, copy_into, copy_licenses, describe_error};
use super::serving::InstalledService;
use crate::steps::Workspace;
use crate::steps::python::{install_packages, run_command};

const IMAGE: &str = "accolade";
const CONTEXT_FOLDER: &str = "container";

/// Writes the folder from which container engines build the image.
pub(super) fn write_context(house: &Workspace, dist: &Distribution) -> Result<(), String> {
    let context = dist.folder.join(CONTEXT_FOLDER);
    let licenses = context.join("licenses");
    for folder in [&licenses, &context.join("data")] {
        fs::create_dir_all(folder).map_err(describe_error("create", folder))?;
    }
    copy_into(&dist.binary, &context)?;
    copy_into(&house.root.join("deploy/container/Containerfile"), &context)?;
    copy_licenses(house, dist, &licenses)?;
    let catalog = context.join("accolade.toml");
    fs::copy(
        house.root.join("crates/cli/catalogs/starter.toml"),
        &catalog,
    )
    .map(drop)
    .map_err(describe_error("write", &catalog))
}

/// Builds the image and runs it: with the engine's own isolation, and as an engine would with a
/// read-only root.
pub(super) fn check_container(dist: &Distribution) -> Result<(), String> {
    if !Path::new("/usr/bin/buildah").exists() {
        install_packages(&["buildah"])?;
    }
    let engine = BuildahStorage {
        folder: dist.scratch.join("buildah"),
    };
    let context = dist.folder.join(CONTEXT_FOLDER);
    run_command(
        engine
            .command(&["bud", "--isolation", "chroot", "--format", "docker"])
            .args(["--tag", IMAGE])
            .arg(&context),
    )?;
    let container = engine.capture(&["from", "--pull-never", IMAGE])?;
    let checked = check_running(&engine, &container, dist);
    // Also after a failure, so that nothing stays mounted.
    let removed = engine.capture(&["rm", &container]);
    checked.and(removed.map(drop))
}

fn check_running(
    engine: &BuildahStorage,
    container: &str,
    dist: &Distribution,
) -> Result<(), String> {
    let config: Value =
        serde_json::from_str(&engine.capture(&["inspect", "--type", "image", IMAGE])?)
            .map_err(|error| format!("`buildah inspect` printed no JSON: {error}"))?;
    let config = &config["Docker"]["config"];
    let entry = read_words(&config["Entrypoint"]);
    let run = ["run", "--isolation", "chroot", container, "--"];
    let version = engine.capture(&[&run[..], &[&entry[0], "--version"]].concat())?;
    if version != format!("accolade {}", dist.version) {
        return Err(format!("`accolade --version` prints `{version}`"));
    }
    let root = engine.capture(&["mount", container])?;
    let start = [entry.clone(), read_words(&config["Cmd"])].concat();
    let service = InstalledService::start(&mut read_only_command(&root, config, &start)?)?;
    // The first word only says that the command needs no shell.
    let mut health = read_words(&config["Healthcheck"]["Test"]);
    if health.first().is_some_and(|word| word == "CMD") {
        health.remove(0);
    }
    let mut check = read_only_command(&root, config, &health)?;
    run_command(check.env("ACCOLADE_SERVER_LISTEN", service.address()))?;
    service.stop()
}

/// Builds a command that runs in the image's folder, environment and as its user, with a root that
/// is read-only except for the volume.
fn read_only_command(root: &str, config: &Value, words: &[String]) -> Result<Command, String> {
    let text = |name: &str| config[name].as_str().unwrap_or_default().to_owned();
    let (folder, user) = (text("WorkingDir"), text("User"));
    let (user, group) = user.split_once(':').ok_or("the image names no group")?;
    if user == "0" {
        return Err("the image runs as root".to_owned());
    }
    let volume = config["Volumes"]
        .as_object()
        .and_then(|volumes| volumes.keys().next())
        .ok_or("the image has no volume")?;
    let script = "mount --bind \"$0\" \"$0\" && mount --bind \"$0$1\" \"$0$1\" && \
        mount -o remount,bind,ro \"$0\" && root=$0 && shift && \
        exec unshare --root=\"$root\" \"$@\"";
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "sh", "-c", script, root, volume])
        .arg(format!("--wd={folder}"))
        .args(["--setuid", user, "--setgid", group])
        .args(words);
    for variable in read_words(&config["Env"]) {
        let (name, value) = variable.split_once('=').unwrap_or((&variable, ""));
        // The engine's default path would hide the programs of this machine.
        if name != "PATH" {
            command.env(name, value);
        }
    }
    Ok(command)
}

fn read_words(value: &Value) -> Vec<String> {
    let words = value.as_array().into_iter().flatten();
    words
        .filter_map(|word| word.as_str().map(str::to_owned))
        .collect()
}

/// Images and containers in a folder of the build output.
struct BuildahStorage {
    folder: PathBuf,
}

impl BuildahStorage {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("buildah");
        command
            .args(["--storage-driver", "vfs", "--root"])
            .arg(self.folder.join("storage"))
            .arg("--runroot")
            .arg(self.folder.join("run"))
            .args(arguments);
        command
    }

    fn capture(&self, arguments: &[&str]) -> Result<String, String> {
        capture_output(&mut self.command(arguments)).map(|output| output.trim().to_owned())
    }
}
