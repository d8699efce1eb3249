//! Primary and foreign keys.

use std::fmt;

use serde_json::Value;

/// Primary key of a row. Numbers come first, in numeric order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RowKey {
    /// A key such as that of an `AutoField`.
    Number(i64),
    /// Any other key, such as a UUID or the id of an achievement.
    Text(String),
}

impl RowKey {
    /// Reads a key; `None` if the value is null or has several parts.
    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.as_i64().map(Self::Number),
            Value::String(text) => Some(Self::Text(text.clone())),
            // `dumpdata --natural-foreign` writes a list of the fields of the natural key.
            Value::Array(parts) if parts.len() == 1 => Self::from_json(&parts[0]),
            _ => None,
        }
    }
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.pad(text),
        }
    }
}
