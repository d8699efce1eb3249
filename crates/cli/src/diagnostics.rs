//! Catalog errors, rendered with the source lines they refer to.

use std::ops::Range;

use accolade::Catalog;
use accolade_core::catalog::diagnostic::{Diagnostic, Diagnostics};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Value, json};

use crate::format::{count_noun, replace_control_chars};

/// Renders all errors of a catalog with their source lines and a total. `styled` adds colors.
pub(crate) fn render_diagnostics(found: &Diagnostics, styled: bool) -> String {
    let shown: Vec<String> = found
        .iter()
        .map(|one| render_diagnostic(found.source(), found.file_name(), one, styled))
        .collect();
    let count = count_noun(
        u64::try_from(found.total_count()).unwrap_or(u64::MAX),
        "error",
    );
    let rest = (found.dropped_note()).map_or_else(String::new, |note| format!("\n\n… {note}"));
    format!(
        "{}{rest}\n\n{}: {count}",
        shown.join("\n\n"),
        found.file_name()
    )
}

/// Renders one diagnostic with the source lines that it refers to.
pub(crate) fn render_diagnostic(
    source: &str,
    file_name: &str,
    remark: &Diagnostic,
    styled: bool,
) -> String {
    render_at_level(Level::ERROR, source, file_name, remark, styled)
}

/// Renders a warning with the source lines that it refers to.
pub(crate) fn render_warning(
    source: &str,
    file_name: &str,
    remark: &Diagnostic,
    styled: bool,
) -> String {
    render_at_level(Level::WARNING, source, file_name, remark, styled)
}

fn render_at_level(
    level: Level<'_>,
    source: &str,
    file_name: &str,
    remark: &Diagnostic,
    styled: bool,
) -> String {
    let renderer = if styled {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let (lines, span) = find_excerpt(source, &remark.span);
    let mark = AnnotationKind::Primary.span(span);
    let mark = if remark.label.is_empty() {
        mark
    } else {
        mark.label(replace_control_chars(&remark.label))
    };
    let snippet = Snippet::source(&source[lines.clone()])
        .path(file_name)
        .line_start(line_number(source, lines.start))
        .annotation(mark);
    let group: Group<'_> = level
        .primary_title(replace_control_chars(&remark.message))
        .element(snippet);
    let group = match &remark.help {
        Some(help) => group.element(Level::HELP.message(replace_control_chars(help))),
        None => group,
    };
    renderer.decor_style(DecorStyle::Unicode).render(&[group])
}

/// Returns the range of whole lines around a span, and the span relative to that range. Both are
/// aligned to character boundaries.
fn find_excerpt(source: &str, span: &Range<usize>) -> (Range<usize>, Range<usize>) {
    // Spans come from parsers that may end one inside a character or past the end of the text.
    let border = |at: usize| {
        (0..=at.min(source.len()))
            .rev()
            .find(|at| source.is_char_boundary(*at))
            .unwrap_or(0)
    };
    let start = border(span.start);
    let end = border(span.end).max(start);
    let first = source[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let last = source[end..]
        .find('\n')
        .map_or(source.len(), |newline| end + newline);
    (first..last, start - first..end - first)
}

/// Converts all errors of a catalog to JSON objects.
pub(crate) fn to_json(found: &Diagnostics) -> Vec<Value> {
    let one = |one: &Diagnostic| diagnostic_json(one, found.line_and_column(one.span.start));
    found.iter().map(one).collect()
}

/// Converts the warnings about a catalog to JSON objects, with the same fields as errors.
pub(crate) fn warnings_to_json(catalog: &Catalog, warnings: &[Diagnostic]) -> Vec<Value> {
    let one = |one: &Diagnostic| diagnostic_json(one, catalog.line_and_column(one.span.start));
    warnings.iter().map(one).collect()
}

fn diagnostic_json(one: &Diagnostic, (line, column): (usize, usize)) -> Value {
    json!({
        "line": line, "column": column, "message": one.message, "label": one.label,
        "help": one.help,
    })
}

/// Returns the line number, from 1, of a byte offset.
fn line_number(source: &str, offset: usize) -> usize {
    1 + source
        .bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_a_text_can_be_shown() {
        let source = "a = 1\r\nü = \u{1}\t2\n";
        for start in 0..source.len() + 2 {
            let remark = Diagnostic::new(start..start + 1, "invalid", "here").with_help("fix it");
            let shown = render_diagnostic(source, "c.toml", &remark, false);
            assert!(
                shown.contains("invalid") && shown.contains("fix it"),
                "{start}: {shown}"
            );
        }
    }

    #[test]
    fn the_lines_of_a_place_are_shown_with_their_numbers() {
        let remark = Diagnostic::new(4..5, "wrong", "here");
        let shown = render_diagnostic("one\ntwo\nthree", "c.toml", &remark, false);
        assert!(
            shown.contains("c.toml:2:1") && shown.contains("two") && !shown.contains("three"),
            "{shown}"
        );
    }
}
