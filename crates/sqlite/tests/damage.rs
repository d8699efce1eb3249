//! Damaged files: `verify` finds and reports all differences, and `repair` fixes them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use accolade::{
    Action, Audience, Catalog, Difference, Engine, NewEvent, Profile, Props, PublishOptions,
    Timestamp, props,
};
use accolade_core::time::SECOND;
use accolade_sqlite::SqliteStore;
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;

const CATALOG: &str = r#"
    [[currency]]
    id = "xp"

    [[earning]]
    id = "commented"
    on = "comment"
    points = { xp = 5 }

    [[badge]]
    id = "talker"
    criterion = { count = "comment" }
    tiers = [{ id = "bronze", at = 2, points = { xp = 3 } }, { id = "gold", at = 4, points = { xp = 7 } }]

    [[badge]]
    id = "answerer"
    repeat = "per-key"
    criterion = { count = "vote", per = "event.post", at_least = 2 }
    points = { xp = 10 }

    [[badge]]
    id = "helper"
    points = { xp = 100 }

    [[unlockable]]
    id = "title"
    criterion = { points = "xp", at_least = 10 }
"#;
/// Badge of the first catalog only. Its awards are grandfathered.
const EARLIER: &str = r#"
    [[badge]]
    id = "pioneer"
    criterion = { count = "comment" }
    points = { xp = 50 }
"#;
const PLAYERS: [&str; 3] = ["ada", "bob", "gus"];

/// Database with a history, and damaged copies of it.
struct World {
    folder: TempDir,
    clock: Arc<AtomicI64>,
}

impl World {
    fn new() -> Self {
        let noon: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        let world = Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Arc::new(AtomicI64::new(noon.as_micros())),
        };
        let engine = world.open("whole.db", Some(&format!("{CATALOG}{EARLIER}")));
        let send = |player: &str, id: &str, name: &str, after: i64, props: Props| {
            let at = Some(noon.plus_micros(after * SECOND));
            engine
                .record(NewEvent {
                    at,
                    props,
                    ..NewEvent::new(player, name).id(id)
                })
                .wait()
                .unwrap();
        };
        let act = |act: Action| drop(engine.submit_action(act).wait().unwrap());
        for (id, player, after) in [
            ("c1", "ada", 10),
            ("c2", "ada", 20),
            ("c3", "ada", 30),
            ("b1", "bob", 10),
        ] {
            send(player, id, "comment", after, Props::default());
        }
        for (id, after) in [("v1", 40), ("v2", 50), ("v3", 60), ("v4", 15)] {
            send(
                "ada",
                id,
                "vote",
                after,
                props! { "post" => if after > 45 { "p2" } else { "p1" } },
            );
        }
        world.clock.fetch_add(100 * SECOND, Ordering::Relaxed);
        act(Action::award("ada", "helper").id("a1").by("grace"));
        act(Action::points("ada", "xp", -20).id("a2"));
        act(Action::retract("ada", "c3").id("r1"));
        act(Action::retract("ada", "to come").id("r2"));
        act(Action::profile("ada", props! { "zone" => "Europe/Berlin" }).id("p1"));
        engine
            .catalog()
            .publish(
                Catalog::from_toml(CATALOG).unwrap(),
                PublishOptions::default(),
            )
            .wait()
            .unwrap();
        engine.catalog().await_backfill(|_| {}).wait().unwrap();
        world.clock.fetch_add(100 * SECOND, Ordering::Relaxed);
        send("gus", "g1", "comment", 150, Props::default());
        send("gus", "g2", "comment", 160, Props::default());
        act(Action::merge("ada", "gus").id("m1"));
        send("ada", "c4", "comment", 202, Props::default());
        send("ada", "c5", "comment", 203, Props::default());
        let report = engine.maintenance().verify(|_| {}).wait().unwrap();
        assert_eq!(
            (report.players, report.behind, report.differences),
            (2, 0, vec![])
        );
        world
    }

    fn open(&self, file: &str, catalog: Option<&str>) -> Engine {
        let hands = Arc::clone(&self.clock);
        let now = move || Timestamp::from_micros(hands.load(Ordering::Relaxed)).unwrap();
        let store = SqliteStore::open(self.folder.path().join(file)).unwrap();
        let builder = Engine::builder(store).clock(now).checkpoint_interval(2);
        match catalog {
            Some(catalog) => builder
                .catalog(Catalog::from_toml(catalog).unwrap())
                .open()
                .unwrap(),
            None => builder.open().unwrap(),
        }
    }

    /// Opens a copy of the database that was damaged by this SQL.
    fn open_damaged(&self, sql: &str) -> Engine {
        let (whole, copy) = (
            self.folder.path().join("whole.db"),
            self.folder.path().join("damaged.db"),
        );
        for file in ["damaged.db", "damaged.db-wal", "damaged.db-shm"] {
            let _ = std::fs::remove_file(self.folder.path().join(file));
        }
        Connection::open(whole)
            .unwrap()
            .execute("VACUUM INTO ?1", [copy.to_str().unwrap()])
            .unwrap();
        let connection = Connection::open(&copy).unwrap();
        connection
            .execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}"))
            .unwrap();
        drop(connection);
        self.open("damaged.db", None)
    }

    fn rows(&self, file: &str, table: &str) -> Vec<Vec<Value>> {
        rows(&self.folder.path().join(file), table)
    }
}

fn rows(file: &Path, table: &str) -> Vec<Vec<Value>> {
    let connection = Connection::open(file).unwrap();
    let mut select = connection
        .prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2, 3"))
        .unwrap();
    let columns = select.column_count();
    let rows = select
        .query_map([], |row| {
            (0..columns).map(|column| row.get(column)).collect()
        })
        .unwrap();
    rows.map(Result::unwrap).collect()
}

/// Loads the profiles of all players without their recent outcomes, which include a repair.
fn profiles(engine: &Engine) -> Vec<Option<Profile>> {
    let profile = |player: &&str| {
        engine
            .players()
            .load_profile(*player, Audience::Admin)
            .wait()
            .unwrap()
    };
    let without_feed = |mut profile: Profile| {
        profile.recent.clear();
        profile
    };
    PLAYERS
        .iter()
        .map(profile)
        .map(|profile| profile.map(without_feed))
        .collect()
}

/// True if each difference starts with one of the names, and each name occurs.
fn matches_exactly(differences: &[Difference], named: &[&str]) -> bool {
    differences
        .iter()
        .all(|one| named.iter().any(|what| one.subject.starts_with(what)))
        && named
            .iter()
            .all(|what| differences.iter().any(|one| one.subject.starts_with(what)))
}

/// Damage to derived rows, and the differences that it causes.
const REPAIRABLE: &[(&str, &[&str])] = &[
    // The state.
    ("DELETE FROM states WHERE player = 'ada' AND slot = -1", &["state header"]),
    ("UPDATE states SET value = x'07' WHERE player = 'ada' AND slot = -1", &["state header"]),
    (
        "UPDATE states SET value = (SELECT value FROM states WHERE player = 'bob' AND slot = -1)
      WHERE player = 'ada' AND slot = -1",
        &["state "],
    ),
    ("DELETE FROM states WHERE player = 'ada' AND slot >= 0", &["state "]),
    ("UPDATE states SET value = x'ff' WHERE player = 'ada' AND slot >= 0", &["state "]),
    ("UPDATE states SET key = key || 'x' WHERE player = 'ada' AND slot >= 0", &["state "]),
    ("INSERT INTO states SELECT player, slot + 100, key, value FROM states WHERE player = 'ada' AND slot >= 0", &["state "]),
    // Checkpoints.
    ("UPDATE checkpoints SET state = x'00' WHERE player = 'ada'", &["checkpoint "]),
    ("UPDATE checkpoints SET at = at + 1 WHERE player = 'ada'", &["checkpoint "]),
    (
        "INSERT INTO checkpoints SELECT player, at - 9000000, state FROM checkpoints WHERE player = 'ada'",
        &["checkpoint "],
    ),
    ("UPDATE checkpoints SET at = -1 << 62 WHERE at = (SELECT max(at) FROM checkpoints)", &["checkpoint "]),
    // Awards.
    ("DELETE FROM awards WHERE badge = 'helper'", &["award helper"]),
    ("UPDATE awards SET tier = 'silver' WHERE tier = 'bronze'", &["award talker bronze", "award talker silver"]),
    ("UPDATE awards SET at = at + 1 WHERE badge = 'answerer'", &["award answerer p"]),
    ("UPDATE awards SET revoked_at = 5 WHERE badge = 'pioneer'", &["award pioneer"]),
    ("UPDATE awards SET holding_intervals = '[1]' WHERE badge = 'helper'", &["award helper"]),
    ("UPDATE awards SET paid = 'much' WHERE badge = 'helper'", &["award helper"]),
    ("UPDATE awards SET event = 'another', source = 'code' WHERE badge = 'helper'", &["award helper"]),
    (
        "INSERT INTO awards SELECT 'bob', badge, tier, key, at, event, source, revoked_at, paid, holding_intervals FROM awards
      WHERE badge = 'helper'",
        &["award helper"],
    ),
    (
        "INSERT INTO awards SELECT player, 'unheard-of', tier, key, at, event, source, revoked_at, paid, holding_intervals
      FROM awards WHERE badge = 'helper'",
        &["award unheard-of"],
    ),
    ("UPDATE awards SET at = -1 << 62 WHERE badge = 'helper'", &["award rows"]),
    // Balances and unlockables.
    ("UPDATE balances SET balance = 99", &["balance xp"]),
    ("DELETE FROM balances", &["balance xp"]),
    ("INSERT INTO balances VALUES ('ada', 'gold', 1)", &["balance gold"]),
    ("UPDATE unlocks SET open = 0", &["unlockable title"]),
    ("DELETE FROM unlocks", &["unlockable title"]),
    ("INSERT INTO unlocks VALUES ('gus', 'title', 1, 0, 'x')", &["unlockable title"]),
    ("INSERT INTO unlocks VALUES ('bob', 'crown', 1, 0, 'x')", &["unlockable crown"]),
    ("UPDATE unlocks SET at = 1 << 62", &["unlockable rows"]),
    // The player's row.
    ("UPDATE players SET event_count = 1", &["player row"]),
    ("UPDATE players SET own_event_count = 0", &["player row"]),
    ("UPDATE players SET last_seen_at = last_at + 1", &["player row"]),
    ("UPDATE players SET name = 'Eve', folded_name = 'eve' WHERE player = 'bob'", &["player row"]),
    ("UPDATE players SET folded_name = 'eve' WHERE player = 'bob'", &["player row"]),
    ("UPDATE players SET attributes = 'eve' WHERE player = 'bob'", &["player row"]),
    ("UPDATE players SET first_at = 1 << 62 WHERE player = 'ada'", &["player row"]),
    ("DELETE FROM players WHERE player = 'bob'", &["player row"]),
    ("DELETE FROM players WHERE player = 'bob'; DELETE FROM states WHERE player = 'bob'", &["player row", "state "]),
    // The ledger.
    ("DELETE FROM ledger WHERE player = 'ada' AND kind = 'earning'", &["ledger c", "ledger g", "state entries"]),
    (
        "DELETE FROM ledger WHERE player = 'ada' AND seq = (SELECT max(seq) FROM ledger WHERE player = 'ada')",
        &["ledger ", "state entries"],
    ),
    (
        "UPDATE ledger SET amount = amount + 1 WHERE player = 'ada' AND kind = 'award' AND rule = 'helper'",
        &["ledger award helper"],
    ),
    ("UPDATE ledger SET at = at + 1 WHERE player = 'bob'", &["ledger b1 commented xp"]),
    ("UPDATE ledger SET kind = 'action' WHERE player = 'bob'", &["ledger b1 ", "ledger award pioneer"]),
    (
        "INSERT INTO ledger SELECT player, at, seq + 70, currency, amount, kind, rule, tier, key, 'nothing', trigger, caused_by,
      reason, recorded_at FROM ledger WHERE player = 'bob'",
        &["ledger nothing commented xp", "ledger award pioneer xp", "state entries"],
    ),
    // The feed.
    ("DELETE FROM feed WHERE player = 'ada' AND kind = 'badge.awarded'", &["feed badge"]),
    ("DELETE FROM feed WHERE kind = 'points'", &["feed points xp"]),
    ("UPDATE feed SET kind = 'badge.revoked' WHERE subject = 'helper'", &["feed badge helper"]),
    ("UPDATE feed SET subject = 'crown' WHERE kind = 'unlockable.opened'", &["feed unlockable"]),
    ("UPDATE feed SET player = 'bob'", &["feed "]),
    ("INSERT INTO feed_totals VALUES ('ada', 'points', 'xp', 7), ('bob', 'badge', 'helper', -2)", &["feed "]),
    // Names of events.
    ("UPDATE event_names SET events = events + 1", &["event name comment", "event name vote"]),
    ("DELETE FROM event_names WHERE name = 'vote'", &["event name vote"]),
    ("INSERT INTO event_names VALUES ('ghost', 5, 0, 0, 'ada', 'c1')", &["event name ghost"]),
    // Decisions of actions.
    ("UPDATE events SET retracted_by = NULL WHERE id = 'c3'", &["event c3"]),
    ("UPDATE events SET retracted_by = 'a1' WHERE id = 'c3'", &["event c3"]),
    ("UPDATE events SET retracted_by = 'r1' WHERE id IN ('c1', 'g1')", &["event c1", "event g1"]),
    ("DELETE FROM aliases", &["alias gus"]),
    ("UPDATE aliases SET action_id = 'a1'", &["alias gus"]),
    ("INSERT INTO aliases VALUES ('bob', 'ada', 'a1', 0)", &["alias bob"]),
    // Rows of a player who does not exist.
    ("INSERT INTO players VALUES ('gus', NULL, NULL, NULL, 1, NULL, NULL, 1, NULL, NULL)", &["player row"]),
    (
        "INSERT INTO awards SELECT 'gus', badge, tier, key, at, event, source, revoked_at, paid, holding_intervals FROM awards
      WHERE badge = 'helper'",
        &["award helper"],
    ),
    (
        "INSERT INTO players VALUES ('ghost', NULL, NULL, NULL, 1, NULL, NULL, 1, NULL, NULL); INSERT INTO balances VALUES ('ghost', 'xp', 5)",
        &["player row", "balance xp"],
    ),
    ("INSERT INTO states SELECT 'ghost', slot, key, value FROM states WHERE player = 'bob'", &["state "]),
    (
        "INSERT INTO ledger SELECT 'ghost', at, seq, currency, amount, kind, rule, tier, key, event, trigger, caused_by,
      reason, recorded_at FROM ledger WHERE player = 'bob'",
        &["ledger b1 commented xp", "ledger award pioneer xp"],
    ),
    (
        "INSERT INTO feed (player, kind, subject, detail, at, event, trigger, recorded_at)
      SELECT 'ghost', kind, subject, detail, at, event, trigger, recorded_at FROM feed WHERE player = 'bob'",
        &["feed "],
    ),
];

#[test]
fn s6_damage_to_derived_rows_is_found_and_repaired() {
    let world = World::new();
    let whole = world.open_damaged("");
    let before = profiles(&whole);
    let events = world.rows("damaged.db", "events");
    drop(whole);
    for (sql, named) in REPAIRABLE {
        let engine = world.open_damaged(sql);
        let ledger = world.rows("damaged.db", "ledger");
        let found = engine.maintenance().verify(|_| {}).wait().unwrap();
        assert!(
            matches_exactly(&found.differences, named),
            "{sql}: {:#?}",
            found.differences
        );
        assert!(
            found
                .differences
                .iter()
                .all(|one| one.repairable && !one.explanation.is_empty()),
            "{sql}"
        );

        let report = engine.maintenance().repair(|_| {}).wait().unwrap();
        assert_eq!(
            (report.differences, report.remaining),
            (found.differences, vec![]),
            "{sql}"
        );
        assert_eq!(
            engine
                .maintenance()
                .verify(|_| {})
                .wait()
                .unwrap()
                .differences,
            [],
            "{sql}"
        );
        assert_eq!(profiles(&engine), before, "{sql}");
        assert_eq!(
            world.rows("damaged.db", "events"),
            events,
            "{sql}: events are unchanged"
        );
        let repaired = world.rows("damaged.db", "ledger");
        assert!(
            ledger.iter().all(|entry| repaired.contains(entry)),
            "{sql}: entries are never edited"
        );
        let again = engine.maintenance().repair(|_| {}).wait().unwrap();
        assert_eq!(
            (again.repaired, world.rows("damaged.db", "ledger")),
            (0, repaired),
            "{sql}: repaired once"
        );

        let event = NewEvent::new("ada", "comment").id("after");
        assert!(
            engine.record(event).wait().is_ok(),
            "{sql}: recording continues"
        );
        assert_eq!(
            engine
                .maintenance()
                .verify(|_| {})
                .wait()
                .unwrap()
                .differences,
            [],
            "{sql}: recording continues"
        );
    }
}

#[test]
fn irreparable_damage_is_reported_and_remains() {
    let world = World::new();
    for (sql, what) in [
        (
            "UPDATE events SET props = 'garbled' WHERE id = 'c1'",
            "event",
        ),
        ("UPDATE events SET at = -1 << 62 WHERE id = 'b1'", "event"),
        (
            "UPDATE ledger SET trigger = 'luck' WHERE player = 'bob'",
            "ledger",
        ),
        (
            "UPDATE ledger SET currency = 'cowries' WHERE player = 'bob'",
            "ledger b1 commented cowries",
        ),
        (
            "UPDATE feed SET trigger = 'luck' WHERE player = 'bob'",
            "feed",
        ),
        (
            "UPDATE feed SET detail = 'garbled' WHERE player = 'bob' AND kind = 'points'",
            "feed ",
        ),
    ] {
        let engine = world.open_damaged(sql);
        let report = engine.maintenance().repair(|_| {}).wait().unwrap();
        let remains = |one: &Difference| one.subject.starts_with(what) && !one.repairable;
        assert!(report.remaining.iter().any(remains), "{sql}: {report:#?}");
        assert!(
            report.remaining.iter().all(|one| !one.repairable),
            "{sql}: {report:#?}"
        );
        assert_eq!(
            report.remaining_count,
            report.remaining.len() as u64,
            "{sql}"
        );
        assert_eq!(
            engine
                .maintenance()
                .verify(|_| {})
                .wait()
                .unwrap()
                .differences,
            report.remaining,
            "{sql}"
        );
    }
}

#[test]
fn only_the_named_players_are_repaired() {
    let world = World::new();
    let engine = world.open_damaged("UPDATE balances SET balance = 99");
    let report = engine
        .maintenance()
        .repair_players(vec!["bob".into()])
        .wait()
        .unwrap();
    assert_eq!(
        (
            report.players,
            report.count,
            report.repaired,
            report.remaining_count
        ),
        (1, 1, 1, 0)
    );
    let left = engine
        .maintenance()
        .verify(|_| {})
        .wait()
        .unwrap()
        .differences;
    assert!(
        left.len() == 1 && left[0].player.as_deref() == Some("ada"),
        "{left:#?}"
    );
}

#[test]
fn a_repair_is_audited_if_it_changed_something() {
    let world = World::new();
    let engine = world.open_damaged("UPDATE balances SET balance = 99");
    for _ in 0..2 {
        engine
            .on_behalf_of("grace")
            .maintenance()
            .repair_players(vec!["bob".into()])
            .wait()
            .unwrap();
    }
    let log = engine
        .service()
        .list_audit_entries(None, 9)
        .wait()
        .unwrap()
        .items;
    let lines: Vec<String> = log
        .iter()
        .map(|one| format!("{} {} {}", one.actor, one.action, one.detail))
        .collect();
    assert_eq!(lines, [r#"grace players.repair {"players":1}"#]);
}

#[test]
fn s14_players_behind_are_skipped_by_readers_and_backfilled_by_writers() {
    let world = World::new();
    drop(world.open_damaged(
        "INSERT INTO catalogs SELECT 3, replace(source, 'xp = 5', 'xp = 6'), format, 'another', code, published_at + 1,
             published_by, note, changes, revoke, retired FROM catalogs WHERE version = 2;
         UPDATE settings SET value = CAST('{\"version\":3,\"after\":null,\"done\":0,\"total\":null,\"finished\":false}' AS BLOB)
             WHERE name = 'backfill'",
    ));
    let file = world.folder.path().join("damaged.db");
    let writer = world.open("damaged.db", None);
    let report = writer.maintenance().verify(|_| {}).wait().unwrap();
    assert_eq!(
        (report.players, report.behind, report.differences),
        (2, 0, vec![])
    );
    drop(writer);
    let connection = Connection::open(&file).unwrap();
    connection
        .execute_batch(
            "INSERT INTO catalogs SELECT 4, replace(source, 'xp = 6', 'xp = 4'), format, 'yet another', code,
                 published_at + 1, published_by, note, changes, revoke, retired FROM catalogs WHERE version = 3;
             UPDATE settings SET value = CAST(replace(replace(value, '3', '4'), 'true', 'false') AS BLOB)
                 WHERE name = 'backfill'",
        )
        .unwrap();
    let reader = Engine::builder(SqliteStore::open(&file).unwrap())
        .read_only()
        .open()
        .unwrap();
    let report = reader.maintenance().verify(|_| {}).wait().unwrap();
    assert_eq!(
        (report.players, report.behind, report.differences),
        (0, 2, vec![])
    );
}
