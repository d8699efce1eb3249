//! One more event in order, for players who have few and many events.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Duration;

use accolade::{Engine, NewEvent};
use accolade_benches::floor::{engine, record};
use accolade_benches::rounds::{Pair, time};
use accolade_benches::table::{Table, grouped, span};
use accolade_benches::{catalog, community, recorded};
use accolade_core::catalog::Catalog;
use accolade_core::event::Event;
use accolade_core::fold::{
    Cell, CellId, Missing, PartialState, WholeState, decode_cell, decode_header, encode_cell,
    encode_header,
};
use accolade_core::limits;

use crate::extent::Extent;

/// Number of events of a player with few.
const FEW: u64 = 10;
/// Number of events of a player with many.
const MANY: u64 = 1_000_000;
/// Number of further events measured together. In memory each is folded on the same state; on
/// SQLite they follow each other.
const FURTHER: u64 = 100;
/// Number of the player with many events. The players below it have few.
const BUSY: u64 = 1_000;

pub(crate) fn measure(extent: &Extent, table: &mut Table) {
    let many = extent.of(MANY, 1_000);
    in_memory(extent, many, table);
    on_sqlite(extent, many, table);
}

fn in_memory(extent: &Extent, many: u64, table: &mut Table) {
    let catalog = catalog();
    let (few_behind, few_next) = stored(&catalog, 0, FEW);
    let (many_behind, many_next) = stored(&catalog, BUSY, many);
    let pair = Pair::measure(
        extent.rounds(101),
        || few_behind.one_more_of(&catalog, &few_next),
        || many_behind.one_more_of(&catalog, &many_next),
    );
    line("in memory", many, &pair, table);
}

fn on_sqlite(extent: &Extent, many: u64, table: &mut Table) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let engine = engine(&folder.path().join("engine.db"), catalog());
    let mut busy = community::events_of_one(BUSY, many + 1_000 * FURTHER);
    send(&engine, &mut busy, many);
    let mut players = 0..BUSY;
    let few = || {
        let player = players.next().expect("there are fewer rounds than players");
        let mut events = community::events_of_one(player, FEW + FURTHER);
        send(&engine, &mut events, FEW);
        further(&engine, &mut events)
    };
    let pair = Pair::measure(extent.rounds(41), few, || further(&engine, &mut busy));
    line("on SQLite, 100 to a batch", many, &pair, table);
}

fn line(place: &str, many: u64, pair: &Pair, table: &mut Table) {
    table.line(
        format!("One more event after {}, {place}", grouped(many as f64)),
        span(pair.other() / FURTHER as f64),
        format!(
            "after {FEW}: {}: ratio {:.2}",
            span(pair.one() / FURTHER as f64),
            pair.ratio()
        ),
    );
}

/// Records a number of a player's events.
fn send(engine: &Engine, events: &mut impl Iterator<Item = NewEvent>, count: u64) {
    let mut left = count;
    while left > 0 {
        let batch: Vec<NewEvent> = events
            .by_ref()
            .take(limits::BATCH_EVENTS.min(left as usize))
            .collect();
        left -= batch.len() as u64;
        record(engine, vec![batch]);
    }
}

/// Measures a batch of further events.
fn further(engine: &Engine, events: &mut impl Iterator<Item = NewEvent>) -> Duration {
    let batches = vec![events.take(FURTHER as usize).collect()];
    time(|| record(engine, batches))
}

/// State in its stored form, with nothing decoded.
struct Stored {
    header: Vec<u8>,
    cells: HashMap<CellId, Vec<u8>>,
}

/// Builds a player's state after a number of events, and the further events.
fn stored(catalog: &Catalog, player: u64, behind: u64) -> (Stored, Vec<Event>) {
    let mut events = community::events_of_one(player, behind + FURTHER).map(recorded);
    let mut state = WholeState::empty();
    for event in events.by_ref().take(behind as usize) {
        state.step(catalog, &event, false);
    }
    let keyed = state
        .cells()
        .into_iter()
        .filter(|(id, _)| !id.key.is_empty());
    let cells = keyed.map(|(id, cell)| (id, encode_cell(cell))).collect();
    (
        Stored {
            header: encode_header(&state.header),
            cells,
        },
        events.collect(),
    )
}

impl Stored {
    /// Measures folding each of these events as the next one: decoding the header and the required
    /// cells, and encoding the changes.
    fn one_more_of(&self, catalog: &Catalog, events: &[Event]) -> Duration {
        time(|| {
            events
                .iter()
                .for_each(|event| self.one_more(catalog, event))
        })
    }

    fn one_more(&self, catalog: &Catalog, event: &Event) {
        let mut state =
            PartialState::from_header(decode_header(&self.header).expect("it was encoded"));
        let step = loop {
            match state.step(catalog, event, false) {
                Ok(step) => break step,
                Err(Missing::Cell(id)) => {
                    let cell = self
                        .cells
                        .get(&id)
                        .map(|cell| decode_cell(cell).expect("it was encoded"));
                    state.supply(id, cell);
                }
                Err(missing) => unreachable!("this catalog needs single cells only: {missing:?}"),
            }
        };
        black_box(encode_header(&state.header));
        for id in step.touched.0.keys().filter(|id| !id.key.is_empty()) {
            black_box(state.peek(id).map(|cell: &Cell| encode_cell(cell)));
        }
    }
}
