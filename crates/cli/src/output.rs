//! Output of results and errors, as text or as JSON.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, Table};
use serde::Serialize;
use serde_json::json;

use crate::diagnostics;
use crate::error::CommandError;
use crate::format::replace_control_chars;

/// Style of errors, and of what was lost.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// Style of success, and of what was gained.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Style of warnings.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default();
/// Style of the headers of tables.
const HEADER: Style = Style::new().bold();

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
            CommandError::Message(message) => {
                let style = BAD.bold();
                format!("{style}error:{style:#} {}", replace_control_chars(message))
            }
            CommandError::Catalog(found) if self.as_json => json!({
                "error": found.to_string(), "error_count": found.total_count(),
                "diagnostics": diagnostics::to_json(found),
            })
            .to_string(),
            CommandError::Catalog(found) => {
                diagnostics::render_diagnostics(found, is_colored(&io::stderr()))
            }
        };
        // If standard error is closed, the message has no other destination.
        let _ = writeln!(anstream::stderr(), "{message}");
    }
}

/// True if a stream shows colors: it is a terminal, and neither `NO_COLOR` nor `TERM` forbids them.
pub(crate) fn is_colored(stream: &impl RawStream) -> bool {
    AutoStream::choice(stream) != ColorChoice::Never
}

/// Prints a note for people to standard error.
pub(crate) fn print_note(text: &str) {
    // If standard error is closed, the note has no other destination.
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Prints a text and a line break to standard output. Colors are left out if it is no terminal.
pub(crate) fn print_text(text: &str) -> Result<(), CommandError> {
    let mut out = anstream::stdout().lock();
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

/// Renders a table without borders and without columns that are empty in every row. The columns
/// named in `right` are aligned to the right.
pub(crate) fn render_table<const N: usize>(
    header: [&str; N],
    right: &[&str],
    rows: Vec<[String; N]>,
) -> String {
    let columns: Vec<usize> = (0..N)
        .filter(|column| rows.is_empty() || rows.iter().any(|row| !row[*column].is_empty()))
        .collect();
    let aligned = |text: &str, column: usize| match right.contains(&header[column]) {
        true => Cell::new(text).set_alignment(CellAlignment::Right),
        false => Cell::new(text),
    };
    let mut table = Table::new();
    table.load_style(NOTHING);
    let titles = columns.iter().copied();
    table.set_header(titles.map(|column| aligned(&header[column].to_uppercase(), column)));
    for row in &rows {
        let cells = columns.iter().copied();
        table.add_row(cells.map(|column| aligned(&row[column], column)));
    }
    let text = table.trim_fmt();
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    format!("{HEADER}{first}{HEADER:#}\n{rest}")
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_leave_out_columns_without_text() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned);
        let rows = vec![row(["ada", "", "7"]), row(["bob", "", "12"])];
        let shown = render_table(["player", "key", "points"], &["points"], rows);
        let plain = anstream::adapter::strip_str(&shown).to_string();
        assert_eq!(plain, " PLAYER  POINTS\n ada          7\n bob         12");
    }
}
