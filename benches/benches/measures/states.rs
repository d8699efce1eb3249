//! Size of players' states.

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;

use accolade_benches::rounds::percentile;
use accolade_benches::table::{ResultTable, group_thousands};
use accolade_benches::{community, demo_catalog, demo_events, to_recorded};
use accolade_core::event::{Event, NewEvent};
use accolade_core::fold::{self, WholeState, encode_cell, encode_header};
use criterion::Criterion;

use crate::scale::BenchScale;

/// Number of states held in memory at once. A few would be lost in the noise of the process.
const HELD_STATES: u64 = 20_000;
/// Size of a memory page, in bytes.
const PAGE_BYTES: f64 = 4_096.0;

/// Measures single figures with criterion.
pub(crate) fn bench_single(criterion: &mut Criterion) {
    let catalog = demo_catalog();
    let events: Vec<Event> = community::generate_player_events(1, 1_000)
        .map(to_recorded)
        .collect();
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

pub(crate) fn measure_states(extent: &BenchScale, table: &mut ResultTable) {
    measure_histories("the demo's players", demo_events(), extent, table);
    let count = extent.scale_size(100_000, 200);
    measure_histories(
        "1,000 players with 100 events each",
        community::generate_events(1_000, count).collect(),
        extent,
        table,
    );
}

fn measure_histories(
    name: &str,
    events: Vec<NewEvent>,
    extent: &BenchScale,
    table: &mut ResultTable,
) {
    let states = fold_states(events);
    let header = |state: &WholeState| encode_header(&state.header).len();
    let cells = |state: &WholeState| {
        let all = state.all_cells();
        all.iter()
            .filter(|(id, _)| !id.key.is_empty())
            .map(|(id, cell)| id.key.len() + encode_cell(cell).len())
            .sum()
    };
    let checkpoint = |state: &WholeState| state.encode().len();
    let mut part = |name: &str, size: &dyn Fn(&WholeState) -> usize| {
        let sizes = || states.iter().map(|state| size(state) as f64);
        let mean = sizes().sum::<f64>() / states.len() as f64;
        table.add_line(
            name,
            format!("mean {} bytes", group_thousands(mean)),
            format!("p99 {} bytes", group_thousands(percentile(sizes(), 99))),
        );
    };
    part(&format!("Header, {name}"), &header);
    part("… its cells with a key", &cells);
    part("… a checkpoint", &checkpoint);
    if let Some(bytes) = resident_bytes(&states, extent.scale_size(HELD_STATES, 100)) {
        let line = format!("mean {} bytes", group_thousands(bytes));
        table.add_line(
            "… a state held in memory",
            line,
            "by the growth of the process",
        );
    }
}

fn fold_states(events: Vec<NewEvent>) -> Vec<WholeState> {
    let catalog = demo_catalog();
    let mut players: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for event in events {
        players
            .entry(event.player.clone().into())
            .or_default()
            .push(to_recorded(event));
    }
    players
        .values()
        .map(|events| fold::replay(&catalog, events))
        .collect()
}

/// Measures the growth of the process per state that it holds, in bytes; `None` if the system does
/// not report it.
fn resident_bytes(states: &[WholeState], held: u64) -> Option<f64> {
    // This works only before other measurements: freed memory would hide the growth.
    let before = resident_pages()?;
    let copies: Vec<WholeState> = states.iter().cycle().take(held as usize).cloned().collect();
    let after = resident_pages()?;
    Some(after.saturating_sub(before) as f64 * PAGE_BYTES / black_box(copies).len() as f64)
}

fn resident_pages() -> Option<u64> {
    fs::read_to_string("/proc/self/statm")
        .ok()?
        .split(' ')
        .nth(1)?
        .parse()
        .ok()
}
