//! Reads `[[test]]`: a history of events and the expected result.

use super::definitions::{read_amounts, read_duration, read_instant};
use super::syntax::{SyntaxKind, SyntaxNode};
use crate::catalog::diagnostic::{Diagnostic, DiagnosticCollector};
use crate::catalog::document::{ExpectationDocument, TestDocument, TestEventDocument};
use crate::value::Props;

pub(super) fn read_test(
    node: &SyntaxNode,
    found: &mut DiagnosticCollector,
) -> Option<TestDocument> {
    let given = node.get("given").map(SyntaxNode::items).unwrap_or_default();
    let expect = node
        .get("expect")
        .map(SyntaxNode::entries)
        .unwrap_or_default();
    Some(TestDocument {
        name: node.get("name")?.as_text()?,
        given: given
            .iter()
            .filter_map(|event| read_event(event, found))
            .collect(),
        now: read_instant(node.get("now")),
        expected: expect
            .iter()
            .map(|entry| (entry.key.clone(), read_expectation(&entry.value)))
            .collect(),
        span: node.span.clone(),
    })
}

fn read_event(node: &SyntaxNode, found: &mut DiagnosticCollector) -> Option<TestEventDocument> {
    let text = |key: &str| node.get(key).and_then(SyntaxNode::as_text);
    // Other kinds have been reported, and would be reported again as invalid properties.
    let props = node
        .get("props")
        .filter(|props| matches!(props.kind, SyntaxKind::Table(_)));
    Some(TestEventDocument {
        player: text("player")?,
        name: text("name")?,
        id: text("id"),
        at: read_instant(node.get("at")),
        repeat: node
            .get("repeat")
            .and_then(SyntaxNode::as_integer)
            // The grammar has reported a number that is out of range.
            .map_or(1, |repeat| u32::try_from(repeat.value).unwrap_or(1)),
        every: node
            .get("every")
            .and_then(read_duration)
            .map(|every| every.value),
        props: props
            .map(|props| read_props(props, found))
            .unwrap_or_default(),
        span: node.span.clone(),
    })
}

fn read_expectation(node: &SyntaxNode) -> ExpectationDocument {
    let texts = |key: &str| node.get(key).map(SyntaxNode::as_texts).unwrap_or_default();
    let progress = node
        .get("progress")
        .map(SyntaxNode::entries)
        .unwrap_or_default();
    let progress = progress
        .iter()
        .filter_map(|entry| Some((entry.key.clone(), entry.value.as_decimal()?)))
        .collect();
    ExpectationDocument {
        badges: texts("badges"),
        without: texts("without"),
        points: node.get("points").map(read_amounts).unwrap_or_default(),
        unlocked: texts("unlocked"),
        locked: texts("locked"),
        progress,
    }
}

/// Reads properties through JSON, so that both formats yield equal values.
fn read_props(node: &SyntaxNode, found: &mut DiagnosticCollector) -> Props {
    let problem =
        |message: String| Diagnostic::new(node.span.clone(), message, "invalid properties");
    let value = match node.to_json() {
        Ok(value) => value,
        Err(number) => {
            let message = format!("`{}` is not a valid JSON number", number.value);
            found.push(Diagnostic::new(number.span, message, "invalid number"));
            return Props::default();
        }
    };
    let props = serde_json::from_value::<Props>(value).map_err(|error| error.to_string());
    let props = props.and_then(|props| {
        props
            // Recording refuses larger properties (S25), so a test with them would prove nothing.
            .check_limits()
            .map(|()| props)
            .map_err(|error| error.to_string())
    });
    props.unwrap_or_else(|error| {
        found.push(problem(format!("`props`: {error}")));
        Props::default()
    })
}
