//! Builds the dependency graph: the rules to evaluate after each change, and the owners of
//! counters.

use std::collections::BTreeSet;

use super::definitions::event_listeners;
use crate::catalog::document::RepeatMode;
use crate::catalog::rules::{CriterionRule, CriterionRuleKind, DependentRule, RuleRef, RuleSet};
use crate::number::Decimal;

/// Fills in dependents, owners, listeners and the rules that hold initially.
pub(super) fn link_dependencies(rules: &mut RuleSet) {
    connect_badges(rules);
    connect_unlockables(rules);
    connect_keyed(rules);
    // The tiers of a badge usually read the same counters.
    for dependents in all_dependents(rules) {
        dependents.sort_unstable();
        dependents.dedup();
    }
    // After the dependents, which lead from counters to their owners.
    record_owners(rules);
    for index in 0..rules.counters.len() {
        for event in rules.counters[index].events.clone() {
            event_listeners(rules, &event).counters.push(index);
        }
    }
    rules.initial_dependents = list_initial_dependents(rules);
}

fn connect_badges(rules: &mut RuleSet) {
    for index in 0..rules.badges.len() {
        let badge = &rules.badges[index];
        let dependent = badge.to_dependent(index);
        let mut reads = ReadSet::default();
        badge
            .tiers
            .iter()
            .filter_map(|tier| tier.criterion.as_ref())
            .for_each(|node| reads.collect_reads(node));
        // A required badge may be the last condition to be met.
        reads.badges.extend(badge.requires.iter().copied());
        add_dependent(rules, &reads, dependent);
    }
}

fn connect_unlockables(rules: &mut RuleSet) {
    for index in 0..rules.unlockables.len() {
        let mut reads = ReadSet::default();
        reads.collect_reads(&rules.unlockables[index].criterion);
        add_dependent(rules, &reads, DependentRule::Unlockable(index));
    }
}

fn connect_keyed(rules: &mut RuleSet) {
    for index in 0..rules.keyed_criteria.len() {
        let mut reads = ReadSet::default();
        reads.collect_reads(&rules.keyed_criteria[index].criterion);
        add_dependent(rules, &reads, DependentRule::KeyedCriterion(index));
    }
}

/// The positions of everything that a criterion reads.
#[derive(Default)]
struct ReadSet {
    counters: BTreeSet<usize>,
    aggregates: BTreeSet<usize>,
    badges: BTreeSet<usize>,
    currencies: BTreeSet<usize>,
    unlockables: BTreeSet<usize>,
}

impl ReadSet {
    fn collect_reads(&mut self, node: &CriterionRule) {
        match &node.kind {
            CriterionRuleKind::Counter(counter) => self.counters.extend([*counter]),
            CriterionRuleKind::KeyAggregate(aggregate) => self.aggregates.extend([*aggregate]),
            CriterionRuleKind::HeldAwards { badge, .. } => self.badges.extend([*badge]),
            CriterionRuleKind::Balance(currency) => self.currencies.extend([*currency]),
            CriterionRuleKind::Unlocked(unlockable) => self.unlockables.extend([*unlockable]),
            // Their timers and `progress` actions name the rules to evaluate themselves.
            CriterionRuleKind::Age(_) | CriterionRuleKind::Manual => {}
            CriterionRuleKind::SomeOf(nodes) => {
                nodes.iter().for_each(|node| self.collect_reads(node))
            }
            CriterionRuleKind::Not(node) => self.collect_reads(node),
        }
    }
}

fn add_dependent(rules: &mut RuleSet, reads: &ReadSet, dependent: DependentRule) {
    for counter in &reads.counters {
        rules.counters[*counter].dependents.push(dependent);
    }
    for aggregate in &reads.aggregates {
        let keyed = rules.key_aggregates[*aggregate].keyed_criterion;
        rules.keyed_criteria[keyed].dependents.push(dependent);
    }
    for badge in &reads.badges {
        rules.badges[*badge].dependents.push(dependent);
    }
    for currency in &reads.currencies {
        rules.currencies[*currency].dependents.push(dependent);
    }
    for unlockable in &reads.unlockables {
        rules.unlockables[*unlockable].dependents.push(dependent);
    }
}

fn all_dependents(rules: &mut RuleSet) -> impl Iterator<Item = &mut Vec<DependentRule>> {
    let counters = rules
        .counters
        .iter_mut()
        .map(|counter| &mut counter.dependents);
    let keyed = rules
        .keyed_criteria
        .iter_mut()
        .map(|keyed| &mut keyed.dependents);
    let badges = rules.badges.iter_mut().map(|badge| &mut badge.dependents);
    let currencies = rules
        .currencies
        .iter_mut()
        .map(|currency| &mut currency.dependents);
    let unlockables = rules
        .unlockables
        .iter_mut()
        .map(|unlockable| &mut unlockable.dependents);
    counters
        .chain(keyed)
        .chain(badges)
        .chain(currencies)
        .chain(unlockables)
}

/// Records the rules that read each counter and each aggregate over keys, so that errors and
/// receipts can name them.
fn record_owners(rules: &mut RuleSet) {
    let owners_of_keyed: Vec<Vec<RuleRef>> = rules
        .keyed_criteria
        .iter()
        .map(|keyed| {
            keyed
                .dependents
                .iter()
                .filter_map(|d| dependent_rule(*d))
                .collect()
        })
        .collect();
    for aggregate in &mut rules.key_aggregates {
        aggregate
            .owners
            .clone_from(&owners_of_keyed[aggregate.keyed_criterion]);
    }
    for counter in &mut rules.counters {
        let mut owners = BTreeSet::new();
        for dependent in &counter.dependents {
            match dependent {
                DependentRule::KeyedCriterion(keyed) => {
                    owners.extend(owners_of_keyed[*keyed].iter().copied())
                }
                _ => owners.extend(dependent_rule(*dependent)),
            }
        }
        counter.owners = owners.into_iter().collect();
    }
}

fn dependent_rule(dependent: DependentRule) -> Option<RuleRef> {
    match dependent {
        DependentRule::Badge(badge) | DependentRule::KeyedBadge(badge) => {
            Some(RuleRef::Badge(badge))
        }
        DependentRule::Unlockable(unlockable) => Some(RuleRef::Unlockable(unlockable)),
        DependentRule::KeyedCriterion(_) => None,
    }
}

/// Lists the rules that hold for a player without events.
fn list_initial_dependents(rules: &RuleSet) -> Vec<DependentRule> {
    let badges = rules.badges.iter().enumerate().filter(|(_, badge)| {
        // Without events there are no keys.
        badge.repeat != RepeatMode::PerKey
            && badge
                .tiers
                .iter()
                .filter_map(|tier| tier.criterion.as_ref())
                .any(holds_initially)
    });
    let unlockables = rules
        .unlockables
        .iter()
        .enumerate()
        .filter(|(_, unlockable)| holds_initially(&unlockable.criterion));
    badges
        .map(|(index, _)| DependentRule::Badge(index))
        .chain(unlockables.map(|(index, _)| DependentRule::Unlockable(index)))
        .collect()
}

/// True if a criterion holds when all counters, balances and awards are zero.
fn holds_initially(node: &CriterionRule) -> bool {
    let value = match &node.kind {
        CriterionRuleKind::SomeOf(nodes) => {
            nodes.iter().filter(|node| holds_initially(node)).count()
        }
        CriterionRuleKind::Not(node) => usize::from(!holds_initially(node)),
        // Reaches a target only if that is zero or less, as the target of a balance can be.
        _ => 0,
    };
    Decimal::from_int(i64::try_from(value).unwrap_or(i64::MAX)) >= node.target
}
