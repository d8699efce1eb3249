//! Virtual Python environment of a step, in the build output, with pinned packages.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// File with the requirements of a complete environment. It is reused while they are the same.
const STAMP_FILE: &str = "requirements.installed";
const PYTHON_HINT: &str = "this step needs Python 3.10 or newer with `venv`; on Debian, run \
    `apt-get install python3-venv`";

/// Virtual environment with the packages of a requirements file.
pub(crate) struct PythonEnvironment {
    folder: PathBuf,
}

impl PythonEnvironment {
    /// Creates the environment, unless one with exactly these requirements exists. The packages of
    /// `alone` are installed without their dependencies.
    ///
    /// # Errors
    /// Returns an error if Python is missing or the packages cannot be installed.
    pub(crate) fn with_requirements(
        requirements: &Path,
        alone: &[&str],
        folder: &Path,
    ) -> Result<Self, String> {
        let environment = Self {
            folder: folder.to_owned(),
        };
        let listed = fs::read_to_string(requirements)
            .map_err(|error| format!("cannot read {}: {error}", requirements.display()))?;
        let wanted = alone
            .iter()
            .fold(listed, |wanted, package| format!("{wanted}{package}\n"));
        let stamp = folder.join(STAMP_FILE);
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(environment);
        }
        // `--clear` removes the packages of earlier requirements.
        let make = || {
            run_command(
                Command::new("python3")
                    .args(["-m", "venv", "--clear"])
                    .arg(folder),
            )
        };
        if make().is_err() {
            install_python()?;
            make().map_err(|error| format!("{error}; {PYTHON_HINT}"))?;
        }
        run_command(environment.pip_install().arg("-r").arg(requirements))?;
        if !alone.is_empty() {
            run_command(environment.pip_install().arg("--no-deps").args(alone))?;
        }
        // Written last, so that an interrupted installation is repeated.
        fs::write(&stamp, wanted)
            .map_err(|error| format!("cannot write {}: {error}", stamp.display()))?;
        Ok(environment)
    }

    fn pip_install(&self) -> Command {
        let mut install = self.python_command();
        install.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]);
        install
    }

    /// Builds a command that runs Python in this environment.
    pub(crate) fn python_command(&self) -> Command {
        self.program_command("python")
    }

    /// Builds a command that runs a program of one of the packages.
    pub(crate) fn program_command(&self, name: &str) -> Command {
        let programs = if cfg!(windows) { "Scripts" } else { "bin" };
        let mut command = Command::new(
            self.folder
                .join(programs)
                .join(format!("{name}{}", env::consts::EXE_SUFFIX)),
        );
        // Python would otherwise write its bytecode into the source folders.
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }
}

/// Installs the `venv` module, which Debian packages separately.
fn install_python() -> Result<(), String> {
    install_packages(&["python3-venv"]).map_err(|error| format!("{error}; {PYTHON_HINT}"))
}

/// Installs Debian packages, if the process has the permission.
///
/// # Errors
/// Returns an error if the permission is missing or the packages cannot be installed.
pub(crate) fn install_packages(packages: &[&str]) -> Result<(), String> {
    let names = packages.join(" ");
    // Packages are installed only as root, as in CI, where no password is needed.
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if !root || !Path::new("/usr/bin/apt-get").exists() {
        return Err(format!(
            "{names} must be installed, which needs root on Debian"
        ));
    }
    println!("installing {names}");
    run_command(Command::new("apt-get").args(["-q", "update"]))?;
    let mut install = Command::new("apt-get");
    install
        .args(["-q", "install", "-y", "--no-install-recommends"])
        .args(packages);
    run_command(install.env("DEBIAN_FRONTEND", "noninteractive"))
}

/// Runs a command. The error of a failed one contains its output.
pub(super) fn run_command(command: &mut Command) -> Result<(), String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run {command:?}: {error}"))?;
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
    fn an_environment_with_the_same_requirements_is_reused() {
        let folder = tempfile::tempdir().unwrap();
        let requirements = folder.path().join("requirements.txt");
        fs::write(&requirements, "one==1.0\n").unwrap();
        fs::write(folder.path().join(STAMP_FILE), "one==1.0\ntwo==2.0\n").unwrap();
        let environment =
            PythonEnvironment::with_requirements(&requirements, &["two==2.0"], folder.path())
                .unwrap();
        let python = environment.python_command();
        assert!(
            Path::new(python.get_program()).starts_with(folder.path()),
            "{python:?}"
        );
    }

    #[test]
    fn the_error_of_a_failed_command_contains_its_output() {
        let failed = run_command(Command::new("cargo").arg("no-such-command")).unwrap_err();
        assert!(failed.contains("no-such-command"), "{failed}");
    }
}
