//! Rows that an import leaves out or changes, counted by model and reason.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::format::group_thousands;

/// Keys that are listed for each reason.
const MAX_EXAMPLES: usize = 5;

/// Counts of the rows that an import does not take over as they are.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    left_out: BTreeMap<(&'static str, String), Examples>,
    notes: BTreeMap<(&'static str, String), Examples>,
}

#[derive(Debug, Default)]
struct Examples {
    count: u64,
    rows: Vec<String>,
}

/// Rows of one model with the same reason.
#[derive(Debug, Serialize)]
pub(crate) struct Finding<'f> {
    model: &'static str,
    reason: &'f str,
    count: u64,
    /// Primary keys of the first rows.
    examples: &'f [String],
}

impl Findings {
    /// Counts a row that is not imported. The result is then incomplete.
    pub(crate) fn leave_out(
        &mut self,
        model: &'static str,
        row: impl ToString,
        reason: impl Into<String>,
    ) {
        count(&mut self.left_out, model, row, reason);
    }

    /// Counts a row that is imported with a difference that needs no correction.
    pub(crate) fn note(
        &mut self,
        model: &'static str,
        row: impl ToString,
        reason: impl Into<String>,
    ) {
        count(&mut self.notes, model, row, reason);
    }

    /// Lists the rows that were left out.
    pub(crate) fn list_left_out(&self) -> Vec<Finding<'_>> {
        list(&self.left_out)
    }

    /// Lists the notes.
    pub(crate) fn list_notes(&self) -> Vec<Finding<'_>> {
        list(&self.notes)
    }
}

fn count(
    counts: &mut BTreeMap<(&'static str, String), Examples>,
    model: &'static str,
    row: impl ToString,
    reason: impl Into<String>,
) {
    let examples = counts.entry((model, reason.into())).or_default();
    examples.count += 1;
    if examples.rows.len() < MAX_EXAMPLES {
        examples.rows.push(row.to_string());
    }
}

fn list<'f>(counts: &'f BTreeMap<(&'static str, String), Examples>) -> Vec<Finding<'f>> {
    counts
        .iter()
        .map(|((model, reason), examples)| Finding {
            model,
            reason,
            count: examples.count,
            examples: &examples.rows,
        })
        .collect()
}

impl Finding<'_> {
    /// Formats the finding as one line.
    pub(crate) fn to_line(&self) -> String {
        let more = match self.count - self.examples.len() as u64 {
            0 => "",
            _ => ", …",
        };
        format!(
            "{} {}: {} ({}{more})",
            group_thousands(self.count),
            self.model,
            self.reason,
            self.examples.join(", ")
        )
    }
}
