//! Checks a syntax tree against the grammar.

use super::choice::suggest_choice;
use super::planned::find_recipe;
use super::right_form::suggest_form;
use super::scalar::{self, shorten_text};
use super::shapes::{KeyShape, TableShape, ValueShape, VariantShapes};
use super::syntax::{SyntaxEntry, SyntaxKind, SyntaxNode};
use crate::catalog::diagnostic::{Diagnostic, DiagnosticCollector};
use crate::suggest::BoundedSuggestions;

/// Reports everything in a node that does not match a shape. `what` is its name in messages:
/// "`name`".
pub(super) fn check_shape(
    node: &SyntaxNode,
    shape: &'static ValueShape,
    what: &str,
    found: &mut DiagnosticCollector,
) {
    if !matches_kind(node, shape) {
        let diagnostic = Diagnostic::new(
            node.span.clone(),
            format!(
                "{what} must be {}, found {}",
                describe_expected(shape),
                node.kind_name()
            ),
            format!("expected {}", describe_expected(shape)),
        );
        found.push(match suggest_form(node, shape, what) {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        });
        // Errors inside a value of the wrong kind would be noise.
        return;
    }
    match shape {
        ValueShape::Table(form) => check_form(node, form, found),
        ValueShape::Variants(variants) => check_variants(node, variants, found),
        ValueShape::Map(keys, values, least) => {
            check_length(node, node.entries().len(), *least, usize::MAX, what, found);
            for SyntaxEntry { key, value } in node.entries() {
                // Keys of maps are ids, so they are checked as values are.
                let name = SyntaxNode {
                    kind: SyntaxKind::Text(key.value.clone()),
                    span: key.span.clone(),
                };
                check_shape(&name, keys, what, found);
                check_shape(value, values, &format!("`{}`", key.value), found);
            }
        }
        ValueShape::List(each, least, most) => check_list(node, each, *least, *most, what, found),
        ValueShape::OneOrMore(each) if matches!(node.kind, SyntaxKind::List(_)) => {
            check_list(node, each, 1, usize::MAX, what, found);
        }
        ValueShape::OneOrMore(each) => check_shape(node, each, what, found),
        ValueShape::Either(shapes) => {
            if let Some(shape) = shapes.iter().find(|shape| matches_kind(node, shape)) {
                check_shape(node, shape, what, found);
            }
        }
        scalar => {
            if let Err(diagnostic) = scalar::check_scalar(node, scalar, what, found.suggestions()) {
                found.push(diagnostic);
            }
        }
    }
}

/// Finds the form whose tag the table has, if it has exactly one of the tags.
pub(super) fn find_variant(
    node: &SyntaxNode,
    variants: &'static VariantShapes,
) -> Option<&'static TableShape> {
    let mut present = variants
        .forms
        .iter()
        .filter(|form| node.get(form.tag_name()).is_some());
    present.next().filter(|_| present.next().is_none())
}

/// True if a node is of the kind that a shape expects: text, a number, a list or a table.
fn matches_kind(node: &SyntaxNode, shape: &ValueShape) -> bool {
    match shape {
        ValueShape::Instant => matches!(node.kind, SyntaxKind::Text(_) | SyntaxKind::Time(_)),
        ValueShape::Bool | ValueShape::True => matches!(node.kind, SyntaxKind::Bool(_)),
        ValueShape::Integer(..) | ValueShape::Number => {
            matches!(node.kind, SyntaxKind::Integer(_) | SyntaxKind::Number(_))
        }
        ValueShape::OneOrMore(each) => {
            matches!(node.kind, SyntaxKind::List(_)) || matches_kind(node, each)
        }
        ValueShape::List(..) => matches!(node.kind, SyntaxKind::List(_)),
        ValueShape::Either(shapes) => shapes.iter().any(|shape| matches_kind(node, shape)),
        ValueShape::Table(_)
        | ValueShape::Variants(_)
        | ValueShape::Map(..)
        | ValueShape::Props => {
            matches!(node.kind, SyntaxKind::Table(_))
        }
        _ => matches!(node.kind, SyntaxKind::Text(_)),
    }
}

/// Describes the expected kind, for messages.
fn describe_expected(shape: &ValueShape) -> String {
    match shape {
        ValueShape::Instant => "a time".to_owned(),
        ValueShape::Bool | ValueShape::True => "`true` or `false`".to_owned(),
        ValueShape::Integer(..) => "a whole number".to_owned(),
        ValueShape::Number => "a number".to_owned(),
        ValueShape::OneOrMore(each) => format!("{} or a list", describe_expected(each)),
        ValueShape::List(..) => "a list".to_owned(),
        ValueShape::Either(shapes) => shapes
            .iter()
            .map(describe_expected)
            .collect::<Vec<_>>()
            .join(" or "),
        ValueShape::Table(_)
        | ValueShape::Variants(_)
        | ValueShape::Map(..)
        | ValueShape::Props => "a table".to_owned(),
        _ => "text".to_owned(),
    }
}

fn check_list(
    node: &SyntaxNode,
    each: &'static ValueShape,
    least: usize,
    most: usize,
    what: &str,
    found: &mut DiagnosticCollector,
) {
    check_length(node, node.items().len(), least, most, what, found);
    let what = format!("each of {what}");
    // The length has been reported; errors in elements beyond it would be noise.
    for item in node.items().iter().take(most) {
        check_shape(item, each, &what, found);
    }
}

fn check_length(
    node: &SyntaxNode,
    length: usize,
    least: usize,
    most: usize,
    what: &str,
    found: &mut DiagnosticCollector,
) {
    if length < least {
        let diagnostic = Diagnostic::new(node.span.clone(), format!("{what} is empty"), "empty");
        found.push(
            diagnostic
                .with_help("add at least one element, or leave the key out if it is optional"),
        );
    } else if length > most {
        let message = format!("{what} has {length} elements; the limit is {most}");
        found.push(Diagnostic::new(node.span.clone(), message, "too many"));
    }
}

fn check_form(node: &SyntaxNode, form: &'static TableShape, found: &mut DiagnosticCollector) {
    for SyntaxEntry { key, value } in node.entries() {
        match form.find_key(key) {
            Some(KeyShape { name, shape, .. }) => {
                check_shape(value, shape, &format!("`{name}`"), found)
            }
            None => {
                let message = format!("{} has no key `{}`", form.title, shorten_text(key));
                let diagnostic = Diagnostic::new(key.span.clone(), message, "unknown key");
                let help = match find_recipe(key) {
                    Some(recipe) => recipe.to_owned(),
                    None => suggest_choice(key, form.key_names(), found.suggestions()),
                };
                found.push(diagnostic.with_help(help));
            }
        }
    }
    for key in form.keys.iter().filter(|key| key.required) {
        if !is_missing(node, form, key.name, found.suggestions()) {
            continue;
        }
        let message = format!("{} needs the key `{}`", form.title, key.name);
        let diagnostic = Diagnostic::new(
            node.span.clone(),
            message,
            format!("no `{}` here", key.name),
        );
        found.push(diagnostic.with_help(format!("add `{}`. {}", key.name, key.doc)));
    }
}

/// True if a table lacks a key. A misspelled key is not missing, because it is reported as unknown.
pub(super) fn is_missing(
    node: &SyntaxNode,
    form: &TableShape,
    key: &str,
    suggestions: &BoundedSuggestions,
) -> bool {
    let is_slip = |entry: &SyntaxEntry| {
        form.find_key(&entry.key).is_none()
            && (suggestions.find_nearest(&entry.key, form.key_names()))
                .is_some_and(|meant| meant == key)
    };
    node.get(key).is_none() && !node.entries().iter().any(is_slip)
}

fn check_variants(
    node: &SyntaxNode,
    variants: &'static VariantShapes,
    found: &mut DiagnosticCollector,
) {
    if let Some(form) = find_variant(node, variants) {
        return check_form(node, form, found);
    }
    let tagged = |entry: &&SyntaxEntry| variants.tag_names().any(|tag| tag == entry.key.value);
    let tags: Vec<&SyntaxEntry> = node.entries().iter().filter(tagged).collect();
    let planned = node
        .entries()
        .iter()
        .find_map(|entry| Some((entry, find_recipe(&entry.key)?)));
    let diagnostic = match (&tags[..], planned) {
        ([], Some((entry, recipe))) => {
            let message = format!("{} has no kind `{}`", variants.title, entry.key.value);
            Diagnostic::new(entry.key.span.clone(), message, "not available yet").with_help(recipe)
        }
        ([one, other, ..], _) => {
            let message = format!(
                "{} cannot be `{}` and `{}` at once",
                variants.title, one.key.value, other.key.value
            );
            Diagnostic::new(other.key.span.clone(), message, "one too many")
                .with_help(variants.both_help)
        }
        _ => {
            // A key that resembles a kind is probably meant as one, and is a closer place than the
            // table.
            let suggestions = found.suggestions();
            let resembles_kind = |entry: &&SyntaxEntry| {
                (suggestions.find_nearest(&entry.key, variants.tag_names())).is_some()
            };
            let unknown = node.entries().iter().find(resembles_kind);
            let (word, span) = unknown.map_or(("", &node.span), |entry| {
                (&entry.key.value, &entry.key.span)
            });
            let message = format!("{} needs exactly one of its kinds", variants.title);
            Diagnostic::new(span.clone(), message, "no kind here").with_help(suggest_choice(
                word,
                variants.tag_names(),
                suggestions,
            ))
        }
    };
    found.push(diagnostic);
}
