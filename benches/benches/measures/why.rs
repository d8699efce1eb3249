//! Explaining a badge, which takes one fold of one player.

use std::hint::black_box;

use accolade::NewEvent;
use accolade_benches::floor::{open_engine, record_batches};
use accolade_benches::rounds::{PairedTimes, time_work};
use accolade_benches::table::{ResultTable, format_duration, group_thousands};
use accolade_benches::{community, demo_catalog, to_recorded};
use accolade_core::event::Event;
use accolade_core::{fold, limits};

use crate::scale::BenchScale;

/// Numbers of the players, with their numbers of events.
const PLAYERS: [(u64, u64); 2] = [(1, 100), (2, 100_000)];

pub(crate) fn measure_why(extent: &BenchScale, table: &mut ResultTable) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let engine = open_engine(&folder.path().join("engine.db"), demo_catalog());
    let catalog = demo_catalog();
    for (player, count) in PLAYERS {
        let count = extent.scale_size(count, 100);
        let timeline: Vec<NewEvent> = community::generate_player_events(player, count).collect();
        record_batches(
            &engine,
            timeline
                .chunks(limits::BATCH_EVENTS)
                .map(<[NewEvent]>::to_vec)
                .collect(),
        );
        let events: Vec<Event> = timeline.into_iter().map(to_recorded).collect();
        let name = &events[0].player;
        let why = || {
            time_work(|| {
                drop(black_box(
                    engine
                        .players()
                        .why(name, "nice-answer")
                        .wait()
                        .expect("the player exists"),
                ))
            })
        };
        let pair = PairedTimes::measure_in_turns(extent.round_count(11), why, || {
            time_work(|| drop(black_box(fold::replay(&catalog, &events))))
        });
        table.add_line(
            format!(
                "`why` for a player with {} events",
                group_thousands(count as f64)
            ),
            format_duration(pair.first_median()),
            format!(
                "folding all in memory: {}: ratio {:.2}",
                format_duration(pair.second_median()),
                pair.median_ratio()
            ),
        );
    }
}
