//! Queries: earners, rarity and progress.

use accolade::{Action, Audience, Error, NewEvent, PlayerOrder, PlayerSearch, props};

use crate::world::World;

const CATALOG: &str = r#"
    [[currency]]
    id = "xp"
    [[badge]]
    id = "first"
    criterion = { count = "x" }
    [[badge]]
    id = "rare"
"#;

#[test]
fn earners_come_in_the_order_in_which_they_earned_it() {
    let world = World::new(CATALOG);
    for player in ["dan", "ada", "carol", "bob"] {
        world.advance_clock(60);
        world.send(NewEvent::new(player, "x")).unwrap();
    }
    world
        .engine
        .submit_action(Action::revoke("carol", "first"))
        .wait()
        .unwrap();
    let mut earners = Vec::new();
    let mut after = None;
    loop {
        let page = world
            .engine
            .catalog()
            .list_earners("first", Audience::Admin, after, 2)
            .wait()
            .unwrap();
        earners.extend(page.items.into_iter().map(|row| row.player));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(
        earners,
        ["dan", "ada", "bob"],
        "who holds it no longer is none"
    );
    let unknown = world
        .engine
        .catalog()
        .list_earners("fist", Audience::Admin, None, 2)
        .wait()
        .unwrap_err();
    assert!(matches!(unknown, Error::UnknownRule { .. }));
    assert_eq!(
        unknown.to_string(),
        "badge `fist` not found; did you mean `first`?"
    );
}

#[test]
fn rarity_is_the_share_of_players_who_hold_a_badge() {
    let world = World::new(CATALOG);
    for (player, name) in [("ada", "x"), ("bob", "x"), ("carol", "y"), ("dan", "y")] {
        world.send(NewEvent::new(player, name)).unwrap();
    }
    world.act(Action::award("ada", "rare")).unwrap();
    let badges = world
        .engine
        .catalog()
        .list_gallery(Audience::Admin)
        .wait()
        .unwrap();
    let rows: Vec<_> = badges
        .iter()
        .map(|badge| (badge.id.as_deref().unwrap(), badge.players, badge.rarity))
        .collect();
    assert_eq!(rows, [("first", 2, 0.5), ("rare", 1, 0.25)]);
}

#[test]
fn a_ledger_is_read_page_by_page_newest_first() {
    let world = World::new(CATALOG);
    for amount in 1..=5 {
        world.act(Action::points("ada", "xp", amount)).unwrap();
    }
    let mut amounts = Vec::new();
    let mut before = None;
    loop {
        let page = world
            .engine
            .players()
            .list_ledger("ada", before, 2)
            .wait()
            .unwrap();
        amounts.extend(page.items.into_iter().map(|row| row.amount));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(amounts, [5, 4, 3, 2, 1]);
}

#[test]
fn progress_of_several_parts_counts_those_that_hold() {
    let world = World::new(
        "[[badge]]\nid = \"b\"\ncriterion = { all = [{ count = \"x\" }, { count = \"y\" }, { not = { count = \"z\" } }] }",
    );
    let progress = ["x", "z", "y"].map(|name| {
        world.event(name);
        world.progress("b")
    });
    assert_eq!(progress, ["2/3", "1/3", "2/3"]);
}

#[test]
fn progress_over_keys_is_that_of_the_best_key() {
    let world = World::new(
        "[[badge]]\nid = \"some\"\ncriterion = { count = \"vote\", per = \"event.post\", at_least = 3 }
        [[badge]]\nid = \"each\"\nrepeat = \"per-key\"\ncriterion = { count = \"vote\", per = \"event.post\", at_least = 3 }",
    );
    for (post, some, each) in [
        ("7", "1/3 @7", "1/3 @7"),
        ("8", "1/3 @7", "1/3 @7"),
        ("8", "2/3 @8", "2/3 @8"),
        ("8", "", "1/3 @7"),
    ] {
        world.event_with("vote", props! { "post" => post });
        assert_eq!(
            (
                world.progress("some").as_str(),
                world.progress("each").as_str()
            ),
            (some, each),
            "{post}"
        );
    }
}

#[test]
fn an_unknown_player_has_no_data() {
    let world = World::new(CATALOG);
    world.send(NewEvent::new("ada", "x")).unwrap();
    assert_eq!(
        world
            .engine
            .players()
            .load_profile("bob", accolade::Audience::Admin)
            .wait()
            .unwrap(),
        None
    );
    assert_eq!(
        world.engine.players().list_timeline("bob").wait().unwrap(),
        []
    );
    assert_eq!(
        world
            .engine
            .players()
            .list_ledger("bob", None, 10)
            .wait()
            .unwrap()
            .items,
        []
    );
}

#[test]
fn actions_neither_count_as_events_nor_move_the_time_when_a_player_was_last_seen() {
    let world = World::new(CATALOG);
    world.event("visit");
    let seen = world.now();
    world.event("visit");
    let last = world.now();
    let player = || {
        let profile = world.profile(accolade::Audience::Admin).unwrap();
        let players = world.engine.players().search("ada", None, 1).wait();
        let card = players.unwrap().items.remove(0);
        assert_eq!(
            (profile.events, profile.last_seen_at),
            (card.events, card.last_seen_at)
        );
        (card.events, card.last_seen_at)
    };
    let name = Action::profile("ada", props! { "name" => "Ada" }).id("name");
    world.act(name).unwrap();
    assert_eq!(player(), (2, Some(last)));
    world.act(Action::retract("ada", "e2")).unwrap();
    assert_eq!(player(), (1, Some(seen)));
    world.act(Action::restore("ada", "e2")).unwrap();
    world.act(Action::reset("ada")).unwrap();
    assert_eq!(player(), (2, Some(last)));
}

#[test]
fn players_are_found_by_a_part_of_id_name_or_attribute() {
    let world = World::new(CATALOG);
    for (player, name) in [("1", "Member 5"), ("2", "member 50"), ("3", "Other")] {
        let attributes = props! { "name" => name, "city" => format!("Town {player}") };
        world.act(Action::profile(player, attributes)).unwrap();
    }
    let find = |text: &str| -> Vec<String> {
        let found = world
            .engine
            .players()
            .find(PlayerSearch::new(text, 9))
            .wait();
        let players = found.unwrap().items.into_iter();
        players.map(|one| one.player.into()).collect()
    };
    assert_eq!(find(" EMBER 5"), ["1", "2"]);
    assert_eq!(find("town 3"), ["3"]);
    // Another name replaces the first one.
    world
        .act(Action::profile("1", props! { "name" => "Ada" }))
        .unwrap();
    assert_eq!(find("member"), ["2"]);
    let search = PlayerSearch::new("", 2).ordered_by(PlayerOrder::Id, true);
    let page = world.engine.players().find(search).wait().unwrap();
    assert_eq!((&*page.items[0].player, page.next), ("3", Some(2)));
}

#[test]
fn a_search_does_not_list_players_beyond_its_bound() {
    let world = World::new(CATALOG);
    world.event("visit");
    let find = |skip| {
        let search = PlayerSearch::new("", usize::MAX).skip(skip);
        world.engine.players().find(search).wait().unwrap()
    };
    assert_eq!((find(0).items.len(), find(0).next), (1, None));
    assert_eq!(
        (find(usize::MAX).items.len(), find(usize::MAX).next),
        (0, None)
    );
}

#[test]
fn an_event_lists_the_outcomes_of_recording_it() {
    let world = World::new(CATALOG);
    world.event("visit");
    world.event("visit");
    let players = world.engine.players();
    let events = vec!["e1".into(), "e2".into(), "none".into()];
    let outcomes = players.list_event_outcomes("ada", events).wait().unwrap();
    let receipts: Vec<usize> = outcomes.iter().map(Vec::len).collect();
    let feed = world.engine.feed().list(0, 99).wait().unwrap();
    assert_eq!(receipts.iter().sum::<usize>(), feed.len());
    assert!(outcomes[2].is_empty());
    for (event, outcomes) in ["e1", "e2"].iter().zip(&outcomes) {
        assert!(outcomes.iter().all(|outcome| outcome.event == **event));
    }
}
