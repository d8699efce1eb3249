//! Checks a syntax tree against the grammar.

use super::node::{Entry, Node, NodeKind};
use super::scalar::{self, shorten};
use super::shape::{Form, Key, Shape, Variants};
use crate::catalog::diagnostic::{Collector, Diagnostic};
use crate::suggest::{did_you_mean, nearest};

/// Reports everything in a node that does not match a shape. `what` is its name in messages:
/// "`name`".
pub(super) fn check(node: &Node, shape: &'static Shape, what: &str, found: &mut Collector) {
    if !fits(node, shape) {
        let mut diagnostic = Diagnostic::new(
            node.span.clone(),
            format!("{what} must be {}, found {}", expected(shape), node.what()),
            format!("expected {}", expected(shape)),
        );
        if let (Shape::List(Shape::Form(_) | Shape::Variants(_), ..), NodeKind::Table(_)) =
            (shape, &node.kind)
        {
            diagnostic =
                diagnostic.help("a list of tables has headers in double brackets: `[[…]]`");
        }
        found.push(diagnostic);
        // Errors inside a value of the wrong kind would be noise.
        return;
    }
    match shape {
        Shape::Form(form) => check_form(node, form, found),
        Shape::Variants(variants) => check_variants(node, variants, found),
        Shape::Map(keys, values, least) => {
            check_length(node, node.entries().len(), *least, usize::MAX, what, found);
            for Entry { key, value } in node.entries() {
                let name = Node {
                    kind: NodeKind::Text(key.value.clone()),
                    span: key.span.clone(),
                };
                check(&name, keys, what, found);
                check(value, values, &format!("`{}`", key.value), found);
            }
        }
        Shape::List(each, least, most) => check_list(node, each, *least, *most, what, found),
        Shape::OneOrMore(each) if matches!(node.kind, NodeKind::List(_)) => {
            check_list(node, each, 1, usize::MAX, what, found);
        }
        Shape::OneOrMore(each) => check(node, each, what, found),
        Shape::Either(shapes) => {
            if let Some(shape) = shapes.iter().find(|shape| fits(node, shape)) {
                check(node, shape, what, found);
            }
        }
        scalar => {
            if let Err(diagnostic) = scalar::check(node, scalar, what) {
                found.push(diagnostic);
            }
        }
    }
}

/// Finds the form whose tag the table has, if it has exactly one of the tags.
pub(super) fn variant(node: &Node, variants: &'static Variants) -> Option<&'static Form> {
    let mut present = variants
        .forms
        .iter()
        .filter(|form| node.get(form.tag()).is_some());
    present.next().filter(|_| present.next().is_none())
}

/// True if a node is of the kind that a shape expects: text, a number, a list or a table.
fn fits(node: &Node, shape: &Shape) -> bool {
    match shape {
        Shape::Instant => matches!(node.kind, NodeKind::Text(_) | NodeKind::Time(_)),
        Shape::Bool | Shape::True => matches!(node.kind, NodeKind::Bool(_)),
        Shape::Whole(..) | Shape::Number => {
            matches!(node.kind, NodeKind::Integer(_) | NodeKind::Number(_))
        }
        Shape::OneOrMore(each) => matches!(node.kind, NodeKind::List(_)) || fits(node, each),
        Shape::List(..) => matches!(node.kind, NodeKind::List(_)),
        Shape::Either(shapes) => shapes.iter().any(|shape| fits(node, shape)),
        Shape::Form(_) | Shape::Variants(_) | Shape::Map(..) | Shape::Props => {
            matches!(node.kind, NodeKind::Table(_))
        }
        _ => matches!(node.kind, NodeKind::Text(_)),
    }
}

/// Describes the expected kind, for messages.
fn expected(shape: &Shape) -> String {
    match shape {
        Shape::Instant => "a time".to_owned(),
        Shape::Bool | Shape::True => "`true` or `false`".to_owned(),
        Shape::Whole(..) => "a whole number".to_owned(),
        Shape::Number => "a number".to_owned(),
        Shape::OneOrMore(each) => format!("{} or a list", expected(each)),
        Shape::List(..) => "a list".to_owned(),
        Shape::Either(shapes) => shapes.iter().map(expected).collect::<Vec<_>>().join(" or "),
        Shape::Form(_) | Shape::Variants(_) | Shape::Map(..) | Shape::Props => "a table".to_owned(),
        _ => "text".to_owned(),
    }
}

fn check_list(
    node: &Node,
    each: &'static Shape,
    least: usize,
    most: usize,
    what: &str,
    found: &mut Collector,
) {
    check_length(node, node.items().len(), least, most, what, found);
    let what = format!("each of {what}");
    // The length has been reported; errors in elements beyond it would be noise.
    for item in node.items().iter().take(most) {
        check(item, each, &what, found);
    }
}

fn check_length(
    node: &Node,
    length: usize,
    least: usize,
    most: usize,
    what: &str,
    found: &mut Collector,
) {
    if length < least {
        let diagnostic = Diagnostic::new(node.span.clone(), format!("{what} is empty"), "empty");
        found.push(
            diagnostic.help("add at least one element, or leave the key out if it is optional"),
        );
    } else if length > most {
        let message = format!("{what} has {length} elements; the limit is {most}");
        found.push(Diagnostic::new(node.span.clone(), message, "too many"));
    }
}

fn check_form(node: &Node, form: &'static Form, found: &mut Collector) {
    for Entry { key, value } in node.entries() {
        match form.key(key) {
            Some(Key { name, shape, .. }) => check(value, shape, &format!("`{name}`"), found),
            None => {
                let message = format!("{} has no key `{}`", form.title, shorten(key));
                let diagnostic = Diagnostic::new(key.span.clone(), message, "unknown key");
                found.push(diagnostic.help(choice(key, form.key_names())));
            }
        }
    }
    for key in form
        .keys
        .iter()
        .filter(|key| key.required && is_missing(node, form, key.name))
    {
        let message = format!("{} needs the key `{}`", form.title, key.name);
        let diagnostic = Diagnostic::new(
            node.span.clone(),
            message,
            format!("no `{}` here", key.name),
        );
        found.push(diagnostic.help(format!("add `{}`. {}", key.name, key.doc)));
    }
}

/// True if a table lacks a key. A misspelled key is not missing, because it is reported as unknown.
pub(super) fn is_missing(node: &Node, form: &Form, key: &str) -> bool {
    let is_slip = |entry: &Entry| {
        form.key(&entry.key).is_none()
            && nearest(&entry.key, form.key_names()).is_some_and(|meant| meant == key)
    };
    node.get(key).is_none() && !node.entries().iter().any(is_slip)
}

fn check_variants(node: &Node, variants: &'static Variants, found: &mut Collector) {
    if let Some(form) = variant(node, variants) {
        return check_form(node, form, found);
    }
    let tagged = |entry: &&Entry| variants.tags().any(|tag| tag == entry.key.value);
    let tags: Vec<&Entry> = node.entries().iter().filter(tagged).collect();
    let diagnostic = match tags[..] {
        [one, other, ..] => {
            let message = format!(
                "{} cannot be `{}` and `{}` at once",
                variants.title, one.key.value, other.key.value
            );
            Diagnostic::new(other.key.span.clone(), message, "one too many").help(variants.both)
        }
        _ => {
            let unknown = node
                .entries()
                .iter()
                .find(|entry| did_you_mean(&entry.key, variants.tags()).is_some());
            let (word, span) = unknown.map_or(("", &node.span), |entry| {
                (&entry.key.value, &entry.key.span)
            });
            let message = format!("{} needs exactly one of its kinds", variants.title);
            Diagnostic::new(span.clone(), message, "no kind here")
                .help(choice(word, variants.tags()))
        }
    };
    found.push(diagnostic);
}

/// Suggests the nearest allowed word, and lists all of them.
pub(super) fn choice(word: &str, allowed: impl Iterator<Item = &'static str> + Clone) -> String {
    let all = allowed
        .clone()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match did_you_mean(word, allowed) {
        Some(suggestion) => format!("{suggestion} Allowed: {all}"),
        None => format!("allowed: {all}"),
    }
}
