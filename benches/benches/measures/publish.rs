//! Publishing a catalog, which takes the same time for any number of players.

use accolade::{Engine, NewEvent, PublishOptions};
use accolade_benches::floor::{open_engine, record_batches};
use accolade_benches::rounds::{median, time_work};
use accolade_benches::table::{ResultTable, format_duration, format_rate, group_thousands};
use accolade_benches::{CATALOG, demo_catalog};
use accolade_core::catalog::Catalog;
use accolade_core::limits;

use crate::scale::BenchScale;

/// Numbers of players.
const FEW_PLAYERS: u64 = 100;
const MANY_PLAYERS: u64 = 1_000_000;

pub(crate) fn measure_publishing(extent: &BenchScale, table: &mut ResultTable) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let many = extent.scale_size(MANY_PLAYERS, 1_000);
    let engines = [FEW_PLAYERS, many].map(|players| {
        let engine = open_engine(&folder.path().join(format!("{players}.db")), demo_catalog());
        let events: Vec<NewEvent> = (0..players).map(build_event).collect();
        record_batches(
            &engine,
            events
                .chunks(limits::BATCH_EVENTS)
                .map(<[NewEvent]>::to_vec)
                .collect(),
        );
        engine
    });
    let mut backfills = Vec::new();
    let mut target = 10;
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..extent.round_count(3) {
        // Each publication needs a catalog that differs from the last.
        target += 1;
        for (engine, times) in engines.iter().zip(&mut times) {
            times.push(time_publication(engine, target));
            let backfill = || {
                assert!(
                    engine.catalog().await_backfill(|_| {}).wait().is_ok(),
                    "the database can be written"
                )
            };
            backfills.push(time_work(backfill).as_secs_f64());
        }
    }
    let [few, of_many] = times.map(|times| median(times.into_iter()));
    table.add_line(
        format!("Publishing for {} players", group_thousands(many as f64)),
        format_duration(of_many),
        format!(
            "for {FEW_PLAYERS}: {}: ratio {:.2}",
            format_duration(few),
            of_many / few
        ),
    );
    let backfill = median(backfills.into_iter().skip(1).step_by(2));
    table.add_line(
        "… backfilling them in the background",
        format_rate(many as usize, backfill),
        "players",
    );
}

fn build_event(player: u64) -> NewEvent {
    NewEvent::new(format!("player-{player}"), "comment.posted")
        .id("1")
        .at("2020-01-01T00:00:00Z".parse().expect("the time is valid"))
        .prop("post", 1)
}

/// Measures publishing a catalog with another target, in seconds. The time excludes the backfill of
/// players, which follows in the background.
fn time_publication(engine: &Engine, target: u32) -> f64 {
    let source = CATALOG.replacen("at_least = 10", &format!("at_least = {target}"), 1);
    let catalog = Catalog::from_toml(&source).expect("the catalogs differ only in a number");
    let took = time_work(|| {
        let published = engine
            .catalog()
            .publish(catalog, PublishOptions::default())
            .wait()
            .expect("no other process publishes");
        assert!(published.is_new, "the catalogs differ");
    });
    took.as_secs_f64()
}
