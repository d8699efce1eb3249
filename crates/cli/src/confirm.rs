//! Confirmation before a change.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::output::Output;

/// Returns true if `--yes` was given or a person at a terminal confirms.
pub(crate) fn is_confirmed(yes: bool, question: &str, output: Output) -> bool {
    if yes {
        return true;
    }
    // A pipe cannot answer, and a script must not wait for an answer.
    if output.is_json() || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return false;
    }
    let mut answer = String::new();
    // On standard error, because standard output can be a file.
    let asked = write!(io::stderr(), "{question} [y/N] ")
        .and_then(|()| io::stdin().lock().read_line(&mut answer));
    asked.is_ok() && ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
}
