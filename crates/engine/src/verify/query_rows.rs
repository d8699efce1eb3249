//! Comparison of the rows that queries read: the player's row, awards, balances, unlockables.

use std::collections::BTreeMap;

use accolade_core::catalog::Catalog;
use accolade_core::fold::{self, Holdings, WholeState};
use accolade_core::time::Timestamp;

use super::difference::{PlayerDifferences, RowExplanations, format_value};
use crate::batch::{build_award_row, build_summary};
use crate::store::{AwardRow, PlayerSummary, ReadStore, StoreError};

const AWARDS: RowExplanations = RowExplanations {
    kind: "award",
    unexpected: "the award is stored, but no event earns it",
    missing: "the events earn the award, but it is not stored",
    different: "the stored award differs from the one that the events earn",
};
const BALANCES: RowExplanations = RowExplanations {
    kind: "balance",
    unexpected: "a balance is stored, but the events move no points in this currency",
    missing: "the events move points in this currency, but no balance is stored",
    different: "the stored balance differs from the result of the events",
};
const UNLOCKABLES: RowExplanations = RowExplanations {
    kind: "unlockable",
    unexpected: "the unlockable is stored, but no event ever opened it",
    missing: "the events opened the unlockable, but it is not stored",
    different: "the stored unlockable differs from the result of the events",
};
const UNREADABLE: &str = "rows are damaged";

/// Computes the expected row of the player; `None` if the id is not a player.
pub(super) fn expected_summary(
    catalog: &Catalog,
    folded: Option<&WholeState>,
) -> Option<PlayerSummary> {
    let state = folded?;
    let due = fold::next_timer(catalog, state, Timestamp::LAST);
    Some(build_summary(&state.header, due))
}

/// Compares the rows of a player.
pub(super) fn compare_query_rows<R: ReadStore + ?Sized>(
    store: &mut R,
    player: &str,
    summary: Option<PlayerSummary>,
    has: &Holdings,
    found: &mut PlayerDifferences,
) -> Result<(), StoreError> {
    if let Some(stored) =
        found.record_damage("player row", store.find_summary(player), UNREADABLE, true)?
    {
        compare_summary(stored, summary, found);
    }
    if let Some(rows) =
        found.record_damage("award rows", store.list_awards(player), UNREADABLE, true)?
    {
        let stored: BTreeMap<_, _> = rows.into_iter().map(|row| (award_key(&row), row)).collect();
        let folded = has
            .awards
            .iter()
            .map(|(name, award)| build_award_row(player, name, award));
        let folded = folded.map(|row| (award_key(&row), row)).collect();
        found.compare_rows(&AWARDS, format_award_key, &stored, &folded);
    }
    if let Some(rows) = found.record_damage(
        "balance rows",
        store.list_balances(player),
        UNREADABLE,
        true,
    )? {
        let stored = rows
            .into_iter()
            // A balance that returned to zero keeps its row.
            .filter(|(_, balance)| *balance != 0)
            .collect();
        found.compare_rows(&BALANCES, String::clone, &stored, &has.balances);
    }
    if let Some(rows) = found.record_damage(
        "unlockable rows",
        store.list_unlocks(player),
        UNREADABLE,
        true,
    )? {
        let stored = rows
            .into_iter()
            .map(|row| (row.unlockable, (row.open, row.at, row.event)))
            .collect();
        let folded = has
            .unlocks
            .iter()
            .map(|(id, row)| (id.clone(), (row.open, row.at, row.event.clone())))
            .collect();
        found.compare_rows(&UNLOCKABLES, String::clone, &stored, &folded);
    }
    Ok(())
}

fn compare_summary(
    stored: Option<PlayerSummary>,
    folded: Option<PlayerSummary>,
    found: &mut PlayerDifferences,
) {
    // A player whose events no longer count may have an empty row or none.
    let nothing = |summary: &Option<PlayerSummary>| {
        summary
            .as_ref()
            .is_none_or(|summary| *summary == PlayerSummary::default())
    };
    if stored == folded || nothing(&stored) && folded == Some(PlayerSummary::default()) {
        return;
    }
    let explanation = match (&stored, &folded) {
        (Some(_), None) => {
            "a row is stored for an id that has no events or was merged into a player"
        }
        (None, _) => "the player has events, but no row",
        _ => "the player's row differs from the result of the events",
    };
    found.record(
        "player row",
        format_value(stored),
        format_value(folded),
        explanation,
    );
}

type AwardRowKey = (String, String, String);

fn award_key(row: &AwardRow) -> AwardRowKey {
    (row.badge.clone(), row.tier.clone(), row.key.clone())
}

fn format_award_key((badge, tier, key): &AwardRowKey) -> String {
    [badge.as_str(), tier, key]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
