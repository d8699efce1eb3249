use accolade_core::fold::{self, Refusal};
use accolade_core::props;
use accolade_core::value::{Props, Value};

use super::Story;

fn badge(rest: &str) -> String {
    format!("zone = \"Europe/Paris\"\n[[badge]]\nid = \"old\"\n{rest}")
}

fn joined(at: &str) -> Props {
    props! { "set" => Value::Map(props! { "joined" => at }) }
}

#[test]
fn s10_ages_are_reached_at_their_instant() {
    // (criterion, joined, when it is reached)
    for (criterion, join, reached) in [
        ("{ age = \"year\" }", "2024-02-29", "2025-02-27T23:00:00Z"),
        (
            "{ age = \"year\", at_least = 4 }",
            "2024-02-29",
            "2028-02-28T23:00:00Z",
        ),
        (
            "{ age = \"month\" }",
            "2026-01-31T12:00:00Z",
            "2026-02-28T12:00:00Z",
        ),
        (
            "{ age = \"month\", at_least = 2 }",
            "2026-01-31T12:00:00Z",
            "2026-03-31T11:00:00Z",
        ),
        (
            "{ age = \"week\" }",
            "2026-03-25T12:00:00Z",
            "2026-04-01T11:00:00Z",
        ),
        (
            "{ age = \"day\", at_least = 3 }",
            "2026-03-28T12:00:00Z",
            "2026-03-31T11:00:00Z",
        ),
        (
            "{ any = [{ badge = \"other\" }, { age = \"day\" }] }",
            "2026-03-01T12:00:00Z",
            "2026-03-02T12:00:00Z",
        ),
    ] {
        let other = "[[badge]]\nid = \"other\"\n";
        let mut story = Story::new(&format!(
            "{}\n{other}",
            badge(&format!("criterion = {criterion}"))
        ));
        // A player exists from the first event on.
        story.event("2023-12-24T10:00:00Z", "accolade.profile", joined(join));
        story.advance_to("2100-01-01T00:00:00Z");
        assert_eq!(
            story.award("old", "", "").unwrap().at.to_string(),
            reached,
            "{criterion} of {join}"
        );
    }
}

#[test]
fn s18_age_counts_from_what_the_profile_says_else_from_the_first_event() {
    let mut story = Story::new(&badge("criterion = { age = \"day\" }\ntiers = [1, 5, 10]"));
    story.event("2026-03-01T10:00:00Z", "visit", props! {});
    assert_eq!(story.next_timer().as_deref(), Some("2026-03-02T10:00:00Z"));
    story.advance_to("2026-03-02T10:00:00Z");
    assert!(story.holds("old", "bronze", "") && !story.holds("old", "silver", ""));
    // An earlier date of joining: ages that are already reached are earned now.
    story.event(
        "2026-03-02T12:00:00Z",
        "accolade.profile",
        joined("2026-02-25T10:00:00Z"),
    );
    assert!(story.holds("old", "silver", "") && !story.holds("old", "gold", ""));
    // A later date of joining: awards stay, and old timers have no effect.
    story.event(
        "2026-03-02T13:00:00Z",
        "accolade.profile",
        joined("2026-03-02T13:00:00Z"),
    );
    story.advance_to("2026-03-12T12:59:59Z");
    assert!(!story.holds("old", "gold", ""));
    story.advance_to("2026-03-12T13:00:00Z");
    assert!(story.holds("old", "gold", ""));
}

#[test]
fn an_anniversary_comes_every_year() {
    let mut story = Story::new(&badge("criterion = { age = \"year\" }\nrepeat = \"again\""));
    story.event("2024-02-29T10:00:00Z", "visit", props! {});
    story.advance_to("2028-02-29T10:00:00Z");
    let times =
        ["1", "2", "3", "4"].map(|time| story.award("old", "", time).unwrap().at.to_string());
    assert_eq!(
        times,
        [
            "2025-02-28T10:00:00Z",
            "2026-02-28T10:00:00Z",
            "2027-02-28T10:00:00Z",
            "2028-02-29T10:00:00Z"
        ]
    );
    assert_eq!(story.next_timer().as_deref(), Some("2029-02-28T10:00:00Z"));
}

#[test]
fn a_newcomer_is_one_for_a_week_even_after_a_reset() {
    let mut story = Story::new(&badge(
        "temporary = true\ncriterion = { not = { age = \"week\" } }",
    ));
    story.event("2026-03-01T10:00:00Z", "visit", props! {});
    assert!(story.holds("old", "", ""));
    story.event("2026-03-04T10:00:00Z", "accolade.reset", props! {});
    assert!(story.holds("old", "", ""));
    assert_eq!(story.next_timer().as_deref(), Some("2026-03-08T10:00:00Z"));
    story.advance_to("2026-03-08T10:00:00Z");
    assert!(!story.holds("old", "", ""));
}

#[test]
fn s18_an_invalid_date_is_refused() {
    let mut story = Story::new("");
    for (join, is_right) in [
        (Value::from("2020-05-01"), true),
        (Value::from("2020-05-01T12:00:00+02:00"), true),
        (Value::Null, true),
        (Value::from("2020-02-30"), false),
        (Value::from("2020-05-01T12:00:00"), false),
        (Value::from("1850-01-01"), false),
        (Value::from("May 2020"), false),
        (Value::from(2020), false),
    ] {
        let mut act = fold::timer_event("ada", super::at("2026-03-01T10:00:00Z"));
        act.name = "accolade.profile".into();
        act.props = props! { "set" => Value::Map(props! { "joined" => join.clone() }) };
        let decided = story.state.decide(&story.catalog, &act);
        match decided {
            Ok(_) => assert!(is_right, "{join:?}"),
            Err(refusal) => {
                assert!(!is_right, "{join:?}: {refusal}");
                assert!(
                    matches!(refusal, Refusal::InvalidJoined(_) | Refusal::Invalid { .. }),
                    "{refusal}"
                );
            }
        }
    }
}
