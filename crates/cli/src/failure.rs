//! Why a command could not do its work, and how it ends.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use accolade::Error;
use accolade::core::catalog::diagnostic::Diagnostics;

/// How a command ends that has told its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All is as it should be.
    Fine,
    /// Differences were found, lines were rejected, or tests failed.
    Differences,
    /// The result is that it cannot be done.
    Failed,
}

impl Ending {
    /// Fine if so, else differences.
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

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// In words.
    Message(String),
    /// A catalog is wrong.
    Catalog(Diagnostics),
    /// Whoever read standard output went away: `accolade export events | head`.
    NobodyReads,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }

    /// A file that could not be read or written; `what` completes "cannot …".
    pub(crate) fn file(what: &str, path: &Path, error: &io::Error) -> Self {
        Self::Message(format!("cannot {what} {}: {error}", path.display()))
    }

    /// Says first what was being done.
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
