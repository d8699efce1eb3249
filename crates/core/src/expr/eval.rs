//! Evaluation of lowered expressions.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::arithmetic::eval_arithmetic;
use super::ast::BinaryOperator;
use super::constant::Constant;
use super::env::EvalEnv;
use super::error::EvalError;
use super::node::{BuiltinFunction, ExpressionNode, write_path};
use super::operand::Operand;
use super::type_error::{type_mismatch, wrong_type};
use crate::number::Decimal;
use crate::value::{Props, Value};

/// Evaluates a boolean node.
pub(super) fn eval_bool<'a>(
    node: &'a ExpressionNode,
    env: &EvalEnv<'a>,
) -> Result<bool, EvalError> {
    match node {
        ExpressionNode::And(nodes) => eval_chain(nodes, env, false),
        ExpressionNode::Or(nodes) => eval_chain(nodes, env, true),
        ExpressionNode::Not(node) => eval_bool(node, env).map(|truth| !truth),
        ExpressionNode::Has(node) => Ok(is_present(node, env)),
        ExpressionNode::Holds(badge) => Ok(env.player.holds_badge(badge)),
        ExpressionNode::Unlocked(id) => Ok(env.player.is_unlocked(id)),
        ExpressionNode::Binary(operator, pair) if !is_arithmetic(*operator) => {
            // Most conditions compare a property with a constant. This path copies nothing.
            match compare_with_constant(&pair[0], &pair[1], env) {
                Some(order) if *operator != BinaryOperator::In => {
                    Ok(order_satisfies(*operator, order))
                }
                _ => eval_comparison(*operator, &pair[0], &pair[1], env),
            }
        }
        ExpressionNode::OneOf(nodes) => eval_one_of(nodes, env),
        // Only one side is evaluated, so that the condition can guard a missing property.
        ExpressionNode::Conditional(parts) => eval_bool(
            if eval_bool(&parts[0], env)? {
                &parts[1]
            } else {
                &parts[2]
            },
            env,
        ),
        ExpressionNode::Call(function, nodes) if function.is_method() => {
            eval_text_search(*function, nodes, env)
        }
        _ => match evaluate(node, env)? {
            Operand::Bool(truth) => Ok(truth),
            other => Err(wrong_type(node, &other, "a boolean")),
        },
    }
}

/// Evaluates any node.
pub(super) fn evaluate<'a>(
    node: &'a ExpressionNode,
    env: &EvalEnv<'a>,
) -> Result<Operand<'a>, EvalError> {
    match node {
        ExpressionNode::Constant(constant) => Ok(constant.into()),
        ExpressionNode::EventName => Ok(Operand::Text(Cow::Borrowed(env.event_name))),
        ExpressionNode::Event(path) => match path.split_first() {
            None => Ok(Operand::Map(env.props)),
            Some((first, rest)) => match env.props.get(first).map(|value| follow_path(value, rest))
            {
                Some(Ok(value)) => Operand::from_value(value),
                Some(Err((depth, found))) => Err(path_error("event", path, 1 + depth, found)),
                None => Err(path_error("event", path, 0, None)),
            },
        },
        ExpressionNode::Attribute(name, path) => {
            match env
                .player
                .attribute(name)
                .map(|value| follow_path(value, path))
            {
                Some(Ok(value)) => Operand::from_value(value),
                Some(Err((depth, found))) => Err(attribute_error(name, path, 1 + depth, found)),
                None => Err(attribute_error(name, path, 0, None)),
            }
        }
        ExpressionNode::Points(currency) => Ok(Operand::Int(env.player.balance(currency))),
        ExpressionNode::Item(pair) => eval_item(node, &pair[0], &pair[1], env),
        ExpressionNode::Negate(inner) => match evaluate(inner, env)? {
            Operand::Int(int) => int
                .checked_neg()
                .map(Operand::Int)
                .ok_or(EvalError::Overflow),
            Operand::Decimal(decimal) => decimal
                .checked_neg()
                .map(Operand::Decimal)
                .ok_or(EvalError::Overflow),
            other => Err(wrong_type(inner, &other, "a number")),
        },
        ExpressionNode::Binary(operator, pair) if is_arithmetic(*operator) => eval_arithmetic(
            *operator,
            &pair[0],
            evaluate(&pair[0], env)?,
            &pair[1],
            evaluate(&pair[1], env)?,
        ),
        ExpressionNode::Conditional(parts) => evaluate(
            if eval_bool(&parts[0], env)? {
                &parts[1]
            } else {
                &parts[2]
            },
            env,
        ),
        ExpressionNode::Call(BuiltinFunction::Size, nodes) => {
            value_size(&nodes[0], evaluate(&nodes[0], env)?)
        }
        ExpressionNode::Call(BuiltinFunction::Int, nodes) => {
            value_to_int(&nodes[0], evaluate(&nodes[0], env)?)
        }
        ExpressionNode::Call(BuiltinFunction::Double, nodes) => {
            value_to_decimal(&nodes[0], evaluate(&nodes[0], env)?)
        }
        ExpressionNode::Call(BuiltinFunction::Text, nodes) => {
            value_to_text(&nodes[0], evaluate(&nodes[0], env)?).map(Operand::Text)
        }
        // `eval_bool` has an arm for each of these. A node that both functions passed on would
        // recurse without end.
        ExpressionNode::And(_)
        | ExpressionNode::Or(_)
        | ExpressionNode::Not(_)
        | ExpressionNode::Has(_)
        | ExpressionNode::Holds(_)
        | ExpressionNode::Unlocked(_) => eval_bool(node, env).map(Operand::Bool),
        ExpressionNode::Binary(..) | ExpressionNode::OneOf(_) | ExpressionNode::Call(..) => {
            eval_bool(node, env).map(Operand::Bool)
        }
    }
}

/// Converts a scalar into its canonical text.
pub(super) fn value_to_text<'a>(
    node: &ExpressionNode,
    value: Operand<'a>,
) -> Result<Cow<'a, str>, EvalError> {
    let found = value.type_name();
    value
        .into_text()
        .ok_or_else(|| type_mismatch(node, found, "text, a number or a boolean"))
}

/// Evaluates a chain of `&&` or `||`: one `decisive` operand decides, even if others fail.
fn eval_chain<'a>(
    nodes: &'a [ExpressionNode],
    env: &EvalEnv<'a>,
    decisive: bool,
) -> Result<bool, EvalError> {
    // The first error is reported, as a reader would expect from left to right. But it is reported
    // only if no operand decides: `has(event.x) && event.x > 1` must not fail on an absent
    // property, in either order.
    let mut failure = None;
    for node in nodes {
        match eval_bool(node, env) {
            Ok(truth) if truth == decisive => return Ok(decisive),
            Ok(_) => {}
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    failure.map_or(Ok(!decisive), Err)
}

fn is_arithmetic(operator: BinaryOperator) -> bool {
    use BinaryOperator::{Add, Divide, Multiply, Remainder, Subtract};
    matches!(operator, Add | Subtract | Multiply | Divide | Remainder)
}

/// Compares a property with a constant of the same simple type.
fn compare_with_constant(
    left: &ExpressionNode,
    right: &ExpressionNode,
    env: &EvalEnv<'_>,
) -> Option<Ordering> {
    let (ExpressionNode::Event(path), ExpressionNode::Constant(constant)) = (left, right) else {
        return None;
    };
    let (first, rest) = path.split_first()?;
    // Missing properties and other types take the general path, which also reports errors.
    match (follow_path(env.props.get(first)?, rest).ok()?, constant) {
        (Value::Text(value), Constant::Text(constant)) => Some(value.cmp(constant)),
        (Value::Int(value), Constant::Int(constant)) => Some(value.cmp(constant)),
        _ => None,
    }
}

/// True if a comparison is true for operands in this order.
fn order_satisfies(operator: BinaryOperator, order: Ordering) -> bool {
    match operator {
        BinaryOperator::NotEqual => order.is_ne(),
        BinaryOperator::Less => order.is_lt(),
        BinaryOperator::LessEqual => order.is_le(),
        BinaryOperator::Greater => order.is_gt(),
        BinaryOperator::GreaterEqual => order.is_ge(),
        _ => order.is_eq(),
    }
}

fn eval_comparison<'a>(
    operator: BinaryOperator,
    left: &'a ExpressionNode,
    right: &'a ExpressionNode,
    env: &EvalEnv<'a>,
) -> Result<bool, EvalError> {
    let (left_value, right_value) = (evaluate(left, env)?, evaluate(right, env)?);
    match operator {
        BinaryOperator::Equal => Ok(left_value.equals_value(&right_value)),
        BinaryOperator::NotEqual => Ok(!left_value.equals_value(&right_value)),
        BinaryOperator::In => match (&left_value, &right_value) {
            // A number beyond the range of decimals equals no operand, because an operand is in
            // range.
            (value, Operand::List(items)) => Ok(items
                .iter()
                .any(|item| Operand::from_value(item).is_ok_and(|item| item.equals_value(value)))),
            (Operand::Text(name), Operand::Map(map)) => Ok(map.get(name).is_some()),
            (other, Operand::Map(_)) => Err(wrong_type(left, other, "text")),
            (_, other) => Err(wrong_type(right, other, "a list or a map")),
        },
        _ => match left_value.compare_order(&right_value) {
            Some(order) => Ok(order_satisfies(operator, order)),
            None => Err(match (left_value.as_decimal(), right_value.as_decimal()) {
                (Some(_), None) => wrong_type(right, &right_value, "a number"),
                (None, Some(_)) => wrong_type(left, &left_value, "a number"),
                _ => EvalError::Operands {
                    operator: operator.symbol(),
                    left: left_value.type_name(),
                    right: right_value.type_name(),
                },
            }),
        },
    }
}

/// True if the first value is among the others. As in CEL, all of them are evaluated.
fn eval_one_of<'a>(nodes: &'a [ExpressionNode], env: &EvalEnv<'a>) -> Result<bool, EvalError> {
    let value = evaluate(&nodes[0], env)?;
    nodes[1..].iter().try_fold(false, |found, node| {
        Ok(evaluate(node, env)?.equals_value(&value) || found)
    })
}

fn eval_text_search<'a>(
    function: BuiltinFunction,
    nodes: &'a [ExpressionNode],
    env: &EvalEnv<'a>,
) -> Result<bool, EvalError> {
    let (target, part) = (evaluate(&nodes[0], env)?, evaluate(&nodes[1], env)?);
    match (&target, &part) {
        (Operand::Text(target), Operand::Text(part)) => Ok(match function {
            BuiltinFunction::StartsWith => target.starts_with(&**part),
            BuiltinFunction::EndsWith => target.ends_with(&**part),
            _ => target.contains(&**part),
        }),
        (Operand::Text(_), other) => Err(wrong_type(&nodes[1], other, "text")),
        (other, _) => Err(wrong_type(&nodes[0], other, "text")),
    }
}

fn value_size<'a>(node: &ExpressionNode, value: Operand<'a>) -> Result<Operand<'a>, EvalError> {
    let size = match value {
        // In characters, as in CEL, and not in bytes.
        Operand::Text(text) => text.chars().count(),
        Operand::List(items) => items.len(),
        Operand::Map(map) => map.len(),
        other => return Err(wrong_type(node, &other, "text, a list or a map")),
    };
    i64::try_from(size)
        .map(Operand::Int)
        .map_err(|_| EvalError::Overflow)
}

fn value_to_int<'a>(node: &ExpressionNode, value: Operand<'a>) -> Result<Operand<'a>, EvalError> {
    match value_to_decimal(node, value)? {
        Operand::Decimal(decimal) => decimal.trunc().map(Operand::Int).ok_or(EvalError::Overflow),
        other => Ok(other),
    }
}

fn value_to_decimal<'a>(
    node: &ExpressionNode,
    value: Operand<'a>,
) -> Result<Operand<'a>, EvalError> {
    match (&value, value.as_decimal()) {
        (_, Some(decimal)) => Ok(Operand::Decimal(decimal)),
        (Operand::Text(text), _) => match text.parse::<Decimal>() {
            Ok(decimal) => Ok(Operand::Decimal(decimal)),
            Err(_) => Err(EvalError::NotANumber(node.to_string())),
        },
        _ => Err(wrong_type(node, &value, "a number or text")),
    }
}

/// Evaluates `list[number]` or `map[name]`.
fn eval_item<'a>(
    whole: &ExpressionNode,
    base: &'a ExpressionNode,
    key: &'a ExpressionNode,
    env: &EvalEnv<'a>,
) -> Result<Operand<'a>, EvalError> {
    let (base_value, key_value) = (evaluate(base, env)?, evaluate(key, env)?);
    let value = match (&base_value, &key_value) {
        (Operand::List(items), index) => {
            let index = index
                .as_decimal()
                .ok_or_else(|| wrong_type(key, index, "a number"))?;
            // JSON does not distinguish 1 from 1.0, so a whole decimal is an index.
            let index = index
                .trunc()
                .filter(|_| index.is_whole())
                .and_then(|index| usize::try_from(index).ok());
            index.and_then(|index| items.get(index))
        }
        (Operand::Map(map), Operand::Text(name)) => map.get(name),
        (Operand::Map(_), other) => return Err(wrong_type(key, other, "text")),
        (other, _) => return Err(wrong_type(base, other, "a list or a map")),
    };
    value
        .ok_or_else(|| EvalError::Missing(whole.to_string()))
        .and_then(Operand::from_value)
}

/// True if a property, an attribute or an item exists.
fn is_present<'a>(node: &'a ExpressionNode, env: &EvalEnv<'a>) -> bool {
    match node {
        ExpressionNode::Event(path) => match path.split_first() {
            Some((first, rest)) => env
                .props
                .get(first)
                .is_some_and(|value| follow_path(value, rest).is_ok()),
            None => true,
        },
        ExpressionNode::Attribute(name, path) => env
            .player
            .attribute(name)
            .is_some_and(|value| follow_path(value, path).is_ok()),
        _ => evaluate(node, env).is_ok(),
    }
}

/// Follows a path into a value. The error contains the number of names that were found, and the
/// type of the value there if it is not a map.
fn follow_path<'a>(
    mut value: &'a Value,
    path: &[Box<str>],
) -> Result<&'a Value, (usize, Option<&'static str>)> {
    for (depth, name) in path.iter().enumerate() {
        let map: &Props = value.as_map().ok_or((depth, Some(value.kind_name())))?;
        value = map.get(name).ok_or((depth, None))?;
    }
    Ok(value)
}

fn path_error(
    root: &str,
    path: &[Box<str>],
    depth: usize,
    found: Option<&'static str>,
) -> EvalError {
    let mut what = String::new();
    // Ends at the part that is wrong: the value that is not a map, or the missing name.
    let length = if found.is_some() { depth } else { depth + 1 };
    write_path(&mut what, root, &path[..length]).expect("writing to a string cannot fail");
    match found {
        Some(found) => EvalError::WrongType {
            what,
            found,
            wanted: "a map",
        },
        None => EvalError::Missing(what),
    }
}

fn attribute_error(
    name: &str,
    path: &[Box<str>],
    depth: usize,
    found: Option<&'static str>,
) -> EvalError {
    let path: Vec<Box<str>> = [name.into()]
        .into_iter()
        .chain(path.iter().cloned())
        .collect();
    path_error("player.profile", &path, depth, found)
}
