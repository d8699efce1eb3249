//! Effective events of a player: stored ones and those of the batch, including merged guests (S13,
//! S19).

use std::collections::{BTreeMap, BTreeSet};

use accolade_core::event::Event;
use accolade_core::names::acts;
use accolade_core::time::Timestamp;
use accolade_core::timeline::{self, RetractableEvent};

use super::intake::ValidatedEvent;
use super::unit_of_work::UnitOfWork;
use crate::store::{EventRow, ReadStore, StoreError, Transaction};

/// Loads the stored events of a player and of their merged guests after an instant.
pub(crate) fn load_recorded<R: ReadStore + ?Sized>(
    store: &mut R,
    player: &str,
    guests: &[String],
    after: Option<Timestamp>,
) -> Result<Vec<EventRow>, StoreError> {
    let mut rows = store.list_timeline(player, after)?;
    for guest in guests {
        rows.extend(store.list_timeline(guest, after)?);
    }
    Ok(rows)
}

/// Loads the ids of all guests who were merged into a player.
pub(crate) fn load_guests<R: ReadStore + ?Sized>(
    store: &mut R,
    player: &str,
) -> Result<Vec<String>, StoreError> {
    let Some(header) = store.load_headers(&[player])?.into_iter().next().flatten() else {
        return Ok(Vec::new());
    };
    Ok(super::player_meta::decode_player(player, &header)?
        .0
        .optional
        .guests)
}

/// Retractions and restores that are not stored yet, by player and event id. The value is the
/// retracting action, or `None` if the event counts again.
pub(crate) type RetractionOverlay<'w> = BTreeMap<(&'w str, &'w str), &'w Option<String>>;

/// Filters the events that count, in timeline order.
pub(crate) fn filter_effective<R: ReadStore + ?Sized>(
    store: &mut R,
    player: &str,
    guests: &[String],
    rows: Vec<EventRow>,
) -> Result<Vec<Event>, StoreError> {
    filter_effective_with(store, player, guests, rows, &RetractionOverlay::new())
}

fn filter_effective_with<R: ReadStore + ?Sized>(
    store: &mut R,
    player: &str,
    guests: &[String],
    mut rows: Vec<EventRow>,
    words: &RetractionOverlay<'_>,
) -> Result<Vec<Event>, StoreError> {
    rows.iter_mut().for_each(|row| apply_overlay(words, row));
    let lapsed = retracted_causes(store, player, guests, &rows, words)?;
    let recorded = rows
        .into_iter()
        .map(|row| RetractableEvent {
            retracted: row.retracted_by.is_some(),
            event: row.event,
        })
        .collect();
    Ok(timeline::select_effective(
        recorded,
        &lapsed,
        !guests.is_empty(),
    ))
}

/// Finds the retracted events that caused grandfathered holdings, even if they lie outside of
/// `rows`.
pub(crate) fn retracted_causes<R: ReadStore + ?Sized>(
    store: &mut R,
    player: &str,
    guests: &[String],
    rows: &[EventRow],
    words: &RetractionOverlay<'_>,
) -> Result<BTreeSet<String>, StoreError> {
    let kept: BTreeSet<&str> = rows
        .iter()
        .filter(|row| row.event.name == acts::GRANDFATHER)
        .flat_map(|row| timeline::grandfathering_event_ids(&row.event))
        .collect();
    if kept.is_empty() {
        return Ok(BTreeSet::new());
    }
    let players: Vec<&str> = std::iter::once(player)
        .chain(guests.iter().map(String::as_str))
        .collect();
    // The events that earned a grandfathered holding may precede the range that was loaded, so they
    // are looked up by id. Ids are unique per player only, hence every pair.
    let places: Vec<(&str, &str)> = players
        .iter()
        .flat_map(|player| kept.iter().map(|id| (*player, *id)))
        .collect();
    let mut found: Vec<EventRow> = store.find_events(&places)?.into_iter().flatten().collect();
    found.iter_mut().for_each(|row| apply_overlay(words, row));
    let counts: BTreeSet<&str> = found
        .iter()
        .filter(|row| row.retracted_by.is_none())
        .chain(rows.iter().filter(|row| row.retracted_by.is_none()))
        .map(|row| row.event.id.as_str())
        .collect();
    // Two merged players may share an event id. The holding stays as long as one of these events
    // counts.
    let gone = found
        .iter()
        .filter(|row| !counts.contains(row.event.id.as_str()));
    Ok(gone.map(|row| row.event.id.clone()).collect())
}

/// Applies a pending retraction or restore to a row.
fn apply_overlay(words: &RetractionOverlay<'_>, row: &mut EventRow) {
    if let Some(word) = words.get(&(row.event.player.as_str(), row.event.id.as_str())) {
        row.retracted_by.clone_from(word);
    }
}

impl UnitOfWork<'_> {
    /// Loads the events that count after an instant: stored ones, those staged by the batch, and a
    /// run of new ones.
    pub(super) fn load_history(
        &self,
        tx: &mut dyn Transaction,
        after: Option<Timestamp>,
        run: &[ValidatedEvent],
    ) -> Result<Vec<Event>, StoreError> {
        let guests = &self.meta.optional.guests;
        let mut rows = load_recorded(tx, &self.player, guests, after)?;
        let later = |event: &Event| after.is_none_or(|after| event.at > after);
        rows.extend(
            self.recorded_events
                .iter()
                .map(|recorded| &recorded.row)
                .filter(|row| later(&row.event))
                .cloned(),
        );
        rows.extend(run.iter().map(|entry| EventRow {
            event: entry.event.clone(),
            explicit_at: entry.explicit_at,
            first_outcome: 0,
            outcome_count: 0,
            recorded_at: self.now,
            retracted_by: None,
        }));
        let words: RetractionOverlay<'_> = self
            .retractions
            .iter()
            .map(|word| {
                (
                    (word.player.as_str(), word.event.as_str()),
                    &word.retracted_by,
                )
            })
            .collect();
        let mut events = filter_effective_with(tx, &self.player, guests, rows, &words)?;
        events.retain(later);
        Ok(events)
    }
}
