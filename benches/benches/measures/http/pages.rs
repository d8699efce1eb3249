//! A player's page and profile, compared with a page of the same size from memory.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use accolade::NewEvent;
use accolade_benches::demo_events;
use accolade_benches::rounds::PairedTimes;
use accolade_benches::table::{ResultTable, format_rate, group_thousands};

use super::client::{self, ClientConnection, LoadTimes, RequestBytes, build_request};
use super::floor::{self, FloorStorage};
use super::format_latencies;
use super::server::{self, ServerProcess};
use crate::scale::BenchScale;

/// Number of concurrent connections.
const CONNECTIONS: usize = 16;
/// Approximate number of events of the measured player.
const APPROXIMATE_EVENTS: usize = 1_000;

pub(crate) fn measure_pages(extent: &BenchScale, table: &mut ResultTable) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let history = demo_events();
    let (player, events) = find_player(&history);
    let key = server::prepare_database(folder.path(), &history);
    let service = ServerProcess::start_accolade(folder.path());
    let ask = |request: RequestBytes| {
        client::build_runtime().block_on(async {
            ClientConnection::connect(service.address)
                .await
                .build_request(&request)
                .await
        })
    };
    let path = format!("/v1/players/{player}");
    let of_profile = ask(build_request(&format!("GET {path}"), &key, "", b""));
    let badges = count_earned_badges(&of_profile.body);
    let tag = of_profile
        .head
        .lines()
        .find_map(|line| line.strip_prefix("etag: "))
        .expect("a profile has a validator");
    let known = format!("if-none-match: {tag}\r\n");
    let description = format!(
        "a player with {} events and {badges} badges",
        group_thousands(events as f64)
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
        let request = build_request(&line, &key, more, b"");
        let answer = ask(RequestBytes::clone(&request));
        assert_eq!(answer.status, status, "the page exists");
        compare_with_memory(
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
fn compare_with_memory(
    name: &str,
    service: &ServerProcess,
    asked: &RequestBytes,
    status: u16,
    bytes: &[u8],
    extent: &BenchScale,
    table: &mut ResultTable,
) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    fs::write(folder.path().join(floor::PAGE), bytes).expect("the folder can be written");
    let floor = ServerProcess::start_floor(folder.path(), FloorStorage::Appended);
    let count = extent.scale_size(4_000, 32) as usize;
    let get = |server: &ServerProcess,
               request: &RequestBytes,
               status: u16,
               all: &mut LoadTimes|
     -> Duration {
        let load = client::send_all(
            server.address,
            vec![RequestBytes::clone(request); count],
            CONNECTIONS,
            status,
        );
        all.latencies.extend(load.latencies);
        load.total
    };
    let page = build_request("GET /page", "", "", b"");
    get(service, asked, status, &mut LoadTimes::default());
    let (mut ours, mut bare) = (LoadTimes::default(), LoadTimes::default());
    let pair = PairedTimes::measure_in_turns(
        extent.round_count(7),
        || get(service, asked, status, &mut ours),
        || get(&floor, &page, 200, &mut bare),
    );
    table.add_line(
        format!("{name} ({} bytes)", group_thousands(bytes.len() as f64)),
        format_rate(count, pair.first_median()),
        format!(
            "from memory {}: ratio {:.2}",
            format_rate(count, pair.second_median()),
            pair.median_ratio()
        ),
    );
    table.add_line(
        "… latency",
        format_latencies(&ours.latencies),
        format!("from memory {}", format_latencies(&bare.latencies)),
    );
}

/// Finds the player whose number of events is closest to [`EVENTS`], and returns that number, too.
fn find_player(history: &[NewEvent]) -> (&str, usize) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    history
        .iter()
        .for_each(|event| *counts.entry(&event.player).or_default() += 1);
    counts
        .into_iter()
        .min_by_key(|(_, count)| count.abs_diff(APPROXIMATE_EVENTS))
        .expect("the demo has players")
}

/// Counts the earned badges in a profile.
fn count_earned_badges(profile: &[u8]) -> usize {
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
