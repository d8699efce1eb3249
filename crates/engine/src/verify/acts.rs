//! What acts decided about other events and players: retractions (S13) and merges (S19).

use std::collections::BTreeMap;

use super::difference::{Findings, Meaning};
use super::past::Past;
use crate::store::{Read, StoreError};

const ALIASES: Meaning = Meaning {
    kind: "alias",
    extra: "the guest counts as merged, but no act says so",
    lacking: "an act merged the guest, but the guest does not count as merged",
    other: "the guest was merged by another act than is noted",
};

/// Compares the last word on each event.
pub(super) fn compare_words(past: &Past, found: &mut Findings) {
    for (row, word) in past.misheard() {
        let told = |by: &Option<String>| {
            by.as_ref()
                .map_or("it counts".to_owned(), |by| format!("retracted by `{by}`"))
        };
        let explanation = match (&row.retracted_by, &word.by) {
            (Some(_), None) => {
                "the event is marked as retracted, but the last act on it did not retract it"
            }
            (None, _) => "the last act on the event retracted it, but it is not marked",
            _ => "the event is marked as retracted by another act than the one that did it",
        };
        found.note(
            format!("event {}", word.event),
            told(&row.retracted_by),
            told(&word.by),
            explanation,
        );
    }
}

/// Compares who was merged.
pub(super) fn compare_aliases<R: Read + ?Sized>(
    store: &mut R,
    player: &str,
    past: &Past,
    found: &mut Findings,
) -> Result<(), StoreError> {
    let mut rows = store.guests(player)?;
    for guest in past.aliases.keys() {
        rows.extend(store.guests(guest)?);
    }
    let stored: BTreeMap<_, _> = rows
        .into_iter()
        .map(|row| (row.guest, (row.player, row.action_id)))
        .collect();
    let told = past.aliases.values().cloned();
    let folded = told.map(|row| (row.guest, (row.player, row.action_id))).collect();
    found.compare(&ALIASES, String::clone, &stored, &folded);
    Ok(())
}
