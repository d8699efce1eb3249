//! Browser of a tutorial: a process that follows commands line by line.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Response to a command that was followed.
const DONE: &str = "done";

/// Process that drives a browser. Commands are lines on its standard input; it prints a line for
/// each, which is `done` or an error.
pub(super) struct BrowserProcess {
    child: Child,
    input: Option<ChildStdin>,
    replies: BufReader<ChildStdout>,
}

impl BrowserProcess {
    /// Starts the process.
    pub(super) fn start(mut command: Command) -> Result<Self, String> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run {command:?}: {error}"))?;
        let input = child.stdin.take();
        let output = child.stdout.take().expect("standard output is piped");
        Ok(Self {
            child,
            input,
            replies: BufReader::new(output),
        })
    }

    /// Sends a command and waits until the browser has followed it.
    pub(super) fn follow(&mut self, command: &str, argument: &str) -> Result<(), String> {
        let input = self.input.as_mut().expect("open until this is dropped");
        let mut reply = String::new();
        writeln!(input, "{command} {argument}")
            .and_then(|()| input.flush())
            .and_then(|()| self.replies.read_line(&mut reply))
            .map_err(|error| format!("the browser's driver has ended: {error}"))?;
        match reply.trim() {
            DONE => Ok(()),
            "" => Err("the browser's driver has ended".to_owned()),
            error => Err(error.to_owned()),
        }
    }
}

impl Drop for BrowserProcess {
    fn drop(&mut self) {
        // The process closes the browser when its input ends.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_and_the_end_of_the_driver_are_reported() {
        let mut driver = Command::new("bash");
        driver.args(["-c", "read a && echo done; read b && echo \"$b failed\""]);
        let mut browser = BrowserProcess::start(driver).unwrap();
        assert_eq!(browser.follow("open", "http://x"), Ok(()));
        assert_eq!(browser.follow("see", "y"), Err("see y failed".to_owned()));
        assert!(browser.follow("see", "z").unwrap_err().contains("ended"));
    }
}
