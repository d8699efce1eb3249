//! What is wrong with a catalog, beside the lines that it is about.

use accolade_core::catalog::diagnostic::Diagnostics;
use serde::Serialize;

use crate::problem::PlacedError;

/// Lines shown before and behind the one that is wrong.
const AROUND: usize = 1;
/// Characters of a line that are shown.
const WIDTH: usize = 200;

/// Something that is wrong with a catalog.
#[derive(Debug, Default, Serialize)]
pub(in crate::admin) struct Finding {
    pub(in crate::admin) line: usize,
    pub(in crate::admin) column: usize,
    pub(in crate::admin) message: String,
    /// What the place is.
    pub(in crate::admin) label: String,
    /// How to mend it.
    pub(in crate::admin) help: Option<String>,
    /// The line, with those around it.
    pub(in crate::admin) excerpt: Vec<Line>,
}

/// A line of a catalog.
#[derive(Debug, Serialize)]
pub(in crate::admin) struct Line {
    pub(in crate::admin) number: usize,
    pub(in crate::admin) text: String,
    /// Whether it is the one that is wrong.
    pub(in crate::admin) is_it: bool,
}

/// Everything that is wrong with a catalog.
pub(in crate::admin) fn findings(found: &Diagnostics) -> Vec<Finding> {
    let text = found.source();
    let finding = |error: PlacedError| {
        let PlacedError {
            line,
            column,
            message,
            label,
            help,
        } = error;
        Finding {
            excerpt: excerpt(text, line),
            line,
            column,
            message,
            label,
            help,
        }
    };
    PlacedError::all(found).into_iter().map(finding).collect()
}

fn excerpt(text: &str, line: usize) -> Vec<Line> {
    let first = line.saturating_sub(AROUND).max(1);
    let lines = text
        .lines()
        .enumerate()
        .skip(first - 1)
        .take(line + AROUND + 1 - first);
    lines
        .map(|(index, text)| Line {
            number: index + 1,
            text: text.chars().take(WIDTH).collect(),
            is_it: index + 1 == line,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_shows_its_line_and_those_around_it() {
        let lines = |line| {
            excerpt("one\ntwo\nthree\n", line)
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
