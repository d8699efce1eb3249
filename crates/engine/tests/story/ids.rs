//! Identity of events (S12) and limits on requests (S25).

use accolade::{NewEvent, Props, ReceiptStatus, Value, props};
use accolade_core::limits;
use std::collections::BTreeMap;

use crate::world::{World, instant, outcome_lines};

const CATALOG: &str =
    "[[currency]]\nid = \"xp\"\n[[earning]]\nid = \"x\"\non = \"x\"\npoints = { xp = 1 }";

#[test]
fn s12_sending_an_event_again_does_nothing_and_returns_the_first_outcome() {
    let world = World::new(CATALOG);
    let event = NewEvent::new("ada", "x")
        .id("1")
        .prop("a", 1)
        .prop("b", 2.5);
    let first = world.send(event.clone()).unwrap();
    world.advance_clock(60);
    let again = world
        .send(NewEvent {
            props: props! { "b" => 2.5, "a" => 1 },
            ..event
        })
        .unwrap();
    assert_eq!(
        (first.status, again.status),
        (ReceiptStatus::Accepted, ReceiptStatus::Duplicate)
    );
    assert_eq!((again.outcomes, world.balance("xp")), (first.outcomes, 1));
}

#[test]
fn s12_other_content_under_a_used_id_is_a_conflict_that_names_the_difference() {
    let world = World::new(CATALOG);
    let at = instant("2026-06-01T11:00:00Z");
    let event = || NewEvent::new("ada", "x").id("1").at(at).prop("a", 1);
    world.send(event()).unwrap();
    for (other, differs) in [
        (
            NewEvent {
                name: "y".into(),
                ..event()
            },
            "name",
        ),
        (event().at(at.plus_micros(1)), "time"),
        (
            NewEvent {
                at: None,
                ..event()
            },
            "time",
        ),
        (
            NewEvent {
                order: 1,
                ..event()
            },
            "order",
        ),
        (event().prop("a", 2), "props"),
        (event().prop("b", 1), "props"),
        (
            NewEvent {
                props: Props::default(),
                ..event()
            },
            "props",
        ),
    ] {
        let error = world.send(other).unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "event `1` already exists and differs in {differs}; events are immutable: send \
                 this one with a new id"
            )
        );
    }
    assert_eq!(world.balance("xp"), 1);
}

#[test]
fn s12_a_defaulted_time_is_not_content() {
    let world = World::new(CATALOG);
    let event = || NewEvent::new("ada", "x").id("1");
    world.send(event()).unwrap();
    world.advance_clock(3600);
    assert_eq!(
        world.send(event()).unwrap().status,
        ReceiptStatus::Duplicate
    );
    assert_eq!(
        world
            .engine
            .players()
            .list_timeline("ada")
            .wait()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn s12_ids_are_scoped_to_the_player() {
    let world = World::new(CATALOG);
    for player in ["ada", "bob"] {
        assert_eq!(
            world
                .send(NewEvent::new(player, "x").id("1"))
                .unwrap()
                .status,
            ReceiptStatus::Accepted
        );
    }
    assert_eq!(
        world.engine.players().load_balances("bob").wait().unwrap(),
        BTreeMap::from([("xp".into(), 1)])
    );
}

#[test]
fn s12_within_one_batch_the_first_of_an_id_counts() {
    let world = World::new(CATALOG);
    let event = |n: i64| NewEvent::new("ada", "x").id("1").prop("n", n);
    let answers = world
        .engine
        .record_many(vec![event(1), event(1), event(2), event(1)])
        .wait()
        .unwrap();
    let status: Vec<_> = answers
        .iter()
        .map(|answer| answer.as_ref().map(|receipt| receipt.status).ok())
        .collect();
    assert_eq!(
        status,
        [
            Some(ReceiptStatus::Accepted),
            Some(ReceiptStatus::Duplicate),
            None,
            Some(ReceiptStatus::Duplicate)
        ]
    );
    assert_eq!(
        answers[3].as_ref().unwrap().outcomes,
        answers[0].as_ref().unwrap().outcomes
    );
    assert_eq!(world.balance("xp"), 1);
}

#[test]
fn s12_without_an_id_every_event_is_new() {
    let world = World::new(CATALOG);
    let receipts = [(); 2].map(|()| world.send(NewEvent::new("ada", "x")).unwrap());
    assert!(receipts[0].id != receipts[1].id && !receipts[0].id.is_empty());
    assert_eq!(world.balance("xp"), 2);
}

#[test]
fn one_invalid_event_does_not_affect_its_batch() {
    let world = World::new(CATALOG);
    let batch = vec![
        NewEvent::new("ada", "x"),
        NewEvent::new("", "x"),
        NewEvent::new("ada", "x"),
    ];
    let answers = world.engine.record_many(batch).wait().unwrap();
    assert_eq!(
        answers.iter().map(Result::is_ok).collect::<Vec<_>>(),
        [true, false, true]
    );
    assert_eq!(world.balance("xp"), 2);
}

#[test]
fn s25_requests_are_limited_and_the_error_names_the_limit() {
    let world = World::new(CATALOG);
    let nested = (0..limits::PROPS_DEPTH).fold(Value::from(1), |value, _| {
        Value::Map(props! { "x" => value })
    });
    for (event, part) in [
        (
            NewEvent::new("a".repeat(256), "x"),
            "`player` has 256 bytes; the limit is 255",
        ),
        (
            NewEvent::new("ada", "x").id("i".repeat(256)),
            "`id` has 256 bytes; the limit is 255",
        ),
        (
            NewEvent::new("ada", "n".repeat(129)),
            "`name` has 129 bytes; the limit is 128",
        ),
        (NewEvent::new("ada", ""), "`name` is empty"),
        (
            NewEvent::new("ada", "x").id("a\nb"),
            "`id` contains a control character",
        ),
        (
            NewEvent::new("ada", "x").prop("p", "x".repeat(limits::PROPS_BYTES)),
            "65536",
        ),
        (NewEvent::new("ada", "x").prop("p", nested), "16"),
    ] {
        let error = world.send(event).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let longest = NewEvent::new("ada", "n".repeat(128))
        .id("i".repeat(255))
        .prop("p", "x".repeat(60_000));
    assert_eq!(
        outcome_lines(&world.send(longest).unwrap()),
        Vec::<String>::new()
    );
}
