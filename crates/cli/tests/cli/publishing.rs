//! `plan`, `publish` and `history`.

use crate::world::{CATALOG, World};

/// Creates a world in which Ada has two comments and Bob has three, and a stricter catalog.
fn world_with_players() -> World {
    let world = World::new();
    for (player, id) in [
        ("ada", "1"),
        ("ada", "2"),
        ("bob", "1"),
        ("bob", "2"),
        ("bob", "3"),
    ] {
        world.run_ok(&[
            "record",
            player,
            "comment.posted",
            "--id",
            id,
            "--at",
            "2026-01-01T00:00:00Z",
        ]);
    }
    world.write(
        "stricter.toml",
        CATALOG.replace("tiers = [2, 10]", "tiers = [3, 10]"),
    );
    world
}

#[test]
fn plan_shows_what_publishing_would_change_and_changes_nothing() {
    let world = world_with_players();
    let before = world.run_ok(&["export", "awards"]);
    let ran = world.run(&["plan", "stricter.toml"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    for part in [
        "the badge `commentator` was changed",
        "1 of 2 players affected, based on 5 events",
        "ada",
        "accolade publish stricter.toml --plan plan1-1-keep-",
    ] {
        assert!(ran.out.contains(part), "{part:?} is not in:\n{}", ran.out);
    }
    assert_eq!(world.run_ok(&["export", "awards"]), before);

    let (status, plan) =
        world.run_json(&["plan", "stricter.toml", "--revoke", "--out", "changes.csv"]);
    assert_eq!(
        (
            status,
            &plan["badges"][0]["lost"],
            &plan["changes"][0]["player"]
        ),
        (2, &1.into(), &"ada".into())
    );
    assert_eq!(
        world.read("changes.csv"),
        "player,kind,subject,tier,key,before,after\nada,award_lost,commentator,bronze,,2026-01-01T00:00:00Z,\n"
    );
    assert!(
        world
            .run_ok(&["plan", "accolade.toml"])
            .contains("nothing would change")
    );
    world.assert_fails(&["plan", "nowhere.toml"], "nowhere.toml");
    world.assert_fails(
        &["plan", "stricter.toml", "--db", "sqlite:nowhere.db"],
        "database not found",
    );
}

#[test]
fn publish_keeps_or_revokes_awards_and_history_shows_it() {
    for (flag, held) in [(None, 2), (Some("--revoke"), 1)] {
        let world = world_with_players();
        let args: Vec<&str> = [
            "publish",
            "stricter.toml",
            "--yes",
            "--by",
            "grace",
            "--message",
            "stricter",
        ]
        .into_iter()
        .chain(flag)
        .collect();
        let said = world.run_ok(&args);
        assert!(
            said.contains("published version 2") && said.contains("2 players"),
            "{said}"
        );
        assert_eq!(
            world.run_ok(&["export", "awards"]).lines().count() - 1,
            held,
            "{flag:?}"
        );
        assert!(
            world
                .run_ok(&["publish", "stricter.toml"])
                .contains("nothing was published")
        );

        let (_, history) = world.run_json(&["history"]);
        let history = &history["items"];
        let last = &history[1];
        assert_eq!(
            (&last["version"], &last["published_by"], &last["revoke"]),
            (&2.into(), &"grace".into(), &flag.is_some().into())
        );
        assert!(last["changes"][0].as_str().unwrap().contains("commentator"));
        assert_eq!(last["note"], "stricter");
        let output = world.run_ok(&["history"]);
        assert!(
            output.starts_with("version 2, published ")
                && output.contains("by grace")
                && output.contains("\n  stricter\n"),
            "{output}"
        );
        assert_eq!(world.run_json(&["verify"]).0, 0);
    }
}

#[test]
fn publish_restores_an_earlier_version() {
    let world = world_with_players();
    let before = world.run_ok(&["export", "awards"]);
    world.run_ok(&["publish", "stricter.toml", "--revoke", "--yes"]);
    assert_ne!(world.run_ok(&["export", "awards"]), before);
    assert!(
        world
            .run_ok(&["publish", "--version", "1", "--yes"])
            .contains("published version 3")
    );
    assert_eq!(world.run_ok(&["export", "awards"]), before);
    world.assert_fails(&["publish", "--version", "9"], "version 9 not found");
    world.assert_fails(&["publish"], "required");
}

#[test]
fn publish_with_a_token_rejects_unplanned_changes_and_names_them() {
    let world = world_with_players();
    let (_, plan) = world.run_json(&["plan", "stricter.toml"]);
    let token = plan["token"].as_str().unwrap();
    world.assert_fails(
        &["publish", "stricter.toml", "--plan", token, "--revoke"],
        "keeps awards",
    );
    world.assert_fails(
        &["publish", "accolade.toml", "--plan", token],
        "another catalog",
    );
    world.assert_fails(
        &[
            "publish",
            "stricter.toml",
            "--plan",
            &token[..token.len() - 1],
        ],
        "is not a plan token",
    );
    world.run_ok(&["record", "ada", "comment.posted"]);
    world.assert_fails(
        &["publish", "stricter.toml", "--plan", token],
        "ada: award_kept commentator:bronze",
    );

    let (_, plan) = world.run_json(&["plan", "stricter.toml"]);
    world.run_ok(&[
        "publish",
        "stricter.toml",
        "--plan",
        plan["token"].as_str().unwrap(),
    ]);
    world.assert_fails(
        &["publish", "stricter.toml", "--plan", token],
        "version 2 is published now",
    );
}

#[test]
fn publish_with_detach_leaves_the_backfill_to_the_next_writer() {
    let world = world_with_players();
    let (_, applied) =
        world.run_json(&["publish", "stricter.toml", "--revoke", "--detach", "--yes"]);
    assert_eq!(
        (&applied["is_new"], &applied["players"]),
        (&true.into(), &serde_json::Value::Null)
    );
    let ada = world.run_json(&["player", "ada"]).1;
    assert!(
        !ada.to_string().contains("commentator\",\"earned\":[{"),
        "reads follow the new catalog: {ada}"
    );
    assert!(
        world
            .run_ok(&["publish", "stricter.toml"])
            .contains("2 players up to date")
    );
    assert_eq!(
        world.run_ok(&["export", "awards"]).lines().count(),
        2,
        "Bob's award and the header"
    );
}

/// A file that has nothing to do with the running game must not replace its rules by accident.
#[test]
fn publish_without_confirmation_shows_what_players_lose_and_changes_nothing() {
    let world = world_with_players();
    world.run_ok(&["points", "ada", "xp", "108"]);
    let state = || ["awards", "balances"].map(|what| world.run_ok(&["export", what]));
    let before = state();
    world.write("other.toml", "[[currency]]\nid = \"gems\"\n");
    let ran = world.run(&["publish", "other.toml"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    for part in [
        "the currency `xp` was removed",
        "2 of 2 players affected",
        "-118",
        "nothing was published; confirm with --yes, or publish exactly these changes with --plan",
    ] {
        assert!(ran.out.contains(part), "{part:?} is not in:\n{}", ran.out);
    }
    assert_eq!(state(), before);
    let (status, plan) = world.run_json(&["publish", "other.toml"]);
    assert_eq!((status, &plan["changed"]), (2, &2.into()), "{plan}");
    assert_eq!(
        world.run_json(&["history"]).1["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    let token = plan["token"].as_str().unwrap();
    let said = world.run_ok(&["publish", "other.toml", "--plan", token]);
    assert!(
        said.contains("To undo:\n  accolade publish --version 1"),
        "{said}"
    );
    assert_ne!(state(), before);
    world.run_ok(&["publish", "--version", "1", "--yes"]);
    assert_eq!(state(), before, "the suggested command undoes it");
    world.assert_fails(
        &["publish", "other.toml", "--yes", "--plan", token],
        "cannot be used with",
    );
}

#[test]
fn publish_needs_no_confirmation_if_no_player_is_affected() {
    let world = world_with_players();
    world.write(
        "wider.toml",
        format!("{CATALOG}\n[[badge]]\nid = \"new-one\"\n"),
    );
    let (status, published) = world.run_json(&["publish", "wider.toml"]);
    assert_eq!(
        (status, &published["is_new"]),
        (0, &true.into()),
        "{published}"
    );
    assert_eq!(published["undo"], "accolade publish --version 1");
}
