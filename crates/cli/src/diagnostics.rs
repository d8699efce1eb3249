//! Errors in catalogs, shown at the lines that they are about.

use std::ops::Range;

use accolade::core::catalog::diagnostic::{Diagnostic, Diagnostics};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Value, json};

use crate::output::{counted, plain};

/// All errors of a catalog, each with its lines, and how many there are. `styled` is for terminals.
pub(crate) fn render(found: &Diagnostics, styled: bool) -> String {
    let shown: Vec<String> = found
        .iter()
        .map(|one| render_one(found.source(), found.file_name(), one, styled))
        .collect();
    let count = counted(u64::try_from(found.count()).unwrap_or(u64::MAX), "error");
    format!("{}\n\n{}: {count}", shown.join("\n\n"), found.file_name())
}

/// One remark about a text, with the lines that it is about.
pub(crate) fn render_one(
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
    let (lines, span) = excerpt(source, &remark.span);
    let mark = AnnotationKind::Primary.span(span);
    let mark = if remark.label.is_empty() {
        mark
    } else {
        mark.label(plain(&remark.label))
    };
    let snippet = Snippet::source(&source[lines.clone()])
        .path(file_name)
        .line_start(line(source, lines.start))
        .annotation(mark);
    let group: Group<'_> = Level::ERROR
        .primary_title(plain(&remark.message))
        .element(snippet);
    let group = match &remark.help {
        Some(help) => group.element(Level::HELP.message(plain(help))),
        None => group,
    };
    renderer.decor_style(DecorStyle::Unicode).render(&[group])
}

/// The lines that hold a place of a text, and the place within them, on the borders of characters.
fn excerpt(source: &str, span: &Range<usize>) -> (Range<usize>, Range<usize>) {
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

/// All errors of a catalog, for programs.
pub(crate) fn to_json(found: &Diagnostics) -> Vec<Value> {
    let one = |one: &Diagnostic| {
        let (line, column) = found.position(one.span.start);
        json!({ "line": line, "column": column, "message": one.message, "label": one.label, "help": one.help })
    };
    found.iter().map(one).collect()
}

/// The number of the line, from 1, that a place of a text lies on.
pub(crate) fn line(source: &str, offset: usize) -> usize {
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
            let remark = Diagnostic::new(start..start + 1, "wrong", "here").help("mend it");
            let shown = render_one(source, "c.toml", &remark, false);
            assert!(
                shown.contains("wrong") && shown.contains("mend it"),
                "{start}: {shown}"
            );
        }
    }

    #[test]
    fn the_lines_of_a_place_are_shown_with_their_numbers() {
        let remark = Diagnostic::new(4..5, "wrong", "here");
        let shown = render_one("one\ntwo\nthree", "c.toml", &remark, false);
        assert!(
            shown.contains("c.toml:2:1") && shown.contains("two") && !shown.contains("three"),
            "{shown}"
        );
    }
}
