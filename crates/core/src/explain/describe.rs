//! Descriptions of rules in English, derived from the catalog document.

use crate::catalog::Catalog;
use crate::catalog::description::join_with_or;
use crate::catalog::document::{
    AggregateDocument, AggregateOperator, AggregateSource, AmountDocument, BadgeDocument,
    CriterionDocument, CriterionKind, EarningDocument, LimitDocument, LimitPeriod, LimitRef,
    RepeatMode, Spanned, SpannedString, UnlockableDocument,
};
use crate::number::Decimal;
use crate::time::{DAY, SECOND, TimeWindow, Timestamp};

/// Returns the display name with the id, `Nice Answer (nice-answer)`, or the id alone if they are
/// equal.
pub(super) fn name_with_id(name: &str, id: &str) -> String {
    if name == id {
        id.to_owned()
    } else {
        format!("{name} ({id})")
    }
}

/// Describes the rule of a badge.
pub(super) fn describe_badge(catalog: &Catalog, badge: &BadgeDocument) -> String {
    let Some(criterion) = &badge.criterion else {
        return "awarded manually only".to_owned();
    };
    let targets = match &badge.tiers[..] {
        [] => None,
        _ => {
            // Tiers can be written without ids, such as `tiers = [10, 100]`; the compiled rule has
            // them.
            let rule = catalog
                .rules()
                .badge_position(&badge.label.id)
                .map(|index| &catalog.rules().badges[index]);
            let tiers = rule
                .map(|rule| rule.tiers.iter().map(|tier| tier.id.as_str()))
                .into_iter()
                .flatten();
            let targets = badge
                .tiers
                .iter()
                .zip(tiers)
                .map(|(tier, id)| format!("{} ({id})", tier.target.value));
            Some(join_with_or(targets.collect()))
        }
    };
    let body = match (badge.repeat.value, &criterion.per) {
        (RepeatMode::PerKey, Some(per)) => {
            // Without the key of the criterion, which `once per` has named already.
            format!(
                "once per {}: {}",
                per.value,
                describe_body(catalog, criterion, targets.as_deref())
            )
        }
        (RepeatMode::Again, _) => {
            format!(
                "every time: {}",
                self::describe_criterion(catalog, criterion, None)
            )
        }
        _ => self::describe_criterion(catalog, criterion, targets.as_deref()),
    };
    let requires: Vec<String> = badge
        .requires
        .iter()
        .map(|id| badge_with_id(catalog, id))
        .collect();
    let requires = if requires.is_empty() {
        String::new()
    } else {
        format!("; requires {}", requires.join(" and "))
    };
    body + &requires + &describe_bounds(badge.since.as_ref(), badge.until.as_ref())
}

/// Describes the rule of an unlockable.
pub(super) fn describe_unlockable(catalog: &Catalog, unlockable: &UnlockableDocument) -> String {
    let closes = if unlockable.relock {
        "; closes when this no longer holds"
    } else {
        ""
    };
    describe_criterion(catalog, &unlockable.criterion, None)
        + closes
        + &describe_bounds(unlockable.since.as_ref(), unlockable.until.as_ref())
}

/// Describes what an earning pays in a currency.
pub(super) fn describe_earning(
    catalog: &Catalog,
    earning: &EarningDocument,
    currency: &str,
) -> String {
    let amount = earning
        .points
        .iter()
        .find(|(id, _)| id.value == currency)
        .map(|(_, amount)| amount);
    let amount = match amount {
        Some(AmountDocument::Fixed(amount)) => amount.value.to_string(),
        Some(AmountDocument::Expression(text)) => text.value.clone(),
        None => "nothing".to_owned(),
    };
    let mut words = format!(
        "{amount} for {}{}",
        describe_events(&earning.on),
        describe_condition(earning.condition.as_ref())
    );
    if let Some(limit) = &earning.limit {
        let (limit, shared) = match limit {
            LimitRef::Own(limit) => (Some(limit), String::new()),
            LimitRef::Shared(id) => {
                let limit = catalog
                    .document()
                    .limits
                    .iter()
                    .find(|limit| limit.label.id.value == id.value);
                (
                    limit.map(|limit| &limit.limit),
                    format!(" (shared limit {})", id.value),
                )
            }
        };
        words += &limit.map_or_else(String::new, |limit| self::describe_limit(limit) + &shared);
    }
    if let Some(cooldown) = &earning.cooldown {
        words += &format!(", at most once every {}", format_duration(cooldown.value));
    }
    words + &describe_bounds(earning.since.as_ref(), earning.until.as_ref())
}

/// Describes a criterion. `target` replaces its own target.
///
/// `10 × vote.received where event.post_type == "answer", within 7 days, for the same event.post`
pub(super) fn describe_criterion(
    catalog: &Catalog,
    criterion: &CriterionDocument,
    target: Option<&str>,
) -> String {
    let body = describe_body(catalog, criterion, target);
    match (&criterion.per, &criterion.kind) {
        (None, _) => body,
        // After a leaf, but before a composite, whose parts all share the key (S8).
        (Some(per), CriterionKind::Aggregate(_)) => format!("{body}, for the same {}", per.value),
        (Some(per), _) => format!("for the same {}: {body}", per.value),
    }
}

/// Describes how a composite criterion combines its parts; `None` if it is a number.
pub(super) fn describe_composite(criterion: &CriterionDocument, target: Decimal) -> Option<String> {
    match &criterion.kind {
        CriterionKind::All(_) => Some("all of the following".to_owned()),
        CriterionKind::Any(_) => Some("any of the following".to_owned()),
        CriterionKind::SomeOf(_) => Some(format!("at least {target} of the following")),
        CriterionKind::Not(_) => Some("not the following".to_owned()),
        _ => None,
    }
}

/// Describes a criterion without its key.
pub(super) fn describe_body(
    catalog: &Catalog,
    criterion: &CriterionDocument,
    target: Option<&str>,
) -> String {
    let own = criterion
        .at_least
        .as_ref()
        .map_or(Decimal::ONE, |at_least| at_least.value);
    let target = target.map_or_else(|| own.to_string(), str::to_owned);
    let parts = |parts: &[CriterionDocument]| {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| self::describe_criterion(catalog, part, None))
            .collect();
        parts.join("; ")
    };
    match &criterion.kind {
        CriterionKind::Aggregate(aggregate) => {
            self::describe_aggregate(catalog, aggregate, &target)
        }
        CriterionKind::Badge { badge, tier } => {
            let badge = badge_with_id(catalog, badge);
            let tier = tier
                .as_ref()
                .map_or_else(String::new, |tier| format!(" in {}", tier.value));
            if target == "1" {
                format!("{badge}{tier}")
            } else {
                format!("{target} awards of {badge}{tier}")
            }
        }
        CriterionKind::Points(currency) => format!("at least {target} {}", currency.value),
        CriterionKind::Unlocked(id) => {
            let rules = catalog.rules();
            let name = rules
                .unlockable_position(id)
                .map_or(id.as_str(), |index| &rules.unlockables[index].display.name);
            format!("{} unlocked", name_with_id(name, id))
        }
        CriterionKind::Age(unit) => {
            format!(
                "a player for at least {target} {}",
                pluralize_word(unit.as_str(), &target)
            )
        }
        CriterionKind::Manual => format!("{target} added manually"),
        CriterionKind::All(all) => format!("all of ({})", parts(all)),
        CriterionKind::Any(any) => format!("any of ({})", parts(any)),
        CriterionKind::SomeOf(some) => format!("at least {target} of ({})", parts(some)),
        CriterionKind::Not(part) => {
            format!("not ({})", self::describe_criterion(catalog, part, None))
        }
    }
}

pub(super) fn pluralize_word(word: &str, count: &str) -> String {
    if count == "1" {
        word.to_owned()
    } else {
        format!("{word}s")
    }
}

fn describe_aggregate(catalog: &Catalog, aggregate: &AggregateDocument, target: &str) -> String {
    let source = match &aggregate.source {
        AggregateSource::Events(names) => {
            let events = describe_events(names) + &describe_condition(aggregate.condition.as_ref());
            match &aggregate.operator {
                AggregateOperator::Count => format!("{target} × {events}"),
                AggregateOperator::Sum(of) => {
                    format!("a total {} of at least {target} from {events}", of.value)
                }
                AggregateOperator::Max(of) => {
                    format!("a highest {} of at least {target} from {events}", of.value)
                }
                AggregateOperator::Latest(of) => {
                    format!("a latest {} of at least {target} from {events}", of.value)
                }
                AggregateOperator::Distinct(of) => {
                    format!("{target} different values of {} from {events}", of.value)
                }
            }
        }
        AggregateSource::Keys(keyed) => {
            let per = keyed.per.as_ref().map_or("key", |per| per.value.as_str());
            let holds = describe_body(catalog, keyed, None);
            match &aggregate.operator {
                AggregateOperator::Sum(of) => {
                    format!(
                        "a total {} of at least {target} over each {per} with {holds}",
                        of.value
                    )
                }
                AggregateOperator::Distinct(of) => format!(
                    "{target} different values of {} over each {per} with {holds}",
                    of.value
                ),
                // The catalog reader refuses `max` and `latest` over keys.
                AggregateOperator::Count
                | AggregateOperator::Max(_)
                | AggregateOperator::Latest(_) => {
                    format!("{target} different values of {per}, each with {holds}")
                }
            }
        }
    };
    let window = aggregate
        .within
        .as_ref()
        .map(|within| describe_window(within.value, aggregate.player_zone));
    window.map_or_else(|| source.clone(), |window| format!("{source}, {window}"))
}

/// Describes a window: `within 7 days`, `in one calendar week`.
pub(super) fn describe_window(window: TimeWindow, player_zone: bool) -> String {
    match window {
        TimeWindow::Sliding(length) => format!("within {}", format_duration(length)),
        TimeWindow::Calendar(calendar) => {
            let zone = if player_zone {
                " in the player's time zone"
            } else {
                ""
            };
            format!("in one calendar {}{zone}", calendar.as_str())
        }
    }
}

/// Formats a duration in the largest unit of which it is a multiple.
pub(super) fn format_duration(micros: i64) -> String {
    const UNITS: [(i64, &str); 4] = [
        (DAY, "day"),
        (60 * 60 * SECOND, "hour"),
        (60 * SECOND, "minute"),
        (SECOND, "second"),
    ];
    let (unit, word) = UNITS
        .into_iter()
        .find(|(unit, _)| micros % unit == 0)
        .unwrap_or((1, "microsecond"));
    match micros / unit {
        1 => format!("1 {word}"),
        number => format!("{number} {word}s"),
    }
}

pub(super) fn describe_events(names: &[SpannedString]) -> String {
    join_with_or(names.iter().map(|name| name.value.clone()).collect())
}

fn describe_condition(condition: Option<&SpannedString>) -> String {
    condition.map_or_else(String::new, |condition| {
        format!(" where {}", condition.value)
    })
}

fn describe_limit(limit: &LimitDocument) -> String {
    let period = match limit.per.value {
        LimitPeriod::Calendar(calendar) => format!("per {}", calendar.as_str()),
        LimitPeriod::Ever => "in total".to_owned(),
    };
    match (&limit.points, &limit.times) {
        (Some(points), _) => format!(", at most {} {period}", points.value),
        (None, Some(times)) => format!(", at most {} times {period}", times.value),
        (None, None) => String::new(),
    }
}

fn describe_bounds(
    since: Option<&Spanned<Timestamp>>,
    until: Option<&Spanned<Timestamp>>,
) -> String {
    let since = since.map_or_else(String::new, |since| format!("; from {} on", since.value));
    let until = until.map_or_else(String::new, |until| format!("; until {}", until.value));
    since + &until
}

fn badge_with_id(catalog: &Catalog, id: &str) -> String {
    let name = catalog
        .rules()
        .badge_position(id)
        .map_or(id, |index| &catalog.rules().badges[index].display.name);
    format!("badge {}", name_with_id(name, id))
}
