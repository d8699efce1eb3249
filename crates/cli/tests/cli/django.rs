//! `import-django` on small dumps, one for each special case. `xtask/django_import` tests it on the
//! tables of the real package.

use serde_json::{Value, json};

use crate::world::World;

/// Rows of a dump with two users: Ada owns interface 1, and Bob interface 2.
struct DumpBuilder(Vec<Value>);

const AT: [&str; 5] = [
    "2024-01-01T10:00:00Z",
    "2024-01-02T10:00:00Z",
    "2024-01-03T10:00:00Z",
    "2024-01-04T10:00:00Z",
    "2024-01-05T10:00:00Z",
];

impl DumpBuilder {
    fn empty() -> Self {
        Self(Vec::new())
    }

    fn new() -> Self {
        Self::empty()
            .row("django_gamification.GamificationInterface", 1, json!({}))
            .row("django_gamification.gamificationinterface", 2, json!({}))
            .row("shop.profile", 71, json!({ "user": 11, "game": 1 }))
            .row("shop.profile", 72, json!({ "user": 12, "game": 2 }))
    }

    fn row(mut self, model: &str, pk: impl Into<Value>, fields: Value) -> Self {
        let pk = pk.into();
        self.0
            .push(json!({ "model": model, "pk": pk, "fields": fields }));
        self
    }

    fn definition(self, pk: i64, name: &str, points: Value, target: Value) -> Self {
        let fields = json!({
            "name": name, "description": null, "progression_target": target, "next_badge": null,
            "category": null, "points": points,
        });
        self.row("django_gamification.badgedefinition", pk, fields)
    }

    /// Adds a badge of Ada with the key of its definition.
    fn badge(
        self,
        pk: i64,
        [acquired, revoked]: [bool; 2],
        points: Value,
        progress: Value,
    ) -> Self {
        let progression = (!progress.is_null()).then_some(pk);
        let fields = json!({
            "badge_definition": pk, "interface": 1, "acquired": acquired, "revoked": revoked,
            "name": "", "description": null, "progression": progression, "next_badge": null,
            "category": null, "points": points,
        });
        let dump = self.row("django_gamification.badge", pk, fields);
        match progression {
            Some(pk) => dump.row(
                "django_gamification.progression",
                pk,
                json!({ "progress": progress, "target": 3 }),
            ),
            None => dump,
        }
    }

    /// Adds changes of Ada's points, one a day.
    fn changes(mut self, amounts: &[i64]) -> Self {
        for (position, amount) in amounts.iter().enumerate() {
            let fields = json!({ "interface": 1, "amount": amount, "time": AT[position] });
            self = self.row(
                "django_gamification.pointchange",
                position as i64 + 1,
                fields,
            );
        }
        self
    }

    fn unlockable(self, pk: i64, name: &str, required: i64, acquired: bool) -> Self {
        let definition = json!({ "name": name, "description": "", "points_required": required });
        let fields = json!({
            "unlockable_definition": pk, "interface": 1, "acquired": acquired, "name": name,
            "points_required": required, "description": "",
        });
        self.row("django_gamification.unlockabledefinition", pk, definition)
            .row("django_gamification.unlockable", pk, fields)
    }

    fn achievement(self, pk: &str, secret: bool, invisible: bool) -> Self {
        let fields = json!({
            "title": pk.to_uppercase(), "description": "", "secret": secret,
            "invisible": invisible, "image_locked": "a/lock \"1\".png", "image_unlocked": "",
            "image_secret": "a/secret.png",
        });
        self.row("hero.achievement", pk, fields)
    }

    fn unlocked(self, pk: i64, achievement: &str, user: i64, at: &str, level: i64) -> Self {
        let fields = json!({
            "achievement": achievement, "user": user, "unlocked_at": at, "level": level,
        });
        self.row("hero.achievementunlocked", pk, fields)
    }

    fn write(&self, world: &World, name: &str) {
        world.write(name, Value::from(self.0.clone()).to_string());
    }

    /// Writes the dump and its catalog into a new folder.
    fn world(&self) -> World {
        let world = World::without_catalog();
        self.write(&world, "old.json");
        world.run(&[
            "import-django",
            "old.json",
            "--write-catalog",
            "accolade.toml",
        ]);
        assert!(world.path("accolade.toml").exists());
        world
    }

    /// Imports the dump into a new folder, and asserts that the status is this one.
    fn import(&self, expected: i32) -> (World, Value) {
        let world = self.world();
        let (status, report) = world.run_json(&["import-django", "old.json"]);
        assert_eq!(status, expected, "{report:#}");
        world.run_ok(&["verify"]);
        (world, report)
    }
}

/// Lists findings as `model: reason`, without the label of the application.
fn reasons(findings: &Value) -> Vec<String> {
    let findings = findings.as_array().unwrap().iter();
    findings
        .map(|finding| {
            let model = finding["model"].as_str().unwrap();
            let count = &finding["count"];
            let model = model.rsplit('.').next().unwrap();
            format!("{count} {model}: {}", finding["reason"].as_str().unwrap())
        })
        .collect()
}

/// Lists the ledger as amount, time and rule.
fn ledger(world: &World, player: &str) -> Vec<(i64, String, String)> {
    let text = world.run_ok(&["export", "ledger", "--format", "ndjson"]);
    let rows = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut rows: Vec<(i64, String, String)> = rows
        .filter(|row| row["player"] == player)
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            (row["amount"].as_i64().unwrap(), text("at"), text("rule"))
        })
        .collect();
    rows.sort_by(|one, other| one.1.cmp(&other.1));
    rows
}

fn balance(world: &World, player: &str) -> i64 {
    let (_, shown) = world.run_json(&["player", player]);
    shown["balances"][0]["balance"].as_i64().unwrap()
}

#[test]
fn the_catalog_has_the_rules_of_the_tables() {
    let category = |name: Value| json!({ "name": name, "description": "Top\nbadges" });
    let linked = |name: &str, next: Value, category: Value| {
        json!({
            "name": name, "description": "Say \"hi\"", "progression_target": 3,
            "next_badge": next, "category": category, "points": 50,
        })
    };
    let dump = DumpBuilder::new()
        .row("django_gamification.category", 1, category("Gold".into()))
        .row("django_gamification.category", 2, category(Value::Null))
        .row(
            "django_gamification.badgedefinition",
            1,
            linked("First steps", 2.into(), 1.into()),
        )
        .row(
            "django_gamification.badgedefinition",
            2,
            linked("First Steps!", 1.into(), 9.into()),
        )
        .definition(3, "Значок", json!(0), json!(-1))
        .unlockable(1, "The CNC mill", 100, false)
        .achievement("night-owl", true, false)
        .achievement("First_Steps", true, true)
        .unlocked(1, "night-owl", 11, AT[0], 5);
    let world = dump.world();
    assert_eq!(
        world.read("accolade.toml").split_once("zone").unwrap().1,
        r#" = "UTC"

[[currency]]
id = "points"
name = "Points"

[[category]]
id = "gold"
name = "Gold"
description = "Top badges"

[[category]]
id = "category-2"
description = "Top badges"

[[badge]]
id = "first-steps"
name = "First steps"
description = "Say \"hi\""
category = "gold"
points = { points = 50 }
criterion = { manual = true, at_least = 3 }

[[badge]]
id = "first-steps-2"
name = "First Steps!"
description = "Say \"hi\""
points = { points = 50 }
criterion = { manual = true, at_least = 3 }
requires = ["first-steps"]

[[badge]]
id = "badge-3"
name = "Значок"

[[unlockable]]
id = "the-cnc-mill"
name = "The CNC mill"
criterion = { points = "points", at_least = 100 }

[[badge]]
id = "first-steps-first-steps"
name = "FIRST_STEPS"
visibility = "invisible"
images = { locked = "/media/a/lock \"1\".png", secret = "/media/a/secret.png" }

[[badge]]
id = "night-owl"
name = "NIGHT-OWL"
visibility = "secret"
images = { locked = "/media/a/lock \"1\".png", secret = "/media/a/secret.png" }
criterion = { manual = true }
tiers = [1, 2, 3, 4, { id = "level-5", at = 5 }]
"#
    );
    let write = ["import-django", "old.json", "--write-catalog"];
    let (status, report) = world.run_json(&[&write[..], &["other.toml"]].concat());
    assert_eq!((status, &report["badges"]), (0, &json!(5)));
    let notes = reasons(&report["notes"]);
    for (note, part) in notes
        .iter()
        .zip(["category is not", "leads back", "not positive", "both"])
    {
        assert!(note.contains(part), "{notes:?}");
    }
    assert_eq!(notes.len(), 4);
    world.run_ok(&["check"]);
    world.assert_fails(
        &[&write[..], &["accolade.toml"]].concat(),
        "was not changed",
    );
}

#[test]
fn an_award_pays_what_django_paid_at_the_time_at_which_it_did() {
    let dump = DumpBuilder::new()
        .definition(1, "Thanked", json!(70), Value::Null)
        .badge(1, [true, false], json!(50), Value::Null)
        // Two calls of `award()` have paid it twice.
        .changes(&[5, 50, -20, 50]);
    let (world, report) = dump.import(0);
    assert_eq!(
        ledger(&world, "user-11"),
        [
            (5, AT[0], "accolade.points"),
            (50, AT[1], "thanked"),
            (-20, AT[2], "accolade.points"),
            (50, AT[3], "accolade.points"),
        ]
        .map(|(amount, at, rule)| (amount, at.to_owned(), rule.to_owned()))
    );
    assert_eq!(
        (&report["recorded"], &report["notes"]),
        (&json!(6), &json!([]))
    );

    let (status, again) = world.run_json(&["import-django", "old.json"]);
    assert_eq!(
        (status, &again["recorded"], &again["duplicates"]),
        (0, &json!(0), &json!(6))
    );
    assert_eq!(ledger(&world, "user-11").len(), 4);
    world.assert_fails(&["award", "user-11", "thanked"], "already held");
    world.run_ok(&["revoke", "user-11", "thanked"]);
    assert_eq!(
        balance(&world, "user-11"),
        35,
        "what Django paid, not what it would pay now"
    );
}

#[test]
fn a_badge_that_paid_nothing_costs_nothing_when_it_is_revoked() {
    // Acquired through its progress; acquired before its points changed.
    let dump = DumpBuilder::new()
        .definition(1, "Finisher", json!(50), json!(3))
        .definition(2, "Changed", json!(60), Value::Null)
        .badge(1, [true, false], json!(50), json!(3))
        .badge(2, [true, false], json!(60), Value::Null)
        .changes(&[10]);
    let (world, report) = dump.import(0);
    let notes = reasons(&report["notes"]);
    assert!(
        notes[0].starts_with("2 badge: no change of points pays"),
        "{notes:?}"
    );
    world.run_ok(&["revoke", "user-11", "finisher"]);
    world.run_ok(&["revoke", "user-11", "changed"]);
    assert_eq!(balance(&world, "user-11"), 10);
}

#[test]
fn revoked_badges_stay_revoked_until_they_are_awarded_again() {
    let dump = DumpBuilder::new()
        .definition(1, "Paid", json!(50), json!(3))
        .definition(2, "Indebted", json!(7), json!(3))
        .definition(3, "Reset", json!(50), json!(3))
        .badge(1, [true, true], json!(50), json!(5))
        // Acquired through its progress, so that revoking it left a debt.
        .badge(2, [true, true], json!(7), json!(3))
        .badge(3, [false, true], json!(50), json!(1))
        .changes(&[50, -50, -7]);
    let (world, report) = dump.import(0);
    assert_eq!(report["totals"][3]["accolade"], 3, "{report:#}");
    assert_eq!(
        ledger(&world, "user-11"),
        [
            (50, AT[0], "paid"),
            (-50, AT[1], "paid"),
            (-7, AT[2], "accolade.points"),
        ]
        .map(|(amount, at, rule)| (amount, at.to_owned(), rule.to_owned()))
    );
    for badge in ["paid", "indebted", "reset"] {
        world.run_ok(&["progress", "user-11", badge, "--add", "9"]);
    }
    assert_eq!(balance(&world, "user-11"), -7, "blocked");
    world.run_ok(&["award", "user-11", "paid"]);
    assert_eq!(balance(&world, "user-11"), 43);
}

#[test]
fn progress_goes_on_where_it_was() {
    let dump = DumpBuilder::new()
        .definition(1, "Running", json!(50), json!(3))
        .definition(2, "Finished unnoticed", json!(50), json!(3))
        .definition(3, "Below zero", json!(50), json!(3))
        .badge(1, [false, false], json!(50), json!(2))
        .badge(2, [false, false], json!(50), json!(4))
        .badge(3, [false, false], json!(50), json!(-2))
        .changes(&[1]);
    let (world, report) = dump.import(0);
    let notes = reasons(&report["notes"]);
    assert!(
        notes[0].contains("did not award it") && notes.len() == 1,
        "{notes:?}"
    );
    assert_eq!(balance(&world, "user-11"), 1);
    world.run_ok(&["progress", "user-11", "running", "--add", "1"]);
    world.run_ok(&["progress", "user-11", "below-zero", "--add", "5"]);
    assert_eq!(balance(&world, "user-11"), 101);
    world.run_ok(&["award", "user-11", "finished-unnoticed"]);
    assert_eq!(balance(&world, "user-11"), 151);
}

#[test]
fn unlockables_stay_open_below_their_points_and_open_when_the_points_suffice() {
    let dump = DumpBuilder::new()
        .unlockable(1, "Raised since", 1000, true)
        .unlockable(2, "Reached", 100, true)
        .unlockable(3, "Free", 0, false)
        .unlockable(4, "Spent", 110, false)
        .unlockable(5, "Far", 500, false)
        .changes(&[120, -100]);
    let (world, report) = dump.import(0);
    let (_, shown) = world.run_json(&["player", "user-11"]);
    let open: Vec<&Value> = shown["unlockables"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|unlockable| unlockable["open"] == true)
        .map(|unlockable| &unlockable["id"])
        .collect();
    assert_eq!(open, ["free", "raised-since", "reached", "spent"]);
    let notes = reasons(&report["notes"]);
    assert!(
        notes[0].starts_with("2 unlockable: it was locked"),
        "{notes:?}"
    );
    world.run_ok(&["points", "user-11", "points", "-20"]);
    let (_, later) = world.run_json(&["player", "user-11"]);
    assert_eq!(later["unlockables"], shown["unlockables"]);
}

#[test]
fn levels_of_achievements_are_tiers() {
    let dump = DumpBuilder::empty()
        .achievement("commentator", false, false)
        .achievement("owl", true, false)
        .unlocked(1, "commentator", 11, AT[1], 2)
        .unlocked(2, "commentator", 11, AT[2], 3)
        .unlocked(3, "commentator", 11, AT[3], 2)
        .unlocked(4, "owl", 12, AT[0], 1)
        .unlocked(5, "owl", 12, AT[1], 1);
    let (world, report) = dump.import(0);
    let notes = reasons(&report["notes"]);
    assert!(
        notes[0].starts_with("2 achievementunlocked: an earlier row"),
        "{notes:?}"
    );
    let awards = world.run_ok(&["export", "awards"]);
    let rows: Vec<&str> = awards.lines().skip(1).collect();
    let id = "django-hero.achievementunlocked";
    assert_eq!(
        rows,
        [
            format!("user-11,commentator,bronze,,{},{id}.1", AT[1]),
            format!("user-11,commentator,gold,,{},{id}.2", AT[2]),
            format!("user-11,commentator,silver,,{},{id}.1", AT[1]),
            format!("user-12,owl,,,{},{id}.4", AT[0]),
        ]
    );
    world.run_ok(&["progress", "user-11", "commentator", "--set", "4"]);
    assert!(world.run_ok(&["export", "awards"]).contains("diamond"));
}

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
fn a_later_state_of_the_dump_conflicts_and_says_so() {
    let dump = DumpBuilder::new()
        .definition(1, "One", json!(5), Value::Null)
        .badge(1, [true, false], json!(5), Value::Null)
        .changes(&[10]);
    let (world, _) = dump.import(0);
    let later = DumpBuilder(dump.0.clone()).row(
        "django_gamification.pointchange",
        2,
        json!({ "interface": 1, "amount": 5, "time": AT[1] }),
    );
    later.write(&world, "later.json");
    let ran = world.run(&["import-django", "later.json"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(
        ran.out.contains("import this one into a new database"),
        "{ran:?}"
    );
    assert_eq!(balance(&world, "user-11"), 10);
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
