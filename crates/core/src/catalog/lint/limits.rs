//! Limits of earnings that can never bind.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::catalog::Catalog;
use crate::catalog::diagnostic::Diagnostic;
use crate::catalog::document::{LimitPeriod, LimitRef};
use crate::catalog::rules::{AmountRule, EarningRule, LimitMaximum, LimitRule};
use crate::time::{CalendarUnit, DAY};

/// Finds limits that the earnings which use them can never reach: because a cooldown allows fewer
/// payments in a period, or because nothing positive is paid.
pub(super) fn find_unreachable_limits(catalog: &Catalog) -> Vec<Diagnostic> {
    let rules = catalog.rules();
    let mut users: BTreeMap<usize, Vec<&EarningRule>> = BTreeMap::new();
    for earning in &rules.earnings {
        if let Some(limit) = earning.limit {
            users.entry(limit).or_default().push(earning);
        }
    }
    let mut found = Vec::new();
    for (position, users) in users {
        let limit = &rules.limits[position];
        let reachable = match limit.maximum {
            LimitMaximum::Times(times) => {
                most_payments(limit, &users).is_none_or(|most| most > times)
            }
            LimitMaximum::Points(points) => {
                most_points(limit, &users).is_none_or(|most| most > points)
            }
        };
        if !reachable && let Some(span) = limit_span(catalog, &users) {
            let who = match &users[..] {
                [earning] => format!("of the earning `{}`", earning.id),
                _ => "that several earnings share".to_owned(),
            };
            let message = format!("the limit {who} can never bind");
            found.push(
                Diagnostic::new(span, message, "never reached")
                    .with_help("lower the limit or shorten the cooldown, or remove the limit"),
            );
        }
    }
    found
}

/// The location of a limit, found through one of the earnings that use it.
fn limit_span(catalog: &Catalog, users: &[&EarningRule]) -> Option<Range<usize>> {
    let document = catalog.document();
    let id = &users.first()?.id;
    let earning = document
        .earnings
        .iter()
        .find(|earning| earning.label.id.value == *id)?;
    match earning.limit.as_ref()? {
        LimitRef::Own(limit) => Some(limit.span.clone()),
        LimitRef::Shared(name) => document
            .limits
            .iter()
            .find(|limit| limit.label.id.value == name.value)
            .map(|limit| limit.label.id.span.clone()),
    }
}

/// The greatest number of payments of all earnings in a period; `None` if it is not bounded.
fn most_payments(limit: &LimitRule, users: &[&EarningRule]) -> Option<i64> {
    users
        .iter()
        .map(|earning| payments_of(limit, earning))
        .try_fold(0_i64, |sum, most| sum.checked_add(most?))
}

/// The greatest number of points of one currency in a period; `None` if it is not bounded.
fn most_points(limit: &LimitRule, users: &[&EarningRule]) -> Option<i64> {
    let mut sums: BTreeMap<usize, i64> = BTreeMap::new();
    for earning in users {
        for (currency, amount) in &earning.points {
            let most = match amount {
                // A limit ignores negative amounts (S11).
                AmountRule::Fixed(amount) if *amount <= 0 => 0,
                AmountRule::Fixed(amount) => payments_of(limit, earning)?.checked_mul(*amount)?,
                AmountRule::Computed(_) => return None,
            };
            let sum = sums.entry(*currency).or_default();
            *sum = sum.checked_add(most)?;
        }
    }
    sums.values().copied().max()
}

/// The greatest number of payments of an earning in a period; `None` if it is not bounded.
fn payments_of(limit: &LimitRule, earning: &EarningRule) -> Option<i64> {
    let (cooldown, _) = earning.cooldown.filter(|(cooldown, _)| *cooldown > 0)?;
    // A player who travels west prolongs the day (S26).
    if limit.player_zone {
        return None;
    }
    let LimitPeriod::Calendar(unit) = limit.per else {
        return None;
    };
    let days = match unit {
        CalendarUnit::Day => 1,
        CalendarUnit::Week => 7,
        CalendarUnit::Month => 31,
        CalendarUnit::Year => 366,
    };
    // Clocks that go back prolong a period by an hour; a day is left for all unusual cases.
    let margin = if days == 1 { DAY / 24 } else { DAY };
    Some((days * DAY + margin - 1) / cooldown + 1)
}

#[cfg(test)]
mod tests {
    use super::super::tests::warnings;

    #[test]
    fn limits_that_a_cooldown_keeps_out_of_reach_are_found() {
        for (limit, cooldown, points, never) in [
            ("{ times = 25, per = 'day' }", "1h", "1", true),
            ("{ times = 24, per = 'day' }", "1h", "1", false),
            ("{ times = 2, per = 'day' }", "1d", "1", true),
            ("{ times = 1, per = 'day' }", "1d", "1", false),
            ("{ times = 999, per = 'ever' }", "1d", "1", false),
            (
                "{ times = 25, per = 'day', zone = 'player' }",
                "1h",
                "1",
                false,
            ),
            ("{ points = 125, per = 'day' }", "1h", "5", true),
            ("{ points = 124, per = 'day' }", "1h", "5", false),
            ("{ points = 1000, per = 'day' }", "1h", "'event.n'", false),
        ] {
            let source = format!(
                "[[currency]]\nid = 'xp'\n[[earning]]\nid = 'e'\non = 'x'\ncooldown = '{cooldown}'\n\
                 points = {{ xp = {points} }}\nlimit = {limit}\n"
            );
            let expected: &[&str] = match never {
                true => &["8: the limit of the earning `e` can never bind"],
                false => &[],
            };
            assert_eq!(warnings(&source), expected, "{limit} {cooldown} {points}");
        }
    }

    #[test]
    fn a_limit_of_deductions_can_never_bind_and_a_shared_one_adds_up() {
        let earning = |id: &str, points: i64| {
            format!(
                "[[earning]]\nid = '{id}'\non = '{id}'\ncooldown = '1h'\nlimit = 'l'\n\
                 points = {{ xp = {points} }}\n"
            )
        };
        let source = |points: i64, maximum: i64| {
            format!(
                "[[currency]]\nid = 'xp'\n[[limit]]\nid = 'l'\npoints = {maximum}\nper = 'day'\n{}{}",
                earning("a", points),
                earning("b", points)
            )
        };
        let shared = ["4: the limit that several earnings share can never bind"];
        assert_eq!(warnings(&source(-1, 10)), shared);
        assert_eq!(warnings(&source(1, 50)), shared);
        assert_eq!(warnings(&source(1, 49)), [""; 0]);
    }
}
