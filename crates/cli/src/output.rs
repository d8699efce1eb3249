//! Output of results and errors, as text or as JSON.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, Table};
use serde::Serialize;
use serde_json::json;

use crate::diagnostics;
use crate::error::CommandError;

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
        let mut out = io::stdout().lock();
        writeln!(out, "{text}")
            .and_then(|()| out.flush())
            .map_err(|error| stdout_error(&error))
    }

    /// Prints an error to standard error.
    pub(crate) fn print_error(self, failure: &CommandError) {
        let message = match failure {
            CommandError::BrokenPipe => return,
            CommandError::Message(message) if self.as_json => {
                json!({ "error": message }).to_string()
            }
            CommandError::Message(message) => format!("error: {}", replace_control_chars(message)),
            CommandError::Catalog(found) if self.as_json => {
                json!({ "error": found.to_string(), "diagnostics": diagnostics::to_json(found) })
                    .to_string()
            }
            CommandError::Catalog(found) => {
                diagnostics::render_diagnostics(found, io::stderr().is_terminal())
            }
        };
        // If standard error is closed, the message has no other destination.
        let _ = writeln!(io::stderr(), "{message}");
    }
}

/// Converts an error of writing to standard output.
pub(crate) fn stdout_error(error: &io::Error) -> CommandError {
    match error.kind() {
        // `accolade … | head` ends early on purpose; an error message would be noise.
        io::ErrorKind::BrokenPipe => CommandError::BrokenPipe,
        _ => CommandError::new(format!("cannot write to standard output: {error}")),
    }
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

/// Formats a number with thousands separators: `1,234,567`.
pub(crate) fn group_thousands(number: impl Display) -> String {
    let text = number.to_string();
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |digits| ("-", digits));
    let mut grouped = String::with_capacity(text.len() + text.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}")
}

/// Formats a number with its noun: `1 line`, `2,000 lines`, `2 entries`.
pub(crate) fn count_noun(number: u64, noun: &str) -> String {
    let number_text = group_thousands(number);
    match (number, noun.strip_suffix("ry")) {
        (1, _) => format!("{number_text} {noun}"),
        (_, Some(stem)) => format!("{number_text} {stem}ries"),
        (_, None) => format!("{number_text} {noun}s"),
    }
}

/// Formats a ratio as a percentage with one decimal: `12.5%`.
pub(crate) fn format_percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// Replaces control characters, which could otherwise steer the terminal.
pub(crate) fn replace_control_chars(text: &str) -> String {
    text.chars()
        .map(|char| {
            if char.is_control() && char != '\n' {
                '\u{fffd}'
            } else {
                char
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (-1_234_567, "-1,234,567"),
            (-100, "-100"),
        ] {
            assert_eq!(group_thousands(number), text);
        }
        assert_eq!(
            [
                count_noun(1, "line"),
                count_noun(0, "line"),
                count_noun(2, "entry")
            ],
            ["1 line", "0 lines", "2 entries"]
        );
    }

    #[test]
    fn text_from_outside_does_not_steer_the_terminal() {
        assert_eq!(
            replace_control_chars("a\u{1b}[31m\tb\nc"),
            "a\u{fffd}[31m\u{fffd}b\nc"
        );
    }
}
