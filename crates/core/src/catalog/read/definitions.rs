//! Reads currencies, categories, limits, earnings, unlockables, and the parts that all rules share.

use super::check::find_variant;
use super::criterion::{read_criterion, read_player_zone};
use super::grammar::LIMIT;
use super::scalar;
use super::syntax::{SyntaxKind, SyntaxNode};
use crate::catalog::diagnostic::{Diagnostic, DiagnosticCollector};
use crate::catalog::document::{
    AmountDocument, BadgeImages, CategoryDocument, CriterionDocument, CriterionKind,
    CurrencyDocument, DefaultsDocument, EarningDocument, KeyDocument, LimitDocument, LimitPeriod,
    LimitRef, RuleLabel, SharedLimitDocument, Spanned, SpannedString, UnlockableDocument,
};
use crate::time::{self, Timestamp};

/// Reads identity and display texts. Returns `None` without an id, which the grammar has reported.
pub(super) fn read_label(node: &SyntaxNode) -> Option<RuleLabel> {
    let text = |key: &str| node.get(key).and_then(SyntaxNode::as_text);
    Some(RuleLabel {
        id: text("id")?,
        name: text("name"),
        description: text("description"),
        category: text("category"),
        former_ids: node
            .get("was")
            .map(SyntaxNode::as_texts)
            .unwrap_or_default(),
    })
}

pub(super) fn read_defaults(node: &SyntaxNode) -> DefaultsDocument {
    DefaultsDocument {
        images: node.get("images").map(read_images).unwrap_or_default(),
        tiers: node.get("tiers").map(SyntaxNode::as_texts),
    }
}

pub(super) fn read_images(node: &SyntaxNode) -> BadgeImages {
    let text = |key: &str| node.get(key).and_then(SyntaxNode::as_text);
    BadgeImages {
        locked: text("locked"),
        unlocked: text("unlocked"),
        secret: text("secret"),
    }
}

pub(super) fn read_currency(node: &SyntaxNode) -> Option<CurrencyDocument> {
    let expires = node.get("expires").and_then(SyntaxNode::as_text);
    Some(CurrencyDocument {
        label: read_label(node)?,
        icon: node.get("icon").and_then(SyntaxNode::as_text),
        expiry: expires.and_then(|text| {
            scalar::parse_window(&text).map(|window| Spanned::new(window, text.span))
        }),
    })
}

pub(super) fn read_category(node: &SyntaxNode) -> Option<CategoryDocument> {
    Some(CategoryDocument {
        label: read_label(node)?,
    })
}

pub(super) fn read_key(node: &SyntaxNode) -> Option<KeyDocument> {
    let text = |key: &str| node.get(key).and_then(SyntaxNode::as_text);
    Some(KeyDocument {
        property: text("property")?,
        label: text("label"),
        link: text("link"),
    })
}

pub(super) fn read_shared_limit(
    node: &SyntaxNode,
    found: &mut DiagnosticCollector,
) -> Option<SharedLimitDocument> {
    Some(SharedLimitDocument {
        label: read_label(node)?,
        limit: read_limit(node, found)?,
    })
}

fn read_limit(node: &SyntaxNode, found: &mut DiagnosticCollector) -> Option<LimitDocument> {
    let period = node.get("per")?.as_text()?;
    let per = match period.parse().ok() {
        Some(calendar) => LimitPeriod::Calendar(calendar),
        // The grammar permits only `ever` besides calendar units.
        None => LimitPeriod::Ever,
    };
    if let (Some(zone), "ever") = (node.entry("zone"), period.as_str()) {
        let message = "`zone` has no effect on a limit with `per = \"ever\"`";
        found.push(
            Diagnostic::new(zone.key.span.clone(), message, "no effect here")
                .with_help("leave it out"),
        );
    }
    let amount = |key: &str| node.get(key).and_then(SyntaxNode::as_integer);
    Some(LimitDocument {
        points: amount("points"),
        times: amount("times"),
        per: Spanned::new(per, period.span),
        player_zone: read_player_zone(node),
        span: node.span.clone(),
    })
}

pub(super) fn read_earning(
    node: &SyntaxNode,
    found: &mut DiagnosticCollector,
) -> Option<EarningDocument> {
    let label = read_label(node)?;
    check_time_bounds(node, found);
    let limit = node.get("limit").and_then(|limit| match limit.as_text() {
        Some(shared) => Some(LimitRef::Shared(shared)),
        // A limit with both kinds or none has been reported, and is left out.
        None => find_variant(limit, &LIMIT)
            .and_then(|_| read_limit(limit, found))
            .map(LimitRef::Own),
    });
    Some(EarningDocument {
        label,
        on: node.get("on").map(SyntaxNode::as_texts).unwrap_or_default(),
        condition: node.get("where").and_then(SyntaxNode::as_text),
        points: node
            .get("points")
            .map(read_earned_amounts)
            .unwrap_or_default(),
        limit,
        cooldown: node.get("cooldown").and_then(read_duration),
        since: read_instant(node.get("since")),
        until: read_instant(node.get("until")),
    })
}

fn read_earned_amounts(node: &SyntaxNode) -> Vec<(SpannedString, AmountDocument)> {
    let amount = |value: &SyntaxNode| match &value.kind {
        SyntaxKind::Text(_) => value.as_text().map(AmountDocument::Expression),
        _ => value.as_integer().map(AmountDocument::Fixed),
    };
    node.entries()
        .iter()
        .filter_map(|entry| Some((entry.key.clone(), amount(&entry.value)?)))
        .collect()
}

/// `{ reputation = 10 }`
pub(super) fn read_amounts(node: &SyntaxNode) -> Vec<(SpannedString, Spanned<i64>)> {
    node.entries()
        .iter()
        .filter_map(|entry| Some((entry.key.clone(), entry.value.as_integer()?)))
        .collect()
}

pub(super) fn read_unlockable(
    node: &SyntaxNode,
    found: &mut DiagnosticCollector,
) -> Option<UnlockableDocument> {
    let label = read_label(node)?;
    check_time_bounds(node, found);
    let when = node
        .get("criterion")
        .and_then(|when| read_criterion(when, false, found));
    // The id must be defined even if the criterion is invalid, or each reference to it would be
    // reported as well.
    let broken = || CriterionDocument {
        span: node.span.clone(),
        per: None,
        at_least: None,
        kind: CriterionKind::All(Vec::new()),
    };
    Some(UnlockableDocument {
        label,
        criterion: when.unwrap_or_else(broken),
        relock: node
            .get("relock")
            .and_then(SyntaxNode::as_bool)
            .unwrap_or(false),
        since: read_instant(node.get("since")),
        until: read_instant(node.get("until")),
    })
}

pub(super) fn read_duration(node: &SyntaxNode) -> Option<Spanned<i64>> {
    let text = node.as_text()?;
    time::parse_duration(&text).map(|duration| Spanned::new(duration, text.span))
}

pub(super) fn read_instant(node: Option<&SyntaxNode>) -> Option<Spanned<Timestamp>> {
    let node = node?;
    let (SyntaxKind::Text(text) | SyntaxKind::Time(text)) = &node.kind else {
        return None;
    };
    text.parse()
        .ok()
        .map(|instant| Spanned::new(instant, node.span.clone()))
}

/// Checks that `since` is before `until`.
pub(super) fn check_time_bounds(node: &SyntaxNode, found: &mut DiagnosticCollector) {
    let (since, until) = (
        read_instant(node.get("since")),
        read_instant(node.get("until")),
    );
    if let (Some(since), Some(until)) = (since, until)
        // Equal bounds contain no instant, because `until` is exclusive (S10).
        && since.value >= until.value
    {
        let message = format!(
            "`until` ({}) is not after `since` ({})",
            until.value, since.value
        );
        found.push(
            Diagnostic::new(until.span, message, "the rule would never apply")
                .with_help("swap the two, or leave one out"),
        );
    }
}
