//! `player`, `badges`, `doctor`, and how results and errors are printed.

use crate::world::World;

fn world_with_players() -> World {
    let world = World::new();
    let lines: String = ["ada", "bob", "cyd"]
        .iter()
        .enumerate()
        .flat_map(|(index, player)| (0..=index * 2).map(move |n| (player, n)))
        .map(|(player, n)| format!("{{\"id\":\"c{n}\",\"player\":\"{player}\",\"name\":\"comment.posted\",\"at\":\"2026-01-0{}T00:00:00Z\"}}\n", n + 1))
        .collect();
    world.write("events.ndjson", lines);
    world.run_ok(&["import", "events.ndjson"]);
    world
}

#[test]
fn a_player_is_shown_with_all_holdings() {
    let world = world_with_players();
    let shown = world.run_ok(&["player", "cyd"]);
    for part in [
        "5 events",
        "25 Experience",
        "Commentator",
        "bronze",
        "5 of 10",
        "open A title",
        "+5 xp (commented)",
    ] {
        assert!(shown.contains(part), "{part:?} is not in:\n{shown}");
    }
    let (_, profile) = world.run_json(&["player", "cyd"]);
    assert_eq!(profile["balances"][0]["balance"], 25);
    world.assert_fails(&["player", "dan"], "player `dan` not found");
}

#[test]
fn a_player_is_shown_with_what_is_missing_and_one_line_for_each_publication() {
    let world = World::without_catalog();
    let catalog = |more: &str| {
        let catalog =
            "[[unlockable]]\nid = \"club\"\ncriterion = { count = \"visit\", at_least = 3 }\n";
        world.write("accolade.toml", format!("{catalog}{more}"));
    };
    catalog("");
    world.run_ok(&["record", "ada", "visit"]);
    let shown = world.run_ok(&["player", "ada"]);
    assert!(
        shown.contains("closed club: 1 of the 3 visits needed"),
        "{shown}"
    );
    catalog(
        "[[badge]]\nid = \"one\"\ncriterion = { count = \"visit\" }\n\
         [[badge]]\nid = \"two\"\ncriterion = { count = \"visit\" }\n",
    );
    world.run_ok(&["publish", "accolade.toml", "--yes"]);
    let shown = world.run_ok(&["player", "ada"]);
    let lines: Vec<&str> = shown
        .lines()
        .filter(|line| line.contains("catalog version 2:"))
        .collect();
    assert_eq!(lines.len(), 1, "{shown}");
    assert!(
        lines[0].contains("one") && lines[0].contains("two"),
        "{shown}"
    );
}

#[test]
fn secret_badges_are_hidden_from_other_audiences() {
    let world = world_with_players();
    world.run_ok(&["record", "ada", "riddle.solved"]);
    for (player, viewer, expected) in [
        ("ada", "player", true),
        ("ada", "others", false),
        ("bob", "player", false),
        ("bob", "admin", true),
    ] {
        let shown = world.run_ok(&["player", player, "--as", viewer, "--json"]);
        assert_eq!(
            shown.contains("riddle"),
            expected,
            "{player} as {viewer}: {shown}"
        );
    }
}

#[test]
fn badges_are_listed_with_their_rarity_and_earners_by_page() {
    let world = world_with_players();
    let (_, badges) = world.run_json(&["badges"]);
    let rows: Vec<_> = badges["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["id"].as_str().unwrap(),
                one["players"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("commentator", 2),
            ("helper", 0),
            ("nice-answer", 0),
            ("riddle", 0)
        ]
    );
    assert!(world.run_ok(&["badges"]).contains("66.7%"));

    let (_, first) = world.run_json(&["badges", "commentator", "--limit", "1"]);
    let next = first["next"].as_str().unwrap();
    let (_, second) = world.run_json(&["badges", "commentator", "--limit", "1", "--after", next]);
    let players =
        [&first, &second].map(|page| page["items"][0]["player"].as_str().unwrap().to_owned());
    assert_eq!(players, ["bob", "cyd"]);
    assert!(second["next"].is_null());
    world.assert_fails(&["badges", "comentator"], "did you mean `commentator`?");
    world.assert_fails(
        &["badges", "commentator", "--after", "x"],
        "by the previous page",
    );
}

#[test]
fn doctor_reports_the_state_and_problems() {
    let world = World::without_catalog();
    let (status, found) = world.run_json(&["doctor"]);
    assert_eq!(
        (status, &found["configuration"]["database"]),
        (0, &"sqlite:accolade.db (default)".into())
    );
    assert!(
        !world.path("accolade.db").exists(),
        "doctor creates no file"
    );

    let world = world_with_players();
    for _ in 0..2 {
        world.run_ok(&[
            "record",
            "ada",
            "run.finished",
            "--prop",
            "km=10",
            "--prop",
            "hours=0",
        ]);
    }
    let (status, found) = world.run_json(&["doctor"]);
    assert_eq!(
        (
            status,
            &found["database"]["players"],
            &found["database"]["events"]
        ),
        (0, &3.into(), &11.into())
    );
    assert_eq!(
        (
            &found["published_catalog"]["name"],
            &found["background_work"]["backfill"]
        ),
        (&"Tests".into(), &"complete".into())
    );
    let error = &found["rule_errors"][0];
    assert_eq!(
        (&error["rule"], &error["count"]),
        (&"pace".into(), &2.into()),
        "{found}"
    );
    assert!(found["database"]["schema_version"].as_i64() >= Some(1));

    world.run_ok(&["record", "ada", "run.finished", "--prop", "hours=1"]);
    let (_, found) = world.run_json(&["doctor"]);
    assert_eq!(
        found["rule_errors"][0]["hint"],
        "to leave such events out, begin the condition with `has(event.km) &&`"
    );
    assert!(world.run_ok(&["doctor"]).contains(
        "earning pace: to leave such events out, begin the condition with `has(event.km) &&`"
    ));

    world.write("accolade.toml", "name = \"another\"\n");
    assert!(
        world
            .run_ok(&["doctor"])
            .contains("accolade.toml differs from the published catalog")
    );
    world.write(
        "accolade.db",
        "this is not a database, but a text that is long enough to be read as one",
    );
    let (status, found) = world.run_json(&["doctor"]);
    assert!(
        status == 1
            && found["errors"][0]
                .as_str()
                .is_some_and(|error| error.contains("cannot open the database")),
        "{found}"
    );
    let ran = world.run(&["doctor", "--db", "sqlite:none/x.db"]);
    assert!(
        ran.status == 1 && ran.out.contains("the folder of none/x.db"),
        "{ran:?}"
    );
}

#[test]
fn the_database_comes_from_the_flag_or_the_environment() {
    let world = World::new();
    let recorded = |db: Option<&str>, flag: &[&str]| {
        let args = [&["record", "ada", "comment.posted", "--json"], flag].concat();
        let mut command = world.command(&args);
        if let Some(db) = db {
            command.env("ACCOLADE_DB", db);
        }
        assert!(command.output().unwrap().status.success());
    };
    recorded(Some("sqlite:one.db"), &[]);
    recorded(Some("sqlite:one.db"), &["--db", "sqlite:two.db"]);
    recorded(None, &[]);
    for file in ["one.db", "two.db", "accolade.db"] {
        let (_, profile) = world.run_json(&["player", "ada", "--db", &format!("sqlite:{file}")]);
        assert_eq!(profile["events"], 1, "{file}");
    }
}

#[test]
fn errors_have_a_status_and_a_form() {
    let world = World::new();
    for args in [
        &["fly"][..],
        &["record"],
        &["record", "ada", "n", "--at", "yesterday"],
        &["progress", "ada", "helper"],
        &["player", "unknown"],
    ] {
        let ran = world.run(args);
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{args:?}: {ran:?}");
        assert!(ran.err.starts_with("error: "), "{args:?}: {ran:?}");
        let ran = world.run(&[args, &["--json"]].concat());
        let error: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
        assert!(
            ran.status == 1 && error["error"].is_string(),
            "{args:?}: {ran:?}"
        );
    }
    for args in [&["--help"][..], &["--version"], &["import", "--help"]] {
        assert_eq!(world.run(args).status, 0, "{args:?}");
    }
}
