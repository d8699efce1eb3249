//! Folding all events again in `plan` and `verify`, compared with only reading them.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use accolade::core::catalog::Catalog;
use accolade::{Engine, NewEvent, PlanOptions};
use accolade_benches::floor::{engine, record};
use accolade_benches::rounds::{Pair, time};
use accolade_benches::table::{Table, grouped, rate};
use accolade_benches::{CATALOG, catalog, community};
use accolade_core::limits;
use rusqlite::{Connection, OpenFlags};

use crate::extent::Extent;

/// Total number of events.
const EVENTS: u64 = 1_000_000;
/// Number of players.
const PLAYERS: u64 = 10_000;

pub(crate) fn measure(extent: &Extent, table: &mut Table) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let path = folder.path().join("engine.db");
    let (events, players) = (extent.of(EVENTS, 500), extent.of(PLAYERS, 20));
    let engine = engine(&path, catalog());
    let history: Vec<NewEvent> = community::events(players as usize, events).collect();
    record(
        &engine,
        history
            .chunks(limits::BATCH_EVENTS)
            .map(<[NewEvent]>::to_vec)
            .collect(),
    );
    drop(history);

    let stricter = CATALOG.replacen("at_least = 10", "at_least = 15", 1);
    let rounds = extent.rounds(5);
    let plan = Pair::measure(rounds, || planned(&engine, &stricter), || bare(&path));
    line("Planning a stricter catalog", events, players, &plan, table);
    let verify = Pair::measure(rounds, || verified(&engine), || bare(&path));
    line("Verifying", events, players, &verify, table);
}

fn line(name: &str, events: u64, players: u64, pair: &Pair, table: &mut Table) {
    let (count, events) = (events as usize, grouped(events as f64));
    table.line(
        format!(
            "{name}, {events} events of {} players",
            grouped(players as f64)
        ),
        rate(count, pair.one()),
        format!(
            "reading them: {}: ratio {:.2}",
            rate(count, pair.other()),
            pair.ratio()
        ),
    );
}

fn planned(engine: &Engine, catalog: &str) -> Duration {
    let catalog = Catalog::from_toml(catalog).expect("the catalogs differ only in a number");
    time(|| {
        let plan = engine
            .plan(catalog, PlanOptions::default(), |_| {})
            .wait()
            .expect("the database can be read");
        assert!(!plan.is_empty(), "the catalogs differ");
    })
}

fn verified(engine: &Engine) -> Duration {
    time(|| {
        let report = engine
            .verify(|_| {})
            .wait()
            .expect("the database can be read");
        assert_eq!(report.count, 0, "{:?}", report.differences);
    })
}

/// Measures reading every event, player by player in timeline order.
fn bare(path: &Path) -> Duration {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).expect("the file exists");
    let sql = "SELECT player, at, ord, id, name, props FROM events ORDER BY player, at, ord, id";
    let mut select = connection.prepare(sql).expect("the table exists");
    time(|| {
        let mut rows = select.query([]).expect("the table can be read");
        while let Some(row) = rows.next().expect("the table can be read") {
            let texts =
                [0, 3, 4, 5].map(|column| row.get::<_, String>(column).expect("it is text"));
            black_box(
                (texts, row.get::<_, i64>(1), row.get::<_, i64>(2))
                    .1
                    .is_ok(),
            );
        }
    })
}
