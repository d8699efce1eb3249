//! Repeated badges: once, per key and again (S4, S8).

use accolade::{Action, NewEvent, props};

use crate::world::{World, outcome_lines};

const AGAIN: &str = "[[badge]]\nid = \"b\"\nrepeat = \"again\"\n";

#[test]
fn s4_again_awards_each_multiple_of_a_number_once() {
    let world = World::new(&format!(
        "{AGAIN}criterion = {{ sum = \"event.km\", on = \"run\", at_least = 10 }}"
    ));
    for (km, held) in [
        (9, 0),
        (1, 1),
        (5, 1),
        (-5, 1),
        (5, 1),
        (25, 4),
        (0, 4),
        (-40, 4),
        (49, 4),
        (1, 5),
    ] {
        world.event_with("run", props! { "km" => km });
        assert_eq!(world.held().len(), held, "{km}");
    }
    assert_eq!(world.held()[..2], ["b@1", "b@2"]);
}

#[test]
fn s4_again_awards_each_edge_where_the_value_may_fall() {
    let week = format!("{AGAIN}criterion = {{ count = \"run\", within = \"7d\", at_least = 2 }}");
    let world = World::new(&week);
    for (day, held) in [
        (1, 0),
        (2, 1),
        (3, 1),
        (10, 1),
        (11, 2),
        (12, 2),
        (25, 2),
        (26, 3),
    ] {
        world.at(&format!("2026-06-{day:02}T12:00:00Z"), "run", props! {});
        assert_eq!(world.held().len(), held, "day {day}");
    }
    let both = World::new(&format!(
        "{AGAIN}criterion = {{ all = [{{ latest = \"event.left\", on = \"budget\", at_least = 50 }}, {{ count = \"run\" }}] }}"
    ));
    both.event("run");
    for (left, held) in [(60, 1), (70, 1), (40, 1), (50, 2), (10, 2), (90, 3)] {
        both.event_with("budget", props! { "left" => left });
        assert_eq!(both.held().len(), held, "{left}");
    }
}

#[test]
fn s4_per_key_awards_each_key_once() {
    let world = World::new(
        "[[currency]]\nid = \"xp\"\n[[badge]]\nid = \"nice\"\nrepeat = \"per-key\"\npoints = { xp = 5 }
        criterion = { sum = \"event.delta\", on = \"vote\", per = \"event.post\", at_least = 2 }",
    );
    for (post, delta, held) in [
        ("7", 1, 0),
        ("8", 1, 0),
        ("7", 1, 1),
        ("7", -2, 1),
        ("7", 9, 1),
        ("8", 1, 2),
    ] {
        world.event_with("vote", props! { "post" => post, "delta" => delta });
        assert_eq!(world.held().len(), held, "{post} {delta}");
    }
    assert_eq!(
        (world.held(), world.balance("xp")),
        (vec!["nice@7".to_owned(), "nice@8".to_owned()], 10)
    );
}

#[test]
fn s4_per_key_with_tiers_climbs_for_each_key() {
    let world = World::new(
        "[[badge]]\nid = \"nice\"\nrepeat = \"per-key\"\ntiers = [1, 2]\ncriterion = { count = \"vote\", per = \"event.post\" }",
    );
    for post in ["a", "b", "a"] {
        world.event_with("vote", props! { "post" => post });
    }
    assert_eq!(
        world.held(),
        ["nice:bronze@a", "nice:bronze@b", "nice:silver@a"]
    );
}

#[test]
fn s8_numbers_booleans_and_texts_are_keys_and_the_empty_text_is_none() {
    let world = World::new(
        "[[badge]]\nid = \"k\"\nrepeat = \"per-key\"\ncriterion = { count = \"x\", per = \"event.k\" }",
    );
    world.event_with("x", props! { "k" => 7 });
    world.event_with("x", props! { "k" => 7.0 });
    world.event_with("x", props! { "k" => "Ünï ✓" });
    let nul = world.event_with("x", props! { "k" => "a\u{0}b" });
    assert_eq!(
        nul.skipped[0].message,
        "evaluation failed: the key contains a NUL character"
    );
    let empty = world.event_with("x", props! { "k" => "" });
    assert_eq!(
        empty.skipped[0].message,
        "evaluation failed: the key is empty"
    );
    let long = world.event_with("x", props! { "k" => "x".repeat(256) });
    assert!(
        long.skipped[0].message.contains("KEY_BYTES"),
        "{}",
        long.skipped[0].message
    );
    assert_eq!(world.rule_errors().len(), 1);
    assert!(
        world.holds("k@7") && world.holds("k@Ünï ✓"),
        "{:?}",
        world.held()
    );
}

#[test]
fn required_badges_come_first_and_what_waited_for_them_is_awarded_at_once() {
    let catalog = "[[badge]]\nid = \"licence\"\n
        [[badge]]\nid = \"once\"\nrequires = \"licence\"\ncriterion = { count = \"x\" }
        [[badge]]\nid = \"keys\"\nrequires = \"licence\"\nrepeat = \"per-key\"\ncriterion = { count = \"x\", per = \"event.k\", at_least = 2 }
        [[badge]]\nid = \"times\"\nrequires = \"licence\"\nrepeat = \"again\"\ncriterion = { count = \"x\", at_least = 2 }";
    let world = World::new(catalog);
    for key in ["a", "b", "a", "c", "b"] {
        world.event_with("x", props! { "k" => key });
    }
    world
        .act(Action::set_progress("ada", "keys", crate::world::decimal("2")).key("only-manual"))
        .unwrap();
    assert_eq!(world.held(), Vec::<String>::new());
    world.act(Action::award("ada", "licence")).unwrap();
    assert_eq!(
        world.held(),
        [
            "keys@a",
            "keys@b",
            "keys@only-manual",
            "licence",
            "once",
            "times@1",
            "times@2"
        ]
    );
    world.act(Action::revoke("ada", "licence")).unwrap();
    world.event_with("x", props! { "k" => "c" });
    assert!(
        world.holds("once") && !world.holds("keys@c"),
        "what is held stays, and nothing new comes"
    );
}

#[test]
fn several_requirements_are_all_required() {
    let world = World::new(
        "[[badge]]\nid = \"a\"\n[[badge]]\nid = \"b\"\n[[badge]]\nid = \"c\"\nrequires = [\"a\", \"b\"]\ncriterion = { count = \"x\" }",
    );
    world.event("x");
    world.act(Action::award("ada", "b")).unwrap();
    assert!(!world.holds("c"));
    assert_eq!(
        outcome_lines(&world.act(Action::award("ada", "a")).unwrap()),
        ["badge.awarded a", "badge.awarded c"]
    );
}

#[test]
fn the_next_in_a_chain_is_shown() {
    let world = World::new(
        "[[badge]]\nid = \"one\"\ncriterion = { count = \"x\" }
        [[badge]]\nid = \"two\"\nrequires = \"one\"\ncriterion = { count = \"x\", at_least = 2 }
        [[badge]]\nid = \"three\"\nrequires = \"two\"\ncriterion = { count = \"x\", at_least = 3 }",
    );
    let next = |badge: &str| world.badge(badge).next;
    world.event("x");
    assert_eq!(
        (next("one"), next("two")),
        (Some("two".into()), Some("three".into()))
    );
    world.event("x");
    assert_eq!(
        (next("one"), next("two"), next("three")),
        (None, Some("three".into()), None)
    );
}

/// A manual award of a badge that can be earned again adds one, wherever it is placed.
#[test]
fn s4_a_manual_award_before_earlier_times_takes_none_of_them() {
    for criterion in [
        "{ count = \"run\" }",
        "{ all = [{ latest = \"event.on\", on = \"run\", at_least = 1 }] }",
    ] {
        let world = World::new(&format!(
            "[[currency]]\nid = \"xp\"\n{AGAIN}points = {{ xp = 10 }}\ncriterion = {criterion}"
        ));
        let start = world.now();
        for on in [1, 0, 1, 0, 1, 0, 1, 0, 1] {
            let counted = criterion.contains("latest") || on == 1;
            if counted {
                world.event_with("run", props! { "on" => on });
            }
        }
        let given = world.act(Action::award("ada", "b").at(start)).unwrap();
        assert_eq!(outcome_lines(&given), ["points xp 10", "badge.awarded b@6"]);
        assert_eq!(world.held(), ["b@1", "b@2", "b@3", "b@4", "b@5", "b@6"]);
        assert_eq!(world.balance("xp"), 60);
    }
}

/// The criterion reaches a time again after a retraction, although a later number was awarded
/// manually.
#[test]
fn s4_a_time_lost_by_a_retraction_can_be_reached_again_below_a_manual_one() {
    let world = World::new(&format!("{AGAIN}criterion = {{ count = \"run\" }}"));
    world.events(3, "run");
    world.act(Action::award("ada", "b")).unwrap();
    world.act(Action::retract("ada", "e3")).unwrap();
    assert_eq!(world.held(), ["b@1", "b@2", "b@4"]);
    world.event("run");
    assert_eq!(world.held(), ["b@1", "b@2", "b@3", "b@4"]);
    // The fourth time was awarded manually, so the criterion awards nothing for it (S4).
    world.event("run");
    assert_eq!(world.held(), ["b@1", "b@2", "b@3", "b@4"]);
    world.event("run");
    assert_eq!(world.held().last().unwrap(), "b@5");
}

/// The numbers of a guest's manual awards do not hide times of the player.
#[test]
fn s4_s19_a_guests_manual_award_takes_no_time_of_the_player() {
    let world = World::new(&format!("{AGAIN}criterion = {{ count = \"run\" }}"));
    let run = |id: &str| NewEvent::new("guest", "run").id(id).at(world.now());
    world.send(run("g1")).unwrap();
    world.act(Action::award("guest", "b")).unwrap();
    world.act(Action::award("guest", "b")).unwrap();
    world.events(2, "run");
    world.act(Action::merge("ada", "guest")).unwrap();
    // One run of the guest and two of ada, and the numbers 2 and 3 given to the guest.
    assert_eq!(world.held(), ["b@1", "b@2", "b@3"]);
    world.event("run");
    assert_eq!(world.held(), ["b@1", "b@2", "b@3", "b@4"]);
}
