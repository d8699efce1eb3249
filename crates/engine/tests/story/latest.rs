//! Recent outcomes of the whole community.

use accolade::{Action, Audience, NewEvent, Outcome, PublishOptions};

use crate::world::{World, catalog, outcome};

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
    [[unlockable]]
    id = "door"
    relock = true
    criterion = { points = "xp", at_least = 3 }
"#;

fn lines(outcomes: &[Outcome]) -> Vec<String> {
    outcomes.iter().map(outcome).collect()
}

/// Reads all pages, and counts them.
fn pages(world: &World, audience: Audience, limit: usize) -> (Vec<Outcome>, usize) {
    let (mut seen, mut before, mut count) = (Vec::new(), None, 0);
    loop {
        let page = world
            .engine
            .feed()
            .list_latest(audience, before, limit)
            .wait()
            .unwrap();
        seen.extend(page.items);
        count += 1;
        before = page.next;
        if before.is_none() {
            return (seen, count);
        }
    }
}

#[test]
fn the_community_sees_public_awards_and_opened_unlockables() {
    let world = World::new(CATALOG);
    world.events(3, "x");
    world.act(Action::points("ada", "xp", -1)).unwrap();
    world.act(Action::revoke("ada", "b")).unwrap();
    let everything = [
        "points xp 1",
        "points xp 1",
        "badge.awarded b",
        "points xp 1",
        "unlockable.opened door",
    ];
    let everything = [
        &everything[..],
        &["points xp -1", "unlockable.closed door", "badge.revoked b"],
    ]
    .concat();
    let newest_first: Vec<_> = everything.into_iter().rev().map(str::to_owned).collect();
    assert_eq!(lines(&pages(&world, Audience::Admin, 3).0), newest_first);
    for audience in [Audience::Player, Audience::Others] {
        assert_eq!(
            lines(&pages(&world, audience, 3).0),
            ["unlockable.opened door", "badge.awarded b"]
        );
    }
}

#[test]
fn pages_meet_without_a_gap_over_many_steps() {
    let world = World::new(CATALOG);
    let events = (0..700).map(|n| NewEvent::new(format!("p{}", n % 350), "x"));
    world.engine.record_many(events.collect()).wait().unwrap();
    let mut feed = world.engine.feed().list(0, 10_000).wait().unwrap();
    feed.reverse();
    assert_eq!(feed.len(), 700 + 350);
    for limit in [1, 100, 256, 257, 350, 10_000] {
        let (seen, count) = pages(&world, Audience::Admin, limit);
        assert_eq!(
            (seen == feed, count),
            (true, feed.len().div_ceil(limit)),
            "{limit}"
        );
        let (awards, _) = pages(&world, Audience::Others, limit);
        assert_eq!(awards.len(), 350, "{limit}");
    }
    for (before, limit) in [(Some(0), 9), (Some(1), 9), (Some(i64::MIN), 9), (None, 0)] {
        let page = world
            .engine
            .feed()
            .list_latest(Audience::Admin, before, limit)
            .wait()
            .unwrap();
        assert_eq!((page.items.len(), page.next), (0, None), "{before:?}");
    }
    let all = world
        .engine
        .feed()
        .list_latest(Audience::Admin, Some(i64::MAX), usize::MAX)
        .wait()
        .unwrap();
    assert_eq!((all.items.len(), all.next), (1050, None));
}

/// A query reads a bounded part of the feed and returns a cursor.
#[test]
fn a_page_may_be_empty_and_not_the_last() {
    let world = World::new(CATALOG);
    world.events(2, "x");
    let act = |_| Action::points("ada", "xp", 1);
    world
        .engine
        .submit_actions((0..9_000).map(act).collect())
        .wait()
        .unwrap();
    let page = world
        .engine
        .feed()
        .list_latest(Audience::Others, None, 5)
        .wait()
        .unwrap();
    assert_eq!(lines(&page.items), Vec::<String>::new());
    let next = world
        .engine
        .feed()
        .list_latest(Audience::Others, Some(page.next.unwrap()), 5)
        .wait()
        .unwrap();
    assert_eq!(
        (lines(&next.items), next.next),
        (
            vec!["unlockable.opened door".into(), "badge.awarded b".into()],
            None
        )
    );
}

#[test]
fn pruned_outcomes_end_the_list() {
    let world = World::new(CATALOG);
    world.events(2, "x");
    world.advance_clock(60);
    let before = world.now();
    world.events(1, "x");
    world.engine.feed().prune(before).wait().unwrap();
    for limit in [1, 2, 9] {
        assert_eq!(
            lines(&pages(&world, Audience::Admin, limit).0),
            ["unlockable.opened door", "points xp 1"]
        );
    }
}

/// A publication may open unlockables for many players at once; only awards are listed.
#[test]
fn of_a_publication_only_awards_are_listed() {
    let world = World::new(CATALOG);
    world.event("x");
    let easier = CATALOG
        .replace("at_least = 2", "at_least = 1")
        .replace("at_least = 3", "at_least = 1");
    world.advance_clock(60);
    world
        .engine
        .catalog()
        .publish(catalog(&easier), PublishOptions::default())
        .wait()
        .unwrap();
    world
        .engine
        .catalog()
        .await_backfill(|_| {})
        .wait()
        .unwrap();
    assert!(world.is_open("door"));
    assert_eq!(
        lines(&pages(&world, Audience::Others, 9).0),
        ["badge.awarded b"]
    );
}
