use accolade_core::props;

use super::Story;

#[test]
fn s10_what_leaves_a_window_is_noticed_at_its_instant() {
    let cases = [
        // Half-open: an event at 10:00 is in a window of one hour until just before 11:00.
        (
            "{ count = \"visit\", within = \"1h\" }",
            "2026-03-01T10:59:59.999999Z",
            "2026-03-01T11:00:00Z",
        ),
        (
            "{ latest = \"event.n\", on = \"visit\", within = \"1h\", at_least = 1 }",
            "2026-03-01T10:59:00Z",
            "2026-03-01T11:00:00Z",
        ),
        (
            "{ max = \"event.n\", on = \"visit\", within = \"2h\", at_least = 1 }",
            "2026-03-01T11:59:00Z",
            "2026-03-01T12:00:00Z",
        ),
        (
            "{ distinct = \"event.n\", on = \"visit\", within = \"1d\" }",
            "2026-03-02T09:59:59Z",
            "2026-03-02T10:00:00Z",
        ),
        (
            "{ sum = \"event.n\", on = \"visit\", within = \"1d\", at_least = 2 }",
            "2026-03-02T09:59:59Z",
            "2026-03-02T10:00:00Z",
        ),
        // Days of the catalog's time zone; the clocks go forward in Paris at the end of the month.
        (
            "{ count = \"visit\", within = \"day\" }",
            "2026-03-01T22:59:59Z",
            "2026-03-01T23:00:00Z",
        ),
        (
            "{ count = \"visit\", within = \"month\" }",
            "2026-03-31T21:59:59Z",
            "2026-03-31T22:00:00Z",
        ),
        (
            "{ count = \"visit\", within = \"year\" }",
            "2026-12-31T22:59:59Z",
            "2026-12-31T23:00:00Z",
        ),
        (
            "{ count = \"visit\", per = \"event.n\", within = \"1h\" }",
            "2026-03-01T10:59:00Z",
            "2026-03-01T11:00:00Z",
        ),
    ];
    for (criterion, still, gone) in cases {
        let mut story = Story::new(&format!(
            "zone = \"Europe/Paris\"\n[[badge]]\nid = \"away\"\ncriterion = {{ all = [{{ count = \"visit\" }}, {{ not = {criterion} }}] }}"
        ));
        story.event("2026-03-01T10:00:00Z", "visit", props! { "n" => 2 });
        story.advance_to(still);
        assert!(!story.holds("away", "", ""), "{criterion} at {still}");
        story.advance_to(gone);
        let award = story
            .award("away", "", "")
            .unwrap_or_else(|| panic!("{criterion} at {gone}"));
        assert_eq!(
            (award.at.to_string(), &*award.event),
            (gone.into(), &*format!("accolade.time:{gone}"))
        );
        assert_eq!(story.next_timer(), None, "{criterion}");
    }
}

#[test]
fn s10_a_new_entry_moves_the_instant() {
    let mut story = Story::new(
        "[[badge]]\nid = \"away\"\ncriterion = { all = [{ count = \"visit\" }, { not = { count = \"visit\", within = \"1d\" } }] }",
    );
    for (visit, next) in [
        ("2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z"),
        // The timer of the first visit stays, and schedules the one of the second when it fires.
        ("2026-03-01T20:00:00Z", "2026-03-02T10:00:00Z"),
        ("2026-03-02T10:00:00Z", "2026-03-02T20:00:00Z"),
        ("2026-03-03T09:00:00Z", "2026-03-03T10:00:00Z"),
    ] {
        story.event(visit, "visit", props! {});
        assert_eq!(story.next_timer().as_deref(), Some(next), "after {visit}");
        assert!(!story.holds("away", "", ""), "after {visit}");
    }
    story.advance_to("2026-03-09T00:00:00Z");
    assert_eq!(
        story.award("away", "", "").unwrap().at.to_string(),
        "2026-03-04T09:00:00Z"
    );
}

#[test]
fn s10_instants_come_before_the_events_at_them() {
    let mut story = Story::new(
        r#"
        [[badge]]
        id = "away"
        criterion = { all = [{ count = "visit" }, { not = { count = "visit", within = "1d" } }] }

        [[badge]]
        id = "returned"
        criterion = { count = "visit", where = "player.badges.away" }
        "#,
    );
    story.event("2026-03-01T10:00:00Z", "visit", props! {});
    story.event("2026-03-02T10:00:00Z", "visit", props! {});
    assert!(story.holds("away", "", "") && story.holds("returned", "", ""));
}

#[test]
fn s8_a_key_stops_to_hold_when_its_window_slides_past() {
    let mut story = Story::new(
        r#"
        [[badge]]
        id = "on-a-roll"
        criterion = { count = { count = "visit", per = "event.page", within = "1d", at_least = 2 }, at_least = 2 }

        [[badge]]
        id = "quiet"
        repeat = "per-key"
        criterion = { all = [{ count = "visit" }, { not = { count = "visit", within = "2d" } }], per = "event.page" }
        "#,
    );
    story.event("2026-03-01T10:00:00Z", "visit", props! { "page" => "a" });
    story.event("2026-03-01T12:00:00Z", "visit", props! { "page" => "a" });
    story.event("2026-03-02T09:00:00Z", "visit", props! { "page" => "b" });
    // From 10:00 on, page `a` has one visit left: the criterion never held for both pages.
    story.event("2026-03-02T10:00:00Z", "visit", props! { "page" => "b" });
    assert!(!story.holds("on-a-roll", "", ""));
    story.event("2026-03-02T11:00:00Z", "visit", props! { "page" => "a" });
    assert!(story.holds("on-a-roll", "", ""));
    story.advance_to("2026-03-09T00:00:00Z");
    let quiet = ["a", "b"].map(|page| story.award("quiet", "", page).unwrap().at.to_string());
    assert_eq!(quiet, ["2026-03-04T11:00:00Z", "2026-03-04T10:00:00Z"]);
}

#[test]
fn s10_a_sum_rises_when_something_negative_leaves_it() {
    let mut story = Story::new(
        "[[badge]]\nid = \"liked\"\ncriterion = { sum = \"event.votes\", on = \"vote\", within = \"1d\", at_least = 3 }",
    );
    story.event("2026-03-01T10:00:00Z", "vote", props! { "votes" => -2 });
    story.event("2026-03-01T12:00:00Z", "vote", props! { "votes" => 4 });
    assert!(!story.holds("liked", "", ""));
    story.advance_to("2026-03-02T10:00:00Z");
    assert!(story.holds("liked", "", ""));
}

#[test]
fn s10_a_player_who_moves_takes_the_days_along() {
    let catalog = r#"
        [[badge]]
        id = "away"
        criterion = { all = [{ count = "visit" }, { not = { count = "visit", within = "day", zone = "player" } }] }
    "#;
    let moves = |zone: &str| props! { "set" => accolade_core::value::Value::Map(props! { "zone" => zone }) };
    for (zone, away) in [
        ("UTC", "2026-03-02T00:00:00Z"),
        ("America/Los_Angeles", "2026-03-02T08:00:00Z"),
        // There it is already the next day.
        ("Pacific/Auckland", "2026-03-01T12:00:00Z"),
        ("Asia/Tokyo", "2026-03-01T15:00:00Z"),
    ] {
        let mut story = Story::new(catalog);
        story.event("2026-03-01T11:30:00Z", "visit", props! {});
        story.event("2026-03-01T12:00:00Z", "accolade.profile", moves(zone));
        story.advance_to("2026-03-09T00:00:00Z");
        assert_eq!(
            story.award("away", "", "").unwrap().at.to_string(),
            away,
            "{zone}"
        );
    }
}

#[test]
fn s10_bounds_are_instants_too() {
    let mut story = Story::new(
        r#"
        [[currency]]
        id = "xp"

        [[earning]]
        id = "visit"
        on = "visit"
        points = { xp = 5 }

        [[badge]]
        id = "rich"
        criterion = { points = "xp", at_least = 5 }
        since = 2026-03-02T00:00:00Z

        [[badge]]
        id = "pushed"
        criterion = { count = "visit", at_least = 3 }
        since = 2026-03-03T00:00:00Z

        [[badge]]
        id = "counted"
        criterion = { count = "visit" }
        since = 2026-03-04T00:00:00Z

        [[unlockable]]
        id = "sale"
        criterion = { points = "xp", at_least = 1 }
        relock = true
        since = 2026-03-05T00:00:00Z
        until = 2026-03-06T00:00:00Z
        "#,
    );
    story.event("2026-03-01T10:00:00Z", "visit", props! {});
    story.event(
        "2026-03-01T11:00:00Z",
        "accolade.progress",
        props! { "badge" => "pushed", "add" => 3 },
    );
    assert!(!story.holds("rich", "", "") && !story.holds("pushed", "", ""));
    for (time, rich, pushed, sale) in [
        ("2026-03-02T00:00:00Z", true, false, false),
        ("2026-03-03T00:00:00Z", true, true, false),
        ("2026-03-05T00:00:00Z", true, true, true),
        ("2026-03-06T00:00:00Z", true, true, false),
    ] {
        assert_eq!(story.next_timer().as_deref(), Some(time));
        story.advance_to(time);
        let found = (
            story.holds("rich", "", ""),
            story.holds("pushed", "", ""),
            story.is_open("sale"),
        );
        assert_eq!(found, (rich, pushed, sale), "at {time}");
    }
    assert_eq!(
        story.next_timer(),
        None,
        "what only events can earn waits for them"
    );
}

#[test]
fn s10_a_reset_takes_the_timers_away() {
    let mut story = Story::new(
        "[[badge]]\nid = \"away\"\ncriterion = { all = [{ count = \"visit\" }, { not = { count = \"visit\", within = \"1d\" } }] }",
    );
    story.event("2026-03-01T10:00:00Z", "visit", props! {});
    story.event("2026-03-01T11:00:00Z", "accolade.reset", props! {});
    assert_eq!(story.next_timer(), None);
    story.event("2026-03-01T12:00:00Z", "visit", props! {});
    assert_eq!(story.next_timer().as_deref(), Some("2026-03-02T12:00:00Z"));
}

#[test]
fn s10_time_does_not_bring_a_player_into_being() {
    let mut story = Story::new(
        "[[badge]]\nid = \"b\"\ncriterion = { not = { count = \"visit\" } }\nsince = 2026-03-01T00:00:00Z\ntemporary = true",
    );
    story.advance_to("2026-03-02T00:00:00Z");
    story.fold(&accolade_core::fold::timer_event(
        "ada",
        super::at("2026-03-02T00:00:00Z"),
    ));
    assert_eq!(
        (
            story.next_timer(),
            story.state.header.as_of,
            story.state.is_empty()
        ),
        (None, None, true)
    );
}
