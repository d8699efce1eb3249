//! A service killed under load: everything it acknowledged is stored, and nothing counts twice.

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread;

use serde_json::Value;

use crate::world::World;

/// Number of kills in a normal test run; `TEST_CRASHES` overrides it.
const KILLS: u64 = 5;
/// Number of concurrent clients.
const CLIENTS: usize = 4;
const PLAYERS: usize = 6;
/// Points that an event pays in the tests' catalog.
const POINTS_PER_EVENT: usize = 5;

/// Running service.
struct Service {
    child: Child,
    address: String,
}

/// Event of a client. The same numbers always give the same event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct SentEvent {
    client: usize,
    number: usize,
}

impl Service {
    fn start(world: &World) -> Self {
        let mut command: Command = world.command(&["serve", "--listen", "127.0.0.1:0"]);
        command
            .env("ACCOLADE_LOG_LEVEL", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| {
            line.unwrap()
                .strip_prefix("Listening on http://")
                .map(str::to_owned)
        });
        Self {
            child,
            address: address.expect("the service prints its address"),
        }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl SentEvent {
    fn id(self) -> String {
        format!("{}-{}", self.client, self.number)
    }

    fn json(self) -> String {
        let (id, player) = (self.id(), (self.client + self.number) % PLAYERS);
        // Half of the events are older than the previous one.
        let day = 1 + (self.number * 7) % 28;
        format!(
            r#"{{"id":"{id}","player":"p{player}","name":"comment.posted","at":"2026-01-{day:02}T00:00:00Z","props":{{"n":{}}}}}"#,
            self.number
        )
    }

    /// Sends the event on a connection. Returns the status, or `None` if no response arrived.
    fn send(self, stream: &mut TcpStream, key: &str) -> Option<u16> {
        let body = self.json();
        let head = format!(
            "POST /v1/events HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
        read_response(stream)
    }
}

/// Reads a response. Returns its status if it is complete.
fn read_response(stream: &mut TcpStream) -> Option<u16> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let status = line.split(' ').nth(1)?.parse().ok()?;
    let mut length = 0;
    loop {
        line.clear();
        reader
            .read_line(&mut line)
            .ok()
            .filter(|count| *count > 0)?;
        if line == "\r\n" {
            break;
        }
        if let Some((_, value)) = line.to_ascii_lowercase().split_once("content-length: ") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(status)
}

/// Sends events from a number on until the service is gone, and reports each acknowledged one.
fn run_client(address: &str, key: &str, from: SentEvent, acknowledged: &Sender<SentEvent>) {
    let Ok(mut stream) = TcpStream::connect(address) else {
        return;
    };
    for number in from.number.. {
        let sent = SentEvent { number, ..from };
        match sent.send(&mut stream, key) {
            // 200: the killed service recorded the event, but its response was lost.
            Some(200 | 201) => acknowledged.send(sent).unwrap(),
            None => return,
            Some(other) => panic!("{sent:?}: {other}"),
        }
    }
}

/// Hashes a seed and a round to a number (SplitMix64).
fn hash_round(seed: u64, round: u64) -> u64 {
    let mixed = seed.wrapping_add(round.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[test]
fn a_killed_service_loses_nothing_that_it_acknowledged() {
    let number = |name: &str| {
        env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let seed = number("TEST_CRASH_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let times = number("TEST_CRASHES").unwrap_or(KILLS);
    println!("{times} kills from the seed {seed}");
    let world = World::new();
    let key = world
        .run_ok(&["keys", "create", "load", "--scope", "record"])
        .trim()
        .to_owned();

    let mut acknowledged = BTreeSet::new();
    for round in 0..times {
        let service = Service::start(&world);
        let (report, reports) = mpsc::channel();
        let address = service.address.clone();
        thread::scope(|scope| {
            for client_number in 0..CLIENTS {
                let number = acknowledged
                    .iter()
                    .filter(|sent: &&SentEvent| sent.client == client_number)
                    .count();
                let (from, report) = (
                    SentEvent {
                        client: client_number,
                        number,
                    },
                    report.clone(),
                );
                let (address, key) = (&address, &key);
                scope.spawn(move || run_client(address, key, from, &report));
            }
            drop(report);
            let kill_after = 1 + usize::try_from(hash_round(seed, round) % 150).unwrap();
            acknowledged.extend(reports.iter().take(kill_after));
            service.kill();
            acknowledged.extend(reports.iter());
        });
        let ran = world.run(&["verify"]);
        assert_eq!(ran.status, 0, "round {round} of the seed {seed}: {ran:?}");
    }
    assert!(acknowledged.len() >= usize::try_from(times).unwrap());
    send_everything_again(&world, &key, &acknowledged);
    assert_eq!(world.run(&["verify"]).status, 0, "seed {seed}");
}

/// Sends all events again, including those in flight, and checks that each is stored exactly once.
fn send_everything_again(world: &World, key: &str, acknowledged: &BTreeSet<SentEvent>) {
    let service = Service::start(world);
    let mut stream = TcpStream::connect(&service.address).unwrap();
    for sent in acknowledged {
        assert_eq!(
            sent.send(&mut stream, key),
            Some(200),
            "{sent:?} was acknowledged"
        );
    }
    let under_way = (0..CLIENTS).map(|client| SentEvent {
        client,
        number: acknowledged
            .iter()
            .filter(|sent| sent.client == client)
            .count(),
    });
    let mut all = acknowledged.clone();
    for sent in under_way {
        assert!(
            matches!(sent.send(&mut stream, key), Some(200 | 201)),
            "{sent:?}"
        );
        all.insert(sent);
    }
    service.kill();

    let exported = world.run_ok(&["export", "events"]);
    let mut ids: Vec<String> = exported
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    ids.sort();
    let mut expected: Vec<String> = all.iter().map(|sent| sent.id()).collect();
    expected.sort();
    assert_eq!(ids, expected, "each event is stored exactly once");
    let balances = world.run_ok(&["export", "balances"]);
    let points = balances
        .lines()
        .skip(1)
        .map(|line| line.rsplit(',').next().unwrap().parse::<usize>().unwrap());
    assert_eq!(
        points.sum::<usize>(),
        all.len() * POINTS_PER_EVENT,
        "each event is paid exactly once"
    );
}
