//! The state: header, cells, checkpoints.

use std::collections::BTreeMap;

use accolade_core::catalog::Catalog;
use accolade_core::event::Event;
use accolade_core::fold::{self, Cell, CellId, Header, State, decode_cell, decode_state};
use accolade_core::time::Timestamp;

use super::difference::{Findings, Meaning, show};
use super::past::Past;
use crate::batch::stored::Account;
use crate::passenger::fold_on;
use crate::store::{CellRow, CheckpointRow, Read, StoreError};

const WHOLE: &str = "the state has all of its cells at hand";
const HEADER: &str = "state header";

const CELLS: Meaning = Meaning {
    kind: "state",
    extra: "the state has a counter that the events do not make",
    lacking: "the events make a counter that the state does not have",
    other: "the counter is not what the events come to",
};

/// What is stored as a player's header.
pub(super) enum StoredHeader {
    Missing,
    Unreadable(String),
    Read(Box<(Account, Header)>),
}

impl StoredHeader {
    /// Up to when a player is to be folded: as far as the state says, else to the present.
    pub(super) fn until(&self, now: Timestamp) -> Timestamp {
        match self {
            Self::Read(read) => read.1.as_of.unwrap_or(Timestamp::FIRST),
            Self::Missing | Self::Unreadable(_) => now,
        }
    }

    pub(super) fn read(&self) -> Option<&(Account, Header)> {
        if let Self::Read(read) = self {
            Some(read)
        } else {
            None
        }
    }
}

/// Compares the header; `folded` is `None` for somebody who is no player.
pub(super) fn compare_header(
    stored: &StoredHeader,
    folded: Option<&State>,
    version: i64,
    found: &mut Findings,
) {
    let wanted = || show_header(&folded.map(|state| summary(&state.header, version)));
    match (stored, folded) {
        (StoredHeader::Missing, None) => {}
        (StoredHeader::Missing, Some(state)) if state.header.events == 0 => {}
        (StoredHeader::Missing, Some(_)) => {
            found.note(
                HEADER,
                "nothing".to_owned(),
                wanted(),
                "the player has events, and no state",
            );
        }
        (StoredHeader::Unreadable(told), _) => {
            let stored = format!("cannot be read: {told}");
            found.note(
                HEADER,
                stored,
                wanted(),
                "the header of the state does not read as it was written",
            );
        }
        (StoredHeader::Read(read), None) => {
            let stored = summary(&read.1, read.0.version);
            found.note(
                HEADER,
                stored,
                wanted(),
                "there is a state of somebody who is no player",
            );
        }
        (StoredHeader::Read(read), Some(state)) => {
            let (stored, folded) = (
                summary(&read.1, read.0.version),
                summary(&state.header, version),
            );
            if stored != folded {
                found.note(
                    HEADER,
                    stored,
                    folded,
                    "the header of the state is not what the events come to",
                );
            }
        }
    }
}

fn summary(header: &Header, version: i64) -> String {
    let Header {
        events,
        first_at,
        last,
        as_of,
        profile,
        ..
    } = header;
    format!(
        "catalog {version}, {events} events, first {first_at:?}, last {last:?}, as of {as_of:?}, attributes {}",
        profile.to_json()
    )
}

fn show_header(summary: &Option<String>) -> String {
    summary.clone().unwrap_or_else(|| "nothing".to_owned())
}

/// Compares what the engine keeps beside the state. `last` is the number of the last ledger entry, as far as it is
/// known.
pub(super) fn compare_account(
    account: &Account,
    past: &Past,
    last: Option<i64>,
    cells: usize,
    found: &mut Findings,
) {
    let mut compare = |what: &str, stored: String, folded: String, explanation: &str| {
        if stored != folded {
            found.note(what, stored, folded, explanation);
        }
    };
    if let Some(last) = last {
        let explanation = "the state counts other entries than the ledger has";
        compare(
            "state entries",
            account.entries.to_string(),
            last.to_string(),
            explanation,
        );
    }
    compare(
        "state cells",
        account.cells.to_string(),
        cells.to_string(),
        "the state counts other cells than it has",
    );
    let mut guests = account.rare.guests.clone();
    guests.sort_unstable();
    let explanation = "the state names other guests than the acts of merging";
    compare(
        "state guests",
        show(Some(guests)),
        show(Some(past.guests())),
        explanation,
    );
    let mut awaited = account.rare.awaited.clone();
    awaited.sort_unstable();
    let explanation = "the state awaits other retracted events than the acts name";
    compare(
        "state awaited",
        show(Some(awaited)),
        show(Some(past.awaited())),
        explanation,
    );
}

/// Compares every cell.
pub(super) fn compare_cells(
    stored: Option<&Header>,
    rows: &[CellRow],
    folded: &State,
    found: &mut Findings,
) {
    let mut cells: BTreeMap<CellId, Cell> = BTreeMap::new();
    let mut folded: BTreeMap<CellId, Cell> = folded
        .all()
        .expect(WHOLE)
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
        None => folded.retain(|id, _| !id.key.is_empty()),
    }
    for row in rows {
        let id = CellId::new(row.slot, &row.key);
        match decode_cell(&row.value) {
            Ok(cell) => drop(cells.insert(id, cell)),
            Err(error) => {
                let folded = show(folded.remove(&id));
                let what = format!("state {}", name(&id));
                let explanation = "the counter does not read as it was written";
                found.note(
                    what,
                    format!("cannot be read: {error}"),
                    folded,
                    explanation,
                );
            }
        }
    }
    found.compare(&CELLS, name, &cells, &folded);
}

fn name(id: &CellId) -> String {
    format!("{} {:?}", id.slot, id.key)
}

/// Badges in code must be pure (S17): folding the same timeline again must come to the same state.
pub(super) fn compare_again(
    catalog: &Catalog,
    timeline: &[Event],
    until: Timestamp,
    state: &State,
    found: &mut Findings,
) {
    if catalog.code_badges().is_empty() {
        return;
    }
    let mut again = State::empty();
    let player = timeline
        .first()
        .map(|event| event.player.as_str())
        .unwrap_or_default();
    fold_on(catalog, &mut again, player, timeline, until);
    let (first, again) = (state.all().expect(WHOLE), again.all().expect(WHOLE));
    for id in first
        .keys()
        .chain(again.keys().filter(|id| !first.contains_key(id)))
    {
        let (first, again) = (first.get(id), again.get(id));
        if first != again {
            let what = format!("folded again, state {}", name(id));
            let explanation = "a badge in code answered otherwise when the same events were folded again: it is not pure";
            found.note_lasting(what, show(first), show(again), explanation);
        }
    }
}

/// All checkpoints of a player, oldest first.
pub(super) fn checkpoints<R: Read + ?Sized>(
    store: &mut R,
    player: &str,
) -> Result<Vec<CheckpointRow>, StoreError> {
    let mut rows = Vec::new();
    let mut before = Timestamp::LAST;
    while let Some(row) = store.checkpoint_before(player, before)? {
        before = row.at;
        rows.push(row);
    }
    rows.reverse();
    Ok(rows)
}

/// Compares a checkpoint with the state at its instant.
pub(super) fn compare_checkpoint(row: &CheckpointRow, folded: &State, found: &mut Findings) {
    let what = || format!("checkpoint {}", row.at);
    let wanted = || format!("a state of {} events", folded.header.events);
    match decode_state(&row.state) {
        Err(error) => {
            let explanation = "the checkpoint does not read as it was written";
            found.note(
                what(),
                format!("cannot be read: {error}"),
                wanted(),
                explanation,
            );
        }
        Ok(stored) if !same(&stored, folded) => {
            let told = format!("another state, of {} events", stored.header.events);
            found.note(
                what(),
                told,
                wanted(),
                "the checkpoint is not what the events up to its instant come to",
            );
        }
        Ok(_) => {}
    }
}

/// Whether two states are the same, whatever checkpoints they know of.
fn same(one: &State, other: &State) -> bool {
    let header = |state: &State| fold::Header {
        checkpoints: Vec::new(),
        ..state.header.clone()
    };
    header(one) == header(other) && one.all().expect(WHOLE) == other.all().expect(WHOLE)
}
