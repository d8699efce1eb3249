//! Late events of a player with ten thousand events.

use accolade::NewEvent;
use accolade_benches::floor::{engine, record};
use accolade_benches::rounds::{Pair, time};
use accolade_benches::table::{Table, grouped, span};
use accolade_benches::{catalog, community, recorded};
use accolade_core::event::Event;
use accolade_core::fold;
use accolade_core::limits;
use std::hint::black_box;

use crate::extent::Extent;

/// Number of events that the player already has.
const BEHIND: u64 = 10_000;
/// Number of the player.
const PLAYER: u64 = 7;

pub(crate) fn measure(extent: &Extent, table: &mut Table) {
    let behind = extent.of(BEHIND, 100);
    let timeline: Vec<NewEvent> = community::events_of_one(PLAYER, behind).collect();
    for by in [0, 1, behind / 100, behind / 2] {
        late(extent, &timeline, by, table);
    }
}

/// Measures events that arrive late by a number of events, compared with folding the whole timeline
/// in memory.
fn late(extent: &Extent, timeline: &[NewEvent], by: u64, table: &mut Table) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let engine = engine(&folder.path().join("engine.db"), catalog());
    record(
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
        time(|| record(&engine, vec![vec![event]]))
    };
    let catalog = catalog();
    let events: Vec<Event> = timeline.iter().cloned().map(recorded).collect();
    let pair = Pair::measure(extent.rounds(15), one, || {
        time(|| drop(black_box(fold::replay(&catalog, &events))))
    });
    let name = match by {
        0 => "An event in order".to_owned(),
        _ => format!("An event late by {}", grouped(by as f64)),
    };
    table.line(
        format!(
            "{name}, after {} events, on SQLite",
            grouped(timeline.len() as f64)
        ),
        span(pair.one()),
        format!("folding all in memory: {}", span(pair.other())),
    );
}
