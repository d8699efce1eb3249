//! Errors in the source of an expression.

use std::ops::Range;

/// An error in the source of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpressionProblem {
    /// The location in the source, in bytes.
    pub span: Range<usize>,
    /// The error message.
    pub message: String,
    /// A suggested fix.
    pub help: Option<String>,
}

impl ExpressionProblem {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
