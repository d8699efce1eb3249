//! Response models of recording events and actions.

use accolade::RuleKind;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::schema_names::{SkipReasonNames, SkippedKindNames};
use super::unheard::UnheardEventsModel;
use super::{OutcomeModel, PictureUrls};
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
    /// If `heard` is false: the problem in plain English, with a suggestion if a similar name
    /// is known.
    hint: Option<String>,
}

/// Result of an item in a batch.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = BatchItem)]
pub(crate) struct BatchItemModel {
    /// Id of the event, as sent or generated. Null if unknown.
    id: Option<String>,
    /// Status of the item.
    status: ItemStatus,
    /// Changes that the event caused.
    outcomes: Vec<OutcomeModel>,
    /// Rules that matched the event but had no effect, each with the reason.
    skipped: Vec<SkippedRuleModel>,
    /// True if a rule listens to events of this name. Null for a rejected item.
    heard: Option<bool>,
    /// If `heard` is false: the problem in plain English, with a suggestion if a similar name
    /// is known.
    hint: Option<String>,
    /// Error of a rejected item. Null for others.
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

/// Rule that matched an event but had no effect.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SkippedRule)]
pub struct SkippedRuleModel {
    /// Kind of the rule.
    #[schema(value_type = SkippedKindNames)]
    kind: &'static str,
    /// Rule id, or event name.
    rule: String,
    /// Reason for programs.
    #[schema(value_type = SkipReasonNames)]
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

impl ReceiptModel {
    /// Converts a receipt.
    pub fn from_receipt(receipt: accolade::Receipt, pictures: &PictureUrls) -> Self {
        let outcomes = receipt.outcomes.into_iter();
        Self {
            id: receipt.id.into(),
            status: receipt.status.into(),
            outcomes: outcomes
                .map(|outcome| OutcomeModel::from_outcome(outcome, pictures))
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

impl BatchItemModel {
    /// Converts a receipt.
    pub(crate) fn from_receipt(receipt: accolade::Receipt, pictures: &PictureUrls) -> Self {
        let ReceiptModel {
            id,
            status,
            outcomes,
            skipped,
            heard,
            hint,
        } = ReceiptModel::from_receipt(receipt, pictures);
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

impl From<accolade::Receipt> for ReceiptModel {
    /// Converts a receipt outside a service: pictures are paths.
    fn from(receipt: accolade::Receipt) -> Self {
        Self::from_receipt(receipt, &PictureUrls::default())
    }
}
