//! Stored data about players and rules, in the types of the public interface.

use std::collections::BTreeMap;

use accolade_core::catalog::rules::RuleKind;
use accolade_core::event::Event;
use accolade_core::fold::{
    AwardHolding, AwardName, AwardSource, HoldingInterval, UnlockableHolding,
};
use accolade_core::ids::{BadgeId, CurrencyId, EventId, PlayerId, TierId, UnlockableId};
use accolade_core::time::Timestamp;
use accolade_core::value::Props;
use serde::Deserialize;

use crate::store::{
    AwardRow, EventRow, LedgerKind, LedgerRow, RuleErrorRow, StoreError, Trigger, UnlockRow,
};

/// An award of a badge to a player, held or not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Award {
    /// The badge's id.
    pub badge: BadgeId,
    /// The tier; `None` for a badge without tiers.
    pub tier: Option<TierId>,
    /// The key: the value of `per`, or the occurrence number (1, 2, …). `None` for
    /// `repeat = "once"`.
    pub key: Option<String>,
    /// The instant at which it was earned.
    pub at: Timestamp,
    /// The id of the event or manual action that earned it.
    pub event: EventId,
    /// The source of the award.
    pub source: AwardSource,
    /// The instant at which it was revoked or lapsed; `None` if it is held.
    pub revoked_at: Option<Timestamp>,
    /// Earlier intervals during which a temporary award was held, oldest first.
    pub holding_intervals: Vec<HeldInterval>,
    /// Points that it paid and that were not revoked.
    pub paid: BTreeMap<CurrencyId, i64>,
}

/// An interval during which a temporary award was held.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeldInterval {
    /// The beginning, inclusive.
    pub from: Timestamp,
    /// The end, exclusive.
    pub until: Timestamp,
    /// The id of the event, manual action or timer that began it; `None` for a masked badge.
    pub event: Option<EventId>,
}

/// An unlockable that a player has or had.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unlock {
    /// The unlockable's id.
    pub unlockable: UnlockableId,
    /// True if it is open.
    pub open: bool,
    /// The instant at which it last opened or closed.
    pub at: Timestamp,
    /// The id of the event or manual action that opened or closed it.
    pub event: EventId,
}

/// An event or manual action of a player, as recorded.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RecordedEvent {
    /// The event's id.
    pub id: EventId,
    /// The id it was recorded under: the player's, or that of a merged guest.
    pub player: PlayerId,
    /// The event's name.
    pub name: String,
    /// The instant at which it happened.
    pub at: Timestamp,
    /// The rank among events at the same instant, lowest first.
    pub order: i64,
    /// The event's properties.
    pub props: Props,
    /// The instant of recording.
    pub recorded_at: Timestamp,
    /// The id of the action that retracted it, if it is retracted.
    pub retracted_by: Option<EventId>,
}

/// An entry of a player's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LedgerEntry {
    /// The number among the player's entries, in order of recording, from 1.
    pub seq: i64,
    /// The instant of the cause in the timeline.
    pub at: Timestamp,
    /// The currency's id.
    pub currency: CurrencyId,
    /// The amount, negative if points were deducted. Never 0.
    pub amount: i64,
    /// The kind of the entry.
    pub kind: LedgerKind,
    /// The id of the earning or badge, or the name of the manual action.
    pub rule: String,
    /// The tier of the award, if it has one.
    pub tier: Option<TierId>,
    /// The key of the award, if it has one.
    pub key: Option<String>,
    /// The id of the event or manual action that the entry is for.
    pub event: EventId,
    /// The trigger of the commit.
    pub trigger: Trigger,
    /// The cause of a correction, if it is not `event`: the id of an event or manual action, or
    /// `catalog:2` for the publication of version 2.
    pub caused_by: Option<String>,
    /// The reason and author of a manual action, if given.
    pub reason: Option<String>,
    /// The instant of recording.
    pub recorded_at: Timestamp,
}

/// The evaluation errors of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleError {
    /// The kind of the rule.
    pub kind: RuleKind,
    /// The rule's id.
    pub id: String,
    /// The number of errors.
    pub count: u64,
    /// The message of the latest error.
    pub message: String,
    /// The player of the latest error.
    pub player: PlayerId,
    /// The event of the latest error.
    pub event: EventId,
}

impl Award {
    /// True if the player holds the award.
    pub fn is_held(&self) -> bool {
        self.revoked_at.is_none()
    }

    /// Builds an award from the state of a player.
    pub(crate) fn from_holding(name: AwardName, award: AwardHolding) -> Self {
        let intervals = award.holding_intervals.iter();
        Self {
            badge: name.badge.into(),
            tier: optional_id(name.tier),
            key: optional_id(name.key),
            at: award.at,
            event: award.event.into(),
            source: award.source,
            revoked_at: award.revoked_at,
            holding_intervals: intervals.map(HeldInterval::from_state).collect(),
            paid: award
                .paid
                .into_iter()
                .map(|(currency, amount)| (currency.into(), amount))
                .collect(),
        }
    }

    /// Reads an award from its row.
    pub(crate) fn from_row(row: AwardRow) -> Result<Self, StoreError> {
        #[derive(Deserialize)]
        struct StoredInterval {
            from: String,
            until: String,
            event: EventId,
        }
        let damaged = |error: &dyn std::fmt::Display| {
            StoreError::Damaged(format!("award of badge `{}`: {error}", row.badge))
        };
        let stored: Vec<StoredInterval> =
            serde_json::from_str(&row.holding_intervals).map_err(|error| damaged(&error))?;
        let holding_intervals = stored
            .into_iter()
            .map(|interval| {
                Ok(HeldInterval {
                    from: interval.from.parse().map_err(|error| damaged(&error))?,
                    until: interval.until.parse().map_err(|error| damaged(&error))?,
                    event: Some(interval.event),
                })
            })
            .collect::<Result<_, StoreError>>()?;
        let paid = serde_json::from_str(&row.paid).map_err(|error| damaged(&error))?;
        Ok(Self {
            badge: row.badge.into(),
            tier: optional_id(row.tier),
            key: optional_id(row.key),
            at: row.at,
            event: row.event.into(),
            source: row.source,
            revoked_at: row.revoked_at,
            holding_intervals,
            paid,
        })
    }
}

impl HeldInterval {
    /// Builds it from the state of a player.
    pub(crate) fn from_state(interval: &HoldingInterval) -> Self {
        Self {
            from: interval.from,
            until: interval.until,
            event: Some((&*interval.event).into()),
        }
    }
}

impl Unlock {
    /// Builds it from the state of a player.
    pub(crate) fn from_holding(unlockable: String, holding: UnlockableHolding) -> Self {
        let UnlockableHolding { open, at, event } = holding;
        Self {
            unlockable: unlockable.into(),
            open,
            at,
            event: event.into(),
        }
    }

    /// Reads it from its row.
    pub(crate) fn from_row(row: UnlockRow) -> Self {
        let UnlockRow {
            unlockable,
            open,
            at,
            event,
        } = row;
        Self::from_holding(unlockable, UnlockableHolding { open, at, event })
    }
}

impl RecordedEvent {
    /// Reads it from its row.
    pub(crate) fn from_row(row: EventRow) -> Self {
        let EventRow {
            event,
            recorded_at,
            retracted_by,
            ..
        } = row;
        let Event {
            id,
            player,
            name,
            at,
            order,
            props,
        } = event;
        Self {
            id: id.into(),
            player: player.into(),
            name,
            at,
            order,
            props,
            recorded_at,
            retracted_by: retracted_by.map(EventId::from),
        }
    }
}

impl LedgerEntry {
    /// Reads it from its row.
    pub(crate) fn from_row(row: LedgerRow) -> Self {
        let LedgerRow {
            at,
            seq,
            currency,
            amount,
            kind,
            rule,
            tier,
            key,
            event,
            trigger,
            caused_by,
            reason,
            recorded_at,
        } = row;
        Self {
            seq,
            at,
            currency: currency.into(),
            amount,
            kind,
            rule,
            tier: optional_id(tier),
            key: optional_id(key),
            event: event.into(),
            trigger,
            caused_by,
            reason,
            recorded_at,
        }
    }
}

impl RuleError {
    /// Reads it from its row.
    pub(crate) fn from_row(row: RuleErrorRow) -> Self {
        let RuleErrorRow {
            kind,
            id,
            count,
            message,
            player,
            event,
        } = row;
        Self {
            kind,
            id,
            count,
            message,
            player: player.into(),
            event: event.into(),
        }
    }
}

/// Converts the tier or key of a row, where an empty text stands for none.
pub(crate) fn optional_id<T: From<String>>(text: String) -> Option<T> {
    (!text.is_empty()).then(|| text.into())
}
