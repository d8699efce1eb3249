//! Reads badges, and checks that criterion, tiers and repetition are compatible.

use std::ops::Range;

use super::check::is_missing;
use super::criterion::{find_kind, read_criterion};
use super::definitions::{check_time_bounds, read_amounts, read_images, read_instant, read_label};
use super::grammar::BADGE;
use super::syntax::SyntaxNode;
use super::tiers::{check_tiers, read_tiers};
use crate::catalog::diagnostic::{Diagnostic, DiagnosticCollector};
use crate::catalog::document::{BadgeDocument, RepeatMode, Spanned, SpannedString, Visibility};
use crate::number::Decimal;

pub(super) fn read_badge(
    node: &SyntaxNode,
    default_tiers: Option<&[SpannedString]>,
    found: &mut DiagnosticCollector,
) -> Option<BadgeDocument> {
    let label = read_label(node)?;
    let criterion_node = node.get("criterion");
    let tiers_node = node.get("tiers");
    let criterion =
        criterion_node.and_then(|criterion| read_criterion(criterion, tiers_node.is_some(), found));
    let repeat = read_repeat(node);
    // A misspelled criterion has been reported. Errors about its absence would be noise.
    let is_judged =
        criterion_node.is_some() || is_missing(node, &BADGE, "criterion", found.suggestions());
    if let Some((place, problem, help)) = find_repeat_problem(node, &repeat).filter(|_| is_judged) {
        found.push(Diagnostic::new(place, problem, "incompatible").with_help(help));
    }
    let temporary = node
        .get("temporary")
        .and_then(SyntaxNode::as_bool)
        .unwrap_or(false);
    if temporary && is_judged {
        check_temporary(node, &repeat, found);
    }
    if let Some(tiers) = tiers_node.filter(|_| is_judged) {
        check_tiers(tiers, criterion_node, default_tiers, found);
    }
    check_time_bounds(node, found);
    Some(BadgeDocument {
        label,
        visibility: read_visibility(node),
        images: node.get("images").map(read_images).unwrap_or_default(),
        criterion,
        tiers: tiers_node.map(read_tiers).unwrap_or_default(),
        repeat,
        temporary,
        points: node.get("points").map(read_amounts).unwrap_or_default(),
        requires: node
            .get("requires")
            .map(SyntaxNode::as_texts)
            .unwrap_or_default(),
        since: read_instant(node.get("since")),
        until: read_instant(node.get("until")),
    })
}

/// Checks a temporary badge: it needs a criterion, pays no points and does not count repetitions.
fn check_temporary(
    node: &SyntaxNode,
    repeat: &Spanned<RepeatMode>,
    found: &mut DiagnosticCollector,
) {
    let mut refuse = |place: Range<usize>, problem: &str, help: &str| {
        found.push(Diagnostic::new(place, problem, "incompatible").with_help(help));
    };
    if let (None, Some(temporary)) = (node.get("criterion"), node.entry("temporary")) {
        let help = "add a criterion, or leave `temporary` out";
        refuse(
            temporary.key.span.clone(),
            "a temporary badge needs a criterion",
            help,
        );
    }
    if repeat.value == RepeatMode::Again {
        let help = "leave one of the two out: a temporary badge is always awarded again when its \
                    criterion holds again";
        refuse(
            repeat.span.clone(),
            "a temporary badge cannot have `repeat = \"again\"`",
            help,
        );
    }
    // Temporary badges pay nothing (S4), neither for the badge nor for a tier.
    let tiers = node.get("tiers").map(SyntaxNode::items).unwrap_or_default();
    for points in std::iter::once(node)
        .chain(tiers)
        .filter_map(|place| place.entry("points"))
    {
        let help = "leave `points` out, or `temporary`";
        refuse(
            points.key.span.clone(),
            "a temporary badge pays no points",
            help,
        );
    }
}

fn read_visibility(node: &SyntaxNode) -> Visibility {
    match node
        .get("visibility")
        .and_then(SyntaxNode::as_text)
        .as_ref()
        .map(|word| word.as_str())
    {
        Some("secret") => Visibility::Secret,
        Some("invisible") => Visibility::Invisible,
        // Absent, or a word that the grammar has reported.
        _ => Visibility::Public,
    }
}

fn read_repeat(node: &SyntaxNode) -> Spanned<RepeatMode> {
    let word = node.get("repeat").and_then(SyntaxNode::as_text);
    let repeat = match word.as_ref().map(|word| word.as_str()) {
        Some("per-key") => RepeatMode::PerKey,
        Some("again") => RepeatMode::Again,
        // Absent, or a word that the grammar has reported.
        _ => RepeatMode::Once,
    };
    Spanned::new(repeat, word.map_or(node.span.clone(), |word| word.span))
}

/// Finds the reason why a badge cannot repeat in this way: the location, the message and the
/// suggested fix. `per-key` needs keys; `again` counts along a single value and supports neither
/// keys nor tiers.
fn find_repeat_problem(
    node: &SyntaxNode,
    repeat: &Spanned<RepeatMode>,
) -> Option<(Range<usize>, &'static str, &'static str)> {
    if repeat.value == RepeatMode::Once {
        return None;
    }
    let Some(criterion) = node.get("criterion") else {
        let help = "add a criterion, or leave `repeat` out";
        return Some((
            repeat.span.clone(),
            "a badge that repeats needs a criterion",
            help,
        ));
    };
    // A criterion without a kind has been reported.
    find_kind(criterion)?;
    match (repeat.value, criterion.entry("per"), node.entry("tiers")) {
        (RepeatMode::PerKey, None, _) => {
            let help = "add `per` to the criterion, such as `per = \"event.post\"`";
            Some((
                repeat.span.clone(),
                "`per-key` needs a criterion with `per`",
                help,
            ))
        }
        (RepeatMode::Again, _, Some(tiers)) => {
            let help = "remove the tiers, or define a separate badge that repeats";
            Some((
                tiers.key.span.clone(),
                "a badge with `repeat = \"again\"` cannot have tiers",
                help,
            ))
        }
        // The key of a repeated award is its number (S4), which leaves no place for a value.
        (RepeatMode::Again, Some(per), _) => {
            let help =
                "write `repeat = \"per-key\"` to award it once for each value, or leave `per` out";
            Some((
                per.key.span.clone(),
                "a badge with `repeat = \"again\"` cannot have `per`",
                help,
            ))
        }
        // The n-th time is at n times the target (S4), so a target of zero or less would be reached
        // infinitely often. Only a balance can have such a target.
        (RepeatMode::Again, None, None) if find_kind(criterion) == Some("points") => {
            let target = criterion.get("at_least").and_then(SyntaxNode::as_decimal)?;
            let help = "set a target of at least 1, or leave `repeat` out";
            let problem = "a balance of zero or less cannot be reached again and again";
            (target.value <= Decimal::ZERO).then_some((target.span, problem, help))
        }
        _ => None,
    }
}
