//! What recording an event came to.

use accolade_core::catalog::rules::Rules;
use accolade_core::fold;
use accolade_core::time::Timestamp;
use serde::{Serialize, Serializer};

use crate::store::{Because, OutcomeRow};

/// What recording one event came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Receipt {
    /// The event's id: as sent, or made up.
    pub id: String,
    /// Whether it was new.
    pub status: Status,
    /// What it changed. Of a duplicate, what it changed the first time.
    pub outcomes: Vec<Outcome>,
    /// The rules that listened but did not pay, each with the reason. Only where it was asked for.
    pub skipped: Vec<Skipped>,
}

/// Whether an event was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It was, and is recorded now.
    Accepted,
    /// It had been recorded before; nothing was done.
    Duplicate,
}

/// One thing that a commit changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// Its number in the feed. Later outcomes have greater ones; there may be gaps.
    pub seq: i64,
    /// Whom it concerns.
    pub player: String,
    /// `badge.awarded`, `badge.revoked`, `badge.lapsed`, `points`, `unlockable.opened` or `unlockable.shut`.
    pub kind: String,
    /// The id of the badge, currency or unlockable.
    pub subject: String,
    /// The rest: tier and key of an award, amount and source of points.
    pub detail: serde_json::Value,
    /// The instant in the timeline.
    #[serde(serialize_with = "text")]
    pub at: Timestamp,
    /// The event or act behind it.
    pub event: String,
    /// What made the commit.
    #[serde(serialize_with = "because")]
    pub because: Because,
    /// What made a correction, where that is not `event` itself: an event, an act, or `catalog:2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// When it was recorded.
    #[serde(serialize_with = "text")]
    pub recorded_at: Timestamp,
}

/// A rule that listened but did not pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// `earning`, `badge` or `unlockable`; `event` where the event itself does not count.
    pub kind: &'static str,
    /// The rule's id, or the event's name.
    pub rule: String,
    /// Why, as a word for programs: `condition_false`, `limit_reached`, `cooling_down`, `already_earned`, `error` ….
    pub reason: &'static str,
    /// Why, for people.
    pub message: String,
}

impl Outcome {
    pub(crate) fn new(seq: i64, row: OutcomeRow) -> Self {
        let OutcomeRow {
            player,
            kind,
            subject,
            detail,
            at,
            event,
            because,
            cause,
            recorded_at,
        } = row;
        let detail = serde_json::from_str(&detail).unwrap_or_default();
        Self {
            seq,
            player,
            kind,
            subject,
            detail,
            at,
            event,
            because,
            cause,
            recorded_at,
        }
    }
}

impl Skipped {
    pub(crate) fn new(rules: &Rules, skipped: &fold::Skipped) -> Self {
        let (kind, id) = rules.name_of(skipped.rule);
        let (reason, message) = (skipped.reason.code(), skipped.reason.to_string());
        Self {
            kind,
            rule: id.to_owned(),
            reason,
            message,
        }
    }

    /// What is to be said of an event or act itself.
    pub(crate) fn of_event(name: &str, reason: &'static str, message: String) -> Self {
        Self {
            kind: "event",
            rule: name.to_owned(),
            reason,
            message,
        }
    }
}

/// An instant as RFC 3339.
pub(crate) fn text<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

/// An instant, if there is one, as RFC 3339.
pub(crate) fn optional_text<S: Serializer>(
    at: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.collect_str(at),
        None => serializer.serialize_none(),
    }
}

fn because<S: Serializer>(because: &Because, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(because.word())
}
