//! Checks the targets of criteria.

use super::check::variant;
use super::forms::CRITERION;
use super::node::Node;
use super::shape::{MOST_COUNT, MOST_TARGET};
use crate::catalog::diagnostic::{Collector, Diagnostic};
use crate::number::Decimal;

/// True if criteria of this kind have a single number, which tiers can divide.
pub(super) fn has_number(kind: &str) -> bool {
    !matches!(kind, "unlocked" | "all" | "any" | "not")
}

/// Reports a target that is invalid or unreachable for this criterion. Targets that are invalid for
/// all criteria have been reported by the grammar.
pub(super) fn check_target(target: &Node, criterion: &Node, what: &str, found: &mut Collector) {
    let (Some(form), Some(value)) = (variant(criterion, &CRITERION), target.decimal()) else {
        return;
    };
    let (kind, title) = (form.tag(), form.title);
    let within = |least: i64, most: i64| {
        (Decimal::from_int(least)..=Decimal::from_int(most)).contains(&value.value)
    };
    if !within(-MOST_TARGET, MOST_TARGET) {
        return;
    }
    let counts = matches!(kind, "count" | "distinct" | "badge" | "age" | "some");
    let problem = if (counts || kind == "points") && !value.is_whole() {
        (
            format!("{what} of {title} must be a whole number"),
            "not whole",
        )
    } else if kind != "points" && value.value <= Decimal::ZERO {
        (
            format!("{what} of {title} must be above zero"),
            "not above zero",
        )
    } else if counts && !within(0, MOST_COUNT) {
        (
            format!("{what} of {title} must be at most {MOST_COUNT} (10^12)"),
            "too large",
        )
    } else {
        return check_reachable(target, value.value, kind, criterion, found);
    };
    found.push(Diagnostic::new(target.span.clone(), problem.0, problem.1));
}

/// Reports a `some` criterion that requires more criteria than it lists.
fn check_reachable(
    target: &Node,
    value: Decimal,
    kind: &str,
    criterion: &Node,
    found: &mut Collector,
) {
    let criteria = criterion
        .get("some")
        .map_or(0, |criteria| criteria.items().len());
    let reachable = value.trunc().is_some_and(|value| value <= criteria as i64);
    if kind == "some" && criteria > 0 && !reachable {
        let message = format!("`some` requires {value} criteria but lists only {criteria}");
        found.push(Diagnostic::new(target.span.clone(), message, "unreachable"));
    }
}
