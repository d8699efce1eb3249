//! Conditions that are false for every event.
//!
//! A conjunction is false if two of its comparisons exclude each other: bounds of one value that do
//! not meet, or different constants. Only comparisons of a value with a constant are looked at, so
//! not every contradiction is found, but what is found is one.

use std::collections::BTreeMap;

use super::ast::BinaryOperator;
use super::constant::Constant;
use super::node::ExpressionNode;
use crate::number::Decimal;

/// True if a condition can never be true. False says nothing.
pub(super) fn is_never_true(node: &ExpressionNode) -> bool {
    match node {
        ExpressionNode::Constant(Constant::Bool(truth)) => !truth,
        ExpressionNode::Or(nodes) => nodes.iter().all(is_never_true),
        ExpressionNode::And(nodes) => {
            nodes.iter().any(is_never_true) || has_opposites(nodes) || has_conflict(nodes)
        }
        _ => false,
    }
}

fn has_opposites(nodes: &[ExpressionNode]) -> bool {
    nodes.iter().any(
        |node| matches!(node, ExpressionNode::Not(inner) if nodes.iter().any(|other| *other == **inner)),
    )
}

/// The values that comparisons leave possible for one part of an expression.
#[derive(Default)]
struct PossibleValues {
    /// The greatest lower bound, and whether it is excluded.
    low: Option<(Decimal, bool)>,
    /// The least upper bound, and whether it is excluded.
    high: Option<(Decimal, bool)>,
    /// The constants of which it must be one, as canonical texts.
    among: Option<Vec<String>>,
    /// Constants that it must not be.
    excluded: Vec<String>,
}

impl PossibleValues {
    fn raise_low(&mut self, bound: Decimal, excluded: bool) {
        if self.low.is_none_or(|low| (bound, excluded) > low) {
            self.low = Some((bound, excluded));
        }
    }

    fn lower_high(&mut self, bound: Decimal, excluded: bool) {
        // Of two equal bounds, the one that is excluded leaves less.
        let is_less =
            |high: (Decimal, bool)| bound < high.0 || bound == high.0 && excluded && !high.1;
        if self.high.is_none_or(is_less) {
            self.high = Some((bound, excluded));
        }
    }

    fn restrict_to(&mut self, constants: Vec<String>) {
        self.among = Some(match self.among.take() {
            None => constants,
            Some(before) => before
                .into_iter()
                .filter(|one| constants.contains(one))
                .collect(),
        });
    }

    fn is_empty(&self) -> bool {
        if let (Some((low, no_low)), Some((high, no_high))) = (self.low, self.high)
            && (low > high || low == high && (no_low || no_high))
        {
            return true;
        }
        self.among
            .as_ref()
            .is_some_and(|among| among.iter().all(|one| self.excluded.contains(one)))
    }
}

fn has_conflict(nodes: &[ExpressionNode]) -> bool {
    let mut values: BTreeMap<String, PossibleValues> = BTreeMap::new();
    for node in nodes {
        let ExpressionNode::Binary(operator, pair) = node else {
            continue;
        };
        let (subject, operator, constant) = match &**pair {
            [subject, ExpressionNode::Constant(constant)] => (subject, *operator, constant),
            [ExpressionNode::Constant(constant), subject] => match mirror(*operator) {
                Some(operator) => (subject, operator, constant),
                None => continue,
            },
            _ => continue,
        };
        let possible = values.entry(subject.to_string()).or_default();
        add_comparison(possible, operator, constant);
    }
    values.values().any(PossibleValues::is_empty)
}

fn add_comparison(possible: &mut PossibleValues, operator: BinaryOperator, constant: &Constant) {
    let number = to_number(constant);
    match (operator, number) {
        (BinaryOperator::Greater, Some(bound)) => possible.raise_low(bound, true),
        (BinaryOperator::GreaterEqual, Some(bound)) => possible.raise_low(bound, false),
        (BinaryOperator::Less, Some(bound)) => possible.lower_high(bound, true),
        (BinaryOperator::LessEqual, Some(bound)) => possible.lower_high(bound, false),
        (BinaryOperator::Equal, _) => {
            if let Some(value) = number {
                possible.raise_low(value, false);
                possible.lower_high(value, false);
            }
            possible.restrict_to(vec![comparable(constant)]);
        }
        (BinaryOperator::NotEqual, _) => possible.excluded.push(comparable(constant)),
        (BinaryOperator::In, _) => {
            if let Constant::List(items) = constant {
                let items = items.iter().map(|item| match item.as_decimal() {
                    Some(number) => number.to_string(),
                    None => serde_json::to_string(item).unwrap_or_default(),
                });
                possible.restrict_to(items.collect());
            }
        }
        _ => {}
    }
}

/// Returns the operator with its sides exchanged, for comparisons.
fn mirror(operator: BinaryOperator) -> Option<BinaryOperator> {
    Some(match operator {
        BinaryOperator::Equal | BinaryOperator::NotEqual => operator,
        BinaryOperator::Less => BinaryOperator::Greater,
        BinaryOperator::LessEqual => BinaryOperator::GreaterEqual,
        BinaryOperator::Greater => BinaryOperator::Less,
        BinaryOperator::GreaterEqual => BinaryOperator::LessEqual,
        _ => return None,
    })
}

fn to_number(constant: &Constant) -> Option<Decimal> {
    match constant {
        Constant::Int(int) => Some(Decimal::from_int(*int)),
        Constant::Decimal(decimal) => Some(*decimal),
        _ => None,
    }
}

/// Renders a constant so that equal values have equal texts: `5` and `5.0` are equal.
fn comparable(constant: &Constant) -> String {
    to_number(constant).map_or_else(|| constant.to_string(), |number| number.to_string())
}
