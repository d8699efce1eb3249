//! Comparison of the rows that queries read: the player's row, awards, balances, unlockables.

use std::collections::BTreeMap;

use accolade_core::catalog::Catalog;
use accolade_core::fold::{self, Holdings, WholeState};
use accolade_core::time::Timestamp;

use super::difference::{Findings, Meaning, show};
use crate::batch::award_row;
use crate::store::{AwardRow, PlayerSummary, Read, StoreError};

const AWARDS: Meaning = Meaning {
    kind: "award",
    extra: "the award is stored, but no event earns it",
    lacking: "the events earn the award, but it is not stored",
    other: "the stored award differs from the one that the events earn",
};
const BALANCES: Meaning = Meaning {
    kind: "balance",
    extra: "a balance is stored, but the events move no points in this currency",
    lacking: "the events move points in this currency, but no balance is stored",
    other: "the stored balance differs from the result of the events",
};
const UNLOCKABLES: Meaning = Meaning {
    kind: "unlockable",
    extra: "the unlockable is stored, but no event ever opened it",
    lacking: "the events opened the unlockable, but it is not stored",
    other: "the stored unlockable differs from the result of the events",
};
const UNREADABLE: &str = "rows are damaged";

/// Computes the expected row of the player; `None` if the id is not a player.
pub(super) fn summary(catalog: &Catalog, folded: Option<&WholeState>) -> Option<PlayerSummary> {
    let state = folded?;
    let header = &state.header;
    Some(PlayerSummary {
        event_count: header.events,
        first_at: header.first_at,
        last_at: header.last.as_ref().map(|last| last.at),
        next_timer_at: fold::next_timer(catalog, state, Timestamp::LAST),
    })
}

/// Compares the rows of a player.
pub(super) fn compare<R: Read + ?Sized>(
    store: &mut R,
    player: &str,
    summary: Option<PlayerSummary>,
    has: &Holdings,
    found: &mut Findings,
) -> Result<(), StoreError> {
    if let Some(stored) = found.read("player row", store.summary(player), UNREADABLE, true)? {
        compare_summary(stored, summary, found);
    }
    if let Some(rows) = found.read("award rows", store.awards(player), UNREADABLE, true)? {
        let stored: BTreeMap<_, _> = rows.into_iter().map(|row| (place(&row), row)).collect();
        let folded = has
            .awards
            .iter()
            .map(|(name, award)| award_row(player, name, award));
        let folded = folded.map(|row| (place(&row), row)).collect();
        found.compare(&AWARDS, named, &stored, &folded);
    }
    if let Some(rows) = found.read("balance rows", store.balances(player), UNREADABLE, true)? {
        let stored = rows
            .into_iter()
            // A balance that returned to zero keeps its row.
            .filter(|(_, balance)| *balance != 0)
            .collect();
        found.compare(&BALANCES, String::clone, &stored, &has.balances);
    }
    if let Some(rows) = found.read("unlockable rows", store.unlocks(player), UNREADABLE, true)? {
        let stored = rows
            .into_iter()
            .map(|row| (row.unlockable, (row.open, row.at, row.event)))
            .collect();
        let folded = has
            .unlocks
            .iter()
            .map(|(id, row)| (id.clone(), (row.open, row.at, row.event.clone())))
            .collect();
        found.compare(&UNLOCKABLES, String::clone, &stored, &folded);
    }
    Ok(())
}

fn compare_summary(
    stored: Option<PlayerSummary>,
    folded: Option<PlayerSummary>,
    found: &mut Findings,
) {
    // A player whose events no longer count may have an empty row or none.
    let nothing = |summary: &Option<PlayerSummary>| {
        summary.is_none_or(|summary| summary == PlayerSummary::default())
    };
    if stored == folded || nothing(&stored) && folded == Some(PlayerSummary::default()) {
        return;
    }
    let explanation = match (stored, folded) {
        (Some(_), None) => {
            "a row is stored for an id that has no events or was merged into a player"
        }
        (None, _) => "the player has events, but no row",
        _ => "the player's row differs from the result of the events",
    };
    found.note("player row", show(stored), show(folded), explanation);
}

type Place = (String, String, String);

fn place(row: &AwardRow) -> Place {
    (row.badge.clone(), row.tier.clone(), row.key.clone())
}

fn named((badge, tier, key): &Place) -> String {
    [badge.as_str(), tier, key]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
