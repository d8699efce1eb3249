//! Checks the former ids of rules (S15).

use super::unique::check_unique;
use crate::catalog::diagnostic::{Diagnostic, DiagnosticCollector};
use crate::catalog::document::{CatalogDocument, RuleLabel};

/// Checks that each former id belongs to one rule and is not the current id of any.
pub(super) fn check_former_ids(document: &CatalogDocument, found: &mut DiagnosticCollector) {
    let currencies: Vec<&RuleLabel> = document.currencies.iter().map(|it| &it.label).collect();
    let earnings: Vec<&RuleLabel> = document.earnings.iter().map(|it| &it.label).collect();
    let badges: Vec<&RuleLabel> = document.badges.iter().map(|it| &it.label).collect();
    let unlockables: Vec<&RuleLabel> = document.unlockables.iter().map(|it| &it.label).collect();
    check_kind("currency", &currencies, found);
    check_kind("earning", &earnings, found);
    check_kind("badge", &badges, found);
    check_kind("unlockable", &unlockables, found);
}

fn check_kind(kind: &str, labels: &[&RuleLabel], found: &mut DiagnosticCollector) {
    // With two heirs, nothing would decide to which of them the holdings belong.
    let former = labels.iter().flat_map(|label| &label.former_ids);
    check_unique(&format!("`was` names the {kind} twice:"), former, found);
    for label in labels {
        // Lookup prefers current ids, so `was` could not carry anything over from this one (S15).
        for was in &label.former_ids {
            let problem = if was.value == label.id.value {
                format!("`{}` is the current id of the {kind}", was.value)
            } else if labels.iter().any(|other| other.id.value == was.value) {
                format!(
                    "the {kind} `{}` is still defined, so `{}` cannot replace it",
                    was.value, label.id.value
                )
            } else {
                continue;
            };
            let help = "name only ids that are no longer in use, or leave it out";
            found.push(Diagnostic::new(was.span.clone(), problem, "in use").with_help(help));
        }
    }
}
