//! Output of results and errors, as text or as JSON.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, Table};
use serde::Serialize;
use serde_json::json;

use crate::diagnostics;
use crate::error::CommandError;
use crate::format::replace_control_chars;

/// Format of results and errors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    as_json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { as_json: json }
    }

    pub(crate) fn is_json(self) -> bool {
        self.as_json
    }

    /// True if a person reads the text and can answer: standard input, output and error are
    /// terminals.
    pub(crate) fn is_interactive(self) -> bool {
        !self.as_json
            && io::stdin().is_terminal()
            && io::stdout().is_terminal()
            && io::stderr().is_terminal()
    }

    /// Prints a result: the text, or the document as one line of JSON.
    pub(crate) fn print_result(
        self,
        document: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), CommandError> {
        let text = if self.as_json {
            serde_json::to_string(document).expect("results have only strings as keys")
        } else {
            text().trim_end().to_owned()
        };
        print_text(&text)
    }

    /// Prints an error to standard error.
    pub(crate) fn print_error(self, failure: &CommandError) {
        let message = match failure {
            CommandError::BrokenPipe => return,
            // JSON escapes control characters by itself.
            CommandError::Message(message) if self.as_json => {
                json!({ "error": message }).to_string()
            }
            CommandError::Message(message) => format!("error: {}", replace_control_chars(message)),
            CommandError::Catalog(found) if self.as_json => json!({
                "error": found.to_string(), "error_count": found.total_count(),
                "diagnostics": diagnostics::to_json(found),
            })
            .to_string(),
            CommandError::Catalog(found) => {
                diagnostics::render_diagnostics(found, io::stderr().is_terminal())
            }
        };
        // If standard error is closed, the message has no other destination.
        let _ = writeln!(io::stderr(), "{message}");
    }
}

/// Prints a note for people to standard error.
pub(crate) fn print_note(text: &str) {
    // If standard error is closed, the note has no other destination.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Prints a text and a line break to standard output.
pub(crate) fn print_text(text: &str) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    // Flushed here, because an error would be lost when the process exits.
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(|error| stdout_error(&error))
}

/// Converts an error of writing to standard output.
pub(crate) fn stdout_error(error: &io::Error) -> CommandError {
    match error.kind() {
        // `accolade … | head` ends early on purpose; an error message would be noise.
        io::ErrorKind::BrokenPipe => CommandError::BrokenPipe,
        _ => CommandError::new(format!("cannot write to standard output: {error}")),
    }
}

/// Converts an error of writing to a file, or to standard output without one.
pub(crate) fn write_error(out: Option<&Path>, error: &io::Error) -> CommandError {
    out.map_or_else(
        || stdout_error(error),
        |path| CommandError::file_error("write", path, error),
    )
}

/// Builds a table without borders. The columns named in `right` are aligned to the right.
pub(crate) fn build_table<const N: usize>(
    header: [&str; N],
    right: &[&str],
    rows: Vec<[String; N]>,
) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING);
    let aligned = |text: String, column: usize| match right.contains(&header[column]) {
        true => Cell::new(text).set_alignment(CellAlignment::Right),
        false => Cell::new(text),
    };
    table.set_header(
        header
            .iter()
            .enumerate()
            .map(|(column, name)| aligned(name.to_uppercase(), column)),
    );
    for row in rows {
        table.add_row(
            row.into_iter()
                .enumerate()
                .map(|(column, text)| aligned(text, column)),
        );
    }
    table
}
