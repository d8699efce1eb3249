//! Text output for receipts of events and actions.

use std::fmt::Write;

use accolade::{Outcome, OutcomeKind, Receipt, ReceiptStatus, RuleKind};
use accolade_web::models::ReceiptModel;
use serde_json::Value;

use crate::error::{CommandError, ExitStatus};
use crate::format::group_thousands;
use crate::output::Output;

/// Prints a receipt.
pub(crate) fn print_receipt(receipt: &Receipt, output: Output) -> Result<ExitStatus, CommandError> {
    output.print_result(&ReceiptModel::from(receipt.clone()), || {
        describe_receipt(receipt)
    })?;
    Ok(ExitStatus::Success)
}

pub(crate) fn describe_receipt(receipt: &Receipt) -> String {
    let mut text = match receipt.status {
        ReceiptStatus::Accepted => format!("recorded {}\n", receipt.id),
        ReceiptStatus::Duplicate => format!(
            "{} was already recorded; nothing changed. Its effects were:\n",
            receipt.id
        ),
    };
    for outcome in &receipt.outcomes {
        let _ = writeln!(text, "  {}", describe_outcome(outcome));
    }
    if receipt.outcomes.is_empty() {
        text.push_str("  no effects\n");
    }
    if let Some(unheard) = &receipt.unheard {
        let _ = writeln!(text, "warning: {unheard}");
    }
    if !receipt.skipped.is_empty() {
        text.push_str("rules that did not apply:\n");
    }
    for skipped in &receipt.skipped {
        let _ = writeln!(
            text,
            "  {} {}: {}",
            skipped.kind.map_or("event", RuleKind::as_str),
            skipped.rule,
            skipped.message
        );
    }
    text
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
