//! The right form of a value that has the wrong kind, for messages.

use super::grammar::{CRITERION, LIMIT};
use super::scalar::shorten_text;
use super::shapes::ValueShape;
use super::syntax::{SyntaxKind, SyntaxNode};

/// Suggests the right form of a value. `what` is its name in messages; if that is a key, the
/// suggestion begins with it.
pub(super) fn suggest_form(node: &SyntaxNode, shape: &ValueShape, what: &str) -> Option<String> {
    let key = what
        .strip_prefix('`')
        .and_then(|rest| rest.strip_suffix('`'));
    let written = |value: String| match key {
        Some(key) => format!("write `{key} = {value}`"),
        None => format!("write `{value}`"),
    };
    match (shape, &node.kind) {
        (
            ValueShape::List(ValueShape::Table(_) | ValueShape::Variants(_), ..),
            SyntaxKind::Table(_),
        ) => Some("a list of tables has headers in double brackets: `[[…]]`".to_owned()),
        // A number in the place of the events is the target.
        (ValueShape::Either(_), SyntaxKind::Integer(target)) if key == Some("count") => Some(
            format!("name the events: write `count = \"post.published\", at_least = {target}`"),
        ),
        (ValueShape::Either(shapes), _) => shapes
            .iter()
            .rev()
            .find_map(|shape| suggest_form(node, shape, what)),
        (ValueShape::Variants(variants), _) if std::ptr::eq(*variants, &CRITERION) => {
            suggest_criterion(node).map(written)
        }
        (ValueShape::Variants(variants), SyntaxKind::Integer(most))
            if std::ptr::eq(*variants, &LIMIT) =>
        {
            Some(written(format!("{{ points = {most}, per = \"day\" }}")))
        }
        (ValueShape::Map(ValueShape::Reference, ..), SyntaxKind::Integer(amount)) => {
            let form = written(format!("{{ xp = {amount} }}"));
            Some(format!("name the currency: {form}"))
        }
        (ValueShape::Map(ValueShape::Reference, ..), SyntaxKind::Text(text)) => {
            let amount = quote(text);
            let amount = if is_whole(text) { text } else { &amount };
            let form = written(format!("{{ xp = {amount} }}"));
            Some(format!("name the currency: {form}"))
        }
        (ValueShape::List(each, ..), _) => {
            let value = render_scalar(node)?;
            matches_scalar(node, each).then(|| written(format!("[{value}]")))
        }
        (ValueShape::Duration | ValueShape::Window, SyntaxKind::Integer(number)) => {
            Some(format!("add a unit: {}", written(format!("\"{number}d\""))))
        }
        (
            ValueShape::Bool | ValueShape::True | ValueShape::Integer(..) | ValueShape::Number,
            SyntaxKind::Text(text),
        ) if is_whole(text) || text == "true" || text == "false" => {
            let is_number = !matches!(shape, ValueShape::Bool | ValueShape::True);
            (is_number == is_whole(text))
                .then(|| format!("leave the quotes out: {}", written(text.clone())))
        }
        (ValueShape::Integer(..) | ValueShape::Number, SyntaxKind::Text(_)) => Some(format!(
            "write digits: {}",
            key.map_or("10".to_owned(), |key| format!("`{key} = 10`"))
        )),
        (ValueShape::Word(words), _) if !matches!(node.kind, SyntaxKind::Text(_)) => {
            let words: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            Some(format!("allowed: {}", words.join(", ")))
        }
        (
            ValueShape::Text
            | ValueShape::Id
            | ValueShape::Reference
            | ValueShape::ApplicationId
            | ValueShape::Expression,
            SyntaxKind::Integer(_) | SyntaxKind::Bool(_),
        ) => {
            let value = render_scalar(node)?;
            Some(format!("add quotes: {}", written(format!("\"{value}\""))))
        }
        _ => None,
    }
}

/// Suggests a criterion for a text such as `post.published >= 10`, a number or a list.
fn suggest_criterion(node: &SyntaxNode) -> Option<String> {
    match &node.kind {
        SyntaxKind::Text(text) => {
            let (name, target) = match text.split_once(['>', '=']) {
                Some((name, rest)) => (name, rest.trim_start_matches(['>', '=', ' '])),
                None => (text.as_str(), ""),
            };
            let event = quote(shorten_text(name.trim()).as_ref());
            Some(if is_whole(target) {
                format!("{{ count = {event}, at_least = {target} }}")
            } else {
                format!("{{ count = {event} }}")
            })
        }
        SyntaxKind::Integer(target) => Some(format!(
            "{{ count = \"post.published\", at_least = {target} }}"
        )),
        SyntaxKind::List(_) => Some("{ all = […] }".to_owned()),
        _ => None,
    }
}

/// True if a list of this shape could have the value as its element.
fn matches_scalar(node: &SyntaxNode, shape: &ValueShape) -> bool {
    match (shape, &node.kind) {
        (ValueShape::Either(shapes), _) => shapes.iter().any(|shape| matches_scalar(node, shape)),
        (ValueShape::Integer(..) | ValueShape::Number, kind) => {
            matches!(kind, SyntaxKind::Integer(_) | SyntaxKind::Number(_))
        }
        (ValueShape::Id | ValueShape::Reference | ValueShape::Text, kind) => {
            matches!(kind, SyntaxKind::Text(_))
        }
        _ => false,
    }
}

/// Renders a scalar as in TOML; `None` for lists, tables and other kinds.
fn render_scalar(node: &SyntaxNode) -> Option<String> {
    match &node.kind {
        SyntaxKind::Integer(number) => Some(number.to_string()),
        SyntaxKind::Number(digits) => Some(digits.clone()),
        SyntaxKind::Bool(value) => Some(value.to_string()),
        SyntaxKind::Text(text) => Some(quote(shorten_text(text).as_ref())),
        _ => None,
    }
}

fn quote(text: &str) -> String {
    // Names of events and ids have neither quotes nor backslashes.
    format!("\"{}\"", text.replace(['"', '\\'], ""))
}

fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.len() < 16 && digits.bytes().all(|byte| byte.is_ascii_digit())
}
