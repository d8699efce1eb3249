//! The fold in memory.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;

use accolade_benches::rounds::{Pair, time};
use accolade_benches::table::{Table, rate, span};
use accolade_benches::{catalog, demo_events, recorded};
use accolade_core::catalog::Catalog;
use accolade_core::event::{Event, NewEvent};
use accolade_core::fold;
use accolade_core::time::Timestamp;
use criterion::{Criterion, Throughput};

use crate::extent::Extent;

/// Number of events of one player in a measured fold.
const EVENTS: u64 = 1_000;
/// Number of rules that listen to each of these events.
const LISTENING: usize = 100;

/// Measures single figures with criterion.
pub(crate) fn single(criterion: &mut Criterion) {
    let events = runs(EVENTS);
    let mut group = criterion.benchmark_group("fold");
    group.throughput(Throughput::Elements(EVENTS));
    for others in [10, 100, 1_000, 10_000] {
        let catalog = Catalog::from_toml(&with_others(others)).expect("the catalog is valid");
        group.bench_function(
            format!("1,000 events among {others} rules that do not match"),
            |bencher| {
                bencher.iter(|| fold::replay(&catalog, &events));
            },
        );
    }
    group.finish();
}

pub(crate) fn measure(extent: &Extent, table: &mut Table) {
    the_demo(extent, table);
    listening_rules(extent, table);
    other_rules(extent, table);
}

fn the_demo(extent: &Extent, table: &mut Table) {
    let catalog = catalog();
    let mut players: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    let mut count = 0;
    for event in demo_events() {
        players
            .entry(event.player.clone())
            .or_default()
            .push(recorded(event));
        count += 1;
    }
    let whole = || {
        time(|| {
            players
                .values()
                .for_each(|events| drop(black_box(fold::replay(&catalog, events))))
        })
    };
    let pair = Pair::measure(extent.rounds(11), whole, whole);
    table.line(
        "Folding the demo's history in memory",
        rate(count, pair.one()),
        format!("{} per event", span(pair.one() / count as f64)),
    );
}

fn listening_rules(extent: &Extent, table: &mut Table) {
    let events = runs(EVENTS);
    let one = Catalog::from_toml(&listening(1)).expect("the catalog is valid");
    let many = Catalog::from_toml(&listening(LISTENING)).expect("the catalog is valid");
    let pair = Pair::measure(
        extent.rounds(21),
        || folding(&one, &events),
        || folding(&many, &events),
    );
    table.line(
        format!("Rules evaluated, {LISTENING} conditions for each event"),
        rate(LISTENING * events.len(), pair.other()),
        format!(
            "{} per further rule",
            span((pair.other() - pair.one()) / ((LISTENING - 1) * events.len()) as f64)
        ),
    );
}

fn other_rules(extent: &Extent, table: &mut Table) {
    let events = runs(EVENTS);
    let few = Catalog::from_toml(&with_others(10)).expect("the catalog is valid");
    let many = Catalog::from_toml(&with_others(10_000)).expect("the catalog is valid");
    let pair = Pair::measure(
        extent.rounds(51),
        || folding(&few, &events),
        || folding(&many, &events),
    );
    table.line(
        "An event among 10,000 rules that do not match",
        span(pair.other() / events.len() as f64),
        format!(
            "among 10: {}: ratio {:.2}",
            span(pair.one() / events.len() as f64),
            pair.ratio()
        ),
    );
}

fn folding(catalog: &Catalog, events: &[Event]) -> Duration {
    time(|| drop(black_box(fold::replay(catalog, events))))
}

/// Builds the events of a player who runs.
fn runs(count: u64) -> Vec<Event> {
    let run = |number: u64| {
        let at = Timestamp::from_micros(i64::try_from(number).ok()? * 60_000_000)?;
        let event = NewEvent::new("ada", "run.finished")
            .id(format!("run-{number}"))
            .at(at);
        Some(recorded(event.prop("km", 5.5).prop("place", "park")))
    };
    (0..count)
        .map(|number| run(number).expect("instants near the epoch"))
        .collect()
}

/// Builds a catalog with rules about runs and many rules about other events.
fn with_others(count: usize) -> String {
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
fn listening(count: usize) -> String {
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
