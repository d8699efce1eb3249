//! Retraction and restoration of events (S13).

use accolade::store::Trigger;
use accolade::{Action, EventId, EventSelection, NewEvent, ReceiptStatus, props};
use accolade_core::limits;

use crate::world::{World, outcome_lines, reasons};

const SHOP: &str = r#"
[[currency]]
id = "xp"

[[earning]]
id = "bought"
on = "bought"
points = { xp = 'event.price' }

[[badge]]
id = "regular"
criterion = { count = "bought", at_least = 2 }
points = { xp = 100 }

[[unlockable]]
id = "lounge"
criterion = { points = "xp", at_least = 120 }
relock = true
"#;

fn bought(world: &World, price: i64) {
    world.event_with("bought", props! { "price" => price });
}

#[test]
fn s13_a_retracted_event_has_no_effect() {
    let world = World::new(SHOP);
    bought(&world, 10);
    bought(&world, 15);
    assert_eq!(
        (world.balance("xp"), world.held(), world.is_open("lounge")),
        (125, vec!["regular".into()], true)
    );

    let receipt = world
        .act(
            Action::retract("ada", "e1")
                .id("r1")
                .by("grace")
                .reason("refunded"),
        )
        .unwrap();
    let mut followed = outcome_lines(&receipt);
    followed.sort();
    assert_eq!(
        followed,
        [
            "badge.revoked regular",
            "points xp -10",
            "points xp -100",
            "unlockable.closed lounge"
        ]
    );
    assert_eq!(
        (world.balance("xp"), world.held(), world.is_open("lounge")),
        (15, vec![], false)
    );
}

#[test]
fn s13_corrections_name_the_retraction() {
    let world = World::new(SHOP);
    bought(&world, 10);
    bought(&world, 15);
    world.act(Action::retract("ada", "e1").id("r1")).unwrap();
    let corrections: Vec<_> = world
        .ledger()
        .into_iter()
        .filter(|row| row.trigger == Trigger::Retract)
        .collect();
    assert_eq!(corrections.len(), 2, "the earning, and the award");
    for row in &corrections {
        assert!(
            row.event == "r1" || row.caused_by.as_deref() == Some("r1"),
            "{row:?}"
        );
        assert!(row.amount < 0, "{row:?}");
    }
}

#[test]
fn s13_the_latest_retraction_or_restoration_decides() {
    let world = World::new(SHOP);
    bought(&world, 10);
    for (act, expected, balance) in [
        (
            Action::restore("ada", "e1"),
            Err("not retracted; nothing was changed"),
            10,
        ),
        (Action::retract("ada", "e1"), Ok(()), 0),
        (
            Action::retract("ada", "e1"),
            Err("already retracted; nothing was changed"),
            0,
        ),
        (Action::restore("ada", "e1"), Ok(()), 10),
        (
            Action::restore("ada", "e1"),
            Err("not retracted; nothing was changed"),
            10,
        ),
        (Action::retract("ada", "e1"), Ok(()), 0),
    ] {
        let done = world.act(act.clone());
        assert_eq!(
            done.as_ref().map(|_| ()).map_err(String::as_str),
            expected,
            "{act:?}"
        );
        assert_eq!(world.balance("xp"), balance, "{act:?}");
    }
}

#[test]
fn s13_sending_it_again_does_not_revive_it() {
    let world = World::new(SHOP);
    bought(&world, 10);
    world.act(Action::retract("ada", "e1")).unwrap();
    let at = world.engine.players().list_timeline("ada").wait().unwrap()[0].at;
    let again = NewEvent::new("ada", "bought")
        .id("e1")
        .at(at)
        .prop("price", 10);
    assert_eq!(world.send(again).unwrap().status, ReceiptStatus::Duplicate);
    assert_eq!(world.balance("xp"), 0);
}

#[test]
fn s13_a_retraction_waits_for_an_event_that_has_not_arrived() {
    let world = World::new(SHOP);
    let receipt = world.act(Action::retract("ada", "later")).unwrap();
    assert_eq!(reasons(&receipt), ["event accolade.retract: unknown_event"]);
    let later = NewEvent::new("ada", "bought")
        .id("later")
        .prop("price", 10)
        .at(world.now());
    let receipt = world.send(later).unwrap();
    assert_eq!(
        (outcome_lines(&receipt), reasons(&receipt)),
        (vec![], vec!["event bought: retracted".to_owned()])
    );
    assert_eq!(world.balance("xp"), 0);
    world.act(Action::restore("ada", "later")).unwrap();
    assert_eq!(world.balance("xp"), 10);
}

#[test]
fn s13_a_pending_retraction_can_be_undone_before_the_event_arrives() {
    let world = World::new(SHOP);
    world.act(Action::retract("ada", "later")).unwrap();
    world.act(Action::restore("ada", "later")).unwrap();
    world
        .send(
            NewEvent::new("ada", "bought")
                .id("later")
                .prop("price", 10)
                .at(world.now()),
        )
        .unwrap();
    assert_eq!(world.balance("xp"), 10);
}

#[test]
fn s13_actions_can_be_retracted_and_retractions_cannot() {
    let world = World::new(SHOP);
    world
        .act(Action::points("ada", "xp", 50).id("gift"))
        .unwrap();
    world
        .act(Action::award("ada", "regular").id("medal"))
        .unwrap();
    assert_eq!(world.balance("xp"), 150);
    world
        .act(Action::retract_all("ada", ["gift".to_owned(), "medal".to_owned()]).id("r"))
        .unwrap();
    assert_eq!((world.balance("xp"), world.held()), (0, vec![]));
    let refused = world.act(Action::retract("ada", "r")).unwrap_err();
    assert_eq!(
        refused,
        "`r` is an `accolade.retract` action, which cannot be retracted; restore the events that \
         it names instead"
    );
}

#[test]
fn s13_what_was_spent_in_the_meantime_leaves_an_overdraft() {
    let world = World::new(SHOP);
    bought(&world, 30);
    world.act(Action::points("ada", "xp", -20)).unwrap();
    world.act(Action::retract("ada", "e1")).unwrap();
    assert_eq!(world.balance("xp"), -20);
    let amounts: Vec<i64> = world.ledger().iter().map(|row| row.amount).collect();
    assert_eq!(amounts, [30, -20, -30], "no entry is lost");
}

#[test]
fn s13_a_range_is_previewed_before_it_is_retracted() {
    let world = World::new(SHOP);
    (1..=6).for_each(|price| bought(&world, price * 10));
    let (from, to) = (
        world.engine.players().list_timeline("ada").wait().unwrap()[1].at,
        world.now(),
    );
    for (selection, expected) in [
        (
            EventSelection::default(),
            vec!["e1", "e2", "e3", "e4", "e5", "e6"],
        ),
        (
            EventSelection::default()
                .player("ada")
                .name("bought")
                .starting_at(from)
                .ending_before(to),
            vec!["e2", "e3", "e4", "e5"],
        ),
        (
            EventSelection::default().condition("event.price >= 50"),
            vec!["e5", "e6"],
        ),
        (
            EventSelection::default().condition("event.colour == 'red'"),
            vec![],
        ),
        (EventSelection::default().name("sold"), vec![]),
        (EventSelection::default().player("grace"), vec![]),
    ] {
        let found = world
            .engine
            .players()
            .find_events(selection.clone())
            .wait()
            .unwrap();
        let ids: Vec<&str> = found.iter().map(|one| one.event.as_str()).collect();
        assert_eq!(ids, expected, "{selection:?}");
    }
    let dear = world
        .engine
        .players()
        .find_events(EventSelection::default().condition("event.price >= 20"))
        .wait()
        .unwrap();
    let answers = world
        .engine
        .players()
        .retract_selected(dear, Action::empty().by("grace").id("sweep"))
        .wait()
        .unwrap();
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!((world.balance("xp"), world.held()), (10, vec![]));
}

#[test]
fn s13_a_large_range_takes_several_actions() {
    let world = World::new("[[badge]]\nid = \"b\"\ncriterion = { count = \"x\", at_least = 5 }");
    let many = limits::RETRACTED_EVENTS + 3;
    world.events(many, "x");
    let all = world
        .engine
        .players()
        .find_events(EventSelection::default())
        .wait()
        .unwrap();
    let answers = world
        .engine
        .players()
        .retract_selected(all, Action::empty().id("r"))
        .wait()
        .unwrap();
    let ids: Vec<EventId> = answers
        .into_iter()
        .map(|answer| answer.unwrap().id)
        .collect();
    assert_eq!(ids, ["r", "r-1"]);
    assert_eq!(world.progress("b"), "0/5");
}

#[test]
fn s13_invalid_conditions_are_reported() {
    let world = World::new(SHOP);
    for condition in ["event.price >", "player.points.xp > 3", "1 + 1"] {
        let error = world
            .engine
            .players()
            .find_events(EventSelection::default().condition(condition))
            .wait()
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("invalid condition: "),
            "{condition}: {error}"
        );
    }
}
