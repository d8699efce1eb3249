use accolade_core::limits;
use accolade_core::props;

use super::Story;

const REGULAR: &str = r#"
    [[badge]]
    id = "regular"
    temporary = true
    criterion = { count = "visit", within = "1d" }
    tiers = [1, 2]
"#;

#[test]
fn s4_temporary_tiers_come_and_go() {
    let mut story = Story::new(REGULAR);
    for visit in [
        "2026-03-01T10:00:00Z",
        "2026-03-01T12:00:00Z",
        "2026-03-05T00:00:00Z",
    ] {
        story.event(visit, "visit", props! {});
    }
    story.advance_to("2026-03-09T00:00:00Z");
    let times = |tier: &str| {
        let award = story.award("regular", tier, "").unwrap();
        assert!(award.lapsed && !award.blocked && !award.is_held());
        let past = award
            .holding_intervals
            .iter()
            .map(|spell| (spell.from.to_string(), spell.until.to_string()));
        past.chain([(award.at.to_string(), award.revoked_at.unwrap().to_string())])
            .collect::<Vec<_>>()
    };
    let span = |from: &str, until: &str| (from.to_owned(), until.to_owned());
    assert_eq!(
        times("bronze"),
        [
            span("2026-03-01T10:00:00Z", "2026-03-02T12:00:00Z"),
            span("2026-03-05T00:00:00Z", "2026-03-06T00:00:00Z")
        ]
    );
    assert_eq!(
        times("silver"),
        [span("2026-03-01T12:00:00Z", "2026-03-02T10:00:00Z")]
    );
}

#[test]
fn s3_manual_actions_override_a_temporary_badge() {
    let bronze = || props! { "badge" => "regular", "tier" => "bronze" };
    // Events of the first day, and if the badge is held then, two days later, and after another
    // visit.
    let cases: [(&[&str], [bool; 3]); 4] = [
        (&["visit"], [true, false, true]),
        (&["accolade.award"], [true, true, true]),
        (&["visit", "accolade.revoke"], [false, false, false]),
        (
            &["visit", "accolade.revoke", "accolade.award"],
            [true, true, true],
        ),
    ];
    for (names, expected) in cases {
        let mut story = Story::new(REGULAR);
        for (hour, name) in names.iter().enumerate() {
            let props = if *name == "visit" {
                props! {}
            } else {
                bronze()
            };
            story.event(&format!("2026-03-01T1{hour}:00:00Z"), name, props);
        }
        let at_first = story.holds("regular", "bronze", "");
        story.advance_to("2026-03-03T10:00:00Z");
        let later = story.holds("regular", "bronze", "");
        story.event("2026-03-03T11:00:00Z", "visit", props! {});
        assert_eq!(
            [at_first, later, story.holds("regular", "bronze", "")],
            expected,
            "{names:?}"
        );
    }
}

#[test]
fn s7_rules_hear_of_a_lapse_and_follow_it() {
    let mut story = Story::new(
        r#"
        [[currency]]
        id = "xp"

        [[badge]]
        id = "regular"
        temporary = true
        criterion = { count = "visit", within = "1d" }

        [[unlockable]]
        id = "lounge"
        relock = true
        criterion = { badge = "regular" }

        [[earning]]
        id = "consolation"
        on = "accolade.badge_revoked"
        where = 'event.badge == "regular"'
        points = { xp = 3 }
        "#,
    );
    story.event("2026-03-01T10:00:00Z", "visit", props! {});
    assert!(story.is_open("lounge"));
    story.advance_to("2026-03-02T10:00:00Z");
    assert_eq!((story.is_open("lounge"), story.balance("xp")), (false, 3));
}

#[test]
fn s10_until_ends_a_temporary_award_and_what_it_requires_does_not() {
    let mut story = Story::new(
        r#"
        [[badge]]
        id = "member"

        [[badge]]
        id = "quiet"
        temporary = true
        repeat = "per-key"
        requires = "member"
        criterion = { any = [{ not = { count = "visit", within = "1d" } }], per = "event.page" }
        until = 2026-03-10T00:00:00Z
        "#,
    );
    story.event(
        "2026-03-01T09:00:00Z",
        "accolade.award",
        props! { "badge" => "member" },
    );
    story.event("2026-03-01T10:00:00Z", "visit", props! { "page" => "a" });
    story.advance_to("2026-03-02T10:00:00Z");
    story.event(
        "2026-03-03T10:00:00Z",
        "accolade.revoke",
        props! { "badge" => "member" },
    );
    assert!(story.holds("quiet", "", "a"));
    story.advance_to("2026-03-09T23:59:59Z");
    assert!(story.holds("quiet", "", "a"));
    story.advance_to("2026-03-10T00:00:00Z");
    assert!(
        story
            .award("quiet", "", "a")
            .is_some_and(|award| award.lapsed)
    );
}

#[test]
fn s25_the_oldest_holding_intervals_are_dropped() {
    let mut story = Story::new(
        "[[badge]]\nid = \"here\"\ntemporary = true\ncriterion = { count = \"visit\", within = \"60s\" }",
    );
    for minute in 0..2 * limits::HOLDING_INTERVALS {
        let (hour, minute) = (minute / 30, minute % 30 * 2);
        story.event(
            &format!("2026-03-01T{hour:02}:{minute:02}:00Z"),
            "visit",
            props! {},
        );
    }
    let spells = &story.award("here", "", "").unwrap().holding_intervals;
    assert_eq!(spells.len(), limits::HOLDING_INTERVALS);
    assert_eq!(
        spells.last().unwrap().until.to_string(),
        "2026-03-01T06:37:00Z"
    );
}
