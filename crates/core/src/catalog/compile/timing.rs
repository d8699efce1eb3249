//! Changes that time alone causes: windows that need timers, and the instants at which rules must
//! be evaluated (S10).

use std::collections::BTreeSet;

use crate::catalog::document::Repeat;
use crate::catalog::rules::{
    AgeRule, Counter, CounterOperator, Dependent, Node, NodeKind, Rules, Slot, Timed,
};
use crate::time::{Calendar, Timestamp, Window};

/// Fills in timers, instants and ages.
pub(super) fn time(rules: &mut Rules) {
    rules.timers = take_slot(rules);
    for index in timed_counters(rules) {
        rules.counters[index].timed = true;
    }
    rules.instants = instants(rules);
    rules.ages = ages(rules);
    for index in 0..rules.ages.len() {
        rules.ages[index].slot = take_slot(rules);
    }
    rules.timed = timed(rules);
}

fn take_slot(rules: &mut Rules) -> Slot {
    let slot = rules.slots;
    rules.slots += 1;
    slot
}

/// Finds the counters whose windows need a timer, because some rule must be evaluated when events
/// leave them. A rule whose holdings are never revoked does not need to know about falling values.
fn timed_counters(rules: &Rules) -> BTreeSet<usize> {
    let mut timed = BTreeSet::new();
    for badge in &rules.badges {
        let nodes = badge.tiers.iter().filter_map(|tier| tier.node.as_ref());
        nodes.for_each(|node| collect_timed(rules, node, badge.temporary, &mut timed));
    }
    for unlockable in &rules.unlockables {
        collect_timed(rules, &unlockable.criterion, unlockable.relock, &mut timed);
    }
    // The number of keys for which a criterion holds falls when the criterion stops holding for
    // one.
    for keyed in &rules.keyed {
        collect_timed(rules, &keyed.node, true, &mut timed);
    }
    timed
}

/// Collects the counters of a criterion. `falls` is true if falling values matter.
fn collect_timed(rules: &Rules, node: &Node, falls: bool, timed: &mut BTreeSet<usize>) {
    match &node.kind {
        NodeKind::Counter(index) => {
            let counter = &rules.counters[*index];
            if counter.window.is_some() && (falls || may_rise(counter)) {
                timed.insert(*index);
            }
        }
        NodeKind::Some(nodes) => nodes
            .iter()
            .for_each(|node| collect_timed(rules, node, falls, timed)),
        // A `not` starts to hold when the value under it falls.
        NodeKind::Not(node) => collect_timed(rules, node, true, timed),
        NodeKind::Keys(_)
        | NodeKind::Held { .. }
        | NodeKind::Points(_)
        | NodeKind::Open(_)
        | NodeKind::Age(_)
        | NodeKind::Manual => {}
    }
}

/// True if the value can rise when an event leaves the window: a sum rises when a negative part
/// leaves.
fn may_rise(counter: &Counter) -> bool {
    matches!(
        (&counter.operator, counter.window),
        (CounterOperator::Sum(_), Some(Window::Sliding(_)))
    )
}

/// Lists the fixed instants: `since` where the criterion may already hold by then, and `until`
/// where holdings end with it.
fn instants(rules: &Rules) -> Vec<(Timestamp, Dependent)> {
    let mut instants = Vec::new();
    for (index, badge) in rules.badges.iter().enumerate() {
        let reads_state = badge
            .tiers
            .iter()
            .filter_map(|tier| tier.node.as_ref())
            .any(reads_state);
        let since = badge.bounds.since.filter(|_| reads_state);
        let until = badge.bounds.until.filter(|_| badge.temporary);
        instants.extend(
            since
                .into_iter()
                .chain(until)
                .map(|at| (at, badge.dependent(index))),
        );
    }
    for (index, unlockable) in rules.unlockables.iter().enumerate() {
        let since = unlockable
            .bounds
            .since
            .filter(|_| reads_state(&unlockable.criterion));
        let until = unlockable.bounds.until.filter(|_| unlockable.relock);
        instants.extend(
            since
                .into_iter()
                .chain(until)
                .map(|at| (at, Dependent::Unlockable(index))),
        );
    }
    instants.sort_unstable();
    instants
}

/// True if a criterion reads more than counted events, so that it may hold before the first event.
fn reads_state(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Held { .. }
        | NodeKind::Points(_)
        | NodeKind::Open(_)
        | NodeKind::Age(_)
        | NodeKind::Not(_) => true,
        NodeKind::Some(nodes) => nodes.iter().any(reads_state),
        NodeKind::Counter(_) | NodeKind::Keys(_) | NodeKind::Manual => false,
    }
}

/// Lists the ages that criteria read, each once.
fn ages(rules: &Rules) -> Vec<AgeRule> {
    let mut ages = Vec::new();
    for (index, badge) in rules.badges.iter().enumerate() {
        for node in badge.tiers.iter().filter_map(|tier| tier.node.as_ref()) {
            collect_ages(
                node,
                badge.repeat == Repeat::Again,
                badge.dependent(index),
                &mut ages,
            );
        }
    }
    for (index, unlockable) in rules.unlockables.iter().enumerate() {
        collect_ages(
            &unlockable.criterion,
            false,
            Dependent::Unlockable(index),
            &mut ages,
        );
    }
    ages
}

/// Collects the ages of a criterion. `again` is true if multiples count, which applies to a
/// criterion that is itself an age.
fn collect_ages(node: &Node, again: bool, dependent: Dependent, ages: &mut Vec<AgeRule>) {
    match &node.kind {
        NodeKind::Age(unit) => {
            let target = node.target.trunc().unwrap_or(i64::MAX);
            let age = age(*unit, target, again, ages);
            if !age.dependents.contains(&dependent) {
                age.dependents.push(dependent);
            }
        }
        NodeKind::Some(nodes) => nodes
            .iter()
            .for_each(|node| collect_ages(node, false, dependent, ages)),
        NodeKind::Not(node) => collect_ages(node, false, dependent, ages),
        NodeKind::Counter(_)
        | NodeKind::Keys(_)
        | NodeKind::Held { .. }
        | NodeKind::Points(_)
        | NodeKind::Open(_)
        | NodeKind::Manual => {}
    }
}

fn age(unit: Calendar, target: i64, again: bool, ages: &mut Vec<AgeRule>) -> &mut AgeRule {
    let known = ages
        .iter()
        .position(|age| (age.unit, age.target, age.again) == (unit, target, again));
    let position = known.unwrap_or_else(|| {
        ages.push(AgeRule {
            slot: 0,
            unit,
            target,
            again,
            dependents: Vec::new(),
        });
        ages.len() - 1
    });
    &mut ages[position]
}

/// Lists the purposes of timers, sorted by slot.
fn timed(rules: &Rules) -> Vec<(Slot, Timed)> {
    let counters = rules
        .counters
        .iter()
        .enumerate()
        .filter(|(_, counter)| counter.timed);
    let counters = counters.map(|(index, counter)| (counter.slot, Timed::Counter(index)));
    let lots = rules.currencies.iter().enumerate();
    let lots =
        lots.filter_map(|(index, currency)| Some((currency.expiry?.slot, Timed::Lots(index))));
    let ages = rules
        .ages
        .iter()
        .enumerate()
        .map(|(index, age)| (age.slot, Timed::Age(index)));
    let badges = rules
        .badges
        .iter()
        .enumerate()
        .filter(|(_, badge)| badge.is_number && badge.bounds.since.is_some());
    let badges = badges.map(|(index, badge)| (badge.slot, Timed::Badge(index)));
    let mut timed: Vec<(Slot, Timed)> = counters.chain(lots).chain(ages).chain(badges).collect();
    timed.sort_unstable();
    timed
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;
    use crate::catalog::rules::Timed;

    fn catalog(rules: &str) -> Catalog {
        Catalog::from_toml(rules).unwrap_or_else(|errors| panic!("{rules}\n{errors}"))
    }

    #[test]
    fn s10_windows_have_timers_where_leaving_events_matter() {
        let (badge, unlockable) = (
            "[[badge]]\nid = \"b\"\ncriterion",
            "[[unlockable]]\nid = \"u\"\nwhen",
        );
        let count = "{ count = \"e\", within = \"1d\" }";
        let number = |kind: &str, within: &str| {
            format!("{{ {kind} = \"event.n\", on = \"e\", within = \"{within}\", at_least = 1 }}")
        };
        for (rules, timed) in [
            (format!("{badge} = {count}"), false),
            (format!("{badge} = {count}\nrepeat = \"again\""), false),
            (
                format!("{badge} = {{ count = \"e\", within = \"day\", at_least = 5 }}"),
                false,
            ),
            (
                format!("{badge} = {{ all = [{count}, {{ count = \"f\" }}] }}"),
                false,
            ),
            (format!("{badge} = {}", number("distinct", "1d")), false),
            (format!("{badge} = {}", number("max", "1d")), false),
            (format!("{badge} = {}", number("latest", "1d")), false),
            (format!("{badge} = {}", number("sum", "week")), false),
            (format!("{badge} = {{ not = {{ count = \"e\" }} }}"), false),
            (
                format!(
                    "{badge} = {{ count = \"e\", within = \"1d\", per = \"event.k\" }}\nrepeat = \"per-key\""
                ),
                false,
            ),
            (format!("{unlockable} = {count}"), false),
            (format!("{badge} = {{ not = {count} }}"), true),
            (
                format!("{badge} = {{ all = [{{ count = \"f\" }}, {{ not = {count} }}] }}"),
                true,
            ),
            (format!("{badge} = {count}\ntemporary = true"), true),
            (
                format!(
                    "{badge} = {{ count = {{ count = \"e\", within = \"1d\", per = \"event.k\" }} }}"
                ),
                true,
            ),
            (format!("{badge} = {}", number("sum", "1d")), true),
            (format!("{unlockable} = {count}\nrelock = true"), true),
            // Two rules share a counter; one of them needs the timer.
            (
                format!("{badge} = {count}\n{unlockable} = {count}\nrelock = true"),
                true,
            ),
        ] {
            let catalog = catalog(&rules);
            let has_timer = catalog
                .rules()
                .timed
                .iter()
                .any(|(_, timed)| matches!(timed, Timed::Counter(_)));
            assert_eq!(has_timer, timed, "{rules}");
        }
    }

    #[test]
    fn s10_bounds_are_instants_where_no_event_is_needed() {
        let badge = |rest: &str| {
            format!(
                "[[currency]]\nid = \"xp\"\n[[badge]]\nid = \"b\"\n{rest}\n\
                 since = 2026-01-01T00:00:00Z\nuntil = 2027-01-01T00:00:00Z"
            )
        };
        for (rules, instants) in [
            (badge("criterion = { count = \"e\" }"), 0),
            (badge("criterion = { manual = true }"), 0),
            (badge("criterion = { points = \"xp\", at_least = 1 }"), 1),
            (
                badge("criterion = { all = [{ count = \"e\" }, { not = { count = \"f\" } }] }"),
                1,
            ),
            (badge("criterion = { age = \"day\" }"), 1),
            (badge("criterion = { count = \"e\" }\ntemporary = true"), 1),
            (
                badge("criterion = { points = \"xp\", at_least = 1 }\ntemporary = true"),
                2,
            ),
        ] {
            assert_eq!(catalog(&rules).rules().instants.len(), instants, "{rules}");
        }
    }

    #[test]
    fn s7_temporary_badges_may_not_feed_themselves() {
        for criterion in [
            "{ not = { count = \"accolade.badge_revoked\", where = 'event.badge == \"b\"', within = \"1d\" } }",
            "{ not = { count = \"accolade.badge_awarded\", where = 'event.badge == \"b\"', within = \"1d\" } }",
        ] {
            let rules = format!("[[badge]]\nid = \"b\"\ncriterion = {criterion}\n");
            assert!(Catalog::from_toml(&rules).is_ok(), "{rules}");
            let refused = Catalog::from_toml(&format!("{rules}temporary = true"))
                .unwrap_err()
                .to_string();
            assert!(refused.contains("feed each other for ever"), "{refused}");
        }
    }
}
