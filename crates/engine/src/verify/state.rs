//! Comparison of the state: header, cells, checkpoints.

use std::collections::BTreeMap;

use accolade_core::catalog::Catalog;
use accolade_core::event::Event;
use accolade_core::fold::{self, Cell, CellId, Replay, StateHeader, WholeState, decode_cell};
use accolade_core::time::Timestamp;

use super::difference::{PlayerDifferences, RowExplanations, format_value};
use super::recorded::RecordedEvents;
use crate::batch::player_meta::PlayerMeta;
use crate::store::{CellRow, CheckpointRow, ReadStore, StoreError};

const HEADER: &str = "state header";

const CELLS: RowExplanations = RowExplanations {
    kind: "state",
    unexpected: "a counter is stored that no event produces",
    missing: "the events produce a counter that is not stored",
    different: "the stored counter differs from the result of the events",
};

/// Stored header of a player.
pub(super) enum StoredHeader {
    Missing,
    Unreadable(String),
    Read(Box<(PlayerMeta, StateHeader)>),
}

impl StoredHeader {
    /// Returns the end of the fold: as far as the state went, or the present if it cannot be read.
    pub(super) fn fold_until(&self, now: Timestamp) -> Timestamp {
        match self {
            Self::Read(read) => read.1.as_of.unwrap_or(Timestamp::FIRST),
            Self::Missing | Self::Unreadable(_) => now,
        }
    }

    /// Returns the decoded header, if it could be read.
    pub(super) fn decoded(&self) -> Option<&(PlayerMeta, StateHeader)> {
        if let Self::Read(read) = self {
            Some(read)
        } else {
            None
        }
    }
}

/// Compares the header. `folded` is `None` if the id is not a player.
pub(super) fn compare_header(
    stored: &StoredHeader,
    folded: Option<&WholeState>,
    version: i64,
    found: &mut PlayerDifferences,
) {
    let wanted = || format_header(&folded.map(|state| describe_header(&state.header, version)));
    match (stored, folded) {
        (StoredHeader::Missing, None) => {}
        // A player whose events no longer count needs no state.
        (StoredHeader::Missing, Some(state)) if state.header.event_count == 0 => {}
        (StoredHeader::Missing, Some(_)) => {
            found.record(
                HEADER,
                "nothing".to_owned(),
                wanted(),
                "the player has events, but no state",
            );
        }
        (StoredHeader::Unreadable(damage), _) => {
            let stored = format!("unreadable: {damage}");
            found.record(
                HEADER,
                stored,
                wanted(),
                "the header of the state is damaged",
            );
        }
        (StoredHeader::Read(read), None) => {
            let stored = describe_header(&read.1, read.0.catalog_version);
            found.record(
                HEADER,
                stored,
                wanted(),
                "a state is stored for an id that is not a player",
            );
        }
        (StoredHeader::Read(read), Some(state)) => {
            let (stored, folded) = (
                describe_header(&read.1, read.0.catalog_version),
                describe_header(&state.header, version),
            );
            if stored != folded {
                found.record(
                    HEADER,
                    stored,
                    folded,
                    "the header of the state differs from the result of the events",
                );
            }
        }
    }
}

fn describe_header(header: &StateHeader, version: i64) -> String {
    let StateHeader {
        event_count: events,
        first_at,
        last_position: last,
        as_of,
        own_event_count: own_events,
        last_seen_at,
        profile,
        ..
    } = header;
    format!(
        "catalog {version}, {events} events, {own_events} of the player, last seen \
         {last_seen_at:?}, first {first_at:?}, last {last:?}, \
         as of {as_of:?}, attributes {}",
        profile.to_json()
    )
}

fn format_header(summary: &Option<String>) -> String {
    summary.clone().unwrap_or_else(|| "nothing".to_owned())
}

/// Compares the metadata of the player. `last` is the number of the last ledger entry, if known.
pub(super) fn compare_meta(
    account: &PlayerMeta,
    past: &RecordedEvents,
    last: Option<i64>,
    cells: usize,
    found: &mut PlayerDifferences,
) {
    let mut compare = |what: &str, stored: String, folded: String, explanation: &str| {
        if stored != folded {
            found.record(what, stored, folded, explanation);
        }
    };
    if let Some(last) = last {
        let explanation = "the stored number of the last ledger entry is wrong";
        compare(
            "state entries",
            account.last_entry.to_string(),
            last.to_string(),
            explanation,
        );
    }
    compare(
        "state cells",
        account.keyed_cells.to_string(),
        cells.to_string(),
        "the stored number of cells is wrong",
    );
    let mut guests = account.optional.guests.clone();
    guests.sort_unstable();
    let explanation = "the stored guests are not those of the recorded merges";
    compare(
        "state guests",
        format_value(Some(guests)),
        format_value(Some(past.guest_ids())),
        explanation,
    );
    let mut awaited = account.optional.pending_retractions.clone();
    awaited.sort_unstable();
    let explanation = "the stored pending retractions are not the recorded ones";
    compare(
        "state pending retractions",
        format_value(Some(awaited)),
        format_value(Some(past.pending_retractions())),
        explanation,
    );
}

/// Compares every cell.
pub(super) fn compare_cells(
    stored: Option<&StateHeader>,
    rows: &[CellRow],
    folded: &WholeState,
    found: &mut PlayerDifferences,
) {
    let mut cells: BTreeMap<CellId, Cell> = BTreeMap::new();
    let mut folded: BTreeMap<CellId, Cell> = folded
        .all_cells()
        .into_iter()
        .map(|(id, cell)| (id, cell.clone()))
        .collect();
    match stored {
        Some(header) => {
            cells.extend(
                header
                    .cells
                    .iter()
                    .map(|(slot, cell)| (CellId::new(*slot, ""), cell.clone())),
            );
        }
        // Cells without a key are part of the header, whose damage is already reported.
        None => folded.retain(|id, _| !id.key.is_empty()),
    }
    for row in rows {
        let id = CellId::new(row.slot, &row.key);
        match decode_cell(&row.value) {
            Ok(cell) => drop(cells.insert(id, cell)),
            Err(error) => {
                let folded = format_value(folded.remove(&id));
                let what = format!("state {}", format_cell_id(&id));
                let explanation = "the counter is damaged";
                found.record(what, format!("unreadable: {error}"), folded, explanation);
            }
        }
    }
    found.compare_rows(&CELLS, format_cell_id, &cells, &folded);
}

fn format_cell_id(id: &CellId) -> String {
    format!("{} {:?}", id.slot, id.key)
}

/// Checks that code badges are pure (S17): folding the same timeline again must yield the same
/// state.
pub(super) fn check_purity(
    catalog: &Catalog,
    timeline: &[Event],
    until: Timestamp,
    state: &WholeState,
    found: &mut PlayerDifferences,
) {
    // Rules of the catalog are pure by construction; only code can misbehave.
    if catalog.code_badges().is_empty() {
        return;
    }
    let player = timeline
        .first()
        .map(|event| event.player.as_str())
        .unwrap_or_default();
    let again = Replay::new(catalog, player).run(timeline, until, &mut ());
    let (first, again) = (state.all_cells(), again.all_cells());
    for id in first
        .keys()
        .chain(again.keys().filter(|id| !first.contains_key(id)))
    {
        let (first, again) = (first.get(id), again.get(id));
        if first != again {
            let what = format!("state {}, folded again", format_cell_id(id));
            let explanation = "a code badge is not pure: folding the same events again gave \
                               another result";
            found.record_unrepairable(what, format_value(first), format_value(again), explanation);
        }
    }
}

/// Loads all checkpoints of a player, oldest first.
pub(super) fn load_checkpoints<R: ReadStore + ?Sized>(
    store: &mut R,
    player: &str,
) -> Result<Vec<CheckpointRow>, StoreError> {
    let mut rows = Vec::new();
    let mut before = Timestamp::LAST;
    while let Some(row) = store.find_checkpoint_before(player, before)? {
        before = row.at;
        rows.push(row);
    }
    rows.reverse();
    Ok(rows)
}

/// Compares a checkpoint with the state at its instant.
pub(super) fn compare_checkpoint(
    row: &CheckpointRow,
    folded: &WholeState,
    found: &mut PlayerDifferences,
) {
    let what = || format!("checkpoint {}", row.at);
    let wanted = || format!("the state after {} events", folded.header.event_count);
    match WholeState::decode(&row.state) {
        Err(error) => {
            let explanation = "the checkpoint is damaged";
            found.record(
                what(),
                format!("unreadable: {error}"),
                wanted(),
                explanation,
            );
        }
        Ok(stored) if !is_same_state(&stored, folded) => {
            let other = format!("another state, after {} events", stored.header.event_count);
            found.record(
                what(),
                other,
                wanted(),
                "the checkpoint differs from the result of the events up to its instant",
            );
        }
        Ok(_) => {}
    }
}

/// True if two states are equal apart from their checkpoints.
fn is_same_state(one: &WholeState, other: &WholeState) -> bool {
    // The fold of a verification takes no checkpoints, so it knows of none.
    let header = |state: &WholeState| fold::StateHeader {
        checkpoints: Vec::new(),
        ..state.header.clone()
    };
    header(one) == header(other) && one.all_cells() == other.all_cells()
}
