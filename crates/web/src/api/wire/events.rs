//! What recording came to.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::problem::Problem;

/// What recording one event came to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// The event's id: as sent, or made up.
    id: String,
    /// Whether it was new.
    status: ItemStatus,
    /// What it changed. Of a duplicate, what it changed the first time.
    outcomes: Vec<Outcome>,
    /// The rules that listened but did not pay, each with the reason.
    skipped: Vec<Skipped>,
}

/// What became of one item of a batch.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Item {
    /// The event's id, if it was sent or made up.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// What became of it.
    status: ItemStatus,
    /// What it changed.
    outcomes: Vec<Outcome>,
    /// The rules that listened but did not pay, each with the reason.
    skipped: Vec<Skipped>,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ItemStatus {
    /// It is recorded now, with all its consequences.
    Accepted,
    /// It had been recorded before; nothing was done.
    Duplicate,
    /// It was not taken; nothing of it is kept.
    Rejected,
}

/// One thing that a commit changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Outcome {
    /// Its number in the feed. Later outcomes have greater ones; there may be gaps.
    seq: i64,
    /// Whom it concerns.
    player: String,
    /// `badge.awarded`, `badge.revoked`, `badge.lapsed`, `points`, `unlockable.opened` or `unlockable.closed`.
    kind: String,
    /// The id of the badge, currency or unlockable.
    subject: String,
    /// The rest: tier and key of an award, amount and source of points.
    #[schema(value_type = Object)]
    detail: Value,
    /// The instant in the timeline.
    #[schema(format = DateTime)]
    at: String,
    /// The event or act behind it.
    event: String,
    /// What made the commit: `event`, `late`, `act`, `retract`, `time`, `publish`, `merge` or `repair`.
    trigger: &'static str,
    /// What made a correction, where that is not `event` itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    caused_by: Option<String>,
    /// When it was recorded.
    #[schema(format = DateTime)]
    recorded_at: String,
}

/// A rule that listened but did not pay.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Skipped {
    /// `earning`, `badge` or `unlockable`; `event` where the event itself does not count.
    kind: &'static str,
    /// The rule's id, or the event's name.
    rule: String,
    /// Why, as a word for programs.
    reason: &'static str,
    /// Why, for people.
    message: String,
}

/// What became of events that were streamed in.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct StreamSummary {
    /// Lines that held something.
    pub(crate) lines: u64,
    /// Events that are recorded now.
    pub(crate) accepted: u64,
    /// Events that had been recorded before.
    pub(crate) duplicates: u64,
    /// Lines that were not taken.
    pub(crate) rejected: u64,
    /// The first hundred of them.
    pub(crate) rejects: Vec<RejectedLine>,
}

/// A line that was not taken.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RejectedLine {
    /// Its number, from 1.
    line: u64,
    /// Why.
    problem: Problem,
}

impl RejectedLine {
    /// Its number, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }
}

/// Rejected lines that are named.
const NAMED: usize = 100;

impl StreamSummary {
    /// Takes one line's answer into account.
    pub(crate) fn count(&mut self, line: u64, answer: Result<accolade::Status, Problem>) {
        self.lines += 1;
        match answer {
            Ok(accolade::Status::Accepted) => self.accepted += 1,
            Ok(accolade::Status::Duplicate) => self.duplicates += 1,
            Err(problem) => {
                self.rejected += 1;
                if self.rejects.len() < NAMED {
                    self.rejects.push(RejectedLine { line, problem });
                }
            }
        }
    }
}

impl From<accolade::Status> for ItemStatus {
    fn from(status: accolade::Status) -> Self {
        match status {
            accolade::Status::Accepted => Self::Accepted,
            accolade::Status::Duplicate => Self::Duplicate,
        }
    }
}

impl From<accolade::Receipt> for Receipt {
    fn from(receipt: accolade::Receipt) -> Self {
        let accolade::Receipt {
            id,
            status,
            outcomes,
            skipped,
        } = receipt;
        Self {
            id,
            status: status.into(),
            outcomes: outcomes.into_iter().map(Outcome::from).collect(),
            skipped: skipped.into_iter().map(Skipped::from).collect(),
        }
    }
}

impl IntoResponse for Receipt {
    /// 201 where something was recorded, 200 where it had been before.
    fn into_response(self) -> Response {
        let status = if self.status == ItemStatus::Accepted {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        (status, Json(self)).into_response()
    }
}

impl From<accolade::Receipt> for Item {
    fn from(receipt: accolade::Receipt) -> Self {
        let Receipt {
            id,
            status,
            outcomes,
            skipped,
        } = receipt.into();
        Self {
            id: Some(id),
            status,
            outcomes,
            skipped,
            problem: None,
        }
    }
}

impl Item {
    /// An item that was not taken.
    pub(crate) fn rejected(id: Option<String>, problem: Problem) -> Self {
        let (outcomes, skipped) = (Vec::new(), Vec::new());
        Self {
            id,
            status: ItemStatus::Rejected,
            outcomes,
            skipped,
            problem: Some(problem),
        }
    }

    pub(crate) fn status(&self) -> ItemStatus {
        self.status
    }
}

impl From<accolade::Outcome> for Outcome {
    fn from(outcome: accolade::Outcome) -> Self {
        let accolade::Outcome {
            seq,
            player,
            kind,
            subject,
            detail,
            at,
            event,
            trigger: because,
            caused_by: cause,
            recorded_at,
        } = outcome;
        let (at, recorded_at, because) = (at.to_string(), recorded_at.to_string(), because.word());
        Self {
            seq,
            player,
            kind,
            subject,
            detail,
            at,
            event,
            trigger: because,
            caused_by: cause,
            recorded_at,
        }
    }
}

impl From<accolade::Skipped> for Skipped {
    fn from(skipped: accolade::Skipped) -> Self {
        let accolade::Skipped {
            kind,
            rule,
            reason,
            message,
        } = skipped;
        Self {
            kind,
            rule,
            reason,
            message,
        }
    }
}
