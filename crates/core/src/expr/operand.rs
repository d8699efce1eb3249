//! Values during an evaluation, borrowed from the event, the player or the expression.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::constant::Constant;
use super::error::EvalError;
use crate::number::Decimal;
use crate::value::{Props, Value};

/// An intermediate value of an evaluation.
#[derive(Debug, Clone)]
pub(super) enum Operand<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Decimal(Decimal),
    Text(Cow<'a, str>),
    List(&'a [Value]),
    Map(&'a Props),
}

impl<'a> Operand<'a> {
    /// Borrows a value. A number out of the range of [`Decimal`] is an overflow.
    pub(super) fn from_value(value: &'a Value) -> Result<Self, EvalError> {
        Ok(match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Bool(*truth),
            Value::Int(int) => Self::Int(*int),
            Value::Float(float) => {
                // JSON floats can be larger than any decimal.
                Self::Decimal(Decimal::from_f64(*float).ok_or(EvalError::Overflow)?)
            }
            Value::Text(text) => Self::Text(Cow::Borrowed(text)),
            Value::List(items) => Self::List(items),
            Value::Map(map) => Self::Map(map),
        })
    }

    /// Returns the name of the type, to complete "it is …".
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Decimal(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }

    /// Returns the value as a number, if it is one.
    pub(super) fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Int(int) => Some(Decimal::from_int(*int)),
            Self::Decimal(decimal) => Some(*decimal),
            _ => None,
        }
    }

    /// Converts a scalar into its canonical text: `7`, `2.5`, `true`, or the text itself.
    pub(super) fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Int(int) => Some(int.to_string().into()),
            // JSON does not distinguish 7 from 7.0, so both are the key `7`.
            Self::Decimal(decimal) => Some(decimal.to_string().into()),
            Self::Bool(truth) => Some(if truth { "true" } else { "false" }.into()),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// True if two values are equal. Numbers are compared by value; values of different types are
    /// never equal.
    pub(super) fn equals_value(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Int(left), Self::Int(right)) => left == right,
            (Self::Text(left), Self::Text(right)) => left == right,
            (Self::List(left), Self::List(right)) => {
                left.len() == right.len()
                    && left
                        .iter()
                        .zip(*right)
                        .all(|(left, right)| values_equal(left, right))
            }
            (Self::Map(left), Self::Map(right)) => {
                left.len() == right.len()
                    && left
                        .iter()
                        .zip(right.iter())
                        .all(|(left, right)| left.0 == right.0 && values_equal(left.1, right.1))
            }
            _ => self
                .as_decimal()
                .is_some_and(|left| other.as_decimal() == Some(left)),
        }
    }

    /// Compares two numbers, texts or booleans; `None` for anything else.
    pub(super) fn compare_order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(left), Self::Int(right)) => Some(left.cmp(right)),
            (Self::Text(left), Self::Text(right)) => Some(left.cmp(right)),
            (Self::Bool(left), Self::Bool(right)) => Some(left.cmp(right)),
            _ => Some(self.as_decimal()?.cmp(&other.as_decimal()?)),
        }
    }
}

/// True if two values are equal. Numbers out of range are equal only if they are identical.
fn values_equal(left: &Value, right: &Value) -> bool {
    match (Operand::from_value(left), Operand::from_value(right)) {
        (Ok(left), Ok(right)) => left.equals_value(&right),
        _ => left == right,
    }
}

impl From<Operand<'_>> for Constant {
    fn from(operand: Operand<'_>) -> Self {
        match operand {
            Operand::Null => Self::Null,
            Operand::Bool(truth) => Self::Bool(truth),
            Operand::Int(int) => Self::Int(int),
            Operand::Decimal(decimal) => Self::Decimal(decimal),
            Operand::Text(text) => Self::Text(text.into()),
            Operand::List(items) => Self::List(items.to_vec()),
            Operand::Map(map) => Self::Map(map.clone()),
        }
    }
}

impl<'a> From<&'a Constant> for Operand<'a> {
    fn from(constant: &'a Constant) -> Self {
        match constant {
            Constant::Null => Self::Null,
            Constant::Bool(truth) => Self::Bool(*truth),
            Constant::Int(int) => Self::Int(*int),
            Constant::Decimal(decimal) => Self::Decimal(*decimal),
            Constant::Text(text) => Self::Text(Cow::Borrowed(text)),
            Constant::List(items) => Self::List(items),
            Constant::Map(map) => Self::Map(map),
        }
    }
}
