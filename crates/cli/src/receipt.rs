//! What recording an event or an act came to, for people.

use std::fmt::Write;

use accolade::{Outcome, Receipt, Status};
use serde_json::Value;

use crate::failure::{Ending, Failure};
use crate::output::{Output, thousands};

/// Prints a receipt.
pub(crate) fn show(receipt: &Receipt, output: Output) -> Result<Ending, Failure> {
    output.show(receipt, || describe(receipt))?;
    Ok(Ending::Fine)
}

pub(crate) fn describe(receipt: &Receipt) -> String {
    let mut text = match receipt.status {
        Status::Accepted => format!("recorded {}\n", receipt.id),
        Status::Duplicate => format!(
            "{} was recorded before; nothing was done. Then it came to:\n",
            receipt.id
        ),
    };
    for outcome in &receipt.outcomes {
        let _ = writeln!(text, "  {}", describe_outcome(outcome));
    }
    if receipt.outcomes.is_empty() {
        text.push_str("  nothing changed\n");
    }
    if !receipt.skipped.is_empty() {
        text.push_str("rules that listened but did not pay:\n");
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

/// One outcome in a few words: `+10 reputation (answer-upvoted)`, `badge nice-answer for 7`.
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
        "badge.awarded" => format!("badge {}", award(subject, detail("tier"), detail("key"))),
        "badge.revoked" => format!(
            "lost the badge {}",
            award(subject, detail("tier"), detail("key"))
        ),
        "badge.lapsed" => format!(
            "the badge {} lapsed",
            award(subject, detail("tier"), detail("key"))
        ),
        "points" => {
            let amount = outcome
                .detail
                .get("amount")
                .and_then(Value::as_i64)
                .unwrap_or_default();
            let sign = if amount < 0 { "" } else { "+" };
            format!("{sign}{} {subject} ({})", thousands(amount), detail("rule"))
        }
        "unlockable.opened" => format!("opened {subject}"),
        "unlockable.shut" => format!("shut {subject}"),
        other => format!("{other} {subject}"),
    }
}

/// An award in a few words: `commentator (silver)`, `nice-answer for 7`.
pub(crate) fn award(badge: &str, tier: &str, key: &str) -> String {
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
