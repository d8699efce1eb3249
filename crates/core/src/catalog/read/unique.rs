//! Checks for duplicates.

use std::collections::BTreeMap;

use crate::catalog::diagnostic::{Diagnostic, DiagnosticCollector};
use crate::catalog::document::SpannedString;

/// Reports every text that repeats an earlier one.
pub(super) fn check_unique<'a>(
    problem: &str,
    texts: impl IntoIterator<Item = &'a SpannedString>,
    found: &mut DiagnosticCollector,
) {
    let mut first = BTreeMap::new();
    for text in texts {
        if let Some(line) = first.get(text.as_str()) {
            let message = format!("{problem} `{}`; the first is on line {line}", text.value);
            found.push(
                Diagnostic::new(text.span.clone(), message, "duplicate")
                    .with_help("rename it, or leave it out"),
            );
        } else {
            first.insert(text.as_str(), found.line_number(text.span.start));
        }
    }
}
