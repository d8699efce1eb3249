//! `import-django` on small dumps: players, times, incomplete rows and other input.

use serde_json::{Value, json};

use crate::django_dump::{AT, DumpBuilder, balance, ledger, reasons};
use crate::world::World;

#[test]
fn rows_without_their_other_rows_are_left_out_by_reason() {
    let badge = |definition: i64, interface: i64, progression: Value| {
        json!({
            "badge_definition": definition, "interface": interface, "acquired": true,
            "revoked": false, "progression": progression, "points": null,
        })
    };
    let change =
        |interface: Value, time: &str| json!({ "interface": interface, "amount": 5, "time": time });
    let unlockable = |definition: i64, interface: i64| json!({ "unlockable_definition": definition, "interface": interface, "acquired": true });
    let models = ["badge", "pointchange", "unlockable"];
    let [badges, changes, unlockables] = models.map(|model| format!("django_gamification.{model}"));
    let dump = DumpBuilder::new()
        .row("django_gamification.gamificationinterface", 3, json!({}))
        .definition(1, "One", Value::Null, Value::Null)
        .row(&badges, 1, badge(1, 1, Value::Null))
        .row(&badges, 2, badge(1, 1, Value::Null))
        .row(&badges, 3, badge(8, 1, Value::Null))
        .row(&badges, 4, badge(1, 8, Value::Null))
        .row(&badges, 5, badge(1, 3, Value::Null))
        .row(&badges, 6, badge(1, 2, json!(8)))
        .row(&badges, Value::Null, badge(1, 2, Value::Null))
        .row(&changes, 1, change(json!(1), AT[0]))
        .row(&changes, 1, change(json!(1), AT[0]))
        .row(&changes, 2, change(Value::Null, AT[0]))
        .row(&changes, 3, change(json!(1), "1800-01-01T00:00:00Z"))
        .row(&changes, 4, change(json!(1), "2150-01-01T00:00:00Z"))
        .unlockable(1, "Mill", 1, false)
        .row(&unlockables, 2, unlockable(1, 1))
        .row(&unlockables, 3, unlockable(8, 1))
        .achievement("owl", false, false)
        .unlocked(1, "owl", 11, AT[0], 0)
        .unlocked(2, "lark", 11, AT[0], 1)
        .row("auth.group", 1, json!({ "name": "staff" }));
    let (_, report) = dump.import(2);
    assert_eq!(
        reasons(&report["left_out"]),
        [
            "1 badge: its badge definition is not in the dump",
            "1 badge: its interface is left out",
            "1 badge: its interface is not in the dump",
            "1 badge: its progression is not in the dump, so its progress is 0",
            "1 badge: the player has another row for the same badge",
            "1 badge: the primary key is missing; dump without --natural-primary",
            "1 gamificationinterface: no row of the model of the players refers to it",
            "1 pointchange: field `interface` is not a key",
            "1 pointchange: field `time` is not a time from 1900 to 2199",
            "1 pointchange: the same primary key occurs twice; name each dump once",
            "1 unlockable: its unlockable definition is not in the dump",
            "1 unlockable: the player has another row for the same unlockable",
            "1 achievementunlocked: its achievement is not in the dump",
            "1 achievementunlocked: its level is below 1",
        ]
    );
    // Everything after the clock is refused, with what has no time of its own.
    let refused = report["refused"].as_array().unwrap();
    assert!(
        refused.iter().all(|one| one["error"]
            .as_str()
            .unwrap()
            .contains("ahead of the clock")),
        "{refused:?}"
    );
    assert!(!report["differences"].as_array().unwrap().is_empty());
}

#[test]
fn players_are_found_or_named() {
    let rows = DumpBuilder::new().changes(&[10]);
    let world = rows.world();
    let player = |arguments: &[&str]| {
        let database = ["--db", "sqlite:players.db"];
        let (_, report) = world.run_json(&[&["import-django"], arguments, &database].concat());
        let players = world.run_ok(&[&["export", "players"], &database[..]].concat());
        std::fs::remove_file(world.path("players.db")).unwrap();
        let line = players.lines().nth(1).unwrap().to_owned();
        let id = line.split(',').next().unwrap().to_owned();
        (report["players"].as_str().unwrap().to_owned(), id)
    };
    let of = |source: &str, id: &str| (source.to_owned(), id.to_owned());
    assert_eq!(player(&["old.json"]), of("shop.profile.game", "user-11"));
    let named = [
        "old.json",
        "--players",
        "shop.Profile.game",
        "--player-id",
        "p{pk}",
    ];
    assert_eq!(player(&named), of("shop.profile.game", "p71"));
    let interface = ["old.json", "--players", "interface"];
    assert_eq!(player(&interface), of("interface", "interface-1"));

    // The user model itself has the field.
    let user = |name: &str, interface: i64| json!({ "username": name, "interface": interface, "date_joined": AT[4] });
    let users = DumpBuilder(
        rows.0
            .iter()
            .filter(|row| row["model"] != "shop.profile")
            .cloned()
            .collect(),
    )
    .row("club.user", 7, user("ada", 1))
    .row("club.user", 8, user("bob", 2));
    users.write(&world, "users.json");
    assert_eq!(player(&["users.json"]), of("club.user.interface", "user-7"));
    let by_name = ["users.json", "--player-id", "{username}"];
    assert_eq!(player(&by_name), of("club.user.interface", "ada"));

    let twice =
        DumpBuilder(users.0.clone()).row("shop.profile", 71, json!({ "user": 7, "game": 1 }));
    twice.write(&world, "twice.json");
    world.assert_fails(
        &["import-django", "twice.json"],
        "choose one with --players: club.user.interface, shop.profile.game",
    );
    let none = DumpBuilder::empty().row("django_gamification.gamificationinterface", 1, json!({}));
    none.write(&world, "none.json");
    world.assert_fails(
        &["import-django", "none.json"],
        "also dump the model with the field",
    );
    let wrong = [
        "import-django",
        "old.json",
        "--players",
        "shop.profile.points",
    ];
    world.assert_fails(&wrong, "`shop.profile.points` (--players) not found");
}

#[test]
fn an_interface_with_two_players_or_a_player_with_two_interfaces_is_left_out() {
    let dump = DumpBuilder::new()
        .row("shop.profile", 73, json!({ "user": 13, "game": 2 }))
        .row("django_gamification.gamificationinterface", 3, json!({}))
        .row("shop.profile", 74, json!({ "user": 11, "game": 3 }))
        .changes(&[10]);
    let (world, report) = dump.import(2);
    let left_out = reasons(&report["left_out"]);
    assert!(
        left_out[0].contains("has another interface") && left_out[1].contains("players share it"),
        "{left_out:?}"
    );
    assert_eq!(balance(&world, "user-11"), 10);
}

#[test]
fn times_without_an_offset_are_local_and_missing_ones_are_named() {
    let change = json!({ "interface": 1, "amount": 5, "time": "2024-07-01T12:00:00.250" });
    let world = DumpBuilder::new()
        .row("django_gamification.pointchange", 1, change)
        .world();
    let (status, report) = world.run_json(&["import-django", "old.json", "--zone", "Europe/Paris"]);
    let notes = reasons(&report["notes"]);
    assert!(
        status == 0 && notes[0].contains("has no offset"),
        "{notes:?}"
    );
    assert_eq!(ledger(&world, "user-11")[0].1, "2024-07-01T10:00:00.25Z");
    world.assert_fails(
        &["import-django", "old.json", "--zone", "Paris"],
        "valid time zone",
    );
    let early = ["import-django", "old.json", "--at", AT[0]];
    world.assert_fails(&early, "before the latest time in the dump");

    let timeless = DumpBuilder::new()
        .definition(1, "One", Value::Null, Value::Null)
        .badge(1, [true, false], Value::Null, Value::Null);
    let world = timeless.world();
    world.assert_fails(&["import-django", "old.json"], "contains no times");
    world.run_ok(&["import-django", "old.json", "--at", AT[0]]);
    assert!(world.run_ok(&["export", "awards"]).contains(AT[0]));
}

#[test]
fn a_catalog_that_does_not_fit_is_refused_before_anything_is_recorded() {
    let dump = DumpBuilder::new()
        .definition(1, "One", json!(5), json!(3))
        .definition(2, "Two", json!(5), json!(3))
        .definition(3, "Three", json!(5), json!(3))
        .badge(1, [false, false], json!(5), json!(1))
        .unlockable(1, "Mill", 10, false)
        .changes(&[10]);
    let world = dump.world();
    let catalog = world.read("accolade.toml");
    let reviewed = catalog
        .replace("\"three\"", "\"renamed\"\nwas = \"three\"")
        .replace("\"two\"", "\"second\"")
        .replace("\"mill\"", "\"saw\"")
        .replacen("at_least = 3 }", "}\ntiers = [1, 3]", 1);
    world.write("accolade.toml", reviewed);
    let ran = world.run(&["import-django", "old.json"]);
    assert_eq!(ran.status, 1);
    for part in [
        "badge `one` has tiers",
        "badge `two` not found",
        "unlockable `mill` not found",
    ] {
        assert!(ran.err.contains(part), "{ran:?}");
    }
    assert!(!ran.err.contains("three"), "{ran:?}");
    assert_eq!(world.run_ok(&["export", "players"]).lines().count(), 1);

    // A criterion of another kind has no place for the progress.
    let world = dump.world();
    let composite = r#"{ all = [{ count = "a" }, { count = "b" }] }"#;
    let reviewed = catalog.replacen("{ manual = true, at_least = 3 }", composite, 1);
    world.write("accolade.toml", reviewed);
    let (status, report) = world.run_json(&["import-django", "old.json"]);
    let left_out = reasons(&report["left_out"]);
    assert_eq!(status, 2, "{report:#}");
    assert!(left_out[0].contains("not a single number"), "{left_out:?}");
}

#[test]
fn files_that_are_no_dumps_are_errors() {
    let world = World::new();
    for (text, expected) in [
        ("- model: a.b\n", "not a dump in Django's JSON format"),
        ("[]", "no rows of django-gamification or django-hero"),
        (r#"[{"pk": 1}]"#, "missing field `model`"),
    ] {
        world.write("old.json", text);
        world.assert_fails(&["import-django", "old.json"], expected);
        assert!(!world.path("accolade.db").exists(), "{text}");
    }
    world.assert_fails(&["import-django", "missing.json"], "missing.json");
    world.assert_fails(
        &["import-django", "old.json", "--player-id", "user"],
        "all players would have the same id",
    );
}
