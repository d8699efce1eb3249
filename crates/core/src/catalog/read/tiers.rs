//! Reads and checks the tiers of a badge.

use std::collections::BTreeSet;

use super::criterion::find_kind;
use super::definitions::read_amounts;
use super::syntax::{SyntaxKind, SyntaxNode};
use super::target::{check_target, has_number};
use crate::catalog::diagnostic::{Diagnostic, DiagnosticCollector};
use crate::catalog::document::{SpannedString, TierDocument};
use crate::limits;

/// The default names of tiers that are written as bare numbers.
pub const DEFAULT_TIERS: [&str; 4] = ["bronze", "silver", "gold", "diamond"];

pub(super) fn read_tiers(node: &SyntaxNode) -> Vec<TierDocument> {
    let tier = |tier: &SyntaxNode| {
        Some(TierDocument {
            id: tier.get("id").and_then(SyntaxNode::as_text),
            target: if is_table(tier) {
                tier.get("at")?.as_decimal()?
            } else {
                tier.as_decimal()?
            },
            points: tier.get("points").map(read_amounts),
        })
    };
    node.items().iter().filter_map(tier).collect()
}

/// Checks that the criterion has a number, that the targets rise, and that the names are unique.
pub(super) fn check_tiers(
    tiers: &SyntaxNode,
    criterion: Option<&SyntaxNode>,
    default_tiers: Option<&[SpannedString]>,
    found: &mut DiagnosticCollector,
) {
    // Excess tiers have been reported as such; no further errors about them.
    let tiers_within_limit = tiers.items().get(..limits::TIERS).unwrap_or(tiers.items());
    check_number(tiers, criterion, found);
    check_targets(tiers_within_limit, criterion, found);
    check_names(tiers_within_limit, default_tiers, found);
}

/// Checks that the criterion has a single number.
fn check_number(
    tiers: &SyntaxNode,
    criterion: Option<&SyntaxNode>,
    found: &mut DiagnosticCollector,
) {
    let Some(criterion) = criterion else {
        let message = "a badge with tiers needs a criterion whose value the tiers divide";
        let diagnostic = Diagnostic::new(tiers.span.clone(), message, "no criterion for these");
        found.push(diagnostic.with_help(
            "add one; `criterion = { manual = true }` is a number that only actions change",
        ));
        return;
    };
    if let Some(kind) = find_kind(criterion).filter(|kind| !has_number(kind)) {
        let message = format!(
            "a badge with tiers needs a criterion with a single number, and `{kind}` has none"
        );
        let help = "use `count`, `sum`, `max`, `latest`, `distinct`, `badge`, `points`, `age`, \
                    `manual` or `some`";
        found.push(
            Diagnostic::new(criterion.span.clone(), message, "has no number").with_help(help),
        );
    }
}

/// Checks that the targets are reachable and rise.
fn check_targets(
    tiers: &[SyntaxNode],
    criterion: Option<&SyntaxNode>,
    found: &mut DiagnosticCollector,
) {
    let target = |tier: &SyntaxNode| {
        if is_table(tier) {
            tier.get("at").cloned()
        } else {
            Some(tier.clone())
        }
    };
    let targets: Vec<SyntaxNode> = tiers.iter().filter_map(target).collect();
    // A criterion without a number is reported once, not once per tier.
    if let Some(criterion) =
        criterion.filter(|criterion| find_kind(criterion).is_some_and(has_number))
    {
        targets
            .iter()
            .for_each(|target| check_target(target, criterion, "the target", found));
    }
    for pair in targets.windows(2) {
        let (Some(lower), Some(upper)) = (pair[0].as_decimal(), pair[1].as_decimal()) else {
            continue;
        };
        if upper.value <= lower.value {
            let message = format!(
                "the targets of tiers must rise, but {} follows {}",
                upper.value, lower.value
            );
            let diagnostic = Diagnostic::new(upper.span, message, "not above the one before");
            found.push(diagnostic.with_help("order the tiers from the lowest to the highest"));
        }
    }
}

/// Checks that the names of tiers are unique: the written names, or the default names at their
/// positions.
fn check_names(
    tiers: &[SyntaxNode],
    default_tiers: Option<&[SpannedString]>,
    found: &mut DiagnosticCollector,
) {
    let defaults: Vec<&str> = match default_tiers {
        Some(names) => names.iter().map(|name| name.as_str()).collect(),
        None => DEFAULT_TIERS.to_vec(),
    };
    let mut names = BTreeSet::new();
    for (position, tier) in tiers.iter().enumerate() {
        let (name, span) = match (tier.get("id"), defaults.get(position)) {
            (Some(id), _) => (id.as_text().map(|id| id.value), id.span.clone()),
            (None, Some(name)) => (Some((*name).to_owned()), tier.span.clone()),
            (None, None) => {
                let (number, names) = (position + 1, defaults.len());
                let message =
                    format!("tier {number} has no name: the default tiers end at {names}");
                let diagnostic = Diagnostic::new(tier.span.clone(), message, "no name");
                found.push(diagnostic.with_help(
                    "write `{ id = \"…\", at = … }`, or name more tiers in `[defaults]`",
                ));
                // All later tiers without a name have the same error.
                return;
            }
        };
        if let Some(name) = name
            && !names.insert(name.clone())
        {
            let message = format!("two tiers of this badge are called `{name}`");
            found.push(
                Diagnostic::new(span, message, "name is taken")
                    .with_help("give each tier a name of its own"),
            );
        }
    }
}

fn is_table(tier: &SyntaxNode) -> bool {
    matches!(tier.kind, SyntaxKind::Table(_))
}
