//! The fold in memory.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;

use accolade_benches::rounds::{PairedTimes, time_work};
use accolade_benches::table::{ResultTable, format_duration, format_rate};
use accolade_benches::{demo_catalog, demo_events, to_recorded};
use accolade_core::catalog::Catalog;
use accolade_core::event::{Event, NewEvent};
use accolade_core::fold;
use accolade_core::time::Timestamp;
use criterion::{Criterion, Throughput};

use crate::scale::BenchScale;

/// Number of events of one player in a measured fold.
const EVENTS: u64 = 1_000;
/// Number of rules that listen to each of these events.
const LISTENING_RULES: usize = 100;

/// Measures single figures with criterion.
pub(crate) fn bench_single(criterion: &mut Criterion) {
    let events = run_events(EVENTS);
    let mut group = criterion.benchmark_group("fold");
    group.throughput(Throughput::Elements(EVENTS));
    for others in [10, 100, 1_000, 10_000] {
        let catalog =
            Catalog::from_toml(&catalog_with_others(others)).expect("the catalog is valid");
        group.bench_function(
            format!("1,000 events among {others} rules that do not match"),
            |bencher| {
                bencher.iter(|| fold::replay(&catalog, &events));
            },
        );
    }
    group.finish();
}

pub(crate) fn measure_fold(extent: &BenchScale, table: &mut ResultTable) {
    measure_demo(extent, table);
    measure_listening_rules(extent, table);
    measure_other_rules(extent, table);
}

fn measure_demo(extent: &BenchScale, table: &mut ResultTable) {
    let catalog = demo_catalog();
    let mut players: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    let mut count = 0;
    for event in demo_events() {
        players
            .entry(event.player.clone().into())
            .or_default()
            .push(to_recorded(event));
        count += 1;
    }
    let whole = || {
        time_work(|| {
            players
                .values()
                .for_each(|events| drop(black_box(fold::replay(&catalog, events))))
        })
    };
    let pair = PairedTimes::measure_in_turns(extent.round_count(11), whole, whole);
    table.add_line(
        "Folding the demo's history in memory",
        format_rate(count, pair.first_median()),
        format!(
            "{} per event",
            format_duration(pair.first_median() / count as f64)
        ),
    );
}

fn measure_listening_rules(extent: &BenchScale, table: &mut ResultTable) {
    let events = run_events(EVENTS);
    let one = Catalog::from_toml(&catalog_of_listeners(1)).expect("the catalog is valid");
    let many =
        Catalog::from_toml(&catalog_of_listeners(LISTENING_RULES)).expect("the catalog is valid");
    let pair = PairedTimes::measure_in_turns(
        extent.round_count(21),
        || time_fold(&one, &events),
        || time_fold(&many, &events),
    );
    table.add_line(
        format!("Rules evaluated, {LISTENING_RULES} conditions for each event"),
        format_rate(LISTENING_RULES * events.len(), pair.second_median()),
        format!(
            "{} per further rule",
            format_duration(
                (pair.second_median() - pair.first_median())
                    / ((LISTENING_RULES - 1) * events.len()) as f64
            )
        ),
    );
}

fn measure_other_rules(extent: &BenchScale, table: &mut ResultTable) {
    let events = run_events(EVENTS);
    let few = Catalog::from_toml(&catalog_with_others(10)).expect("the catalog is valid");
    let many = Catalog::from_toml(&catalog_with_others(10_000)).expect("the catalog is valid");
    let pair = PairedTimes::measure_in_turns(
        extent.round_count(51),
        || time_fold(&few, &events),
        || time_fold(&many, &events),
    );
    table.add_line(
        "An event among 10,000 rules that do not match",
        format_duration(pair.second_median() / events.len() as f64),
        format!(
            "among 10: {}: ratio {:.2}",
            format_duration(pair.first_median() / events.len() as f64),
            pair.median_ratio()
        ),
    );
}

fn time_fold(catalog: &Catalog, events: &[Event]) -> Duration {
    time_work(|| drop(black_box(fold::replay(catalog, events))))
}

/// Builds the events of a player who runs.
fn run_events(count: u64) -> Vec<Event> {
    let run = |number: u64| {
        let at = Timestamp::from_micros(i64::try_from(number).ok()? * 60_000_000)?;
        let event = NewEvent::new("ada", "run.finished")
            .id(format!("run-{number}"))
            .at(at);
        Some(to_recorded(event.prop("km", 5.5).prop("place", "park")))
    };
    (0..count)
        .map(|number| run(number).expect("instants near the epoch"))
        .collect()
}

/// Builds a catalog with rules about runs and many rules about other events.
fn catalog_with_others(count: usize) -> String {
    let mut text = String::from(
        "[[currency]]
        id = 'xp'
        [[earning]]
        id = 'run'
        on = 'run.finished'
        where = 'event.km > 5.0'
        points = { xp = 'event.km * 2' }
        [[badge]]
        id = 'runner'
        tiers = [10, 100]
        criterion = { sum = 'event.km', on = 'run.finished' }\n",
    );
    for number in 0..count {
        writeln!(
            text,
            "[[badge]]\nid = 'other-{number}'
            criterion = {{ count = 'other.{number}', where = 'event.km > 5.0' }}"
        )
        .expect("writing to a string cannot fail");
    }
    text
}

/// Builds a catalog with rules that listen to runs but pay for none of them.
fn catalog_of_listeners(count: usize) -> String {
    let mut text = String::from("[[currency]]\nid = 'xp'\n");
    for number in 0..count {
        writeln!(
            text,
            "[[earning]]\nid = 'run-{number}'\non = 'run.finished'\npoints = {{ xp = 1 }}
            where = 'event.place == \"park\" && event.km > {number}.0 + 100.0'"
        )
        .expect("writing to a string cannot fail");
    }
    text
}
