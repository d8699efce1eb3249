//! Evaluating an expression over borrowed values.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::Env;
use super::ast::Literal;
use super::tree::{Arithmetic, Comparison, Function, Tree};
use crate::limits;
use crate::number::Decimal;
use crate::value::{Props, Value};

/// Why an expression has no value on an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// A property or an attribute is not there.
    #[error("`{0}` is missing")]
    Missing(String),
    /// A value has another type than is needed.
    #[error("{what} is {is}, not {wanted}")]
    Type {
        /// Which value.
        what: String,
        /// What it is.
        is: &'static str,
        /// What it should be.
        wanted: &'static str,
    },
    /// Two values cannot be compared or combined.
    #[error("{one} and {other} do not go together")]
    Mismatch {
        /// The type of one.
        one: &'static str,
        /// The type of the other.
        other: &'static str,
    },
    /// A division by zero.
    #[error("division by zero")]
    DivisionByZero,
    /// A number leaves its range.
    #[error("overflow: the number leaves its range")]
    Overflow,
    /// A text is no number.
    #[error("the text is no number")]
    NotANumber,
    /// A key is empty, too long, or holds a NUL.
    #[error("the key {0}")]
    Key(&'static str),
}

/// A value on the way.
#[derive(Debug, Clone)]
enum Operand<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Decimal(Decimal),
    Text(Cow<'a, str>),
    List(&'a [Value]),
    Own(Vec<Operand<'a>>),
    Map(&'a Props),
}

impl Operand<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a truth value",
            Self::Int(_) | Self::Decimal(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) | Self::Own(_) => "a list",
            Self::Map(_) => "a map",
        }
    }

    fn number(&self) -> Option<Decimal> {
        match self {
            Self::Int(number) => Some(Decimal::from_int(*number)),
            Self::Decimal(number) => Some(*number),
            _ => None,
        }
    }

    fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// The truth value of a condition.
pub(super) fn truth(tree: &Tree, env: &Env<'_>) -> Result<bool, EvalError> {
    match tree {
        Tree::And(one, other) => both(one, other, env, false),
        Tree::Or(one, other) => both(one, other, env, true),
        Tree::Not(one) => Ok(!truth(one, env)?),
        Tree::Compare(operator, one, other) => compare(*operator, &value(one, env)?, &value(other, env)?),
        Tree::Held(badge) => Ok(env.player.holds(badge)),
        Tree::Unlocked(unlockable) => Ok(env.player.unlocked(unlockable)),
        Tree::HasProperty(path) => Ok(find(Some(env.props), path).is_some()),
        Tree::HasAttribute(path) => Ok(find_attribute(env, path).is_some()),
        Tree::In(item, range) => contains(&value(item, env)?, &value(range, env)?),
        _ => match value(tree, env)? {
            Operand::Bool(truth) => Ok(truth),
            other => Err(wrong(tree, &other, "a truth value")),
        },
    }
}

/// The number of an expression.
pub(super) fn number(tree: &Tree, env: &Env<'_>) -> Result<Decimal, EvalError> {
    let operand = value(tree, env)?;
    operand.number().ok_or_else(|| wrong(tree, &operand, "a number"))
}

/// The text of a key.
pub(super) fn key(tree: &Tree, env: &Env<'_>) -> Result<String, EvalError> {
    let operand = value(tree, env)?;
    let text = plain_text(&operand).ok_or_else(|| wrong(tree, &operand, "a text, a number or a truth value"))?;
    if text.is_empty() {
        return Err(EvalError::Key("is empty"));
    }
    if text.len() > limits::KEY_BYTES {
        return Err(EvalError::Key("is longer than 255 bytes"));
    }
    if text.contains('\0') {
        return Err(EvalError::Key("holds a NUL"));
    }
    Ok(text.into_owned())
}

/// `&&` and `||`: an error on one side does not matter where the other side decides.
fn both(one: &Tree, other: &Tree, env: &Env<'_>, decides: bool) -> Result<bool, EvalError> {
    match truth(one, env) {
        Ok(first) if first == decides => Ok(decides),
        Ok(_) => truth(other, env),
        Err(error) => match truth(other, env) {
            Ok(second) if second == decides => Ok(decides),
            _ => Err(error),
        },
    }
}

fn value<'a>(tree: &'a Tree, env: &Env<'a>) -> Result<Operand<'a>, EvalError> {
    Ok(match tree {
        Tree::Literal(literal) => match literal {
            Literal::Null => Operand::Null,
            Literal::Bool(truth) => Operand::Bool(*truth),
            Literal::Int(number) => Operand::Int(*number),
            Literal::Decimal(number) => Operand::Decimal(*number),
            Literal::Text(text) => Operand::Text(Cow::Borrowed(text)),
        },
        Tree::Property(path) => match find(Some(env.props), path) {
            Some(value) => operand(value)?,
            None => return Err(EvalError::Missing(format!("event.{}", path.join(".")))),
        },
        Tree::Attribute(path) => match find_attribute(env, path) {
            Some(value) => operand(value)?,
            None => return Err(EvalError::Missing(format!("player.profile.{}", path.join(".")))),
        },
        Tree::Event => Operand::Map(env.props),
        Tree::EventName => Operand::Text(Cow::Borrowed(env.event_name)),
        Tree::Points(currency) => Operand::Int(env.player.points(currency)),
        Tree::Negate(one) => match value(one, env)? {
            Operand::Int(number) => Operand::Int(number.checked_neg().ok_or(EvalError::Overflow)?),
            Operand::Decimal(number) => {
                Operand::Decimal(Decimal::ZERO.checked_sub(number).ok_or(EvalError::Overflow)?)
            }
            other => return Err(wrong(one, &other, "a number")),
        },
        Tree::Choose(test, one, other) => value(if truth(test, env)? { one } else { other }, env)?,
        Tree::Arithmetic(operator, one, other) => arithmetic(*operator, value(one, env)?, value(other, env)?)?,
        Tree::Index(of, index) => part(of, value(of, env)?, &value(index, env)?)?,
        Tree::List(items) => Operand::Own(items.iter().map(|item| value(item, env)).collect::<Result<_, _>>()?),
        Tree::Call(function, arguments) => call(*function, arguments, env)?,
        Tree::And(..)
        | Tree::Or(..)
        | Tree::Not(_)
        | Tree::Compare(..)
        | Tree::In(..)
        | Tree::Held(_)
        | Tree::Unlocked(_)
        | Tree::HasProperty(_)
        | Tree::HasAttribute(_) => Operand::Bool(truth(tree, env)?),
    })
}

fn operand(value: &Value) -> Result<Operand<'_>, EvalError> {
    Ok(match value {
        Value::Null => Operand::Null,
        Value::Bool(truth) => Operand::Bool(*truth),
        Value::Int(number) => Operand::Int(*number),
        Value::Float(number) => Operand::Decimal(Decimal::from_f64(*number).ok_or(EvalError::Overflow)?),
        Value::Text(text) => Operand::Text(Cow::Borrowed(text)),
        Value::List(items) => Operand::List(items),
        Value::Map(props) => Operand::Map(props),
    })
}

fn find<'a>(props: Option<&'a Props>, path: &[Box<str>]) -> Option<&'a Value> {
    let (last, way) = path.split_last()?;
    let mut props = props?;
    for name in way {
        props = props.get(name)?.as_map()?;
    }
    props.get(last)
}

fn find_attribute<'a>(env: &Env<'a>, path: &[Box<str>]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    let value = env.player.attribute(first)?;
    if rest.is_empty() { Some(value) } else { find(value.as_map(), rest) }
}

/// An item of a list or a member of a map.
fn part<'a>(tree: &Tree, of: Operand<'a>, index: &Operand<'_>) -> Result<Operand<'a>, EvalError> {
    let missing = || {
        let list = name(tree);
        EvalError::Missing(format!("{}[{}]", list.trim_matches('`'), plain_text(index).unwrap_or_default()))
    };
    match (of, index) {
        (Operand::Map(props), Operand::Text(name)) => operand(props.get(name).ok_or_else(missing)?),
        (Operand::List(items), Operand::Int(at)) => {
            let item = usize::try_from(*at).ok().and_then(|at| items.get(at));
            operand(item.ok_or_else(missing)?)
        }
        (Operand::Own(items), Operand::Int(at)) => {
            let item = usize::try_from(*at).ok().and_then(|at| items.into_iter().nth(at));
            item.ok_or_else(missing)
        }
        (of, index) => Err(EvalError::Mismatch { one: of.kind(), other: index.kind() }),
    }
}

fn arithmetic<'a>(operator: Arithmetic, one: Operand<'a>, other: Operand<'a>) -> Result<Operand<'a>, EvalError> {
    if let (Operand::Int(one), Operand::Int(other)) = (&one, &other) {
        return whole(operator, *one, *other).map(Operand::Int);
    }
    if let (Arithmetic::Add, Operand::Text(one), Operand::Text(other)) = (operator, &one, &other) {
        return Ok(Operand::Text(Cow::Owned(format!("{one}{other}"))));
    }
    let (Some(left), Some(right)) = (one.number(), other.number()) else {
        return Err(EvalError::Mismatch { one: one.kind(), other: other.kind() });
    };
    let is_division = matches!(operator, Arithmetic::Divide | Arithmetic::Modulo);
    if is_division && right == Decimal::ZERO {
        return Err(EvalError::DivisionByZero);
    }
    let result = match operator {
        Arithmetic::Add => left.checked_add(right),
        Arithmetic::Subtract => left.checked_sub(right),
        Arithmetic::Multiply => left.checked_mul(right),
        Arithmetic::Divide => left.checked_div(right),
        Arithmetic::Modulo => Decimal::from_micros(left.micros() % right.micros()),
    };
    result.map(Operand::Decimal).ok_or(EvalError::Overflow)
}

fn whole(operator: Arithmetic, one: i64, other: i64) -> Result<i64, EvalError> {
    let is_division = matches!(operator, Arithmetic::Divide | Arithmetic::Modulo);
    if is_division && other == 0 {
        return Err(EvalError::DivisionByZero);
    }
    let result = match operator {
        Arithmetic::Add => one.checked_add(other),
        Arithmetic::Subtract => one.checked_sub(other),
        Arithmetic::Multiply => one.checked_mul(other),
        Arithmetic::Divide => one.checked_div(other),
        Arithmetic::Modulo => one.checked_rem(other),
    };
    result.ok_or(EvalError::Overflow)
}

fn compare(operator: Comparison, one: &Operand<'_>, other: &Operand<'_>) -> Result<bool, EvalError> {
    let order = match operator {
        Comparison::Equal => return Ok(equal(one, other)),
        Comparison::NotEqual => return Ok(!equal(one, other)),
        _ => match (one, other) {
            (Operand::Int(one), Operand::Int(other)) => one.cmp(other),
            (Operand::Text(one), Operand::Text(other)) => one.cmp(other),
            _ => match (one.number(), other.number()) {
                (Some(one), Some(other)) => one.cmp(&other),
                _ => return Err(EvalError::Mismatch { one: one.kind(), other: other.kind() }),
            },
        },
    };
    Ok(match operator {
        Comparison::Less => order == Ordering::Less,
        Comparison::LessEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        _ => order != Ordering::Less,
    })
}

/// Values of different types are not equal, which is no error.
fn equal(one: &Operand<'_>, other: &Operand<'_>) -> bool {
    match (one, other) {
        (Operand::Null, Operand::Null) => true,
        (Operand::Bool(one), Operand::Bool(other)) => one == other,
        (Operand::Text(one), Operand::Text(other)) => one == other,
        (Operand::Map(one), Operand::Map(other)) => one == other,
        (Operand::List(one), Operand::List(other)) => one == other,
        (Operand::Own(items), list) | (list, Operand::Own(items)) => match list {
            Operand::Own(others) => items.len() == others.len() && items.iter().zip(others).all(|(a, b)| equal(a, b)),
            Operand::List(others) => {
                let same = |(item, value): (&Operand<'_>, &Value)| operand(value).is_ok_and(|value| equal(item, &value));
                items.len() == others.len() && items.iter().zip(*others).all(same)
            }
            _ => false,
        },
        _ => matches!((one.number(), other.number()), (Some(one), Some(other)) if one == other),
    }
}

fn contains(item: &Operand<'_>, range: &Operand<'_>) -> Result<bool, EvalError> {
    match range {
        Operand::Own(items) => Ok(items.iter().any(|other| equal(item, other))),
        Operand::List(items) => Ok(items.iter().any(|other| operand(other).is_ok_and(|other| equal(item, &other)))),
        Operand::Map(props) => Ok(item.text().is_some_and(|name| props.get(name).is_some())),
        other => Err(EvalError::Mismatch { one: item.kind(), other: other.kind() }),
    }
}

fn call<'a>(function: Function, arguments: &'a [Tree], env: &Env<'a>) -> Result<Operand<'a>, EvalError> {
    let first = value(&arguments[0], env)?;
    let two_texts = |test: fn(&str, &str) -> bool| -> Result<Operand<'a>, EvalError> {
        let second = value(&arguments[1], env)?;
        let text = first.text().ok_or_else(|| wrong(&arguments[0], &first, "a text"))?;
        let part = second.text().ok_or_else(|| wrong(&arguments[1], &second, "a text"))?;
        Ok(Operand::Bool(test(text, part)))
    };
    match function {
        Function::Contains => two_texts(|text, part| text.contains(part)),
        Function::StartsWith => two_texts(|text, part| text.starts_with(part)),
        Function::EndsWith => two_texts(|text, part| text.ends_with(part)),
        Function::Size => {
            let size = match &first {
                Operand::Text(text) => text.chars().count(),
                Operand::List(items) => items.len(),
                Operand::Own(items) => items.len(),
                Operand::Map(props) => props.len(),
                other => return Err(wrong(&arguments[0], other, "a text, a list or a map")),
            };
            Ok(Operand::Int(i64::try_from(size).unwrap_or(i64::MAX)))
        }
        Function::Text => {
            let text = plain_text(&first).ok_or_else(|| wrong(&arguments[0], &first, "a text, a number or a truth value"))?;
            Ok(Operand::Text(Cow::Owned(text.into_owned())))
        }
        Function::Double => to_number(&arguments[0], &first).map(Operand::Decimal),
        Function::Int => {
            let number = to_number(&arguments[0], &first)?;
            number.trunc().map(Operand::Int).ok_or(EvalError::Overflow)
        }
    }
}

fn to_number(tree: &Tree, operand: &Operand<'_>) -> Result<Decimal, EvalError> {
    match operand {
        Operand::Text(text) => text.parse().map_err(|_| EvalError::NotANumber),
        other => other.number().ok_or_else(|| wrong(tree, other, "a number")),
    }
}

fn plain_text<'o>(operand: &'o Operand<'_>) -> Option<Cow<'o, str>> {
    Some(match operand {
        Operand::Text(text) => Cow::Borrowed(text),
        Operand::Bool(truth) => Cow::Borrowed(if *truth { "true" } else { "false" }),
        Operand::Int(number) => Cow::Owned(number.to_string()),
        Operand::Decimal(number) => Cow::Owned(number.to_string()),
        _ => return None,
    })
}

fn wrong(tree: &Tree, operand: &Operand<'_>, wanted: &'static str) -> EvalError {
    EvalError::Type { what: name(tree), is: operand.kind(), wanted }
}

/// What a part of an expression is called in errors.
fn name(tree: &Tree) -> String {
    match tree {
        Tree::Property(path) => format!("`event.{}`", path.join(".")),
        Tree::Attribute(path) => format!("`player.profile.{}`", path.join(".")),
        _ => "the value".to_owned(),
    }
}
