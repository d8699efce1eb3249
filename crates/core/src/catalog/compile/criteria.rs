//! Compiles criteria. Aggregates over events become counters, which rules share (S9); `per` sets
//! the scope of a key (S8).

use super::names::Kind;
use super::{Compiler, Scope};
use crate::catalog::diagnostic::Diagnostic;
use crate::catalog::document::{Aggregate, Criterion, CriterionKind, Operator, Source, Text};
use crate::catalog::rules::{
    Counter, CounterOperator, KeyAggregate, KeyOperator, Keyed, Node, NodeKind, RuleRef,
};
use crate::expr::{Expected, Expression};
use crate::number::Decimal;
use crate::time::Window;

impl<'d> Compiler<'d> {
    /// Compiles a criterion. `target` is the target of a tier and replaces the criterion's own.
    /// Returns `None` after an error, which is reported.
    pub(super) fn node(
        &mut self,
        criterion: &'d Criterion,
        scope: Scope<'d>,
        target: Option<Decimal>,
    ) -> Option<Node> {
        match &criterion.per {
            Some(per) if scope.key.is_none() => {
                let node = self.body(
                    criterion,
                    Scope {
                        key: Some(per),
                        ..scope
                    },
                    target,
                )?;
                let keyed = self.keyed(node);
                Some(Node {
                    target: Decimal::ONE,
                    kind: NodeKind::Keys(self.over_keys(keyed, KeyOperator::Count)),
                })
            }
            _ => self.body(criterion, scope, target),
        }
    }

    /// Compiles a criterion whose key, if it has one, is that of the scope.
    pub(super) fn body(
        &mut self,
        criterion: &'d Criterion,
        scope: Scope<'d>,
        target: Option<Decimal>,
    ) -> Option<Node> {
        let own = criterion.at_least.as_ref().map(|at_least| at_least.value);
        let at_least = target.or(own).unwrap_or(Decimal::ONE);
        let (target, kind) = match &criterion.kind {
            CriterionKind::Aggregate(aggregate) => (at_least, self.aggregate(aggregate, scope)?),
            CriterionKind::Badge { badge, tier } => (at_least, self.held(badge, tier.as_ref())?),
            CriterionKind::Points(currency) => (
                at_least,
                NodeKind::Points(self.resolve(Kind::Currency, currency)?),
            ),
            CriterionKind::Unlocked(unlockable) => (
                Decimal::ONE,
                NodeKind::Open(self.resolve(Kind::Unlockable, unlockable)?),
            ),
            CriterionKind::Age(unit) => (at_least, NodeKind::Age(*unit)),
            CriterionKind::Manual => (at_least, NodeKind::Manual),
            CriterionKind::All(parts) => (
                count(parts.len()),
                NodeKind::Some(self.parts(parts, scope)?),
            ),
            CriterionKind::Any(parts) => (Decimal::ONE, NodeKind::Some(self.parts(parts, scope)?)),
            CriterionKind::Some(parts) => (at_least, NodeKind::Some(self.parts(parts, scope)?)),
            CriterionKind::Not(part) => (
                Decimal::ONE,
                NodeKind::Not(Box::new(self.node(part, scope, None)?)),
            ),
        };
        Some(Node { target, kind })
    }

    fn parts(&mut self, parts: &'d [Criterion], scope: Scope<'d>) -> Option<Vec<Node>> {
        let nodes: Vec<_> = parts
            .iter()
            .map(|part| self.node(part, scope, None))
            .collect();
        nodes.into_iter().collect()
    }

    fn held(&mut self, badge: &Text, tier: Option<&Text>) -> Option<NodeKind> {
        let position = self.resolve(Kind::Badge, badge)?;
        let Some(tier) = tier else {
            return Some(NodeKind::Held {
                badge: position,
                tier: None,
            });
        };
        let tiers = self.tier_ids(&badge.value);
        let Some(index) = tiers.iter().position(|id| *id == tier.value) else {
            let message = format!("the badge `{}` has no tier `{}`", badge.value, tier.value);
            let help = if tiers.is_empty() {
                "it has no tiers".to_owned()
            } else {
                format!("it has {}", tiers.join(", "))
            };
            self.found
                .push(Diagnostic::new(tier.span.clone(), message, "no such tier").help(help));
            return None;
        };
        Some(NodeKind::Held {
            badge: position,
            tier: Some(index),
        })
    }

    fn aggregate(&mut self, aggregate: &'d Aggregate, scope: Scope<'d>) -> Option<NodeKind> {
        match &aggregate.source {
            Source::Events(events) => self
                .counter(aggregate, events, scope)
                .map(NodeKind::Counter),
            Source::Keys(criterion) => self
                .aggregate_of_keys(aggregate, criterion, scope)
                .map(NodeKind::Keys),
        }
    }

    fn aggregate_of_keys(
        &mut self,
        aggregate: &'d Aggregate,
        criterion: &'d Criterion,
        scope: Scope<'d>,
    ) -> Option<usize> {
        let operator = match &aggregate.operator {
            Operator::Sum(of) => self.expression(of, Expected::Number).map(KeyOperator::Sum),
            Operator::Distinct(of) => self
                .expression(of, Expected::Key)
                .map(KeyOperator::Distinct),
            // The reader has reported `max` and `latest` over keys; the value is never used.
            Operator::Count | Operator::Max(_) | Operator::Latest(_) => Some(KeyOperator::Count),
        };
        let node = self.body(
            criterion,
            Scope {
                key: criterion.per.as_ref(),
                ..scope
            },
            None,
        );
        let keyed = self.keyed(node?);
        Some(self.over_keys(keyed, operator?))
    }

    /// Finds or adds the keyed criterion of a node. Equal criteria share one.
    fn keyed(&mut self, node: Node) -> usize {
        let judged = format!("{node:?}");
        if let Some(&index) = self.keyed_addresses.get(&judged) {
            return index;
        }
        let (address, slot) = (self.address_of(&node), self.slot());
        self.keyed.push(Keyed {
            address,
            slot,
            node,
            aggregates: Vec::new(),
            dependents: Vec::new(),
        });
        self.keyed_addresses.insert(judged, self.keyed.len() - 1);
        self.keyed.len() - 1
    }

    fn over_keys(&mut self, keyed: usize, operator: KeyOperator) -> usize {
        let what = match &operator {
            KeyOperator::Count => "count".to_owned(),
            KeyOperator::Sum(of) => format!("sum {}", of.canonical()),
            KeyOperator::Distinct(of) => format!("distinct {}", of.canonical()),
        };
        let address = format!("{what} of keys for which {}", self.keyed[keyed].address);
        let slot = self.slot();
        self.key_aggregates.push(KeyAggregate {
            address,
            slot,
            keyed,
            operator,
            owners: Vec::new(),
        });
        let index = self.key_aggregates.len() - 1;
        self.keyed[keyed].aggregates.push(index);
        index
    }

    /// Finds or adds the counter of an aggregate. Equal aggregates share one.
    fn counter(
        &mut self,
        aggregate: &'d Aggregate,
        events: &'d [Text],
        scope: Scope<'d>,
    ) -> Option<usize> {
        let condition = aggregate
            .condition
            .as_ref()
            .map(|text| self.expression(text, Expected::Condition));
        let key = scope.key.map(|text| self.expression(text, Expected::Key));
        let operator = match &aggregate.operator {
            Operator::Count => Some(CounterOperator::Count),
            Operator::Sum(of) => self
                .expression(of, Expected::Number)
                .map(CounterOperator::Sum),
            Operator::Max(of) => self
                .expression(of, Expected::Number)
                .map(CounterOperator::Max),
            Operator::Latest(of) => self
                .expression(of, Expected::Number)
                .map(CounterOperator::Latest),
            Operator::Distinct(of) => self
                .expression(of, Expected::Key)
                .map(CounterOperator::Distinct),
        };
        let (condition, key, operator) = (flatten(condition)?, flatten(key)?, operator?);
        let window = aggregate.within.as_ref().map(|within| within.value);
        // Without a calendar window the zone has no effect and must not prevent sharing.
        let player_zone = aggregate.player_zone && matches!(window, Some(Window::Calendar(_)));
        let mut events: Vec<String> = events.iter().map(|event| event.value.clone()).collect();
        // The address must not depend on the order in which events are named.
        events.sort_unstable();
        events.dedup();
        let mut counter = Counter {
            address: String::new(),
            slot: 0,
            events,
            condition,
            operator,
            key,
            window,
            player_zone,
            bounds: scope.bounds,
            timed: false,
            dependents: Vec::new(),
            owners: Vec::new(),
        };
        counter.address = self.address(&counter, scope);
        if let Some(&index) = self.addresses.get(&counter.address) {
            return Some(index);
        }
        counter.slot = self.slot();
        self.addresses
            .insert(counter.address.clone(), self.counters.len());
        self.counters.push(counter);
        Some(self.counters.len() - 1)
    }

    /// Renders everything that affects a counter's value, and nothing else (S9). Counters with
    /// expressions that read the player's state are never shared: their addresses name the owner.
    fn address(&self, counter: &Counter, scope: Scope<'_>) -> String {
        let (word, operand) = match &counter.operator {
            CounterOperator::Count => ("count", None),
            CounterOperator::Sum(of) => ("sum", Some(of)),
            CounterOperator::Max(of) => ("max", Some(of)),
            CounterOperator::Latest(of) => ("latest", Some(of)),
            CounterOperator::Distinct(of) => ("distinct", Some(of)),
        };
        let expressions = [operand, counter.condition.as_ref(), counter.key.as_ref()];
        let text = |expression: Option<&Expression>| expression.map(Expression::canonical);
        let private = expressions
            .into_iter()
            .flatten()
            .any(Expression::reads_player);
        let [operand, condition, key] = expressions.map(text);
        let shared = format!(
            "{word} {operand:?} of {:?} where {condition:?} per {key:?} within {:?} {} {:?}",
            counter.events, counter.window, counter.player_zone, counter.bounds
        );
        if !private {
            return shared;
        }
        let owner = match scope.owner {
            RuleRef::Earning(_) => "an earning".to_owned(),
            RuleRef::Badge(badge) => format!("badge {}", self.known.badges[badge]),
            RuleRef::Unlockable(unlockable) => {
                format!("unlockable {}", self.known.unlockables[unlockable])
            }
        };
        // A rule may contain the same aggregate twice.
        let numbered = |number: usize| format!("{shared} for {owner}, {number}");
        let free = (0..)
            .map(numbered)
            .find(|address| !self.addresses.contains_key(address));
        free.expect("a catalog has few counters")
    }

    /// Renders everything that affects a criterion, by id and not by position, so that its cells
    /// can be recognised under another catalog.
    fn address_of(&self, node: &Node) -> String {
        let list = |nodes: &[Node]| {
            nodes
                .iter()
                .map(|node| self.address_of(node))
                .collect::<Vec<_>>()
                .join("; ")
        };
        let what = match &node.kind {
            NodeKind::Counter(counter) => self.counters[*counter].address.clone(),
            NodeKind::Keys(aggregate) => self.key_aggregates[*aggregate].address.clone(),
            NodeKind::Held { badge, tier } => {
                let id = &self.known.badges[*badge];
                let tier = tier.map(|tier| self.tier_ids(id)[tier].to_owned());
                format!("badge {id} {tier:?}")
            }
            NodeKind::Points(currency) => format!("points {}", self.known.currencies[*currency]),
            NodeKind::Open(unlockable) => {
                format!("unlockable {}", self.known.unlockables[*unlockable])
            }
            NodeKind::Age(unit) => format!("age {unit:?}"),
            NodeKind::Manual => "manual".to_owned(),
            NodeKind::Some(nodes) => format!("some of [{}]", list(nodes)),
            NodeKind::Not(node) => format!("not [{}]", self.address_of(node)),
        };
        format!("({what}) reaches {}", node.target)
    }
}

/// Turns an optional compilation inside out: `None` if the part is present but invalid,
/// `Some(None)` if it is absent.
#[expect(
    clippy::option_option,
    reason = "absent and invalid parts are different cases"
)]
fn flatten<T>(compiled: Option<Option<T>>) -> Option<Option<T>> {
    match compiled {
        Some(None) => None,
        Some(Some(value)) => Some(Some(value)),
        None => Some(None),
    }
}

fn count(parts: usize) -> Decimal {
    Decimal::from_int(i64::try_from(parts).expect("the size of a catalog bounds its parts"))
}
