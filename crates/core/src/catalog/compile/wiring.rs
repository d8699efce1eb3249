//! Builds the dependency graph: the rules to evaluate after each change, and the owners of
//! counters.

use std::collections::BTreeSet;

use super::definitions::listeners;
use crate::catalog::document::Repeat;
use crate::catalog::rules::{Dependent, Node, NodeKind, RuleRef, Rules};
use crate::number::Decimal;

/// Fills in dependents, owners, listeners and the rules that hold initially.
pub(super) fn wire(rules: &mut Rules) {
    connect_badges(rules);
    connect_unlockables(rules);
    connect_keyed(rules);
    // The tiers of a badge usually read the same counters.
    for dependents in all_dependents(rules) {
        dependents.sort_unstable();
        dependents.dedup();
    }
    name_owners(rules);
    for index in 0..rules.counters.len() {
        for event in rules.counters[index].events.clone() {
            listeners(rules, &event).counters.push(index);
        }
    }
    rules.initial = initial(rules);
}

fn connect_badges(rules: &mut Rules) {
    for index in 0..rules.badges.len() {
        let badge = &rules.badges[index];
        let dependent = badge.dependent(index);
        let mut reads = Reads::default();
        badge
            .tiers
            .iter()
            .filter_map(|tier| tier.node.as_ref())
            .for_each(|node| reads.collect(node));
        // A required badge may be the last condition to be met.
        reads.badges.extend(badge.requires.iter().copied());
        connect(rules, &reads, dependent);
    }
}

fn connect_unlockables(rules: &mut Rules) {
    for index in 0..rules.unlockables.len() {
        let mut reads = Reads::default();
        reads.collect(&rules.unlockables[index].criterion);
        connect(rules, &reads, Dependent::Unlockable(index));
    }
}

fn connect_keyed(rules: &mut Rules) {
    for index in 0..rules.keyed.len() {
        let mut reads = Reads::default();
        reads.collect(&rules.keyed[index].node);
        connect(rules, &reads, Dependent::Keyed(index));
    }
}

/// The positions of everything that a criterion reads.
#[derive(Default)]
struct Reads {
    counters: BTreeSet<usize>,
    aggregates: BTreeSet<usize>,
    badges: BTreeSet<usize>,
    currencies: BTreeSet<usize>,
    unlockables: BTreeSet<usize>,
}

impl Reads {
    fn collect(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::Counter(counter) => self.counters.extend([*counter]),
            NodeKind::Keys(aggregate) => self.aggregates.extend([*aggregate]),
            NodeKind::Held { badge, .. } => self.badges.extend([*badge]),
            NodeKind::Points(currency) => self.currencies.extend([*currency]),
            NodeKind::Open(unlockable) => self.unlockables.extend([*unlockable]),
            NodeKind::Age(_) | NodeKind::Manual => {}
            NodeKind::Some(nodes) => nodes.iter().for_each(|node| self.collect(node)),
            NodeKind::Not(node) => self.collect(node),
        }
    }
}

fn connect(rules: &mut Rules, reads: &Reads, dependent: Dependent) {
    for counter in &reads.counters {
        rules.counters[*counter].dependents.push(dependent);
    }
    for aggregate in &reads.aggregates {
        let keyed = rules.key_aggregates[*aggregate].keyed;
        rules.keyed[keyed].dependents.push(dependent);
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

fn all_dependents(rules: &mut Rules) -> impl Iterator<Item = &mut Vec<Dependent>> {
    let counters = rules
        .counters
        .iter_mut()
        .map(|counter| &mut counter.dependents);
    let keyed = rules.keyed.iter_mut().map(|keyed| &mut keyed.dependents);
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
fn name_owners(rules: &mut Rules) {
    let owners_of_keyed: Vec<Vec<RuleRef>> = rules
        .keyed
        .iter()
        .map(|keyed| keyed.dependents.iter().filter_map(|d| rule(*d)).collect())
        .collect();
    for aggregate in &mut rules.key_aggregates {
        aggregate
            .owners
            .clone_from(&owners_of_keyed[aggregate.keyed]);
    }
    for counter in &mut rules.counters {
        let mut owners = BTreeSet::new();
        for dependent in &counter.dependents {
            match dependent {
                Dependent::Keyed(keyed) => owners.extend(owners_of_keyed[*keyed].iter().copied()),
                _ => owners.extend(rule(*dependent)),
            }
        }
        counter.owners = owners.into_iter().collect();
    }
}

fn rule(dependent: Dependent) -> Option<RuleRef> {
    match dependent {
        Dependent::Badge(badge) | Dependent::KeyedBadge(badge) => Some(RuleRef::Badge(badge)),
        Dependent::Unlockable(unlockable) => Some(RuleRef::Unlockable(unlockable)),
        Dependent::Keyed(_) => None,
    }
}

/// Lists the rules that hold for a player without events.
fn initial(rules: &Rules) -> Vec<Dependent> {
    let badges = rules.badges.iter().enumerate().filter(|(_, badge)| {
        // Without events there are no keys.
        badge.repeat != Repeat::PerKey
            && badge
                .tiers
                .iter()
                .filter_map(|tier| tier.node.as_ref())
                .any(holds_empty)
    });
    let unlockables = rules
        .unlockables
        .iter()
        .enumerate()
        .filter(|(_, unlockable)| holds_empty(&unlockable.criterion));
    badges
        .map(|(index, _)| Dependent::Badge(index))
        .chain(unlockables.map(|(index, _)| Dependent::Unlockable(index)))
        .collect()
}

/// True if a criterion holds when all counters, balances and awards are zero.
fn holds_empty(node: &Node) -> bool {
    let value = match &node.kind {
        NodeKind::Some(nodes) => nodes.iter().filter(|node| holds_empty(node)).count(),
        NodeKind::Not(node) => usize::from(!holds_empty(node)),
        _ => 0,
    };
    Decimal::from_int(i64::try_from(value).unwrap_or(i64::MAX)) >= node.target
}
