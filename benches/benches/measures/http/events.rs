//! Recording over HTTP: each answer says that its events are durable.

use std::net::SocketAddr;
use std::time::Duration;

use accolade::NewEvent;
use accolade_benches::community;
use accolade_benches::rounds::Pair;
use accolade_benches::table::{Table, rate};
use serde_json::{Value, json};

use super::client::{self, Load, Request};
use super::latencies;
use super::server::{self, Server};
use crate::extent::Extent;

/// Players who do something.
const PLAYERS: usize = 1_000;

pub(crate) fn measure(extent: &Extent, table: &mut Table) {
    of("Events over HTTP, one by one on 64 connections", 1, 64, extent.of(20_000, 200), extent, table);
    of("Events over HTTP, 100 at a time on 16 connections", 100, 16, extent.of(40_000, 1_600), extent, table);
}

fn of(name: &str, together: usize, connections: usize, count: u64, extent: &Extent, table: &mut Table) {
    let folder = tempfile::tempdir().expect("there is a folder for scratch files");
    let key = server::prepare(folder.path(), &[]);
    let (service, floor) = (Server::accolade(folder.path()), Server::floor(folder.path()));
    let rounds = extent.rounds(9);
    // A round before the others warms both up.
    let mut history = community::events(PLAYERS, count * 2 * (rounds as u64 + 1));
    let mut round = |address: SocketAddr, status: u16, all: &mut Load| -> Duration {
        let events: Vec<NewEvent> = history.by_ref().take(count as usize).collect();
        let load = client::send(address, requests(&events, together, &key), connections, status);
        all.each.extend(load.each);
        load.took
    };
    let accepted = if together == 1 { 201 } else { 200 };
    round(service.address, accepted, &mut Load::default());
    round(floor.address, 201, &mut Load::default());
    let (mut ours, mut bare) = (Load::default(), Load::default());
    let round = std::cell::RefCell::new(round);
    let pair = Pair::measure(
        rounds,
        || round.borrow_mut()(service.address, accepted, &mut ours),
        || round.borrow_mut()(floor.address, 201, &mut bare),
    );
    let count = count as usize;
    let beside = format!("bare server {}: ratio {:.2}", rate(count, pair.other()), pair.ratio());
    table.line(name, rate(count, pair.one()), beside);
    table.line("… until the answer", latencies(&ours.each), format!("bare server {}", latencies(&bare.each)));
}

/// Requests that each send so many events. When the events happen is left to the server, as an application leaves it.
fn requests(events: &[NewEvent], together: usize, key: &str) -> Vec<Request> {
    let body = |events: &[NewEvent]| match events {
        [event] if together == 1 => json(event).to_string(),
        events => Value::from_iter(events.iter().map(json)).to_string(),
    };
    let request = |events| {
        let kind = "content-type: application/json\r\n";
        client::request("POST /v1/events", key, kind, body(events).as_bytes())
    };
    events.chunks(together).map(request).collect()
}

fn json(event: &NewEvent) -> Value {
    json!({ "id": event.id, "player": event.player, "name": event.name, "props": event.props })
}
