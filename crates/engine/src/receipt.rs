//! Receipts: the result of recording an event.

use accolade_core::catalog::rules::RuleSet;
use accolade_core::fold;
use accolade_core::time::Timestamp;
use serde::{Serialize, Serializer};

use crate::store::{OutcomeRow, StoreError, Trigger};

/// The result of recording one event or manual action.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Receipt {
    /// The event's id, as sent or generated.
    pub id: String,
    /// New event or duplicate.
    pub status: ReceiptStatus,
    /// The changes that the event made. A duplicate repeats those of the first time, as far as the
    /// feed still keeps them.
    pub outcomes: Vec<Outcome>,
    /// The rules that listen to the event but did not pay, if the call reports them.
    pub skipped: Vec<SkippedRule>,
}

/// The status of a recorded event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptStatus {
    /// The event was new and is recorded.
    Accepted,
    /// The event was recorded before. Nothing was changed.
    Duplicate,
}

/// One change that a commit made to a player: an entry of the feed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// Sequence number in the feed. Numbers increase and may have gaps.
    pub seq: i64,
    /// The player's id.
    pub player: String,
    /// `badge.awarded`, `badge.revoked`, `badge.lapsed`, `points`, `unlockable.opened` or
    /// `unlockable.closed`.
    pub kind: String,
    /// The id of the badge, currency or unlockable.
    pub subject: String,
    /// Details as a JSON object, such as tier and key of an award, or amount and source of points.
    pub detail: serde_json::Value,
    /// The instant in the player's timeline.
    #[serde(serialize_with = "serialize_timestamp")]
    pub at: Timestamp,
    /// The id of the event or manual action that the change follows from.
    pub event: String,
    /// The trigger of the commit.
    #[serde(serialize_with = "serialize_trigger")]
    pub trigger: Trigger,
    /// The cause of a correction, if it is not `event`: the id of an event or manual action, or
    /// `catalog:2` for the publication of version 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caused_by: Option<String>,
    /// The instant of recording.
    #[serde(serialize_with = "serialize_timestamp")]
    pub recorded_at: Timestamp,
}

/// A rule that listens to an event but did not pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SkippedRule {
    /// `earning`, `badge` or `unlockable`; `event` if the event itself does not count.
    pub kind: &'static str,
    /// The rule's id, or the event's name.
    pub rule: String,
    /// The reason as a code, such as `condition_false`, `limit_reached`, `cooling_down`,
    /// `already_earned` or `error`.
    pub reason: &'static str,
    /// The reason in English.
    pub message: String,
}

impl Outcome {
    /// Reads an outcome from its row.
    pub(crate) fn from_row(seq: i64, row: OutcomeRow) -> Result<Self, StoreError> {
        let OutcomeRow {
            player,
            kind,
            subject,
            detail,
            at,
            event,
            trigger,
            caused_by,
            recorded_at,
        } = row;
        let detail = serde_json::from_str(&detail)
            .map_err(|error| StoreError::Damaged(format!("detail of outcome {seq}: {error}")))?;
        Ok(Self {
            seq,
            player,
            kind,
            subject,
            detail,
            at,
            event,
            trigger,
            caused_by,
            recorded_at,
        })
    }

    /// Reads outcomes from rows of the feed, in the same order.
    pub(crate) fn from_rows(
        rows: impl IntoIterator<Item = (i64, OutcomeRow)>,
    ) -> Result<Vec<Self>, StoreError> {
        rows.into_iter()
            .map(|(seq, row)| Self::from_row(seq, row))
            .collect()
    }
}

impl SkippedRule {
    pub(crate) fn new(rules: &RuleSet, skipped: &fold::RuleSkip) -> Self {
        let (kind, id) = rules.kind_and_id(skipped.rule);
        let (reason, message) = (skipped.reason.as_code(), skipped.reason.to_string());
        Self {
            kind,
            rule: id.to_owned(),
            reason,
            message,
        }
    }

    /// Creates an entry about the event itself rather than a rule.
    pub(crate) fn for_event(name: &str, reason: &'static str, message: String) -> Self {
        Self {
            kind: "event",
            rule: name.to_owned(),
            reason,
            message,
        }
    }
}

/// Serializes an instant as RFC 3339.
pub(crate) fn serialize_timestamp<S: Serializer>(
    at: &Timestamp,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

/// Serializes an optional instant as RFC 3339.
pub(crate) fn serialize_optional_timestamp<S: Serializer>(
    at: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.collect_str(at),
        None => serializer.serialize_none(),
    }
}

/// Serializes a trigger as its name.
pub(crate) fn serialize_trigger<S: Serializer>(
    trigger: &Trigger,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(trigger.as_str())
}
