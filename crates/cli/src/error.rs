//! Errors of commands and their exit status.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use accolade::{Engine, Error, Rejection};
use accolade_core::catalog::diagnostic::Diagnostics;

/// Exit status of a command that has printed its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// The command succeeded and found no differences.
    Success,
    /// The command found differences, rejected lines or failed tests.
    Differences,
    /// The printed result is an error.
    Error,
}

impl ExitStatus {
    /// Success if the condition holds, otherwise differences.
    pub(crate) fn success_if(fine: bool) -> Self {
        if fine {
            Self::Success
        } else {
            Self::Differences
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(ending: ExitStatus) -> Self {
        match ending {
            ExitStatus::Success => Self::SUCCESS,
            ExitStatus::Error => Self::FAILURE,
            ExitStatus::Differences => Self::from(2),
        }
    }
}

/// Error of a command.
#[derive(Debug)]
pub(crate) enum CommandError {
    /// Error message for the user.
    Message(String),
    /// Errors in a catalog.
    Catalog(Diagnostics),
    /// The reader of standard output has closed it, as in `accolade export events | head`.
    BrokenPipe,
}

impl CommandError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }

    /// Error of reading or writing a file; `what` completes "cannot …".
    pub(crate) fn file_error(what: &str, path: &Path, error: &io::Error) -> Self {
        let path = path.display();
        Self::Message(match error.kind() {
            io::ErrorKind::NotFound => format!(
                "cannot {what} {path}: no such file or folder; check the path, which is relative \
                 to the current folder"
            ),
            _ => format!("cannot {what} {path}: {error}"),
        })
    }

    /// Puts a context before the message.
    pub(crate) fn with_context(self, context: impl fmt::Display) -> Self {
        match self {
            Self::Message(message) => Self::Message(format!("{context}: {message}")),
            // Diagnostics name their file, and a closed pipe has no message.
            other => other,
        }
    }
}

impl CommandError {
    /// Error of a command about a player who does not exist, with the most similar id.
    pub(crate) fn unknown_player(engine: &Engine, player: &str, database: &str) -> Self {
        // The suggestion is a help only: without it, the error is still the right one.
        let suggestion = engine.players().suggest(player).wait().ok().flatten();
        let message = unknown_player(player, Some(database), suggestion.as_deref());
        Self::Message(message)
    }
}

fn unknown_player(player: &str, database: Option<&str>, suggestion: Option<&str>) -> String {
    let place = database.map_or_else(String::new, |database| format!(" in {database}"));
    let suggestion = suggestion.map_or_else(String::new, |suggestion| {
        format!("; did you mean `{suggestion}`?")
    });
    format!("player `{player}` not found{place}{suggestion}")
}

impl From<Error> for CommandError {
    fn from(error: Error) -> Self {
        match error {
            Error::Catalog(diagnostics) => Self::Catalog(diagnostics),
            Error::Rejected(Rejection::UnknownPlayer { player, suggestion }) => {
                let message = unknown_player(&player, None, suggestion.as_deref());
                // The question mark of the suggestion ends a sentence.
                let separator = if suggestion.is_some() { "" } else { ";" };
                Self::Message(format!(
                    "{message}{separator} to create the player, pass --create"
                ))
            }
            other => Self::Message(other.to_string()),
        }
    }
}
