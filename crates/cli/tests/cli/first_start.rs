//! `serve` in an empty folder.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use serde_json::Value;

use crate::terminal::Terminal;
use crate::world::World;

const QUESTION: &str = "No accolade.toml here. Create it with the starter catalog? [Y/n]";

fn serve(world: &World) -> Terminal {
    Terminal::start(world.command(&["serve", "--listen", "127.0.0.1:0"]))
}

fn stop(mut terminal: Terminal) {
    let id = terminal.child.id().to_string();
    let asked = Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(asked.success());
    assert_eq!(terminal.wait_for_end(), Some(0), "{}", terminal.text);
}

/// Sends the request of a printed `curl`. Returns the response's body.
fn send_printed_request(text: &str) -> Value {
    let typed = text.split("  curl ").nth(1).unwrap();
    let typed = typed.split("\n\n").next().unwrap().replace("\\\n", " ");
    let words = shlex::split(&typed).unwrap();
    let (host, path) = words[0]
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut request = format!("POST /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    let mut body = String::new();
    for pair in words[1..].chunks(2) {
        match &*pair[0] {
            "-H" => request += &format!("{}\r\n", pair[1]),
            "-d" => body.clone_from(&pair[1]),
            other => panic!("{other}: {text}"),
        }
    }
    request += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
    let mut stream = TcpStream::connect(host).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn the_printed_request_awards_the_first_badge_and_no_rule_fails() {
    let world = World::without_catalog();
    let mut terminal = serve(&world);
    terminal.wait_for(QUESTION);
    terminal.type_line("");
    terminal.wait_for("Listening on http://");
    let text = terminal.text.clone();
    for part in [
        "/admin/welcome?invitation=",
        "/sign-in?token=",
        "&to=/players/ada",
    ] {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
    let receipt = send_printed_request(&text);
    let outcomes = receipt["outcomes"].as_array().unwrap();
    assert!(
        outcomes
            .iter()
            .any(|one| one["kind"] == "badge.awarded" && one["subject"] == "first-post"),
        "{receipt:#}"
    );
    let skipped = receipt["skipped"].as_array().unwrap();
    assert!(
        skipped.iter().all(|one| one["reason"] != "error"),
        "{receipt:#}"
    );
    stop(terminal);
    world.run_ok(&["check"]);

    let mut terminal = serve(&world);
    terminal.wait_for("Listening on http://");
    assert!(
        !terminal.text.contains(QUESTION) && !terminal.text.contains("acc_"),
        "neither the question nor a key appears again: {}",
        terminal.text
    );
    stop(terminal);
}

#[test]
fn without_the_starter_catalog_the_error_names_init() {
    let world = World::without_catalog();
    let mut terminal = serve(&world);
    terminal.wait_for(QUESTION);
    terminal.type_line("n");
    assert_eq!(terminal.wait_for_end(), Some(1));
    assert!(
        terminal.text.contains("`accolade init`"),
        "{}",
        terminal.text
    );
    assert!(!world.path("accolade.toml").exists() && !world.path("accolade.db").exists());

    world.assert_fails(&["serve"], "create one with `accolade init`");
    assert!(!world.path("accolade.toml").exists() && !world.path("accolade.db").exists());
}

#[test]
fn neither_a_pipe_nor_json_gets_a_key() {
    for options in [&[] as &[&str], &["--json"]] {
        let world = World::without_catalog();
        let args = [&["serve", "--yes", "--listen", "127.0.0.1:0"], options].concat();
        let mut child = world.start(&args);
        let mut printed = [0; 4096];
        let mut out = child.stdout.take().unwrap();
        let mut text = String::new();
        while !text.contains("Listening on") && !text.contains("\"url\"") {
            let count = out.read(&mut printed).unwrap();
            assert!(count > 0, "{text}");
            text.push_str(&String::from_utf8_lossy(&printed[..count]));
        }
        child.kill().unwrap();
        let ended = child.wait_with_output().unwrap();
        let log = String::from_utf8_lossy(&ended.stderr);
        assert!(
            !text.contains("acc_") && !log.contains("acc_"),
            "{text}{log}"
        );
        assert!(world.path("accolade.toml").exists());
        let (_, keys) = world.run_json(&["keys", "list"]);
        assert_eq!(keys["items"], serde_json::json!([]));
    }
}

#[test]
fn an_invitation_uses_the_address_of_the_last_start() {
    let world = World::new();
    let (_, assumed) = world.run_json(&["invite"]);
    assert_eq!(assumed["url_source"], "assumed");
    let mut terminal = serve(&world);
    terminal.wait_for("Listening on http://");
    let address = terminal.text.rsplit("Listening on ").next().unwrap();
    let address = address.split_whitespace().next().unwrap().to_owned();
    let (_, invited) = world.run_json(&["invite"]);
    assert_eq!(
        (&invited["url"], &invited["url_source"]),
        (&address.as_str().into(), &"last_start".into())
    );
    let link = invited["link"].as_str().unwrap();
    assert!(
        link.starts_with(&format!("{address}/admin/welcome?")),
        "{link}"
    );
    stop(terminal);

    let typed = world.run(&["invite", "--public-url", "https://play.example.com/"]);
    assert!(
        typed.out.starts_with("https://play.example.com/admin/"),
        "{typed:?}"
    );
    assert!(typed.err.contains("https://play.example.com"), "{typed:?}");
    world.assert_fails(&["invite", "--public-url", "play.example.com"], "https://");
}
