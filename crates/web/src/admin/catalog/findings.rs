//! Errors in a catalog and warnings about it, with an excerpt of the lines around them.

use accolade::Catalog;
use accolade_core::catalog::diagnostic::Diagnostics;
use serde::Serialize;

use crate::problem::CatalogDiagnosticModel;

/// Lines of context before and after an error.
const CONTEXT_LINES: usize = 1;
/// Maximum number of characters shown of a line.
// A catalog in JSON can be one long line.
const MAX_LINE_CHARS: usize = 200;

/// Error in a catalog, or warning about it.
#[derive(Debug, Default, Serialize)]
pub(in crate::admin) struct CatalogFinding {
    pub(in crate::admin) line: usize,
    pub(in crate::admin) column: usize,
    pub(in crate::admin) message: String,
    /// Label of the marked position.
    pub(in crate::admin) label: String,
    /// Suggested fix.
    pub(in crate::admin) help: Option<String>,
    /// The line with its context.
    pub(in crate::admin) excerpt: Vec<ExcerptLine>,
}

/// Line of an excerpt.
#[derive(Debug, Serialize)]
pub(in crate::admin) struct ExcerptLine {
    pub(in crate::admin) number: usize,
    pub(in crate::admin) text: String,
    /// True for the line with the error.
    pub(in crate::admin) is_marked: bool,
}

/// Converts diagnostics to errors with excerpts.
pub(in crate::admin) fn list_findings(found: &Diagnostics) -> Vec<CatalogFinding> {
    let errors = CatalogDiagnosticModel::from_diagnostics(found).into_iter();
    errors
        .map(|error| CatalogFinding::new(error, found.source()))
        .collect()
}

/// Converts the warnings about a catalog to findings with excerpts.
pub(in crate::admin) fn list_warnings(catalog: &Catalog) -> Vec<CatalogFinding> {
    let warnings = CatalogDiagnosticModel::from_warnings(catalog).into_iter();
    warnings
        .map(|warning| CatalogFinding::new(warning, catalog.source()))
        .collect()
}

impl CatalogFinding {
    fn new(found: CatalogDiagnosticModel, text: &str) -> Self {
        let CatalogDiagnosticModel {
            line,
            column,
            message,
            label,
            help,
        } = found;
        Self {
            excerpt: build_excerpt(text, line),
            line,
            column,
            message,
            label,
            help,
        }
    }
}

fn build_excerpt(text: &str, line: usize) -> Vec<ExcerptLine> {
    let first = line.saturating_sub(CONTEXT_LINES).max(1);
    let lines = text
        .lines()
        .enumerate()
        .skip(first - 1)
        .take(line + CONTEXT_LINES + 1 - first);
    lines
        .map(|(index, text)| ExcerptLine {
            number: index + 1,
            text: text.chars().take(MAX_LINE_CHARS).collect(),
            is_marked: index + 1 == line,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_shows_its_line_and_those_around_it() {
        let lines = |line| {
            build_excerpt("one\ntwo\nthree\n", line)
                .iter()
                .map(|line| line.number)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            [lines(1), lines(2), lines(3)],
            [vec![1, 2], vec![1, 2, 3], vec![2, 3]]
        );
        assert_eq!(lines(9), Vec::<usize>::new());
    }
}
