//! Errors in a catalog, each with its location and a suggested fix. They are collected and reported
//! all at once.

use std::collections::BTreeSet;
use std::fmt;
use std::hash::BuildHasher;
use std::ops::Range;

use rustc_hash::{FxBuildHasher, FxHashSet};

use crate::catalog::document::SpannedString;
use crate::suggest::BoundedSuggestions;

/// The maximum number of errors that are kept; further ones are only counted.
// People fix errors step by step, and hostile text may have an error at every byte.
pub(in crate::catalog) const MAX_DIAGNOSTICS: usize = 200;

/// One error in a catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The location in the source text, as a range of bytes.
    pub span: Range<usize>,
    /// A sentence that describes the error.
    pub message: String,
    /// A short text that is shown at the location.
    pub label: String,
    /// A suggested fix.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Creates an error without a suggested fix.
    pub fn new(span: Range<usize>, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            label: label.into(),
            help: None,
        }
    }

    /// Adds a suggested fix.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Collects the errors of one text while it is read and compiled.
#[derive(Debug, Clone)]
pub struct DiagnosticCollector {
    file_name: String,
    source: String,
    line_starts: Vec<usize>,
    /// Lines with a syntax error. Further errors on them are consequences of it and are dropped.
    broken_lines: BTreeSet<usize>,
    /// Locations and hashes of the messages of all errors.
    known: FxHashSet<(usize, usize, u64)>,
    kept: Vec<Diagnostic>,
    dropped: usize,
    suggestions: BoundedSuggestions,
}

impl DiagnosticCollector {
    /// Creates an empty collector for this text.
    pub fn new(source: &str, file_name: &str) -> Self {
        let line_starts = std::iter::once(0)
            .chain(source.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self {
            file_name: file_name.to_owned(),
            source: source.to_owned(),
            line_starts,
            broken_lines: BTreeSet::new(),
            known: FxHashSet::default(),
            kept: Vec::new(),
            dropped: 0,
            suggestions: BoundedSuggestions::default(),
        }
    }

    /// Adds an error, unless it is a duplicate or a consequence of a syntax error on its line.
    /// Errors beyond the first two hundred are only counted.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let Range { start, end } = diagnostic.span;
        let message = FxBuildHasher.hash_one(&diagnostic.message);
        if self.broken_lines.contains(&self.line_number(start))
            // A criterion is compiled once per tier, which repeats its errors.
            || !self.known.insert((start, end, message))
        {
            return;
        }
        if self.kept.len() < MAX_DIAGNOSTICS {
            self.kept.push(diagnostic);
        } else {
            self.dropped += 1;
        }
    }

    /// Adds a syntax error. Later errors on the same line are taken for its consequences and
    /// dropped.
    pub fn push_syntax_error(&mut self, diagnostic: Diagnostic) {
        let line = self.line_number(diagnostic.span.start);
        self.push(diagnostic);
        self.broken_lines.insert(line);
    }

    /// The suggestions for misspelled words of this text, whose work is bounded.
    pub fn suggestions(&self) -> &BoundedSuggestions {
        &self.suggestions
    }

    /// The line number of an offset in the text, from 1.
    pub fn line_number(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    /// The location of a part of a string's value, such as a name in a condition. Where the string
    /// contains escapes, offsets in the value do not correspond to offsets in the text, so this
    /// returns the location of the whole string.
    pub fn locate_part(&self, text: &SpannedString, part: Range<usize>) -> Range<usize> {
        let raw = self.source.get(text.span.clone()).unwrap_or_default();
        // Longest first: `"""` also begins with `"`. TOML drops a newline right after `"""`.
        let opening = [
            "\"\"\"\n",
            "'''\n",
            "\"\"\"\r\n",
            "'''\r\n",
            "\"\"\"",
            "'''",
            "\"",
            "'",
        ]
        .into_iter()
        .find(|opening| {
            let content = raw
                .strip_prefix(opening)
                .and_then(|rest| rest.strip_suffix(opening.trim_end()));
            content == Some(text.value.as_str())
        });
        let inside = part.start <= part.end && part.end <= text.value.len();
        match opening {
            Some(opening) if inside => {
                let start = text.span.start + opening.len();
                start + part.start..start + part.end
            }
            _ => text.span.clone(),
        }
    }

    /// True if no error was reported.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Returns the value if no error was reported.
    ///
    /// # Errors
    /// Returns all errors otherwise, in the order of the text.
    pub fn into_result<T>(mut self, value: T) -> Result<T, Diagnostics> {
        if self.kept.is_empty() {
            return Ok(value);
        }
        // The compiler works in order of id, not in the order of the text.
        self.kept.sort_by_key(|one| (one.span.start, one.span.end));
        Err(Diagnostics(Box::new(self)))
    }
}

/// All errors of one catalog, in the order of its text; never empty. It keeps the text to show the
/// locations of the errors.
#[derive(Debug, Clone)]
pub struct Diagnostics(Box<DiagnosticCollector>);

impl Diagnostics {
    /// The errors in the order of the text.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Diagnostic> {
        self.0.kept.iter()
    }

    /// The number of errors, including those beyond the first two hundred, which are not kept.
    pub fn total_count(&self) -> usize {
        self.0.kept.len() + self.0.dropped
    }

    /// The note that errors were dropped, such as "and 4,800 more errors"; `None` if none were.
    pub fn dropped_note(&self) -> Option<String> {
        match self.0.dropped {
            0 => None,
            1 => Some("and 1 more error".to_owned()),
            more => Some(format!("and {} more errors", group_thousands(more))),
        }
    }

    /// The suggestions for misspelled words, whose work is bounded.
    #[cfg(test)]
    pub(in crate::catalog) fn suggestions(&self) -> &BoundedSuggestions {
        &self.0.suggestions
    }

    /// The source text of the catalog.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// The file name that errors refer to.
    pub fn file_name(&self) -> &str {
        &self.0.file_name
    }

    /// The line and the column of an offset in the text; both from 1, the column in characters.
    pub fn line_and_column(&self, offset: usize) -> (usize, usize) {
        let line = self.0.line_number(offset);
        let start = self.0.line_starts[line - 1];
        let column = self
            .0
            .source
            .get(start..offset)
            .map_or(0, |before| before.chars().count());
        (line, column + 1)
    }
}

/// One paragraph for each error: `catalog.toml:12:5: message`, and the suggested fix on a line of
/// its own.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.iter().enumerate() {
            let (line, column) = self.line_and_column(diagnostic.span.start);
            let separator = if index == 0 { "" } else { "\n" };
            write!(
                f,
                "{separator}{}:{line}:{column}: {}",
                self.file_name(),
                diagnostic.message
            )?;
            if let Some(help) = &diagnostic.help {
                write!(f, "\n  help: {help}")?;
            }
        }
        match self.dropped_note() {
            None => Ok(()),
            Some(note) => write!(f, "\n… {note}"),
        }
    }
}

impl std::error::Error for Diagnostics {}

/// Formats a number with thousands separators: `1,234,567`.
fn group_thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_listed_in_the_order_of_the_text_and_once_each() {
        let source = "one\ntwö x\nthree";
        let mut found = DiagnosticCollector::new(source, "c.toml");
        let second = Diagnostic::new(9..10, "second", "here").with_help("fix it");
        found.push(second.clone());
        found.push(second);
        found.push(Diagnostic::new(0..3, "first", "here"));
        let errors = found.into_result(()).unwrap_err();
        assert_eq!(
            errors.to_string(),
            "c.toml:1:1: first\nc.toml:2:5: second\n  help: fix it"
        );
        assert_eq!(errors.total_count(), 2);
    }

    #[test]
    fn consequences_of_a_syntax_error_are_dropped() {
        let mut found = DiagnosticCollector::new("a = \nb = 1", "c.toml");
        found.push_syntax_error(Diagnostic::new(4..4, "no value", ""));
        found.push(Diagnostic::new(0..1, "unknown key", ""));
        found.push(Diagnostic::new(5..6, "unknown key", ""));
        assert_eq!(
            found.into_result(()).unwrap_err().to_string(),
            "c.toml:1:5: no value\nc.toml:2:1: unknown key"
        );
    }

    #[test]
    fn excess_errors_are_dropped_and_counted() {
        let source = " ".repeat(MAX_DIAGNOSTICS + 4_800);
        let mut found = DiagnosticCollector::new(&source, "c.toml");
        for at in 0..source.len() {
            found.push(Diagnostic::new(at..at + 1, "blank", ""));
            found.push(Diagnostic::new(at..at + 1, "blank", ""));
        }
        let errors = found.into_result(()).unwrap_err();
        assert_eq!((errors.iter().len(), errors.total_count()), (200, 5_000));
        assert!(errors.to_string().ends_with("\n… and 4,800 more errors"));
    }

    #[test]
    fn locations_in_strings_are_locations_in_the_text() {
        for (source, value, part, expected) in [
            ("k = \"a && b\"", "a && b", 5..6, 10..11),
            ("k = 'a && b'", "a && b", 0..1, 5..6),
            ("k = '''\na && b'''", "a && b", 5..6, 13..14),
            ("k = \"\"\"a\"\"\"", "a", 0..1, 7..8),
            ("k = \"a \\t b\"", "a \t b", 4..5, 4..12),
            ("k = 'a'", "a", 0..9, 4..7),
            ("k = ''", "", 0..0, 5..5),
        ] {
            let text = SpannedString::new(value.to_owned(), 4..source.len());
            assert_eq!(
                DiagnosticCollector::new(source, "c.toml").locate_part(&text, part),
                expected,
                "{source}"
            );
        }
    }
}
