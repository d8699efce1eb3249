//! Recording over HTTP. Each response confirms that its events are durable.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use accolade::{Engine, NewEvent};
use accolade_benches::floor::{GrowingFloor, open_engine};
use accolade_benches::rounds::{PairedTimes, time_work};
use accolade_benches::table::{ResultTable, format_rate};
use accolade_benches::{community, demo_catalog};
use accolade_core::limits;
use serde_json::{Value, json};
use tokio::task::LocalSet;

use super::client::{self, LoadTimes, RequestBytes};
use super::floor::FloorStorage;
use super::format_latencies;
use super::server::{self, ServerProcess};
use crate::scale::BenchScale;

/// Number of players.
const PLAYERS: usize = 1_000;

pub(crate) fn measure_events(extent: &BenchScale, table: &mut ResultTable) {
    let one_by_one = SendMode {
        batch_size: 1,
        connections: 64,
        expected_status: 201,
        count: extent.scale_size(20_000, 200) as usize,
    };
    let batches = SendMode {
        batch_size: 100,
        connections: 16,
        expected_status: 200,
        count: extent.scale_size(40_000, 1_600) as usize,
    };
    measure_mode(
        "Events over HTTP, one by one on 64 connections",
        &one_by_one,
        extent,
        table,
    );
    measure_mode(
        "Events over HTTP, 100 at a time on 16 connections",
        &batches,
        extent,
        table,
    );
}

/// Mode of sending events.
struct SendMode {
    /// Number of events per request.
    batch_size: usize,
    /// Number of concurrent connections, or of tasks without HTTP.
    connections: usize,
    /// Expected status of the service's responses.
    expected_status: u16,
    /// Number of events per round.
    count: usize,
}

fn measure_mode(name: &str, way: &SendMode, extent: &BenchScale, table: &mut ResultTable) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let key = server::prepare_database(folder.path(), &[]);
    let service = ServerProcess::start_accolade(folder.path());
    let [floor, ordered] = [FloorStorage::Appended, FloorStorage::Ordered]
        .map(|keeping| ServerProcess::start_floor(folder.path(), keeping));
    let engine = open_engine(&folder.path().join("without.db"), demo_catalog());
    let rounds = extent.round_count(9);
    let history = RefCell::new(community::generate_events(PLAYERS, u64::MAX));
    let events = || -> Vec<NewEvent> { history.borrow_mut().by_ref().take(way.count).collect() };
    let send = |address: SocketAddr, status: u16, all: &mut LoadTimes| -> Duration {
        let load = client::send_all(
            address,
            way.build_requests(&events(), &key),
            way.connections,
            status,
        );
        all.latencies.extend(load.latencies);
        load.total
    };
    // One unmeasured round warms up all servers.
    send(
        service.address,
        way.expected_status,
        &mut LoadTimes::default(),
    );
    for floor in [&floor, &ordered] {
        send(floor.address, 201, &mut LoadTimes::default());
    }
    way.time_engine(&engine, events());
    let (mut ours, mut bare) = (LoadTimes::default(), LoadTimes::default());
    let pair = PairedTimes::measure_in_turns(
        rounds,
        || send(service.address, way.expected_status, &mut ours),
        || send(floor.address, 201, &mut bare),
    );
    let comparison = format!(
        "bare server {}: ratio {:.2}",
        format_rate(way.count, pair.second_median()),
        pair.median_ratio()
    );
    table.add_line(
        name,
        format_rate(way.count, pair.first_median()),
        comparison,
    );
    table.add_line(
        "… latency",
        format_latencies(&ours.latencies),
        format!("bare server {}", format_latencies(&bare.latencies)),
    );
    let pair = PairedTimes::measure_in_turns(
        rounds,
        || {
            send(
                service.address,
                way.expected_status,
                &mut LoadTimes::default(),
            )
        },
        || send(ordered.address, 201, &mut LoadTimes::default()),
    );
    let comparison = format!(
        "bare server {}: ratio {:.2}",
        format_rate(way.count, pair.second_median()),
        pair.median_ratio()
    );
    table.add_line(
        "… compared with a server that orders and deduplicates",
        format_rate(way.count, pair.first_median()),
        comparison,
    );
    let own = GrowingFloor::new(demo_catalog);
    let replay = || {
        own.time_next(
            events()
                .chunks(way.transaction_events())
                .map(without_time)
                .collect(),
        )
    };
    // The service has recorded this many rounds already, and a larger file is slower.
    for _ in 0..=2 * rounds {
        replay();
    }
    let pair = PairedTimes::measure_in_turns(
        rounds,
        || {
            send(
                service.address,
                way.expected_status,
                &mut LoadTimes::default(),
            )
        },
        replay,
    );
    let comparison = format!(
        "bare loop {}: ratio {:.2}",
        format_rate(way.count, pair.second_median()),
        pair.median_ratio()
    );
    table.add_line(
        "… compared with its own statements",
        format_rate(way.count, pair.first_median()),
        comparison,
    );
    let pair = PairedTimes::measure_in_turns(
        rounds,
        || {
            send(
                service.address,
                way.expected_status,
                &mut LoadTimes::default(),
            )
        },
        || way.time_engine(&engine, events()),
    );
    let comparison = format!(
        "engine alone {}: ratio {:.2}",
        format_rate(way.count, pair.second_median()),
        pair.median_ratio()
    );
    table.add_line(
        "… compared with the engine without HTTP",
        format_rate(way.count, pair.first_median()),
        comparison,
    );
}

impl SendMode {
    /// Returns the number of events per transaction if all connections wait for it.
    fn transaction_events(&self) -> usize {
        (self.batch_size * self.connections).min(limits::BATCH_EVENTS)
    }

    /// Measures the engine in this process, with one task per connection.
    fn time_engine(&self, engine: &Engine, events: Vec<NewEvent>) -> Duration {
        let batches: VecDeque<Vec<NewEvent>> =
            events.chunks(self.batch_size).map(without_time).collect();
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
        time_work(|| client::build_runtime().block_on(tasks))
    }

    /// Builds the requests for these events.
    fn build_requests(&self, events: &[NewEvent], key: &str) -> Vec<RequestBytes> {
        let body = |events: &[NewEvent]| match events {
            [event] if self.batch_size == 1 => event_json(event).to_string(),
            events => Value::from_iter(events.iter().map(event_json)).to_string(),
        };
        let request = |events| {
            let kind = "content-type: application/json\r\n";
            client::build_request("POST /v1/events", key, kind, body(events).as_bytes())
        };
        events.chunks(self.batch_size).map(request).collect()
    }
}

/// Copies events without their time, which the engine then sets.
fn without_time(events: &[NewEvent]) -> Vec<NewEvent> {
    events
        .iter()
        .map(|event| NewEvent {
            at: None,
            ..event.clone()
        })
        .collect()
}

/// Formats an event without its time.
fn event_json(event: &NewEvent) -> Value {
    json!({ "id": event.id, "player": event.player, "name": event.name, "props": event.props })
}
