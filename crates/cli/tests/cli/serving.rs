//! `serve`, `keys`, `invite` and `config`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::world::World;

/// Running service, and the lines that it printed before its address.
struct Service {
    child: Child,
    lines: Vec<String>,
    address: String,
}

impl Service {
    fn start(world: &World, args: &[&str]) -> Self {
        let mut command = world.command(&[&["serve", "--listen", "127.0.0.1:0"], args].concat());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut printed = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map(Result::unwrap);
        let mut lines = Vec::new();
        let address = loop {
            let line = printed.next().expect("the service prints its address");
            if let Some(url) = line.strip_prefix("Listening on http://") {
                break url.to_owned();
            }
            lines.push(line);
        };
        Self {
            child,
            lines,
            address,
        }
    }

    /// Sends a request. Returns the status and the body of the response.
    fn get(&self, path: &str, headers: &str) -> (u16, String) {
        self.send("GET", path, headers, "")
    }

    /// Posts a body. Returns the status and the body of the response.
    fn post(&self, path: &str, headers: &str, body: &str) -> (u16, String) {
        let headers = format!("{headers}Content-Length: {}\r\n", body.len());
        self.send("POST", path, &headers, body)
    }

    fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let host = self.address.split('/').next().unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    }

    /// Stops the service with SIGTERM. Returns its exit status and its log.
    fn stop(mut self) -> (Option<i32>, String) {
        let asked = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(asked.success());
        let mut log = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        (self.child.wait().unwrap().code(), log)
    }
}

#[test]
fn ping_succeeds_only_while_the_service_is_ready() {
    let world = World::new();
    world.write("server.toml", "[server]\nprefix = \"/game\"\n");
    let service = Service::start(&world, &["--config", "server.toml"]);
    let host = service.address.split('/').next().unwrap().to_owned();
    let ping = ["ping", "--config", "server.toml", "--listen", &host];
    let url = format!("http://{host}/game/readyz");
    assert_eq!(world.run_ok(&ping), format!("{url} is ready\n"));
    world.assert_fails(&["ping", "--listen", &host], "responded with status 404");
    assert_eq!(service.stop().0, Some(0));
    world.assert_fails(&ping, &format!("`{url}` did not respond"));
}

#[test]
fn a_key_is_printed_alone_and_works_until_it_is_revoked() {
    let world = World::new();
    let key = world.run_ok(&["keys", "create", "the shop", "--scope", "record,read"]);
    assert!(
        key.starts_with("acc_") && key.trim().lines().count() == 1,
        "{key}"
    );
    let listed = world.run_ok(&["keys", "list"]);
    assert!(
        listed.contains("the shop") && listed.contains("record,read"),
        "{listed}"
    );
    // The secret can contain an underscore, too.
    let secret = key.trim().splitn(3, '_').last().unwrap();
    assert!(!listed.contains(secret), "only a hash is stored");

    world.assert_fails(
        &["keys", "create", "the shop", "--scope", "read"],
        "a key named `the shop` already exists",
    );
    world.assert_fails(
        &["keys", "create", "another", "--scope", "write"],
        "valid scopes are record, read, actions and admin",
    );
    world.assert_fails(
        &["keys", "revoke", "unknown"],
        "`unknown` not found or already revoked",
    );

    let service = Service::start(&world, &[]);
    let bearer = format!("Authorization: Bearer {}\r\n", key.trim());
    assert_eq!(service.get("/v1/players", &bearer).0, 200);
    assert_eq!(
        service.get("/v1/keys", &bearer).0,
        403,
        "the key lacks the scope"
    );
    service.stop();
    world.run_ok(&["keys", "revoke", "the shop"]);
    let service = Service::start(&world, &[]);
    assert_eq!(service.get("/v1/players", &bearer).0, 401);
    service.stop();
}

#[test]
fn rotating_the_secret_ends_player_tokens_after_a_confirmation() {
    let world = World::new();
    let key = world.run_ok(&["keys", "create", "shop", "--scope", "admin"]);
    let bearer = |text: &str| format!("Authorization: Bearer {}\r\n", text.trim());
    let service = Service::start(&world, &[]);
    let json = "Content-Type: application/json\r\n";
    let made = service.post("/v1/players/ada/tokens", &(bearer(&key) + json), "{}");
    let token: serde_json::Value = serde_json::from_str(&made.1).unwrap();
    let token = token["token"].as_str().unwrap().to_owned();
    let read = |service: &Service| service.get("/v1/players/ada", &bearer(&token)).0;
    assert_eq!(read(&service), 404, "valid; ada has no events");

    let refused = world.run(&["keys", "rotate-tokens"]);
    assert_eq!(refused.status, 2, "without a terminal, nothing happens");
    assert_eq!(read(&service), 404);
    service.stop();
    let done = world.run_ok(&["keys", "rotate-tokens", "--yes"]);
    assert!(done.contains("all player tokens have ended"), "{done}");
    let service = Service::start(&world, &[]);
    assert_eq!(read(&service), 401);
    let log = service.get("/v1/audit", &bearer(&key)).1;
    assert!(
        log.contains("tokens.rotate") && log.contains("the command line"),
        "{log}"
    );
    service.stop();
}

#[test]
fn the_first_start_prints_an_administrator_link_and_there_is_no_default_password() {
    let world = World::new();
    let service = Service::start(&world, &[]);
    let link = service.lines.last().unwrap().trim();
    let path = link
        .strip_prefix(&format!("http://{}", service.address))
        .unwrap_or_else(|| panic!("{:?}", service.lines));
    assert_eq!(service.get(path, "").0, 200, "{path}");
    assert_eq!(
        service.get("/admin", "").0,
        303,
        "the sign-in page is shown"
    );
    service.stop();

    let invited = world.run_ok(&["invite"]);
    assert!(invited.contains("/admin/welcome?invitation="), "{invited}");
}

#[test]
fn a_stop_is_graceful_and_the_log_holds_no_secrets() {
    let world = World::new();
    let key = world.run_ok(&["keys", "create", "reader", "--scope", "read"]);
    let service = Service::start(&world, &[]);
    let bearer = format!("Authorization: Bearer {}\r\n", key.trim());
    assert_eq!(service.get("/v1/badges", &bearer).0, 200);
    assert_eq!(
        service.get("/sign-in?token=acp_secret.secret&to=/", "").0 / 100,
        4
    );
    // A live stream is open during the shutdown.
    let host = service.address.clone();
    let mut stream = TcpStream::connect(&host).unwrap();
    write!(
        stream,
        "GET /v1/live HTTP/1.1\r\nHost: {host}\r\n{bearer}\r\n"
    )
    .unwrap();
    let mut begun = [0; 512];
    assert!(stream.read(&mut begun).unwrap() > 0);

    let (status, log) = service.stop();
    assert_eq!(status, Some(0), "{log}");
    assert!(
        log.contains("/v1/badges") && log.contains("shutdown started"),
        "{log}"
    );
    for secret in [key.trim(), "acp_secret", "invitation="] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
}

#[test]
fn the_reference_is_a_configuration_and_errors_in_one_are_reported() {
    let world = World::new();
    let reference = world.run_ok(&["config", "--print"]);
    world.write("whole.toml", &reference);
    world.write(
        "prefix.toml",
        "[server]\nprefix = \"/club\"\n[log]\nformat = \"json\"\n",
    );
    Service::start(&world, &["--config", "whole.toml"]).stop();

    let service = Service::start(&world, &["--config", "prefix.toml"]);
    assert!(service.address.ends_with("/club"), "{}", service.address);
    assert_eq!(service.get("/club/healthz", "").0, 200);
    assert_eq!(service.get("/healthz", "").0, 404);
    let (_, log) = service.stop();
    for line in log.lines() {
        serde_json::from_str::<serde_json::Value>(line)
            .unwrap_or_else(|error| panic!("{error}: {line}"));
    }

    world.write("wrong.toml", "[server]\nlissen = \"x\"\n");
    world.assert_fails(
        &["serve", "--config", "wrong.toml"],
        "wrong.toml: unknown setting `lissen` in [server]",
    );
    world.assert_fails(
        &["serve", "--config", "nowhere.toml"],
        "cannot read the configuration nowhere.toml",
    );
    world.assert_fails(
        &["serve", "--listen", "203.0.113.1:1"],
        "choose another address with --listen",
    );
}

#[test]
fn the_demo_serves_a_live_community() {
    let world = World::without_catalog();
    let mut command = world.command(&["demo", "--listen", "127.0.0.1:0"]);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut printed = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let mut lines = Vec::new();
    let address = loop {
        let line = printed.next().expect("the service prints its address");
        match line.strip_prefix("Listening on http://") {
            Some(address) => break address.to_owned(),
            None => lines.push(line),
        }
    };
    let service = Service {
        child,
        lines,
        address,
    };
    let (status, page) = service.get("/", "");
    assert_eq!(status, 200);
    assert!(page.contains("French Language Meta"), "{page}");
    let as_player = service
        .lines
        .iter()
        .find_map(|line| line.split_once("/sign-in?"))
        .expect("a player's own view");
    assert_eq!(service.get(&format!("/sign-in?{}", as_player.1), "").0, 303);
    let (status, log) = service.stop();
    assert_eq!(status, Some(0), "{log}");
}
