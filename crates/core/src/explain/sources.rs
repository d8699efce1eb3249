//! Inputs of a rule: the counters of its criterion, each with a description, and everything else
//! that it reads.

use crate::catalog::Catalog;
use crate::catalog::document::{
    AggregateDocument, AggregateSource, CriterionDocument, CriterionKind,
};
use crate::catalog::rules::{
    CounterOperator, CounterRule, CriterionRule, CriterionRuleKind, RuleSet,
};
use crate::event::Event;
use crate::expr::{Env, Expression, Nobody};

use super::words;

/// The inputs of a rule.
#[derive(Default)]
pub(super) struct Sources {
    /// The counters of the criterion.
    pub(super) leaves: Vec<Leaf>,
    /// The currencies whose balances the criterion reads, by position.
    pub(super) currencies: Vec<usize>,
    /// The names of the events that the badge's code sees.
    pub(super) events: Vec<String>,
}

/// A counter of a criterion.
pub(super) struct Leaf {
    /// The position of the counter.
    pub(super) counter: usize,
    /// The description of the part that reads it.
    pub(super) words: String,
}

impl Sources {
    /// Collects the inputs of a criterion.
    pub(super) fn of(
        catalog: &Catalog,
        criterion: &CriterionDocument,
        node: &CriterionRule,
    ) -> Self {
        let mut sources = Self::default();
        sources.collect(catalog, criterion, node, "");
        sources
    }

    fn collect(
        &mut self,
        catalog: &Catalog,
        criterion: &CriterionDocument,
        node: &CriterionRule,
        of_key: &str,
    ) {
        match (&criterion.kind, &node.kind) {
            (_, CriterionRuleKind::KeyAggregate(aggregate)) => {
                let (written, inner) = keyed(catalog.rules(), criterion, *aggregate);
                let of_key = written
                    .per
                    .as_ref()
                    .map_or_else(String::new, |per| format!(", for the same {}", per.value));
                self.collect(catalog, written, inner, &of_key);
            }
            (_, CriterionRuleKind::Counter(counter)) if self.leaf(*counter).is_none() => {
                let words =
                    words::body(catalog, criterion, Some(&node.target.to_string())) + of_key;
                self.leaves.push(Leaf {
                    counter: *counter,
                    words,
                });
            }
            (_, CriterionRuleKind::Balance(currency)) => self.currencies.push(*currency),
            (
                CriterionKind::All(parts)
                | CriterionKind::Any(parts)
                | CriterionKind::SomeOf(parts),
                CriterionRuleKind::SomeOf(nodes),
            ) => {
                parts
                    .iter()
                    .zip(nodes)
                    .for_each(|(part, node)| self.collect(catalog, part, node, of_key));
            }
            (CriterionKind::Not(part), CriterionRuleKind::Not(node)) => {
                self.collect(catalog, part, node, of_key)
            }
            _ => {}
        }
    }

    /// Finds the part that reads a counter.
    pub(super) fn leaf(&self, counter: usize) -> Option<&Leaf> {
        self.leaves.iter().find(|leaf| leaf.counter == counter)
    }

    /// True if the rule listens to events of this name.
    pub(super) fn hear(&self, rules: &RuleSet, name: &str) -> bool {
        let listens = |leaf: &Leaf| {
            rules.counters[leaf.counter]
                .events
                .iter()
                .any(|event| event == name)
        };
        self.leaves.iter().any(listens) || self.events.iter().any(|event| event == name)
    }

    /// True if the result depends on the player's attributes: on the time zone of a window, or in a
    /// condition.
    pub(super) fn read_profile(&self, rules: &RuleSet) -> bool {
        self.leaves.iter().any(|leaf| {
            let counter = &rules.counters[leaf.counter];
            counter.player_zone
                || expressions(counter)
                    .into_iter()
                    .flatten()
                    .any(Expression::reads_player)
        })
    }
}

/// Returns the criterion per key behind an aggregate over keys, as written and as compiled.
pub(super) fn keyed<'c>(
    rules: &'c RuleSet,
    criterion: &'c CriterionDocument,
    aggregate: usize,
) -> (&'c CriterionDocument, &'c CriterionRule) {
    let node = &rules.keyed_criteria[rules.key_aggregates[aggregate].keyed_criterion].criterion;
    match &criterion.kind {
        CriterionKind::Aggregate(AggregateDocument {
            source: AggregateSource::Keys(written),
            ..
        }) => (written, node),
        _ => (criterion, node),
    }
}

/// Evaluates the key of an event in a counter, if it does not depend on the player.
pub(super) fn key_in(counter: &CounterRule, event: &Event) -> Option<String> {
    // Used for retracted events, which are not folded, so that there is no state to read.
    let env = Env {
        event_name: &event.name,
        props: &event.props,
        player: &Nobody,
    };
    let listens = counter.events.contains(&event.name);
    let key = counter
        .key
        .as_ref()
        .filter(|key| listens && !key.reads_player())?;
    key.key(&env).ok().map(Into::into)
}

fn expressions(counter: &CounterRule) -> [Option<&Expression>; 3] {
    let operand = match &counter.operator {
        CounterOperator::Count => None,
        CounterOperator::Sum(of)
        | CounterOperator::Max(of)
        | CounterOperator::Latest(of)
        | CounterOperator::Distinct(of) => Some(of),
    };
    [operand, counter.condition.as_ref(), counter.key.as_ref()]
}
