//! `verify` and `repair` on damaged databases.

use rusqlite::Connection;

use crate::world::World;

fn tampered_world(sql: &str) -> World {
    let world = World::new();
    for _ in 0..2 {
        world.run_ok(&["record", "ada", "comment.posted"]);
    }
    Connection::open(world.path("accolade.db"))
        .unwrap()
        .execute_batch(sql)
        .unwrap();
    world
}

#[test]
fn s6_verify_names_what_differs() {
    for (sql, what) in [
        ("UPDATE balances SET balance = 99", "balance xp"),
        ("UPDATE awards SET tier = 'silver'", "award commentator"),
        ("DELETE FROM ledger WHERE seq = 1", "ledger"),
        (
            "INSERT INTO unlocks SELECT player, 'title', 1, 0, 'x' FROM players",
            "unlockable title",
        ),
    ] {
        let world = tampered_world(sql);
        let (status, report) = world.run_json(&["verify"]);
        let named = report["differences"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["subject"].as_str().unwrap().starts_with(what));
        assert!(status == 2 && named, "{sql}: {report:#}");
        assert!(world.run(&["verify"]).out.contains("difference"), "{sql}");
    }
    let (status, report) = tampered_world("SELECT 1").run_json(&["verify"]);
    assert_eq!(
        (
            status,
            &report["players"],
            &report["events"],
            &report["count"]
        ),
        (0, &1.into(), &2.into(), &0.into())
    );
}

#[test]
fn verify_explains_each_difference() {
    let world = tampered_world("UPDATE balances SET balance = 99");
    let output = world.run(&["verify"]).out;
    assert!(
        output.contains("the stored balance differs from the result of the events"),
        "{output}"
    );
    assert!(output.contains("`accolade repair`"), "{output}");
    let (_, report) = world.run_json(&["verify"]);
    let one = &report["differences"][0];
    assert_eq!(
        (&one["repairable"], &report["behind"]),
        (&true.into(), &0.into()),
        "{report:#}"
    );
    assert!(
        one["explanation"]
            .as_str()
            .unwrap()
            .contains("differs from the result of the events"),
        "{report:#}"
    );
}

#[test]
fn repair_shows_the_differences_and_repairs_on_request() {
    let world =
        tampered_world("UPDATE balances SET balance = 99; UPDATE awards SET tier = 'silver'");
    let balances = world.run_ok(&["export", "balances"]);
    let shown = world.run(&["repair"]);
    assert_eq!(shown.status, 2, "{shown:?}");
    assert!(
        shown.out.contains("balance xp") && shown.out.contains("`accolade repair --yes`"),
        "{shown:?}"
    );
    let (status, report) = world.run_json(&["repair"]);
    assert_eq!(
        (status, &report["repaired"], &report["remaining_count"]),
        (2, &0.into(), &report["count"])
    );
    assert_eq!(
        world.run_ok(&["export", "balances"]),
        balances,
        "nothing was repaired"
    );

    let (status, report) = world.run_json(&["repair", "--yes"]);
    assert_eq!(
        (status, &report["repaired"], &report["remaining_count"]),
        (0, &1.into(), &0.into()),
        "{report:#}"
    );
    assert_eq!(world.run(&["verify"]).status, 0);
    assert!(world.run_ok(&["export", "balances"]).contains("ada,xp,10"));
    for args in [&["repair"][..], &["repair", "--yes"]] {
        assert!(
            world
                .run_ok(args)
                .contains("no differences found, nothing to repair"),
            "{args:?}"
        );
    }
}

#[test]
fn repair_reports_what_it_cannot_repair() {
    let world = tampered_world("UPDATE events SET props = 'garbled'");
    let ran = world.run(&["repair", "--yes"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(
        ran.out.contains("cannot be repaired") && ran.out.contains("1 difference remaining"),
        "{ran:?}"
    );
    World::new().assert_fails(&["repair", "--yes"], "database not found");
}

#[test]
fn a_newer_schema_is_reported_and_not_modified() {
    let world = tampered_world("PRAGMA user_version = 99");
    for args in [
        &["player", "ada"][..],
        &["record", "ada", "comment.posted"],
        &["verify"],
        &["export", "events"],
    ] {
        world.assert_fails(args, "use a newer release");
    }
    assert_eq!(world.run_json(&["doctor"]).0, 1);
}
