//! Reads currencies, categories, limits, earnings, unlockables, and the parts that all rules share.

use super::check::variant;
use super::criterion::{read_criterion, read_player_zone};
use super::forms::LIMIT;
use super::node::{Node, NodeKind};
use super::scalar;
use crate::catalog::diagnostic::{Collector, Diagnostic};
use crate::catalog::document::{
    Amount, Category, Criterion, CriterionKind, Currency, Defaults, Earning, Images, Label, Limit,
    LimitPeriod, LimitRef, SharedLimit, Spanned, Text, Unlockable,
};
use crate::time::{self, Calendar, Timestamp};

/// Reads identity and display texts. Returns `None` without an id, which the grammar has reported.
pub(super) fn read_label(node: &Node) -> Option<Label> {
    let text = |key: &str| node.get(key).and_then(Node::text);
    Some(Label {
        id: text("id")?,
        name: text("name"),
        description: text("description"),
        category: text("category"),
        was: node.get("was").map(Node::texts).unwrap_or_default(),
    })
}

pub(super) fn read_defaults(node: &Node) -> Defaults {
    Defaults {
        images: node.get("images").map(read_images).unwrap_or_default(),
        tiers: node.get("tiers").map(Node::texts),
    }
}

pub(super) fn read_images(node: &Node) -> Images {
    let text = |key: &str| node.get(key).and_then(Node::text);
    Images {
        locked: text("locked"),
        unlocked: text("unlocked"),
        secret: text("secret"),
    }
}

pub(super) fn read_currency(node: &Node) -> Option<Currency> {
    let expires = node.get("expires").and_then(Node::text);
    Some(Currency {
        label: read_label(node)?,
        icon: node.get("icon").and_then(Node::text),
        expires: expires
            .and_then(|text| scalar::window(&text).map(|window| Spanned::new(window, text.span))),
    })
}

pub(super) fn read_category(node: &Node) -> Option<Category> {
    Some(Category {
        label: read_label(node)?,
    })
}

pub(super) fn read_shared_limit(node: &Node, found: &mut Collector) -> Option<SharedLimit> {
    Some(SharedLimit {
        label: read_label(node)?,
        limit: read_limit(node, found)?,
    })
}

fn read_limit(node: &Node, found: &mut Collector) -> Option<Limit> {
    let period = node.get("per")?.text()?;
    let per = match Calendar::from_word(&period) {
        Some(calendar) => LimitPeriod::Calendar(calendar),
        // The grammar permits only `ever` besides calendar units.
        None => LimitPeriod::Ever,
    };
    if let (Some(zone), "ever") = (node.entry("zone"), period.as_str()) {
        let message = "`zone` has no effect on a limit with `per = \"ever\"`";
        found.push(
            Diagnostic::new(zone.key.span.clone(), message, "no effect here").help("leave it out"),
        );
    }
    let amount = |key: &str| node.get(key).and_then(Node::integer);
    Some(Limit {
        points: amount("points"),
        times: amount("times"),
        per: Spanned::new(per, period.span),
        player_zone: read_player_zone(node),
        span: node.span.clone(),
    })
}

pub(super) fn read_earning(node: &Node, found: &mut Collector) -> Option<Earning> {
    let label = read_label(node)?;
    check_span_of_time(node, found);
    let limit = node.get("limit").and_then(|limit| match limit.text() {
        Some(shared) => Some(LimitRef::Shared(shared)),
        None => variant(limit, &LIMIT)
            .and_then(|_| read_limit(limit, found))
            .map(LimitRef::Own),
    });
    Some(Earning {
        label,
        on: node.get("on").map(Node::texts).unwrap_or_default(),
        condition: node.get("where").and_then(Node::text),
        points: node.get("points").map(read_earned).unwrap_or_default(),
        limit,
        cooldown: node.get("cooldown").and_then(read_duration),
        since: read_instant(node.get("since")),
        until: read_instant(node.get("until")),
    })
}

fn read_earned(node: &Node) -> Vec<(Text, Amount)> {
    let amount = |value: &Node| match &value.kind {
        NodeKind::Text(_) => value.text().map(Amount::Expression),
        _ => value.integer().map(Amount::Fixed),
    };
    node.entries()
        .iter()
        .filter_map(|entry| Some((entry.key.clone(), amount(&entry.value)?)))
        .collect()
}

/// `{ reputation = 10 }`
pub(super) fn read_amounts(node: &Node) -> Vec<(Text, Spanned<i64>)> {
    node.entries()
        .iter()
        .filter_map(|entry| Some((entry.key.clone(), entry.value.integer()?)))
        .collect()
}

pub(super) fn read_unlockable(node: &Node, found: &mut Collector) -> Option<Unlockable> {
    let label = read_label(node)?;
    check_span_of_time(node, found);
    let when = node
        .get("criterion")
        .and_then(|when| read_criterion(when, false, found));
    // The id must be defined even if the criterion is invalid, or each reference to it would be
    // reported as well.
    let broken = || Criterion {
        span: node.span.clone(),
        per: None,
        at_least: None,
        kind: CriterionKind::All(Vec::new()),
    };
    Some(Unlockable {
        label,
        criterion: when.unwrap_or_else(broken),
        relock: node.get("relock").and_then(Node::boolean).unwrap_or(false),
        since: read_instant(node.get("since")),
        until: read_instant(node.get("until")),
    })
}

pub(super) fn read_duration(node: &Node) -> Option<Spanned<i64>> {
    let text = node.text()?;
    time::parse_duration(&text).map(|duration| Spanned::new(duration, text.span))
}

pub(super) fn read_instant(node: Option<&Node>) -> Option<Spanned<Timestamp>> {
    let node = node?;
    let (NodeKind::Text(text) | NodeKind::Time(text)) = &node.kind else {
        return None;
    };
    text.parse()
        .ok()
        .map(|instant| Spanned::new(instant, node.span.clone()))
}

/// Checks that `since` is before `until`.
pub(super) fn check_span_of_time(node: &Node, found: &mut Collector) {
    let (since, until) = (
        read_instant(node.get("since")),
        read_instant(node.get("until")),
    );
    if let (Some(since), Some(until)) = (since, until)
        && since.value >= until.value
    {
        let message = format!(
            "`until` ({}) is not after `since` ({})",
            until.value, since.value
        );
        found.push(
            Diagnostic::new(until.span, message, "the rule would never apply")
                .help("swap the two, or leave one out"),
        );
    }
}
