//! Terminal of a tutorial: a shell that keeps its folder and its variables between commands.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::expected;

/// Line that follows the output of commands, with their exit status.
const END_MARK: &str = "=== end of the commands:";
/// Maximum time until commands end, or until running ones print their output.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Shell process. It and everything that it started is killed when this is dropped.
pub(super) struct Terminal {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
    /// Complete output so far.
    log: String,
}

impl Terminal {
    /// Opens a terminal with a command that runs `bash` in a process group of its own.
    pub(super) fn open(mut shell: Command) -> Result<Self, String> {
        let mut child = shell
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run {shell:?}: {error}"))?;
        let input = child.stdin.take().expect("standard input is piped");
        let output = child.stdout.take().expect("standard output is piped");
        let mut terminal = Self {
            child,
            input,
            lines: read_lines(output),
            log: String::new(),
        };
        // The shell survives Ctrl-C, as an interactive one does; its children do not.
        terminal.send("exec 2>&1; trap : INT; trap 'failed=$?' ERR")?;
        Ok(terminal)
    }

    /// Returns the complete output so far.
    pub(super) fn log(&self) -> &str {
        &self.log
    }

    /// Runs commands to their end. Returns their output, and the status of the last one that
    /// failed, or 0.
    pub(super) fn run(&mut self, script: &str) -> Result<(String, i32), String> {
        self.begin(script)?;
        self.read_until(|_| false)
    }

    /// Starts commands and waits until their output matches. They keep running.
    pub(super) fn start(&mut self, script: &str, output: &str) -> Result<(), String> {
        self.begin(script)?;
        match self.read_until(|printed| expected::is_match(output, printed)) {
            Ok((printed, status)) if status != RUNNING => {
                Err(format!("ended with status {status}:\n{printed}"))
            }
            result => result.map(drop),
        }
    }

    /// Sends Ctrl-C to the running commands and waits until they have ended.
    pub(super) fn stop(&mut self) -> Result<(), String> {
        self.signal("INT")?;
        self.read_until(|_| false).map(drop)
    }

    /// Writes a file in the folder of the shell.
    pub(super) fn write_file(
        &mut self,
        path: &str,
        text: &str,
        appends: bool,
    ) -> Result<(), String> {
        let arrow = if appends { ">>" } else { ">" };
        let script = format!("printf %s {} {arrow} {}", quote(text), quote(path));
        match self.run(&script)? {
            (_, 0) => Ok(()),
            (printed, _) => Err(format!("cannot write `{path}`:\n{printed}")),
        }
    }

    fn begin(&mut self, script: &str) -> Result<(), String> {
        // `eval` keeps folder and variables. The commands must not read the shell's own input.
        self.send(&format!(
            "failed=0; eval {} </dev/null; printf '\\n{END_MARK} %s\\n' \"$failed\"",
            quote(script)
        ))
    }

    fn send(&mut self, line: &str) -> Result<(), String> {
        writeln!(self.input, "{line}")
            .and_then(|()| self.input.flush())
            .map_err(|error| format!("the shell has ended: {error}"))
    }

    /// Reads output until the commands end, or until this much of it is enough.
    fn read_until(&mut self, is_enough: impl Fn(&str) -> bool) -> Result<(String, i32), String> {
        let deadline = Instant::now() + TIMEOUT;
        let mut printed = String::new();
        while !is_enough(&printed) {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self
                .lines
                .recv_timeout(left)
                .map_err(|error| format!("{error}; output so far:\n{printed}"))?;
            if let Some(status) = line.strip_prefix(END_MARK) {
                let status = status.trim().parse().unwrap_or(RUNNING);
                return Ok((printed, status));
            }
            printed += &line;
            printed.push('\n');
            self.log += &line;
            self.log.push('\n');
        }
        Ok((printed, RUNNING))
    }

    fn signal(&self, name: &str) -> Result<(), String> {
        let status = Command::new("kill")
            .args(["-s", name, "--", &format!("-{}", self.child.id())])
            .stderr(Stdio::null())
            .status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("cannot send the signal: {status}")),
            Err(error) => Err(format!("cannot send the signal: {error}")),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Fails if everything has ended already.
        let _ = self.signal("KILL");
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Status of commands that have not ended. No exit status is negative.
const RUNNING: i32 = -1;

fn read_lines(output: impl Read + Send + 'static) -> Receiver<String> {
    let (found, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if found.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Quotes a text as one word of a shell command.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::super::place::TutorialPlace;
    use super::*;

    fn open_terminal(folder: &std::path::Path) -> Terminal {
        Terminal::open(TutorialPlace::in_folder(folder).shell_command()).unwrap()
    }

    #[test]
    fn folder_and_variables_last_and_the_status_is_that_of_the_failed_command() {
        let folder = tempfile::tempdir().unwrap();
        let mut terminal = open_terminal(folder.path());
        terminal.run("mkdir inner\ncd inner\nexport X='a b'").unwrap();
        let (printed, status) = terminal.run("basename $PWD; (exit 3); echo \"$X\" >&2").unwrap();
        assert_eq!((printed.as_str(), status), ("inner\na b\n\n", 3));
    }

    #[test]
    fn running_commands_are_awaited_by_their_output_and_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let mut terminal = open_terminal(folder.path());
        let forever = "echo ready\ntail -f /dev/null";
        terminal.start(forever, "ready\n").unwrap();
        terminal.stop().unwrap();
        assert_eq!(terminal.run("echo again").unwrap(), ("again\n\n".to_owned(), 0));
        let error = terminal.start("echo other", "ready\n").unwrap_err();
        assert!(error.contains("ended with status 0:\nother"), "{error}");
    }

    #[test]
    fn a_file_is_written_byte_by_byte_and_extended() {
        let folder = tempfile::tempdir().unwrap();
        let mut terminal = open_terminal(folder.path());
        terminal.write_file("a.txt", "it's $HOME % \\n\n", false).unwrap();
        terminal.write_file("a.txt", "end\n", true).unwrap();
        let written = std::fs::read_to_string(folder.path().join("a.txt")).unwrap();
        assert_eq!(written, "it's $HOME % \\n\nend\n");
    }
}
