//! Checks the targets of criteria.

use super::check::find_variant;
use super::grammar::CRITERION;
use super::shapes::{MAX_COUNT, MAX_TARGET};
use super::syntax::SyntaxNode;
use crate::catalog::diagnostic::{Diagnostic, DiagnosticCollector};
use crate::number::Decimal;

/// True if criteria of this kind have a single number, which tiers can divide.
pub(super) fn has_number(kind: &str) -> bool {
    !matches!(kind, "unlocked" | "all" | "any" | "not")
}

/// Reports a target that is invalid or unreachable for this criterion. Targets that are invalid for
/// all criteria have been reported by the grammar.
pub(super) fn check_target(
    target: &SyntaxNode,
    criterion: &SyntaxNode,
    what: &str,
    found: &mut DiagnosticCollector,
) {
    let (Some(form), Some(value)) = (find_variant(criterion, &CRITERION), target.as_decimal())
    else {
        return;
    };
    let (kind, title) = (form.tag_name(), form.title);
    let within = |least: i64, most: i64| {
        (Decimal::from_int(least)..=Decimal::from_int(most)).contains(&value.value)
    };
    // The grammar has reported this one.
    if !within(-MAX_TARGET, MAX_TARGET) {
        return;
    }
    let counts = matches!(kind, "count" | "distinct" | "badge" | "age" | "some");
    let problem = if (counts || kind == "points") && !value.is_whole() {
        (
            format!("{what} of {title} must be a whole number"),
            "not whole",
        )
    } else if kind != "points" && value.value <= Decimal::ZERO {
        // A balance can be negative (S3), so only its target can be zero or less.
        (
            format!("{what} of {title} must be above zero"),
            "not above zero",
        )
    } else if counts && !within(0, MAX_COUNT) {
        (
            format!("{what} of {title} must be at most {MAX_COUNT} (10^12)"),
            "too large",
        )
    } else {
        return check_reachable(target, value.value, kind, criterion, found);
    };
    found.push(Diagnostic::new(target.span.clone(), problem.0, problem.1));
}

/// Reports a `some` criterion that requires more criteria than it lists.
fn check_reachable(
    target: &SyntaxNode,
    value: Decimal,
    kind: &str,
    criterion: &SyntaxNode,
    found: &mut DiagnosticCollector,
) {
    let criteria = criterion
        .get("some")
        .map_or(0, |criteria| criteria.items().len());
    let reachable = value.trunc().is_some_and(|value| value <= criteria as i64);
    // An empty list has been reported.
    if kind == "some" && criteria > 0 && !reachable {
        let message = format!("`some` requires {value} criteria but lists only {criteria}");
        found.push(Diagnostic::new(target.span.clone(), message, "unreachable"));
    }
}
