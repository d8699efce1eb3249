//! Erasure of a person's data (S22).

use accolade::{Action, Audience, Error, NewEvent, Rejection};

use crate::world::World;

const RUNS: &str = r#"
[[currency]]
id = "xp"

[[earning]]
id = "run"
on = "run"
points = { xp = 10 }

[[badge]]
id = "runner"
criterion = { count = "run" }
"#;

fn run(world: &World, player: &str, id: &str) -> Result<(), Error> {
    world
        .send(NewEvent::new(player, "run").id(id).at(world.now()))
        .map(drop)
}

#[test]
fn s22_only_anonymous_sums_of_an_erased_player_are_left() {
    let world = World::new(RUNS);
    run(&world, "ada", "1").unwrap();
    run(&world, "grace", "1").unwrap();
    run(&world, "guest", "2").unwrap();
    world.act(Action::merge("grace", "guest")).unwrap();

    let removed = world
        .engine
        .players()
        .erase("guest")
        .wait()
        .unwrap()
        .expect("the guest is grace");
    let ids: Vec<&str> = removed
        .players
        .iter()
        .map(|one| one.player.as_str())
        .collect();
    assert_eq!(ids, ["grace", "guest"], "the player and the guest");
    assert_eq!(removed.players.iter().map(|one| one.events).sum::<u64>(), 3);

    for id in ["grace", "guest"] {
        assert!(
            world
                .engine
                .players()
                .load_profile(id, Audience::Admin)
                .wait()
                .unwrap()
                .is_none(),
            "{id}"
        );
        assert!(
            world
                .engine
                .players()
                .list_timeline(id)
                .wait()
                .unwrap()
                .is_empty(),
            "{id}"
        );
        assert!(
            world
                .engine
                .players()
                .list_ledger(id, None, 10)
                .wait()
                .unwrap()
                .items
                .is_empty(),
            "{id}"
        );
    }
    let feed = world.engine.feed().list(0, 100).wait().unwrap();
    assert!(
        feed.iter().all(|outcome| outcome.player == "ada"),
        "{feed:?}"
    );
    let earners = world
        .engine
        .catalog()
        .list_earners("runner", Audience::Admin, None, 10)
        .wait()
        .unwrap()
        .items;
    assert_eq!(earners.len(), 1);
    let totals = world
        .engine
        .maintenance()
        .query_store(|reader| reader.erased_totals())
        .wait()
        .unwrap();
    assert_eq!(
        (totals.players, totals.events, totals.points),
        (1, 3, vec![("xp".to_owned(), 20)])
    );
    assert_eq!(totals.awards, [("runner".to_owned(), 1)]);
}

#[test]
fn s22_nothing_is_recorded_under_an_erased_id_again() {
    let world = World::new(RUNS);
    run(&world, "grace", "1").unwrap();
    world.engine.players().erase("grace").wait().unwrap();
    for id in ["1", "2"] {
        let refused = run(&world, "grace", id);
        assert!(
            matches!(refused, Err(Error::Rejected(Rejection::PlayerErased))),
            "{refused:?}"
        );
    }
    for act in [
        Action::points("grace", "xp", 1),
        Action::merge("ada", "grace"),
        Action::merge("grace", "ada"),
    ] {
        let error = world.act(act.clone()).unwrap_err();
        assert_eq!(
            error, "the player was erased; nothing can be recorded under this id",
            "{act:?}"
        );
    }
    run(&world, "gracie", "1").unwrap();
}

#[test]
fn s22_only_erased_players_are_reported_as_erased() {
    let world = World::new(RUNS);
    run(&world, "ada", "1").unwrap();
    run(&world, "grace", "1").unwrap();
    run(&world, "guest", "1").unwrap();
    world.act(Action::merge("grace", "guest")).unwrap();
    world.engine.players().erase("grace").wait().unwrap();
    let erased = ["ada", "grace", "guest", "stranger"]
        .map(|id| world.engine.players().is_erased(id).wait().unwrap());
    assert_eq!(erased, [false, true, true, false]);
}

#[test]
fn s22_a_mistyped_id_erases_no_player() {
    let world = World::new(RUNS);
    run(&world, "ada", "1").unwrap();
    assert!(
        world
            .engine
            .players()
            .erase("adda")
            .wait()
            .unwrap()
            .is_none()
    );
    run(&world, "adda", "1").unwrap();
    assert!(
        world
            .engine
            .players()
            .erase("ada")
            .wait()
            .unwrap()
            .is_some()
    );
    assert!(
        world
            .engine
            .players()
            .erase("ada")
            .wait()
            .unwrap()
            .is_none(),
        "the second time there is no player"
    );
}

#[test]
fn s22_a_player_without_an_event_of_their_own_leaves_no_hash() {
    let world = World::new(RUNS);
    run(&world, "ada", "1").unwrap();
    world.act(Action::award("adda", "runner")).unwrap();
    let players = world.engine.players();
    assert!(players.is_empty("adda").wait().unwrap());
    assert!(!players.is_empty("ada").wait().unwrap());
    assert!(!players.is_empty("unknown").wait().unwrap());

    let removed = players.erase("adda").wait().unwrap().unwrap();
    assert!(!removed.blocked);
    assert_eq!(removed.players[0].events, 1);
    assert!(!players.exists("adda").wait().unwrap());
    assert!(!players.is_erased("adda").wait().unwrap());
    // The id is free: another person may have it.
    run(&world, "adda", "1").unwrap();
    let removed = players.erase("adda").wait().unwrap().unwrap();
    assert!(removed.blocked);
    assert!(run(&world, "adda", "2").is_err());
}

#[test]
fn s22_a_retracted_event_or_one_of_a_guest_is_an_event_of_their_own() {
    let world = World::new(RUNS);
    run(&world, "ada", "1").unwrap();
    world.act(Action::retract("ada", "1")).unwrap();
    run(&world, "guest", "1").unwrap();
    world.act(Action::merge("bea", "guest")).unwrap();
    let players = world.engine.players();
    for player in ["ada", "bea", "guest"] {
        assert!(!players.is_empty(player).wait().unwrap(), "{player}");
        if player != "guest" {
            assert!(
                players.erase(player).wait().unwrap().unwrap().blocked,
                "{player}"
            );
        }
    }
    assert!(run(&world, "guest", "2").is_err());
}
