//! Evaluation of lowered expressions.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::Env;
use super::arithmetic::arithmetic;
use super::ast::Operator;
use super::constant::Constant;
use super::error::EvalError;
use super::node::{Function, Node, write_path};
use super::operand::Operand;
use crate::number::Decimal;
use crate::value::{Props, Value};

/// Evaluates a boolean node.
pub(super) fn truth<'a>(node: &'a Node, env: &Env<'a>) -> Result<bool, EvalError> {
    match node {
        Node::And(nodes) => decide(nodes, env, false),
        Node::Or(nodes) => decide(nodes, env, true),
        Node::Not(node) => truth(node, env).map(|truth| !truth),
        Node::Has(node) => Ok(is_there(node, env)),
        Node::Holds(badge) => Ok(env.player.holds(badge)),
        Node::Unlocked(id) => Ok(env.player.unlocked(id)),
        Node::Binary(operator, pair) if !is_arithmetic(*operator) => {
            // Most conditions compare a property with a constant. This path copies nothing.
            match known_order(&pair[0], &pair[1], env) {
                Some(order) if *operator != Operator::In => Ok(accepts(*operator, order)),
                _ => compare(*operator, &pair[0], &pair[1], env),
            }
        }
        Node::OneOf(nodes) => one_of(nodes, env),
        Node::Choice(parts) => truth(
            if truth(&parts[0], env)? {
                &parts[1]
            } else {
                &parts[2]
            },
            env,
        ),
        Node::Call(function, nodes) if function.is_method() => search(*function, nodes, env),
        _ => match evaluate(node, env)? {
            Operand::Bool(truth) => Ok(truth),
            other => Err(wrong_type(node, &other, "a boolean")),
        },
    }
}

/// Evaluates any node.
pub(super) fn evaluate<'a>(node: &'a Node, env: &Env<'a>) -> Result<Operand<'a>, EvalError> {
    match node {
        Node::Constant(constant) => Ok(constant.into()),
        Node::EventName => Ok(Operand::Text(Cow::Borrowed(env.event_name))),
        Node::Event(path) => match path.split_first() {
            None => Ok(Operand::Map(env.props)),
            Some((first, rest)) => match env.props.get(first).map(|value| follow(value, rest)) {
                Some(Ok(value)) => Operand::of(value),
                Some(Err((depth, found))) => Err(lost("event", path, 1 + depth, found)),
                None => Err(lost("event", path, 0, None)),
            },
        },
        Node::Attribute(name, path) => {
            match env.player.attribute(name).map(|value| follow(value, path)) {
                Some(Ok(value)) => Operand::of(value),
                Some(Err((depth, found))) => Err(lost_attribute(name, path, 1 + depth, found)),
                None => Err(lost_attribute(name, path, 0, None)),
            }
        }
        Node::Points(currency) => Ok(Operand::Int(env.player.points(currency))),
        Node::Item(pair) => item(node, &pair[0], &pair[1], env),
        Node::Negate(inner) => match evaluate(inner, env)? {
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
        Node::Binary(operator, pair) if is_arithmetic(*operator) => arithmetic(
            *operator,
            &pair[0],
            evaluate(&pair[0], env)?,
            &pair[1],
            evaluate(&pair[1], env)?,
        ),
        Node::Choice(parts) => evaluate(
            if truth(&parts[0], env)? {
                &parts[1]
            } else {
                &parts[2]
            },
            env,
        ),
        Node::Call(Function::Size, nodes) => size(&nodes[0], evaluate(&nodes[0], env)?),
        Node::Call(Function::Int, nodes) => whole(&nodes[0], evaluate(&nodes[0], env)?),
        Node::Call(Function::Double, nodes) => decimal(&nodes[0], evaluate(&nodes[0], env)?),
        Node::Call(Function::Text, nodes) => {
            text(&nodes[0], evaluate(&nodes[0], env)?).map(Operand::Text)
        }
        Node::And(_)
        | Node::Or(_)
        | Node::Not(_)
        | Node::Has(_)
        | Node::Holds(_)
        | Node::Unlocked(_) => truth(node, env).map(Operand::Bool),
        Node::Binary(..) | Node::OneOf(_) | Node::Call(..) => truth(node, env).map(Operand::Bool),
    }
}

/// Converts a scalar into its canonical text.
pub(super) fn text<'a>(node: &Node, value: Operand<'a>) -> Result<Cow<'a, str>, EvalError> {
    let found = value.kind();
    value
        .into_text()
        .ok_or_else(|| mismatch(node, found, "text, a number or a boolean"))
}

/// Creates the error of a value that has the wrong type.
pub(super) fn wrong_type(node: &Node, value: &Operand<'_>, wanted: &'static str) -> EvalError {
    mismatch(node, value.kind(), wanted)
}

fn mismatch(node: &Node, found: &'static str, wanted: &'static str) -> EvalError {
    EvalError::WrongType {
        what: node.to_string(),
        found,
        wanted,
    }
}

/// Evaluates a chain of `&&` or `||`: one `decisive` operand decides, even if others fail.
fn decide<'a>(nodes: &'a [Node], env: &Env<'a>, decisive: bool) -> Result<bool, EvalError> {
    // The first error is reported, as a reader would expect from left to right. But it is reported
    // only if no operand decides: `has(event.x) && event.x > 1` must not fail on an absent
    // property, in either order.
    let mut failure = None;
    for node in nodes {
        match truth(node, env) {
            Ok(truth) if truth == decisive => return Ok(decisive),
            Ok(_) => {}
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    failure.map_or(Ok(!decisive), Err)
}

fn is_arithmetic(operator: Operator) -> bool {
    use Operator::{Add, Divide, Multiply, Remainder, Subtract};
    matches!(operator, Add | Subtract | Multiply | Divide | Remainder)
}

/// Compares a property with a constant of the same simple type.
fn known_order(left: &Node, right: &Node, env: &Env<'_>) -> Option<Ordering> {
    let (Node::Event(path), Node::Constant(constant)) = (left, right) else {
        return None;
    };
    let (first, rest) = path.split_first()?;
    match (follow(env.props.get(first)?, rest).ok()?, constant) {
        (Value::Text(value), Constant::Text(constant)) => Some(value.cmp(constant)),
        (Value::Int(value), Constant::Int(constant)) => Some(value.cmp(constant)),
        _ => None,
    }
}

/// True if a comparison is true for operands in this order.
fn accepts(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::NotEqual => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::LessEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterEqual => order.is_ge(),
        _ => order.is_eq(),
    }
}

fn compare<'a>(
    operator: Operator,
    left: &'a Node,
    right: &'a Node,
    env: &Env<'a>,
) -> Result<bool, EvalError> {
    let (left_value, right_value) = (evaluate(left, env)?, evaluate(right, env)?);
    match operator {
        Operator::Equal => Ok(left_value.equals(&right_value)),
        Operator::NotEqual => Ok(!left_value.equals(&right_value)),
        Operator::In => match (&left_value, &right_value) {
            (value, Operand::List(items)) => Ok(items
                .iter()
                .any(|item| Operand::of(item).is_ok_and(|item| item.equals(value)))),
            (Operand::Text(name), Operand::Map(map)) => Ok(map.get(name).is_some()),
            (other, Operand::Map(_)) => Err(wrong_type(left, other, "text")),
            (_, other) => Err(wrong_type(right, other, "a list or a map")),
        },
        _ => match left_value.order(&right_value) {
            Some(order) => Ok(accepts(operator, order)),
            None => Err(match (left_value.decimal(), right_value.decimal()) {
                (Some(_), None) => wrong_type(right, &right_value, "a number"),
                (None, Some(_)) => wrong_type(left, &left_value, "a number"),
                _ => EvalError::Operands {
                    operator: operator.symbol(),
                    left: left_value.kind(),
                    right: right_value.kind(),
                },
            }),
        },
    }
}

/// True if the first value is among the others. As in CEL, all of them are evaluated.
fn one_of<'a>(nodes: &'a [Node], env: &Env<'a>) -> Result<bool, EvalError> {
    let value = evaluate(&nodes[0], env)?;
    nodes[1..].iter().try_fold(false, |found, node| {
        Ok(evaluate(node, env)?.equals(&value) || found)
    })
}

fn search<'a>(function: Function, nodes: &'a [Node], env: &Env<'a>) -> Result<bool, EvalError> {
    let (target, part) = (evaluate(&nodes[0], env)?, evaluate(&nodes[1], env)?);
    match (&target, &part) {
        (Operand::Text(target), Operand::Text(part)) => Ok(match function {
            Function::StartsWith => target.starts_with(&**part),
            Function::EndsWith => target.ends_with(&**part),
            _ => target.contains(&**part),
        }),
        (Operand::Text(_), other) => Err(wrong_type(&nodes[1], other, "text")),
        (other, _) => Err(wrong_type(&nodes[0], other, "text")),
    }
}

fn size<'a>(node: &Node, value: Operand<'a>) -> Result<Operand<'a>, EvalError> {
    let size = match value {
        Operand::Text(text) => text.chars().count(),
        Operand::List(items) => items.len(),
        Operand::Map(map) => map.len(),
        other => return Err(wrong_type(node, &other, "text, a list or a map")),
    };
    i64::try_from(size)
        .map(Operand::Int)
        .map_err(|_| EvalError::Overflow)
}

fn whole<'a>(node: &Node, value: Operand<'a>) -> Result<Operand<'a>, EvalError> {
    match decimal(node, value)? {
        Operand::Decimal(decimal) => decimal.trunc().map(Operand::Int).ok_or(EvalError::Overflow),
        other => Ok(other),
    }
}

fn decimal<'a>(node: &Node, value: Operand<'a>) -> Result<Operand<'a>, EvalError> {
    match (&value, value.decimal()) {
        (_, Some(decimal)) => Ok(Operand::Decimal(decimal)),
        (Operand::Text(text), _) => match text.parse::<Decimal>() {
            Ok(decimal) => Ok(Operand::Decimal(decimal)),
            Err(_) => Err(EvalError::NotANumber(node.to_string())),
        },
        _ => Err(wrong_type(node, &value, "a number or text")),
    }
}

/// Evaluates `list[number]` or `map[name]`.
fn item<'a>(
    whole: &Node,
    base: &'a Node,
    key: &'a Node,
    env: &Env<'a>,
) -> Result<Operand<'a>, EvalError> {
    let (base_value, key_value) = (evaluate(base, env)?, evaluate(key, env)?);
    let value = match (&base_value, &key_value) {
        (Operand::List(items), index) => {
            let index = index
                .decimal()
                .ok_or_else(|| wrong_type(key, index, "a number"))?;
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
        .and_then(Operand::of)
}

/// True if a property, an attribute or an item exists.
fn is_there<'a>(node: &'a Node, env: &Env<'a>) -> bool {
    match node {
        Node::Event(path) => match path.split_first() {
            Some((first, rest)) => env
                .props
                .get(first)
                .is_some_and(|value| follow(value, rest).is_ok()),
            None => true,
        },
        Node::Attribute(name, path) => env
            .player
            .attribute(name)
            .is_some_and(|value| follow(value, path).is_ok()),
        _ => evaluate(node, env).is_ok(),
    }
}

/// Follows a path into a value. The error contains the number of names that were found, and the
/// type of the value there if it is not a map.
fn follow<'a>(
    mut value: &'a Value,
    path: &[Box<str>],
) -> Result<&'a Value, (usize, Option<&'static str>)> {
    for (depth, name) in path.iter().enumerate() {
        let map: &Props = value.as_map().ok_or((depth, Some(value.kind_name())))?;
        value = map.get(name).ok_or((depth, None))?;
    }
    Ok(value)
}

fn lost(root: &str, path: &[Box<str>], depth: usize, found: Option<&'static str>) -> EvalError {
    let mut what = String::new();
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

fn lost_attribute(
    name: &str,
    path: &[Box<str>],
    depth: usize,
    found: Option<&'static str>,
) -> EvalError {
    let path: Vec<Box<str>> = [name.into()]
        .into_iter()
        .chain(path.iter().cloned())
        .collect();
    lost("player.profile", &path, depth, found)
}
