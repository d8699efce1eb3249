//! `import-django` on small dumps: rules, points, badges and unlockables. `xtask/django_import` tests
//! it on the tables of the real package.

use serde_json::{Value, json};

use crate::django_dump::{AT, DumpBuilder, balance, ledger, reasons};

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
    let load_open = || {
        let (_, shown) = world.run_json(&["player", "user-11"]);
        let mut open = shown["unlockables"].as_array().unwrap().clone();
        open.retain(|unlockable| unlockable["open"] == true);
        open
    };
    let open = load_open();
    let ids: Vec<&Value> = open.iter().map(|unlockable| &unlockable["id"]).collect();
    assert_eq!(ids, ["free", "raised-since", "reached", "spent"]);
    let notes = reasons(&report["notes"]);
    assert!(
        notes[0].starts_with("2 unlockable: it was locked"),
        "{notes:?}"
    );
    world.run_ok(&["points", "user-11", "points", "-20"]);
    assert_eq!(load_open(), open);
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
