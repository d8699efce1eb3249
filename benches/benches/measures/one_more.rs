//! One more event in order, for players who have few and many events.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Duration;

use accolade::{Engine, NewEvent};
use accolade_benches::floor::{open_engine, record_batches};
use accolade_benches::rounds::{PairedTimes, time_work};
use accolade_benches::table::{ResultTable, format_duration, group_thousands};
use accolade_benches::{community, demo_catalog, to_recorded};
use accolade_core::catalog::Catalog;
use accolade_core::event::Event;
use accolade_core::fold::{
    Cell, CellId, MissingCells, PartialState, WholeState, decode_cell, decode_header, encode_cell,
    encode_header,
};
use accolade_core::limits;

use crate::scale::BenchScale;

/// Number of events of a player with few.
const FEW_EVENTS: u64 = 10;
/// Number of events of a player with many.
const MANY_EVENTS: u64 = 1_000_000;
/// Number of further events measured together. In memory each is folded on the same state; on
/// SQLite they follow each other.
const FURTHER_EVENTS: u64 = 100;
/// Number of the player with many events. The players below it have few.
const BUSY_PLAYER: u64 = 1_000;

pub(crate) fn measure_next_event(extent: &BenchScale, table: &mut ResultTable) {
    let many = extent.scale_size(MANY_EVENTS, 1_000);
    measure_in_memory(extent, many, table);
    measure_on_sqlite(extent, many, table);
}

fn measure_in_memory(extent: &BenchScale, many: u64, table: &mut ResultTable) {
    let catalog = demo_catalog();
    let (few_behind, few_next) = build_stored_state(&catalog, 0, FEW_EVENTS);
    let (many_behind, many_next) = build_stored_state(&catalog, BUSY_PLAYER, many);
    let pair = PairedTimes::measure_in_turns(
        extent.round_count(101),
        || few_behind.time_each(&catalog, &few_next),
        || many_behind.time_each(&catalog, &many_next),
    );
    add_line("in memory", many, &pair, table);
}

fn measure_on_sqlite(extent: &BenchScale, many: u64, table: &mut ResultTable) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let engine = open_engine(&folder.path().join("engine.db"), demo_catalog());
    let mut busy = community::generate_player_events(BUSY_PLAYER, many + 1_000 * FURTHER_EVENTS);
    record_events(&engine, &mut busy, many);
    let mut players = 0..BUSY_PLAYER;
    let few = || {
        let player = players.next().expect("there are fewer rounds than players");
        let mut events = community::generate_player_events(player, FEW_EVENTS + FURTHER_EVENTS);
        record_events(&engine, &mut events, FEW_EVENTS);
        time_further_events(&engine, &mut events)
    };
    let pair = PairedTimes::measure_in_turns(extent.round_count(41), few, || {
        time_further_events(&engine, &mut busy)
    });
    add_line("on SQLite, 100 to a batch", many, &pair, table);
}

fn add_line(place: &str, many: u64, pair: &PairedTimes, table: &mut ResultTable) {
    table.add_line(
        format!(
            "One more event after {}, {place}",
            group_thousands(many as f64)
        ),
        format_duration(pair.second_median() / FURTHER_EVENTS as f64),
        format!(
            "after {FEW_EVENTS}: {}: ratio {:.2}",
            format_duration(pair.first_median() / FURTHER_EVENTS as f64),
            pair.median_ratio()
        ),
    );
}

/// Records a number of a player's events.
fn record_events(engine: &Engine, events: &mut impl Iterator<Item = NewEvent>, count: u64) {
    let mut left = count;
    while left > 0 {
        let batch: Vec<NewEvent> = events
            .by_ref()
            .take(limits::BATCH_EVENTS.min(left as usize))
            .collect();
        left -= batch.len() as u64;
        record_batches(engine, vec![batch]);
    }
}

/// Measures a batch of further events.
fn time_further_events(engine: &Engine, events: &mut impl Iterator<Item = NewEvent>) -> Duration {
    let batches = vec![events.take(FURTHER_EVENTS as usize).collect()];
    time_work(|| record_batches(engine, batches))
}

/// State in its stored form, with nothing decoded.
struct StoredState {
    header: Vec<u8>,
    cells: HashMap<CellId, Vec<u8>>,
}

/// Builds a player's state after a number of events, and the further events.
fn build_stored_state(catalog: &Catalog, player: u64, behind: u64) -> (StoredState, Vec<Event>) {
    let mut events =
        community::generate_player_events(player, behind + FURTHER_EVENTS).map(to_recorded);
    let mut state = WholeState::empty();
    for event in events.by_ref().take(behind as usize) {
        state.step(catalog, &event, false);
    }
    let keyed = state
        .all_cells()
        .into_iter()
        .filter(|(id, _)| !id.key.is_empty());
    let cells = keyed.map(|(id, cell)| (id, encode_cell(cell))).collect();
    (
        StoredState {
            header: encode_header(&state.header),
            cells,
        },
        events.collect(),
    )
}

impl StoredState {
    /// Measures folding each of these events as the next one: decoding the header and the required
    /// cells, and encoding the changes.
    fn time_each(&self, catalog: &Catalog, events: &[Event]) -> Duration {
        time_work(|| {
            events
                .iter()
                .for_each(|event| self.fold_next(catalog, event))
        })
    }

    fn fold_next(&self, catalog: &Catalog, event: &Event) {
        let mut state =
            PartialState::from_header(decode_header(&self.header).expect("it was encoded"));
        let step = loop {
            match state.step(catalog, event, false) {
                Ok(step) => break step,
                Err(MissingCells::Cell(id)) => {
                    let cell = self
                        .cells
                        .get(&id)
                        .map(|cell| decode_cell(cell).expect("it was encoded"));
                    state.supply_cell(id, cell);
                }
                Err(missing) => unreachable!("this catalog needs single cells only: {missing:?}"),
            }
        };
        black_box(encode_header(&state.header));
        for id in step.touched.0.keys().filter(|id| !id.key.is_empty()) {
            black_box(state.peek_cell(id).map(|cell: &Cell| encode_cell(cell)));
        }
    }
}
