//! Criteria and conditions that can never hold.

use crate::catalog::Catalog;
use crate::catalog::diagnostic::Diagnostic;
use crate::catalog::document::RepeatMode;
use crate::catalog::rules::{
    BadgeRule, CounterOperator, CriterionRule, CriterionRuleKind, RuleRef, RuleSet,
};
use crate::expr::Expression;
use crate::number::Decimal;

/// Finds earnings that never pay, badges that can never be earned and unlockables that can never
/// open.
pub(super) fn find_unsatisfiable(catalog: &Catalog) -> Vec<Diagnostic> {
    let rules = catalog.rules();
    let mut found = Vec::new();
    for (index, earning) in rules.earnings.iter().enumerate() {
        if let Some(reason) = earning.condition.as_ref().and_then(never_true) {
            let what = format!("the earning `{}` can never pay", earning.id);
            found.extend(warn(catalog, RuleRef::Earning(index), &what, &reason));
        }
    }
    for (index, badge) in rules
        .badges
        .iter()
        .enumerate()
        .filter(|(_, badge)| !badge.retired)
    {
        // One warning per badge: tiers differ in their targets only. The last tier has the highest.
        let hopeless = badge
            .tiers
            .iter()
            .rev()
            .filter(|tier| !tier.retired)
            .find_map(|tier| {
                let reason = unsatisfiable(rules, tier.criterion.as_ref()?)?;
                Some((tier, reason))
            });
        if let Some((tier, reason)) = hopeless {
            let what = match tier.named_id() {
                Some(tier) => format!("the tier `{tier}` of the badge `{}`", badge.id),
                None => format!("the badge `{}`", badge.id),
            };
            let what = format!("{what} can never be earned");
            found.extend(warn(catalog, RuleRef::Badge(index), &what, &reason));
        }
    }
    for (index, unlockable) in rules.unlockables.iter().enumerate() {
        if unlockable.retired {
            continue;
        }
        if let Some(reason) = unsatisfiable(rules, &unlockable.criterion) {
            let what = format!("the unlockable `{}` can never open", unlockable.id);
            found.extend(warn(catalog, RuleRef::Unlockable(index), &what, &reason));
        }
    }
    found
}

fn warn(catalog: &Catalog, rule: RuleRef, what: &str, reason: &str) -> Option<Diagnostic> {
    let span = catalog.rule_span(rule)?;
    let warning = Diagnostic::new(span, format!("{what}: {reason}"), "never");
    Some(warning.with_help("correct the condition or the target"))
}

fn never_true(condition: &Expression) -> Option<String> {
    let text = condition.canonical_text();
    condition
        .is_never_true()
        .then(|| format!("its condition `{text}` is never true"))
}

/// Returns the reason why a criterion can never hold, if there is one. A criterion without a reason
/// may still be impossible: only certain cases are found.
fn unsatisfiable(rules: &RuleSet, criterion: &CriterionRule) -> Option<String> {
    // A target of zero or less is met by nothing at all.
    if criterion.target <= Decimal::ZERO {
        return None;
    }
    match &criterion.kind {
        CriterionRuleKind::Counter(counter) => {
            let condition = rules.counters[*counter].condition.as_ref();
            condition
                .and_then(never_true)
                .or_else(|| too_few_values(rules, *counter, criterion.target))
        }
        CriterionRuleKind::KeyAggregate(aggregate) => {
            let keyed = rules.key_aggregates[*aggregate].keyed_criterion;
            unsatisfiable(rules, &rules.keyed_criteria[keyed].criterion)
        }
        CriterionRuleKind::HeldAwards { badge, tier } => {
            let badge = &rules.badges[*badge];
            let most = most_awards(badge, *tier)?;
            (criterion.target > Decimal::from_int(most)).then(|| {
                format!(
                    "it needs {} awards of the badge `{}`, of which a player can hold {most} at \
                     most",
                    criterion.target, badge.id
                )
            })
        }
        CriterionRuleKind::SomeOf(parts) => unsatisfiable_parts(rules, parts, criterion.target),
        CriterionRuleKind::Balance(_)
        | CriterionRuleKind::Unlocked(_)
        | CriterionRuleKind::Age(_)
        | CriterionRuleKind::Manual
        | CriterionRuleKind::Not(_) => None,
    }
}

/// Returns the reason if a counter of distinct values counts a constant.
fn too_few_values(rules: &RuleSet, counter: usize, target: Decimal) -> Option<String> {
    match &rules.counters[counter].operator {
        CounterOperator::Distinct(value) if value.is_constant() && target > Decimal::ONE => {
            Some(format!("`{}` has only one value", value.canonical_text()))
        }
        _ => None,
    }
}

/// The greatest number of awards of a badge that a player can hold; `None` if there is no bound.
fn most_awards(badge: &BadgeRule, tier: Option<usize>) -> Option<i64> {
    if badge.repeat != RepeatMode::Once || badge.retired {
        return None;
    }
    match tier {
        Some(_) => Some(1),
        None => i64::try_from(badge.tiers.len()).ok(),
    }
}

fn unsatisfiable_parts(
    rules: &RuleSet,
    parts: &[CriterionRule],
    target: Decimal,
) -> Option<String> {
    let parts_count = Decimal::from_int(i64::try_from(parts.len()).ok()?);
    let mut reasons: Vec<String> = parts
        .iter()
        .filter_map(|part| unsatisfiable(rules, part))
        .collect();
    let possible = parts.len() - reasons.len();
    if target > Decimal::from_int(i64::try_from(possible).ok()?) {
        return reasons.drain(..).next();
    }
    // If all parts must hold, none may be the opposite of another.
    let opposes = |one: &CriterionRule| matches!(&one.kind, CriterionRuleKind::Not(inner) if parts.contains(inner));
    (target >= parts_count && parts.iter().any(opposes))
        .then(|| "one part is the opposite of another".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::tests::warnings;

    #[test]
    fn conditions_that_contradict_themselves_are_found() {
        for (condition, never) in [
            ("event.a > 5 && event.a < 3", true),
            ("event.a > 5 && event.a <= 5", true),
            ("event.a >= 5 && event.a <= 5", false),
            ("5 < event.a && 3 > event.a", true),
            ("event.kind == \"a\" && event.kind == \"b\"", true),
            ("event.kind == \"a\" && event.kind != \"a\"", true),
            ("event.kind == \"a\" && event.other == \"b\"", false),
            ("event.kind in [\"a\", \"b\"] && event.kind == \"c\"", true),
            ("event.kind in [\"a\", \"b\"] && event.kind == \"b\"", false),
            ("event.a == 4 && event.a > 4", true),
            ("event.a > 1 && !(event.a > 1)", true),
            ("event.a > 1 || event.a < 0", false),
            (
                "event.a > 5 && event.a < 3 || event.b == 1 && event.b == 2",
                true,
            ),
            ("event.x == event.x", false),
            ("2 > 3", true),
            ("event.ok && 2 > 3", true),
        ] {
            let source = format!(
                "[[currency]]\nid = 'xp'\n[[earning]]\nid = 'e'\non = 'x'\npoints = {{ xp = 1 }}\n\
                 where = '{condition}'\n"
            );
            let found = warnings(&source);
            assert_eq!(!found.is_empty(), never, "{condition}: {found:?}");
        }
    }

    #[test]
    fn criteria_that_can_never_hold_are_found() {
        for (criterion, reason) in [
            (
                "{ badge = 'a', at_least = 2 }",
                Some("it needs 2 awards of the badge `a`, of which a player can hold 1 at most"),
            ),
            ("{ badge = 'a' }", None),
            ("{ badge = 'tiered', at_least = 2 }", None),
            (
                "{ badge = 'tiered', at_least = 3 }",
                Some(
                    "it needs 3 awards of the badge `tiered`, of which a player can hold 2 at most",
                ),
            ),
            ("{ badge = 'often', at_least = 99 }", None),
            (
                "{ all = [{ count = 'x' }, { not = { count = 'x' } }] }",
                Some("one part is the opposite of another"),
            ),
            (
                "{ any = [{ count = 'x' }, { not = { count = 'x' } }] }",
                None,
            ),
            (
                "{ all = [{ count = 'x', at_least = 2 }, { not = { count = 'x', at_least = 9 } }] }",
                None,
            ),
            (
                "{ all = [{ count = 'x' }, { badge = 'a', at_least = 2 }] }",
                Some("it needs 2 awards of the badge `a`, of which a player can hold 1 at most"),
            ),
            (
                "{ any = [{ count = 'x' }, { badge = 'a', at_least = 2 }] }",
                None,
            ),
            (
                "{ count = { count = 'x', where = 'event.n > 1 && event.n < 1', per = 'event.k' } }",
                Some("its condition `event.n > 1 && event.n < 1` is never true"),
            ),
            (
                "{ distinct = '\"same\"', on = 'x', at_least = 2 }",
                Some("`\"same\"` has only one value"),
            ),
        ] {
            let source = format!(
                "[[badge]]\nid = 'a'\n[[badge]]\nid = 'tiered'\ntiers = [1, 2]\n\
                 criterion = {{ count = 'y' }}\n[[badge]]\nid = 'often'\nrepeat = 'again'\n\
                 criterion = {{ count = 'y' }}\n[[badge]]\nid = 'z'\ncriterion = {criterion}\n"
            );
            let Ok(catalog) = crate::catalog::Catalog::from_toml(&source) else {
                panic!("{criterion} is not valid");
            };
            let found: Vec<String> = catalog
                .list_warnings()
                .into_iter()
                .map(|one| one.message)
                .collect();
            let expected: Vec<String> = reason
                .map(|reason| format!("the badge `z` can never be earned: {reason}"))
                .into_iter()
                .collect();
            assert_eq!(found, expected, "{criterion}");
        }
    }

    #[test]
    fn a_tier_beyond_reach_is_named() {
        let source = "[[badge]]\nid = 'a'\n[[badge]]\nid = 'z'\ntiers = [1, 2]\ncriterion = { badge = 'a' }\n";
        assert_eq!(
            warnings(source),
            [
                "4: the tier `silver` of the badge `z` can never be earned: it needs 2 awards of the \
              badge `a`, of which a player can hold 1 at most"
            ]
        );
    }
}
