//! Merging and unmerging of players (S19).

use accolade::store::Trigger;
use accolade::{Action, Audience, NewEvent, OutcomeKind, ReceiptStatus};

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
criterion = { count = "run", at_least = 3 }
points = { xp = 5 }
"#;

/// Records an event of a player and returns its status.
fn run(world: &World, player: &str, id: &str) -> ReceiptStatus {
    world.advance_clock(60);
    world
        .send(NewEvent::new(player, "run").id(id).at(world.now()))
        .unwrap()
        .status
}

fn balance(world: &World, player: &str) -> i64 {
    world
        .engine
        .players()
        .load_profile(player, Audience::Admin)
        .wait()
        .unwrap()
        .map_or(0, |profile| profile.balances[0].balance)
}

fn ledger_sum(world: &World, player: &str) -> i64 {
    let rows = world.engine.maintenance().query_store({
        let player = player.to_owned();
        move |reader| reader.list_ledger_after(&player, None)
    });
    rows.wait().unwrap().iter().map(|row| row.amount).sum()
}

#[test]
fn s19_a_guests_timeline_becomes_part_of_the_players() {
    let world = World::new(RUNS);
    run(&world, "ada", "1");
    run(&world, "guest", "2");
    run(&world, "guest", "3");
    world
        .act(Action::merge("ada", "guest").id("m").by("grace"))
        .unwrap();
    assert_eq!(
        (world.balance("xp"), world.held()),
        (35, vec!["runner".to_owned()])
    );
    assert_eq!(
        (ledger_sum(&world, "ada"), ledger_sum(&world, "guest")),
        (35, 0),
        "both ledgers balance"
    );

    let guest = world
        .engine
        .players()
        .load_profile("guest", Audience::Admin)
        .wait()
        .unwrap()
        .unwrap();
    assert_eq!(guest.player, "ada", "the guest's id leads to the player");
    let seen = world.engine.players().list_timeline("ada").wait().unwrap();
    let ids: Vec<&str> = seen.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["1", "2", "3", "m"], "the merge is a visible action");
}

#[test]
fn s19_new_events_of_the_guest_belong_to_the_player_and_stay_idempotent() {
    let world = World::new(RUNS);
    run(&world, "guest", "1");
    world.act(Action::merge("ada", "guest")).unwrap();
    assert_eq!(run(&world, "guest", "2"), ReceiptStatus::Accepted);
    assert_eq!(
        run(&world, "ada", "2"),
        ReceiptStatus::Accepted,
        "ids are the origin's own"
    );
    assert_eq!(
        (balance(&world, "ada"), world.held()),
        (35, vec!["runner".to_owned()])
    );
    let at = world.engine.players().list_timeline("ada").wait().unwrap()[0].at;
    let again = world
        .send(NewEvent::new("guest", "run").id("1").at(at))
        .unwrap();
    assert_eq!(again.status, ReceiptStatus::Duplicate);
}

#[test]
fn s19_a_merge_can_be_undone_until_a_manual_action_follows() {
    for (act, expected) in [
        (None, Ok((10, 20))),
        (
            Some(Action::points("ada", "xp", 1)),
            Err("manual actions were recorded after the merge"),
        ),
        (
            Some(Action::points("guest", "xp", 1)),
            Err("manual actions were recorded after the merge"),
        ),
    ] {
        let world = World::new(RUNS);
        run(&world, "ada", "1");
        run(&world, "guest", "2");
        world.act(Action::merge("ada", "guest")).unwrap();
        run(&world, "guest", "3");
        if let Some(act) = act {
            world.act(act).unwrap();
        }
        match (world.act(Action::unmerge("ada", "guest")), expected) {
            (Ok(_), Ok((ada, guest))) => {
                assert_eq!(
                    (balance(&world, "ada"), balance(&world, "guest")),
                    (ada, guest)
                );
                assert_eq!(
                    (ledger_sum(&world, "ada"), ledger_sum(&world, "guest")),
                    (ada, guest)
                );
            }
            (Err(error), Err(part)) => assert!(error.contains(part), "{error}"),
            (done, expected) => panic!("{done:?} is not {expected:?}"),
        }
    }
}

#[test]
fn s19_chained_merges_are_undone_link_by_link() {
    let world = World::new(RUNS);
    for (player, id) in [("a", "1"), ("b", "2"), ("ada", "3")] {
        run(&world, player, id);
    }
    world.act(Action::merge("b", "a")).unwrap();
    world.act(Action::merge("ada", "b")).unwrap();
    assert_eq!(balance(&world, "ada"), 35);
    for id in ["a", "b"] {
        assert_eq!(
            world
                .engine
                .players()
                .load_profile(id, Audience::Admin)
                .wait()
                .unwrap()
                .unwrap()
                .player,
            "ada"
        );
    }
    world.act(Action::unmerge("ada", "b")).unwrap();
    assert_eq!((balance(&world, "ada"), balance(&world, "b")), (10, 20));
    assert_eq!(
        world
            .engine
            .players()
            .load_profile("a", Audience::Admin)
            .wait()
            .unwrap()
            .unwrap()
            .player,
        "b"
    );
}

#[test]
fn s19_invalid_merges_are_refused() {
    let world = World::new(RUNS);
    run(&world, "ada", "1");
    run(&world, "guest", "2");
    world.act(Action::merge("ada", "guest")).unwrap();
    for (act, expected) in [
        (
            Action::merge("ada", "ada"),
            "player `ada` cannot be merged into itself",
        ),
        (
            Action::merge("ada", "guest"),
            "`guest` is already merged into `ada`",
        ),
        (
            Action::merge("grace", "guest"),
            "`guest` is already merged into `ada`",
        ),
        (
            Action::merge("guest", "ada"),
            "player `ada` cannot be merged into itself",
        ),
        (
            Action::merge("ada", ""),
            "a merge needs the id of a `guest`",
        ),
        (
            Action::unmerge("ada", "grace"),
            "`grace` is not merged into `ada`; there is nothing to unmerge",
        ),
    ] {
        assert_eq!(world.act(act.clone()).unwrap_err(), expected, "{act:?}");
    }
}

#[test]
fn s19_a_reset_affects_its_own_player_only() {
    let world = World::new(RUNS);
    run(&world, "ada", "1");
    run(&world, "guest", "2");
    run(&world, "guest", "3");
    world.act(Action::merge("ada", "guest")).unwrap();
    assert_eq!(balance(&world, "ada"), 35);
    world.act(Action::reset("guest")).unwrap();
    assert_eq!((balance(&world, "ada"), world.held()), (10, vec![]));
}

#[test]
fn s20_outcomes_of_a_merge_name_it_for_both_players() {
    let world = World::new(RUNS);
    run(&world, "guest", "1");
    world.act(Action::merge("ada", "guest").id("m")).unwrap();
    let feed = world.engine.feed().list(0, 100).wait().unwrap();
    let moved: Vec<(&str, i64)> = feed
        .iter()
        .filter(|outcome| outcome.trigger == Trigger::Merge && outcome.kind == OutcomeKind::Points)
        .map(|outcome| {
            (
                outcome.player.as_str(),
                outcome.detail["amount"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(moved, [("ada", 10), ("guest", -10)]);
    assert!(
        feed.iter()
            .filter(|one| one.trigger == Trigger::Merge)
            .all(|one| one.caused_by.as_deref() == Some("m"))
    );
}

/// An import records actions in order of time, so one that was placed before the merge but recorded
/// after it precedes the merge then.
#[test]
fn s18_s19_a_restored_merge_cannot_be_undone_if_the_original_could_not() {
    let world = World::new(RUNS);
    run(&world, "guest", "1");
    run(&world, "ada", "2");
    let before = world.now();
    world.advance_clock(60);
    world.act(Action::merge("ada", "guest").id("m")).unwrap();
    world
        .act(Action::points("ada", "xp", 1).at(before))
        .unwrap();
    let refusal =
        "`guest` cannot be unmerged from `ada`: manual actions were recorded after the merge";
    assert_eq!(
        world.act(Action::unmerge("ada", "guest")).unwrap_err(),
        refusal
    );

    let restored = world.with_catalog(RUNS);
    assert_eq!(restored.balance("xp"), world.balance("xp"));
    assert_eq!(
        restored.act(Action::unmerge("ada", "guest")).unwrap_err(),
        refusal
    );
}
