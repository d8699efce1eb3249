//! Compiles criteria. Aggregates over events become counters, which rules share (S9); `per` sets
//! the scope of a key (S8).

use super::compiler::{CatalogCompiler, CriterionScope};
use super::references::ReferenceKind;
use crate::catalog::diagnostic::Diagnostic;
use crate::catalog::document::{
    AggregateDocument, AggregateOperator, AggregateSource, CriterionDocument, CriterionKind,
    SpannedString,
};
use crate::catalog::rules::{
    CounterOperator, CounterRule, CriterionRule, CriterionRuleKind, KeyAggregate, KeyOperator,
    KeyedCriterion, RuleRef,
};
use crate::expr::{ExpectedResult, Expression};
use crate::number::Decimal;
use crate::time::TimeWindow;

impl<'d> CatalogCompiler<'d> {
    /// Compiles a criterion. `target` is the target of a tier and replaces the criterion's own.
    /// Returns `None` after an error, which is reported.
    pub(super) fn compile_criterion(
        &mut self,
        criterion: &'d CriterionDocument,
        scope: CriterionScope<'d>,
        target: Option<Decimal>,
    ) -> Option<CriterionRule> {
        match &criterion.per {
            // `per` outside of any key asks for some key (S8): at least one for which the rest
            // holds.
            Some(per) if scope.key.is_none() => {
                let node = self.compile_in_scope(
                    criterion,
                    CriterionScope {
                        key: Some(per),
                        ..scope
                    },
                    target,
                )?;
                let keyed = self.intern_keyed_criterion(node);
                Some(CriterionRule {
                    target: Decimal::ONE,
                    kind: CriterionRuleKind::KeyAggregate(
                        self.add_key_aggregate(keyed, KeyOperator::Count),
                    ),
                })
            }
            _ => self.compile_in_scope(criterion, scope, target),
        }
    }

    /// Compiles a criterion whose key, if it has one, is that of the scope.
    pub(super) fn compile_in_scope(
        &mut self,
        criterion: &'d CriterionDocument,
        scope: CriterionScope<'d>,
        target: Option<Decimal>,
    ) -> Option<CriterionRule> {
        let own = criterion.at_least.as_ref().map(|at_least| at_least.value);
        let at_least = target.or(own).unwrap_or(Decimal::ONE);
        let (target, kind) = match &criterion.kind {
            CriterionKind::Aggregate(aggregate) => {
                (at_least, self.compile_aggregate(aggregate, scope)?)
            }
            CriterionKind::Badge { badge, tier } => {
                (at_least, self.compile_held_awards(badge, tier.as_ref())?)
            }
            CriterionKind::Points(currency) => (
                at_least,
                CriterionRuleKind::Balance(
                    self.resolve_reference(ReferenceKind::Currency, currency)?,
                ),
            ),
            CriterionKind::Unlocked(unlockable) => (
                Decimal::ONE,
                CriterionRuleKind::Unlocked(
                    self.resolve_reference(ReferenceKind::Unlockable, unlockable)?,
                ),
            ),
            CriterionKind::Age(unit) => (at_least, CriterionRuleKind::Age(*unit)),
            CriterionKind::Manual => (at_least, CriterionRuleKind::Manual),
            // `all`, `any` and `some` differ only in the number of parts that must hold.
            CriterionKind::All(parts) => (
                count_to_decimal(parts.len()),
                CriterionRuleKind::SomeOf(self.compile_parts(parts, scope)?),
            ),
            CriterionKind::Any(parts) => (
                Decimal::ONE,
                CriterionRuleKind::SomeOf(self.compile_parts(parts, scope)?),
            ),
            CriterionKind::SomeOf(parts) => (
                at_least,
                CriterionRuleKind::SomeOf(self.compile_parts(parts, scope)?),
            ),
            CriterionKind::Not(part) => (
                Decimal::ONE,
                CriterionRuleKind::Not(Box::new(self.compile_criterion(part, scope, None)?)),
            ),
        };
        Some(CriterionRule { target, kind })
    }

    fn compile_parts(
        &mut self,
        parts: &'d [CriterionDocument],
        scope: CriterionScope<'d>,
    ) -> Option<Vec<CriterionRule>> {
        // Collected first, so that the parts after an invalid one are checked too.
        let nodes: Vec<_> = parts
            .iter()
            .map(|part| self.compile_criterion(part, scope, None))
            .collect();
        nodes.into_iter().collect()
    }

    fn compile_held_awards(
        &mut self,
        badge: &SpannedString,
        tier: Option<&SpannedString>,
    ) -> Option<CriterionRuleKind> {
        let position = self.resolve_reference(ReferenceKind::Badge, badge)?;
        let Some(tier) = tier else {
            return Some(CriterionRuleKind::HeldAwards {
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
            self.diagnostics
                .push(Diagnostic::new(tier.span.clone(), message, "no such tier").with_help(help));
            return None;
        };
        Some(CriterionRuleKind::HeldAwards {
            badge: position,
            tier: Some(index),
        })
    }

    fn compile_aggregate(
        &mut self,
        aggregate: &'d AggregateDocument,
        scope: CriterionScope<'d>,
    ) -> Option<CriterionRuleKind> {
        match &aggregate.source {
            AggregateSource::Events(events) => self
                .intern_counter(aggregate, events, scope)
                .map(CriterionRuleKind::Counter),
            AggregateSource::Keys(criterion) => self
                .compile_key_aggregate(aggregate, criterion, scope)
                .map(CriterionRuleKind::KeyAggregate),
        }
    }

    fn compile_key_aggregate(
        &mut self,
        aggregate: &'d AggregateDocument,
        criterion: &'d CriterionDocument,
        scope: CriterionScope<'d>,
    ) -> Option<usize> {
        let operator = match &aggregate.operator {
            AggregateOperator::Sum(of) => self
                .compile_expression(of, ExpectedResult::Number)
                .map(KeyOperator::Sum),
            AggregateOperator::Distinct(of) => self
                .compile_expression(of, ExpectedResult::Key)
                .map(KeyOperator::Distinct),
            // The reader has reported `max` and `latest` over keys; the value is never used.
            AggregateOperator::Count | AggregateOperator::Max(_) | AggregateOperator::Latest(_) => {
                Some(KeyOperator::Count)
            }
        };
        // Compiled even if the operator is invalid, so that the errors of both are reported.
        let node = self.compile_in_scope(
            criterion,
            CriterionScope {
                key: criterion.per.as_ref(),
                ..scope
            },
            None,
        );
        let keyed = self.intern_keyed_criterion(node?);
        Some(self.add_key_aggregate(keyed, operator?))
    }

    /// Finds or adds the keyed criterion of a node. Equal criteria share one.
    fn intern_keyed_criterion(&mut self, node: CriterionRule) -> usize {
        // The text contains positions of counters. Equal aggregates share a counter, so equal
        // criteria have equal texts.
        let judged = format!("{node:?}");
        if let Some(&index) = self.keyed_definitions.get(&judged) {
            return index;
        }
        let (address, slot) = (self.criterion_address(&node), self.next_slot());
        self.keyed_criteria.push(KeyedCriterion {
            address,
            slot,
            criterion: node,
            aggregates: Vec::new(),
            dependents: Vec::new(),
        });
        self.keyed_definitions
            .insert(judged, self.keyed_criteria.len() - 1);
        self.keyed_criteria.len() - 1
    }

    fn add_key_aggregate(&mut self, keyed: usize, operator: KeyOperator) -> usize {
        let what = match &operator {
            KeyOperator::Count => "count".to_owned(),
            KeyOperator::Sum(of) => format!("sum {}", of.canonical_text()),
            KeyOperator::Distinct(of) => format!("distinct {}", of.canonical_text()),
        };
        let address = format!(
            "{what} of keys for which {}",
            self.keyed_criteria[keyed].address
        );
        let slot = self.next_slot();
        self.key_aggregates.push(KeyAggregate {
            address,
            slot,
            keyed_criterion: keyed,
            operator,
            owners: Vec::new(),
        });
        let index = self.key_aggregates.len() - 1;
        self.keyed_criteria[keyed].aggregates.push(index);
        index
    }

    /// Finds or adds the counter of an aggregate. Equal aggregates share one.
    fn intern_counter(
        &mut self,
        aggregate: &'d AggregateDocument,
        events: &'d [SpannedString],
        scope: CriterionScope<'d>,
    ) -> Option<usize> {
        let condition = aggregate
            .condition
            .as_ref()
            .map(|text| self.compile_expression(text, ExpectedResult::Condition));
        let key = scope
            .key
            .map(|text| self.compile_expression(text, ExpectedResult::Key));
        let operator = match &aggregate.operator {
            AggregateOperator::Count => Some(CounterOperator::Count),
            AggregateOperator::Sum(of) => self
                .compile_expression(of, ExpectedResult::Number)
                .map(CounterOperator::Sum),
            AggregateOperator::Max(of) => self
                .compile_expression(of, ExpectedResult::Number)
                .map(CounterOperator::Max),
            AggregateOperator::Latest(of) => self
                .compile_expression(of, ExpectedResult::Number)
                .map(CounterOperator::Latest),
            AggregateOperator::Distinct(of) => self
                .compile_expression(of, ExpectedResult::Key)
                .map(CounterOperator::Distinct),
        };
        // Only after all three are compiled, so that each error is reported.
        let (condition, key, operator) = (
            none_if_invalid(condition)?,
            none_if_invalid(key)?,
            operator?,
        );
        let window = aggregate.within.as_ref().map(|within| within.value);
        // Without a calendar window the zone has no effect and must not prevent sharing.
        let player_zone = aggregate.player_zone && matches!(window, Some(TimeWindow::Calendar(_)));
        let mut events: Vec<String> = events.iter().map(|event| event.value.clone()).collect();
        // The address must not depend on the order in which events are named.
        events.sort_unstable();
        events.dedup();
        let mut counter = CounterRule {
            address: String::new(),
            slot: 0,
            events,
            condition,
            operator,
            key,
            window,
            player_zone,
            bounds: scope.bounds,
            needs_timer: false,
            dependents: Vec::new(),
            owners: Vec::new(),
        };
        counter.address = self.counter_address(&counter, scope);
        if let Some(&index) = self.counter_addresses.get(&counter.address) {
            return Some(index);
        }
        counter.slot = self.next_slot();
        self.counter_addresses
            .insert(counter.address.clone(), self.counters.len());
        self.counters.push(counter);
        Some(self.counters.len() - 1)
    }

    /// Renders everything that affects a counter's value, and nothing else (S9). Counters with
    /// expressions that read the player's state are never shared: their addresses name the owner.
    fn counter_address(&self, counter: &CounterRule, scope: CriterionScope<'_>) -> String {
        let (word, operand) = match &counter.operator {
            CounterOperator::Count => ("count", None),
            CounterOperator::Sum(of) => ("sum", Some(of)),
            CounterOperator::Max(of) => ("max", Some(of)),
            CounterOperator::Latest(of) => ("latest", Some(of)),
            CounterOperator::Distinct(of) => ("distinct", Some(of)),
        };
        let expressions = [operand, counter.condition.as_ref(), counter.key.as_ref()];
        let text = |expression: Option<&Expression>| expression.map(Expression::canonical_text);
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
            // Earnings have no criteria, so this name is never part of an address.
            RuleRef::Earning(_) => "an earning".to_owned(),
            RuleRef::Badge(badge) => format!("badge {}", self.defined_ids.badges[badge]),
            RuleRef::Unlockable(unlockable) => {
                format!("unlockable {}", self.defined_ids.unlockables[unlockable])
            }
        };
        // A rule may contain the same aggregate twice.
        let numbered = |number: usize| format!("{shared} for {owner}, {number}");
        let free = (0..)
            .map(numbered)
            .find(|address| !self.counter_addresses.contains_key(address));
        free.expect("a catalog has few counters")
    }

    /// Renders everything that affects a criterion, by id and not by position, so that its cells
    /// can be recognized under another catalog.
    fn criterion_address(&self, node: &CriterionRule) -> String {
        let list = |nodes: &[CriterionRule]| {
            nodes
                .iter()
                .map(|node| self.criterion_address(node))
                .collect::<Vec<_>>()
                .join("; ")
        };
        let what = match &node.kind {
            CriterionRuleKind::Counter(counter) => self.counters[*counter].address.clone(),
            CriterionRuleKind::KeyAggregate(aggregate) => {
                self.key_aggregates[*aggregate].address.clone()
            }
            CriterionRuleKind::HeldAwards { badge, tier } => {
                let id = &self.defined_ids.badges[*badge];
                let tier = tier.map(|tier| self.tier_ids(id)[tier].to_owned());
                format!("badge {id} {tier:?}")
            }
            CriterionRuleKind::Balance(currency) => {
                format!("points {}", self.defined_ids.currencies[*currency])
            }
            CriterionRuleKind::Unlocked(unlockable) => {
                format!("unlockable {}", self.defined_ids.unlockables[*unlockable])
            }
            CriterionRuleKind::Age(unit) => format!("age {unit:?}"),
            CriterionRuleKind::Manual => "manual".to_owned(),
            CriterionRuleKind::SomeOf(nodes) => format!("some of [{}]", list(nodes)),
            CriterionRuleKind::Not(node) => format!("not [{}]", self.criterion_address(node)),
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
fn none_if_invalid<T>(compiled: Option<Option<T>>) -> Option<Option<T>> {
    match compiled {
        Some(None) => None,
        Some(Some(value)) => Some(Some(value)),
        None => Some(None),
    }
}

fn count_to_decimal(parts: usize) -> Decimal {
    Decimal::from_int(i64::try_from(parts).expect("the size of a catalog bounds its parts"))
}
