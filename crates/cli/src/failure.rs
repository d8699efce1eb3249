//! Errors of commands and their exit status.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use accolade::Error;
use accolade::core::catalog::diagnostic::Diagnostics;

/// Exit status of a command that has printed its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The command succeeded and found no differences.
    Fine,
    /// The command found differences, rejected lines or failed tests.
    Differences,
    /// The printed result is an error.
    Failed,
}

impl Ending {
    /// Success if the condition holds, otherwise differences.
    pub(crate) fn fine_if(fine: bool) -> Self {
        if fine { Self::Fine } else { Self::Differences }
    }
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Fine => Self::SUCCESS,
            Ending::Failed => Self::FAILURE,
            Ending::Differences => Self::from(2),
        }
    }
}

/// Error of a command.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Error message for the user.
    Message(String),
    /// Errors in a catalog.
    Catalog(Diagnostics),
    /// The reader of standard output has closed it, as in `accolade export events | head`.
    NobodyReads,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }

    /// Error of reading or writing a file; `what` completes "cannot …".
    pub(crate) fn file(what: &str, path: &Path, error: &io::Error) -> Self {
        Self::Message(format!("cannot {what} {}: {error}", path.display()))
    }

    /// Puts a context before the message.
    pub(crate) fn context(self, context: impl fmt::Display) -> Self {
        match self {
            Self::Message(message) => Self::Message(format!("{context}: {message}")),
            other => other,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Catalog(diagnostics) => Self::Catalog(diagnostics),
            other => Self::Message(other.to_string()),
        }
    }
}
