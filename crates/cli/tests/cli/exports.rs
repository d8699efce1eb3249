//! `export`, and import of the exported events.

use std::process::Stdio;

use crate::world::World;

fn world_with_history() -> World {
    let world = World::new();
    world.write(
        "events.ndjson",
        r#"{"id":"c1","player":"ada","name":"comment.posted","at":"2026-01-01T00:00:00Z"}
{"id":"c2","player":"ada","name":"comment.posted","at":"2026-01-02T00:00:00.5Z","props":{"text":"a, \"b\"\n"}}
{"id":"v1","player":"bob, the \"second\"","name":"vote.received","at":"2026-01-03T00:00:00Z","props":{"post":7,"delta":1.5}}
{"id":"v2","player":"bob, the \"second\"","name":"vote.received","at":"2026-01-03T00:00:00Z","order":-1,"props":{"post":7,"delta":0.5}}
"#,
    );
    world.run_ok(&["import", "events.ndjson"]);
    for act in [
        &[
            "award",
            "ada",
            "nice-answer",
            "--key",
            "9",
            "--at",
            "2026-02-01T00:00:00Z",
            "--id",
            "a1",
        ][..],
        &[
            "award",
            "cyd",
            "helper",
            "--create",
            "--at",
            "2026-02-01T00:00:00Z",
            "--id",
            "a2",
        ],
        &[
            "revoke",
            "cyd",
            "helper",
            "--at",
            "2026-02-02T00:00:00Z",
            "--id",
            "a3",
        ],
        &[
            "points",
            "bob, the \"second\"",
            "xp",
            "-3",
            "--reason",
            "spent",
            "--at",
            "2026-02-03T00:00:00Z",
            "--id",
            "a4",
        ],
        &[
            "progress",
            "ada",
            "helper",
            "--add",
            "1.5",
            "--at",
            "2026-02-03T00:00:00Z",
            "--id",
            "a5",
        ],
        &["reset", "cyd", "--at", "2026-02-03T00:00:00Z", "--id", "a6"],
    ] {
        world.run_ok(act);
    }
    world
}

#[test]
fn awards_and_balances_are_those_held_now() {
    let world = world_with_history();
    assert_eq!(
        world.run_ok(&["export", "awards"]),
        "player,badge,tier,key,awarded_at,event\n\
         ada,commentator,bronze,,2026-01-02T00:00:00.5Z,c2\n\
         ada,nice-answer,,9,2026-02-01T00:00:00Z,a1\n\
         \"bob, the \"\"second\"\"\",nice-answer,,7,2026-01-03T00:00:00Z,v1\n"
    );
    let balances = world.run_ok(&["export", "balances"]);
    let lines: Vec<&str> = balances
        .lines()
        .filter(|line| !line.starts_with("cyd"))
        .collect();
    assert_eq!(
        lines,
        [
            "player,currency,balance",
            "ada,xp,20",
            "\"bob, the \"\"second\"\"\",xp,7"
        ]
    );
    let ndjson = world.run_ok(&["export", "awards", "--format", "ndjson"]);
    let expected = r#"{"player":"ada","badge":"commentator","tier":"bronze","key":"","awarded_at":"2026-01-02T00:00:00.5Z","event":"c2"}"#;
    assert_eq!(ndjson.lines().next(), Some(expected));
}

#[test]
fn headers_are_as_documented() {
    let world = world_with_history();
    let documented = include_str!("../../../../docs/cli.md");
    for what in ["awards", "ledger", "events", "players", "balances"] {
        let csv = world.run_ok(&["export", what, "--format", "csv"]);
        let header = csv.lines().next().unwrap();
        assert!(
            documented.contains(&format!("`{header}`")),
            "docs/cli.md does not have the header of {what}: {header}"
        );
    }
    let ledger = world.run_ok(&["export", "ledger"]);
    let sum: i64 = ledger
        .lines()
        .skip(1)
        .filter(|line| line.starts_with("ada"))
        .map(|line| line.split(',').nth(4).unwrap().parse::<i64>().unwrap())
        .sum();
    assert_eq!(sum, 20, "the ledger sums to the balance: {ledger}");
}

#[test]
fn text_that_people_choose_is_no_formula_in_csv_and_unchanged_in_ndjson() {
    let world = World::new();
    for player in ["=1+1", "-5", "@x", "+1", "'=1", "ada"] {
        world.run_ok(&[
            "record",
            "--id",
            "=c1",
            "--at",
            "2026-01-01T00:00:00Z",
            "--",
            player,
            "comment.posted",
        ]);
    }
    world.run_ok(&[
        "points",
        "ada",
        "xp",
        "--reason",
        "=HYPERLINK(1)",
        "--overdraft",
        "--",
        "-30",
    ]);
    let balances = world.run_ok(&["export", "balances"]);
    let mut lines: Vec<&str> = balances.lines().skip(1).collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "''=1,xp,5",
            "'+1,xp,5",
            "'-5,xp,5",
            "'=1+1,xp,5",
            "'@x,xp,5",
            "ada,xp,-25"
        ]
    );
    let ledger = world.run_ok(&["export", "ledger"]);
    assert!(
        ledger.contains(",'=c1,") && ledger.contains(",'=HYPERLINK(1),"),
        "{ledger}"
    );
    assert!(ledger.contains(",xp,-30,"), "{ledger}");
    let ndjson = world.run_ok(&["export", "balances", "--format", "ndjson"]);
    assert!(ndjson.contains(r#"{"player":"=1+1","#), "{ndjson}");
}

#[test]
fn s18_an_export_of_events_is_imported_with_allow_actions() {
    let (world, copy) = (world_with_history(), World::new());
    let output = world.run_ok(&["export", "events", "--out", "all.ndjson"]);
    assert!(
        output.contains("exported 10 rows to all.ndjson"),
        "{output}"
    );
    copy.write("all.ndjson", world.read("all.ndjson"));
    assert_eq!(
        copy.run(&["import", "all.ndjson"]).status,
        2,
        "actions need the option"
    );
    copy.run_ok(&["import", "all.ndjson", "--allow-actions"]);
    for what in ["awards", "balances", "events", "players"] {
        assert_eq!(
            copy.run_ok(&["export", what]),
            world.run_ok(&["export", what]),
            "{what}"
        );
    }
    assert_eq!(copy.run(&["verify"]).status, 0);
    let (_, again) = copy.run_json(&["import", "all.ndjson", "--allow-actions"]);
    assert_eq!(
        (&again["duplicates"], &again["accepted"]),
        (&10.into(), &0.into())
    );
}

#[test]
fn a_closed_pipe_is_not_reported_as_an_error() {
    let world = World::new();
    let line = |n: usize| {
        format!(
            "{{\"id\":\"{n}\",\"player\":\"p\",\"name\":\"comment.posted\",\"props\":{{\"x\":\"{}\"}}}}\n",
            "x".repeat(200)
        )
    };
    world.write("events.ndjson", (0..1_000).map(line).collect::<String>());
    world.run_ok(&["import", "events.ndjson"]);
    let mut child = world
        .command(&["export", "events"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
