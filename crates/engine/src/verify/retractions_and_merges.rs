//! Comparison of what actions decided about events and players: retractions (S13) and merges (S19).

use std::collections::BTreeMap;

use super::difference::{PlayerDifferences, RowExplanations};
use super::recorded::RecordedEvents;
use crate::store::{ReadStore, StoreError};

const ALIASES: RowExplanations = RowExplanations {
    kind: "alias",
    unexpected: "the guest is stored as merged, but no merge is recorded",
    missing: "a merge is recorded, but the guest is not stored as merged",
    different: "the stored merge is not the one that is recorded",
};

/// Compares the retraction of each event.
pub(super) fn compare_retractions(past: &RecordedEvents, found: &mut PlayerDifferences) {
    for (row, word) in past.wrong_retractions() {
        let describe = |by: &Option<String>| {
            by.as_ref()
                .map_or("counts".to_owned(), |by| format!("retracted by `{by}`"))
        };
        let explanation = match (&row.retracted_by, &word.retracted_by) {
            (Some(_), None) => {
                "the event is stored as retracted, but no recorded retraction applies to it"
            }
            (None, _) => "the event was retracted, but is not stored as retracted",
            _ => "the event is stored as retracted by another action than the recorded one",
        };
        found.record(
            format!("event {}", word.event),
            describe(&row.retracted_by),
            describe(&word.retracted_by),
            explanation,
        );
    }
}

/// Compares the merged guests.
pub(super) fn compare_aliases<R: ReadStore + ?Sized>(
    store: &mut R,
    player: &str,
    past: &RecordedEvents,
    found: &mut PlayerDifferences,
) -> Result<(), StoreError> {
    let mut rows = store.list_guests(player)?;
    // Guests of a guest have aliases of their own.
    for guest in past.aliases.keys() {
        rows.extend(store.list_guests(guest)?);
    }
    let stored: BTreeMap<_, _> = rows
        .into_iter()
        .map(|row| (row.guest, (row.player, row.action_id)))
        .collect();
    let expected = past.aliases.values().cloned();
    let folded = expected
        .map(|row| (row.guest, (row.player, row.action_id)))
        .collect();
    found.compare_rows(&ALIASES, String::clone, &stored, &folded);
    Ok(())
}
