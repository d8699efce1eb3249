//! Kinds of criteria, and sharing of counters (S8, S9).

use accolade::{Action, props};

use crate::world::{World, catalog};

/// Records after each event whether a badge with this criterion is held.
fn held_after<const N: usize>(criterion: &str, events: [(&str, accolade::Props); N]) -> Vec<bool> {
    let world = World::new(&format!("[[badge]]\nid = \"b\"\ncriterion = {criterion}"));
    events
        .into_iter()
        .map(|(name, props)| {
            world.event_with(name, props);
            world.holds("b")
        })
        .collect()
}

#[test]
fn aggregates() {
    let km = |km: f64| ("run", props! { "km" => km });
    for (criterion, expected) in [
        (
            "{ count = \"run\", at_least = 4 }",
            [false, false, false, true, true],
        ),
        (
            "{ count = [\"run\", \"swim\"], at_least = 5 }",
            [false, false, false, false, true],
        ),
        (
            "{ count = \"run\", where = \"event.km > 4\" }",
            [false, true, true, true, true],
        ),
        (
            "{ sum = \"event.km\", on = \"run\", at_least = 9.5 }",
            [false, false, true, true, true],
        ),
        (
            "{ max = \"event.km\", on = \"run\", at_least = 5 }",
            [false, true, true, true, true],
        ),
        (
            "{ latest = \"event.km\", on = \"run\", at_least = 3.5 }",
            [false, true, true, true, true],
        ),
        (
            "{ distinct = \"event.km\", on = \"run\", at_least = 3 }",
            [false, false, false, true, true],
        ),
    ] {
        let events = [
            km(1.5),
            km(5.0),
            km(3.0),
            km(5.0).clone(),
            ("swim", props! { "km" => 1 }),
        ];
        let events = match criterion.contains("distinct") {
            true => [km(1.0), km(5.0), km(1.0), km(2.0), km(5.0)],
            false => events,
        };
        assert_eq!(held_after(criterion, events), expected, "{criterion}");
    }
}

#[test]
fn composites() {
    let [a, b, c] = ["a", "b", "c"].map(|name| format!("{{ count = \"{name}\" }}"));
    for (criterion, expected) in [
        (format!("{{ all = [{a}, {b}] }}"), [false, true, true]),
        (format!("{{ any = [{b}, {c}] }}"), [false, true, true]),
        (
            format!("{{ some = [{a}, {b}, {c}], at_least = 3 }}"),
            [false, false, true],
        ),
        (
            format!("{{ all = [{b}, {{ not = {c} }}] }}"),
            [false, true, true],
        ),
        (
            format!("{{ all = [{c}, {{ not = {a} }}] }}"),
            [false, false, false],
        ),
        (
            format!("{{ not = {{ any = [{b}, {c}] }} }}"),
            [true, true, true],
        ),
    ] {
        let events = ["a", "b", "c"].map(|name| (name, props! {}));
        assert_eq!(held_after(&criterion, events), expected, "{criterion}");
    }
}

#[test]
fn state_of_the_player() {
    let world = World::new(
        r#"
        [[currency]]
        id = "xp"
        [[badge]]
        id = "star"
        tiers = [{ id = "low", at = 1 }, { id = "high", at = 2 }]
        criterion = { count = "x" }
        [[badge]]
        id = "holder"
        criterion = { badge = "star", tier = "high" }
        [[badge]]
        id = "both"
        criterion = { badge = "star", at_least = 2 }
        [[badge]]
        id = "rich"
        criterion = { points = "xp", at_least = 10 }
        [[unlockable]]
        id = "door"
        criterion = { badge = "rich" }
        [[badge]]
        id = "inside"
        criterion = { unlocked = "door" }
    "#,
    );
    world.event("x");
    assert_eq!(world.held(), ["star:low"]);
    world.event("x");
    assert_eq!(world.held(), ["both", "holder", "star:high", "star:low"]);
    world.act(Action::points("ada", "xp", 10)).unwrap();
    assert_eq!(
        world.held(),
        ["both", "holder", "inside", "rich", "star:high", "star:low"]
    );
}

#[test]
fn s8_a_key_on_a_composite_is_shared_by_its_leaves() {
    let composite = "{ all = [{ count = \"accepted\" }, { sum = \"event.delta\", on = \"vote\", at_least = 2 }], per = \"event.post\" }";
    let vote = |post: &str| ("vote", props! { "post" => post, "delta" => 2 });
    let accepted = |post: &str| ("accepted", props! { "post" => post });
    assert_eq!(
        held_after(composite, [vote("1"), accepted("2"), accepted("1")]),
        [false, false, true]
    );
    let apart = "{ all = [{ count = \"accepted\" }, { sum = \"event.delta\", on = \"vote\", per = \"event.post\", at_least = 2 }] }";
    assert_eq!(
        held_after(apart, [vote("1"), accepted("2"), accepted("1")]),
        [false, true, true]
    );
}

#[test]
fn s8_aggregates_range_over_the_keys_for_which_a_criterion_holds() {
    let world = World::new(
        r#"
        [[badge]]
        id = "count"
        criterion = { count = { count = "vote", per = "event.post", at_least = 2 }, at_least = 2 }
        [[badge]]
        id = "days"
        criterion = { distinct = "event.day", on = { count = "vote", per = "event.post", at_least = 2 }, at_least = 2 }
        [[badge]]
        id = "words"
        criterion = { sum = "event.words", on = { count = "vote", per = "event.post", at_least = 2 }, at_least = 50 }
    "#,
    );
    let progress = || ["count", "days", "words"].map(|badge| world.progress(badge));
    for (post, day, words, expected) in [
        ("1", "mon", 10, ["0/2", "0/2", "0/50"]),
        ("1", "mon", 15, ["1/2", "1/2", "15/50"]),
        ("1", "tue", 99, ["1/2", "1/2", "15/50"]),
        ("2", "mon", 10, ["1/2", "1/2", "15/50"]),
        ("2", "mon", 20, ["", "1/2", "35/50"]),
        ("3", "tue", 10, ["", "1/2", "35/50"]),
        ("3", "tue", 15, ["", "", ""]),
    ] {
        world.event_with(
            "vote",
            props! { "post" => post, "day" => day, "words" => words },
        );
        assert_eq!(progress(), expected, "{post} {day} {words}");
    }
}

#[test]
fn s8_a_key_that_no_longer_holds_is_dropped() {
    let world = World::new(
        r#"
        [[unlockable]]
        id = "well-received"
        relock = true
        criterion = { sum = "event.words", on = { sum = "event.delta", on = "vote", per = "event.post", at_least = 1 }, at_least = 30 }
    "#,
    );
    for (post, delta, words, open) in [
        ("1", 1, 20, false),
        ("2", 1, 10, true),
        ("2", -1, 0, false),
        ("2", 1, 5, false),
        ("3", 1, 5, true),
    ] {
        world.event_with(
            "vote",
            props! { "post" => post, "delta" => delta, "words" => words },
        );
        assert_eq!(world.is_open("well-received"), open, "{post} {delta}");
    }
}

#[test]
fn s9_equal_criteria_share_a_counter() {
    let counters = |criteria: [&str; 2]| {
        let badge =
            |(id, criterion): (&str, &str)| format!("[[badge]]\nid = \"{id}\"\n{criterion}\n");
        let source = format!(
            "[[currency]]\nid = \"xp\"\n{}{}",
            badge(("a", criteria[0])),
            badge(("b", criteria[1]))
        );
        catalog(&source).rules().counters.len()
    };
    let count = |rest: &str| format!("criterion = {{ count = \"x\"{rest} }}");
    for (one, other, expected) in [
        (count(""), count(", at_least = 10"), 1),
        (
            count(", where = \"event.a>1\""),
            count(", where = \"(event.a > 1)\""),
            1,
        ),
        (
            count(""),
            "criterion = { count = [\"x\", \"x\"] }".to_owned(),
            1,
        ),
        (
            count(", per = \"event.k\""),
            format!("{}\nrepeat = \"per-key\"", count(", per = \"event.k\"")),
            1,
        ),
        (count(""), count(", where = \"event.a > 1\""), 2),
        (count(""), count(", per = \"event.k\""), 2),
        (count(""), count(", within = \"day\""), 2),
        (
            count(", within = \"day\""),
            count(", within = \"day\", zone = \"player\""),
            2,
        ),
        (count(", within = \"day\""), count(", within = \"1d\""), 2),
        (
            count(""),
            format!("{}\nsince = 2026-01-01T00:00:00Z", count("")),
            2,
        ),
        (
            count(""),
            "criterion = { distinct = \"event.a\", on = \"x\" }".to_owned(),
            2,
        ),
        (
            count(", where = \"player.points.xp > 1\""),
            count(", where = \"player.points.xp > 1\""),
            2,
        ),
    ] {
        assert_eq!(counters([&one, &other]), expected, "{one} | {other}");
    }
}

#[test]
fn s9_manual_progress_belongs_to_one_badge() {
    let world = World::new(
        "[[badge]]\nid = \"a\"\ncriterion = { count = \"x\", at_least = 5 }\n[[badge]]\nid = \"b\"\ncriterion = { count = \"x\", at_least = 6 }",
    );
    world.event("x");
    world
        .act(Action::add_progress("ada", "a", crate::world::decimal("3")))
        .unwrap();
    assert_eq!(
        (world.progress("a"), world.progress("b")),
        ("4/5".to_owned(), "1/6".to_owned())
    );
}

#[test]
fn s9_since_and_until_bound_what_counts_and_when_it_is_awarded() {
    let world = World::new(
        r#"
        [[currency]]
        id = "xp"
        [[earning]]
        id = "run"
        on = "run"
        points = { xp = 1 }
        since = 2026-06-02T00:00:00Z
        until = 2026-06-04T00:00:00Z
        [[badge]]
        id = "runner"
        criterion = { count = "run", at_least = 2 }
        since = 2026-06-02T00:00:00Z
        until = 2026-06-04T00:00:00Z
        [[badge]]
        id = "rich"
        criterion = { points = "xp", at_least = 2 }
        until = 2026-06-03T12:00:00Z
        [[unlockable]]
        id = "door"
        criterion = { points = "xp", at_least = 2 }
        since = 2026-06-04T12:00:00Z
    "#,
    );
    for (at, balance) in [
        ("01T23:59:59", 0),
        ("02T00:00:00", 1),
        ("03T23:59:59", 2),
        ("04T00:00:00", 2),
    ] {
        world.at(&format!("2026-06-{at}Z"), "run", props! {});
        assert_eq!(world.balance("xp"), balance, "{at}");
    }
    assert_eq!(
        (world.held(), world.is_open("door")),
        (vec!["runner".to_owned()], false)
    );
}
