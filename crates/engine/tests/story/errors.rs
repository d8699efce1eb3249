//! Rules that cannot be evaluated: counted, reported, and without effect on other rules.

use accolade::props;

use crate::world::{World, outcome_lines};

#[test]
fn an_error_in_one_rule_blocks_no_other() {
    let world = World::new(
        r#"
        [[currency]]
        id = "xp"
        [[earning]]
        id = "a-broken"
        on = "x"
        points = { xp = "event.km / event.zero" }
        [[earning]]
        id = "b-fine"
        on = "x"
        points = { xp = 1 }
        [[badge]]
        id = "c-broken"
        criterion = { sum = "event.km", on = "x", at_least = 1 }
        [[badge]]
        id = "d-fine"
        criterion = { count = "x" }
        [[unlockable]]
        id = "e-broken"
        criterion = { count = "x", where = "event.missing" }
        [[unlockable]]
        id = "f-fine"
        criterion = { count = "x" }
    "#,
    );
    let receipt = world.event_with("x", props! { "km" => "far", "zero" => 0 });
    assert_eq!(
        outcome_lines(&receipt),
        [
            "points xp 1",
            "badge.awarded d-fine",
            "unlockable.opened f-fine"
        ]
    );
    world.event_with("x", props! { "km" => 5, "zero" => 0 });
    assert_eq!(
        world.rule_errors(),
        [
            "badge c-broken 1",
            "earning a-broken 2",
            "unlockable e-broken 2"
        ]
    );
    let errors = world.engine.catalog().list_rule_errors().wait().unwrap();
    let last = &errors[1];
    assert_eq!(
        (
            last.message.as_str(),
            last.player.as_str(),
            last.event.as_str()
        ),
        ("division by zero", "ada", "e2")
    );
    assert!(
        world.holds("c-broken"),
        "an event that can be evaluated counts"
    );
}

#[test]
fn an_error_that_the_other_operand_decides_is_none() {
    let world = World::new(
        "[[badge]]\nid = \"b\"\ncriterion = { count = \"x\", where = \"event.missing > 1 || event.ok\" }",
    );
    world.event_with("x", props! { "ok" => true });
    assert_eq!(
        (world.held(), world.rule_errors()),
        (vec!["b".to_owned()], vec![])
    );
}

#[test]
fn an_error_of_a_shared_counter_is_every_owners() {
    let world = World::new(
        "[[badge]]\nid = \"a\"\ncriterion = { sum = \"event.n\", on = \"x\", at_least = 1 }
        [[badge]]\nid = \"b\"\ncriterion = { sum = \"event.n\", on = \"x\", at_least = 2 }",
    );
    world.event("x");
    assert_eq!(world.rule_errors(), ["badge a 1", "badge b 1"]);
}

#[test]
fn an_error_in_what_a_key_carries_is_counted() {
    let world = World::new(
        "[[badge]]\nid = \"b\"\ncriterion = { sum = \"event.words\", on = { count = \"x\", per = \"event.k\" }, at_least = 5 }",
    );
    world.event_with("x", props! { "k" => "1" });
    world.event_with("x", props! { "k" => "2", "words" => 5 });
    assert_eq!(
        (world.held(), world.rule_errors()),
        (vec!["b".to_owned()], vec!["badge b 1".to_owned()])
    );
}

#[test]
fn the_sum_of_a_counter_may_overflow() {
    let world = World::new(
        "[[badge]]\nid = \"b\"\ncriterion = { sum = \"event.n\", on = \"x\", at_least = 1 }",
    );
    let receipt = world.event_with("x", props! { "n" => i64::MAX });
    assert_eq!(outcome_lines(&receipt), ["badge.awarded b"]);
    let receipt = world.event_with("x", props! { "n" => i64::MAX });
    assert_eq!(
        crate::world::skip_message(&receipt, "b"),
        "evaluation failed: overflow: the result is out of range"
    );
    assert_eq!(
        (world.held(), world.rule_errors()),
        (vec!["b".to_owned()], vec!["badge b 1".to_owned()])
    );
}
