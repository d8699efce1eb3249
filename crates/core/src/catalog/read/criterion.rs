//! Reads criteria, and checks the constraints between their keys.

use super::check::{is_missing, variant};
use super::forms::CRITERION;
use super::node::{Node, NodeKind};
use super::scalar;
use super::shape::Form;
use super::target::{check_target, has_number};
use crate::catalog::diagnostic::{Collector, Diagnostic};
use crate::catalog::document::{Aggregate, Criterion, CriterionKind, Operator, Source, Spanned};
use crate::limits;
use crate::number::Decimal;
use crate::time::{Calendar, Window};

/// The position of a criterion within other criteria and its badge.
#[derive(Clone, Copy)]
struct Place {
    /// The depth of nesting, from 1.
    depth: usize,
    /// True if the tiers of the badge set the target.
    tiered: bool,
    /// True if an enclosing criterion has `per`.
    keyed: bool,
}

/// Reads the criterion of a badge or an unlockable. `tiered` is true if the badge's tiers set the
/// target.
pub(super) fn read_criterion(
    node: &Node,
    tiered: bool,
    found: &mut Collector,
) -> Option<Criterion> {
    read_at(
        node,
        Place {
            depth: 1,
            tiered,
            keyed: false,
        },
        found,
    )
}

/// The key that sets the criterion's kind, if it has exactly one.
pub(super) fn kind_of(node: &Node) -> Option<&'static str> {
    variant(node, &CRITERION).map(|form| form.tag())
}

fn read_at(node: &Node, place: Place, found: &mut Collector) -> Option<Criterion> {
    let form = variant(node, &CRITERION)?;
    let tag = form.tag();
    // Checked before going deeper, because hostile text may nest as deep as its parser permits.
    if place.depth > limits::CRITERION_DEPTH {
        let message = format!(
            "criteria nest deeper than {} levels",
            limits::CRITERION_DEPTH
        );
        found.push(Diagnostic::new(
            node.span.clone(),
            message,
            "one level too deep",
        ));
        return None;
    }
    if place.keyed {
        check_keyed(node, tag, found);
    }
    let at_least = read_at_least(node, form, place, found);
    let value = node.get(tag)?;
    let per = node.get("per").and_then(Node::text);
    // Tiers set the target of the outermost criterion only.
    let inner = Place {
        depth: place.depth + 1,
        tiered: false,
        keyed: place.keyed || per.is_some(),
    };
    let several = |found: &mut Collector| {
        value
            .items()
            .iter()
            .filter_map(|item| read_at(item, inner, found))
            .collect()
    };
    let kind = match tag {
        "badge" => CriterionKind::Badge {
            badge: value.text()?,
            tier: node.get("tier").and_then(Node::text),
        },
        "points" => CriterionKind::Points(value.text()?),
        "unlocked" => CriterionKind::Unlocked(value.text()?),
        "age" => CriterionKind::Age(Calendar::from_word(&value.text()?)?),
        "manual" => CriterionKind::Manual,
        "all" => CriterionKind::All(several(found)),
        "any" => CriterionKind::Any(several(found)),
        "some" => CriterionKind::Some(several(found)),
        "not" => CriterionKind::Not(Box::new(read_at(value, inner, found)?)),
        _ => CriterionKind::Aggregate(read_aggregate(node, tag, place, found)?),
    };
    Some(Criterion {
        span: node.span.clone(),
        per,
        at_least,
        kind,
    })
}

fn read_aggregate(
    node: &Node,
    tag: &str,
    place: Place,
    found: &mut Collector,
) -> Option<Aggregate> {
    let expression = || node.get(tag).and_then(Node::text);
    let operator = match tag {
        "sum" => Operator::Sum(expression()?),
        "max" => Operator::Max(expression()?),
        "latest" => Operator::Latest(expression()?),
        "distinct" => Operator::Distinct(expression()?),
        "count" => Operator::Count,
        // A kind that the grammar gains and this list lacks must fail a test, not count.
        other => unreachable!("the grammar has no aggregate `{other}`"),
    };
    let on = node.get(if tag == "count" { "count" } else { "on" })?;
    let source = if matches!(on.kind, NodeKind::Table(_)) {
        check_over_keys(node, tag, on, found);
        // The inner criterion brings its own key.
        let inner = Place {
            depth: place.depth + 1,
            tiered: false,
            keyed: false,
        };
        Source::Keys(Box::new(read_at(on, inner, found)?))
    } else {
        Source::Events(on.texts())
    };
    let within = node.get("within").and_then(Node::text);
    let within =
        within.and_then(|text| scalar::window(&text).map(|window| Spanned::new(window, text.span)));
    let player_zone = read_player_zone(node);
    if let Some(zone) = node.entry("zone")
        && (node.get("within").is_none() || matches!(within.as_deref(), Some(Window::Sliding(_))))
    {
        let message = "`zone` has no effect without a calendar period";
        let help =
            "leave it out, or write `within = \"day\"`, `\"week\"`, `\"month\"` or `\"year\"`";
        found.push(Diagnostic::new(zone.key.span.clone(), message, "no effect here").help(help));
    }
    let condition = node.get("where").and_then(Node::text);
    Some(Aggregate {
        operator,
        source,
        condition,
        within,
        player_zone,
    })
}

/// True if `zone` is `player`.
pub(super) fn read_player_zone(node: &Node) -> bool {
    node.get("zone")
        .and_then(Node::text)
        .is_some_and(|zone| *zone == "player")
}

/// Checks an aggregate over the keys of another criterion (S8).
fn check_over_keys(node: &Node, tag: &str, of: &Node, found: &mut Collector) {
    if matches!(tag, "max" | "latest") {
        let message = format!("`{tag}` cannot aggregate the keys of a criterion");
        let diagnostic = Diagnostic::new(of.span.clone(), message, "expected events");
        found.push(diagnostic.help("use `count`, `sum` or `distinct`, or name events"));
    }
    for key in ["where", "per", "within"] {
        if let Some(entry) = node.entry(key) {
            let message = format!("`{key}` is not allowed in an aggregate over keys");
            let diagnostic = Diagnostic::new(entry.key.span.clone(), message, "not allowed here");
            found.push(diagnostic.help("move it into the inner criterion"));
        }
    }
    if kind_of(of).is_some() && of.get("per").is_none() {
        let message = "a criterion whose keys are aggregated needs the key `per`";
        let diagnostic = Diagnostic::new(of.span.clone(), message, "no `per` here");
        found.push(diagnostic.help("`per` yields the keys, such as `per = \"event.post\"`"));
    }
}

/// Checks a criterion inside one with `per`: each part must depend on a single key (S8).
fn check_keyed(node: &Node, tag: &str, found: &mut Collector) {
    if let Some(entry) = node.entry("per") {
        let message = "an enclosing criterion already has `per`";
        let diagnostic = Diagnostic::new(entry.key.span.clone(), message, "second `per`");
        found.push(diagnostic.help("leave this one out: all inner criteria share the outer key"));
    }
    let over_keys = ["count", "on"].iter().any(|key| {
        node.get(key)
            .is_some_and(|of| matches!(of.kind, NodeKind::Table(_)))
    });
    if over_keys || matches!(tag, "badge" | "points" | "unlocked" | "age" | "manual") {
        let what = if over_keys {
            "an aggregate over keys".to_owned()
        } else {
            format!("`{tag}`")
        };
        let message = format!("{what} is not allowed inside a criterion with `per`");
        let diagnostic = Diagnostic::new(node.span.clone(), message, "does not depend on the key");
        found
            .push(diagnostic.help(
                "move it out of that criterion: `all = [{ all = […], per = \"…\" }, { … }]`",
            ));
    }
}

fn read_at_least(
    node: &Node,
    form: &Form,
    place: Place,
    found: &mut Collector,
) -> Option<Spanned<Decimal>> {
    let tag = form.tag();
    form.key("at_least")?;
    let Some(entry) = node.entry("at_least") else {
        let needed = !place.tiered && matches!(tag, "sum" | "max" | "latest" | "points" | "some");
        if needed && is_missing(node, form, "at_least") {
            let message = format!("a `{tag}` criterion needs the key `at_least`");
            let diagnostic = Diagnostic::new(node.span.clone(), message, "no `at_least` here");
            found.push(diagnostic.help("set the target, such as `at_least = 10`"));
        }
        return None;
    };
    if place.tiered && has_number(tag) {
        let message = "the badge's tiers already set the target";
        let diagnostic = Diagnostic::new(entry.key.span.clone(), message, "target set by tiers");
        found.push(diagnostic.help("leave `at_least` out"));
        return None;
    }
    check_target(&entry.value, node, "`at_least`", found);
    entry.value.decimal()
}
