//! Place in which a tutorial is run.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Prefix of the variables that are settings of Accolade.
const SETTING_PREFIX: &str = "ACCOLADE_";
/// Variable by which programs see that cargo runs them, as it runs this one.
const CARGO_VARIABLE: &str = "CARGO";

/// Folder, environment and substitutions of a run.
///
/// A run in another root needs only another command for the shell, because files are written by
/// the shell itself.
#[derive(Debug, Clone)]
pub(crate) struct TutorialPlace {
    shell: Vec<OsString>,
    folder: PathBuf,
    environment: Vec<(String, OsString)>,
    substitutions: Vec<(String, String)>,
}

impl TutorialPlace {
    /// Creates a place on this machine, in a folder.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        // A group of its own, so that Ctrl-C reaches what the shell runs, and nothing else.
        Self::with_shell(&["setsid", "bash", "--noprofile", "--norc"], folder)
    }

    /// Creates a place whose shell is this command, run in a folder of this machine. The shell must
    /// be `bash`, the leader of its process group, and in an empty folder.
    pub(crate) fn with_shell(command: &[&str], folder: &Path) -> Self {
        Self {
            shell: command.iter().map(OsString::from).collect(),
            folder: folder.to_owned(),
            environment: Vec::new(),
            substitutions: Vec::new(),
        }
    }

    /// Sets a variable in every terminal.
    pub(crate) fn set_variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Replaces a text everywhere in the tutorial, such as a port that may be in use.
    pub(crate) fn substitute(mut self, text: &str, by: &str) -> Self {
        self.substitutions.push((text.to_owned(), by.to_owned()));
        self
    }

    /// Describes everything that differs from the text, one line each.
    pub(crate) fn describe(&self) -> Vec<String> {
        let words: Vec<_> = self
            .shell
            .iter()
            .map(|word| word.to_string_lossy())
            .collect();
        let mut lines = vec![format!("terminal: {}", words.join(" "))];
        lines.extend(
            self.environment
                .iter()
                .map(|(name, value)| format!("set: {name}={}", value.to_string_lossy())),
        );
        lines.extend(
            self.substitutions
                .iter()
                .map(|(from, to)| format!("substituted: {from} by {to}")),
        );
        lines
    }

    /// Applies the substitutions.
    pub(super) fn apply_substitutions(&self, text: &str) -> String {
        let apply = |text: String, (from, to): &(String, String)| text.replace(from, to);
        self.substitutions.iter().fold(text.to_owned(), apply)
    }

    /// Builds the command that runs a shell.
    pub(super) fn shell_command(&self) -> Command {
        let mut command = Command::new(&self.shell[0]);
        command.args(&self.shell[1..]).current_dir(&self.folder);
        command.env_remove(CARGO_VARIABLE);
        // Settings of the person who runs the test are not part of the tutorial.
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with(SETTING_PREFIX) {
                command.env_remove(name);
            }
        }
        command.envs(self.environment.iter().cloned());
        command
    }
}
