//! The tiers of a badge.

use std::collections::BTreeSet;

use super::criterion::kind_of;
use super::definitions::read_amounts;
use super::node::{Node, NodeKind};
use super::target::{check_target, has_number};
use crate::catalog::diagnostic::{Collector, Diagnostic};
use crate::catalog::document::{Text, Tier};
use crate::limits;

/// Names of the tiers that are written as bare numbers, where the catalog does not name others.
pub const DEFAULT_TIERS: [&str; 4] = ["bronze", "silver", "gold", "diamond"];

pub(super) fn read_tiers(node: &Node) -> Vec<Tier> {
    let tier = |tier: &Node| {
        Some(Tier {
            id: tier.get("id").and_then(Node::text),
            at: if is_table(tier) {
                tier.get("at")?.decimal()?
            } else {
                tier.decimal()?
            },
            points: tier.get("points").map(read_amounts),
        })
    };
    node.items().iter().filter_map(tier).collect()
}

/// Tiers divide a number, upwards, and each has a name.
pub(super) fn check_tiers(
    tiers: &Node,
    criterion: Option<&Node>,
    default_tiers: Option<&[Text]>,
    found: &mut Collector,
) {
    let tiers_within_limit = tiers.items().get(..limits::TIERS).unwrap_or(tiers.items());
    check_number(tiers, criterion, found);
    check_targets(tiers_within_limit, criterion, found);
    check_names(tiers_within_limit, default_tiers, found);
}

/// The criterion must be one number.
fn check_number(tiers: &Node, criterion: Option<&Node>, found: &mut Collector) {
    let Some(criterion) = criterion else {
        let message = "a badge with tiers needs a criterion, whose number the tiers divide";
        let diagnostic = Diagnostic::new(tiers.span.clone(), message, "nothing to reach");
        found.push(
            diagnostic.help(
                "add one; `criterion = { manual = true }` for a number that only acts change",
            ),
        );
        return;
    };
    if let Some(kind) = kind_of(criterion).filter(|kind| !has_number(kind)) {
        let message = format!(
            "a badge with tiers needs a criterion that is one number, and `{kind}` is none"
        );
        let help = "`count`, `sum`, `max`, `latest`, `distinct`, `badge`, `points`, `age`, `manual` and `some` are";
        found.push(Diagnostic::new(criterion.span.clone(), message, "no number").help(help));
    }
}

/// The targets must be reachable and rise.
fn check_targets(tiers: &[Node], criterion: Option<&Node>, found: &mut Collector) {
    let target = |tier: &Node| {
        if is_table(tier) {
            tier.get("at").cloned()
        } else {
            Some(tier.clone())
        }
    };
    let targets: Vec<Node> = tiers.iter().filter_map(target).collect();
    if let Some(criterion) =
        criterion.filter(|criterion| kind_of(criterion).is_some_and(has_number))
    {
        targets
            .iter()
            .for_each(|target| check_target(target, criterion, "the target", found));
    }
    for pair in targets.windows(2) {
        let (Some(lower), Some(upper)) = (pair[0].decimal(), pair[1].decimal()) else {
            continue;
        };
        if upper.value <= lower.value {
            let message = format!(
                "the targets of tiers must rise, but {} follows {}",
                upper.value, lower.value
            );
            let diagnostic = Diagnostic::new(upper.span, message, "not above the one before");
            found.push(diagnostic.help("order the tiers from the lowest to the highest"));
        }
    }
}

/// Every tier has a name of its own: the one it says, or else the default one at its position.
fn check_names(tiers: &[Node], default_tiers: Option<&[Text]>, found: &mut Collector) {
    let defaults: Vec<&str> = match default_tiers {
        Some(names) => names.iter().map(|name| name.as_str()).collect(),
        None => DEFAULT_TIERS.to_vec(),
    };
    let mut names = BTreeSet::new();
    for (position, tier) in tiers.iter().enumerate() {
        let (name, span) = match (tier.get("id"), defaults.get(position)) {
            (Some(id), _) => (id.text().map(|id| id.value), id.span.clone()),
            (None, Some(name)) => (Some((*name).to_owned()), tier.span.clone()),
            (None, None) => {
                let (number, names) = (position + 1, defaults.len());
                let message =
                    format!("there is no name for tier {number}: there are {names} default tiers");
                let diagnostic = Diagnostic::new(tier.span.clone(), message, "has no name");
                found
                    .push(diagnostic.help(
                        "write `{ id = \"…\", at = … }`, or name more tiers in `[defaults]`",
                    ));
                return;
            }
        };
        if let Some(name) = name
            && !names.insert(name.clone())
        {
            let message = format!("two tiers of this badge are called `{name}`");
            found.push(
                Diagnostic::new(span, message, "name is taken")
                    .help("give each tier a name of its own"),
            );
        }
    }
}

fn is_table(tier: &Node) -> bool {
    matches!(tier.kind, NodeKind::Table(_))
}
