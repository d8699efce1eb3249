//! Receipts: the result of recording an event.

use accolade_core::catalog::rules::{RuleKind, RuleSet};
use accolade_core::fold::{self, SkipCode};
use accolade_core::ids::{BadgeId, CurrencyId, EventId, PlayerId, TierId, UnlockableId};
use accolade_core::time::Timestamp;

use crate::event_names::UnheardName;
use crate::store::{OutcomeKind, OutcomeRow, StoreError, Trigger};

/// The result of recording one event or manual action.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Receipt {
    /// The event's id, as sent or generated.
    pub id: EventId,
    /// New event or duplicate.
    pub status: ReceiptStatus,
    /// The changes that the event made. A duplicate repeats those of the first time, as far as the
    /// feed still keeps them.
    pub outcomes: Vec<Outcome>,
    /// The rules that listen to the event but did not pay, if the call reports them.
    pub skipped: Vec<SkippedRule>,
    /// The event's name, if no rule of the published catalog listens to it. Always `None` for
    /// manual actions.
    pub unheard: Option<UnheardName>,
}

/// The status of a recorded event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptStatus {
    /// The event was new and is recorded.
    Accepted,
    /// The event was recorded before. Nothing was changed.
    Duplicate,
}

/// One change that a commit made to a player: an entry of the feed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// Sequence number in the feed. Numbers increase and may have gaps.
    pub seq: i64,
    /// The player's id.
    pub player: PlayerId,
    /// The kind of the change.
    pub kind: OutcomeKind,
    /// The id of the badge, currency or unlockable.
    pub subject: String,
    /// Details as a JSON object, such as tier and key of an award, or amount and source of points.
    pub detail: serde_json::Value,
    /// The instant in the player's timeline.
    pub at: Timestamp,
    /// The id of the event or manual action that the change follows from.
    pub event: EventId,
    /// The trigger of the commit.
    pub trigger: Trigger,
    /// The cause of a correction, if it is not `event`: the id of an event or manual action, or
    /// `catalog:2` for the publication of version 2.
    pub caused_by: Option<String>,
    /// The instant of recording.
    pub recorded_at: Timestamp,
}

/// A rule that listens to an event but did not pay.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedRule {
    /// The kind of the rule; `None` if the event itself does not count.
    pub kind: Option<RuleKind>,
    /// The rule's id, or the event's name if there is no rule.
    pub rule: String,
    /// The reason.
    pub reason: SkipCode,
    /// The reason in English.
    pub message: String,
}

impl Outcome {
    /// The badge that was awarded, revoked or lapsed; `None` for other kinds.
    pub fn badge(&self) -> Option<BadgeId> {
        match self.kind {
            OutcomeKind::BadgeAwarded | OutcomeKind::BadgeRevoked | OutcomeKind::BadgeLapsed => {
                Some((&self.subject).into())
            }
            _ => None,
        }
    }

    /// The currency whose balance changed; `None` for other kinds.
    pub fn currency(&self) -> Option<CurrencyId> {
        (self.kind == OutcomeKind::Points).then(|| (&self.subject).into())
    }

    /// The unlockable that opened or closed; `None` for other kinds.
    pub fn unlockable(&self) -> Option<UnlockableId> {
        match self.kind {
            OutcomeKind::UnlockableOpened | OutcomeKind::UnlockableClosed => {
                Some((&self.subject).into())
            }
            _ => None,
        }
    }

    /// The tier of the award; `None` for a badge without tiers and for other kinds.
    pub fn tier(&self) -> Option<TierId> {
        self.detail_text("tier").map(TierId::from)
    }

    /// The key of the award; `None` for a badge without keys and for other kinds.
    pub fn key(&self) -> Option<&str> {
        self.detail_text("key")
    }

    /// The number of points, negative if they were deducted; `None` for other kinds.
    pub fn amount(&self) -> Option<i64> {
        self.detail.get("amount")?.as_i64()
    }

    /// A text of the detail that is not empty.
    fn detail_text(&self, name: &str) -> Option<&str> {
        let text = self.detail.get(name)?.as_str()?;
        (!text.is_empty()).then_some(text)
    }

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
            player: player.into(),
            kind,
            subject,
            detail,
            at,
            event: event.into(),
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
        let (reason, message) = (skipped.reason.code(), skipped.reason.to_string());
        Self {
            kind: Some(kind),
            rule: id.to_owned(),
            reason,
            message,
        }
    }

    /// Creates an entry about the event itself rather than a rule.
    pub(crate) fn for_event(name: &str, reason: SkipCode, message: String) -> Self {
        Self {
            kind: None,
            rule: name.to_owned(),
            reason,
            message,
        }
    }
}
