//! Receipts: every rule that listens but does not pay gives a reason.

use accolade::{Action, props};

use crate::world::{World, reasons, skip_message};

const XP: &str = "[[currency]]\nid = \"xp\"\n";

fn earning(rest: &str) -> World {
    World::new(&format!(
        "{XP}[[earning]]\nid = \"e\"\non = \"x\"\npoints = {{ xp = 1 }}\n{rest}"
    ))
}

#[test]
fn a_false_condition_names_the_part_that_is_false() {
    let world = earning("where = \"event.kind == 'up' && event.length >= 20\"");
    for (kind, length, message) in [
        ("down", 30, "condition not met: event.kind == 'up'"),
        ("up", 5, "condition not met: event.length >= 20"),
    ] {
        let receipt = world.event_with("x", props! { "kind" => kind, "length" => length });
        assert_eq!(
            (reasons(&receipt), skip_message(&receipt, "e")),
            (vec!["earning e: condition_false".into()], message.into())
        );
    }
}

#[test]
fn a_badges_counter_names_the_part_that_is_false() {
    let world = World::new(
        "[[badge]]\nid = \"b\"\ncriterion = { count = \"x\", where = \"event.a > 1 && event.b\" }",
    );
    let receipt = world.event_with("x", props! { "a" => 5, "b" => false });
    assert_eq!(skip_message(&receipt, "b"), "condition not met: event.b");
}

#[test]
fn a_limit_is_reached() {
    let world = earning("limit = { times = 1, per = \"day\" }");
    world.event("x");
    let receipt = world.event("x");
    assert_eq!(reasons(&receipt), ["earning e: limit_reached"]);
    assert_eq!(skip_message(&receipt, "e"), "limit for this period reached");
}

#[test]
fn a_cooldown_says_until_when() {
    let world = earning("cooldown = \"1h\"");
    world.at("2026-06-01T12:30:00Z", "x", props! {});
    let receipt = world.at("2026-06-01T13:00:00Z", "x", props! {});
    assert_eq!(reasons(&receipt), ["earning e: cooling_down"]);
    assert_eq!(
        skip_message(&receipt, "e"),
        "cooling down until 2026-06-01T13:30:00Z"
    );
}

#[test]
fn bounds() {
    for (bounds, reason) in [
        ("since = 2027-01-01T00:00:00Z", "before_since"),
        ("until = 2026-01-01T00:00:00Z", "after_until"),
    ] {
        let world = earning(&format!(
            "{bounds}
            [[badge]]\nid = \"counts\"\ncriterion = {{ count = \"x\" }}\n{bounds}
            [[badge]]\nid = \"rich\"\ncriterion = {{ points = \"xp\", at_least = 1 }}\n{bounds}
            [[unlockable]]\nid = \"door\"\ncriterion = {{ points = \"xp\", at_least = 1 }}\n{bounds}"
        ));
        assert_eq!(
            reasons(&world.event("x")),
            [
                format!("badge counts: {reason}"),
                format!("earning e: {reason}")
            ]
        );
        let granted = world.act(Action::points("ada", "xp", 5)).unwrap();
        assert_eq!(
            reasons(&granted),
            [
                format!("badge rich: {reason}"),
                format!("unlockable door: {reason}")
            ]
        );
    }
}

#[test]
fn earned_revoked_and_unreached_badges_are_explained() {
    let world = World::new("[[badge]]\nid = \"b\"\ncriterion = { count = \"x\", at_least = 2 }");
    let first = world.event("x");
    assert_eq!(
        (reasons(&first), skip_message(&first, "b")),
        (
            vec!["badge b: not_reached".into()],
            "counted: 1 of 2".into()
        )
    );
    assert_eq!(reasons(&world.event("x")), Vec::<String>::new());
    assert_eq!(reasons(&world.event("x")), ["badge b: already_earned"]);
    world.act(Action::revoke("ada", "b")).unwrap();
    let receipt = world.event("x");
    assert_eq!(reasons(&receipt), ["badge b: revoked"]);
    assert_eq!(
        skip_message(&receipt, "b"),
        "revoked; only a manual award can restore it"
    );
}

#[test]
fn each_tier_shows_its_progress() {
    let world = World::new("[[badge]]\nid = \"b\"\ntiers = [1, 3]\ncriterion = { count = \"x\" }");
    world.event("x");
    assert_eq!(
        skip_message(&world.event("x"), "b"),
        "already earned; counted: 2 of 3"
    );
}

#[test]
fn badges_with_keys_explain_the_key_of_the_event() {
    let world = World::new(
        "[[badge]]\nid = \"b\"\nrepeat = \"per-key\"\ncriterion = { count = \"x\", per = \"event.k\", at_least = 2 }",
    );
    let sent = ["a", "b", "a", "a"]
        .map(|key| skip_message(&world.event_with("x", props! { "k" => key }), "b"));
    assert_eq!(
        sent,
        ["counted: 1 of 2", "counted: 1 of 2", "", "already earned"]
    );
    world.act(Action::revoke("ada", "b").key("a")).unwrap();
    assert!(skip_message(&world.event_with("x", props! { "k" => "a" }), "b").contains("revoked"));
}

#[test]
fn what_is_required_is_named() {
    let world = World::new(
        "[[badge]]\nid = \"licence\"\n[[badge]]\nid = \"b\"\nrequires = \"licence\"\ncriterion = { count = \"x\" }",
    );
    let receipt = world.event("x");
    assert_eq!(
        (reasons(&receipt), skip_message(&receipt, "b")),
        (
            vec!["badge b: requires".into()],
            "requires badge `licence`".into()
        )
    );
}

#[test]
fn unlockables_are_explained_too() {
    let world =
        World::new("[[unlockable]]\nid = \"door\"\ncriterion = { count = \"x\", at_least = 2 }");
    assert_eq!(reasons(&world.event("x")), ["unlockable door: not_reached"]);
    assert_eq!(reasons(&world.event("x")), Vec::<String>::new());
    assert_eq!(
        reasons(&world.event("x")),
        ["unlockable door: already_earned"]
    );
}

#[test]
fn an_error_is_explained_in_words() {
    let world = earning("where = \"event.km > 5\"");
    for (props, message) in [
        (props! {}, "evaluation failed: `event.km` is missing"),
        (
            props! { "km" => "far" },
            "evaluation failed: `event.km` is text, not a number",
        ),
    ] {
        let receipt = world.event_with("x", props);
        assert_eq!(
            (reasons(&receipt), skip_message(&receipt, "e")),
            (vec!["earning e: error".into()], message.into())
        );
    }
}

#[test]
fn late_events_explain_too() {
    let world = earning("limit = { times = 1, per = \"day\" }\ncooldown = \"1h\"");
    world.at("2026-06-01T12:00:00Z", "x", props! {});
    let earlier = world.at("2026-06-01T11:30:00Z", "x", props! {});
    assert_eq!(
        (earlier.outcomes.len(), reasons(&earlier)),
        (2, vec![]),
        "it is paid in the place of the other"
    );
    assert_eq!(
        reasons(&world.at("2026-06-01T11:40:00Z", "x", props! {})),
        ["earning e: cooling_down"]
    );
    assert_eq!(
        reasons(&world.at("2026-06-01T12:40:00Z", "x", props! {})),
        ["earning e: limit_reached"]
    );
}

#[test]
fn batches_and_duplicates_explain_nothing() {
    let world = earning("limit = { times = 1, per = \"day\" }");
    let event = |id: &str| accolade::NewEvent::new("ada", "x").id(id);
    let receipts = world
        .engine
        .record_many(vec![event("1"), event("2")])
        .wait()
        .unwrap();
    assert!(
        receipts
            .iter()
            .all(|receipt| receipt.as_ref().unwrap().skipped.is_empty())
    );
    assert_eq!(
        reasons(&world.send(event("2")).unwrap()),
        Vec::<String>::new()
    );
    assert_eq!(
        reasons(&world.send(event("3")).unwrap()),
        ["earning e: limit_reached"]
    );
}
