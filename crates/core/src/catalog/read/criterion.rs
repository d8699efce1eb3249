//! Reads criteria, and checks the constraints between their keys.

use super::check::{find_variant, is_missing};
use super::grammar::CRITERION;
use super::scalar;
use super::shapes::TableShape;
use super::syntax::{SyntaxKind, SyntaxNode};
use super::target::{check_target, has_number};
use crate::catalog::diagnostic::{Diagnostic, DiagnosticCollector};
use crate::catalog::document::{
    AggregateDocument, AggregateOperator, AggregateSource, CriterionDocument, CriterionKind,
    Spanned,
};
use crate::limits;
use crate::number::Decimal;
use crate::time::TimeWindow;

/// The position of a criterion within other criteria and its badge.
#[derive(Clone, Copy)]
struct CriterionContext {
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
    node: &SyntaxNode,
    tiered: bool,
    found: &mut DiagnosticCollector,
) -> Option<CriterionDocument> {
    read_nested_criterion(
        node,
        CriterionContext {
            depth: 1,
            tiered,
            keyed: false,
        },
        found,
    )
}

/// The key that sets the criterion's kind, if it has exactly one.
pub(super) fn find_kind(node: &SyntaxNode) -> Option<&'static str> {
    find_variant(node, &CRITERION).map(|form| form.tag_name())
}

fn read_nested_criterion(
    node: &SyntaxNode,
    place: CriterionContext,
    found: &mut DiagnosticCollector,
) -> Option<CriterionDocument> {
    let form = find_variant(node, &CRITERION)?;
    let tag = form.tag_name();
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
    let per = node.get("per").and_then(SyntaxNode::as_text);
    // Tiers set the target of the outermost criterion only.
    let inner = CriterionContext {
        depth: place.depth + 1,
        tiered: false,
        keyed: place.keyed || per.is_some(),
    };
    let several = |found: &mut DiagnosticCollector| {
        value
            .items()
            .iter()
            .filter_map(|item| read_nested_criterion(item, inner, found))
            .collect()
    };
    let kind = match tag {
        "badge" => CriterionKind::Badge {
            badge: value.as_text()?,
            tier: node.get("tier").and_then(SyntaxNode::as_text),
        },
        "points" => CriterionKind::Points(value.as_text()?),
        "unlocked" => CriterionKind::Unlocked(value.as_text()?),
        "age" => CriterionKind::Age(value.as_text()?.parse().ok()?),
        "manual" => CriterionKind::Manual,
        "all" => CriterionKind::All(several(found)),
        "any" => CriterionKind::Any(several(found)),
        "some" => CriterionKind::SomeOf(several(found)),
        "not" => CriterionKind::Not(Box::new(read_nested_criterion(value, inner, found)?)),
        _ => CriterionKind::Aggregate(read_aggregate(node, tag, place, found)?),
    };
    Some(CriterionDocument {
        span: node.span.clone(),
        per,
        at_least,
        kind,
    })
}

fn read_aggregate(
    node: &SyntaxNode,
    tag: &str,
    place: CriterionContext,
    found: &mut DiagnosticCollector,
) -> Option<AggregateDocument> {
    let expression = || node.get(tag).and_then(SyntaxNode::as_text);
    let operator = match tag {
        "sum" => AggregateOperator::Sum(expression()?),
        "max" => AggregateOperator::Max(expression()?),
        "latest" => AggregateOperator::Latest(expression()?),
        "distinct" => AggregateOperator::Distinct(expression()?),
        "count" => AggregateOperator::Count,
        // A kind that the grammar gains and this list lacks must fail a test, not count.
        other => unreachable!("the grammar has no aggregate `{other}`"),
    };
    let on = node.get(if tag == "count" { "count" } else { "on" })?;
    let source = if matches!(on.kind, SyntaxKind::Table(_)) {
        check_over_keys(node, tag, on, found);
        // The inner criterion brings its own key.
        let inner = CriterionContext {
            depth: place.depth + 1,
            tiered: false,
            keyed: false,
        };
        AggregateSource::Keys(Box::new(read_nested_criterion(on, inner, found)?))
    } else {
        AggregateSource::Events(on.as_texts())
    };
    let within = node.get("within").and_then(SyntaxNode::as_text);
    let within = within
        .and_then(|text| scalar::parse_window(&text).map(|window| Spanned::new(window, text.span)));
    let player_zone = read_player_zone(node);
    if let Some(zone) = node.entry("zone")
        // Asks for the key and not for its value, because an invalid window has been reported.
        && (node.get("within").is_none()
            || matches!(within.as_deref(), Some(TimeWindow::Sliding(_))))
    {
        let message = "`zone` has no effect without a calendar period";
        let help =
            "leave it out, or write `within = \"day\"`, `\"week\"`, `\"month\"` or `\"year\"`";
        found.push(
            Diagnostic::new(zone.key.span.clone(), message, "no effect here").with_help(help),
        );
    }
    let condition = node.get("where").and_then(SyntaxNode::as_text);
    Some(AggregateDocument {
        operator,
        source,
        condition,
        within,
        player_zone,
    })
}

/// True if `zone` is `player`.
pub(super) fn read_player_zone(node: &SyntaxNode) -> bool {
    node.get("zone")
        .and_then(SyntaxNode::as_text)
        .is_some_and(|zone| *zone == "player")
}

/// Checks an aggregate over the keys of another criterion (S8).
fn check_over_keys(node: &SyntaxNode, tag: &str, of: &SyntaxNode, found: &mut DiagnosticCollector) {
    if matches!(tag, "max" | "latest") {
        let message = format!("`{tag}` cannot aggregate the keys of a criterion");
        let diagnostic = Diagnostic::new(of.span.clone(), message, "expected events");
        found.push(diagnostic.with_help("use `count`, `sum` or `distinct`, or name events"));
    }
    for key in ["where", "per", "within"] {
        if let Some(entry) = node.entry(key) {
            let message = format!("`{key}` is not allowed in an aggregate over keys");
            let diagnostic = Diagnostic::new(entry.key.span.clone(), message, "not allowed here");
            found.push(diagnostic.with_help("move it into the inner criterion"));
        }
    }
    if find_kind(of).is_some() && of.get("per").is_none() {
        let message = "a criterion whose keys are aggregated needs the key `per`";
        let diagnostic = Diagnostic::new(of.span.clone(), message, "no `per` here");
        found.push(diagnostic.with_help("`per` yields the keys, such as `per = \"event.post\"`"));
    }
}

/// Checks a criterion inside one with `per`: each part must depend on a single key (S8).
fn check_keyed(node: &SyntaxNode, tag: &str, found: &mut DiagnosticCollector) {
    if let Some(entry) = node.entry("per") {
        let message = "an enclosing criterion already has `per`";
        let diagnostic = Diagnostic::new(entry.key.span.clone(), message, "second `per`");
        found.push(
            diagnostic.with_help("leave this one out: all inner criteria share the outer key"),
        );
    }
    let over_keys = ["count", "on"].iter().any(|key| {
        node.get(key)
            .is_some_and(|of| matches!(of.kind, SyntaxKind::Table(_)))
    });
    // These are about the player as a whole, so the parts would not share one key (S8).
    if over_keys || matches!(tag, "badge" | "points" | "unlocked" | "age" | "manual") {
        let what = if over_keys {
            "an aggregate over keys".to_owned()
        } else {
            format!("`{tag}`")
        };
        let message = format!("{what} is not allowed inside a criterion with `per`");
        let diagnostic = Diagnostic::new(node.span.clone(), message, "does not depend on the key");
        found.push(diagnostic.with_help(
            "move it out of that criterion: `all = [{ all = […], per = \"…\" }, { … }]`",
        ));
    }
}

fn read_at_least(
    node: &SyntaxNode,
    form: &TableShape,
    place: CriterionContext,
    found: &mut DiagnosticCollector,
) -> Option<Spanned<Decimal>> {
    let tag = form.tag_name();
    // Kinds that hold or do not hold have no target; the grammar reports one as an unknown key.
    form.find_key("at_least")?;
    let Some(entry) = node.entry("at_least") else {
        let needed = !place.tiered && matches!(tag, "sum" | "max" | "latest" | "points" | "some");
        if needed && is_missing(node, form, "at_least", found.suggestions()) {
            let message = format!("a `{tag}` criterion needs the key `at_least`");
            let diagnostic = Diagnostic::new(node.span.clone(), message, "no `at_least` here");
            found.push(diagnostic.with_help("set the target, such as `at_least = 10`"));
        }
        return None;
    };
    if place.tiered && has_number(tag) {
        let message = "the badge's tiers already set the target";
        let diagnostic = Diagnostic::new(entry.key.span.clone(), message, "target set by tiers");
        found.push(diagnostic.with_help("leave `at_least` out"));
        return None;
    }
    check_target(&entry.value, node, "`at_least`", found);
    entry.value.as_decimal()
}
