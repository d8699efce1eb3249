//! The syntax tree of a text in either format. Every node has its location.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;
use toml::de::{DeTable, DeValue};

use crate::catalog::diagnostic::{Collector, Diagnostic};
use crate::catalog::document::{Spanned, Text};
use crate::number::Decimal;

/// A value and its location in the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum NodeKind {
    Null,
    Bool(bool),
    Integer(i64),
    /// A number with a fraction or beyond 64 bits, as written.
    Number(String),
    Text(String),
    /// A TOML time, which is written without quotes.
    Time(String),
    List(Vec<Node>),
    /// The entries in the order of the text.
    Table(Vec<Entry>),
}

/// A key of a table and its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) key: Text,
    pub(super) value: Node,
}

/// Reads TOML, recovering from errors, and reports every syntax error.
pub(super) fn from_toml(source: &str, found: &mut Collector) -> Node {
    let (table, errors) = DeTable::parse_recoverable(source);
    for error in errors {
        let message = match error.message() {
            // The parser has no error kinds; its message mentions the recursion limit.
            message if message.contains("recurs") => {
                "tables and lists are nested too deeply".to_owned()
            }
            message => format!("this is not TOML: {message}"),
        };
        found.push_syntax(Diagnostic::new(
            error.span().unwrap_or(0..0),
            message,
            "not understood from here on",
        ));
    }
    let span = 0..source.len();
    Node {
        kind: table_node(table.into_inner()),
        span,
    }
}

fn table_node(table: DeTable<'_>) -> NodeKind {
    let mut entries: Vec<Entry> = table
        .into_iter()
        .map(|(key, value)| {
            let key = Text::new(key.get_ref().to_string(), key.span());
            let span = value.span();
            Entry {
                key,
                value: Node {
                    kind: value_node(value.into_inner()),
                    span,
                },
            }
        })
        .collect();
    // `DeTable` is sorted by key, and diagnostics are easier to follow in the order of the text.
    entries.sort_by_key(|entry| entry.key.span.start);
    NodeKind::Table(entries)
}

fn value_node(value: DeValue<'_>) -> NodeKind {
    match value {
        DeValue::String(text) => NodeKind::Text(text.into_owned()),
        DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(integer) => NodeKind::Integer(integer),
            // Beyond 64 bits; the range is checked with the shape.
            Err(_) => NodeKind::Number(integer.to_string()),
        },
        DeValue::Float(float) => NodeKind::Number(float.as_str().to_owned()),
        DeValue::Boolean(value) => NodeKind::Bool(value),
        DeValue::Datetime(time) => NodeKind::Time(time.to_string()),
        DeValue::Array(values) => NodeKind::List(
            values
                .into_iter()
                .map(|value| {
                    let span = value.span();
                    Node {
                        kind: value_node(value.into_inner()),
                        span,
                    }
                })
                .collect(),
        ),
        DeValue::Table(table) => table_node(table),
    }
}

/// Accessors that return nothing if the node has another kind. They report no errors, because the
/// grammar has already been checked.
impl Node {
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.kind {
            NodeKind::Table(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| *entry.key == key)
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub(super) fn items(&self) -> &[Node] {
        match &self.kind {
            NodeKind::List(items) => items,
            _ => &[],
        }
    }

    pub(super) fn text(&self) -> Option<Text> {
        match &self.kind {
            NodeKind::Text(text) => Some(Text::new(text.clone(), self.span.clone())),
            _ => None,
        }
    }

    /// The texts of a list, or a single text.
    pub(super) fn texts(&self) -> Vec<Text> {
        self.text()
            .into_iter()
            .chain(self.items().iter().filter_map(Node::text))
            .collect()
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        match self.kind {
            NodeKind::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn integer(&self) -> Option<Spanned<i64>> {
        match self.kind {
            NodeKind::Integer(value) => Some(Spanned::new(value, self.span.clone())),
            _ => None,
        }
    }

    pub(super) fn decimal(&self) -> Option<Spanned<Decimal>> {
        let value = match &self.kind {
            NodeKind::Integer(value) => Some(Decimal::from_int(*value)),
            NodeKind::Number(digits) => digits.parse().ok(),
            _ => None,
        };
        value.map(|value| Spanned::new(value, self.span.clone()))
    }

    /// Converts the node to JSON with sorted keys; TOML times become text. Returns a number that
    /// JSON cannot represent as an error.
    pub(super) fn to_json(&self) -> Result<Value, Text> {
        Ok(match &self.kind {
            NodeKind::Null => Value::Null,
            NodeKind::Bool(value) => (*value).into(),
            NodeKind::Integer(value) => (*value).into(),
            NodeKind::Number(digits) => {
                let number = digits.parse().ok().and_then(serde_json::Number::from_f64);
                Value::Number(number.ok_or_else(|| Text::new(digits.clone(), self.span.clone()))?)
            }
            NodeKind::Text(text) | NodeKind::Time(text) => text.as_str().into(),
            NodeKind::List(items) => items
                .iter()
                .map(Node::to_json)
                .collect::<Result<Vec<_>, _>>()?
                .into(),
            NodeKind::Table(entries) => {
                let entry = |entry: &Entry| Ok((entry.key.value.clone(), entry.value.to_json()?));
                let sorted = entries
                    .iter()
                    .map(entry)
                    .collect::<Result<BTreeMap<_, _>, Text>>()?;
                sorted.into_iter().collect::<serde_json::Map<_, _>>().into()
            }
        })
    }

    /// The name of the kind, for messages.
    pub(super) fn what(&self) -> &'static str {
        match self.kind {
            NodeKind::Null => "null",
            NodeKind::Bool(true) => "`true`",
            NodeKind::Bool(false) => "`false`",
            NodeKind::Integer(_) => "a whole number",
            NodeKind::Number(_) => "a number",
            NodeKind::Text(_) => "text",
            NodeKind::Time(_) => "a time",
            NodeKind::List(_) => "a list",
            NodeKind::Table(_) => "a table",
        }
    }
}
