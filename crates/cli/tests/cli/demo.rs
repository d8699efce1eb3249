//! `demo`: the history of a real community.

use crate::world::World;

#[test]
fn the_demo_agrees_with_the_badges_that_the_site_awarded() {
    let world = World::empty();
    let (status, report) = world.json(&["demo", "--no-serve"]);
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
        world.ok(&typed.split(' ').collect::<Vec<_>>());
    }
}

#[test]
fn a_second_demo_starts_anew_in_its_own_place_only() {
    let world = World::new();
    world.ok(&["demo", "--no-serve"]);
    world.ok(&[
        "points",
        "5",
        "reputation",
        "1000000",
        "--db",
        "sqlite:accolade-demo.db",
    ]);
    let told = world.ok(&["demo", "--no-serve"]);
    assert!(
        told.contains("An earlier replay was thrown away") && !told.contains("1,000,000"),
        "{told}"
    );
    for part in [
        "precision",
        "nice-answer",
        "Players of note",
        "accolade player",
        "sqlite:accolade-demo.db",
    ] {
        assert!(told.contains(part), "{part:?} is not in:\n{told}");
    }

    world.ok(&["record", "ada", "comment.posted"]);
    world.fails(
        &["demo", "--no-serve", "--db", "sqlite:accolade.db"],
        "a database of its own",
    );
    let (_, ada) = world.json(&["player", "ada"]);
    assert_eq!(ada["events"], 1, "nobody's data is touched");
    let (_, again) = world.json(&["demo", "--no-serve", "--db", "sqlite:accolade-demo.db"]);
    assert_eq!(
        (&again["replay"]["duplicates"], &again["replay"]["anew"]),
        (&again["replay"]["events"], &false.into())
    );
}
