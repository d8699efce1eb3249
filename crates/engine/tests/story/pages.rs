//! Display names, search for players, and pages of timelines.

use accolade::{Action, Audience, NewEvent, Props, props};

use crate::world::World;

const CATALOG: &str = "[[badge]]\nid = \"b\"\ncriterion = { count = \"x\" }";

fn call(world: &World, player: &str, attributes: Props) {
    world.act(Action::profile(player, attributes)).unwrap();
}

fn names(world: &World, players: &[&str]) -> Vec<Option<String>> {
    world
        .engine
        .players()
        .display_names(players.iter().map(|player| (*player).into()).collect())
        .wait()
        .unwrap()
}

#[test]
fn a_name_is_a_nonblank_text_and_public() {
    let world = World::new(CATALOG);
    world.event("x");
    for (attributes, expected) in [
        (props! { "name" => "Ada" }, Some("Ada")),
        (
            props! { "name" => "  Ada Lovelace\n" },
            Some("Ada Lovelace"),
        ),
        (props! { "name" => " \t" }, None),
        (props! { "name" => "" }, None),
        (props! { "name" => 7 }, None),
        (props! { "name" => "ada", "country" => "gb" }, Some("ada")),
    ] {
        call(&world, "ada", attributes);
        assert_eq!(names(&world, &["ada"]), [expected.map(str::to_owned)]);
        for audience in [Audience::Player, Audience::Others, Audience::Admin] {
            let profile = world.profile(audience).unwrap();
            assert_eq!(profile.name.as_deref(), expected);
            assert_eq!(profile.attributes.is_empty(), audience == Audience::Others);
        }
    }
}

#[test]
fn names_are_at_the_positions_of_their_ids() {
    let world = World::new(CATALOG);
    for (player, name) in [
        ("ada", "Ada"),
        ("bob", "Bob"),
        ("guest", "Guest"),
        ("gone", "Gone"),
    ] {
        call(&world, player, props! { "name" => name });
    }
    world.send(NewEvent::new("nameless", "x")).unwrap();
    world.act(Action::merge("ada", "guest")).unwrap();
    world.engine.players().erase("gone").wait().unwrap();
    let found = names(
        &world,
        &[
            "bob", "nobody", "guest", "ada", "nameless", "bob", "gone", "",
        ],
    );
    let ada = names(&world, &["ada"])[0].clone();
    let bob = Some("Bob".to_owned());
    assert_eq!(
        found,
        [
            bob.clone(),
            None,
            ada.clone(),
            ada.clone(),
            None,
            bob,
            None,
            None
        ]
    );
    assert!(ada.is_some());
    assert_eq!(names(&world, &[]), []);
}

/// Lists the ids found, over all pages.
fn search(world: &World, prefix: &str, limit: usize) -> Vec<String> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = world
            .engine
            .players()
            .search(prefix, after, limit)
            .wait()
            .unwrap();
        assert!(page.items.len() <= limit);
        found.extend(page.items.into_iter().map(|card| card.player.to_string()));
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

#[test]
fn players_are_found_by_prefixes_of_their_ids() {
    let world = World::new(CATALOG);
    let ids = [
        "a",
        "ab",
        "abc",
        "abd",
        "aé",
        "b",
        "z",
        "zz",
        "zzz",
        "z\u{10ffff}",
        "é",
        "éa",
        "日本",
        "日本語",
        "Ab",
    ];
    for id in ids {
        world.send(NewEvent::new(id, "x")).unwrap();
    }
    let prefixes = [
        "",
        "a",
        "ab",
        "abc",
        "abcd",
        "aa",
        "z",
        "zz",
        "zzzz",
        "z\u{10ffff}",
        "é",
        "日",
        "日本",
        "A",
        "%",
        "\u{10ffff}",
    ];
    for prefix in prefixes {
        let mut expected: Vec<&str> = ids
            .into_iter()
            .filter(|id| id.starts_with(prefix))
            .collect();
        expected.sort_unstable();
        for limit in [1, 2, 3, 99] {
            assert_eq!(
                search(&world, prefix, limit),
                expected,
                "{prefix:?} by {limit}"
            );
        }
    }
    for (after, expected) in [
        ("", vec!["ab", "abc", "abd"]),
        ("aa", vec!["ab", "abc", "abd"]),
        ("ab", vec!["abc", "abd"]),
        ("abd", vec![]),
        ("b", vec![]),
    ] {
        let page = world
            .engine
            .players()
            .search("ab", Some(after.into()), 9)
            .wait()
            .unwrap();
        let found: Vec<_> = page.items.iter().map(|card| card.player.as_str()).collect();
        assert_eq!((found, page.next), (expected, None), "{after}");
    }
}

#[test]
fn a_card_shows_the_name_the_events_of_the_player_and_the_last_of_them() {
    let world = World::new(CATALOG);
    world.events(2, "x");
    let seen = world.now();
    call(&world, "ada", props! { "name" => "Ada" });
    let page = world.engine.players().search("ad", None, 9).wait().unwrap();
    let card = &page.items[0];
    assert_eq!(
        (card.name.as_deref(), card.events, card.last_seen_at),
        (Some("Ada"), 2, Some(seen))
    );
}

#[test]
fn a_timeline_is_read_page_by_page_newest_first() {
    let world = World::new(CATALOG);
    world.events(2, "x");
    let at = world.now();
    for (player, id, order) in [
        ("ada", "same", 0),
        ("guest", "same", 0),
        ("guest", "first", -1),
        ("ada", "last", 1),
    ] {
        world
            .send(NewEvent {
                order,
                at: Some(at),
                ..NewEvent::new(player, "x").id(id)
            })
            .unwrap();
    }
    world.act(Action::merge("ada", "guest")).unwrap();
    world.act(Action::retract("ada", "e1")).unwrap();
    let mut all = world.engine.players().list_timeline("ada").wait().unwrap();
    all.reverse();
    assert_eq!(all.len(), 8);
    for limit in [1, 2, 3, 7, 8, 99] {
        let (mut seen, mut before) = (Vec::new(), None);
        loop {
            let page = world
                .engine
                .players()
                .list_timeline_page("ada", before, limit)
                .wait()
                .unwrap();
            seen.extend(page.items);
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(seen, all, "{limit}");
    }
    assert_eq!(
        world
            .engine
            .players()
            .list_timeline_page("guest", None, 99)
            .wait()
            .unwrap()
            .items,
        all
    );
    assert_eq!(
        world
            .engine
            .players()
            .list_timeline_page("nobody", None, 9)
            .wait()
            .unwrap()
            .items,
        []
    );
}
