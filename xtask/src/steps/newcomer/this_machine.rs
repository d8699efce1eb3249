//! This machine: its toolchain installs the program from a repository with the sources as they are.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::steps::Workspace;
use crate::steps::packaging::crates::{self, INSTALL_SETTING};
use crate::steps::packaging::distribution;
use crate::steps::python::run_command;
use crate::steps::tutorial::{LISTEN_VARIABLE, PortSubstitution};
use crate::tutorial::{self, TutorialPlace};

/// Author and time of the commit, so that equal sources have equal ids and are not built again.
const COMMIT_IDENTITY: [(&str, &str); 6] = [
    ("GIT_AUTHOR_NAME", "Accolade"),
    ("GIT_AUTHOR_EMAIL", ""),
    ("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z"),
    ("GIT_COMMITTER_NAME", "Accolade"),
    ("GIT_COMMITTER_EMAIL", ""),
    ("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z"),
];

/// Prepares an empty folder in the scratch folder, into which the program is installed as well.
pub(super) fn prepare_place(house: &Workspace, scratch: &Path) -> Result<TutorialPlace, String> {
    let home = scratch.join("home");
    let installed = scratch.join("installed");
    for folder in [&home, &installed.join("bin")] {
        fs::create_dir_all(folder)
            .map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
    }
    let repository = house.step_folder("newcomer").join("accolade.git");
    commit_sources(&house.root, &repository)?;
    let ports = PortSubstitution::choose()?;
    let mut place = TutorialPlace::in_folder(&home)
        .set_variable("PATH", tutorial::extend_path(&installed.join("bin"))?)
        .set_variable("NO_COLOR", "1")
        .set_variable("CARGO_INSTALL_ROOT", &installed)
        .set_variable("CARGO_TARGET_DIR", crates::prepare_build_folder(house)?)
        .set_variable(INSTALL_SETTING.0, INSTALL_SETTING.1)
        .substitute(
            &distribution::read_package(house)?.repository,
            &format!("file://{}", repository.display()),
        );
    if let Some(address) = ports.listen() {
        place = place.set_variable(LISTEN_VARIABLE, address);
    }
    Ok(ports.apply(place))
}

/// Writes a repository whose only commit has the sources as they are, also if they are not
/// committed.
fn commit_sources(sources: &Path, repository: &Path) -> Result<(), String> {
    let _ = fs::remove_dir_all(repository);
    run_command(
        Command::new("git")
            .args(["init", "--quiet", "--bare", "--initial-branch=main"])
            .arg(repository),
    )?;
    let commit = ["commit", "--quiet", "--no-gpg-sign", "--message=Sources"];
    for arguments in [&["add", "--all"][..], &commit] {
        let mut command = Command::new("git");
        command
            .arg("--git-dir")
            .arg(repository)
            .arg("--work-tree")
            .arg(sources)
            .args(["-c", "core.bare=false"])
            .args(arguments)
            .envs(COMMIT_IDENTITY)
            .current_dir(sources);
        run_command(&mut command)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_has_the_sources_as_they_are_except_ignored_ones() {
        let scratch = tempfile::tempdir().unwrap();
        let sources = scratch.path().join("sources");
        fs::create_dir(&sources).unwrap();
        for (file, text) in [
            (".gitignore", "/target\n"),
            ("a.rs", "new"),
            ("target", "built"),
        ] {
            fs::write(sources.join(file), text).unwrap();
        }
        let repository = scratch.path().join("a.git");
        commit_sources(&sources, &repository).unwrap();
        let listed = Command::new("git")
            .arg("--git-dir")
            .arg(&repository)
            .args(["ls-tree", "--name-only", "main"])
            .output()
            .unwrap();
        assert_eq!(
            String::from_utf8(listed.stdout).unwrap(),
            ".gitignore\na.rs\n"
        );
    }
}
