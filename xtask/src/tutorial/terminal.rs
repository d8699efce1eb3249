//! Terminal of a tutorial: a shell that keeps its folder and its variables between commands.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::expected;

/// Line that follows the output of commands, with their exit status.
const END_MARK: &str = "=== end of the commands:";
/// Maximum time until commands end. Some build the program.
const END_TIMEOUT: Duration = Duration::from_secs(20 * 60);
/// Maximum time until running commands print their output.
const OUTPUT_TIMEOUT: Duration = Duration::from_secs(60);

/// Last characters of a question, which waits for an answer on its line.
const QUESTION_ENDS: [&str; 2] = ["[Y/n] ", "[y/N] "];

/// Shell process. It and everything that it started is killed when this is dropped.
pub(super) struct Terminal {
    child: Child,
    input: ChildStdin,
    chunks: Receiver<Vec<u8>>,
    /// Output that was received after the end of a line, and is not in the log yet.
    pending: Vec<u8>,
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
            chunks: read_chunks(output),
            pending: Vec::new(),
            log: String::new(),
        };
        // The shell survives Ctrl-C, as an interactive one does; its children do not.
        terminal.send("exec 2>&1; trap : INT; trap 'failed=$?' ERR")?;
        // In a terminal, curl shows no progress meter.
        terminal.send("curl() { command curl --no-progress-meter \"$@\"; }")?;
        Ok(terminal)
    }

    /// Returns the complete output so far.
    pub(super) fn log(&self) -> &str {
        &self.log
    }

    /// Runs commands to their end. Returns their output, and the status of the last one that
    /// failed, or 0.
    pub(super) fn run(&mut self, script: &str) -> Result<(String, i32), String> {
        self.begin(&format!("eval {} </dev/null", quote(script)))?;
        self.read_until(END_TIMEOUT, None, |_| false)
    }

    /// Starts commands and waits until their output matches. They keep running.
    ///
    /// With an answer, they run in a pseudoterminal, and the answer is typed at each question.
    pub(super) fn start(
        &mut self,
        script: &str,
        output: &str,
        answer: Option<&str>,
    ) -> Result<(), String> {
        match answer {
            // `script` reads the answers from the input of the shell.
            Some(_) => self.begin(&format!("script -qefc {} /dev/null", quote(script)))?,
            None => self.begin(&format!("eval {} </dev/null", quote(script)))?,
        }
        let is_enough = |printed: &str| expected::is_match(output, printed);
        match self.read_until(OUTPUT_TIMEOUT, answer, is_enough) {
            Ok((printed, status)) if status != RUNNING => {
                Err(format!("ended with status {status}:\n{printed}"))
            }
            Ok(_) => Ok(()),
            Err(error) => Err(format!("{error}\n--- text:\n{output}")),
        }
    }

    /// Sends Ctrl-C to the running commands and waits until they have ended.
    pub(super) fn stop(&mut self) -> Result<(), String> {
        self.signal("INT")?;
        self.read_until(OUTPUT_TIMEOUT, None, |_| false).map(drop)
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

    fn begin(&mut self, command: &str) -> Result<(), String> {
        self.send(&format!(
            "failed=0; {command}; printf '\\n{END_MARK} %s\\n' \"$failed\""
        ))
    }

    fn send(&mut self, line: &str) -> Result<(), String> {
        writeln!(self.input, "{line}")
            .and_then(|()| self.input.flush())
            .map_err(|error| format!("the shell has ended: {error}"))
    }

    /// Reads output until the commands end, or until this much of it is enough. Types the answer at
    /// each question.
    fn read_until(
        &mut self,
        timeout: Duration,
        answer: Option<&str>,
        is_enough: impl Fn(&str) -> bool,
    ) -> Result<(String, i32), String> {
        let deadline = Instant::now() + timeout;
        let mut printed = String::new();
        loop {
            while let Some(line) = self.take_line() {
                if let Some(status) = line.strip_prefix(END_MARK) {
                    let status = status.trim().parse().unwrap_or(RUNNING);
                    return Ok((printed, status));
                }
                printed += &line;
                self.log += &line;
            }
            if is_enough(&printed) {
                return Ok((printed, RUNNING));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let chunk = self
                .chunks
                .recv_timeout(left)
                .map_err(|error| format!("{error}; output so far:\n{printed}"))?;
            self.pending.extend(chunk);
            let question = String::from_utf8_lossy(&self.pending);
            if let Some(answer) = answer
                && QUESTION_ENDS.iter().any(|end| question.ends_with(end))
            {
                self.send(answer)?;
            }
        }
    }

    /// Takes the first complete line of the output, with its end.
    fn take_line(&mut self) -> Option<String> {
        let end = self.pending.iter().position(|byte| *byte == b'\n')?;
        let line: Vec<u8> = self.pending.drain(..=end).collect();
        // A pseudoterminal ends lines with a carriage return.
        Some(String::from_utf8_lossy(&line).replace('\r', ""))
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

fn read_chunks(mut output: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (found, chunks) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = output.read(&mut buffer) {
            if found.send(buffer[..length].to_vec()).is_err() {
                break;
            }
        }
    });
    chunks
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
        terminal
            .run("mkdir inner\ncd inner\nexport X='a b'")
            .unwrap();
        let (printed, status) = terminal
            .run("basename $PWD; (exit 3); echo \"$X\" >&2")
            .unwrap();
        assert_eq!((printed.as_str(), status), ("inner\na b\n\n", 3));
    }

    #[test]
    fn running_commands_are_awaited_by_their_output_and_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let mut terminal = open_terminal(folder.path());
        terminal.run("echo ready >lines").unwrap();
        // Prints the text itself, so that Ctrl-C cannot arrive before it runs.
        terminal.start("tail -f lines", "ready\n", None).unwrap();
        terminal.stop().unwrap();
        assert_eq!(
            terminal.run("echo again").unwrap(),
            ("again\n\n".to_owned(), 0)
        );
        let error = terminal.start("echo other", "ready\n", None).unwrap_err();
        assert!(error.contains("ended with status 0:\nother"), "{error}");
    }

    #[test]
    fn a_question_is_answered_in_a_pseudoterminal() {
        let folder = tempfile::tempdir().unwrap();
        let mut terminal = open_terminal(folder.path());
        let asking = "bash -c 'read -p \"Sure? [Y/n] \" answer; echo got $answer >lines; \
                      exec tail -f lines'";
        terminal
            .start(asking, "Sure? [Y/n] y\ngot y\n", Some("y"))
            .unwrap();
        terminal.stop().unwrap();
    }

    #[test]
    fn a_file_is_written_byte_by_byte_and_extended() {
        let folder = tempfile::tempdir().unwrap();
        let mut terminal = open_terminal(folder.path());
        terminal
            .write_file("a.txt", "it's $HOME % \\n\n", false)
            .unwrap();
        terminal.write_file("a.txt", "end\n", true).unwrap();
        let written = std::fs::read_to_string(folder.path().join("a.txt")).unwrap();
        assert_eq!(written, "it's $HOME % \\n\nend\n");
    }
}
