//! Explaining a badge, which takes one fold of one player.

use std::hint::black_box;

use accolade::NewEvent;
use accolade_benches::floor::{engine, record};
use accolade_benches::rounds::{Pair, time};
use accolade_benches::table::{Table, grouped, span};
use accolade_benches::{catalog, community, recorded};
use accolade_core::event::Event;
use accolade_core::{fold, limits};

use crate::extent::Extent;

/// Numbers of the players, with their numbers of events.
const PLAYERS: [(u64, u64); 2] = [(1, 100), (2, 100_000)];

pub(crate) fn measure(extent: &Extent, table: &mut Table) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let engine = engine(&folder.path().join("engine.db"), catalog());
    let catalog = catalog();
    for (player, count) in PLAYERS {
        let count = extent.of(count, 100);
        let timeline: Vec<NewEvent> = community::events_of_one(player, count).collect();
        record(
            &engine,
            timeline
                .chunks(limits::BATCH_EVENTS)
                .map(<[NewEvent]>::to_vec)
                .collect(),
        );
        let events: Vec<Event> = timeline.into_iter().map(recorded).collect();
        let name = &events[0].player;
        let why = || {
            time(|| {
                drop(black_box(
                    engine
                        .why(name, "nice-answer")
                        .wait()
                        .expect("the player exists"),
                ))
            })
        };
        let pair = Pair::measure(extent.rounds(11), why, || {
            time(|| drop(black_box(fold::replay(&catalog, &events))))
        });
        table.line(
            format!("`why` for a player with {} events", grouped(count as f64)),
            span(pair.one()),
            format!(
                "folding all in memory: {}: ratio {:.2}",
                span(pair.other()),
                pair.ratio()
            ),
        );
    }
}
