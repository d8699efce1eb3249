//! The syntax tree of a text in either format. Every node has its location.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;
use toml::de::{DeTable, DeValue};

use crate::catalog::diagnostic::{Diagnostic, DiagnosticCollector};
use crate::catalog::document::{Spanned, SpannedString};
use crate::number::Decimal;

/// A value and its location in the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SyntaxNode {
    pub(super) kind: SyntaxKind,
    pub(super) span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum SyntaxKind {
    Null,
    Bool(bool),
    Integer(i64),
    /// A number with a fraction or beyond 64 bits, as written.
    Number(String),
    Text(String),
    /// A TOML time, which is written without quotes.
    Time(String),
    List(Vec<SyntaxNode>),
    /// The entries in the order of the text.
    Table(Vec<SyntaxEntry>),
}

/// A key of a table and its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SyntaxEntry {
    pub(super) key: SpannedString,
    pub(super) value: SyntaxNode,
}

/// Reads TOML, recovering from errors, and reports every syntax error.
pub(super) fn parse_toml(source: &str, found: &mut DiagnosticCollector) -> SyntaxNode {
    let (table, errors) = DeTable::parse_recoverable(source);
    for error in errors {
        let message = match error.message() {
            // The parser has no error kinds; its message mentions the recursion limit.
            message if message.contains("recurs") => {
                "tables and lists are nested too deeply".to_owned()
            }
            message => format!("this is not TOML: {message}"),
        };
        found.push_syntax_error(Diagnostic::new(
            error.span().unwrap_or(0..0),
            message,
            "not understood from here on",
        ));
    }
    let span = 0..source.len();
    SyntaxNode {
        kind: table_node(table.into_inner()),
        span,
    }
}

fn table_node(table: DeTable<'_>) -> SyntaxKind {
    let mut entries: Vec<SyntaxEntry> = table
        .into_iter()
        .map(|(key, value)| {
            let key = SpannedString::new(key.get_ref().to_string(), key.span());
            let span = value.span();
            SyntaxEntry {
                key,
                value: SyntaxNode {
                    kind: value_node(value.into_inner()),
                    span,
                },
            }
        })
        .collect();
    // `DeTable` is sorted by key, and diagnostics are easier to follow in the order of the text.
    entries.sort_by_key(|entry| entry.key.span.start);
    SyntaxKind::Table(entries)
}

fn value_node(value: DeValue<'_>) -> SyntaxKind {
    match value {
        DeValue::String(text) => SyntaxKind::Text(text.into_owned()),
        DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(integer) => SyntaxKind::Integer(integer),
            // Beyond 64 bits; the range is checked with the shape.
            Err(_) => SyntaxKind::Number(integer.to_string()),
        },
        DeValue::Float(float) => SyntaxKind::Number(float.as_str().to_owned()),
        DeValue::Boolean(value) => SyntaxKind::Bool(value),
        DeValue::Datetime(time) => SyntaxKind::Time(time.to_string()),
        DeValue::Array(values) => SyntaxKind::List(
            values
                .into_iter()
                .map(|value| {
                    let span = value.span();
                    SyntaxNode {
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
impl SyntaxNode {
    pub(super) fn entries(&self) -> &[SyntaxEntry] {
        match &self.kind {
            SyntaxKind::Table(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn entry(&self, key: &str) -> Option<&SyntaxEntry> {
        self.entries().iter().find(|entry| *entry.key == key)
    }

    pub(super) fn get(&self, key: &str) -> Option<&SyntaxNode> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub(super) fn items(&self) -> &[SyntaxNode] {
        match &self.kind {
            SyntaxKind::List(items) => items,
            _ => &[],
        }
    }

    pub(super) fn as_text(&self) -> Option<SpannedString> {
        match &self.kind {
            SyntaxKind::Text(text) => Some(SpannedString::new(text.clone(), self.span.clone())),
            _ => None,
        }
    }

    /// The texts of a list, or a single text.
    pub(super) fn as_texts(&self) -> Vec<SpannedString> {
        self.as_text()
            .into_iter()
            .chain(self.items().iter().filter_map(SyntaxNode::as_text))
            .collect()
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        match self.kind {
            SyntaxKind::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn as_integer(&self) -> Option<Spanned<i64>> {
        match self.kind {
            SyntaxKind::Integer(value) => Some(Spanned::new(value, self.span.clone())),
            _ => None,
        }
    }

    pub(super) fn as_decimal(&self) -> Option<Spanned<Decimal>> {
        let value = match &self.kind {
            SyntaxKind::Integer(value) => Some(Decimal::from_int(*value)),
            SyntaxKind::Number(digits) => digits.parse().ok(),
            _ => None,
        };
        value.map(|value| Spanned::new(value, self.span.clone()))
    }

    /// Converts the node to JSON with sorted keys; TOML times become text. Returns a number that
    /// JSON cannot represent as an error.
    pub(super) fn to_json(&self) -> Result<Value, SpannedString> {
        Ok(match &self.kind {
            SyntaxKind::Null => Value::Null,
            SyntaxKind::Bool(value) => (*value).into(),
            SyntaxKind::Integer(value) => (*value).into(),
            SyntaxKind::Number(digits) => {
                let number = digits.parse().ok().and_then(serde_json::Number::from_f64);
                Value::Number(
                    number.ok_or_else(|| SpannedString::new(digits.clone(), self.span.clone()))?,
                )
            }
            SyntaxKind::Text(text) | SyntaxKind::Time(text) => text.as_str().into(),
            SyntaxKind::List(items) => items
                .iter()
                .map(SyntaxNode::to_json)
                .collect::<Result<Vec<_>, _>>()?
                .into(),
            SyntaxKind::Table(entries) => {
                let entry =
                    |entry: &SyntaxEntry| Ok((entry.key.value.clone(), entry.value.to_json()?));
                let sorted = entries
                    .iter()
                    .map(entry)
                    .collect::<Result<BTreeMap<_, _>, SpannedString>>()?;
                sorted.into_iter().collect::<serde_json::Map<_, _>>().into()
            }
        })
    }

    /// The name of the kind, for messages.
    pub(super) fn kind_name(&self) -> &'static str {
        match self.kind {
            SyntaxKind::Null => "null",
            SyntaxKind::Bool(true) => "`true`",
            SyntaxKind::Bool(false) => "`false`",
            SyntaxKind::Integer(_) => "a whole number",
            SyntaxKind::Number(_) => "a number",
            SyntaxKind::Text(_) => "text",
            SyntaxKind::Time(_) => "a time",
            SyntaxKind::List(_) => "a list",
            SyntaxKind::Table(_) => "a table",
        }
    }
}
