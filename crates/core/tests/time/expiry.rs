use accolade_core::fold::MovementSource;
use accolade_core::props;

use super::{Story, at};

fn currency(expires: &str) -> String {
    format!("zone = \"Europe/Paris\"\n[[currency]]\nid = \"xp\"\nexpires = \"{expires}\"\n")
}

/// Amounts on days of March.
type Days = &'static [(usize, i64)];

/// Moves points manually on a day of March.
fn points(story: &mut Story, day: usize, amount: i64) {
    let act = props! { "currency" => "xp", "amount" => amount, "overdraft" => true };
    story.event(
        &format!("2026-03-{day:02}T10:00:00Z"),
        "accolade.points",
        act,
    );
}

#[test]
fn s5_points_expire_lot_by_lot() {
    // (what moves on which day of March, what expires on which day)
    let cases: [(Days, Days); 9] = [
        (&[(1, 10)], &[(11, 10)]),
        (&[(1, 10), (3, 5)], &[(11, 10), (13, 5)]),
        (&[(1, 10), (1, 5)], &[(11, 15)]),
        // Spending takes from the lot that expires first.
        (&[(1, 10), (3, 5), (4, -4)], &[(11, 6), (13, 5)]),
        (&[(1, 10), (3, 5), (4, -12)], &[(13, 3)]),
        (&[(1, 10), (4, -10)], &[]),
        // An overdraft is paid first by later gains.
        (&[(1, 10), (4, -13), (5, 2), (6, 5)], &[(16, 4)]),
        (&[(1, -3), (2, 5)], &[(12, 2)]),
        // The timer of a spent lot stays, and does not affect the instant of the next lot.
        (&[(1, 10), (2, -10), (3, 7), (15, 1)], &[(13, 7), (25, 1)]),
    ];
    for (moves, expected) in cases {
        let mut story = Story::new(&currency("10d"));
        for (day, amount) in moves {
            points(&mut story, *day, *amount);
        }
        story.advance_to("2026-06-01T00:00:00Z");
        let expired = story
            .movements
            .iter()
            .filter(|(_, movement)| movement.source == MovementSource::Expiry);
        let expired: Vec<_> = expired
            .map(|(at, movement)| (*at, -movement.amount))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(day, amount)| (at(&format!("2026-03-{day:02}T10:00:00Z")), *amount))
            .collect();
        assert_eq!(expired, expected, "{moves:?}");
        assert_eq!(
            (story.balance("xp"), story.next_timer()),
            (0, None),
            "{moves:?}"
        );
    }
}

#[test]
fn s10_points_last_to_the_end_of_a_period() {
    for (expires, end) in [
        ("day", "2026-03-27T23:00:00Z"),
        // The clocks go forward on the Sunday.
        ("week", "2026-03-29T22:00:00Z"),
        ("month", "2026-03-31T22:00:00Z"),
        ("year", "2026-12-31T23:00:00Z"),
    ] {
        let mut story = Story::new(&currency(expires));
        points(&mut story, 27, 4);
        assert_eq!(story.next_timer().as_deref(), Some(end), "{expires}");
        story.advance_to(end);
        assert_eq!(story.balance("xp"), 0, "{expires}");
    }
}

#[test]
fn s21_many_lots_are_spent_and_expire_in_order() {
    let mut story = Story::new(&currency("10d"));
    for minute in 0..200 {
        let time = format!("2026-03-01T{:02}:{:02}:00Z", minute / 60, minute % 60);
        story.event(
            &time,
            "accolade.points",
            props! { "currency" => "xp", "amount" => 1 },
        );
    }
    points(&mut story, 2, -120);
    story.advance_to("2026-03-11T02:29:00Z");
    assert_eq!(story.balance("xp"), 50);
    story.advance_to("2026-03-11T03:19:00Z");
    assert_eq!((story.balance("xp"), story.next_timer()), (0, None));
}

#[test]
fn s7_rules_hear_of_points_that_expire() {
    let mut story = Story::new(&format!(
        "{}{}",
        currency("10d"),
        r#"
        [[badge]]
        id = "wasteful"
        criterion = { sum = "-event.amount", on = "accolade.points_earned", where = 'event.rule == "expiry"', at_least = 5 }

        [[badge]]
        id = "rich"
        temporary = true
        criterion = { points = "xp", at_least = 5 }
        "#,
    ));
    points(&mut story, 1, 8);
    assert!(story.holds("rich", "", ""));
    story.advance_to("2026-03-11T10:00:00Z");
    assert!(story.holds("wasteful", "", "") && !story.holds("rich", "", ""));
}

#[test]
fn a_reset_leaves_nothing_to_expire() {
    for amounts in [[8, 5], [8, -10]] {
        let mut story = Story::new(&currency("10d"));
        points(&mut story, 1, amounts[0]);
        points(&mut story, 2, amounts[1]);
        story.event("2026-03-03T10:00:00Z", "accolade.reset", props! {});
        assert_eq!(
            (story.balance("xp"), story.next_timer()),
            (0, None),
            "{amounts:?}"
        );
        points(&mut story, 4, 3);
        story.advance_to("2026-03-14T09:59:59Z");
        assert_eq!(story.balance("xp"), 3);
        story.advance_to("2026-03-14T10:00:00Z");
        assert_eq!(story.balance("xp"), 0);
    }
}
