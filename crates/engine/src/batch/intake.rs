//! Validation of a request, and detection of duplicates (S12).

use std::collections::BTreeMap;

use accolade_core::event::{Event, EventError};
use accolade_core::fold::{Refusal, SkipCode};
use accolade_core::names::acts;
use accolade_core::value::Props;

use super::context::BatchContext;
use super::item::{BatchItem, Permission};
use super::receipt_draft::{ItemResult, ReceiptDraft};
use crate::audit::AuditActor;
use crate::error::EventPart;
use crate::store::{EventRow, StoreError, Transaction};
use crate::{ReceiptStatus, Rejection, SkippedRule};

/// A validated event or action.
#[derive(Debug)]
pub(super) struct ValidatedEvent {
    pub(super) event: Event,
    pub(super) explicit_at: bool,
    pub(super) wants_explanation: bool,
    /// True if it is an action that must be decided before it is recorded.
    pub(super) needs_decision: bool,
    /// The person who submitted it.
    pub(super) actor: AuditActor,
    /// True if an unknown player is created (S45).
    pub(super) may_create: bool,
    /// True if it is restored from an export, with the decision made when it was recorded.
    pub(super) restored: bool,
    /// Positions of the items that it answers: the first one with its id, and its retries within
    /// the batch.
    pub(super) slots: Vec<RequestSlot>,
}

/// The position of an item in the batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestSlot {
    /// Index into the batch.
    pub(super) index: usize,
    /// True if the item repeats an earlier one of the batch.
    pub(super) duplicate: bool,
}

impl ValidatedEvent {
    /// Validates an item, unless it is a grandfathering action, which only a publication may
    /// record.
    pub(super) fn new(
        index: usize,
        item: BatchItem,
        context: &BatchContext<'_>,
    ) -> Result<Self, Rejection> {
        let made_by_publishing =
            item.event.name == acts::GRANDFATHER && item.permission != Permission::Restore;
        if made_by_publishing {
            return Err(EventError::Reserved(item.event.name).into());
        }
        Self::validate(index, item, context)
    }

    /// Validates an item and fills in its defaults.
    pub(super) fn validate(
        index: usize,
        item: BatchItem,
        context: &BatchContext<'_>,
    ) -> Result<Self, Rejection> {
        let BatchItem {
            event,
            permission: right,
            may_create,
            wants_explanation: explain,
            event_error: flaw,
            actor,
        } = item;
        if let Some(flaw) = flaw {
            return Err(flaw.into());
        }
        // The clock of the batch decides, so that all its items are judged by the same instant.
        event.check_clock(context.now, context.max_ahead_micros)?;
        if event.is_reserved() && right == Permission::Record {
            return Err(EventError::Reserved(event.name).into());
        }
        if event.is_reserved() && !acts::NAMES.contains(&event.name.as_str()) {
            return Err(EventError::Reserved(event.name).into());
        }
        let at_given = event.at.is_some();
        if at_given
            && right == Permission::Action
            && [acts::RETRACT, acts::RESTORE].contains(&event.name.as_str())
        {
            // The most recent retraction or restore wins; an explicit time would suggest otherwise.
            let what = "no `at`: the most recent retraction or restore of an event wins";
            return Err(Refusal::Invalid {
                act: event.name,
                what,
            }
            .into());
        }
        // A restored action normally carries its decision. One that does not, for example in a file
        // from another system, is decided now.
        let judge = event.is_reserved()
            && (right == Permission::Action
                || event.props.get(acts::DECISION).is_none() && has_stored_decision(&event.name));
        let event = Event {
            // Version 7 ids sort by time, which keeps the index of event ids append-mostly.
            id: event
                .id
                .map_or_else(|| uuid::Uuid::now_v7().to_string(), String::from),
            player: event.player.into(),
            name: event.name,
            at: event.at.unwrap_or(context.now),
            order: event.order,
            props: event.props,
        };
        let restored = right == Permission::Restore;
        Ok(Self {
            event,
            explicit_at: at_given,
            wants_explanation: explain,
            needs_decision: judge,
            actor,
            may_create,
            restored,
            slots: vec![RequestSlot {
                index,
                duplicate: false,
            }],
        })
    }

    /// Wraps an event that the engine generated. No item waits for it.
    pub(super) fn engine_generated(event: Event) -> Self {
        let (actor, seen) = (AuditActor::default(), Vec::new());
        Self {
            event,
            explicit_at: true,
            wants_explanation: false,
            needs_decision: false,
            actor,
            may_create: true,
            restored: false,
            slots: seen,
        }
    }

    /// Returns the first field that differs from an event with the same id, or `None` if both are
    /// the same request.
    fn find_difference(&self, other: &Event, other_at_given: bool) -> Option<EventPart> {
        // A defaulted time differs on every retry, and a decision is made by the engine; neither is
        // content.
        let this = &self.event;
        if this.name != other.name {
            Some(EventPart::Name)
        } else if self.explicit_at != other_at_given || (self.explicit_at && this.at != other.at) {
            Some(EventPart::Time)
        } else if this.order != other.order {
            Some(EventPart::Order)
        } else if !has_same_content(&this.props, &other.props) {
            Some(EventPart::Props)
        } else {
            None
        }
    }
}

/// True if deciding an action of this name yields a result that is stored.
fn has_stored_decision(name: &str) -> bool {
    [
        acts::AWARD,
        acts::REVOKE,
        acts::PROGRESS,
        acts::RETRACT,
        acts::RESTORE,
    ]
    .contains(&name)
}

/// True if the properties are equal apart from the decision.
fn has_same_content(one: &Props, other: &Props) -> bool {
    let content = |props: &Props| {
        props
            .iter()
            .filter(|(name, _)| *name != acts::DECISION)
            .count()
    };
    content(one) == content(other)
        && one
            .iter()
            .filter(|(name, _)| *name != acts::DECISION)
            .all(|(name, value)| other.get(name) == Some(value))
}

/// Answers duplicates and removes them, leaving the new events.
pub(super) fn answer_duplicates(
    tx: &mut dyn Transaction,
    by_player: &mut BTreeMap<String, Vec<ValidatedEvent>>,
    results: &mut BTreeMap<usize, ItemResult>,
) -> Result<(), StoreError> {
    for entries in by_player.values_mut() {
        fold_repeats(entries, results);
    }
    let ids: Vec<(&str, &str)> = by_player
        .values()
        .flatten()
        .map(|entry| (entry.event.player.as_str(), entry.event.id.as_str()))
        .collect();
    // One query for the whole batch. The results are in the order of `ids`, and the loop below
    // visits the entries in the same order.
    let mut found = tx.find_events(&ids)?.into_iter();
    for entries in by_player.values_mut() {
        let mut new = Vec::with_capacity(entries.len());
        for entry in entries.drain(..) {
            match found.next().flatten() {
                None => new.push(entry),
                Some(row) => answer_duplicate(tx, &entry, &row, results)?,
            }
        }
        *entries = new;
    }
    Ok(())
}

/// Returns the earlier result of a merge or unmerge that was recorded under one of these ids of its
/// player, or `None` if it is new.
pub(super) fn find_earlier_result(
    tx: &mut dyn Transaction,
    entry: &ValidatedEvent,
    players: [&str; 2],
) -> Result<Option<ItemResult>, StoreError> {
    let places = players.map(|player| (player, entry.event.id.as_str()));
    let found = tx.find_events(&places)?.into_iter().flatten().next();
    let mut results = BTreeMap::new();
    if let Some(row) = found {
        answer_duplicate(tx, entry, &row, &mut results)?;
    }
    Ok(results.into_values().next())
}

/// Folds items with the same id and content into the first of them, and rejects the conflicting
/// ones.
fn fold_repeats(entries: &mut Vec<ValidatedEvent>, results: &mut BTreeMap<usize, ItemResult>) {
    let mut positions: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut kept: Vec<ValidatedEvent> = Vec::with_capacity(entries.len());
    for entry in entries.drain(..) {
        let name = (entry.event.player.clone(), entry.event.id.clone());
        match positions.get(&name) {
            None => {
                positions.insert(name, kept.len());
                kept.push(entry);
            }
            Some(&position) => {
                match entry.find_difference(&kept[position].event, kept[position].explicit_at) {
                    None => {
                        let first = &mut kept[position];
                        // Not part of the content: any of the repeats may allow it.
                        first.may_create |= entry.may_create;
                        first
                            .slots
                            .extend(entry.slots.iter().map(|seen| RequestSlot {
                                duplicate: true,
                                ..*seen
                            }))
                    }
                    Some(differs) => {
                        let conflict = Rejection::Conflict {
                            id: entry.event.id.into(),
                            differs,
                        };
                        results.extend(
                            entry
                                .slots
                                .iter()
                                .map(|seen| (seen.index, Err(conflict.clone()))),
                        );
                    }
                }
            }
        }
    }
    *entries = kept;
}

/// Answers an item whose id was recorded before: with the original outcomes, or with a conflict.
fn answer_duplicate(
    tx: &mut dyn Transaction,
    entry: &ValidatedEvent,
    row: &EventRow,
    results: &mut BTreeMap<usize, ItemResult>,
) -> Result<(), StoreError> {
    let id = entry.event.id.clone();
    let result = match entry.find_difference(&row.event, row.explicit_at) {
        Some(differs) => Err(Rejection::Conflict {
            id: id.into(),
            differs,
        }),
        None => {
            let outcomes = match row.outcome_count {
                0 => Vec::new(),
                count => tx.list_outcomes(row.first_outcome - 1, count as usize)?,
            };
            // The page may start later than asked for if the feed was pruned; drop the outcomes of
            // other events.
            let own = row.first_outcome..row.first_outcome + i64::from(row.outcome_count);
            let outcomes: Vec<_> = outcomes
                .into_iter()
                .filter(|(seq, _)| own.contains(seq))
                .collect();
            let gone = outcomes.len() < row.outcome_count as usize;
            let message = "some outcomes of this event have been pruned from the feed".to_owned();
            let skipped = gone
                .then(|| SkippedRule::for_event(&row.event.name, SkipCode::OutcomesGone, message))
                .into_iter()
                .collect();
            Ok(ReceiptDraft {
                id,
                status: ReceiptStatus::Duplicate,
                outcomes,
                skipped,
                unheard: None,
            })
        }
    };
    results.extend(entry.slots.iter().map(|seen| (seen.index, result.clone())));
    Ok(())
}
