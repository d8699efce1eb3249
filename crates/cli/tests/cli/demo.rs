//! `demo`: the history of a real community.

use crate::world::World;

#[test]
fn the_demo_agrees_with_the_badges_that_the_site_awarded() {
    let world = World::without_catalog();
    let (status, report) = world.run_json(&["demo", "--no-serve"]);
    assert_eq!(status, 0);
    let agreement = &report["agreement"];
    for measure in ["precision", "recall"] {
        assert!(
            agreement[measure].as_f64() >= Some(0.94),
            "{measure}: {agreement:#}"
        );
    }
    assert_eq!(agreement["badges"].as_array().map(Vec::len), Some(16));
    assert!(
        report["replay"]["events"].as_u64() > Some(5_000) && report["players"].as_u64() > Some(100),
        "{report}"
    );
    assert!(
        report["points"][0]["total"].as_i64() > Some(10_000),
        "{report}"
    );

    for command in report["next"].as_array().unwrap() {
        let typed = command.as_str().unwrap().strip_prefix("accolade ").unwrap();
        world.run_ok(&typed.split(' ').collect::<Vec<_>>());
    }
}

#[test]
fn a_second_demo_replaces_only_its_own_database() {
    let world = World::new();
    world.run_ok(&["demo", "--no-serve"]);
    world.run_ok(&[
        "points",
        "5",
        "reputation",
        "1000000",
        "--db",
        "sqlite:accolade-demo.db",
    ]);
    let output = world.run_ok(&["demo", "--no-serve"]);
    assert!(
        output.contains("An earlier replay was deleted") && !output.contains("1,000,000"),
        "{output}"
    );
    for part in [
        "precision",
        "nice-answer",
        "Top players",
        "accolade player",
        "sqlite:accolade-demo.db",
    ] {
        assert!(output.contains(part), "{part:?} is not in:\n{output}");
    }

    world.run_ok(&["record", "ada", "comment.posted"]);
    world.assert_fails(
        &["demo", "--no-serve", "--db", "sqlite:accolade.db"],
        "a database of its own",
    );
    let (_, ada) = world.run_json(&["player", "ada"]);
    assert_eq!(ada["events"], 1, "other data is not touched");
    let (_, again) = world.run_json(&["demo", "--no-serve", "--db", "sqlite:accolade-demo.db"]);
    assert_eq!(
        (
            &again["replay"]["duplicates"],
            &again["replay"]["restarted"]
        ),
        (&again["replay"]["events"], &false.into())
    );
}
