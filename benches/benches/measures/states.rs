//! Size of players' states.

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;

use accolade_benches::rounds::percentile;
use accolade_benches::table::{Table, grouped};
use accolade_benches::{catalog, community, demo_events, recorded};
use accolade_core::event::{Event, NewEvent};
use accolade_core::fold::{self, WholeState, encode_cell, encode_header};
use criterion::Criterion;

use crate::extent::Extent;

/// Number of states held in memory at once. A few would be lost in the noise of the process.
const HELD: u64 = 20_000;
/// Size of a memory page, in bytes.
const PAGE: f64 = 4_096.0;

/// Measures single figures with criterion.
pub(crate) fn single(criterion: &mut Criterion) {
    let catalog = catalog();
    let events: Vec<Event> = community::events_of_one(1, 1_000).map(recorded).collect();
    let state = fold::replay(&catalog, &events);
    let bytes = state.encode();
    let mut group = criterion.benchmark_group("state after 1,000 events");
    group.bench_function("header encoded", |bencher| {
        bencher.iter(|| encode_header(&state.header))
    });
    group.bench_function("checkpoint encoded", |bencher| {
        bencher.iter(|| state.encode())
    });
    group.bench_function("checkpoint decoded", |bencher| {
        bencher.iter(|| WholeState::decode(&bytes))
    });
    group.finish();
}

pub(crate) fn measure(extent: &Extent, table: &mut Table) {
    of("the demo's players", demo_events(), extent, table);
    let count = extent.of(100_000, 200);
    of(
        "1,000 players with 100 events each",
        community::events(1_000, count).collect(),
        extent,
        table,
    );
}

fn of(name: &str, events: Vec<NewEvent>, extent: &Extent, table: &mut Table) {
    let states = states(events);
    let header = |state: &WholeState| encode_header(&state.header).len();
    let cells = |state: &WholeState| {
        let all = state.cells();
        all.iter()
            .filter(|(id, _)| !id.key.is_empty())
            .map(|(id, cell)| id.key.len() + encode_cell(cell).len())
            .sum()
    };
    let checkpoint = |state: &WholeState| state.encode().len();
    let mut part = |name: &str, size: &dyn Fn(&WholeState) -> usize| {
        let sizes = || states.iter().map(|state| size(state) as f64);
        let mean = sizes().sum::<f64>() / states.len() as f64;
        table.line(
            name,
            format!("mean {} bytes", grouped(mean)),
            format!("p99 {} bytes", grouped(percentile(sizes(), 99))),
        );
    };
    part(&format!("Header, {name}"), &header);
    part("… its cells with a key", &cells);
    part("… a checkpoint", &checkpoint);
    if let Some(bytes) = resident(&states, extent.of(HELD, 100)) {
        let line = format!("mean {} bytes", grouped(bytes));
        table.line(
            "… a state held in memory",
            line,
            "by the growth of the process",
        );
    }
}

fn states(events: Vec<NewEvent>) -> Vec<WholeState> {
    let catalog = catalog();
    let mut players: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for event in events {
        players
            .entry(event.player.clone())
            .or_default()
            .push(recorded(event));
    }
    players
        .values()
        .map(|events| fold::replay(&catalog, events))
        .collect()
}

/// Measures the growth of the process per state that it holds, in bytes; `None` if the system does
/// not report it.
fn resident(states: &[WholeState], held: u64) -> Option<f64> {
    // This works only before other measurements: freed memory would hide the growth.
    let before = resident_pages()?;
    let copies: Vec<WholeState> = states.iter().cycle().take(held as usize).cloned().collect();
    let after = resident_pages()?;
    Some(after.saturating_sub(before) as f64 * PAGE / black_box(copies).len() as f64)
}

fn resident_pages() -> Option<u64> {
    fs::read_to_string("/proc/self/statm")
        .ok()?
        .split(' ')
        .nth(1)?
        .parse()
        .ok()
}
