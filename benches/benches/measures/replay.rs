//! Folding all events again in `plan` and `verify`, compared with only reading them.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use accolade::{Engine, NewEvent, PlanOptions};
use accolade_benches::floor::{open_engine, record_batches};
use accolade_benches::rounds::{PairedTimes, time_work};
use accolade_benches::table::{ResultTable, format_rate, group_thousands};
use accolade_benches::{CATALOG, community, demo_catalog};
use accolade_core::catalog::Catalog;
use accolade_core::limits;
use rusqlite::{Connection, OpenFlags};

use crate::scale::BenchScale;

/// Total number of events.
const EVENTS: u64 = 1_000_000;
/// Number of players.
const PLAYERS: u64 = 10_000;

pub(crate) fn measure_replay(extent: &BenchScale, table: &mut ResultTable) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let path = folder.path().join("engine.db");
    let (events, players) = (
        extent.scale_size(EVENTS, 500),
        extent.scale_size(PLAYERS, 20),
    );
    let engine = open_engine(&path, demo_catalog());
    let history: Vec<NewEvent> = community::generate_events(players as usize, events).collect();
    record_batches(
        &engine,
        history
            .chunks(limits::BATCH_EVENTS)
            .map(<[NewEvent]>::to_vec)
            .collect(),
    );
    drop(history);

    let stricter = CATALOG.replacen("at_least = 10", "at_least = 15", 1);
    let rounds = extent.round_count(5);
    let plan = PairedTimes::measure_in_turns(
        rounds,
        || time_plan(&engine, &stricter),
        || time_bare_read(&path),
    );
    add_line("Planning a stricter catalog", events, players, &plan, table);
    let verify = PairedTimes::measure_in_turns(
        rounds,
        || time_verification(&engine),
        || time_bare_read(&path),
    );
    add_line("Verifying", events, players, &verify, table);
}

fn add_line(name: &str, events: u64, players: u64, pair: &PairedTimes, table: &mut ResultTable) {
    let (count, events) = (events as usize, group_thousands(events as f64));
    table.add_line(
        format!(
            "{name}, {events} events of {} players",
            group_thousands(players as f64)
        ),
        format_rate(count, pair.first_median()),
        format!(
            "reading them: {}: ratio {:.2}",
            format_rate(count, pair.second_median()),
            pair.median_ratio()
        ),
    );
}

fn time_plan(engine: &Engine, catalog: &str) -> Duration {
    let catalog = Catalog::from_toml(catalog).expect("the catalogs differ only in a number");
    time_work(|| {
        let plan = engine
            .catalog()
            .plan(catalog, PlanOptions::default(), |_| {})
            .wait()
            .expect("the database can be read");
        assert!(!plan.is_empty(), "the catalogs differ");
    })
}

fn time_verification(engine: &Engine) -> Duration {
    time_work(|| {
        let report = engine
            .maintenance()
            .verify(|_| {})
            .wait()
            .expect("the database can be read");
        assert_eq!(report.count, 0, "{:?}", report.differences);
    })
}

/// Measures reading every event, player by player in timeline order.
fn time_bare_read(path: &Path) -> Duration {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).expect("the file exists");
    let sql = "SELECT player, at, ord, id, name, props FROM events ORDER BY player, at, ord, id";
    let mut select = connection.prepare(sql).expect("the table exists");
    time_work(|| {
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
