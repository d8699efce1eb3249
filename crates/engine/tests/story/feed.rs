//! The feed: it loses nothing and reports net changes (S20).

use accolade::store::Trigger;
use accolade::{Action, NewEvent, props};

use crate::world::{World, outcome};

const CATALOG: &str = r#"
    [[currency]]
    id = "xp"
    [[earning]]
    id = "x"
    on = "x"
    points = { xp = 1 }
    [[badge]]
    id = "b"
    criterion = { count = "x", at_least = 2 }
    points = { xp = 5 }
"#;

#[test]
fn s20_every_outcome_names_player_subject_time_and_trigger() {
    let world = World::new(CATALOG);
    world.events(2, "x");
    world.act(Action::revoke("ada", "b").id("sorry")).unwrap();
    world.at("2026-06-01T11:00:00Z", "x", props! {});
    let feed = world.engine.feed().list(0, 100).wait().unwrap();
    let lines: Vec<_> = feed
        .iter()
        .map(|one| format!("{} {} {:?}", outcome(one), one.event, one.trigger))
        .collect();
    assert_eq!(
        lines,
        [
            "points xp 1 e1 Event",
            "points xp 1 e2 Event",
            "points xp 5 e2 Event",
            "badge.awarded b e2 Event",
            "points xp -5 sorry Action",
            "badge.revoked b sorry Action",
            "points xp 1 e3 Late",
        ]
    );
    assert!(feed.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    assert!(
        feed.iter()
            .all(|one| one.player == "ada" && one.recorded_at >= one.at)
    );
}

#[test]
fn s20_a_cursor_continues_where_it_stopped() {
    let world = World::new(CATALOG);
    world.events(5, "x");
    let all = world.engine.feed().list(0, 100).wait().unwrap();
    let mut pages = Vec::new();
    let mut after = 0;
    loop {
        let page = world.engine.feed().list(after, 2).wait().unwrap();
        let Some(last) = page.last() else { break };
        after = last.seq;
        pages.extend(page);
    }
    assert_eq!(pages, all);
}

#[test]
fn s20_a_subscription_loses_nothing_while_others_write() {
    const EVENTS: usize = 400;
    let world = World::new(
        "[[currency]]\nid = \"xp\"\n[[earning]]\nid = \"x\"\non = \"x\"\npoints = { xp = 1 }",
    );
    let mut feed = world.engine.feed().subscribe(Some(0)).unwrap();
    std::thread::scope(|scope| {
        for player in ["ada", "bob", "carol", "dan"] {
            let engine = world.engine.clone();
            scope.spawn(move || {
                (0..EVENTS / 4)
                    .for_each(|_| drop(engine.record(NewEvent::new(player, "x")).wait().unwrap()))
            });
        }
        let seen: Vec<i64> = (0..EVENTS)
            .map(|_| feed.next_blocking().unwrap().seq)
            .collect();
        assert!(seen.windows(2).all(|pair| pair[0] < pair[1]));
    });
    assert_eq!(feed.try_next().unwrap(), None);
}

#[test]
fn s20_a_subscription_may_begin_now() {
    let world = World::new(CATALOG);
    world.event("x");
    let mut feed = world.engine.feed().subscribe(None).unwrap();
    assert_eq!(feed.try_next().unwrap(), None);
    world.event("x");
    let lines = [(); 3].map(|()| outcome(&feed.next_blocking().unwrap()));
    assert_eq!(lines, ["points xp 1", "points xp 5", "badge.awarded b"]);
}

#[test]
fn s20_refused_and_repeated_events_have_no_outcomes() {
    let world = World::new(CATALOG);
    world.send(NewEvent::new("ada", "x").id("1")).unwrap();
    world.send(NewEvent::new("ada", "x").id("1")).unwrap();
    world.act(Action::points("ada", "xp", -50)).unwrap_err();
    let feed = world.engine.feed().list(0, 100).wait().unwrap();
    assert_eq!(
        feed.iter()
            .map(|one| (outcome(one), one.trigger))
            .collect::<Vec<_>>(),
        [("points xp 1".into(), Trigger::Event)]
    );
}

/// Closing an engine completes pending requests and ends subscriptions.
#[test]
fn closing_loses_nothing() {
    let store = accolade_testing::MemoryStore::new();
    let engine = accolade::Engine::open(store.clone(), crate::world::catalog(CATALOG)).unwrap();
    let tickets: Vec<_> = (0..50)
        .map(|_| engine.record(NewEvent::new("ada", "x")))
        .collect();
    engine.clone().close().unwrap();
    assert!(tickets.into_iter().all(|ticket| ticket.wait().is_ok()));
    assert!(engine.record(NewEvent::new("ada", "x")).wait().is_err());
    let again = accolade::Engine::open(store, crate::world::catalog(CATALOG)).unwrap();
    assert_eq!(again.maintenance().count_rows().wait().unwrap().events, 50);
}
