//! Hostile input for `import`: invalid lines are rejected one by one, and the rest is recorded.

use serde_json::Value;

use crate::world::{RunResult, World};

/// Builds the line of an event with these properties.
fn with_props(props: &str) -> Vec<u8> {
    format!("{{\"player\":\"ada\",\"name\":\"comment.posted\",\"props\":{props}}}").into_bytes()
}

fn at(time: &str) -> Vec<u8> {
    format!("{{\"player\":\"ada\",\"name\":\"comment.posted\",\"at\":\"{time}\"}}").into_bytes()
}

#[test]
fn invalid_lines_are_rejected_with_their_reason_and_the_rest_is_recorded() {
    let id = "x".repeat(300);
    let huge = "x".repeat(10_000_000);
    let deep = format!("{{\"x\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let long = format!("{{\"text\":\"{}\"}}", "x".repeat(70_000));
    let table: Vec<(Vec<u8>, &str)> = vec![
        (b"nonsense".to_vec(), "not an event"),
        (b"{\"player\":\"ada\"".to_vec(), "EOF"),
        (b"[]".to_vec(), "not an event"),
        (b"{\"name\":\"n\"}".to_vec(), "missing field `player`"),
        (b"{\"player\":\"ada\"}".to_vec(), "missing field `name`"),
        (
            b"{\"player\":7,\"name\":\"n\"}".to_vec(),
            "expected a string",
        ),
        (
            b"{\"player\":\"ada\",\"name\":\"n\",\"props\":[]}".to_vec(),
            "not an event",
        ),
        (
            b"{\"player\":\"ada\",\"name\":\"n\",\"plyer\":\"\x1b[2J\"}".to_vec(),
            "not an event",
        ),
        (
            b"{\"player\":\"ada\",\"name\":\"n\",\"name\":\"m\"}".to_vec(),
            "duplicate field",
        ),
        (
            b"{\"player\":\"\xff\",\"name\":\"n\"}".to_vec(),
            "invalid UTF-8 at byte 12",
        ),
        (
            format!("{{\"id\":\"{id}\",\"player\":\"ada\",\"name\":\"n\"}}").into_bytes(),
            "`id` has 300 bytes",
        ),
        (
            format!("{{\"id\":\"{huge}\",\"player\":\"ada\",\"name\":\"n\"}}").into_bytes(),
            "the line has 10000",
        ),
        (at("0000-01-01T00:00:00Z"), "out of range"),
        (at("300000-01-01T00:00:00Z"), "out of range"),
        (at("2150-01-01T00:00:00Z"), "ahead of the clock"),
        (at("tomorrow"), "RFC 3339"),
        (with_props(&deep), "16"),
        (with_props("{\"x\":NaN}"), "expected value"),
        (with_props("{\"x\":1e999}"), "out of range"),
        (with_props("{\"x\":1,\"x\":2}"), "`x`"),
        (with_props("{\"a\":{\"x\":1,\"x\":2}}"), "`x`"),
        (with_props(&long), "bytes"),
    ];
    let mut file = Vec::new();
    for (index, (line, _)) in table.iter().enumerate() {
        let good =
            format!("{{\"id\":\"good-{index}\",\"player\":\"bob\",\"name\":\"comment.posted\"}}");
        file.extend([line, b"\n".as_slice(), good.as_bytes(), b"\n"].concat());
    }
    let world = World::new();
    world.write("events.ndjson", &file);

    let (status, report) = world.run_json(&["import", "events.ndjson"]);
    let count = table.len() as u64;
    assert_eq!(
        (status, &report["accepted"], &report["rejected"]),
        (2, &count.into(), &count.into()),
        "{report}"
    );
    let rejects = world.read("events.ndjson.rejects.ndjson");
    let rejects: Vec<Value> = rejects
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rejects.len(), table.len());
    for (index, ((_, reason), reject)) in table.iter().zip(&rejects).enumerate() {
        assert_eq!(reject["line"], 2 * index + 1);
        let error = reject["error"].as_str().unwrap();
        assert!(
            error.contains(reason),
            "line {}: {error:?} does not say {reason:?}",
            2 * index + 1
        );
        assert!(reject["text"].as_str().unwrap().len() <= 4 * 4096);
    }
    let (_, bob) = world.run_json(&["player", "bob"]);
    assert_eq!(bob["balances"][0]["balance"], 5 * count);
    world.assert_fails(&["player", "ada"], "not found");

    let ran = world.run(&["import", "events.ndjson"]);
    assert_eq!(
        (ran.status, ran.err.lines().count()),
        (2, 20),
        "the first twenty are shown: {ran:?}"
    );
    assert!(!ran.err.contains('\u{1b}'), "{ran:?}");
    let (_, again) = world.run_json(&["import", "events.ndjson"]);
    assert_eq!(
        (&again["accepted"], &again["duplicates"]),
        (&0.into(), &count.into()),
        "good lines are duplicates now"
    );
}

#[cfg(unix)]
#[test]
fn an_endless_line_is_rejected_in_bounded_memory() {
    let world = World::new();
    let import = [
        env!("CARGO_BIN_EXE_accolade"),
        "import",
        "/dev/zero",
        "--rejects",
        "rejects.ndjson",
        "--json",
    ]
    .join(" ");
    let mut shell = std::process::Command::new("sh");
    // The limit is smaller than the part of the line that is read.
    shell
        .args(["-c", &format!("ulimit -v 250000; exec {import}")])
        .current_dir(world.path(""))
        // By default, the C library reserves address space for each thread, for a moment 128 MiB,
        // and the limit then fails by chance.
        .env("MALLOC_ARENA_MAX", "1")
        .env_remove("ACCOLADE_DB");
    let ran: RunResult = shell.output().unwrap().into();
    let report: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    assert_eq!((ran.status, &report["rejected"]), (1, &1.into()), "{ran:?}");
    assert!(
        report["stopped"].as_str().unwrap().contains("no end"),
        "{report}"
    );
    assert!(world.read("rejects.ndjson").contains("no end within"));
}

#[test]
fn an_import_stops_at_a_file_without_events() {
    let world = World::new();
    let good = "{\"id\":\"1\",\"player\":\"ada\",\"name\":\"comment.posted\"}\n";
    let ran = world.run_with_input(
        &["import", "-", "--json"],
        format!("{good}{}{good}", "no event\n".repeat(100_000)).as_bytes(),
    );
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (ran.status, &report["accepted"], &report["duplicates"]),
        (1, &1.into(), &0.into()),
        "{report}"
    );
    assert!(
        report["stopped"]
            .as_str()
            .unwrap()
            .contains("is this a file of events?"),
        "{report}"
    );
}
