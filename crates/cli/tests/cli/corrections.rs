//! Explaining, retracting, merging and erasing, backups, the feed, and exports of all that.

use accolade::{Catalog, Engine, PublishOptions};
use accolade_sqlite::SqliteStore;
use rusqlite::Connection;

use crate::world::{CATALOG, World};

/// Creates a world in which Ada has two comments and a nice answer, a guest has one comment, and
/// Bob is another player.
fn world_with_history() -> World {
    let world = World::new();
    for (player, id, name, props) in [
        ("ada", "c1", "comment.posted", "{}"),
        ("ada", "c2", "comment.posted", "{}"),
        ("ada", "v1", "vote.received", r#"{"post":7,"delta":1}"#),
        ("ada", "v2", "vote.received", r#"{"post":7,"delta":1}"#),
        ("bob", "b1", "comment.posted", "{}"),
        ("bob", "b2", "comment.posted", "{}"),
        ("guest", "g1", "comment.posted", "{}"),
    ] {
        world.run_ok(&["record", player, name, "--id", id, "--props", props]);
    }
    world
}

#[test]
fn why_says_what_earned_a_badge_and_what_did_not_count() {
    let world = world_with_history();
    for (about, expected) in [
        ("nice-answer@7", "ada has Nice answer"),
        ("award:nice-answer@7", "v2"),
        (
            "commentator:silver",
            "ada does not have Commentator (silver) yet: 2 of 10 comments posted",
        ),
        ("currency:xp", "commented"),
        ("unlockable:title", "title"),
        ("entry:1", "entry 1 is +5 xp of the earning commented"),
    ] {
        let text = world.run_ok(&["why", "ada", about]);
        assert!(
            text.contains(expected),
            "{about} does not contain {expected:?}: {text}"
        );
    }
    world.assert_fails(&["why", "ada", "nice-anser"], "did you mean `nice-answer`?");
    world.assert_fails(&["why", "eve", "nice-answer"], "player `eve` not found");
    let (_, why) = world.run_json(&["why", "ada", "entry:1"]);
    assert_eq!(
        (&why["entry"]["sum"], &why["version"]),
        (&5.into(), &1.into()),
        "{why}"
    );
}

#[test]
fn s13_events_are_retracted_and_restored() {
    let world = world_with_history();
    let output = world.run_ok(&[
        "retract", "ada", "v2", "--by", "grace", "--reason", "deleted", "--id", "r1",
    ]);
    assert!(
        output.contains("badge nice-answer for 7 revoked") && output.contains("-10 xp"),
        "{output}"
    );
    let output = world.run_ok(&["why", "ada", "nice-answer@7"]);
    assert!(output.contains("v2") && output.contains("r1"), "{output}");
    world.assert_fails(&["retract", "ada", "v2"], "already retracted");
    let output = world.run_ok(&["retract", "--undo", "ada", "v2"]);
    assert!(output.contains("badge nice-answer for 7"), "{output}");
    world.assert_fails(&["retract", "ada", "v2", "--undo"], "not retracted");
    world.assert_fails(&["retract"], "specify the events");
    assert_eq!(world.run(&["verify"]).status, 0);
}

#[test]
fn a_similar_event_is_suggested_for_the_retraction_of_an_unknown_one() {
    let world = world_with_history();
    world.run_ok(&["record", "ada", "vote.received", "--id", "post-7f3a"]);
    for misspelled in ["post", "post-7f3b"] {
        let output = world.run_ok(&["retract", "ada", misspelled]);
        assert!(
            output.contains("has not arrived yet")
                && output.contains("did you mean `post-7f3a`?")
                && output.contains(&format!("accolade retract --undo ada {misspelled}")),
            "{output}"
        );
        world.run_ok(&["retract", "--undo", "ada", misspelled]);
    }
    let output = world.run_ok(&["retract", "ada", "order-1"]);
    assert!(!output.contains("did you mean"), "{output}");
}

#[test]
fn s13_a_range_is_previewed_before_it_is_retracted() {
    let world = world_with_history();
    let pick = [
        "retract",
        "--player",
        "ada",
        "--name",
        "vote.received",
        "--where",
        "event.post == 7",
    ];
    let preview = world.run(&pick);
    assert_eq!(preview.status, 2, "{preview:?}");
    for expected in [
        "2 events of 1 player",
        "-10 xp (20 to 10)",
        "loses nice-answer@7",
        "closes title",
        "nothing was retracted",
    ] {
        assert!(
            preview.out.contains(expected),
            "the preview does not contain {expected:?}: {preview:?}"
        );
    }
    let (status, document) = world.run_json(&pick);
    assert_eq!(
        (status, &document["players"][0]["lost"][0]),
        (2, &"nice-answer@7".into()),
        "{document}"
    );
    let done = world.run_ok(&[&pick[..], &["--yes"]].concat());
    assert!(done.contains("badge nice-answer for 7 revoked"), "{done}");
    assert!(world.run_ok(&pick).contains("no matching events"));
    world.assert_fails(
        &["retract", "--where", "event.post =", "--yes"],
        "invalid condition: ",
    );
    assert_eq!(world.run(&["verify"]).status, 0);
}

#[test]
fn s19_a_guest_is_merged_and_separated() {
    let world = world_with_history();
    let output = world.run_ok(&["merge", "guest", "ada", "--id", "m1"]);
    assert!(output.contains("recorded m1"), "{output}");
    assert!(
        world
            .run_ok(&["player", "guest"])
            .contains("guest was merged into ada")
    );
    world.assert_fails(&["merge", "guest", "bob"], "is already merged into `ada`");
    world.run_ok(&["unmerge", "guest", "ada"]);
    world.assert_fails(&["unmerge", "guest", "ada"], "is not merged");
    let (_, guest) = world.run_json(&["player", "guest"]);
    assert_eq!(guest["player"], "guest");
    assert_eq!(world.run(&["verify"]).status, 0);
}

#[test]
fn s22_erasing_says_what_it_removes_and_removes_it() {
    let world = world_with_history();
    world.run_ok(&["merge", "guest", "ada"]);
    let asked = world.run(&["erase", "ada"]);
    assert_eq!(asked.status, 2, "{asked:?}");
    assert!(
        asked.out.contains("including merged guests: guest")
            && asked.out.contains("nothing was erased"),
        "{asked:?}"
    );
    let output = world.run_ok(&["erase", "ada", "--yes", "--vacuum"]);
    assert!(
        output.contains("erased ada: 5 events") && output.contains("erased guest: 1 event"),
        "{output}"
    );
    for id in ["ada", "guest"] {
        world.assert_fails(&["player", id], "not found");
        world.assert_fails(&["record", id, "comment.posted"], "was erased");
    }
    world.assert_fails(&["erase", "ada", "--yes"], "no data stored");
    let (_, doctor) = world.run_json(&["doctor"]);
    assert_eq!(doctor["database"]["players_erased"], 1, "{doctor}");
    assert_eq!(world.run(&["verify"]).status, 0);
}

#[test]
fn s22_the_personal_data_of_a_player_is_one_document() {
    let world = world_with_history();
    let output = world.run_ok(&["export", "personal-data", "ada", "--out", "ada.json"]);
    assert!(output.contains("ada.json"), "{output}");
    let held: serde_json::Value = serde_json::from_str(&world.read("ada.json")).unwrap();
    assert_eq!(
        (
            held["events"].as_array().map(Vec::len),
            &held["balances"][0]["balance"]
        ),
        (Some(4), &20.into())
    );
    assert!(!world.read("ada.json").contains("bob"));
    world.assert_fails(
        &["export", "personal-data", "eve"],
        "player `eve` not found",
    );
    world.assert_fails(&["export", "personal-data"], "PLAYER");
}

#[test]
fn a_backup_replaces_a_database_only_on_request() {
    let world = world_with_history();
    world.run_ok(&["backup", "copy.db"]);
    world.assert_fails(&["backup", "copy.db"], "already exists");
    world.run_ok(&["record", "bob", "comment.posted"]);
    world.assert_fails(&["restore", "copy.db"], "--replace");
    let output = world.run_ok(&["restore", "copy.db", "--replace"]);
    assert!(output.contains("erase them again"), "{output}");
    let (_, bob) = world.run_json(&["player", "bob"]);
    assert_eq!(bob["events"], 2);
    world.run_ok(&["restore", "copy.db", "--db", "sqlite:other.db"]);
    assert_eq!(world.run(&["verify", "--db", "sqlite:other.db"]).status, 0);
    world.assert_fails(&["restore", "missing.db"], "not found");
}

#[test]
fn s20_the_feed_continues_after_a_number_and_reports_pruned_ranges() {
    let world = world_with_history();
    let all = world.run_ok(&["feed"]);
    let last = all
        .lines()
        .last()
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(world.run_ok(&["feed", "--limit", "1"]).lines().count(), 1);
    assert_eq!(world.run_ok(&["feed", "--after", &last]).trim(), "");
    assert!(
        world
            .run_ok(&["feed", "prune", "--older-than", "1d"])
            .contains("deleted 0 outcomes")
    );
    let earlier = "UPDATE feed SET recorded_at = recorded_at - 2 * 86400 * 1000000";
    Connection::open(world.path("accolade.db"))
        .unwrap()
        .execute_batch(earlier)
        .unwrap();
    assert!(
        world
            .run_ok(&["feed", "prune", "--older-than", "1d"])
            .contains(&format!("deleted {last} outcomes"))
    );
    world.assert_fails(&["feed", "--after", "1"], &format!("--after {last}"));
    world.assert_fails(&["feed", "prune", "--older-than", "ages"], "90d");
}

#[test]
fn s18_an_export_of_events_includes_merges_retractions_and_grandfathered_awards() {
    let stricter = CATALOG.replace("tiers = [2, 10]", "tiers = [5, 10]");
    let (world, copy) = (world_with_history(), World::new());
    world.run_ok(&["merge", "guest", "ada", "--id", "m1"]);
    world.run_ok(&["record", "guest", "comment.posted", "--id", "g2"]);
    world.run_ok(&["retract", "ada", "v2", "--id", "r1"]);
    world.run_ok(&["retract", "bob", "b2"]);
    world.run_ok(&["retract", "bob", "b2", "--undo"]);
    publish(&world, &stricter);
    assert!(
        world
            .run_ok(&["player", "bob"])
            .contains("kept; no longer earned under the published catalog")
    );
    world.run_ok(&["export", "events", "--out", "all.ndjson"]);
    copy.write("all.ndjson", world.read("all.ndjson"));
    copy.write("accolade.toml", &stricter);
    let ran = copy.run(&["import", "all.ndjson", "--allow-actions"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    for what in ["awards", "balances", "events", "players"] {
        assert_eq!(
            copy.run_ok(&["export", what]),
            world.run_ok(&["export", what]),
            "{what}"
        );
    }
    assert_eq!(copy.run(&["verify"]).status, 0);
}

/// Publishes a catalog and backfills all players.
fn publish(world: &World, catalog: &str) {
    let store = SqliteStore::open(world.path("accolade.db")).unwrap();
    let engine = Engine::builder(store).open().unwrap();
    engine
        .catalog()
        .publish(
            Catalog::from_toml(catalog).unwrap(),
            PublishOptions::default(),
        )
        .wait()
        .unwrap();
    engine.catalog().await_backfill(|_| {}).wait().unwrap();
    engine.close().unwrap();
}

/// A misspelled `--db` must not leave an empty database that looks like an erased one.
#[test]
fn commands_that_remove_something_create_no_database() {
    let world = World::new();
    for args in [
        &["erase", "ada", "--yes"][..],
        &["retract", "--player", "ada", "--yes"],
        &["feed", "prune", "--older-than", "30d"],
    ] {
        world.assert_fails(args, "database not found");
        assert!(!world.path("accolade.db").exists(), "{args:?}");
    }
}
