//! Publishing: players are backfilled through every publication (S14), and ids identify rules
//! (S15).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use accolade::store::LedgerKind;
use accolade::{Action, Audience, Engine, Error, NewEvent, Publication, PublishOptions, Timestamp};
use accolade_testing::MemoryStore;

use crate::world::{World, catalog, instant};
use accolade_testing::CountingStore;

const XP: &str = "[[currency]]\nid = \"xp\"\n";

fn badge(id: &str, target: u32) -> String {
    format!(
        "[[badge]]\nid = \"{id}\"\ncriterion = {{ count = \"comment\", at_least = {target} }}\npoints = {{ xp = 10 }}\n"
    )
}

fn earning(points: u32) -> String {
    format!("[[earning]]\nid = \"commented\"\non = \"comment\"\npoints = {{ xp = {points} }}\n")
}

fn tiers(tiers: &str) -> String {
    format!(
        "{XP}[[badge]]\nid = \"writer\"\ncriterion = {{ count = \"comment\" }}\ntiers = {tiers}\n"
    )
}

fn door(points: u32) -> String {
    format!(
        "{XP}{}[[unlockable]]\nid = \"door\"\ncriterion = {{ points = \"xp\", at_least = {points} }}\n",
        earning(5)
    )
}

fn grandfather() -> PublishOptions {
    PublishOptions::default()
}

fn revoke() -> PublishOptions {
    PublishOptions::default().revoke()
}

fn publish(world: &World, source: &str, how: PublishOptions) -> Publication {
    world.advance_clock(60);
    let published = world
        .engine
        .catalog()
        .publish(catalog(source), how)
        .wait()
        .unwrap();
    world
        .engine
        .catalog()
        .await_backfill(|_| {})
        .wait()
        .unwrap();
    published
}

#[test]
fn s14_holdings_are_gained_grandfathered_and_revoked() {
    let writer = XP.to_owned() + &badge("writer", 2);
    let harder = XP.to_owned() + &badge("writer", 3);
    let easier = XP.to_owned() + &badge("writer", 1);
    let removed = XP.to_owned();
    let (two, three) = (
        tiers("[{ id = \"low\", at = 1 }, { id = \"high\", at = 2 }]"),
        tiers("[{ id = \"low\", at = 1 }]"),
    );
    for (what, before, after, how, held) in [
        ("easier", &harder, &easier, grandfather(), vec!["writer"]),
        (
            "harder, kept",
            &writer,
            &harder,
            grandfather(),
            vec!["writer"],
        ),
        ("harder, taken back", &writer, &harder, revoke(), vec![]),
        (
            "removed, kept",
            &writer,
            &removed,
            grandfather(),
            vec!["writer"],
        ),
        ("removed, taken back", &writer, &removed, revoke(), vec![]),
        (
            "a tier is removed, kept",
            &two,
            &three,
            grandfather(),
            vec!["writer:high", "writer:low"],
        ),
        (
            "a tier is removed, taken back",
            &two,
            &three,
            revoke(),
            vec!["writer:low"],
        ),
        (
            "tiers instead of none, kept",
            &writer,
            &three,
            grandfather(),
            vec!["writer", "writer:low"],
        ),
    ] {
        let world = World::new(before);
        world.events(2, "comment");
        assert!(publish(&world, after, how).is_new, "{what}");
        assert_eq!(world.held(), held, "{what}");
    }
}

#[test]
fn s14_points_of_earnings_follow_by_corrections_and_those_of_grandfathered_awards_stay() {
    let before = format!("{XP}{}{}", earning(5), badge("writer", 2));
    for (what, how, balance) in [("kept", grandfather(), 2 + 10), ("taken back", revoke(), 2)] {
        let world = World::new(&before);
        world.events(2, "comment");
        assert_eq!(world.balance("xp"), 20);
        publish(
            &world,
            &format!("{XP}{}{}", earning(1), badge("writer", 3)),
            how,
        );
        assert_eq!(world.balance("xp"), balance, "{what}");
        let ledger = world.ledger();
        let corrections: Vec<_> = ledger
            .iter()
            .filter(|entry| entry.reason.is_none() && entry.amount < 0)
            .collect();
        let of = |kind| {
            corrections
                .iter()
                .filter(|entry| entry.kind == kind)
                .map(|entry| entry.amount)
                .sum::<i64>()
        };
        let back = if what == "kept" { 0 } else { -10 };
        assert_eq!(
            (of(LedgerKind::Earning), of(LedgerKind::Award)),
            (-8, back),
            "{what}: {ledger:#?}"
        );
    }
}

#[test]
fn s14_a_publication_creates_no_players() {
    let world = World::new(&(XP.to_owned() + &badge("writer", 2)));
    world.act(Action::points("ada", "xp", -1)).unwrap_err();
    publish(
        &world,
        &(XP.to_owned() + &badge("writer", 3)),
        grandfather(),
    );
    world.act(Action::points("ada", "xp", -1)).unwrap_err();
    assert!(world.profile(Audience::Admin).is_none());
}

#[test]
fn s14_corrections_and_outcomes_name_the_publication() {
    let world = World::new(&(XP.to_owned() + &earning(5)));
    world.event("comment");
    let before = world.engine.feed().list(0, 100).wait().unwrap().len();
    publish(&world, &(XP.to_owned() + &earning(3)), grandfather());
    let feed = world.engine.feed().list(0, 100).wait().unwrap();
    let news: Vec<_> = feed[before..]
        .iter()
        .map(|one| (one.trigger.as_str(), one.detail["amount"].clone()))
        .collect();
    assert_eq!(news, [("publish", (-2).into())], "{feed:#?}");
    assert!(
        feed[before..]
            .iter()
            .all(|one| one.event == "catalog:2" || one.event == "e1"),
        "{feed:#?}"
    );
}

#[test]
fn s14_a_grandfathered_award_lapses_when_its_event_is_retracted() {
    let world = World::new(&(XP.to_owned() + &badge("writer", 2)));
    world.events(2, "comment");
    publish(
        &world,
        &(XP.to_owned() + &badge("writer", 9)),
        grandfather(),
    );
    assert_eq!(
        (world.held(), world.balance("xp")),
        (vec!["writer".to_owned()], 10)
    );
    world.act(Action::retract("ada", "e2")).unwrap();
    assert_eq!((world.held(), world.balance("xp")), (vec![], 0));
    world.act(Action::restore("ada", "e2")).unwrap();
    assert_eq!(
        (world.held(), world.balance("xp")),
        (vec!["writer".to_owned()], 10)
    );
}

#[test]
fn s14_unlockables_are_grandfathered_unless_they_relock() {
    let relock = |source: String| source + "relock = true\n";
    for (what, before, after, how, open) in [
        ("dearer, kept", door(10), door(20), grandfather(), true),
        ("dearer, taken back", door(10), door(20), revoke(), false),
        (
            "dearer, and it locks again",
            relock(door(10)),
            relock(door(20)),
            grandfather(),
            false,
        ),
        ("cheaper", door(20), door(10), grandfather(), true),
    ] {
        let world = World::new(&before);
        world.events(2, "comment");
        publish(&world, &after, how);
        assert_eq!(world.is_open("door"), open, "{what}");
    }
}

#[test]
fn s15_the_award_of_a_removed_badge_stays_readable() {
    let world = World::new(&(XP.to_owned() + &badge("writer", 2)));
    world.events(2, "comment");
    publish(&world, XP, grandfather());
    let view = world.badge("writer");
    assert_eq!((view.earned.len(), view.name.as_str()), (1, "writer"));
    publish(
        &world,
        &(XP.to_owned() + &badge("writer", 2)),
        grandfather(),
    );
    assert_eq!(
        (world.held(), world.balance("xp")),
        (vec!["writer".to_owned()], 10),
        "and it comes back as it was"
    );
}

#[test]
fn s15_another_id_is_another_rule() {
    let world = World::new(&(XP.to_owned() + &badge("writer", 2)));
    world.events(2, "comment");
    publish(
        &world,
        &(XP.to_owned() + &badge("author", 2)),
        grandfather(),
    );
    assert_eq!(
        (world.held(), world.balance("xp")),
        (vec!["author".to_owned(), "writer".to_owned()], 20)
    );
}

#[test]
fn s14_a_player_is_backfilled_through_every_publication_in_order() {
    let [two, three, four] = [2, 3, 4].map(|target| XP.to_owned() + &badge("writer", target));
    for (what, first, second, held) in [
        ("kept twice", grandfather(), grandfather(), vec!["writer"]),
        ("taken back, then kept", revoke(), grandfather(), vec![]),
        (
            "kept by a fact, then taken back",
            grandfather(),
            revoke(),
            vec!["writer"],
        ),
    ] {
        let swept = World::new(&two);
        let touched = World::new(&two);
        for world in [&swept, &touched] {
            world.events(2, "comment");
        }
        publish(&swept, &three, first.clone());
        publish(&swept, &four, second.clone());
        touched.advance_clock(60);
        touched
            .engine
            .catalog()
            .publish(catalog(&three), first)
            .wait()
            .unwrap();
        touched.advance_clock(60);
        touched
            .engine
            .catalog()
            .publish(catalog(&four), second)
            .wait()
            .unwrap();
        assert_eq!(
            touched.held(),
            held,
            "{what}: read before the backfill of ada"
        );
        touched
            .engine
            .catalog()
            .await_backfill(|_| {})
            .wait()
            .unwrap();
        assert_eq!(
            (swept.held(), touched.held()),
            (
                held.iter().map(|held| (*held).to_owned()).collect(),
                held.iter().map(|held| (*held).to_owned()).collect()
            ),
            "{what}"
        );
        assert_eq!(swept.balance("xp"), touched.balance("xp"), "{what}");
    }
}

#[test]
fn reads_show_the_new_catalog_before_the_backfill() {
    let world = World::new(&(XP.to_owned() + &earning(5)));
    world.events(2, "comment");
    world.advance_clock(60);
    let read_only = |world: &World| (world.balance("xp"), world.held());
    let sweep_is_not_awaited = world.engine.catalog().publish(
        catalog(&format!("{XP}{}{}", earning(1), badge("writer", 1))),
        revoke(),
    );
    sweep_is_not_awaited.wait().unwrap();
    assert_eq!(read_only(&world), (12, vec!["writer".to_owned()]));
    world
        .engine
        .catalog()
        .await_backfill(|_| {})
        .wait()
        .unwrap();
    assert_eq!(read_only(&world), (12, vec!["writer".to_owned()]));
}

#[test]
fn going_back_is_another_publication() {
    let [one, two] = [1, 2].map(|points| XP.to_owned() + &earning(points));
    let world = World::new(&one);
    world.event("comment");
    publish(&world, &two, grandfather().by("grace"));
    let first = world.engine.catalog().load_version(1).wait().unwrap();
    let back = world
        .engine
        .catalog()
        .publish(first, grandfather().by("alan"))
        .wait()
        .unwrap();
    world
        .engine
        .catalog()
        .await_backfill(|_| {})
        .wait()
        .unwrap();
    assert_eq!((back.version, world.balance("xp")), (3, 1));
    let history = world.engine.catalog().list_versions().wait().unwrap();
    let who: Vec<_> = history
        .iter()
        .map(|one| (one.version, one.published_by.as_deref()))
        .collect();
    assert_eq!(who, [(1, None), (2, Some("grace")), (3, Some("alan"))]);
    assert_eq!(history[0].fingerprint, history[2].fingerprint);
    assert!(
        !publish(&world, &one, grandfather()).is_new,
        "the published catalog is not published again"
    );
    assert!(matches!(
        world.engine.catalog().load_version(9).wait(),
        Err(Error::UnknownCatalogVersion(9))
    ));
}

#[test]
fn one_of_two_publishers_wins_and_the_other_gets_an_error() {
    let store = MemoryStore::new();
    let open = || {
        Engine::builder(store.clone())
            .catalog(catalog(XP))
            .open()
            .unwrap()
    };
    let (one, other) = (open(), open());
    one.catalog()
        .publish(
            catalog(&(XP.to_owned() + &earning(1))),
            grandfather().by("grace"),
        )
        .wait()
        .unwrap();
    let refused = other
        .catalog()
        .publish(
            catalog(&(XP.to_owned() + &earning(2))),
            grandfather().by("alan").expected_version(1),
        )
        .wait();
    assert!(
        matches!(&refused, Err(Error::PublishConflict { version: 2, by: Some(by) }) if by == "grace"),
        "{refused:?}"
    );
    assert_eq!(
        one.catalog().list_versions().wait().unwrap().len(),
        2,
        "nothing was published"
    );
    other
        .catalog()
        .publish(
            catalog(&(XP.to_owned() + &earning(2))),
            grandfather().expected_version(2),
        )
        .wait()
        .unwrap();
}

#[test]
fn another_engine_on_the_same_store_sees_the_publication_with_its_next_recording() {
    let store = MemoryStore::new();
    let open = || {
        Engine::builder(store.clone())
            .catalog(catalog(&(XP.to_owned() + &earning(1))))
            .open()
            .unwrap()
    };
    let (one, other) = (open(), open());
    other
        .record(NewEvent::new("ada", "comment").id("1"))
        .wait()
        .unwrap();
    one.catalog()
        .publish(catalog(&(XP.to_owned() + &earning(5))), grandfather())
        .wait()
        .unwrap();
    let receipt = other
        .record(NewEvent::new("ada", "comment").id("2"))
        .wait()
        .unwrap();
    assert_eq!(receipt.outcomes[0].detail["amount"], 5);
    assert_eq!(
        (
            other.catalog().version(),
            other.players().load_balances("ada").wait().unwrap()
        ),
        (2, BTreeMap::from([("xp".into(), 10)]))
    );
}

/// Counts the rows that publishing reads and writes for a number of players.
fn cost_of_publishing(players: usize) -> usize {
    let store = CountingStore::default();
    let engine = Engine::open(store.clone(), catalog(&(XP.to_owned() + &earning(1)))).unwrap();
    let comment = |n: usize| NewEvent::new(format!("p{n:04}"), "comment");
    engine
        .record_many((0..players).map(comment).collect())
        .wait()
        .unwrap();
    engine.maintenance().process_due_timers().wait().unwrap();
    store.counts.take_counts();
    engine
        .catalog()
        .publish(catalog(&(XP.to_owned() + &earning(2))), grandfather())
        .wait()
        .unwrap();
    store.counts.at_publishing.load(Ordering::Relaxed)
}

#[test]
fn publishing_costs_the_same_for_any_number_of_players() {
    let few = cost_of_publishing(3);
    assert_eq!(cost_of_publishing(900), few);
    assert!(few <= 5, "{few} rows");
}

/// Opens an engine on a fixed clock, so that it can be closed and reopened.
fn open(store: &MemoryStore, clock: &Arc<AtomicI64>) -> Engine {
    let hands = Arc::clone(clock);
    let now = move || Timestamp::from_micros(hands.load(Ordering::Relaxed)).unwrap();
    Engine::builder(store.clone()).clock(now).open().unwrap()
}

#[test]
fn an_interrupted_backfill_continues_after_reopening() {
    let (store, clock) = (
        MemoryStore::new(),
        Arc::new(AtomicI64::new(instant("2026-06-01T12:00:00Z").as_micros())),
    );
    let players = 1_000;
    drop(Engine::open(store.clone(), catalog(&(XP.to_owned() + &earning(1)))).unwrap());
    let engine = open(&store, &clock);
    let comment = |n: usize| {
        NewEvent::new(format!("p{n:04}"), "comment")
            .id("1")
            .at(instant("2026-01-01T00:00:00Z"))
    };
    engine
        .record_many((0..players).map(comment).collect())
        .wait()
        .unwrap();
    engine
        .catalog()
        .publish(catalog(&(XP.to_owned() + &earning(2))), grandfather())
        .wait()
        .unwrap();
    engine.close().unwrap();

    let engine = open(&store, &clock);
    let swept = engine.catalog().await_backfill(|_| {}).wait().unwrap();
    assert_eq!((swept.version, swept.done), (2, players as u64));
    assert_eq!(
        engine
            .maintenance()
            .verify(|_| {})
            .wait()
            .unwrap()
            .differences,
        []
    );
    for player in ["p0000", "p0500", "p0999"] {
        let profile = engine
            .players()
            .load_profile(player, Audience::Admin)
            .wait()
            .unwrap()
            .unwrap();
        assert_eq!(profile.balances[0].balance, 2, "{player}");
    }
    assert_eq!(
        engine.feed().list(0, 10_000).wait().unwrap().len(),
        2 * players,
        "each player was corrected once"
    );
}
