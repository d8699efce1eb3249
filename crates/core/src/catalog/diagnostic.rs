//! What is wrong with a catalog: each error with its place in the text and the mend, collected so that all of them are
//! reported at once.

use std::fmt;
use std::ops::Range;

use crate::catalog::document::Text;

/// Errors that are kept of one text; those beyond it are only counted.
const MOST_KEPT: usize = 1_000;

/// One error in a catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The place in the text, in bytes.
    pub span: Range<usize>,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Short words to stand at the place itself.
    pub label: String,
    /// How to mend it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error without a mend.
    pub fn new(span: Range<usize>, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            label: label.into(),
            help: None,
        }
    }

    /// Adds the mend.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Gathers the errors of one text while it is read and compiled.
#[derive(Debug, Clone)]
pub struct Collector {
    file_name: String,
    source: String,
    line_starts: Vec<usize>,
    /// Lines that hold a syntax error: what else seems wrong there follows from it and is not reported.
    broken_lines: Vec<usize>,
    kept: Vec<Diagnostic>,
    left_out: usize,
}

impl Collector {
    /// A collector for the errors of this text.
    pub fn new(source: &str, file_name: &str) -> Self {
        let line_starts = std::iter::once(0)
            .chain(source.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self {
            file_name: file_name.to_owned(),
            source: source.to_owned(),
            line_starts,
            broken_lines: Vec::new(),
            kept: Vec::new(),
            left_out: 0,
        }
    }

    /// Reports an error.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.kept.len() == MOST_KEPT {
            self.left_out += 1;
        } else if !self
            .broken_lines
            .contains(&self.line(diagnostic.span.start))
            && !self.kept.contains(&diagnostic)
        {
            self.kept.push(diagnostic);
        }
    }

    /// Reports an error of syntax. Later errors on the same line are taken for its consequences and dropped.
    pub fn push_syntax(&mut self, diagnostic: Diagnostic) {
        let line = self.line(diagnostic.span.start);
        self.push(diagnostic);
        if self.broken_lines.len() < MOST_KEPT {
            self.broken_lines.push(line);
        }
    }

    /// The number of the line, from 1, that a place of the text lies on.
    pub fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    /// The place in the text of a part of a string's value, such as a name inside of a condition. Where the string
    /// holds escapes, places inside of it cannot be told apart, and the place is the whole string.
    pub fn inside(&self, text: &Text, part: Range<usize>) -> Range<usize> {
        let raw = self.source.get(text.span.clone()).unwrap_or_default();
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

    /// Whether nothing was reported.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The value, if nothing was reported; else every error in the order of the text.
    pub fn finish<T>(mut self, value: T) -> Result<T, Diagnostics> {
        if self.kept.is_empty() {
            return Ok(value);
        }
        self.kept.sort_by_key(|one| (one.span.start, one.span.end));
        Err(Diagnostics(Box::new(self)))
    }
}

/// All errors of one catalog, in the order of its text; never empty. It keeps the text, so that it can show where they
/// stand.
#[derive(Debug, Clone)]
pub struct Diagnostics(Box<Collector>);

impl Diagnostics {
    /// The errors in the order of the text.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Diagnostic> {
        self.0.kept.iter()
    }

    /// How many errors were found, those beyond the first thousand included.
    pub fn count(&self) -> usize {
        self.0.kept.len() + self.0.left_out
    }

    /// The text of the catalog.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// What the text is called.
    pub fn file_name(&self) -> &str {
        &self.0.file_name
    }

    /// Line and column, in characters and from 1, of a place in the text.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.0.line(offset);
        let start = self.0.line_starts[line - 1];
        let column = self
            .0
            .source
            .get(start..offset)
            .map_or(0, |before| before.chars().count());
        (line, column + 1)
    }
}

/// One paragraph for each error: `catalog.toml:12:5: message`, and the mend on a line of its own.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.iter().enumerate() {
            let (line, column) = self.position(diagnostic.span.start);
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
        match self.0.left_out {
            0 => Ok(()),
            more => write!(f, "\n… and {more} more"),
        }
    }
}

impl std::error::Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stand_in_the_order_of_the_text_and_once_each() {
        let source = "one\ntwö x\nthree";
        let mut found = Collector::new(source, "c.toml");
        let second = Diagnostic::new(9..10, "second", "here").help("mend it");
        found.push(second.clone());
        found.push(second);
        found.push(Diagnostic::new(0..3, "first", "here"));
        let errors = found.finish(()).unwrap_err();
        assert_eq!(
            errors.to_string(),
            "c.toml:1:1: first\nc.toml:2:5: second\n  help: mend it"
        );
        assert_eq!(errors.count(), 2);
    }

    #[test]
    fn consequences_of_a_syntax_error_are_dropped() {
        let mut found = Collector::new("a = \nb = 1", "c.toml");
        found.push_syntax(Diagnostic::new(4..4, "no value", ""));
        found.push(Diagnostic::new(0..1, "unknown key", ""));
        found.push(Diagnostic::new(5..6, "unknown key", ""));
        assert_eq!(
            found.finish(()).unwrap_err().to_string(),
            "c.toml:1:5: no value\nc.toml:2:1: unknown key"
        );
    }

    #[test]
    fn a_flood_of_errors_is_cut_and_counted() {
        let source = " ".repeat(2 * MOST_KEPT);
        let mut found = Collector::new(&source, "c.toml");
        for at in 0..source.len() {
            found.push(Diagnostic::new(at..at + 1, "blank", ""));
        }
        let errors = found.finish(()).unwrap_err();
        assert_eq!(
            (errors.iter().len(), errors.count()),
            (MOST_KEPT, 2 * MOST_KEPT)
        );
        assert!(errors.to_string().ends_with("… and 1000 more"));
    }

    #[test]
    fn places_inside_of_strings_are_places_in_the_text() {
        for (source, value, part, expected) in [
            ("k = \"a && b\"", "a && b", 5..6, 10..11),
            ("k = 'a && b'", "a && b", 0..1, 5..6),
            ("k = '''\na && b'''", "a && b", 5..6, 13..14),
            ("k = \"\"\"a\"\"\"", "a", 0..1, 7..8),
            ("k = \"a \\t b\"", "a \t b", 4..5, 4..12),
            ("k = 'a'", "a", 0..9, 4..7),
            ("k = ''", "", 0..0, 5..5),
        ] {
            let text = Text::new(value.to_owned(), 4..source.len());
            assert_eq!(
                Collector::new(source, "c.toml").inside(&text, part),
                expected,
                "{source}"
            );
        }
    }
}
