//! Response models of recording events and actions.

use accolade::RuleKind;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::unheard::UnheardEventsModel;
use crate::problem::Problem;

/// Result of recording an event or an action.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Receipt)]
pub struct ReceiptModel {
    /// Id of the event, as sent or generated.
    id: String,
    /// `accepted` or `duplicate`.
    status: ItemStatus,
    /// Changes that the event caused. For a duplicate, those of the first request.
    outcomes: Vec<OutcomeModel>,
    /// Rules that matched the event but had no effect, each with the reason.
    skipped: Vec<SkippedRuleModel>,
    /// True if a rule listens to events of this name; always true for actions.
    heard: bool,
    /// Set if `heard` is false: the problem in plain English, with a suggestion if a similar name
    /// is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// Result of an item in a batch.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = BatchItem)]
pub(crate) struct BatchItemModel {
    /// Id of the event, as sent or generated. Omitted if unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Status of the item.
    status: ItemStatus,
    /// Changes that the event caused.
    outcomes: Vec<OutcomeModel>,
    /// Rules that matched the event but had no effect, each with the reason.
    skipped: Vec<SkippedRuleModel>,
    /// True if a rule listens to events of this name. Omitted for a rejected item.
    #[serde(skip_serializing_if = "Option::is_none")]
    heard: Option<bool>,
    /// Set if `heard` is false: the problem in plain English, with a suggestion if a similar name
    /// is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// Error of a rejected item.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// Status of a recorded item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ItemStatus {
    /// The item was recorded together with its effects.
    Accepted,
    /// The item had been recorded before. Nothing changed.
    Duplicate,
    /// The item was not recorded.
    Rejected,
}

/// Change in what a player holds, as published in the feed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Outcome)]
pub struct OutcomeModel {
    /// Number in the feed. Increases with every outcome; gaps are possible.
    seq: i64,
    /// Id of the player.
    pub(crate) player: String,
    /// Kind: `badge.awarded`, `badge.revoked`, `badge.lapsed`, `points`, `unlockable.opened` or
    /// `unlockable.closed`.
    kind: &'static str,
    /// Id of the badge, currency or unlockable.
    subject: String,
    /// Details by kind, such as tier and key of an award, or amount and source of points.
    #[schema(value_type = Object)]
    detail: Value,
    /// Time in the timeline.
    #[schema(format = DateTime)]
    at: String,
    /// Id of the event or action that caused the outcome.
    event: String,
    /// Trigger of the commit: `event`, `late`, `action`, `retract`, `time`, `publish`, `merge` or
    /// `repair`.
    trigger: &'static str,
    /// Id of the event or action that caused a correction, if it is not `event`.
    #[serde(skip_serializing_if = "Option::is_none")]
    caused_by: Option<String>,
    /// Time of recording.
    #[schema(format = DateTime)]
    recorded_at: String,
}

/// Rule that matched an event but had no effect.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SkippedRule)]
pub struct SkippedRuleModel {
    /// `earning`, `badge` or `unlockable`; `event` if the event itself does not count.
    kind: &'static str,
    /// Rule id, or event name.
    rule: String,
    /// Reason as a stable identifier.
    reason: &'static str,
    /// Reason in plain English.
    message: String,
}

/// Summary of a stream of events.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct StreamSummary {
    /// Number of non-empty lines.
    pub(crate) lines: u64,
    /// Number of recorded events.
    pub(crate) accepted: u64,
    /// Number of events that had been recorded before.
    pub(crate) duplicates: u64,
    /// Number of rejected lines.
    pub(crate) rejected: u64,
    /// The first 100 rejected lines.
    pub(crate) rejects: Vec<RejectedLine>,
    /// Recorded events whose names no rule listens to.
    pub(crate) unheard: UnheardEventsModel,
}

/// Rejected line of a stream.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RejectedLine {
    /// Line number, starting at 1.
    line: u64,
    /// Error of the line.
    problem: Problem,
}

impl RejectedLine {
    /// Returns the line number, starting at 1.
    pub(crate) fn line_number(&self) -> u64 {
        self.line
    }
}

/// Maximum number of rejected lines in a summary.
const MAX_REJECTED_LINES: usize = 100;

impl StreamSummary {
    /// Counts the result of a line.
    pub(crate) fn count_line(&mut self, line: u64, answer: Result<accolade::Receipt, Problem>) {
        self.lines += 1;
        match answer {
            Ok(receipt) => {
                match receipt.status {
                    accolade::ReceiptStatus::Accepted => self.accepted += 1,
                    accolade::ReceiptStatus::Duplicate => self.duplicates += 1,
                }
                if let Some(unheard) = &receipt.unheard {
                    self.unheard.count_event(unheard);
                }
            }
            Err(problem) => {
                self.rejected += 1;
                // A stream has no limit of lines, so its errors need one.
                if self.rejects.len() < MAX_REJECTED_LINES {
                    self.rejects.push(RejectedLine { line, problem });
                }
            }
        }
    }
}

impl From<accolade::ReceiptStatus> for ItemStatus {
    fn from(status: accolade::ReceiptStatus) -> Self {
        match status {
            accolade::ReceiptStatus::Accepted => Self::Accepted,
            accolade::ReceiptStatus::Duplicate => Self::Duplicate,
        }
    }
}

impl From<accolade::Receipt> for ReceiptModel {
    fn from(receipt: accolade::Receipt) -> Self {
        Self {
            id: receipt.id.into(),
            status: receipt.status.into(),
            outcomes: receipt
                .outcomes
                .into_iter()
                .map(OutcomeModel::from)
                .collect(),
            skipped: receipt
                .skipped
                .into_iter()
                .map(SkippedRuleModel::from)
                .collect(),
            heard: receipt.unheard.is_none(),
            hint: receipt.unheard.map(|unheard| unheard.to_string()),
        }
    }
}

impl IntoResponse for ReceiptModel {
    /// Returns 201 for a new event and 200 for a duplicate.
    fn into_response(self) -> Response {
        let status = if self.status == ItemStatus::Accepted {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        (status, Json(self)).into_response()
    }
}

impl From<accolade::Receipt> for BatchItemModel {
    fn from(receipt: accolade::Receipt) -> Self {
        let ReceiptModel {
            id,
            status,
            outcomes,
            skipped,
            heard,
            hint,
        } = receipt.into();
        Self {
            id: Some(id),
            status,
            outcomes,
            skipped,
            heard: Some(heard),
            hint,
            problem: None,
        }
    }
}

impl BatchItemModel {
    /// Creates the result of a rejected item.
    pub(crate) fn from_problem(id: Option<String>, problem: Problem) -> Self {
        let (outcomes, skipped) = (Vec::new(), Vec::new());
        Self {
            id,
            status: ItemStatus::Rejected,
            outcomes,
            skipped,
            heard: None,
            hint: None,
            problem: Some(problem),
        }
    }

    pub(crate) fn status(&self) -> ItemStatus {
        self.status
    }
}

impl From<accolade::Outcome> for OutcomeModel {
    fn from(outcome: accolade::Outcome) -> Self {
        Self {
            seq: outcome.seq,
            player: outcome.player.into(),
            kind: outcome.kind.as_str(),
            subject: outcome.subject,
            detail: outcome.detail,
            at: outcome.at.to_string(),
            event: outcome.event.into(),
            trigger: outcome.trigger.as_str(),
            caused_by: outcome.caused_by,
            recorded_at: outcome.recorded_at.to_string(),
        }
    }
}

impl From<accolade::SkippedRule> for SkippedRuleModel {
    fn from(skipped: accolade::SkippedRule) -> Self {
        Self {
            kind: skipped.kind.map_or("event", RuleKind::as_str),
            rule: skipped.rule,
            reason: skipped.reason.as_str(),
            message: skipped.message,
        }
    }
}
