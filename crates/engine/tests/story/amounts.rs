//! Amounts: limits, cooldowns, fractions and overflow (S11).

use accolade::{Action, props};

use crate::world::{World, outcome_lines, reasons, skip_message};

const XP: &str = "[[currency]]\nid = \"xp\"\n";

fn earning(rest: &str) -> World {
    World::new(&format!(
        "{XP}[[earning]]\nid = \"vote\"\non = \"vote\"\n{rest}"
    ))
}

#[test]
fn s11_a_limit_in_points_pays_the_remainder_and_ignores_negative_amounts() {
    let world =
        earning("points = { xp = \"event.worth\" }\nlimit = { points = 25, per = \"day\" }");
    let paid: Vec<i64> = [10, 10, -7, 10, 10, -3, 10]
        .map(|worth| world.event_with("vote", props! { "worth" => worth }))
        .iter()
        .map(|receipt| {
            receipt
                .outcomes
                .first()
                .map_or(0, |outcome| outcome.detail["amount"].as_i64().unwrap())
        })
        .collect();
    assert_eq!(paid, [10, 10, -7, 5, 0, -3, 0]);
    world.at("2026-06-02T00:00:00Z", "vote", props! { "worth" => 10 });
    assert_eq!(world.balance("xp"), 25, "a new day");
}

#[test]
fn s11_a_limit_counts_payments() {
    for (per, next) in [
        ("day", "2026-06-02T00:00:00Z"),
        ("week", "2026-06-08T00:00:00Z"),
        ("month", "2026-07-01T00:00:00Z"),
        ("year", "2027-01-01T00:00:00Z"),
    ] {
        let world = earning(&format!(
            "points = {{ xp = 1 }}\nlimit = {{ times = 2, per = \"{per}\" }}"
        ));
        world.events(3, "vote");
        assert_eq!(world.balance("xp"), 2, "{per}");
        let eve = accolade::Timestamp::plus_micros(crate::world::instant(next), -1).to_string();
        world.at(&eve, "vote", props! {});
        assert_eq!(world.balance("xp"), 2, "{per}");
        world.at(next, "vote", props! {});
        assert_eq!(world.balance("xp"), 3, "{per}");
    }
    let ever = earning("points = { xp = 1 }\nlimit = { times = 2, per = \"ever\" }");
    ever.events(2, "vote");
    ever.at("2036-01-01T00:00:00Z", "vote", props! {});
    assert_eq!(ever.balance("xp"), 2);
}

#[test]
fn s11_earnings_share_a_limit_and_the_first_in_timeline_order_are_paid() {
    let world = World::new(&format!(
        "{XP}[[limit]]\nid = \"daily\"\npoints = 15\nper = \"day\"
        [[earning]]\nid = \"ask\"\non = \"ask\"\npoints = {{ xp = 10 }}\nlimit = \"daily\"
        [[earning]]\nid = \"say\"\non = \"say\"\npoints = {{ xp = 10 }}\nlimit = \"daily\""
    ));
    world.at("2026-06-01T10:00:00Z", "ask", props! {});
    world.at("2026-06-01T11:00:00Z", "say", props! {});
    let paid = |world: &World| -> Vec<(String, i64)> {
        let mut net = std::collections::BTreeMap::<String, i64>::new();
        world
            .ledger()
            .into_iter()
            .for_each(|row| *net.entry(row.event.into()).or_default() += row.amount);
        net.into_iter().collect()
    };
    assert_eq!(paid(&world), [("e1".to_owned(), 10), ("e2".to_owned(), 5)]);
    let late = world.at("2026-06-01T09:00:00Z", "say", props! {});
    assert_eq!(
        outcome_lines(&late),
        ["points xp 10", "points xp -5", "points xp -5"]
    );
    assert_eq!(
        paid(&world),
        [
            ("e1".to_owned(), 5),
            ("e2".to_owned(), 0),
            ("e3".to_owned(), 10)
        ]
    );
}

#[test]
fn s11_a_limit_is_each_currencys_own() {
    let world = World::new(&format!(
        "{XP}[[currency]]\nid = \"coins\"\n[[earning]]\nid = \"a\"\non = \"x\"\npoints = {{ xp = 4, coins = 7 }}\nlimit = {{ points = 10, per = \"day\" }}"
    ));
    world.events(3, "x");
    assert_eq!((world.balance("xp"), world.balance("coins")), (10, 10));
}

#[test]
fn s11_a_cooldown_counts_from_the_last_paid_event() {
    let world = earning("points = { xp = 1 }\ncooldown = \"1h\"");
    for (at, balance) in [
        ("12:00", 1),
        ("12:30", 1),
        ("12:59", 1),
        ("13:00", 2),
        ("13:45", 2),
        ("14:00", 3),
    ] {
        world.at(&format!("2026-06-01T{at}:00Z"), "vote", props! {});
        assert_eq!(world.balance("xp"), balance, "{at}");
    }
    let late = world.at("2026-06-01T11:30:00Z", "vote", props! {});
    assert_eq!(
        outcome_lines(&late),
        [
            "points xp 1",
            "points xp -1",
            "points xp 1",
            "points xp -1",
            "points xp 1",
            "points xp -1"
        ]
    );
    assert_eq!(world.balance("xp"), 3, "11:30, 12:30, and 13:45");
}

#[test]
fn s11_fractions_are_exact_and_cut_toward_zero() {
    let world = earning("points = { xp = \"event.km * 10\" }");
    for (km, points) in [(0.29, 2), (0.3, 3), (-0.29, -2), (1.15, 11), (0.05, 0)] {
        let before = world.balance_or_zero("xp");
        world.event_with("vote", props! { "km" => km });
        assert_eq!(world.balance("xp") - before, points, "{km}");
    }
    let sum = World::new(
        "[[badge]]\nid = \"tenth\"\ncriterion = { sum = \"event.km\", on = \"run\", at_least = 1 }",
    );
    (0..9).for_each(|_| drop(sum.event_with("run", props! { "km" => 0.1 })));
    assert_eq!(sum.progress("tenth"), "0.9/1");
    sum.event_with("run", props! { "km" => 0.1 });
    assert!(sum.holds("tenth"), "ten tenths are one");
}

#[test]
fn s11_overflow_is_that_rules_error() {
    let world = World::new(&format!(
        "{XP}[[currency]]\nid = \"coins\"
        [[earning]]\nid = \"all\"\non = \"vote\"\npoints = {{ xp = \"event.worth\" }}
        [[earning]]\nid = \"one\"\non = \"vote\"\npoints = {{ coins = 1 }}
        [[badge]]\nid = \"rich\"\ncriterion = {{ count = \"vote\" }}\npoints = {{ xp = {max} }}",
        max = i64::MAX
    ));
    world.act(Action::points("ada", "xp", 10)).unwrap();
    let receipt = world.event_with("vote", props! { "worth" => i64::MAX });
    assert_eq!(
        skip_message(&receipt, "all"),
        "evaluation failed: overflow: the result is out of range"
    );
    assert_eq!(
        (world.balance("xp"), world.balance("coins"), world.held()),
        (10, 1, vec![])
    );
    assert_eq!(world.rule_errors(), ["badge rich 1", "earning all 1"]);
    world.event_with("vote", props! { "worth" => i64::MAX - 10 });
    assert_eq!(
        (world.balance("xp"), world.balance("coins")),
        (i64::MAX, 2),
        "to the last point"
    );
}

#[test]
fn s11_paying_nothing_does_not_reach_a_limit() {
    let world = earning(
        "points = { xp = \"event.worth\" }\nlimit = { times = 1, per = \"day\" }\ncooldown = \"1h\"",
    );
    assert_eq!(
        reasons(&world.event_with("vote", props! { "worth" => 0 })),
        Vec::<String>::new()
    );
    assert_eq!(
        outcome_lines(&world.event_with("vote", props! { "worth" => 3 })),
        ["points xp 3"],
        "and uses up nothing"
    );
}

#[test]
fn s10_a_limit_may_follow_the_players_days() {
    let world =
        earning("points = { xp = 1 }\nlimit = { times = 1, per = \"day\", zone = \"player\" }");
    world
        .act(Action::profile("ada", props! { "zone" => "Asia/Tokyo" }))
        .unwrap();
    for (at, balance) in [
        ("2026-06-01T14:00:00Z", 1),
        ("2026-06-01T14:59:59Z", 1),
        ("2026-06-01T15:00:00Z", 2),
        ("2026-06-02T00:00:00Z", 2),
    ] {
        world.at(at, "vote", props! {});
        assert_eq!(world.balance("xp"), balance, "{at}");
    }
}
