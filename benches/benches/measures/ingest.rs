//! Recording on SQLite, compared with a bare loop that sends the same statements.

use accolade::NewEvent;
use accolade_benches::floor::{Floor, engine, record};
use accolade_benches::rounds::{Pair, time};
use accolade_benches::table::{Table, grouped, rate};
use accolade_benches::{catalog, community, demo_events};
use accolade_core::limits;

use crate::extent::Extent;

pub(crate) fn measure(extent: &Extent, table: &mut Table) {
    let synthetic = |players, count| community::events(players, extent.of(count, 200)).collect();
    let mut demo = demo_events();
    demo.truncate(usize::try_from(extent.of(demo.len() as u64, 200)).expect("the demo is small"));
    for (name, events) in [
        ("the demo's history", demo),
        ("1,000 players", synthetic(1_000, 40_000)),
        ("10,000 players", synthetic(10_000, 40_000)),
    ] {
        beside_the_bare_loop(name, &events, extent.rounds(7), table);
    }
}

fn beside_the_bare_loop(name: &str, events: &[NewEvent], rounds: usize, table: &mut Table) {
    let batches: Vec<Vec<NewEvent>> = events
        .chunks(limits::BATCH_EVENTS)
        .map(<[NewEvent]>::to_vec)
        .collect();
    let floor = Floor::capture(catalog(), batches.clone());
    let recorded = || {
        let folder = tempfile::tempdir().expect("a temporary folder can be created");
        let engine = engine(&folder.path().join("engine.db"), catalog());
        let batches = batches.clone();
        time(|| record(&engine, batches))
    };
    let pair = Pair::measure(rounds, recorded, || floor.run(catalog()));
    let written = floor.written(catalog());
    let each = |count: u64| count as f64 / events.len() as f64;
    table.line(
        format!("Recording {name} ({} events)", grouped(events.len() as f64)),
        rate(events.len(), pair.one()),
        format!(
            "bare loop {}: ratio {:.2}",
            rate(events.len(), pair.other()),
            pair.ratio()
        ),
    );
    table.line(
        "… written per event",
        format!(
            "{:.1} rows, {} bytes",
            each(written.rows),
            grouped(each(written.bytes))
        ),
        format!(
            "{:.1} statements, {} bytes of log",
            each(written.statements),
            grouped(each(written.log_bytes))
        ),
    );
}
