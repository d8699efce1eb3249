//! Errors of commands and their exit status.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use accolade::Error;
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
        Self::Message(format!("cannot {what} {}: {error}", path.display()))
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

impl From<Error> for CommandError {
    fn from(error: Error) -> Self {
        match error {
            Error::Catalog(diagnostics) => Self::Catalog(diagnostics),
            other => Self::Message(other.to_string()),
        }
    }
}
