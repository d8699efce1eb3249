//! What people query: the player's row, awards, balances, unlockables.

use std::collections::BTreeMap;

use accolade_core::catalog::Catalog;
use accolade_core::fold::{self, Holdings, State};
use accolade_core::time::Timestamp;

use super::difference::{Findings, Meaning, show};
use crate::batch::award_row;
use crate::store::{AwardRow, PlayerSummary, Read, StoreError};

const AWARDS: Meaning = Meaning {
    kind: "award",
    extra: "the award exists in the database, but no event earns it",
    lacking: "the events earn the award, but the database does not have it",
    other: "the award is stored with other particulars than the events give it",
};
const BALANCES: Meaning = Meaning {
    kind: "balance",
    extra: "there is a balance, but the events move no points in this currency",
    lacking: "the events move points in this currency, but there is no balance",
    other: "the balance is not what the events come to",
};
const UNLOCKABLES: Meaning = Meaning {
    kind: "unlockable",
    extra: "the unlockable exists in the database, but no event ever opened it",
    lacking: "the events opened the unlockable, but the database does not know",
    other: "the unlockable is stored otherwise than the events left it",
};
const UNREADABLE: &str = "rows do not read as they were written";

/// What the player's row must say; `None` for somebody who is no player.
pub(super) fn summary(catalog: &Catalog, folded: Option<&State>) -> Option<PlayerSummary> {
    let state = folded?;
    let header = &state.header;
    Some(PlayerSummary {
        event_count: header.events,
        first_at: header.first_at,
        last_at: header.last.as_ref().map(|last| last.at),
        next_timer_at: fold::due(catalog, state, Timestamp::LAST),
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
    // Whose events all stopped counting may have a row or none.
    let nothing = |summary: &Option<PlayerSummary>| {
        summary.is_none_or(|summary| summary == PlayerSummary::default())
    };
    if stored == folded || nothing(&stored) && folded == Some(PlayerSummary::default()) {
        return;
    }
    let explanation = match (stored, folded) {
        (Some(_), None) => {
            "there is a row of a player who has no events, or was merged into another one"
        }
        (None, _) => "the player has events, and no row",
        _ => "the player's row is not what the events come to",
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
