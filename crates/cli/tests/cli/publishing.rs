//! `plan`, `apply` and `history`.

use crate::world::{CATALOG, World};

/// Ada with two comments, and Bob with three, under the tests' catalog; a stricter one beside it.
fn community() -> World {
    let world = World::new();
    for (player, id) in [
        ("ada", "1"),
        ("ada", "2"),
        ("bob", "1"),
        ("bob", "2"),
        ("bob", "3"),
    ] {
        world.ok(&[
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
    let world = community();
    let before = world.ok(&["export", "awards"]);
    let ran = world.run(&["plan", "stricter.toml"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    for part in [
        "the badge `commentator` was changed",
        "for 1 player of 2, by their 5 events",
        "ada",
        "accolade apply stricter.toml --plan plan1-1-keep-",
    ] {
        assert!(ran.out.contains(part), "{part:?} is not in:\n{}", ran.out);
    }
    assert_eq!(world.ok(&["export", "awards"]), before);

    let (status, plan) = world.json(&[
        "plan",
        "stricter.toml",
        "--take-back",
        "--out",
        "changes.csv",
    ]);
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
            .ok(&["plan", "accolade.toml"])
            .contains("nothing would change")
    );
    world.fails(&["plan", "nowhere.toml"], "nowhere.toml");
    world.fails(
        &["plan", "stricter.toml", "--db", "sqlite:nowhere.db"],
        "there is no database yet",
    );
}

#[test]
fn apply_keeps_or_takes_back_and_history_tells() {
    for (flag, held) in [(None, 2), (Some("--take-back"), 1)] {
        let world = community();
        let args: Vec<&str> = ["apply", "stricter.toml", "--by", "grace"]
            .into_iter()
            .chain(flag)
            .collect();
        let said = world.ok(&args);
        assert!(
            said.contains("version 2 is in force") && said.contains("2 players"),
            "{said}"
        );
        assert_eq!(
            world.ok(&["export", "awards"]).lines().count() - 1,
            held,
            "{flag:?}"
        );
        assert!(
            world
                .ok(&["apply", "stricter.toml"])
                .contains("nothing was published")
        );

        let (_, history) = world.json(&["history"]);
        let last = &history[1];
        assert_eq!(
            (&last["version"], &last["by"], &last["take_back"]),
            (&2.into(), &"grace".into(), &flag.is_some().into())
        );
        assert!(last["changes"][0].as_str().unwrap().contains("commentator"));
        let told = world.ok(&["history"]);
        assert!(
            told.starts_with("version 2 since ") && told.contains("by grace"),
            "{told}"
        );
        assert_eq!(world.json(&["verify"]).0, 0);
    }
}

#[test]
fn apply_goes_back_to_a_version() {
    let world = community();
    let before = world.ok(&["export", "awards"]);
    world.ok(&["apply", "stricter.toml", "--take-back"]);
    assert_ne!(world.ok(&["export", "awards"]), before);
    assert!(
        world
            .ok(&["apply", "--version", "1"])
            .contains("version 3 is in force")
    );
    assert_eq!(world.ok(&["export", "awards"]), before);
    world.fails(&["apply", "--version", "9"], "no version 9");
    world.fails(&["apply"], "required");
}

#[test]
fn apply_with_a_token_refuses_what_was_not_planned_and_names_it() {
    let world = community();
    let (_, plan) = world.json(&["plan", "stricter.toml"]);
    let token = plan["token"].as_str().unwrap();
    world.fails(
        &["apply", "stricter.toml", "--plan", token, "--take-back"],
        "keeps awards",
    );
    world.fails(
        &["apply", "accolade.toml", "--plan", token],
        "another catalog",
    );
    world.fails(
        &[
            "apply",
            "stricter.toml",
            "--plan",
            &token[..token.len() - 1],
        ],
        "is not the token of a plan",
    );
    world.ok(&["record", "ada", "comment.posted"]);
    world.fails(
        &["apply", "stricter.toml", "--plan", token],
        "ada: award_kept commentator:bronze",
    );

    let (_, plan) = world.json(&["plan", "stricter.toml"]);
    world.ok(&[
        "apply",
        "stricter.toml",
        "--plan",
        plan["token"].as_str().unwrap(),
    ]);
    world.fails(
        &["apply", "stricter.toml", "--plan", token],
        "version 2 is in force now",
    );
}

#[test]
fn apply_that_detaches_leaves_the_players_to_whoever_comes_next() {
    let world = community();
    let (_, applied) = world.json(&["apply", "stricter.toml", "--take-back", "--detach"]);
    assert_eq!(
        (&applied["new"], &applied["players"]),
        (&true.into(), &serde_json::Value::Null)
    );
    let ada = world.json(&["player", "ada"]).1;
    assert!(
        !ada.to_string().contains("commentator\",\"earned\":[{"),
        "what is read is under the new catalog: {ada}"
    );
    assert!(
        world
            .ok(&["apply", "stricter.toml"])
            .contains("2 players, and all are up to date")
    );
    assert_eq!(
        world.ok(&["export", "awards"]).lines().count(),
        2,
        "bob's, below the header"
    );
}
