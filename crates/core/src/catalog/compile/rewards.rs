//! Checks for loops of rewards: rejects loops that could go on endlessly, and loops with a `not` on
//! their path (S7).

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::diagnostic::{Collector, Diagnostic};
use crate::catalog::document::{Document, LimitPeriod, Repeat};
use crate::catalog::rules::{Dependent, Most, Node, NodeKind, RuleRef, Rules};
use crate::expr::{Env, Expression, Nobody};
use crate::names::derived;
use crate::props;
use crate::value::Props;

/// A cause or an effect in the graph of rewards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Vertex {
    Rule(RuleRef),
    /// A change of the balance of a currency.
    Points(usize),
}

/// The graph from causes to effects.
#[derive(Default)]
struct Graph {
    edges: BTreeMap<Vertex, BTreeSet<Vertex>>,
    /// Edges whose cause prevents their effect.
    negative: BTreeSet<(Vertex, Vertex)>,
}

/// Reports loops of rewards, and badges that require themselves.
pub(super) fn check(rules: &Rules, document: &Document, found: &mut Collector) {
    let graph = Graph::of(rules);
    // Every endless loop avoids all vertices that fire finitely, so the rest of the graph must be
    // acyclic.
    let endless = graph.cycle(|vertex| !fires_finitely(rules, vertex));
    if let Some(cycle) = endless {
        report(
            rules,
            document,
            found,
            &cycle,
            "these rewards feed each other for ever",
            "break the loop: narrow a `where`, or add a badge that is earned once \
             or a limit `times … per = \"ever\"` to it",
        );
    }
    let contradiction = graph
        .negative
        .iter()
        .find_map(|(from, to)| graph.path(*to, *from));
    if let Some(cycle) = contradiction {
        let help = "a `not` must not depend on its own result: leave it out, or let it read events";
        report(
            rules,
            document,
            found,
            &cycle,
            "this reward makes its own condition false",
            help,
        );
    }
    for (index, badge) in rules.badges.iter().enumerate() {
        if requires_itself(rules, index) {
            let message = format!(
                "the badge `{}` requires itself, so it can never be earned",
                badge.id
            );
            let span = span_of(rules, document, RuleRef::Badge(index));
            found.push(
                Diagnostic::new(span, message, "in a loop of `requires`")
                    .help("leave one of them out"),
            );
        }
    }
}

impl Graph {
    fn of(rules: &Rules) -> Self {
        let mut graph = Self::default();
        for (index, earning) in rules.earnings.iter().enumerate() {
            for (currency, _) in &earning.points {
                graph.add(
                    Vertex::Rule(RuleRef::Earning(index)),
                    Vertex::Points(*currency),
                );
            }
        }
        for (index, currency) in rules.currencies.iter().enumerate() {
            let cause = Vertex::Points(index);
            graph.add_dependents(rules, cause, &currency.dependents);
            graph.add_listeners(
                rules,
                cause,
                derived::POINTS_EARNED,
                &props! { "currency" => currency.id.as_str() },
            );
        }
        for (index, badge) in rules.badges.iter().enumerate() {
            let cause = Vertex::Rule(RuleRef::Badge(index));
            for (currency, _) in badge.tiers.iter().flat_map(|tier| &tier.points) {
                graph.add(cause, Vertex::Points(*currency));
            }
            graph.add_dependents(rules, cause, &badge.dependents);
            let known = props! { "badge" => badge.id.as_str() };
            graph.add_listeners(rules, cause, derived::BADGE_AWARDED, &known);
            if badge.temporary {
                graph.add_listeners(rules, cause, derived::BADGE_REVOKED, &known);
            }
        }
        for (index, unlockable) in rules.unlockables.iter().enumerate() {
            let cause = Vertex::Rule(RuleRef::Unlockable(index));
            let known = props! { "unlockable" => unlockable.id.as_str() };
            graph.add_dependents(rules, cause, &unlockable.dependents);
            graph.add_listeners(rules, cause, derived::UNLOCKABLE_OPENED, &known);
            if unlockable.relock {
                graph.add_listeners(rules, cause, derived::UNLOCKABLE_CLOSED, &known);
            }
        }
        graph
    }

    fn add(&mut self, from: Vertex, to: Vertex) {
        self.edges.entry(from).or_default().insert(to);
    }

    fn add_dependents(&mut self, rules: &Rules, cause: Vertex, dependents: &[Dependent]) {
        for dependent in dependents {
            let effect = match dependent {
                Dependent::Badge(badge) | Dependent::KeyedBadge(badge) => RuleRef::Badge(*badge),
                Dependent::Unlockable(unlockable) => RuleRef::Unlockable(*unlockable),
                Dependent::Keyed(_) => continue,
            };
            let effect = Vertex::Rule(effect);
            self.add(cause, effect);
            if nodes(rules, effect).any(|node| is_negated(node, cause, false)) {
                self.negative.insert((cause, effect));
            }
        }
    }

    /// Adds edges to the rules that listen to a derived event. Leaves out rules whose condition is
    /// false for all values of the properties that are not known here.
    fn add_listeners(&mut self, rules: &Rules, cause: Vertex, name: &str, known: &Props) {
        let Some(listeners) = rules.listeners.get(name) else {
            return;
        };
        for &earning in &listeners.earnings {
            if may_hold(rules.earnings[earning].condition.as_ref(), name, known) {
                self.add(cause, Vertex::Rule(RuleRef::Earning(earning)));
            }
        }
        for &counter in &listeners.counters {
            let counter = &rules.counters[counter];
            if may_hold(counter.condition.as_ref(), name, known) {
                counter
                    .owners
                    .iter()
                    .for_each(|owner| self.add(cause, Vertex::Rule(*owner)));
            }
        }
        // The conditions of badges in code are opaque, so they count as listening.
        for &badge in &listeners.code_badges {
            self.add(cause, Vertex::Rule(RuleRef::Badge(badge)));
        }
    }

    /// Finds a cycle among the vertices that satisfy a predicate.
    fn cycle(&self, through: impl Fn(Vertex) -> bool) -> Option<Vec<Vertex>> {
        // Repeatedly removing vertices without successors leaves only cycles and paths between
        // them.
        let mut left: BTreeSet<Vertex> = self
            .edges
            .keys()
            .copied()
            .filter(|vertex| through(*vertex))
            .collect();
        loop {
            let leads_on =
                |vertex: &Vertex| self.edges[vertex].iter().any(|next| left.contains(next));
            let ends: Vec<Vertex> = left
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
    fn path(&self, from: Vertex, to: Vertex) -> Option<Vec<Vertex>> {
        let mut came_from: BTreeMap<Vertex, Vertex> = BTreeMap::new();
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
fn fires_finitely(rules: &Rules, vertex: Vertex) -> bool {
    match vertex {
        Vertex::Points(_) => false,
        Vertex::Rule(RuleRef::Badge(badge)) => {
            rules.badges[badge].repeat == Repeat::Once && !rules.badges[badge].temporary
        }
        Vertex::Rule(RuleRef::Unlockable(unlockable)) => !rules.unlockables[unlockable].relock,
        Vertex::Rule(RuleRef::Earning(earning)) => {
            let limit = rules.earnings[earning]
                .limit
                .and_then(|limit| rules.limits.get(limit));
            limit.is_some_and(|limit| {
                matches!((limit.most, limit.per), (Most::Times(_), LimitPeriod::Ever))
            })
        }
    }
}

fn nodes(rules: &Rules, vertex: Vertex) -> Box<dyn Iterator<Item = &Node> + '_> {
    match vertex {
        Vertex::Rule(RuleRef::Badge(badge)) => Box::new(
            rules.badges[badge]
                .tiers
                .iter()
                .filter_map(|tier| tier.node.as_ref()),
        ),
        Vertex::Rule(RuleRef::Unlockable(unlockable)) => {
            Box::new(std::iter::once(&rules.unlockables[unlockable].criterion))
        }
        Vertex::Rule(RuleRef::Earning(_)) | Vertex::Points(_) => Box::new(std::iter::empty()),
    }
}

/// True if a criterion reads a cause under a `not`.
fn is_negated(node: &Node, cause: Vertex, under_not: bool) -> bool {
    let reads = match &node.kind {
        NodeKind::Held { badge, .. } => Some(Vertex::Rule(RuleRef::Badge(*badge))),
        NodeKind::Points(currency) => Some(Vertex::Points(*currency)),
        NodeKind::Open(unlockable) => Some(Vertex::Rule(RuleRef::Unlockable(*unlockable))),
        NodeKind::Some(nodes) => {
            return nodes.iter().any(|node| is_negated(node, cause, under_not));
        }
        NodeKind::Not(node) => return is_negated(node, cause, true),
        NodeKind::Counter(_) | NodeKind::Keys(_) | NodeKind::Age(_) | NodeKind::Manual => None,
    };
    under_not && reads == Some(cause)
}

/// True if a condition may hold when only some properties are known. An error means that the result
/// depends on unknown properties; `&&` and `||` absorb it where the known ones decide.
fn may_hold(condition: Option<&Expression>, name: &str, known: &Props) -> bool {
    let Some(condition) = condition.filter(|condition| !condition.reads_player()) else {
        return true;
    };
    condition.condition(&Env {
        event_name: name,
        props: known,
        player: &Nobody,
    }) != Ok(false)
}

fn requires_itself(rules: &Rules, start: usize) -> bool {
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

fn report(
    rules: &Rules,
    document: &Document,
    found: &mut Collector,
    cycle: &[Vertex],
    what: &str,
    help: &str,
) {
    let name = |vertex: &Vertex| match vertex {
        Vertex::Rule(rule) => {
            let (kind, id) = rules.name_of(*rule);
            format!("{kind} `{id}`")
        }
        Vertex::Points(currency) => format!("points of `{}`", rules.currencies[*currency].id),
    };
    let way: Vec<String> = cycle.iter().chain(cycle.first()).map(name).collect();
    let first = cycle.iter().find_map(|vertex| match vertex {
        Vertex::Rule(rule) => Some(*rule),
        Vertex::Points(_) => None,
    });
    let span = first.map_or(0..0, |rule| span_of(rules, document, rule));
    found.push(
        Diagnostic::new(
            span,
            format!("{what}: {}", way.join(" → ")),
            "this is part of it",
        )
        .help(help),
    );
}

/// The location of a rule's id in the document.
fn span_of(rules: &Rules, document: &Document, rule: RuleRef) -> std::ops::Range<usize> {
    let (kind, id) = rules.name_of(rule);
    let earnings = document
        .earnings
        .iter()
        .map(|earning| ("earning", &earning.label));
    let badges = document.badges.iter().map(|badge| ("badge", &badge.label));
    let unlockables = document
        .unlockables
        .iter()
        .map(|unlockable| ("unlockable", &unlockable.label));
    earnings
        .chain(badges)
        .chain(unlockables)
        .find(|(other, label)| *other == kind && label.id.value == id)
        .map_or(0..0, |(_, label)| label.id.span.clone())
}
