//! Windows and calendars (S10).

use accolade::{Action, NewEvent, props};

use crate::world::World;

fn badge(criterion: &str) -> World {
    World::new(&format!(
        "zone = \"Europe/Paris\"\n[[badge]]\nid = \"b\"\nrepeat = \"again\"\ncriterion = {criterion}"
    ))
}

#[test]
fn s10_sliding_windows_are_half_open() {
    let world = World::new(
        "[[badge]]\nid = \"b\"\ncriterion = { count = \"x\", within = \"1h\", at_least = 3 }",
    );
    for (at, progress) in [
        ("12:00:00", "1/3"),
        ("12:30:00", "2/3"),
        ("13:00:00", "2/3"), // what happened an hour ago has just left
        ("13:59:59", "2/3"),
        ("15:00:00", "1/3"),
        ("15:00:01", "2/3"),
        ("15:59:59", ""),
    ] {
        world.at(&format!("2026-06-01T{at}Z"), "x", props! {});
        assert_eq!(world.progress("b"), progress, "{at}");
    }
}

#[test]
fn s10_windows_of_each_operator_forget_what_has_left() {
    for (operator, expected) in [
        ("count = \"x\"", ["1/99", "2/99", "2/99", "1/99"]),
        (
            "sum = \"event.n\", on = \"x\"",
            ["5/99", "8/99", "10/99", "2/99"],
        ),
        (
            "max = \"event.n\", on = \"x\"",
            ["5/99", "5/99", "7/99", "2/99"],
        ),
        (
            "latest = \"event.n\", on = \"x\"",
            ["5/99", "3/99", "7/99", "2/99"],
        ),
        (
            "distinct = \"event.n\", on = \"x\"",
            ["1/99", "2/99", "2/99", "1/99"],
        ),
    ] {
        for within in ["1h", "day"] {
            let world = World::new(&format!(
                "[[badge]]\nid = \"b\"\ncriterion = {{ {operator}, within = \"{within}\", at_least = 99 }}"
            ));
            let ats = match within {
                "1h" => ["01T12:00:00", "01T12:30:00", "01T13:10:00", "01T18:00:00"],
                _ => ["01T00:00:00", "01T23:59:59", "02T00:00:00", "03T12:00:00"],
            };
            for ((at, n), expected) in ats.into_iter().zip([5, 3, 7, 2]).zip(expected) {
                world.at(&format!("2026-06-{at}Z"), "x", props! { "n" => n });
                let expected = match (within, at) {
                    ("day", "02T00:00:00")
                        if operator.starts_with("count") || operator.starts_with("distinct") =>
                    {
                        "1/99"
                    }
                    ("day", "02T00:00:00") => "7/99",
                    _ => expected,
                };
                assert_eq!(
                    world.progress("b"),
                    expected,
                    "{operator} within {within} at {at}"
                );
            }
        }
    }
}

#[test]
fn s10_a_long_window_stays_exact_over_many_events() {
    let world = World::new(
        "[[badge]]\nid = \"b\"\ncriterion = { distinct = \"event.n\", on = \"x\", within = \"100s\", at_least = 1000 }",
    );
    world.advance_clock(1_000);
    let start = world.now().plus_micros(-1_000_000_000);
    let events = (0..1_000_i64).map(|n| {
        NewEvent::new("ada", "x")
            .id(format!("x{n:04}"))
            .at(start.plus_micros(n * 1_000_000))
            .prop("n", n % 60)
    });
    world.engine.record_many(events.collect()).wait().unwrap();
    for (second, inside) in [(1_020, 60), (1_060, 40), (1_098, 2), (1_099, 1)] {
        world.at(
            &start.plus_micros(second * 1_000_000).to_string(),
            "x",
            props! { "n" => 50 },
        );
        assert_eq!(world.progress("b"), format!("{inside}/1000"), "{second}");
    }
}

#[test]
fn s10_progress_is_shown_as_of_now() {
    let world = World::new(
        "[[badge]]\nid = \"b\"\ncriterion = { count = \"x\", within = \"1h\", at_least = 3 }",
    );
    world.events(2, "x");
    assert_eq!(world.progress("b"), "2/3");
    world.advance_clock(3600);
    assert_eq!(world.progress("b"), "0/3");
}

#[test]
fn s10_calendar_periods_are_those_of_the_catalogs_zone() {
    for (within, before, after) in [
        ("day", "2026-06-01T21:59:59Z", "2026-06-01T22:00:00Z"),
        ("week", "2026-06-07T21:59:59Z", "2026-06-07T22:00:00Z"),
        ("month", "2026-06-30T21:59:59Z", "2026-06-30T22:00:00Z"),
        ("year", "2026-12-31T22:59:59Z", "2026-12-31T23:00:00Z"),
    ] {
        let world = badge(&format!(
            "{{ count = \"x\", within = \"{within}\", at_least = 9 }}"
        ));
        world.at("2026-06-01T12:00:00Z", "x", props! {});
        world.at(before, "x", props! {});
        assert_eq!(world.progress("b"), "2/9", "{within}");
        world.at(after, "x", props! {});
        assert_eq!(world.progress("b"), "1/9", "{within}");
    }
}

#[test]
fn s10_days_may_be_the_players_own() {
    let world = badge("{ count = \"x\", within = \"day\", zone = \"player\", at_least = 9 }");
    world.at("2026-06-01T22:30:00Z", "x", props! {});
    world.at("2026-06-01T23:30:00Z", "x", props! {});
    assert_eq!(
        world.progress("b"),
        "2/9",
        "without a zone of her own, in Paris, it is the 2nd"
    );
    world
        .act(Action::profile(
            "ada",
            props! { "zone" => "America/New_York" },
        ))
        .unwrap();
    world.at("2026-06-02T03:59:00Z", "x", props! {});
    world.at("2026-06-02T04:00:00Z", "x", props! {});
    assert_eq!(world.progress("b"), "1/9", "midnight in New York");
}

#[test]
fn s10_days_of_23_and_25_hours_are_days() {
    let world = badge("{ count = \"x\", within = \"day\", at_least = 9 }");
    // Paris changes at 01:00 UTC on 25 October 2026: that day has 25 hours, from 22:00 to 23:00
    // UTC.
    for (at, progress) in [
        ("24T22:00:00", "1/9"),
        ("25T22:59:59", "2/9"),
        ("25T23:00:00", "1/9"),
    ] {
        world.at(&format!("2026-10-{at}Z"), "x", props! {});
        assert_eq!(world.progress("b"), progress, "{at}");
    }
}

#[test]
fn s10_events_too_far_ahead_of_the_clock_are_refused() {
    let world = badge("{ count = \"x\" }");
    let ahead =
        |seconds: i64| NewEvent::new("ada", "x").at(world.now().plus_micros(seconds * 1_000_000));
    let error = world.send(ahead(301)).unwrap_err().to_string();
    assert!(
        error.contains("more than the allowed 300 s ahead of the clock"),
        "{error}"
    );
    world.send(ahead(300)).unwrap();
    assert_eq!(world.held(), ["b@1"]);
}
