//! Checks for loops of rewards: rejects loops that could go on endlessly, and loops with a `not` on
//! their path (S7).

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::diagnostic::{Diagnostic, DiagnosticCollector};
use crate::catalog::document::{CatalogDocument, LimitPeriod, RepeatMode};
use crate::catalog::rules::{
    CriterionRule, CriterionRuleKind, DependentRule, LimitMaximum, RuleKind, RuleRef, RuleSet,
};
use crate::expr::{EmptyPlayer, EvalEnv, Expression};
use crate::names::derived;
use crate::props;
use crate::value::Props;

/// A cause or an effect in the graph of rewards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum RewardVertex {
    Rule(RuleRef),
    /// A change of the balance of a currency.
    Points(usize),
}

/// The graph from causes to effects.
#[derive(Default)]
struct RewardGraph {
    // Ordered, so that the same catalog always reports the same loop.
    edges: BTreeMap<RewardVertex, BTreeSet<RewardVertex>>,
    /// Edges whose cause prevents their effect.
    negative_edges: BTreeSet<(RewardVertex, RewardVertex)>,
}

/// Reports loops of rewards, and badges that require themselves.
pub(super) fn check_rewards(
    rules: &RuleSet,
    document: &CatalogDocument,
    found: &mut DiagnosticCollector,
) {
    let graph = RewardGraph::from_rules(rules);
    // Every endless loop avoids all vertices that fire finitely, so the rest of the graph must be
    // acyclic.
    let endless = graph.find_cycle(|vertex| !fires_finitely(rules, vertex));
    if let Some(cycle) = endless {
        report_cycle(
            rules,
            document,
            found,
            &cycle,
            "these rewards feed each other forever",
            "break the loop: narrow a `where`, or add a badge that is earned once \
             or a limit `times … per = \"ever\"` to it",
        );
    }
    let contradiction = graph
        .negative_edges
        .iter()
        .find_map(|(from, to)| graph.find_path(*to, *from));
    if let Some(cycle) = contradiction {
        let help = "a `not` must not depend on its own result: leave it out, or let it read events";
        report_cycle(
            rules,
            document,
            found,
            &cycle,
            "this reward makes its own condition false",
            help,
        );
    }
    for (index, badge) in rules.badges.iter().enumerate() {
        // Badges earned once end every loop, so `find_cycle` does not see a cycle of `requires`
        // among them.
        if requires_itself(rules, index) {
            let message = format!(
                "the badge `{}` requires itself, so it can never be earned",
                badge.id
            );
            let span = locate_rule(rules, document, RuleRef::Badge(index));
            found.push(
                Diagnostic::new(span, message, "in a loop of `requires`")
                    .with_help("leave one of them out"),
            );
        }
    }
}

impl RewardGraph {
    fn from_rules(rules: &RuleSet) -> Self {
        let mut graph = Self::default();
        for (index, earning) in rules.earnings.iter().enumerate() {
            for (currency, _) in &earning.points {
                graph.add_edge(
                    RewardVertex::Rule(RuleRef::Earning(index)),
                    RewardVertex::Points(*currency),
                );
            }
        }
        for (index, currency) in rules.currencies.iter().enumerate() {
            // The amount and the rule vary from event to event; a condition on them may hold.
            let cause = RewardVertex::Points(index);
            graph.add_dependents(rules, cause, &currency.dependents);
            graph.add_listeners(
                rules,
                cause,
                derived::POINTS_EARNED,
                &props! { "currency" => currency.id.as_str() },
            );
        }
        for (index, badge) in rules.badges.iter().enumerate() {
            let cause = RewardVertex::Rule(RuleRef::Badge(index));
            for (currency, _) in badge.tiers.iter().flat_map(|tier| &tier.points) {
                graph.add_edge(cause, RewardVertex::Points(*currency));
            }
            graph.add_dependents(rules, cause, &badge.dependents);
            let known = props! { "badge" => badge.id.as_str() };
            graph.add_listeners(rules, cause, derived::BADGE_AWARDED, &known);
            // Other awards are only revoked by actions, which no rule causes.
            if badge.temporary {
                graph.add_listeners(rules, cause, derived::BADGE_REVOKED, &known);
            }
        }
        for (index, unlockable) in rules.unlockables.iter().enumerate() {
            let cause = RewardVertex::Rule(RuleRef::Unlockable(index));
            let known = props! { "unlockable" => unlockable.id.as_str() };
            graph.add_dependents(rules, cause, &unlockable.dependents);
            graph.add_listeners(rules, cause, derived::UNLOCKABLE_OPENED, &known);
            // Without `relock`, no rule closes it.
            if unlockable.relock {
                graph.add_listeners(rules, cause, derived::UNLOCKABLE_CLOSED, &known);
            }
        }
        graph
    }

    fn add_edge(&mut self, from: RewardVertex, to: RewardVertex) {
        self.edges.entry(from).or_default().insert(to);
    }

    fn add_dependents(
        &mut self,
        rules: &RuleSet,
        cause: RewardVertex,
        dependents: &[DependentRule],
    ) {
        for dependent in dependents {
            let effect = match dependent {
                DependentRule::Badge(badge) | DependentRule::KeyedBadge(badge) => {
                    RuleRef::Badge(*badge)
                }
                DependentRule::Unlockable(unlockable) => RuleRef::Unlockable(*unlockable),
                // Keyed criteria read only counters (S8); `add_listeners` adds the owners of those.
                DependentRule::KeyedCriterion(_) => continue,
            };
            let effect = RewardVertex::Rule(effect);
            self.add_edge(cause, effect);
            if list_criteria(rules, effect).any(|node| is_negated(node, cause, false)) {
                self.negative_edges.insert((cause, effect));
            }
        }
    }

    /// Adds edges to the rules that listen to a derived event. Leaves out rules whose condition is
    /// false for all values of the properties that are not known here.
    fn add_listeners(&mut self, rules: &RuleSet, cause: RewardVertex, name: &str, known: &Props) {
        let Some(listeners) = rules.listeners.get(name) else {
            return;
        };
        for &earning in &listeners.earnings {
            if may_hold(rules.earnings[earning].condition.as_ref(), name, known) {
                self.add_edge(cause, RewardVertex::Rule(RuleRef::Earning(earning)));
            }
        }
        for &counter in &listeners.counters {
            let counter = &rules.counters[counter];
            if may_hold(counter.condition.as_ref(), name, known) {
                counter
                    .owners
                    .iter()
                    .for_each(|owner| self.add_edge(cause, RewardVertex::Rule(*owner)));
            }
        }
        // The conditions of badges in code are opaque, so they count as listening.
        for &badge in &listeners.code_badges {
            self.add_edge(cause, RewardVertex::Rule(RuleRef::Badge(badge)));
        }
    }

    /// Finds a cycle among the vertices that satisfy a predicate.
    fn find_cycle(&self, through: impl Fn(RewardVertex) -> bool) -> Option<Vec<RewardVertex>> {
        // Repeatedly removing vertices without successors leaves only cycles and paths between
        // them.
        let mut left: BTreeSet<RewardVertex> = self
            .edges
            .keys()
            .copied()
            .filter(|vertex| through(*vertex))
            .collect();
        loop {
            let leads_on =
                |vertex: &RewardVertex| self.edges[vertex].iter().any(|next| left.contains(next));
            let ends: Vec<RewardVertex> = left
                .iter()
                .copied()
                .filter(|vertex| !leads_on(vertex))
                .collect();
            if ends.is_empty() {
                break;
            }
            left.retain(|vertex| !ends.contains(vertex));
        }
        // Every remaining vertex has a successor, so a walk must meet a vertex again.
        let mut walk = vec![*left.first()?];
        loop {
            let next = *self.edges[walk.last()?]
                .iter()
                .find(|next| left.contains(next))?;
            if let Some(start) = walk.iter().position(|seen| *seen == next) {
                return Some(walk.split_off(start));
            }
            walk.push(next);
        }
    }

    /// Finds a shortest path from one vertex to another.
    fn find_path(&self, from: RewardVertex, to: RewardVertex) -> Option<Vec<RewardVertex>> {
        let mut came_from: BTreeMap<RewardVertex, RewardVertex> = BTreeMap::new();
        let mut queue = std::collections::VecDeque::from([from]);
        while let Some(vertex) = queue.pop_front() {
            if vertex == to {
                let mut path = vec![to];
                while let Some(before) = path
                    .last()
                    .filter(|last| **last != from)
                    .and_then(|last| came_from.get(last))
                {
                    path.push(*before);
                }
                path.reverse();
                return Some(path);
            }
            for next in self.edges.get(&vertex).into_iter().flatten() {
                // The start gets no predecessor, because the way back ends there.
                if *next != from && !came_from.contains_key(next) {
                    came_from.insert(*next, vertex);
                    queue.push_back(*next);
                }
            }
        }
        None
    }
}

/// True if a rule can take effect only a limited number of times, so that no loop through it is
/// endless.
fn fires_finitely(rules: &RuleSet, vertex: RewardVertex) -> bool {
    match vertex {
        RewardVertex::Points(_) => false,
        RewardVertex::Rule(RuleRef::Badge(badge)) => {
            rules.badges[badge].repeat == RepeatMode::Once && !rules.badges[badge].temporary
        }
        RewardVertex::Rule(RuleRef::Unlockable(unlockable)) => {
            !rules.unlockables[unlockable].relock
        }
        RewardVertex::Rule(RuleRef::Earning(earning)) => {
            let limit = rules.earnings[earning]
                .limit
                .and_then(|limit| rules.limits.get(limit));
            // A limit in points does not bound the payments: it ignores negative amounts (S11).
            limit.is_some_and(|limit| {
                matches!(
                    (limit.maximum, limit.per),
                    (LimitMaximum::Times(_), LimitPeriod::Ever)
                )
            })
        }
    }
}

fn list_criteria(
    rules: &RuleSet,
    vertex: RewardVertex,
) -> Box<dyn Iterator<Item = &CriterionRule> + '_> {
    match vertex {
        RewardVertex::Rule(RuleRef::Badge(badge)) => Box::new(
            rules.badges[badge]
                .tiers
                .iter()
                .filter_map(|tier| tier.criterion.as_ref()),
        ),
        RewardVertex::Rule(RuleRef::Unlockable(unlockable)) => {
            Box::new(std::iter::once(&rules.unlockables[unlockable].criterion))
        }
        RewardVertex::Rule(RuleRef::Earning(_)) | RewardVertex::Points(_) => {
            Box::new(std::iter::empty())
        }
    }
}

/// True if a criterion reads a cause under a `not`.
fn is_negated(node: &CriterionRule, cause: RewardVertex, under_not: bool) -> bool {
    let reads = match &node.kind {
        CriterionRuleKind::HeldAwards { badge, .. } => {
            Some(RewardVertex::Rule(RuleRef::Badge(*badge)))
        }
        CriterionRuleKind::Balance(currency) => Some(RewardVertex::Points(*currency)),
        CriterionRuleKind::Unlocked(unlockable) => {
            Some(RewardVertex::Rule(RuleRef::Unlockable(*unlockable)))
        }
        CriterionRuleKind::SomeOf(nodes) => {
            return nodes.iter().any(|node| is_negated(node, cause, under_not));
        }
        CriterionRuleKind::Not(node) => return is_negated(node, cause, true),
        CriterionRuleKind::Counter(_)
        | CriterionRuleKind::KeyAggregate(_)
        | CriterionRuleKind::Age(_)
        | CriterionRuleKind::Manual => None,
    };
    under_not && reads == Some(cause)
}

/// True if a condition may hold when only some properties are known. An error means that the result
/// depends on unknown properties; `&&` and `||` absorb it where the known ones decide.
fn may_hold(condition: Option<&Expression>, name: &str, known: &Props) -> bool {
    // Balances and holdings are not known here, so a condition on them may hold.
    let Some(condition) = condition.filter(|condition| !condition.reads_player()) else {
        return true;
    };
    condition.eval_condition(&EvalEnv {
        event_name: name,
        props: known,
        player: &EmptyPlayer,
    }) != Ok(false)
}

fn requires_itself(rules: &RuleSet, start: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = rules.badges[start].requires.clone();
    while let Some(badge) = open.pop() {
        if badge == start {
            return true;
        }
        if seen.insert(badge) {
            open.extend(&rules.badges[badge].requires);
        }
    }
    false
}

fn report_cycle(
    rules: &RuleSet,
    document: &CatalogDocument,
    found: &mut DiagnosticCollector,
    cycle: &[RewardVertex],
    what: &str,
    help: &str,
) {
    let name = |vertex: &RewardVertex| match vertex {
        RewardVertex::Rule(rule) => {
            let (kind, id) = rules.kind_and_id(*rule);
            format!("{kind} `{id}`")
        }
        RewardVertex::Points(currency) => format!("points of `{}`", rules.currencies[*currency].id),
    };
    let way: Vec<String> = cycle.iter().chain(cycle.first()).map(name).collect();
    let first = cycle.iter().find_map(|vertex| match vertex {
        RewardVertex::Rule(rule) => Some(*rule),
        RewardVertex::Points(_) => None,
    });
    let span = first.map_or(0..0, |rule| locate_rule(rules, document, rule));
    found.push(
        Diagnostic::new(
            span,
            format!("{what}: {}", way.join(" → ")),
            "this is part of it",
        )
        .with_help(help),
    );
}

/// The location of a rule's id in the document.
fn locate_rule(
    rules: &RuleSet,
    document: &CatalogDocument,
    rule: RuleRef,
) -> std::ops::Range<usize> {
    let (kind, id) = rules.kind_and_id(rule);
    let earnings = document
        .earnings
        .iter()
        .map(|earning| (RuleKind::Earning, &earning.label));
    let badges = document
        .badges
        .iter()
        .map(|badge| (RuleKind::Badge, &badge.label));
    let unlockables = document
        .unlockables
        .iter()
        .map(|unlockable| (RuleKind::Unlockable, &unlockable.label));
    earnings
        .chain(badges)
        .chain(unlockables)
        .find(|(other, label)| *other == kind && label.id.value == id)
        .map_or(0..0, |(_, label)| label.id.span.clone())
}
