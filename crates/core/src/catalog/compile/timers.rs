//! Changes that time alone causes: windows that need timers, and the instants at which rules must
//! be evaluated (S10).

use std::collections::BTreeSet;

use crate::catalog::document::RepeatMode;
use crate::catalog::rules::{
    AgeRule, CellSlot, CounterOperator, CounterRule, CriterionRule, CriterionRuleKind,
    DependentRule, RuleSet, TimerPurpose,
};
use crate::time::{CalendarUnit, TimeWindow, Timestamp};

/// Fills in timers, instants and ages.
pub(super) fn add_timers(rules: &mut RuleSet) {
    rules.timer_slot = reserve_slot(rules);
    for index in find_timed_counters(rules) {
        rules.counters[index].needs_timer = true;
    }
    rules.fixed_instants = list_fixed_instants(rules);
    rules.ages = list_ages(rules);
    for index in 0..rules.ages.len() {
        rules.ages[index].slot = reserve_slot(rules);
    }
    // Last, because it lists the timed counters and the slots of ages.
    rules.timer_purposes = list_timer_purposes(rules);
}

fn reserve_slot(rules: &mut RuleSet) -> CellSlot {
    let slot = rules.slot_count;
    rules.slot_count += 1;
    slot
}

/// Finds the counters whose windows need a timer, because some rule must be evaluated when events
/// leave them. A rule whose holdings are never revoked does not need to know about falling values.
fn find_timed_counters(rules: &RuleSet) -> BTreeSet<usize> {
    let mut timed = BTreeSet::new();
    for badge in &rules.badges {
        let nodes = badge
            .tiers
            .iter()
            .filter_map(|tier| tier.criterion.as_ref());
        // A badge with `repeat = "again"` needs no timer: the next event that counts finds that its
        // window has run out meanwhile.
        nodes.for_each(|node| collect_timed_counters(rules, node, badge.temporary, &mut timed));
    }
    for unlockable in &rules.unlockables {
        collect_timed_counters(rules, &unlockable.criterion, unlockable.relock, &mut timed);
    }
    // The number of keys for which a criterion holds falls when the criterion stops holding for
    // one.
    for keyed in &rules.keyed_criteria {
        collect_timed_counters(rules, &keyed.criterion, true, &mut timed);
    }
    timed
}

/// Collects the counters of a criterion. `falls` is true if falling values matter.
fn collect_timed_counters(
    rules: &RuleSet,
    node: &CriterionRule,
    falls: bool,
    timed: &mut BTreeSet<usize>,
) {
    match &node.kind {
        CriterionRuleKind::Counter(index) => {
            let counter = &rules.counters[*index];
            if counter.window.is_some() && (falls || may_rise(counter)) {
                timed.insert(*index);
            }
        }
        CriterionRuleKind::SomeOf(nodes) => nodes
            .iter()
            .for_each(|node| collect_timed_counters(rules, node, falls, timed)),
        // A `not` starts to hold when the value under it falls.
        CriterionRuleKind::Not(node) => collect_timed_counters(rules, node, true, timed),
        // `find_timed_counters` visits keyed criteria itself. The rest has no windows.
        CriterionRuleKind::KeyAggregate(_)
        | CriterionRuleKind::HeldAwards { .. }
        | CriterionRuleKind::Balance(_)
        | CriterionRuleKind::Unlocked(_)
        | CriterionRuleKind::Age(_)
        | CriterionRuleKind::Manual => {}
    }
}

/// True if the value can rise when an event leaves the window: a sum rises when a negative part
/// leaves.
fn may_rise(counter: &CounterRule) -> bool {
    // The end of a calendar period sets the value to 0, and a sum needs a target above 0.
    matches!(
        (&counter.operator, counter.window),
        (CounterOperator::Sum(_), Some(TimeWindow::Sliding(_)))
    )
}

/// Lists the fixed instants: `since` where the criterion may already hold by then, and `until`
/// where holdings end with it.
fn list_fixed_instants(rules: &RuleSet) -> Vec<(Timestamp, DependentRule)> {
    let mut instants = Vec::new();
    for (index, badge) in rules.badges.iter().enumerate() {
        let reads_state = badge
            .tiers
            .iter()
            .filter_map(|tier| tier.criterion.as_ref())
            .any(reads_state);
        // Counters count within the bounds (S9), so without other state nothing holds at `since`.
        let since = badge.bounds.since.filter(|_| reads_state);
        let until = badge.bounds.until.filter(|_| badge.temporary);
        instants.extend(
            since
                .into_iter()
                .chain(until)
                .map(|at| (at, badge.to_dependent(index))),
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
                .map(|at| (at, DependentRule::Unlockable(index))),
        );
    }
    instants.sort_unstable();
    instants
}

/// True if a criterion reads more than counted events, so that it may hold before the first event.
fn reads_state(node: &CriterionRule) -> bool {
    match &node.kind {
        CriterionRuleKind::HeldAwards { .. }
        | CriterionRuleKind::Balance(_)
        | CriterionRuleKind::Unlocked(_)
        | CriterionRuleKind::Age(_)
        | CriterionRuleKind::Not(_) => true,
        CriterionRuleKind::SomeOf(nodes) => nodes.iter().any(reads_state),
        // A `progress` action before `since` schedules a timer of its own.
        CriterionRuleKind::Counter(_)
        | CriterionRuleKind::KeyAggregate(_)
        | CriterionRuleKind::Manual => false,
    }
}

/// Lists the ages that criteria read, each once.
fn list_ages(rules: &RuleSet) -> Vec<AgeRule> {
    let mut ages = Vec::new();
    for (index, badge) in rules.badges.iter().enumerate() {
        for node in badge
            .tiers
            .iter()
            .filter_map(|tier| tier.criterion.as_ref())
        {
            collect_ages(
                node,
                badge.repeat == RepeatMode::Again,
                badge.to_dependent(index),
                &mut ages,
            );
        }
    }
    for (index, unlockable) in rules.unlockables.iter().enumerate() {
        collect_ages(
            &unlockable.criterion,
            false,
            DependentRule::Unlockable(index),
            &mut ages,
        );
    }
    ages
}

/// Collects the ages of a criterion. `again` is true if multiples count, which applies to a
/// criterion that is itself an age.
fn collect_ages(
    node: &CriterionRule,
    again: bool,
    dependent: DependentRule,
    ages: &mut Vec<AgeRule>,
) {
    match &node.kind {
        CriterionRuleKind::Age(unit) => {
            // The reader accepts only whole targets of ages, all within 64 bits.
            let target = node.target.trunc().unwrap_or(i64::MAX);
            let age = find_or_add_age(*unit, target, again, ages);
            if !age.dependents.contains(&dependent) {
                age.dependents.push(dependent);
            }
        }
        CriterionRuleKind::SomeOf(nodes) => nodes
            .iter()
            .for_each(|node| collect_ages(node, false, dependent, ages)),
        CriterionRuleKind::Not(node) => collect_ages(node, false, dependent, ages),
        CriterionRuleKind::Counter(_)
        | CriterionRuleKind::KeyAggregate(_)
        | CriterionRuleKind::HeldAwards { .. }
        | CriterionRuleKind::Balance(_)
        | CriterionRuleKind::Unlocked(_)
        | CriterionRuleKind::Manual => {}
    }
}

fn find_or_add_age(
    unit: CalendarUnit,
    target: i64,
    again: bool,
    ages: &mut Vec<AgeRule>,
) -> &mut AgeRule {
    let known = ages
        .iter()
        .position(|age| (age.unit, age.target, age.counts_multiples) == (unit, target, again));
    let position = known.unwrap_or_else(|| {
        ages.push(AgeRule {
            slot: 0,
            unit,
            target,
            counts_multiples: again,
            dependents: Vec::new(),
        });
        ages.len() - 1
    });
    &mut ages[position]
}

/// Lists the purposes of timers, sorted by slot.
fn list_timer_purposes(rules: &RuleSet) -> Vec<(CellSlot, TimerPurpose)> {
    let counters = rules
        .counters
        .iter()
        .enumerate()
        .filter(|(_, counter)| counter.needs_timer);
    let counters = counters.map(|(index, counter)| (counter.slot, TimerPurpose::Counter(index)));
    let lots = rules.currencies.iter().enumerate();
    let lots = lots
        .filter_map(|(index, currency)| Some((currency.expiry?.slot, TimerPurpose::Lots(index))));
    let ages = rules
        .ages
        .iter()
        .enumerate()
        .map(|(index, age)| (age.slot, TimerPurpose::Age(index)));
    // Set by `progress` actions before `since`, which only single numbers take (S9).
    let badges = rules
        .badges
        .iter()
        .enumerate()
        .filter(|(_, badge)| badge.has_numeric_criterion && badge.bounds.since.is_some());
    let badges = badges.map(|(index, badge)| (badge.slot, TimerPurpose::Badge(index)));
    let mut timed: Vec<(CellSlot, TimerPurpose)> =
        counters.chain(lots).chain(ages).chain(badges).collect();
    timed.sort_unstable();
    timed
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;
    use crate::catalog::rules::TimerPurpose;

    fn catalog(rules: &str) -> Catalog {
        Catalog::from_toml(rules).unwrap_or_else(|errors| panic!("{rules}\n{errors}"))
    }

    #[test]
    fn s10_windows_have_timers_where_leaving_events_matter() {
        let (badge, unlockable) = (
            "[[badge]]\nid = \"b\"\ncriterion",
            "[[unlockable]]\nid = \"u\"\ncriterion",
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
                .timer_purposes
                .iter()
                .any(|(_, timed)| matches!(timed, TimerPurpose::Counter(_)));
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
            assert_eq!(
                catalog(&rules).rules().fixed_instants.len(),
                instants,
                "{rules}"
            );
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
            assert!(refused.contains("feed each other forever"), "{refused}");
        }
    }
}
