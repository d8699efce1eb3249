//! Late events: the result depends on the events, not on their arrival (S1, S3, S4, S5).

use accolade::store::Trigger;
use accolade::{Action, NewEvent, props};

use crate::world::{World, instant, outcome_lines};

const CATALOG: &str = r#"
    [[currency]]
    id = "xp"

    [[earning]]
    id = "commented"
    on = "comment"
    points = { xp = 1 }

    [[badge]]
    id = "third"
    criterion = { count = "comment", at_least = 3 }
    points = { xp = 10 }

    [[badge]]
    id = "thrifty"
    criterion = { latest = "event.left", on = "budget", at_least = 50 }

    [[unlockable]]
    id = "clean"
    criterion = { not = { count = "spam" } }
    relock = true

    [[unlockable]]
    id = "door"
    criterion = { points = "xp", at_least = 2 }
"#;

fn comment(world: &World, at: &str) -> accolade::Receipt {
    world.at(&format!("2026-06-01T{at}:00Z"), "comment", props! {})
}

#[test]
fn s4_a_late_event_moves_an_award_to_where_it_was_earned() {
    let world = World::new(CATALOG);
    for at in ["10:00", "11:00", "12:00"] {
        comment(&world, at);
    }
    assert_eq!(
        world.badge("third").earned[0].at,
        instant("2026-06-01T12:00:00Z")
    );
    let late = comment(&world, "09:00");
    assert_eq!(
        outcome_lines(&late),
        ["points xp 1"],
        "an award that is held already has no outcome"
    );
    let third = &world.badge("third").earned[0];
    assert_eq!(
        (third.at, third.event.as_deref()),
        (instant("2026-06-01T11:00:00Z"), Some("e2"))
    );
    assert_eq!(world.balance("xp"), 14);
}

#[test]
fn s5_corrections_are_minimal_and_say_that_they_are_late() {
    let world = World::new(CATALOG);
    for at in ["10:00", "11:00", "12:00"] {
        comment(&world, at);
    }
    let before = world.ledger();
    comment(&world, "09:00");
    let after = world.ledger();
    assert_eq!(after[..before.len()], before, "entries are never edited");
    let new: Vec<_> = after[before.len()..]
        .iter()
        .map(|row| (row.event.as_str(), row.amount, row.trigger))
        .collect();
    assert_eq!(new, [("e4", 1, Trigger::Late)]);
}

#[test]
fn s4_a_late_event_revokes_what_was_not_earned() {
    let world = World::new(CATALOG);
    world.at("2026-06-01T10:00:00Z", "budget", props! { "left" => 60 });
    assert_eq!(
        (world.holds("thrifty"), world.is_open("clean")),
        (true, true)
    );
    world.at("2026-06-01T11:00:00Z", "budget", props! { "left" => 10 });
    let late = world.at("2026-06-01T09:00:00Z", "spam", props! {});
    assert_eq!(outcome_lines(&late), ["unlockable.closed clean"]);
    assert!(
        world.holds("thrifty"),
        "an award latches along the timeline"
    );
    assert_eq!(late.outcomes[0].trigger, Trigger::Late);
}

#[test]
fn s4_an_award_is_deleted_if_a_late_event_shows_that_it_was_never_earned() {
    let catalog = "[[currency]]\nid = \"xp\"\n[[badge]]\nid = \"pioneer\"\npoints = { xp = 5 }\ncriterion = { all = [{ count = \"visit\" }, { not = { count = \"signup\" } }] }";
    let world = World::new(catalog);
    world.at("2026-06-01T10:00:00Z", "visit", props! {});
    assert_eq!(
        (world.held(), world.balance("xp")),
        (vec!["pioneer".to_owned()], 5)
    );
    let late = world.at("2026-06-01T09:00:00Z", "signup", props! {});
    assert_eq!(
        outcome_lines(&late),
        ["points xp -5", "badge.revoked pioneer"]
    );
    assert_eq!((world.held(), world.balance("xp")), (vec![], 0));
    assert_eq!(
        world.engine.players().list_awards("ada").wait().unwrap(),
        [],
        "not as revoked: it was never earned"
    );
}

#[test]
fn s1_any_order_of_arrival_gives_the_same_result() {
    let arrivals = [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]];
    let all = arrivals.map(|arrival| {
        let world = World::new(CATALOG);
        world.advance_clock(3600);
        for number in arrival {
            let at = instant("2026-06-01T09:00:00Z").plus_micros(i64::from(number) * 1_000_000);
            world
                .send(
                    NewEvent::new("ada", "comment")
                        .id(format!("c{number}"))
                        .at(at),
                )
                .unwrap();
        }
        let awards = world.engine.players().list_awards("ada").wait().unwrap();
        (
            world.balance("xp"),
            awards,
            world.engine.players().list_unlocks("ada").wait().unwrap(),
        )
    });
    assert!(all.iter().all(|one| one == &all[0]), "{all:#?}");
}

#[test]
fn s1_at_the_same_instant_order_and_then_the_id_decide() {
    for (first, second, left) in [
        ((0, "b"), (0, "a"), 2),
        ((1, "a"), (0, "b"), 1),
        ((-1, "b"), (0, "a"), 2),
    ] {
        let world = World::new(
            "[[badge]]\nid = \"last\"\ncriterion = { latest = \"event.left\", on = \"budget\", at_least = 9 }",
        );
        for ((order, id), left) in [(first, 1), (second, 2)] {
            let event = NewEvent::new("ada", "budget")
                .id(id)
                .at(world.now())
                .prop("left", left);
            world.send(NewEvent { order, ..event }).unwrap();
        }
        let expected = if (first.0, first.1) > (second.0, second.1) {
            1
        } else {
            2
        };
        assert_eq!(world.progress("last"), format!("{expected}/9"), "{left}");
    }
}

#[test]
fn s3_an_action_keeps_its_decision_when_late_events_arrive() {
    let world = World::new(CATALOG);
    comment(&world, "12:00");
    world.act(Action::points("ada", "xp", -1)).unwrap();
    assert_eq!(world.balance("xp"), 0);
    world.act(Action::award("ada", "third")).unwrap();
    assert_eq!(world.balance("xp"), 10);
    for at in ["09:00", "10:00", "11:00"] {
        comment(&world, at);
    }
    let earned = &world.badge("third").earned;
    assert_eq!(
        (earned.len(), earned[0].source.as_str()),
        (1, "criterion"),
        "the earliest source is the award's"
    );
    assert_eq!(world.balance("xp"), 4 - 1 + 10, "and only that source pays");
}

#[test]
fn s3_a_balance_that_turns_negative_afterwards_is_shown() {
    let world = World::new(&CATALOG.replace(
        "xp = 1 ",
        "xp = \"event_name == 'comment' && player.badges['thrifty'] ? 0 : 1\" ",
    ));
    comment(&world, "12:00");
    world.act(Action::points("ada", "xp", -1)).unwrap();
    world.at("2026-06-01T09:00:00Z", "budget", props! { "left" => 60 });
    assert_eq!(world.balance("xp"), -1);
}

#[test]
fn s3_a_late_event_before_a_reset_stops_counting_with_it() {
    let world = World::new(CATALOG);
    comment(&world, "12:00");
    world.act(Action::reset("ada")).unwrap();
    let late = comment(&world, "09:00");
    assert_eq!(
        (world.balance("xp"), world.progress("third")),
        (0, "0/3".to_owned())
    );
    assert_eq!(
        outcome_lines(&late),
        ["points xp 1", "points xp -1"],
        "earned, and taken back by the reset"
    );
}

#[test]
fn s21_very_late_events_start_from_checkpoints_with_the_same_result() {
    let world = World::new(CATALOG);
    let minute = |n: i64| instant("2026-01-01T00:00:00Z").plus_micros(n * 60_000_000);
    let events = (0..4_000).map(|n| {
        NewEvent::new("ada", "comment")
            .id(format!("c{n}"))
            .at(minute(n))
    });
    world.engine.record_many(events.collect()).wait().unwrap();
    for behind in [1, 500, 1_500, 3_999] {
        let late = NewEvent::new("ada", "comment")
            .id(format!("late-{behind}"))
            .at(minute(4_000 - behind).plus_micros(1));
        assert_eq!(
            outcome_lines(&world.send(late).unwrap()),
            ["points xp 1"],
            "{behind}"
        );
    }
    assert_eq!(world.balance("xp"), 4_004 + 10);
}
