//! Text output for receipts of events and actions.

use std::fmt::Write;

use accolade::{Outcome, Receipt, ReceiptStatus};
use serde_json::Value;

use crate::error::{CommandError, ExitStatus};
use crate::format::group_thousands;
use crate::output::Output;

/// Prints a receipt.
pub(crate) fn print_receipt(receipt: &Receipt, output: Output) -> Result<ExitStatus, CommandError> {
    output.print_result(receipt, || describe_receipt(receipt))?;
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
    if !receipt.skipped.is_empty() {
        text.push_str("rules that did not apply:\n");
    }
    for skipped in &receipt.skipped {
        let _ = writeln!(
            text,
            "  {} {}: {}",
            skipped.kind, skipped.rule, skipped.message
        );
    }
    text
}

/// Describes an outcome: `+10 reputation (answer-upvoted)`, `badge nice-answer for 7 awarded`.
pub(crate) fn describe_outcome(outcome: &Outcome) -> String {
    let detail = |name: &str| {
        outcome
            .detail
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let subject = &outcome.subject;
    match outcome.kind.as_str() {
        "badge.awarded" => format!(
            "badge {} awarded",
            describe_award(subject, detail("tier"), detail("key"))
        ),
        "badge.revoked" => format!(
            "badge {} revoked",
            describe_award(subject, detail("tier"), detail("key"))
        ),
        "badge.lapsed" => format!(
            "badge {} lapsed",
            describe_award(subject, detail("tier"), detail("key"))
        ),
        "points" => {
            let amount = outcome
                .detail
                .get("amount")
                .and_then(Value::as_i64)
                .unwrap_or_default();
            // A negative number has its own sign.
            let sign = if amount < 0 { "" } else { "+" };
            format!(
                "{sign}{} {subject} ({})",
                group_thousands(amount),
                detail("rule")
            )
        }
        "unlockable.opened" => format!("unlockable {subject} opened"),
        "unlockable.closed" => format!("unlockable {subject} closed"),
        other => format!("{other} {subject}"),
    }
}

/// Describes an award: `commentator (silver)`, `nice-answer for 7`.
pub(crate) fn describe_award(badge: &str, tier: &str, key: &str) -> String {
    let tier = if tier.is_empty() {
        String::new()
    } else {
        format!(" ({tier})")
    };
    let key = if key.is_empty() {
        String::new()
    } else {
        format!(" for {key}")
    };
    format!("{badge}{tier}{key}")
}
