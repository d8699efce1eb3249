//! Reads JSON with locations. `serde_json` validates the text but reports no locations of values,
//! so valid text is scanned a second time to find them.

use std::collections::BTreeSet;

use super::node::{Entry, Node, NodeKind};
use crate::catalog::diagnostic::{Collector, Diagnostic};
use crate::catalog::document::Text;

/// Reads JSON. Reports its first syntax error, or every duplicate key of an object.
pub(super) fn from_json(source: &str, found: &mut Collector) -> Node {
    // `IgnoredAny` would be cheaper, but only building values limits the depth of nesting.
    if let Err(error) = serde_json::from_str::<serde_json::Value>(source) {
        let line_start = source
            .split_inclusive('\n')
            .take(error.line().saturating_sub(1))
            .map(str::len)
            .sum::<usize>();
        let at = (line_start + error.column().saturating_sub(1)).min(source.len());
        // `column` counts bytes and may point into a character.
        let at = (0..=at)
            .rev()
            .find(|at| source.is_char_boundary(*at))
            .unwrap_or_default();
        let message = format!("this is not JSON: {}", without_position(&error));
        found.push_syntax(Diagnostic::new(
            at..at,
            message,
            "not understood from here on",
        ));
        return Node {
            kind: NodeKind::Table(Vec::new()),
            span: 0..source.len(),
        };
    }
    Walker {
        source,
        at: 0,
        found,
    }
    .value()
}

/// Removes the position from a message of `serde_json`, because the diagnostic has its own.
fn without_position(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message
        .split(" at line ")
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// A scanner of text that is valid JSON.
struct Walker<'a> {
    source: &'a str,
    at: usize,
    found: &'a mut Collector,
}

impl Walker<'_> {
    fn value(&mut self) -> Node {
        let start = self.peek_at();
        let kind = match self.source.as_bytes()[start] {
            b'{' => self.object(),
            b'[' => self.list(),
            b'"' => NodeKind::Text(self.string().value),
            _ => self.word(),
        };
        Node {
            kind,
            span: start..self.at,
        }
    }

    fn object(&mut self) -> NodeKind {
        let mut entries = Vec::new();
        let mut keys = BTreeSet::new();
        self.at += 1;
        while self.source.as_bytes()[self.peek_at()] != b'}' {
            let key = self.string();
            self.step_over(b':');
            let value = self.value();
            self.step_over(b',');
            if keys.insert(key.value.clone()) {
                entries.push(Entry { key, value });
            } else {
                let message = format!("the key `{}` appears twice in one object", key.value);
                self.found.push(
                    Diagnostic::new(key.span, message, "duplicate").help("leave one of them out"),
                );
            }
        }
        self.at += 1;
        NodeKind::Table(entries)
    }

    fn list(&mut self) -> NodeKind {
        let mut items = Vec::new();
        self.at += 1;
        while self.source.as_bytes()[self.peek_at()] != b']' {
            items.push(self.value());
            self.step_over(b',');
        }
        self.at += 1;
        NodeKind::List(items)
    }

    fn string(&mut self) -> Text {
        let start = self.peek_at();
        let bytes = self.source.as_bytes();
        let mut end = start + 1;
        while bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        self.at = end + 1;
        let value = serde_json::from_str(&self.source[start..self.at])
            .expect("a string of valid JSON is valid JSON");
        Text::new(value, start..self.at)
    }

    /// Reads a number, `true`, `false` or `null`.
    fn word(&mut self) -> NodeKind {
        let rest = &self.source[self.at..];
        let length = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c))
            .unwrap_or(rest.len());
        self.at += length;
        match &rest[..length] {
            "null" => NodeKind::Null,
            "true" => NodeKind::Bool(true),
            "false" => NodeKind::Bool(false),
            number => number
                .parse()
                .map_or_else(|_| NodeKind::Number(number.to_owned()), NodeKind::Integer),
        }
    }

    /// Skips white space and returns the offset of the next character.
    fn peek_at(&mut self) -> usize {
        let rest = &self.source[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        self.at
    }

    /// Skips a punctuation mark, if it comes next.
    fn step_over(&mut self, mark: u8) {
        if self.source.as_bytes()[self.peek_at()] == mark {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> (Node, Vec<String>) {
        let mut found = Collector::new(source, "c.json");
        let node = from_json(source, &mut found);
        let errors = found
            .finish(())
            .err()
            .map(|errors| errors.iter().map(|error| error.message.clone()).collect());
        (node, errors.unwrap_or_default())
    }

    #[test]
    fn every_node_has_its_location() {
        let source = r#" {"a" : [1, -2.5e3 ,true,null,{}], "b\n\"": "ü" } "#;
        let (node, errors) = read(source);
        assert_eq!(errors, Vec::<String>::new());
        let spans: Vec<&str> = node
            .get("a")
            .unwrap()
            .items()
            .iter()
            .map(|item| &source[item.span.clone()])
            .collect();
        assert_eq!(spans, ["1", "-2.5e3", "true", "null", "{}"]);
        let entry = node.entry("b\n\"").unwrap();
        assert_eq!(
            (
                &source[entry.key.span.clone()],
                &source[entry.value.span.clone()]
            ),
            (r#""b\n\"""#, "\"ü\"")
        );
    }

    #[test]
    fn invalid_json_is_an_error_with_a_location() {
        let deep = "[".repeat(10_000);
        for (source, expected) in [
            ("", "EOF while parsing a value"),
            ("{", "EOF while parsing an object"),
            ("{\"a\": 1,}", "trailing comma"),
            ("{} x", "trailing characters"),
            ("[1e999]", "number out of range"),
            ("\"\\ud800\"", "hex escape"),
            (&deep, "recursion limit exceeded"),
            ("{\"a\": 1, \"a\": 2}", "the key `a` appears twice"),
        ] {
            let (_, errors) = read(source);
            assert!(
                errors.len() == 1 && errors[0].contains(expected),
                "{source:.20}: {errors:?}"
            );
        }
    }
}
