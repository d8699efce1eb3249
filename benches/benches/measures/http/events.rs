//! Recording over HTTP. Each response confirms that its events are durable.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use accolade::{Engine, NewEvent};
use accolade_benches::floor::{Growing, engine};
use accolade_benches::rounds::{Pair, time};
use accolade_benches::table::{Table, rate};
use accolade_benches::{catalog, community};
use accolade_core::limits;
use serde_json::{Value, json};
use tokio::task::LocalSet;

use super::client::{self, Load, Request};
use super::floor::Keeping;
use super::latencies;
use super::server::{self, Server};
use crate::extent::Extent;

/// Number of players.
const PLAYERS: usize = 1_000;

pub(crate) fn measure(extent: &Extent, table: &mut Table) {
    let one_by_one = Way {
        together: 1,
        connections: 64,
        accepted: 201,
        count: extent.of(20_000, 200) as usize,
    };
    let batches = Way {
        together: 100,
        connections: 16,
        accepted: 200,
        count: extent.of(40_000, 1_600) as usize,
    };
    of(
        "Events over HTTP, one by one on 64 connections",
        &one_by_one,
        extent,
        table,
    );
    of(
        "Events over HTTP, 100 at a time on 16 connections",
        &batches,
        extent,
        table,
    );
}

/// Mode of sending events.
struct Way {
    /// Number of events per request.
    together: usize,
    /// Number of concurrent connections, or of tasks without HTTP.
    connections: usize,
    /// Expected status of the service's responses.
    accepted: u16,
    /// Number of events per round.
    count: usize,
}

fn of(name: &str, way: &Way, extent: &Extent, table: &mut Table) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let key = server::prepare(folder.path(), &[]);
    let service = Server::accolade(folder.path());
    let [floor, ordered] =
        [Keeping::Appended, Keeping::Ordered].map(|keeping| Server::floor(folder.path(), keeping));
    let engine = engine(&folder.path().join("without.db"), catalog());
    let rounds = extent.rounds(9);
    let history = RefCell::new(community::events(PLAYERS, u64::MAX));
    let events = || -> Vec<NewEvent> { history.borrow_mut().by_ref().take(way.count).collect() };
    let send = |address: SocketAddr, status: u16, all: &mut Load| -> Duration {
        let load = client::send(
            address,
            way.requests(&events(), &key),
            way.connections,
            status,
        );
        all.each.extend(load.each);
        load.took
    };
    // One unmeasured round warms up all servers.
    send(service.address, way.accepted, &mut Load::default());
    for floor in [&floor, &ordered] {
        send(floor.address, 201, &mut Load::default());
    }
    way.record(&engine, events());
    let (mut ours, mut bare) = (Load::default(), Load::default());
    let pair = Pair::measure(
        rounds,
        || send(service.address, way.accepted, &mut ours),
        || send(floor.address, 201, &mut bare),
    );
    let comparison = format!(
        "bare server {}: ratio {:.2}",
        rate(way.count, pair.other()),
        pair.ratio()
    );
    table.line(name, rate(way.count, pair.one()), comparison);
    table.line(
        "… latency",
        latencies(&ours.each),
        format!("bare server {}", latencies(&bare.each)),
    );
    let pair = Pair::measure(
        rounds,
        || send(service.address, way.accepted, &mut Load::default()),
        || send(ordered.address, 201, &mut Load::default()),
    );
    let comparison = format!(
        "bare server {}: ratio {:.2}",
        rate(way.count, pair.other()),
        pair.ratio()
    );
    table.line(
        "… compared with a server that orders and deduplicates",
        rate(way.count, pair.one()),
        comparison,
    );
    let own = Growing::new(catalog);
    let replay = || own.run(events().chunks(way.transaction()).map(now).collect());
    // The service has recorded this many rounds already, and a larger file is slower.
    for _ in 0..=2 * rounds {
        replay();
    }
    let pair = Pair::measure(
        rounds,
        || send(service.address, way.accepted, &mut Load::default()),
        replay,
    );
    let comparison = format!(
        "bare loop {}: ratio {:.2}",
        rate(way.count, pair.other()),
        pair.ratio()
    );
    table.line(
        "… compared with its own statements",
        rate(way.count, pair.one()),
        comparison,
    );
    let pair = Pair::measure(
        rounds,
        || send(service.address, way.accepted, &mut Load::default()),
        || way.record(&engine, events()),
    );
    let comparison = format!(
        "engine alone {}: ratio {:.2}",
        rate(way.count, pair.other()),
        pair.ratio()
    );
    table.line(
        "… compared with the engine without HTTP",
        rate(way.count, pair.one()),
        comparison,
    );
}

impl Way {
    /// Returns the number of events per transaction if all connections wait for it.
    fn transaction(&self) -> usize {
        (self.together * self.connections).min(limits::BATCH_EVENTS)
    }

    /// Measures the engine in this process, with one task per connection.
    fn record(&self, engine: &Engine, events: Vec<NewEvent>) -> Duration {
        let batches: VecDeque<Vec<NewEvent>> = events.chunks(self.together).map(now).collect();
        let batches = Rc::new(RefCell::new(batches));
        let tasks = LocalSet::new();
        for _ in 0..self.connections {
            let (engine, batches) = (engine.clone(), Rc::clone(&batches));
            tasks.spawn_local(async move {
                let next = || batches.borrow_mut().pop_front();
                while let Some(batch) = next() {
                    let receipts = engine
                        .record_many_explained(batch)
                        .await
                        .expect("the database can be written");
                    assert!(
                        receipts.iter().all(Result::is_ok),
                        "every event of a history is accepted"
                    );
                }
            });
        }
        time(|| client::runtime().block_on(tasks))
    }

    /// Builds the requests for these events.
    fn requests(&self, events: &[NewEvent], key: &str) -> Vec<Request> {
        let body = |events: &[NewEvent]| match events {
            [event] if self.together == 1 => json(event).to_string(),
            events => Value::from_iter(events.iter().map(json)).to_string(),
        };
        let request = |events| {
            let kind = "content-type: application/json\r\n";
            client::request("POST /v1/events", key, kind, body(events).as_bytes())
        };
        events.chunks(self.together).map(request).collect()
    }
}

/// Copies events without their time, which the engine then sets.
fn now(events: &[NewEvent]) -> Vec<NewEvent> {
    events
        .iter()
        .map(|event| NewEvent {
            at: None,
            ..event.clone()
        })
        .collect()
}

/// Formats an event without its time.
fn json(event: &NewEvent) -> Value {
    json!({ "id": event.id, "player": event.player, "name": event.name, "props": event.props })
}
