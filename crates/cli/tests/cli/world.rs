//! Temporary folder for a test, in which the binary runs.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Catalog of most tests.
pub(crate) const CATALOG: &str = r#"
name = "Tests"

[[currency]]
id = "xp"
name = "Experience"

[[earning]]
id = "commented"
on = "comment.posted"
points = { xp = 5 }

[[earning]]
id = "pace"
on = "run.finished"
where = "event.km / event.hours >= 5"
points = { xp = "event.km" }

[[badge]]
id = "commentator"
name = "Commentator"
criterion = { count = "comment.posted" }
tiers = [2, 10]

[[badge]]
id = "nice-answer"
name = "Nice answer"
repeat = "per-key"
criterion = { sum = "event.delta", on = "vote.received", per = "event.post", at_least = 2 }
points = { xp = 10 }

[[badge]]
id = "helper"
name = "Helper"
criterion = { manual = true, at_least = 3 }

[[badge]]
id = "riddle"
name = "The answer to the riddle"
visibility = "secret"
criterion = { count = "riddle.solved" }

[[unlockable]]
id = "title"
name = "A title"
criterion = { points = "xp", at_least = 20 }

[[test]]
name = "two comments make a commentator"
given = [{ player = "ada", name = "comment.posted", repeat = 2 }]
expect = { ada = { badges = ["commentator:bronze"], points = { xp = 10 } } }
"#;

/// Temporary folder in which the binary runs.
pub(crate) struct World {
    folder: TempDir,
}

/// Result of a run.
#[derive(Debug)]
pub(crate) struct RunResult {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl World {
    /// Creates an empty folder.
    pub(crate) fn without_catalog() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Creates a folder with the tests' catalog.
    pub(crate) fn new() -> Self {
        let world = Self::without_catalog();
        world.write("accolade.toml", CATALOG);
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Builds a command that runs the binary in the folder.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_accolade"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_remove("ACCOLADE_DB")
            .env_remove("NO_COLOR")
            .env_remove("CARGO");
        command
    }

    /// Starts the binary with a pipe to its standard input.
    pub(crate) fn start(&self, args: &[&str]) -> Child {
        let mut command = self.command(args);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    pub(crate) fn run(&self, args: &[&str]) -> RunResult {
        self.command(args)
            .stdin(Stdio::null())
            .output()
            .unwrap()
            .into()
    }

    /// Runs the binary and feeds its standard input, as far as it reads it.
    pub(crate) fn run_with_input(&self, args: &[&str], input: &[u8]) -> RunResult {
        let mut child = self.start(args);
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap().into()
    }

    /// Runs the binary, asserts that it succeeds, and returns its output.
    pub(crate) fn run_ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.status, 0, "{args:?}: {ran:?}");
        ran.out
    }

    /// Runs the binary with `--json` and returns its status and document.
    pub(crate) fn run_json(&self, args: &[&str]) -> (i32, Value) {
        let ran = self.run(&[args, &["--json"]].concat());
        let document = serde_json::from_str(&ran.out)
            .unwrap_or_else(|error| panic!("{args:?}: {error} in {ran:?}"));
        (ran.status, document)
    }

    /// Asserts that a run fails with status 1 and an error that contains this text.
    pub(crate) fn assert_fails(&self, args: &[&str], expected: &str) {
        let ran = self.run(args);
        assert_eq!(ran.status, 1, "{args:?}: {ran:?}");
        assert!(
            ran.err.contains(expected),
            "{args:?} does not report {expected:?}: {ran:?}"
        );
    }
}

impl From<Output> for RunResult {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            status: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}
