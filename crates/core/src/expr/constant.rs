//! Values that are known at compile time.

use std::fmt;

use crate::number::Decimal;
use crate::value::{Props, Value};

/// A constant, owned by the expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Constant {
    Null,
    Bool(bool),
    Int(i64),
    Decimal(Decimal),
    Text(Box<str>),
    List(Vec<Value>),
    Map(Props),
}

impl From<Constant> for Value {
    fn from(constant: Constant) -> Self {
        match constant {
            Constant::Null => Self::Null,
            Constant::Bool(truth) => Self::Bool(truth),
            Constant::Int(int) => Self::Int(int),
            Constant::Decimal(decimal) => Self::Float(decimal.to_f64()),
            Constant::Text(text) => Self::Text(text),
            Constant::List(items) => Self::List(items),
            Constant::Map(map) => Self::Map(map),
        }
    }
}

/// Writes the constant as in source. A decimal keeps its point, because `7 / 2` and `7.0 / 2`
/// differ.
impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decimal(decimal) if decimal.is_whole() => write!(f, "{decimal}.0"),
            Self::Decimal(decimal) => write!(f, "{decimal}"),
            other => f.write_str(
                &serde_json::to_string(&Value::from(other.clone())).expect("values are JSON"),
            ),
        }
    }
}
