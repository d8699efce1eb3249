//! A player's page and profile, compared with a page of the same size from memory.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use accolade::NewEvent;
use accolade_benches::demo_events;
use accolade_benches::rounds::Pair;
use accolade_benches::table::{Table, grouped, rate};

use super::client::{self, Line, Load, Request, request};
use super::floor::{self, Keeping};
use super::latencies;
use super::server::{self, Server};
use crate::extent::Extent;

/// Number of concurrent connections.
const CONNECTIONS: usize = 16;
/// Approximate number of events of the measured player.
const EVENTS: usize = 1_000;

pub(crate) fn measure(extent: &Extent, table: &mut Table) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let history = demo_events();
    let (player, events) = somebody(&history);
    let key = server::prepare(folder.path(), &history);
    let service = Server::accolade(folder.path());
    let ask = |request: Request| {
        client::runtime().block_on(async { Line::open(service.address).await.ask(&request).await })
    };
    let path = format!("/v1/players/{player}");
    let of_profile = ask(request(&format!("GET {path}"), &key, "", b""));
    let badges = earned(&of_profile.body);
    let tag = of_profile
        .head
        .lines()
        .find_map(|line| line.strip_prefix("etag: "))
        .expect("a profile has a validator");
    let known = format!("if-none-match: {tag}\r\n");
    let description = format!(
        "a player with {} events and {badges} badges",
        grouped(events as f64)
    );
    for (name, line, more, status) in [
        (
            format!("The page of {description}"),
            format!("GET /players/{player}"),
            "",
            200,
        ),
        ("… as JSON".to_owned(), format!("GET {path}"), "", 200),
        (
            "… as unchanged JSON".to_owned(),
            format!("GET {path}"),
            known.as_str(),
            304,
        ),
    ] {
        let request = request(&line, &key, more, b"");
        let answer = ask(Request::clone(&request));
        assert_eq!(answer.status, status, "the page exists");
        beside_memory(
            &name,
            &service,
            &request,
            status,
            &answer.body,
            extent,
            table,
        );
    }
}

/// Measures the service and the floor in turns. The floor always returns these bytes.
fn beside_memory(
    name: &str,
    service: &Server,
    asked: &Request,
    status: u16,
    bytes: &[u8],
    extent: &Extent,
    table: &mut Table,
) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    fs::write(folder.path().join(floor::PAGE), bytes).expect("the folder can be written");
    let floor = Server::floor(folder.path(), Keeping::Appended);
    let count = extent.of(4_000, 32) as usize;
    let get = |server: &Server, request: &Request, status: u16, all: &mut Load| -> Duration {
        let load = client::send(
            server.address,
            vec![Request::clone(request); count],
            CONNECTIONS,
            status,
        );
        all.each.extend(load.each);
        load.took
    };
    let page = request("GET /page", "", "", b"");
    get(service, asked, status, &mut Load::default());
    let (mut ours, mut bare) = (Load::default(), Load::default());
    let pair = Pair::measure(
        extent.rounds(7),
        || get(service, asked, status, &mut ours),
        || get(&floor, &page, 200, &mut bare),
    );
    table.line(
        format!("{name} ({} bytes)", grouped(bytes.len() as f64)),
        rate(count, pair.one()),
        format!(
            "from memory {}: ratio {:.2}",
            rate(count, pair.other()),
            pair.ratio()
        ),
    );
    table.line(
        "… latency",
        latencies(&ours.each),
        format!("from memory {}", latencies(&bare.each)),
    );
}

/// Finds the player whose number of events is closest to [`EVENTS`], and returns that number, too.
fn somebody(history: &[NewEvent]) -> (&str, usize) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    history
        .iter()
        .for_each(|event| *counts.entry(&event.player).or_default() += 1);
    counts
        .into_iter()
        .min_by_key(|(_, count)| count.abs_diff(EVENTS))
        .expect("the demo has players")
}

/// Counts the earned badges in a profile.
fn earned(profile: &[u8]) -> usize {
    let profile: serde_json::Value = serde_json::from_slice(profile).expect("a profile is JSON");
    let badges = profile["badges"].as_array().expect("a profile has badges");
    badges
        .iter()
        .filter(|badge| {
            badge["earned"]
                .as_array()
                .is_some_and(|earned| !earned.is_empty())
        })
        .count()
}
