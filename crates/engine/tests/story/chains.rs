//! Effects of rules, generation by generation (S7).

use accolade::{Action, Catalog, props};
use accolade_core::limits::{DERIVED_EVENTS, GENERATIONS};

use crate::world::{World, outcome_lines};

#[test]
fn s7_rules_of_a_generation_see_the_state_before_it() {
    let world = World::new(
        r#"
        [[currency]]
        id = "xp"
        [[earning]]
        id = "a-first"
        on = "x"
        points = { xp = 10 }
        [[earning]]
        id = "b-half"
        on = "x"
        points = { xp = "player.points.xp / 2" }
    "#,
    );
    let balances = [(); 3].map(|()| {
        world.event("x");
        world.balance("xp")
    });
    assert_eq!(balances, [10, 25, 47]);
}

#[test]
fn s7_effects_are_events_to_the_next_generation() {
    let world = World::new(
        r#"
        [[currency]]
        id = "xp"
        [[currency]]
        id = "coins"
        [[badge]]
        id = "nice"
        criterion = { count = "x" }
        points = { xp = 5 }
        [[unlockable]]
        id = "door"
        criterion = { points = "xp", at_least = 5 }
        [[earning]]
        id = "for-points"
        on = "accolade.points_earned"
        where = 'event.currency == "xp" && event.rule == "nice"'
        points = { coins = "event.amount * 2" }
        [[earning]]
        id = "for-badge"
        on = "accolade.badge_awarded"
        where = 'event.badge == "nice" && event.tier == "" && event.key == ""'
        points = { coins = 100 }
        [[earning]]
        id = "for-door"
        on = "accolade.unlockable_opened"
        where = 'event.unlockable == "door"'
        points = { coins = 1000 }
        [[earning]]
        id = "for-loss"
        on = "accolade.badge_revoked"
        where = 'event.badge == "nice"'
        points = { coins = -100 }
    "#,
    );
    world.event("x");
    assert_eq!((world.balance("xp"), world.balance("coins")), (5, 1110));
    let at: Vec<String> = world
        .ledger()
        .iter()
        .map(|row| format!("{} {}", row.event, row.at))
        .collect();
    assert!(
        at.iter().all(|one| one == &at[0]),
        "all at the instant of the event: {at:?}"
    );
    world.act(Action::revoke("ada", "nice")).unwrap();
    assert_eq!(
        (world.balance("xp"), world.balance("coins")),
        (0, 1000),
        "-5 xp bring -10 coins, the loss -100"
    );
}

#[test]
fn s7_badges_may_count_badges() {
    let gold = |id: &str| {
        format!(
            "[[badge]]\nid = \"{id}\"\ntiers = [{{ id = \"silver\", at = 1 }}, {{ id = \"gold\", at = 2 }}]\ncriterion = {{ count = \"{id}\" }}\n"
        )
    };
    let world = World::new(&format!(
        "{}{}{}[[badge]]\nid = \"collector\"\ncriterion = {{ count = \"accolade.badge_awarded\", where = 'event.tier == \"gold\"', at_least = 2 }}",
        gold("run"),
        gold("swim"),
        gold("ride")
    ));
    for name in ["run", "run", "swim", "ride"] {
        world.event(name);
    }
    assert_eq!(world.progress("collector"), "1/2");
    assert_eq!(
        outcome_lines(&world.event("ride")),
        ["badge.awarded collector", "badge.awarded ride:gold"]
    );
}

/// Builds badges that each require the previous one.
fn ladder(badges: usize, step: impl Fn(usize) -> String) -> String {
    let badge = |n: usize| {
        let criterion = if n == 0 {
            "{ count = \"x\" }".to_owned()
        } else {
            step(n - 1)
        };
        format!("[[badge]]\nid = \"b{n:02}\"\ncriterion = {criterion}\n")
    };
    (0..badges).map(badge).collect()
}

#[test]
fn s25_generations_are_limited_and_the_error_names_the_limit() {
    let by_state = |n: usize| format!("{{ badge = \"b{n:02}\" }}");
    let by_event = |n: usize| {
        format!("{{ count = \"accolade.badge_awarded\", where = 'event.badge == \"b{n:02}\"' }}")
    };
    for (kind, catalog) in [
        ("state", ladder(GENERATIONS + 4, by_state)),
        ("event", ladder(GENERATIONS + 4, by_event)),
    ] {
        let world = World::new(&catalog);
        world.event("x");
        assert_eq!(world.held().len(), GENERATIONS, "by {kind}");
        let errors = world.engine.catalog().list_rule_errors().wait().unwrap();
        let errors: Vec<_> = errors
            .iter()
            .map(|row| (row.id.as_str(), row.message.as_str()))
            .collect();
        assert_eq!(
            errors,
            [("b16", "more than 16 generations of effects from one event")],
            "by {kind}"
        );
    }
    let world = World::new(&ladder(GENERATIONS, by_state));
    world.event("x");
    assert_eq!(
        (world.held().len(), world.rule_errors()),
        (GENERATIONS, vec![])
    );
}

#[test]
fn s25_effects_of_one_event_are_limited_and_the_error_names_the_limit() {
    let world = World::new(
        "[[badge]]\nid = \"b\"\nrepeat = \"again\"\ncriterion = { sum = \"event.n\", on = \"x\", at_least = 1 }",
    );
    world.event_with(
        "x",
        props! { "n" => i64::try_from(DERIVED_EVENTS + 5).unwrap() },
    );
    assert_eq!(world.held().len(), DERIVED_EVENTS);
    let errors = world.engine.catalog().list_rule_errors().wait().unwrap();
    assert_eq!(errors[0].message, "one event has more than 10000 effects");
}

#[test]
fn s7_rewards_that_feed_each_other_for_ever_are_refused() {
    let xp = "[[currency]]\nid = \"xp\"\n";
    let echo = "[[earning]]\nid = \"echo\"\non = \"accolade.points_earned\"\npoints = { xp = 1 }\n";
    let contrary = "[[unlockable]]\nid = \"a\"\ncriterion = { not = { unlocked = \"b\" } }\n[[unlockable]]\nid = \"b\"\ncriterion = { unlocked = \"a\" }\n";
    let circle =
        "[[badge]]\nid = \"a\"\nrequires = \"b\"\n[[badge]]\nid = \"b\"\nrequires = \"a\"\n";
    for (source, part) in [
        (format!("{xp}{echo}"), "feed each other forever"),
        (contrary.to_owned(), "makes its own condition false"),
        (circle.to_owned(), "requires itself"),
    ] {
        let error = Catalog::from_toml(&source).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let once = format!("{xp}{echo}limit = {{ times = 3, per = \"ever\" }}\n");
    let world = World::new(&once);
    world.act(Action::points("ada", "xp", 1)).unwrap();
    assert_eq!(world.balance("xp"), 4, "a circle that ends is allowed");
}

#[test]
fn unlockables_close_again_only_with_relock() {
    let world = World::new(
        "[[currency]]\nid = \"xp\"
        [[unlockable]]\nid = \"stays\"\ncriterion = { points = \"xp\", at_least = 10 }
        [[unlockable]]\nid = \"shuts\"\nrelock = true\ncriterion = { points = \"xp\", at_least = 10 }",
    );
    for (amount, open) in [
        (9, [false, false]),
        (1, [true, true]),
        (-1, [true, false]),
        (1, [true, true]),
    ] {
        world.act(Action::points("ada", "xp", amount)).unwrap();
        assert_eq!(
            ["stays", "shuts"].map(|id| world.is_open(id)),
            open,
            "{amount}"
        );
    }
}

#[test]
fn a_criterion_that_holds_without_events_opens_with_the_first_one() {
    let world = World::new(
        "[[badge]]\nid = \"guest\"\ncriterion = { not = { count = \"signup\" } }
        [[unlockable]]\nid = \"lobby\"\ncriterion = { not = { badge = \"banned\" } }
        [[badge]]\nid = \"banned\"\n",
    );
    let first = world
        .act(Action::profile("ada", props! { "country" => "fr" }))
        .unwrap();
    assert_eq!(
        outcome_lines(&first),
        ["badge.awarded guest", "unlockable.opened lobby"]
    );
}
