//! Binary at a pseudo-terminal, as a person uses it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::{Child, Command};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// Process whose standard streams are a terminal of 80 columns.
pub(crate) struct Terminal {
    pub(crate) child: Child,
    screen: File,
    /// Everything that was printed so far.
    pub(crate) text: String,
}

impl Terminal {
    /// Starts a command at a new terminal.
    pub(crate) fn start(mut command: Command) -> Self {
        let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&screen).unwrap();
        unlockpt(&screen).unwrap();
        let size = Winsize {
            ws_row: 24,
            ws_col: 80,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&screen, size).unwrap();
        let name = ptsname(&screen, Vec::new()).unwrap();
        let open = || {
            OpenOptions::new()
                .read(true)
                .write(true)
                .open(name.to_str().unwrap())
                .unwrap()
        };
        let child = command
            .env("TERM", "xterm")
            .stdin(open())
            .stdout(open())
            .stderr(open())
            .spawn()
            .unwrap();
        Self {
            child,
            screen: File::from(screen),
            text: String::new(),
        }
    }

    /// Reads until a text has been printed.
    pub(crate) fn wait_for(&mut self, expected: &str) {
        while !self.text.contains(expected) {
            assert!(self.read_some(), "{expected:?} is not in:\n{}", self.text);
        }
    }

    /// Types a line.
    pub(crate) fn type_line(&mut self, line: &str) {
        writeln!(self.screen, "{line}").unwrap();
    }

    /// Reads until the process has ended. Returns its exit status.
    pub(crate) fn wait_for_end(&mut self) -> Option<i32> {
        while self.read_some() {}
        self.child.wait().unwrap().code()
    }

    /// Reads what is there. Returns false once no process has the terminal open.
    fn read_some(&mut self) -> bool {
        let mut bytes = [0; 4096];
        // The end of a terminal is an error on Linux.
        let count = self.screen.read(&mut bytes).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes[..count]);
        self.text.push_str(&text.replace('\r', ""));
        count > 0
    }
}
