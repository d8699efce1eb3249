//! Publishing a catalog, which takes the same time for any number of players.

use accolade::core::catalog::Catalog;
use accolade::{Engine, NewEvent, PublishOptions};
use accolade_benches::floor::{engine, record};
use accolade_benches::rounds::{median, time};
use accolade_benches::table::{Table, grouped, rate, span};
use accolade_benches::{CATALOG, catalog};
use accolade_core::limits;

use crate::extent::Extent;

/// Numbers of players.
const FEW: u64 = 100;
const MANY: u64 = 1_000_000;

pub(crate) fn measure(extent: &Extent, table: &mut Table) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let many = extent.of(MANY, 1_000);
    let engines = [FEW, many].map(|players| {
        let engine = engine(&folder.path().join(format!("{players}.db")), catalog());
        let events: Vec<NewEvent> = (0..players).map(event).collect();
        record(
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
    for _ in 0..extent.rounds(3) {
        // Each publication needs a catalog that differs from the last.
        target += 1;
        for (engine, times) in engines.iter().zip(&mut times) {
            times.push(publish(engine, target));
            let backfill = || {
                assert!(
                    engine.sweep(|_| {}).wait().is_ok(),
                    "the database can be written"
                )
            };
            backfills.push(time(backfill).as_secs_f64());
        }
    }
    let [few, of_many] = times.map(|times| median(times.into_iter()));
    table.line(
        format!("Publishing for {} players", grouped(many as f64)),
        span(of_many),
        format!("for {FEW}: {}: ratio {:.2}", span(few), of_many / few),
    );
    let backfill = median(backfills.into_iter().skip(1).step_by(2));
    table.line(
        "… backfilling them in the background",
        rate(many as usize, backfill),
        "players",
    );
}

fn event(player: u64) -> NewEvent {
    NewEvent::new(format!("player-{player}"), "comment.posted")
        .id("1")
        .at("2020-01-01T00:00:00Z".parse().expect("the time is valid"))
        .prop("post", 1)
}

/// Measures publishing a catalog with another target, in seconds. The time excludes the backfill of
/// players, which follows in the background.
fn publish(engine: &Engine, target: u32) -> f64 {
    let source = CATALOG.replacen("at_least = 10", &format!("at_least = {target}"), 1);
    let catalog = Catalog::from_toml(&source).expect("the catalogs differ only in a number");
    let took = time(|| {
        let published = engine
            .publish(catalog, PublishOptions::default())
            .wait()
            .expect("no other process publishes");
        assert!(published.new, "the catalogs differ");
    });
    took.as_secs_f64()
}
