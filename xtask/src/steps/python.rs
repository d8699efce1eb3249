//! A Python environment for a step: a virtual one below the target folder, with pinned packages.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What an environment was made of, written when it was complete. The next run takes it as it is when nothing differs.
const STAMP: &str = "requirements.installed";
const MISSING: &str =
    "it needs Python 3.10 or newer with `venv`; on Debian: apt-get install python3-venv";

/// A virtual environment with the packages of a file of requirements.
pub(crate) struct Environment {
    folder: PathBuf,
}

impl Environment {
    /// Makes it, unless one with exactly these requirements is there from before. The packages of `alone` are installed
    /// without what they ask for.
    ///
    /// # Errors
    /// When there is no Python, or the packages cannot be had.
    pub(crate) fn with(requirements: &Path, alone: &[&str], folder: &Path) -> Result<Self, String> {
        let environment = Self {
            folder: folder.to_owned(),
        };
        let listed = fs::read_to_string(requirements)
            .map_err(|error| format!("could not read {}: {error}", requirements.display()))?;
        let wanted = alone
            .iter()
            .fold(listed, |wanted, package| format!("{wanted}{package}\n"));
        let stamp = folder.join(STAMP);
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(environment);
        }
        // `--clear` begins anew, so that nothing of other requirements stays.
        let make = || {
            run(Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(folder))
        };
        if make().is_err() {
            install_python()?;
            make().map_err(|error| format!("{error}; {MISSING}"))?;
        }
        run(environment.install().arg("-r").arg(requirements))?;
        if !alone.is_empty() {
            run(environment.install().arg("--no-deps").args(alone))?;
        }
        fs::write(&stamp, wanted)
            .map_err(|error| format!("could not write {}: {error}", stamp.display()))?;
        Ok(environment)
    }

    fn install(&self) -> Command {
        let mut install = self.python();
        install.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]);
        install
    }

    /// Python, as it is in this environment.
    pub(crate) fn python(&self) -> Command {
        self.program("python")
    }

    /// A program that one of the packages brings along.
    pub(crate) fn program(&self, name: &str) -> Command {
        let programs = if cfg!(windows) { "Scripts" } else { "bin" };
        let mut command = Command::new(
            self.folder
                .join(programs)
                .join(format!("{name}{}", env::consts::EXE_SUFFIX)),
        );
        // Nothing is written beside the sources.
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }
}

/// Installs what Debian leaves out of its Python, where this may do so.
fn install_python() -> Result<(), String> {
    install(&["python3-venv"]).map_err(|error| format!("{error}; {MISSING}"))
}

/// Installs packages of Debian, where this may do so.
///
/// # Errors
/// When it may not, or they cannot be had.
pub(crate) fn install(packages: &[&str]) -> Result<(), String> {
    let names = packages.join(" ");
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if !root || !Path::new("/usr/bin/apt-get").exists() {
        return Err(format!("{names} must be installed, and this may not do so"));
    }
    println!("installing {names}");
    run(Command::new("apt-get").args(["-q", "update"]))?;
    let mut install = Command::new("apt-get");
    install
        .args(["-q", "install", "-y", "--no-install-recommends"])
        .args(packages);
    run(install.env("DEBIAN_FRONTEND", "noninteractive"))
}

/// Runs a command to its end; when it fails, says what it printed.
fn run(command: &mut Command) -> Result<(), String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("could not run {command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let printed = [output.stdout, output.stderr]
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .concat();
    Err(format!("{command:?} failed:\n{}", printed.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_with_these_requirements_is_taken_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let requirements = folder.path().join("requirements.txt");
        fs::write(&requirements, "one==1.0\n").unwrap();
        fs::write(folder.path().join(STAMP), "one==1.0\ntwo==2.0\n").unwrap();
        let environment = Environment::with(&requirements, &["two==2.0"], folder.path()).unwrap();
        let python = environment.python();
        assert!(
            Path::new(python.get_program()).starts_with(folder.path()),
            "{python:?}"
        );
    }

    #[test]
    fn what_a_failing_command_printed_is_said() {
        let failed = run(Command::new("cargo").arg("no-such-command")).unwrap_err();
        assert!(failed.contains("no-such-command"), "{failed}");
    }
}
