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
use crate::expr::{EmptyPlayer, EvalEnv, Expression};

use super::describe;

/// The inputs of a rule.
#[derive(Default)]
pub(super) struct RuleInputs {
    /// The counters of the criterion.
    pub(super) counters: Vec<CounterInput>,
    /// The currencies whose balances the criterion reads, by position.
    pub(super) currencies: Vec<usize>,
    /// The names of the events that the badge's code sees.
    pub(super) events: Vec<String>,
}

/// A counter of a criterion.
pub(super) struct CounterInput {
    /// The position of the counter.
    pub(super) counter: usize,
    /// The description of the part that reads it.
    pub(super) text: String,
}

impl RuleInputs {
    /// Collects the inputs of a criterion.
    pub(super) fn from_criterion(
        catalog: &Catalog,
        criterion: &CriterionDocument,
        node: &CriterionRule,
    ) -> Self {
        let mut sources = Self::default();
        sources.collect_inputs(catalog, criterion, node, "");
        sources
    }

    fn collect_inputs(
        &mut self,
        catalog: &Catalog,
        criterion: &CriterionDocument,
        node: &CriterionRule,
        of_key: &str,
    ) {
        match (&criterion.kind, &node.kind) {
            (_, CriterionRuleKind::KeyAggregate(aggregate)) => {
                let (written, inner) = inner_criterion(catalog.rules(), criterion, *aggregate);
                let of_key = written
                    .per
                    .as_ref()
                    .map_or_else(String::new, |per| format!(", for the same {}", per.value));
                self.collect_inputs(catalog, written, inner, &of_key);
            }
            // Parts that count the same thing share a counter (S9); the first of them describes it.
            (_, CriterionRuleKind::Counter(counter)) if self.find_counter(*counter).is_none() => {
                let words =
                    describe::describe_body(catalog, criterion, Some(&node.target.to_string()))
                        + of_key;
                self.counters.push(CounterInput {
                    counter: *counter,
                    text: words,
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
                    .for_each(|(part, node)| self.collect_inputs(catalog, part, node, of_key));
            }
            (CriterionKind::Not(part), CriterionRuleKind::Not(node)) => {
                self.collect_inputs(catalog, part, node, of_key)
            }
            _ => {}
        }
    }

    /// Finds the part that reads a counter.
    pub(super) fn find_counter(&self, counter: usize) -> Option<&CounterInput> {
        self.counters.iter().find(|leaf| leaf.counter == counter)
    }

    /// True if the rule listens to events of this name.
    pub(super) fn listens_to(&self, rules: &RuleSet, name: &str) -> bool {
        let listens = |leaf: &CounterInput| {
            rules.counters[leaf.counter]
                .events
                .iter()
                .any(|event| event == name)
        };
        self.counters.iter().any(listens) || self.events.iter().any(|event| event == name)
    }

    /// True if the result depends on the player's attributes: on the time zone of a window, or in a
    /// condition.
    pub(super) fn reads_profile(&self, rules: &RuleSet) -> bool {
        self.counters.iter().any(|leaf| {
            let counter = &rules.counters[leaf.counter];
            // Attributes come with `accolade.profile` actions, which are evidence then.
            counter.player_zone
                || counter_expressions(counter)
                    .into_iter()
                    .flatten()
                    .any(Expression::reads_player)
        })
    }
}

/// Returns the criterion per key behind an aggregate over keys, as written and as compiled.
pub(super) fn inner_criterion<'c>(
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
        // With `per` on a leaf alone, the leaf itself is the criterion per key (S8).
        _ => (criterion, node),
    }
}

/// Evaluates the key of an event in a counter, if it does not depend on the player.
pub(super) fn event_key(counter: &CounterRule, event: &Event) -> Option<String> {
    // Used for retracted events, which are not folded, so that there is no state to read.
    let env = EvalEnv {
        event_name: &event.name,
        props: &event.props,
        player: &EmptyPlayer,
    };
    let listens = counter.events.contains(&event.name);
    let key = counter
        .key
        .as_ref()
        .filter(|key| listens && !key.reads_player())?;
    key.eval_key(&env).ok().map(Into::into)
}

fn counter_expressions(counter: &CounterRule) -> [Option<&Expression>; 3] {
    let operand = match &counter.operator {
        CounterOperator::Count => None,
        CounterOperator::Sum(of)
        | CounterOperator::Max(of)
        | CounterOperator::Latest(of)
        | CounterOperator::Distinct(of) => Some(of),
    };
    [operand, counter.condition.as_ref(), counter.key.as_ref()]
}
