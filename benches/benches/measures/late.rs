//! Late events of a player with ten thousand events.

use accolade::NewEvent;
use accolade_benches::floor::{open_engine, record_batches};
use accolade_benches::rounds::{PairedTimes, time_work};
use accolade_benches::table::{ResultTable, format_duration, group_thousands};
use accolade_benches::{community, demo_catalog, to_recorded};
use accolade_core::event::Event;
use accolade_core::fold;
use accolade_core::limits;
use std::hint::black_box;

use crate::scale::BenchScale;

/// Number of events that the player already has.
const TIMELINE_EVENTS: u64 = 10_000;
/// Number of the player.
const PLAYER_NUMBER: u64 = 7;

pub(crate) fn measure_late_events(extent: &BenchScale, table: &mut ResultTable) {
    let behind = extent.scale_size(TIMELINE_EVENTS, 100);
    let timeline: Vec<NewEvent> =
        community::generate_player_events(PLAYER_NUMBER, behind).collect();
    for by in [0, 1, behind / 100, behind / 2] {
        measure_lateness(extent, &timeline, by, table);
    }
}

/// Measures events that arrive late by a number of events, compared with folding the whole timeline
/// in memory.
fn measure_lateness(extent: &BenchScale, timeline: &[NewEvent], by: u64, table: &mut ResultTable) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let engine = open_engine(&folder.path().join("engine.db"), demo_catalog());
    record_batches(
        &engine,
        timeline
            .chunks(limits::BATCH_EVENTS)
            .map(<[NewEvent]>::to_vec)
            .collect(),
    );
    let last = timeline
        .last()
        .and_then(|event| event.at)
        .expect("events of histories have a time");
    let before = timeline[timeline.len() - 1 - by as usize]
        .at
        .expect("events of histories have a time");
    let mut number = 0;
    let one = || {
        number += 1;
        let at = if by == 0 {
            last.plus_micros(number)
        } else {
            before.plus_micros(-number)
        };
        let event = NewEvent::new(timeline[0].player.clone(), "vote.received")
            .id(format!("late-{number}"))
            .at(at);
        let event = event
            .prop("post", 1)
            .prop("kind", "answer")
            .prop("delta", 1)
            .prop("wiki", false);
        time_work(|| record_batches(&engine, vec![vec![event]]))
    };
    let catalog = demo_catalog();
    let events: Vec<Event> = timeline.iter().cloned().map(to_recorded).collect();
    let pair = PairedTimes::measure_in_turns(extent.round_count(15), one, || {
        time_work(|| drop(black_box(fold::replay(&catalog, &events))))
    });
    let name = match by {
        0 => "An event in order".to_owned(),
        _ => format!("An event late by {}", group_thousands(by as f64)),
    };
    table.add_line(
        format!(
            "{name}, after {} events, on SQLite",
            group_thousands(timeline.len() as f64)
        ),
        format_duration(pair.first_median()),
        format!(
            "folding all in memory: {}",
            format_duration(pair.second_median())
        ),
    );
}
