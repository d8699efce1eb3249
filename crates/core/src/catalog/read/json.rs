//! Reads JSON with locations. `serde_json` validates the text but reports no locations of values,
//! so valid text is scanned a second time to find them.

use std::collections::BTreeSet;

use super::syntax::{SyntaxEntry, SyntaxKind, SyntaxNode};
use crate::catalog::diagnostic::{Diagnostic, DiagnosticCollector};
use crate::catalog::document::SpannedString;

/// Reads JSON. Reports its first syntax error, or every duplicate key of an object.
pub(super) fn parse_json(source: &str, found: &mut DiagnosticCollector) -> SyntaxNode {
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
        found.push_syntax_error(Diagnostic::new(
            at..at,
            message,
            "not understood from here on",
        ));
        // An empty table causes no further error, because a catalog has no required keys.
        return SyntaxNode {
            kind: SyntaxKind::Table(Vec::new()),
            span: 0..source.len(),
        };
    }
    JsonScanner {
        source,
        offset: 0,
        diagnostics: found,
    }
    .scan_value()
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
struct JsonScanner<'a> {
    source: &'a str,
    offset: usize,
    diagnostics: &'a mut DiagnosticCollector,
}

impl JsonScanner<'_> {
    fn scan_value(&mut self) -> SyntaxNode {
        let start = self.skip_white_space();
        let kind = match self.source.as_bytes()[start] {
            b'{' => self.scan_object(),
            b'[' => self.scan_list(),
            b'"' => SyntaxKind::Text(self.scan_string().value),
            _ => self.scan_word(),
        };
        SyntaxNode {
            kind,
            span: start..self.offset,
        }
    }

    fn scan_object(&mut self) -> SyntaxKind {
        let mut entries = Vec::new();
        let mut keys = BTreeSet::new();
        self.offset += 1;
        while self.source.as_bytes()[self.skip_white_space()] != b'}' {
            let key = self.scan_string();
            self.skip_mark(b':');
            let value = self.scan_value();
            self.skip_mark(b',');
            // `serde_json` accepts duplicate keys, so only this scan can find them.
            if keys.insert(key.value.clone()) {
                entries.push(SyntaxEntry { key, value });
            } else {
                let message = format!("the key `{}` appears twice in one object", key.value);
                self.diagnostics.push(
                    Diagnostic::new(key.span, message, "duplicate")
                        .with_help("leave one of them out"),
                );
            }
        }
        self.offset += 1;
        SyntaxKind::Table(entries)
    }

    fn scan_list(&mut self) -> SyntaxKind {
        let mut items = Vec::new();
        self.offset += 1;
        while self.source.as_bytes()[self.skip_white_space()] != b']' {
            items.push(self.scan_value());
            self.skip_mark(b',');
        }
        self.offset += 1;
        SyntaxKind::List(items)
    }

    fn scan_string(&mut self) -> SpannedString {
        let start = self.skip_white_space();
        let bytes = self.source.as_bytes();
        let mut end = start + 1;
        while bytes[end] != b'"' {
            // An escaped quote does not end the string.
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        self.offset = end + 1;
        let value = serde_json::from_str(&self.source[start..self.offset])
            .expect("a string of valid JSON is valid JSON");
        SpannedString::new(value, start..self.offset)
    }

    /// Reads a number, `true`, `false` or `null`.
    fn scan_word(&mut self) -> SyntaxKind {
        let rest = &self.source[self.offset..];
        let length = rest
            // Where a number ends needs no grammar: the text is valid JSON.
            .find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c))
            .unwrap_or(rest.len());
        self.offset += length;
        match &rest[..length] {
            "null" => SyntaxKind::Null,
            "true" => SyntaxKind::Bool(true),
            "false" => SyntaxKind::Bool(false),
            number => number.parse().map_or_else(
                |_| SyntaxKind::Number(number.to_owned()),
                SyntaxKind::Integer,
            ),
        }
    }

    /// Skips white space and returns the offset of the next character.
    fn skip_white_space(&mut self) -> usize {
        let rest = &self.source[self.offset..];
        self.offset += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        self.offset
    }

    /// Skips a punctuation mark, if it comes next.
    fn skip_mark(&mut self, mark: u8) {
        if self.source.as_bytes()[self.skip_white_space()] == mark {
            self.offset += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> (SyntaxNode, Vec<String>) {
        let mut found = DiagnosticCollector::new(source, "c.json");
        let node = parse_json(source, &mut found);
        let errors = found
            .into_result(())
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
