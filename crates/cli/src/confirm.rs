//! Asking before something is done.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::output::Output;

/// Whether it may be done: `--yes` says so, or a person at a terminal does. Nobody is asked through a pipe.
pub(crate) fn agreed(yes: bool, question: &str, output: Output) -> bool {
    if yes {
        return true;
    }
    if output.is_json() || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return false;
    }
    let mut answer = String::new();
    let asked = write!(io::stderr(), "{question} [y/N] ")
        .and_then(|()| io::stdin().lock().read_line(&mut answer));
    asked.is_ok() && ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
}
