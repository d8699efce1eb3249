//! Explaining, retracting, merging, erasing, and what is kept of all that.

use accolade::{Catalog, Engine, Publishing};
use accolade_sqlite::SqliteStore;
use rusqlite::Connection;

use crate::world::{CATALOG, World};

/// Ada has two comments and a nice answer; a guest was merged into her, and bob is somebody else.
fn history() -> World {
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
        world.ok(&["record", player, name, "--id", id, "--props", props]);
    }
    world
}

#[test]
fn why_says_what_earned_a_badge_and_what_did_not_count() {
    let world = history();
    for (about, told) in [
        ("nice-answer@7", "ada has Nice answer"),
        ("award:nice-answer@7", "v2"),
        ("commentator:silver", "8 missing"),
        ("currency:xp", "commented"),
        ("unlockable:title", "title"),
        ("entry:1", "entry 1 is +5 xp of the earning commented"),
    ] {
        let text = world.ok(&["why", "ada", about]);
        assert!(text.contains(told), "{about} does not say {told:?}: {text}");
    }
    world.fails(&["why", "ada", "nice-anser"], "did you mean `nice-answer`?");
    world.fails(&["why", "eve", "nice-answer"], "there is no player `eve`");
    let (_, why) = world.json(&["why", "ada", "entry:1"]);
    assert_eq!(
        (&why["entry"]["sum"], &why["version"]),
        (&5.into(), &1.into()),
        "{why}"
    );
}

#[test]
fn s13_events_are_taken_back_and_given_back() {
    let world = history();
    let told = world.ok(&[
        "retract", "ada", "v2", "--by", "grace", "--reason", "deleted", "--id", "r1",
    ]);
    assert!(
        told.contains("lost the badge nice-answer for 7") && told.contains("-10 xp"),
        "{told}"
    );
    let told = world.ok(&["why", "ada", "nice-answer@7"]);
    assert!(told.contains("v2") && told.contains("r1"), "{told}");
    world.fails(&["retract", "ada", "v2"], "already retracted");
    let told = world.ok(&["retract", "--undo", "ada", "v2"]);
    assert!(told.contains("badge nice-answer for 7"), "{told}");
    world.fails(&["retract", "ada", "v2", "--undo"], "not retracted");
    world.fails(&["retract"], "say which");
    assert_eq!(world.run(&["verify"]).status, 0);
}

#[test]
fn s13_a_range_is_previewed_before_it_is_taken_back() {
    let world = history();
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
    for told in [
        "2 events of 1 player",
        "xp from 20 to 10",
        "loses nice-answer@7",
        "shuts title",
        "nothing was done",
    ] {
        assert!(
            preview.out.contains(told),
            "the preview does not say {told:?}: {preview:?}"
        );
    }
    let (status, document) = world.json(&pick);
    assert_eq!(
        (status, &document["effects"][0]["lost"][0]),
        (2, &"nice-answer@7".into()),
        "{document}"
    );
    let done = world.ok(&[&pick[..], &["--yes"]].concat());
    assert!(done.contains("lost the badge nice-answer for 7"), "{done}");
    assert!(
        world
            .ok(&pick)
            .contains("no event that counts is like this")
    );
    world.fails(
        &["retract", "--where", "event.post =", "--yes"],
        "invalid condition: ",
    );
    assert_eq!(world.run(&["verify"]).status, 0);
}

#[test]
fn s19_a_guest_is_merged_and_separated() {
    let world = history();
    let told = world.ok(&["merge", "guest", "ada", "--id", "m1"]);
    assert!(told.contains("recorded m1"), "{told}");
    assert!(world.ok(&["player", "guest"]).contains("guest is ada now"));
    world.fails(&["merge", "guest", "bob"], "is already merged into `ada`");
    world.ok(&["unmerge", "guest", "ada"]);
    world.fails(&["unmerge", "guest", "ada"], "was not merged");
    let (_, guest) = world.json(&["player", "guest"]);
    assert_eq!(guest["player"], "guest");
    assert_eq!(world.run(&["verify"]).status, 0);
}

#[test]
fn s22_erasing_says_what_it_removes_and_removes_it() {
    let world = history();
    world.ok(&["merge", "guest", "ada"]);
    let asked = world.run(&["erase", "ada"]);
    assert_eq!(asked.status, 2, "{asked:?}");
    assert!(
        asked.out.contains("also under the ids guest") && asked.out.contains("nothing was removed"),
        "{asked:?}"
    );
    let told = world.ok(&["erase", "ada", "--yes", "--vacuum"]);
    assert!(
        told.contains("removed ada: 5 events") && told.contains("removed guest: 1 event"),
        "{told}"
    );
    for id in ["ada", "guest"] {
        world.fails(&["player", id], "there is no player");
        world.fails(&["record", id, "comment.posted"], "was erased");
    }
    world.fails(&["erase", "ada", "--yes"], "nothing is held");
    let (_, doctor) = world.json(&["doctor"]);
    assert_eq!(doctor["database"]["players_erased"], 1, "{doctor}");
    assert_eq!(world.run(&["verify"]).status, 0);
}

#[test]
fn s22_all_that_is_held_on_a_player_is_one_document() {
    let world = history();
    let told = world.ok(&["export", "player", "ada", "--out", "ada.json"]);
    assert!(told.contains("ada.json"), "{told}");
    let held: serde_json::Value = serde_json::from_str(&world.read("ada.json")).unwrap();
    assert_eq!(
        (
            held["events"].as_array().map(Vec::len),
            &held["balances"][0]["balance"]
        ),
        (Some(4), &20.into())
    );
    assert!(!world.read("ada.json").contains("bob"));
    world.fails(&["export", "player", "eve"], "nothing is held");
    world.fails(&["export", "player"], "PLAYER");
}

#[test]
fn a_back_up_is_restored_only_over_what_may_be_replaced() {
    let world = history();
    world.ok(&["backup", "copy.db"]);
    world.fails(&["backup", "copy.db"], "is there already");
    world.ok(&["record", "bob", "comment.posted"]);
    world.fails(&["restore", "copy.db"], "--replace");
    let told = world.ok(&["restore", "copy.db", "--replace"]);
    assert!(told.contains("erase them again"), "{told}");
    let (_, bob) = world.json(&["player", "bob"]);
    assert_eq!(bob["events"], 2);
    world.ok(&["restore", "copy.db", "--db", "sqlite:other.db"]);
    assert_eq!(world.run(&["verify", "--db", "sqlite:other.db"]).status, 0);
    world.fails(&["restore", "nothing.db"], "there is no file");
}

#[test]
fn s20_the_feed_is_read_from_a_number_and_says_what_is_gone() {
    let world = history();
    let all = world.ok(&["feed"]);
    let last = all
        .lines()
        .last()
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(world.ok(&["feed", "--limit", "1"]).lines().count(), 1);
    assert_eq!(world.ok(&["feed", "--after", &last]).trim(), "");
    assert!(
        world
            .ok(&["feed", "prune", "--older-than", "1d"])
            .contains("let go of 0 outcomes")
    );
    let earlier = "UPDATE feed SET recorded_at = recorded_at - 2 * 86400 * 1000000";
    Connection::open(world.path("accolade.db"))
        .unwrap()
        .execute_batch(earlier)
        .unwrap();
    assert!(
        world
            .ok(&["feed", "prune", "--older-than", "1d"])
            .contains(&format!("let go of {last} outcomes"))
    );
    world.fails(&["feed", "--after", "1"], &format!("begins after {last}"));
    world.fails(&["feed", "prune", "--older-than", "ages"], "90d");
}

#[test]
fn s18_an_export_of_events_brings_merges_retractions_and_what_was_kept_along() {
    let stricter = CATALOG.replace("tiers = [2, 10]", "tiers = [5, 10]");
    let (world, copy) = (history(), World::new());
    world.ok(&["merge", "guest", "ada", "--id", "m1"]);
    world.ok(&["record", "guest", "comment.posted", "--id", "g2"]);
    world.ok(&["retract", "ada", "v2", "--id", "r1"]);
    world.ok(&["retract", "bob", "b2"]);
    world.ok(&["retract", "bob", "b2", "--undo"]);
    publish(&world, &stricter);
    assert!(
        world
            .ok(&["player", "bob"])
            .contains("kept, though the catalog no longer earns it")
    );
    world.ok(&["export", "events", "--out", "all.ndjson"]);
    copy.write("all.ndjson", world.read("all.ndjson"));
    copy.write("accolade.toml", &stricter);
    let ran = copy.run(&["import", "all.ndjson", "--may-act"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    for what in ["awards", "balances", "events", "players"] {
        assert_eq!(
            copy.ok(&["export", what]),
            world.ok(&["export", what]),
            "{what}"
        );
    }
    assert_eq!(copy.run(&["verify"]).status, 0);
}

/// Puts a catalog in force, and brings everybody up to it.
fn publish(world: &World, catalog: &str) {
    let store = SqliteStore::open(world.path("accolade.db")).unwrap();
    let engine = Engine::builder(store).open().unwrap();
    engine
        .publish(Catalog::from_toml(catalog).unwrap(), Publishing::default())
        .wait()
        .unwrap();
    engine.sweep(|_| {}).wait().unwrap();
    engine.close().unwrap();
}
