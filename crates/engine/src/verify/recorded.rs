//! Recorded events and actions of a player, from which all other stored data follows.

use std::collections::{BTreeMap, BTreeSet};

use accolade_core::event::Event;
use accolade_core::names::acts::{GRANDFATHER, MERGE, RESTORE, RETRACT, UNMERGE};
use accolade_core::timeline::{self, RetractableEvent};
use accolade_core::value::Value;

use crate::batch::player_meta::PendingRetraction;
use crate::store::{AliasRow, EventRow, ReadStore, RetractionRow, StoreError};

/// Actions that cannot be retracted.
const NOT_RETRACTABLE: [&str; 5] = [RETRACT, RESTORE, MERGE, UNMERGE, GRANDFATHER];

/// Events and actions of a player and of the guests merged into them, according to the recorded
/// merges.
#[derive(Default)]
pub(crate) struct RecordedEvents {
    pub(crate) rows: Vec<EventRow>,
    /// Merges in effect, by guest.
    pub(crate) aliases: BTreeMap<String, AliasRow>,
    /// Latest retraction or restore of each event, by player and event id: the retracting action,
    /// or `None` if the event counts again (S13).
    retractions: BTreeMap<(String, String), Option<String>>,
}

impl RecordedEvents {
    /// Loads everything recorded for a player.
    pub(crate) fn load<R: ReadStore + ?Sized>(
        store: &mut R,
        player: &str,
    ) -> Result<Self, StoreError> {
        let mut past = Self::default();
        let mut open = vec![player.to_owned()];
        while let Some(one) = open.pop() {
            let rows = store.list_timeline(&one, None)?;
            past.apply_retractions(&rows);
            for (guest, alias) in collect_merges(&rows) {
                // Damaged data can name a guest twice or in a circle; each is read once.
                if guest != player && !past.aliases.contains_key(&guest) {
                    open.push(guest.clone());
                    past.aliases.insert(guest, alias);
                }
            }
            past.rows.extend(rows);
        }
        Ok(past)
    }

    /// True if nothing was recorded.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the merged guests, ordered by id.
    pub(crate) fn guest_ids(&self) -> Vec<String> {
        self.aliases.keys().cloned().collect()
    }

    /// Returns the events that count, in timeline order.
    pub(crate) fn effective_timeline(&self) -> Vec<Event> {
        let recorded = |row: &EventRow| RetractableEvent {
            event: row.event.clone(),
            retracted: self.retracting_action(row).is_some(),
        };
        let recorded = self.rows.iter().map(recorded).collect();
        timeline::select_effective(recorded, &BTreeSet::new(), !self.aliases.is_empty())
    }

    /// Returns the action that retracts an event, unless the event counts.
    pub(crate) fn retracting_action<'r>(&'r self, row: &'r EventRow) -> Option<&'r String> {
        if NOT_RETRACTABLE.contains(&row.event.name.as_str()) {
            return None;
        }
        self.retractions
            .get(&(row.event.player.clone(), row.event.id.clone()))?
            .as_ref()
    }

    /// Lists the events whose stored retraction is not the recorded one, with the correct
    /// retraction.
    pub(crate) fn wrong_retractions(&self) -> Vec<(&EventRow, RetractionRow)> {
        let wrong = self
            .rows
            .iter()
            .filter(|row| row.retracted_by.as_ref() != self.retracting_action(row));
        let word = |row: &EventRow| RetractionRow {
            player: row.event.player.clone(),
            event: row.event.id.clone(),
            retracted_by: self.retracting_action(row).cloned(),
        };
        wrong.map(|row| (row, word(row))).collect()
    }

    /// Lists the retractions of events that have not arrived, in order.
    pub(crate) fn pending_retractions(&self) -> Vec<PendingRetraction> {
        let arrived: BTreeSet<(&str, &str)> = self
            .rows
            .iter()
            .map(|row| (row.event.player.as_str(), row.event.id.as_str()))
            .collect();
        let waiting = self
            .retractions
            .iter()
            .filter(|((player, event), _)| !arrived.contains(&(player, event)));
        let awaited = waiting.filter_map(|((player, event), act)| {
            Some(PendingRetraction {
                player: player.clone(),
                event: event.clone(),
                action_id: act.clone()?,
            })
        });
        awaited.collect()
    }

    /// Applies the retractions and restores of one player, oldest first.
    fn apply_retractions(&mut self, rows: &[EventRow]) {
        for EventRow { event: act, .. } in rows {
            for id in timeline::retraction_targets(act) {
                let word = self
                    .retractions
                    .entry((act.player.clone(), id.to_owned()))
                    .or_default();
                if act.name == RETRACT {
                    // The first retraction stays in effect until a restore; a later one changes
                    // nothing.
                    word.get_or_insert_with(|| act.id.clone());
                } else {
                    *word = None;
                }
            }
        }
    }
}

/// Collects the merges in effect from the actions of one player.
fn collect_merges(rows: &[EventRow]) -> BTreeMap<String, AliasRow> {
    let mut merges = BTreeMap::new();
    for row in rows {
        let Some(guest) = row.event.props.get("guest").and_then(Value::as_text) else {
            continue;
        };
        if row.event.name == MERGE {
            let alias = AliasRow {
                guest: guest.to_owned(),
                player: row.event.player.clone(),
                action_id: row.event.id.clone(),
                merged_at: row.recorded_at,
            };
            merges.insert(guest.to_owned(), alias);
        } else if row.event.name == UNMERGE {
            merges.remove(guest);
        }
    }
    merges
}

/// True if a player was merged into another one, according to both the aliases and the recorded
/// merge.
pub(crate) fn is_merged<R: ReadStore + ?Sized>(
    store: &mut R,
    player: &str,
) -> Result<bool, StoreError> {
    let Some(into) = store
        .find_merge_targets(&[player])?
        .into_iter()
        .flatten()
        .next()
    else {
        return Ok(false);
    };
    let rows = match store.list_timeline(&into, None) {
        // The damage is reported for the player that the timeline belongs to.
        Err(StoreError::Damaged(_)) => return Ok(false),
        rows => rows?,
    };
    Ok(collect_merges(&rows).contains_key(player))
}
