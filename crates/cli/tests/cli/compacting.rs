//! `compact`.

use crate::world::World;

const BEFORE: &str = "2021-01-01T00:00:00Z";

#[test]
fn s22_a_past_is_compacted_after_it_was_shown() {
    let world = World::new();
    for (player, at) in [
        ("ada", "2020-05-01"),
        ("ada", "2020-06-01"),
        ("ada", "2021-05-01"),
        ("bob", "2020-05-01"),
    ] {
        world.ok(&[
            "record",
            player,
            "comment.posted",
            "--at",
            &format!("{at}T12:00:00Z"),
            "--id",
            at,
        ]);
    }
    let shown = world.run(&["compact", "--before", BEFORE, "--all"]);
    assert!(
        shown.status == 2 && shown.out.contains("3 events of 2 players"),
        "{shown:?}"
    );
    assert_eq!(
        world.ok(&["export", "events"]).lines().count(),
        4,
        "nothing was done"
    );

    let (status, done) = world.json(&["compact", "--before", BEFORE, "ada", "--yes"]);
    assert_eq!(
        (status, &done["done"], &done["events"]),
        (0, &true.into(), &2.into()),
        "{done}"
    );
    assert_eq!(done["players"][0]["sealed"], 2, "{done}");
    assert_eq!(world.ok(&["export", "events"]).lines().count(), 2);
    world.fails(
        &[
            "record",
            "ada",
            "comment.posted",
            "--at",
            "2020-07-01T12:00:00Z",
        ],
        "was compacted",
    );
    world.ok(&[
        "record",
        "ada",
        "comment.posted",
        "--at",
        "2021-04-01T12:00:00Z",
    ]);

    assert!(
        world
            .ok(&["compact", "--before", BEFORE, "ada"])
            .contains("nothing to compact")
    );
    assert!(
        world
            .ok(&["compact", "--before", BEFORE, "--all", "--yes"])
            .contains("1 event of 1 player")
    );
    world.fails(
        &["compact", "--before", BEFORE, "nobody"],
        "nothing is known",
    );
    world.fails(
        &["compact", "--before", "2190-01-01T00:00:00Z", "ada"],
        "lies in the future",
    );
}
