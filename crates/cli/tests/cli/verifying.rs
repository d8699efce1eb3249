//! `verify`, and databases that something is wrong with.

use rusqlite::Connection;

use crate::world::World;

fn tampered(sql: &str) -> World {
    let world = World::new();
    for _ in 0..2 {
        world.ok(&["record", "ada", "comment.posted"]);
    }
    Connection::open(world.path("accolade.db")).unwrap().execute_batch(sql).unwrap();
    world
}

#[test]
fn s6_verify_names_what_differs() {
    for (sql, what) in [
        ("UPDATE balances SET balance = 99", "balance xp"),
        ("UPDATE awards SET tier = 'silver'", "award commentator"),
        ("DELETE FROM ledger WHERE seq = 1", "ledger"),
        ("INSERT INTO unlocks SELECT player, 'title', 1, 0, 'x' FROM players", "unlockable title"),
    ] {
        let world = tampered(sql);
        let (status, report) = world.json(&["verify"]);
        let named =
            report["differences"].as_array().unwrap().iter().any(|one| one["what"].as_str().unwrap().starts_with(what));
        assert!(status == 2 && named, "{sql}: {report:#}");
        assert!(world.run(&["verify"]).out.contains("difference"), "{sql}");
    }
    let (status, report) = tampered("SELECT 1").json(&["verify"]);
    assert_eq!((status, &report["players"], &report["events"], &report["count"]), (0, &1.into(), &2.into(), &0.into()));
}

#[test]
fn a_newer_schema_is_told_and_left_alone() {
    let world = tampered("PRAGMA user_version = 99");
    for args in [&["player", "ada"][..], &["record", "ada", "comment.posted"], &["verify"], &["export", "events"]] {
        world.fails(args, "use a newer release");
    }
    assert_eq!(world.json(&["doctor"]).0, 1);
}
