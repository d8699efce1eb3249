//! Retraction and restoring of events (S13).

use std::collections::BTreeMap;

use accolade_core::event::Event;
use accolade_core::fold::{Refusal, SkipCode};
use accolade_core::names::acts::{GRANDFATHER, MERGE, RESTORE, RETRACT, UNMERGE};
use accolade_core::time::Timestamp;
use accolade_core::{limits, timeline};

use super::intake::ValidatedEvent;
use super::player_meta::PendingRetraction;
use super::receipt_draft::ItemResult;
use super::unit_of_work::UnitOfWork;
use crate::store::{RetractionRow, StoreError, Transaction, Trigger};
use crate::{Rejection, SkippedRule};

impl UnitOfWork<'_> {
    /// Finds the action that retracted an event before it arrived.
    pub(super) fn find_pending_retraction(&self, event: &Event) -> Option<String> {
        let awaited = self.meta.optional.pending_retractions.iter();
        let found = awaited
            .into_iter()
            .find(|one| one.event == event.id && one.player == event.player);
        found.map(|one| one.action_id.clone())
    }

    /// Records an event that was retracted before it arrived: it is stored and does not count.
    pub(super) fn record_retracted(&mut self, entry: ValidatedEvent, act: String) {
        let (player, event) = (&entry.event.player, &entry.event.id);
        self.meta
            .optional
            .pending_retractions
            .retain(|one| one.event != *event || one.player != *player);
        let skipped = SkippedRule::for_event(
            &entry.event.name,
            SkipCode::Retracted,
            format!("retracted by `{act}`"),
        );
        self.record_row(entry, Vec::new(), vec![skipped], Some(act));
    }

    /// Records a retraction or restore, and refolds without or with the events.
    pub(super) fn apply_retraction(
        &mut self,
        tx: &mut dyn Transaction,
        entry: ValidatedEvent,
        results: &mut BTreeMap<usize, ItemResult>,
    ) -> Result<(), StoreError> {
        let words = match self.resolve_targets(tx, &entry.event)? {
            Ok(words) => words,
            Err(rejection) => {
                results.extend(
                    entry
                        .slots
                        .iter()
                        .map(|seen| (seen.index, Err(rejection.clone()))),
                );
                return Ok(());
            }
        };
        let RetractionTargets {
            changed,
            earliest,
            pending: waiting,
        } = words;
        for word in &changed {
            // Events of this batch have no stored row to update yet.
            let own = self
                .recorded_events
                .iter_mut()
                .map(|recorded| &mut recorded.row);
            let own =
                own.filter(|row| row.event.player == word.player && row.event.id == word.event);
            own.for_each(|row| row.retracted_by.clone_from(&word.retracted_by));
        }
        self.retractions.extend(changed);
        let awaited = &mut self.meta.optional.pending_retractions;
        match entry.event.name.as_str() {
            RETRACT => awaited.extend(waiting.iter().cloned()),
            _ => awaited.retain(|one| !waiting.contains(one)),
        }
        // A fixed order, so that verification can compare the list with one it derives itself.
        awaited.sort_unstable();
        let notes: Vec<SkippedRule> = match entry.event.name.as_str() {
            RETRACT => waiting.iter().map(build_pending_notice).collect(),
            _ => Vec::new(),
        };
        let at = entry.event.at;
        // Refold from whatever is earlier: the first event concerned or the action itself.
        let from = earliest.map_or(at, |earliest| earliest.min(at));
        let cause = entry.event.id.clone();
        if earliest.is_none() {
            self.apply_events(tx, vec![entry])?;
        } else {
            self.refold_from(tx, Some(from), vec![entry], Trigger::Retract, &cause)?;
        }
        if let Some(recorded) = self.recorded_events.last_mut() {
            recorded.skipped.extend(notes);
        }
        Ok(())
    }

    /// Resolves the events that a retraction or restore names.
    fn resolve_targets(
        &self,
        tx: &mut dyn Transaction,
        act: &Event,
    ) -> Result<Result<RetractionTargets, Rejection>, StoreError> {
        let ids = timeline::retraction_targets(act);
        if ids.is_empty() || ids.len() > limits::RETRACTED_EVENTS {
            let what = "the id of an `event`, or a list of at most 200 `events`";
            return Ok(Err(Refusal::Invalid {
                act: act.name.clone(),
                what,
            }
            .into()));
        }
        let retract = act.name == RETRACT;
        let player = act.player.as_str();
        let places: Vec<(&str, &str)> = ids.iter().map(|id| (player, *id)).collect();
        let stored = tx.find_events(&places)?;
        let mut words = RetractionTargets::default();
        for (id, row) in ids.into_iter().zip(stored) {
            // The state as of now: the stored row, overlaid with what this batch has recorded and
            // changed so far.
            let mut own = self.recorded_events.iter().map(|recorded| &recorded.row);
            let own = own
                .find(|row| row.event.player == player && row.event.id == id)
                .cloned();
            let word = self
                .retractions
                .iter()
                .rfind(|word| word.player == player && word.event == id);
            let place = own.or(row).map(|mut row| {
                if let Some(word) = word {
                    row.retracted_by.clone_from(&word.retracted_by);
                }
                row
            });
            let awaited = self
                .meta
                .optional
                .pending_retractions
                .iter()
                .find(|one| one.event == id && one.player == player);
            match place {
                Some(row)
                    if [RETRACT, RESTORE, MERGE, UNMERGE, GRANDFATHER]
                        .contains(&row.event.name.as_str()) =>
                {
                    return Ok(Err(Rejection::NotRetractable {
                        id: id.to_owned().into(),
                        name: row.event.name,
                    }));
                }
                Some(row) if row.retracted_by.is_some() != retract => {
                    words.earliest = Some(
                        words
                            .earliest
                            .map_or(row.event.at, |at| at.min(row.event.at)),
                    );
                    let by = retract.then(|| act.id.clone());
                    words.changed.push(RetractionRow {
                        player: player.to_owned(),
                        event: id.to_owned(),
                        retracted_by: by,
                    });
                }
                None if retract && awaited.is_none() => {
                    let (player, event) = (player.to_owned(), id.to_owned());
                    words.pending.push(PendingRetraction {
                        player,
                        event,
                        action_id: act.id.clone(),
                    });
                }
                None if !retract => words.pending.extend(awaited.cloned()),
                _ => {}
            }
        }
        if words.changed.is_empty() && words.pending.is_empty() {
            return Ok(Err(if retract {
                Rejection::AlreadyRetracted
            } else {
                Rejection::NotRetracted
            }));
        }
        Ok(Ok(words))
    }
}

/// Effect of a retraction or restore.
#[derive(Default)]
struct RetractionTargets {
    /// Events whose retraction changes.
    changed: Vec<RetractionRow>,
    /// Instant of the earliest of them.
    earliest: Option<Timestamp>,
    /// Events that have not arrived, whose pending retraction is added or removed.
    pending: Vec<PendingRetraction>,
}

/// Builds the notice about an event that has not arrived.
fn build_pending_notice(awaited: &PendingRetraction) -> SkippedRule {
    let message = format!(
        "event `{}` has not arrived yet; it will not count when it does",
        awaited.event
    );
    SkippedRule::for_event(RETRACT, SkipCode::UnknownEvent, message)
}
