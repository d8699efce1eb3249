//! Recording on SQLite, compared with a bare loop that sends the same statements.

use accolade::NewEvent;
use accolade_benches::floor::{StatementFloor, open_engine, record_batches};
use accolade_benches::rounds::{PairedTimes, time_work};
use accolade_benches::table::{ResultTable, format_rate, group_thousands};
use accolade_benches::{community, demo_catalog, demo_events};
use accolade_core::limits;

use crate::scale::BenchScale;

pub(crate) fn measure_ingest(extent: &BenchScale, table: &mut ResultTable) {
    let synthetic = |players, count| {
        community::generate_events(players, extent.scale_size(count, 200)).collect()
    };
    let mut demo = demo_events();
    demo.truncate(
        usize::try_from(extent.scale_size(demo.len() as u64, 200)).expect("the demo is small"),
    );
    for (name, events) in [
        ("the demo's history", demo),
        ("1,000 players", synthetic(1_000, 40_000)),
        ("10,000 players", synthetic(10_000, 40_000)),
    ] {
        compare_with_bare_loop(name, &events, extent.round_count(7), table);
    }
}

fn compare_with_bare_loop(name: &str, events: &[NewEvent], rounds: usize, table: &mut ResultTable) {
    let batches: Vec<Vec<NewEvent>> = events
        .chunks(limits::BATCH_EVENTS)
        .map(<[NewEvent]>::to_vec)
        .collect();
    let floor = StatementFloor::capture(demo_catalog(), batches.clone());
    let recorded = || {
        let folder = tempfile::tempdir().expect("a temporary folder can be created");
        let engine = open_engine(&folder.path().join("engine.db"), demo_catalog());
        let batches = batches.clone();
        time_work(|| record_batches(&engine, batches))
    };
    let pair =
        PairedTimes::measure_in_turns(rounds, recorded, || floor.time_replay(demo_catalog()));
    let written = floor.measure_volume(demo_catalog());
    let each = |count: u64| count as f64 / events.len() as f64;
    table.add_line(
        format!(
            "Recording {name} ({} events)",
            group_thousands(events.len() as f64)
        ),
        format_rate(events.len(), pair.first_median()),
        format!(
            "bare loop {}: ratio {:.2}",
            format_rate(events.len(), pair.second_median()),
            pair.median_ratio()
        ),
    );
    table.add_line(
        "… written per event",
        format!(
            "{:.1} rows, {} bytes",
            each(written.rows),
            group_thousands(each(written.bytes))
        ),
        format!(
            "{:.1} statements, {} bytes of log",
            each(written.statements),
            group_thousands(each(written.log_bytes))
        ),
    );
}
