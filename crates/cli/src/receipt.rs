//! Text output for receipts of events and actions.

use std::collections::BTreeSet;
use std::fmt::Write;

use accolade::{Outcome, OutcomeKind, Receipt, ReceiptStatus, RuleKind, SkippedRule};
use accolade_web::models::ReceiptModel;
use anstyle::Style;
use serde_json::Value;

use crate::error::{CommandError, ExitStatus};
use crate::format::group_thousands;
use crate::output::{BAD, GOOD, Output, WARNING};

/// Prints a receipt.
pub(crate) fn print_receipt(receipt: &Receipt, output: Output) -> Result<ExitStatus, CommandError> {
    print_receipt_with_effect(receipt, None, output)
}

/// Prints a receipt. `effect` is shown if the receipt has no outcomes.
pub(crate) fn print_receipt_with_effect(
    receipt: &Receipt,
    effect: Option<&str>,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    output.print_result(&ReceiptModel::from(receipt.clone()), || {
        describe_receipt(receipt, effect)
    })?;
    Ok(ExitStatus::Success)
}

/// Describes a receipt. `effect` is shown if the receipt has no outcomes.
pub(crate) fn describe_receipt(receipt: &Receipt, effect: Option<&str>) -> String {
    let mut text = match receipt.status {
        ReceiptStatus::Accepted => format!("recorded {}\n", receipt.id),
        ReceiptStatus::Duplicate => format!(
            "{} was already recorded; nothing changed. Its effects were:\n",
            receipt.id
        ),
    };
    for outcome in &receipt.outcomes {
        let style = outcome_style(outcome.kind);
        let _ = writeln!(text, "  {style}{}{style:#}", describe_outcome(outcome));
    }
    if receipt.outcomes.is_empty() {
        let _ = writeln!(text, "  {}", effect.unwrap_or("no effects"));
    }
    if let Some(unheard) = &receipt.unheard {
        let _ = writeln!(text, "{WARNING}warning:{WARNING:#} {unheard}");
    }
    // The effect says already how far the player is.
    let skipped = if receipt.outcomes.is_empty() && effect.is_some() {
        Vec::new()
    } else {
        list_skipped(receipt)
    };
    if !skipped.is_empty() {
        text.push_str("rules that did not apply:\n");
    }
    for line in skipped {
        let _ = writeln!(text, "  {line}");
    }
    text
}

/// Lists the rules that did not apply. Of a rule that names several targets, only the next one is
/// listed.
fn list_skipped(receipt: &Receipt) -> Vec<String> {
    let mut listed = BTreeSet::new();
    let next = receipt.skipped.iter().filter(|skipped| {
        let kind = skipped.kind.map_or("event", RuleKind::as_str);
        // Targets are in ascending order, and a rule can be judged again after its own effects.
        listed.insert((kind, &skipped.rule, skipped.reason))
    });
    let line = |skipped: &SkippedRule| {
        let kind = skipped.kind.map_or("event", RuleKind::as_str);
        format!("{kind} {}: {}", skipped.rule, skipped.message)
    };
    next.map(line).collect()
}

/// Returns the style of an outcome: gains and losses of badges and unlockables stand out.
fn outcome_style(kind: OutcomeKind) -> Style {
    match kind {
        OutcomeKind::BadgeAwarded | OutcomeKind::UnlockableOpened => GOOD,
        OutcomeKind::BadgeRevoked | OutcomeKind::BadgeLapsed | OutcomeKind::UnlockableClosed => BAD,
        _ => Style::new(),
    }
}

/// Describes an outcome: `+10 reputation (answer-upvoted)`, `badge nice-answer for 7 awarded`.
pub(crate) fn describe_outcome(outcome: &Outcome) -> String {
    let subject = &outcome.subject;
    let award = || {
        let tier = outcome.tier();
        describe_award(subject, tier.as_deref(), outcome.key())
    };
    match outcome.kind {
        OutcomeKind::BadgeAwarded => format!("badge {} awarded", award()),
        OutcomeKind::BadgeRevoked => format!("badge {} revoked", award()),
        OutcomeKind::BadgeLapsed => format!("badge {} lapsed", award()),
        OutcomeKind::Points => {
            let amount = outcome.amount().unwrap_or_default();
            // A negative number has its own sign.
            let sign = if amount < 0 { "" } else { "+" };
            let rule = outcome.detail.get("rule").and_then(Value::as_str);
            format!(
                "{sign}{} {subject} ({})",
                group_thousands(amount),
                rule.unwrap_or_default()
            )
        }
        OutcomeKind::UnlockableOpened => format!("unlockable {subject} opened"),
        OutcomeKind::UnlockableClosed => format!("unlockable {subject} closed"),
        other => format!("{other} {subject}"),
    }
}

pub(crate) fn describe_award(badge: &str, tier: Option<&str>, key: Option<&str>) -> String {
    let tier = tier.map(|tier| format!(" ({tier})")).unwrap_or_default();
    let key = key.map(|key| format!(" for {key}")).unwrap_or_default();
    format!("{badge}{tier}{key}")
}
