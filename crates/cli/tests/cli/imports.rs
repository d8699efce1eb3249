//! `import` of ordinary files.

use std::fs;
use std::process::Stdio;

use serde_json::Value;

use crate::world::World;

const GOOD: &str =
    r#"{"id":"1","player":"ada","name":"comment.posted","at":"2026-01-01T00:00:00Z"}"#;

fn import_counts(world: &World, args: &[&str]) -> (i32, [u64; 4]) {
    let (status, report) = world.run_json(&[&["import"], args].concat());
    (
        status,
        ["accepted", "duplicates", "conflicts", "rejected"]
            .map(|name| report[name].as_u64().unwrap()),
    )
}

#[test]
fn importing_again_changes_nothing() {
    let world = World::new();
    let lines = [
        GOOD,
        r#"{"player":"bob","name":"comment.posted"}"#,
        r#"{"player":"bob","name":"comment.posted"}"#,
    ];
    world.write(
        "events.ndjson",
        format!("\u{feff}{}\r\n\n{}\n{}", lines[0], lines[1], lines[2]),
    );
    assert_eq!(import_counts(&world, &["events.ndjson"]), (0, [3, 0, 0, 0]));
    assert_eq!(import_counts(&world, &["events.ndjson"]), (0, [0, 3, 0, 0]));
    let (_, bob) = world.run_json(&["player", "bob"]);
    assert_eq!(
        bob["balances"][0]["balance"], 10,
        "s12: identical lines without an id count each"
    );
    assert!(!world.path("events.ndjson.rejects.ndjson").exists());

    let ran = world.run(&["import", "events.ndjson"]);
    assert!(ran.err.is_empty(), "no bar without a terminal: {ran:?}");
    assert!(
        ran.out.contains("duplicates") && ran.out.contains("per second"),
        "{ran:?}"
    );
}

#[test]
fn conflicts_and_actions_are_rejected_with_a_fix() {
    let world = World::new();
    let conflict = GOOD.replace("01-01", "01-02");
    world.write(
        "events.ndjson",
        format!(
            "{GOOD}\n{conflict}\n{}\n",
            r#"{"player":"ada","name":"accolade.reset"}"#
        ),
    );
    assert_eq!(import_counts(&world, &["events.ndjson"]), (2, [1, 0, 1, 1]));
    let rejects = world.read("events.ndjson.rejects.ndjson");
    let rejects: Vec<Value> = rejects
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (&rejects[0]["line"], &rejects[0]["text"]),
        (&2.into(), &conflict.into())
    );
    assert!(
        rejects[0]["error"]
            .as_str()
            .unwrap()
            .contains("already exists and differs in")
    );
    assert!(
        rejects[1]["error"]
            .as_str()
            .unwrap()
            .contains("--allow-actions")
    );
}

#[test]
fn every_line_is_counted_and_rejected_lines_by_reason() {
    let world = World::new();
    let line = |fields: &str| format!("{{\"id\":\"x\",\"player\":\"ada\",\"name\":\"n\"{fields}}}");
    let lines = [
        format!("\u{feff}{GOOD}"),
        String::new(),
        GOOD.to_owned(),
        "  \r".to_owned(),
        "nonsense".to_owned(),
        "[\"1\",\"ada\",\"comment.posted\",null,0,null]".to_owned(),
        "7".to_owned(),
        line(",\"at\":\"yesterday\""),
        line(",\"props\":{\"score\":9223372036854775808}"),
        r#"{"player":"ada","name":"accolade.reset"}"#.to_owned(),
        "x".repeat(1024 * 1024 + 1),
        GOOD.replace("01-01", "01-02"),
        // Cut off: the file ends without a line break.
        GOOD[..40].to_owned(),
    ];
    world.write("events.ndjson", lines.join("\n"));
    let (status, report) = world.run_json(&["import", "events.ndjson"]);
    assert_eq!(status, 2);
    let count = |name: &str| report[name].as_u64().unwrap();
    let counts = [
        "accepted",
        "duplicates",
        "conflicts",
        "rejected",
        "blank_lines",
    ]
    .map(count);
    assert_eq!(counts, [1, 1, 1, 8, 2]);
    assert_eq!(counts.iter().sum::<u64>(), lines.len() as u64);
    let by_reason = serde_json::json!({
        "not_an_event": 4, "invalid_event": 2, "action": 1, "too_long": 1,
    });
    assert_eq!(report["rejected_by_reason"], by_reason);

    let ran = world.run(&["import", "events.ndjson"]);
    for part in [
        "4 lines without an event",
        "2 invalid events",
        "1 actions",
        "1 lines too long",
        "blank lines            2",
    ] {
        assert!(ran.out.contains(part), "{part}: {ran:?}");
    }
    for (line, part) in [
        (
            "line 6: ",
            "found a list, expected an object with the fields of an event",
        ),
        ("line 7: ", "expected an object with the fields of an event"),
        (
            "line 9: ",
            "`score` is 9223372036854775808, a whole number beyond 64 bits",
        ),
    ] {
        let shown = ran
            .err
            .lines()
            .find(|shown| shown.starts_with(line))
            .unwrap();
        assert!(shown.contains(part), "{shown}");
        assert!(!shown.contains("struct"), "{shown}");
    }
}

#[test]
fn standard_input_is_imported_like_a_file() {
    let world = World::new();
    let ran = world.run_with_input(
        &["import", "-", "--json"],
        format!("{GOOD}\nnonsense\n").as_bytes(),
    );
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (ran.status, &report["accepted"], &report["rejects"]),
        (2, &1.into(), &"stdin.rejects.ndjson".into())
    );
    assert!(ran.err.starts_with("line 2: not an event"), "{ran:?}");

    let ran = world.run_with_input(&["import", "-", "--rejects", "bad.ndjson"], b"nonsense\n");
    assert_eq!(
        (
            ran.status,
            fs::read_to_string(world.path("bad.ndjson"))
                .unwrap()
                .lines()
                .count()
        ),
        (2, 1)
    );
    let ran = world.run_with_input(
        &["import", "-", "--rejects", "no/such/folder.ndjson"],
        format!("nonsense\n{GOOD}\n").as_bytes(),
    );
    assert!(
        ran.status == 2
            && ran
                .out
                .contains("warning: cannot write no/such/folder.ndjson"),
        "{ran:?}"
    );
}

#[test]
fn an_empty_file_is_reported_and_succeeds() {
    let world = World::new();
    world.write("empty.ndjson", "");
    world.write("blank.ndjson", "\n \r\n\n");
    for file in ["empty.ndjson", "blank.ndjson"] {
        let ran = world.run(&["import", file]);
        assert!(
            ran.status == 0 && ran.out.contains("contains no events"),
            "{file}: {ran:?}"
        );
    }
    world.assert_fails(&["import", "nowhere.ndjson"], "nowhere.ndjson");
    world.assert_fails(&["import", "."], "directory");
}

#[test]
fn an_invalid_database_is_not_modified() {
    let world = World::new();
    world.write("events.ndjson", GOOD);
    let text =
        "no database at all, whatever it is called; long enough to be looked at as one ".repeat(8);
    world.write("accolade.db", &text);
    let ran = world.run(&["import", "events.ndjson"]);
    assert_eq!(
        (ran.status, world.read("accolade.db")),
        (1, text),
        "{ran:?}"
    );
    world.assert_fails(
        &[
            "import",
            "events.ndjson",
            "--db",
            "sqlite:no/such/folder/a.db",
        ],
        "no/such/folder/a.db",
    );
}

#[test]
fn two_processes_importing_one_file_have_one_effect() {
    let world = World::new();
    let line = |n: u32| {
        format!(
            "{{\"id\":\"{n}\",\"player\":\"p{}\",\"name\":\"comment.posted\",\"at\":\"2026-01-01T00:00:00Z\"}}\n",
            n % 40
        )
    };
    world.write("events.ndjson", (0..2_500).map(line).collect::<String>());
    let import = || {
        let mut command = world.command(&["import", "events.ndjson", "--json"]);
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let reports = [import(), import()].map(|child| {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    });
    for what in ["accepted", "duplicates"] {
        let sum: u64 = reports
            .iter()
            .map(|report| report[what].as_u64().unwrap())
            .sum();
        assert_eq!(sum, 2_500, "{what}: {reports:?}");
    }
    let balances = world.run_ok(&["export", "balances"]);
    let sum: i64 = balances
        .lines()
        .skip(1)
        .map(|line| line.rsplit(',').next().unwrap().parse::<i64>().unwrap())
        .sum();
    assert_eq!(sum, 2_500 * 5);
    assert_eq!(world.run(&["verify"]).status, 0);
}
