//! The cost-related defects of django-gamification, shown by counting rows instead of time.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use accolade::{Action, NewEvent};

use crate::world::{World, catalog};
use accolade_testing::CountingStore;

const CATALOG: &str = r#"
    [[currency]]
    id = "xp"
    [[earning]]
    id = "commented"
    on = "comment"
    points = { xp = 1 }
    [[badge]]
    id = "nice"
    repeat = "per-key"
    criterion = { count = "comment", per = "event.post", at_least = 1000 }
    [[unlockable]]
    id = "door"
    criterion = { points = "xp", at_least = 1000000 }
"#;

fn comments(world: &World, from: i64, events: i64) {
    let start = world.now().plus_micros(-86_400_000_000);
    let comment = |n: i64| {
        NewEvent::new("ada", "comment")
            .id(format!("c{n:06}"))
            .at(start.plus_micros(n))
            .prop("post", (n % 50).to_string())
    };
    world
        .engine
        .record_many((from..from + events).map(comment).collect())
        .wait()
        .unwrap();
}

/// Measures one more event, one more manual action and one balance query after so many events, in
/// an engine with an empty cache.
fn cost_after(events: i64) -> [(usize, usize); 3] {
    let store = CountingStore::default();
    comments(&World::on(store.clone(), catalog(CATALOG)), 0, events);
    let fresh = World::on(store.clone(), catalog(CATALOG));
    store.counts.take_counts();
    comments(&fresh, events, 1);
    let event = store.counts.take_counts();
    fresh.act(Action::points("ada", "xp", 5)).unwrap();
    let act = store.counts.take_counts();
    assert_eq!(
        fresh.engine.players().load_balances("ada").wait().unwrap(),
        BTreeMap::from([("xp".into(), events + 6)])
    );
    let balance = store.counts.take_counts();
    [event, act, balance]
}

#[test]
fn each_change_of_points_re_reads_the_whole_history() {
    let few = cost_after(100);
    assert_eq!(cost_after(900), few, "the same with nine times the history");
    assert_eq!(
        few[2],
        (3, 0),
        "a balance is one row, and two say that it is up to date"
    );
    assert!(few[0].0 <= 4 && few[0].1 <= 6, "{few:?}");
}

#[test]
fn creating_a_definition_costs_two_queries_per_user() {
    let store = CountingStore::default();
    let badges: String = (0..40)
        .map(|n| format!("[[badge]]\nid = \"b{n}\"\ncriterion = {{ count = \"rare\" }}\n"))
        .collect();
    let world = World::on(store.clone(), catalog(&badges));
    assert_eq!(
        store.counts.definitions.load(Ordering::Relaxed),
        40,
        "one row for each definition"
    );
    assert_eq!(store.counts.take_counts().1, 0, "and none for players");
    let hello = |n: usize| NewEvent::new(format!("p{n}"), "hello");
    world
        .engine
        .record_many((0..100).map(hello).collect())
        .wait()
        .unwrap();
    assert_eq!(
        store.counts.take_counts().1,
        200,
        "a hundred players cost their events and themselves, whatever is defined"
    );
    world.send(hello(0)).unwrap();
    let badges = world
        .engine
        .players()
        .load_profile("p7", accolade::Audience::Player)
        .wait()
        .unwrap()
        .unwrap()
        .badges;
    assert_eq!(badges.len(), 40, "and every player has every badge");
}
