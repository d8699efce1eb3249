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
    is_yes(&ask(&format!("{question} [y/N] ")))
}

/// Returns true if a person at a terminal accepts an offer. An empty line accepts it.
pub(crate) fn is_accepted(question: &str, output: Output) -> bool {
    if output.is_json() || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return false;
    }
    let answer = ask(&format!("{question} [Y/n] "));
    // Without a line break, the input ended: the person left.
    answer == "\n" || answer == "\r\n" || is_yes(&answer)
}

/// Asks a question and returns the line of the answer; empty if there is none.
fn ask(question: &str) -> String {
    let mut answer = String::new();
    // On standard error, because standard output can be a file.
    let asked =
        write!(io::stderr(), "{question}").and_then(|()| io::stdin().lock().read_line(&mut answer));
    match asked {
        Ok(_) => answer,
        Err(_) => String::new(),
    }
}

fn is_yes(answer: &str) -> bool {
    ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
}
