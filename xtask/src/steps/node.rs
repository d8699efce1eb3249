//! Packages of a step from npm, in the build output, for the Node.js of its Python environment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::python::{PythonEnvironment, run_command};

const PACKAGE_FILE: &str = "package.json";
/// File with the versions and checksums of all packages.
const LOCK_FILE: &str = "package-lock.json";
/// Copy of the lock file in a complete installation. It is reused while they are the same.
const STAMP_FILE: &str = "packages.installed";

/// Folder with the packages of a lock file.
pub(super) struct NodePackages<'a> {
    python: &'a PythonEnvironment,
    sources: PathBuf,
    folder: PathBuf,
}

impl<'a> NodePackages<'a> {
    /// Installs the packages that the lock file in `sources` lists, unless exactly these are
    /// installed. The Python environment contains Node.js and npm.
    ///
    /// # Errors
    /// Returns an error if the packages cannot be installed.
    pub(super) fn with_lock_file(
        python: &'a PythonEnvironment,
        sources: &Path,
        folder: &Path,
    ) -> Result<Self, String> {
        let packages = Self {
            python,
            sources: sources.to_owned(),
            folder: folder.to_owned(),
        };
        let lock = sources.join(LOCK_FILE);
        let wanted = fs::read_to_string(&lock)
            .map_err(|error| format!("cannot read {}: {error}", lock.display()))?;
        let stamp = folder.join(STAMP_FILE);
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(packages);
        }
        // Removes the packages of an earlier lock file. The folder is missing in the first run.
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder)
            .map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
        packages.copy_file(PACKAGE_FILE)?;
        packages.copy_file(LOCK_FILE)?;
        run_command(&mut packages.install_command())?;
        // Written last, so that an interrupted installation is repeated.
        fs::write(&stamp, wanted)
            .map_err(|error| format!("cannot write {}: {error}", stamp.display()))?;
        Ok(packages)
    }

    /// Builds a command that runs a script of the sources with these packages.
    ///
    /// # Errors
    /// Returns an error if the script cannot be copied.
    pub(super) fn script_command(&self, name: &str) -> Result<Command, String> {
        // Node.js looks for packages next to the script, where nothing may be installed.
        self.copy_file(name)?;
        let mut command = self.python.program_command("node");
        command.arg(self.folder.join(name));
        Ok(command)
    }

    /// Returns the path of a file of a package.
    pub(super) fn program_path(&self, file: &Path) -> PathBuf {
        self.folder.join("node_modules").join(file)
    }

    fn install_command(&self) -> Command {
        let mut command = self.python.program_command("npm");
        command
            // `ci` installs exactly the lock file, and checks the checksums.
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .args(["--update-notifier=false", "--cache"])
            .arg(self.folder.join("cache"))
            .current_dir(&self.folder);
        command
    }

    fn copy_file(&self, name: &str) -> Result<(), String> {
        fs::copy(self.sources.join(name), self.folder.join(name))
            .map(drop)
            .map_err(|error| format!("cannot copy {name} to {}: {error}", self.folder.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_with_the_same_lock_file_are_reused_and_a_script_is_renewed() {
        let root = tempfile::tempdir().unwrap();
        let [sources, folder, environment] =
            ["sources", "folder", "environment"].map(|name| root.path().join(name));
        for made in [&sources, &folder, &environment] {
            fs::create_dir(made).unwrap();
        }
        let requirements = sources.join("requirements.txt");
        for (path, text) in [
            (&requirements, ""),
            (&environment.join("requirements.installed"), ""),
            (&sources.join(LOCK_FILE), "{}"),
            (&folder.join(STAMP_FILE), "{}"),
            (&sources.join("check.js"), "new"),
            (&folder.join("check.js"), "old"),
        ] {
            fs::write(path, text).unwrap();
        }
        let python =
            PythonEnvironment::with_requirements(&requirements, &[], &environment).unwrap();
        let packages = NodePackages::with_lock_file(&python, &sources, &folder).unwrap();
        let command = packages.script_command("check.js").unwrap();
        let script = folder.join("check.js");
        assert_eq!(command.get_args().collect::<Vec<_>>(), [script.as_os_str()]);
        assert_eq!(fs::read_to_string(script).unwrap(), "new");
    }
}
