//! `record` and manual actions.

use crate::world::World;

#[test]
fn a_receipt_says_what_changed_and_which_rules_did_not_pay() {
    let world = World::new();
    let output = world.run_ok(&[
        "record",
        "ada",
        "run.finished",
        "--id",
        "r1",
        "--prop",
        "km=10",
        "--prop",
        "hours=4",
    ]);
    assert!(
        output.contains("recorded r1") && output.contains("earning pace: condition not met"),
        "{output}"
    );
    let output = world.run_ok(&[
        "record",
        "ada",
        "run.finished",
        "--props",
        r#"{"km":10.5,"hours":1}"#,
    ]);
    assert!(output.contains("+10 xp (pace)"), "{output}");
    let (_, receipt) = world.run_json(&["record", "ada", "run.finished", "--prop", "km=10"]);
    assert_eq!(receipt["skipped"][0]["reason"], "error", "{receipt}");

    let (_, again) = world.run_json(&[
        "record",
        "ada",
        "run.finished",
        "--id",
        "r1",
        "--prop",
        "hours=4",
        "--prop",
        "km=10",
    ]);
    assert_eq!(again["status"], "duplicate");
    world.assert_fails(
        &["record", "ada", "run.finished", "--id", "r1"],
        "`r1` already exists and differs in ",
    );
    world.assert_fails(&["record", "ada", "accolade.award"], "reserved");
    world.assert_fails(
        &[
            "record",
            "ada",
            "run.finished",
            "--prop",
            "km=1",
            "--prop",
            "km=2",
        ],
        "given twice",
    );
    world.assert_fails(
        &["record", "ada", "run.finished", "--props", "[1]"],
        "--props",
    );
    world.assert_fails(&["record", "", "run.finished"], "empty");
}

#[test]
fn s45_unknown_players_are_refused_with_a_suggestion_unless_created() {
    let world = World::new();
    world.run_ok(&["record", "ada", "comment.posted"]);
    let suggestion =
        "player `adaa` not found; did you mean `ada`? to create the player, pass --create";
    for args in [
        &["award", "adaa", "helper"][..],
        &["points", "adaa", "xp", "5"],
        &["reset", "adaa"],
        &["retract", "adaa", "e1"],
        &["merge", "adaa", "ada"],
        &["merge", "ada", "adaa"],
        &["unmerge", "ada", "adaa"],
    ] {
        world.assert_fails(args, suggestion);
    }
    for args in [
        &["player", "adaa"][..],
        &["why", "adaa", "helper"],
        &["erase", "adaa", "--yes"],
    ] {
        world.assert_fails(args, "did you mean `ada`?");
    }
    world.run_ok(&["award", "adaa", "helper", "--create"]);
    let output = world.run_ok(&["erase", "adaa", "--yes"]);
    assert!(output.contains("the id can be used again"), "{output}");
    world.run_ok(&["merge", "guest", "ada", "--create"]);
    let output = world.run_ok(&["erase", "ada", "--yes"]);
    assert!(output.contains("nothing can be recorded"), "{output}");
}

#[test]
fn manual_actions_are_checked_and_idempotent() {
    let world = World::new();
    for (args, expected) in [
        (
            &[
                "award",
                "ada",
                "nice-answer",
                "--create",
                "--key",
                "7",
                "--by",
                "grace",
                "--reason",
                "kind",
            ][..],
            "+10 xp (nice-answer)",
        ),
        (
            &["revoke", "ada", "nice-answer", "--key", "7"],
            "-10 xp (nice-answer)",
        ),
        (
            &["award", "ada", "commentator", "--tier", "silver"],
            "badge commentator (silver)",
        ),
        (
            &["points", "ada", "xp", "50", "--id", "thanks-1"],
            "unlockable title opened",
        ),
        (
            &["points", "ada", "xp", "50", "--id", "thanks-1"],
            "thanks-1 was already recorded",
        ),
        (&["points", "ada", "xp", "-20"], "-20 xp"),
        (&["points", "ada", "xp", "-100", "--overdraft"], "-100 xp"),
        (
            &["progress", "ada", "helper", "--add", "2"],
            "progress toward helper: 2 of 3",
        ),
        (&["progress", "ada", "helper", "--set", "3"], "badge helper"),
        (&["reset", "ada", "--reason", "asked for it"], "+70 xp"),
    ] {
        let ran = world.run_ok(args);
        assert!(
            ran.contains(expected),
            "{args:?} does not contain {expected:?}: {ran}"
        );
    }
    for (args, expected) in [
        (
            &["award", "ada", "nice-anwser"][..],
            "did you mean `nice-answer`?",
        ),
        (&["award", "ada", "commentator"], "bronze, silver"),
        (&["award", "ada", "nice-answer"], "earned per key"),
        (&["revoke", "ada", "helper"], "not held"),
        (&["points", "ada", "gold", "5"], "currency `gold` not found"),
        (&["points", "ada", "xp", "-1000"], "less than the"),
        (
            &["points", "ada", "xp", "99999999999999999999"],
            "99999999999999999999",
        ),
        (
            &["progress", "ada", "commentator", "--add", "1", "--set", "2"],
            "cannot be used with",
        ),
    ] {
        world.assert_fails(args, expected);
    }
    let (_, profile) = world.run_json(&["player", "ada"]);
    assert_eq!(
        (&profile["balances"][0]["balance"], &profile["events"]),
        (&0.into(), &0.into()),
        "{profile}"
    );
    assert_eq!(world.run(&["verify"]).status, 0);
}
