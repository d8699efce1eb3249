//! Near misses: every reason why an event does not count.

use super::{History, entry_fields};
use crate::props;
use crate::value::Props;

/// Creates a history under a catalog with a badge, from its criterion and more lines.
fn badge(criterion: &str, lines: &str) -> History {
    History::new(&format!(
        "[[badge]]\nid = \"b\"\ncriterion = {{ {criterion} }}\n{lines}"
    ))
}

/// Creates a history under a catalog with a currency and an earning.
fn earning(lines: &str) -> History {
    History::new(&format!(
        "[[currency]]\nid = \"xp\"\n[[earning]]\nid = \"e\"\non = \"post\"\n{lines}"
    ))
}

fn post(n: i64) -> Props {
    props! { "n" => n, "k" => n }
}

#[test]
fn events_that_did_not_count_say_why() {
    for (subject, history, expected) in [
        (
            "b",
            badge(r#"count = "post", where = 'event.n > 1 && event.k < 9', at_least = 5"#, "")
                .add_event("1", "post", post(1))
                .add_event("2", "post", post(2))
                .add_event("3", "post", post(9))
                .add_event("4", "walk", post(1)),
            &[
                ("1", "condition_false", "condition not met: event.n > 1"),
                ("3", "condition_false", "condition not met: event.k < 9"),
            ][..],
        ),
        (
            "b",
            badge(r#"count = "post", at_least = 5"#, "since = 2026-11-20T01:00:00Z\nuntil = 2026-11-20T02:00:00Z")
                .add_event("1", "post", post(1))
                .add_event("2", "post", post(1))
                .add_event("3", "post", post(1)),
            &[
                ("1", "before_since", "before the rule's `since`"),
                ("3", "after_until", "not before the rule's `until`"),
            ],
        ),
        (
            "b",
            badge(r#"distinct = "event.k", on = "post", at_least = 5"#, "")
                .add_event("1", "post", post(1))
                .add_event("2", "post", post(2))
                .add_event("3", "post", post(1)),
            &[("3", "duplicate", "value already counted; each value counts once")],
        ),
        (
            "b",
            badge(r#"distinct = "event.k", on = "post", within = "day", at_least = 5"#, "")
                .add_event("1", "post", post(1))
                .add_event("2", "post", post(1))
                .wait(24 * 60)
                .add_event("3", "post", post(1)),
            &[
                ("1", "outside_window", "no longer in the window: in one calendar day"),
                ("2", "duplicate", "value already counted; each value counts once"),
            ],
        ),
        (
            "b",
            badge(r#"count = "post", within = "2h", at_least = 5"#, "")
                .add_event("1", "post", post(1))
                .add_event("2", "post", post(1))
                .add_event("3", "post", post(1)),
            &[
                ("1", "outside_window", "no longer in the window: within 2 hours"),
                ("2", "outside_window", "no longer in the window: within 2 hours"),
            ],
        ),
        (
            "b@7",
            badge(r#"count = "post", where = "event.n > 0", per = "event.k""#, "repeat = \"per-key\"")
                .add_event("1", "post", props! { "n" => 1, "k" => 8 })
                .add_event("2", "post", props! { "n" => 0, "k" => 8 })
                .add_event("3", "post", props! { "n" => 0, "k" => 7 })
                .add_event("4", "post", props! { "n" => 1, "k" => 9 })
                .add_event("5", "post", props! { "n" => 1, "k" => 7 })
                .retract("4", "r"),
            &[
                ("1", "another_key", "counted for key 8, not 7"),
                ("2", "another_key", "belongs to key 8, not 7"),
                ("3", "condition_false", "condition not met: event.n > 0"),
            ],
        ),
        (
            "b",
            badge(r#"sum = "event.n", on = "post", at_least = 5"#, "")
                .add_event("1", "post", post(1))
                .add_event("2", "post", Props::new())
                .add_event("3", "post", post(9))
                .retract("3", "undo"),
            &[
                ("2", "error", "evaluation failed: `event.n` is missing"),
                ("3", "retracted", "retracted by action undo"),
            ],
        ),
        (
            "b",
            badge(r#"count = "post", at_least = 5"#, "")
                .add_event("1", "post", post(1))
                .add_event("gone", "accolade.reset", Props::new())
                .add_event("2", "post", post(1)),
            &[("1", "reset", "cleared by reset gone")],
        ),
        (
            "b",
            badge(r#"count = "post""#, "requires = \"c\"\n[[badge]]\nid = \"c\"").add_event("1", "post", post(1)),
            &[("1", "requires", "requires badge `c`")],
        ),
        (
            "b",
            badge(r#"count = "post""#, "")
                .add_event("1", "post", post(1))
                .add_event("no", "accolade.revoke", props! { "badge" => "b" })
                .add_event("2", "post", post(1)),
            &[("2", "revoked", "revoked; only a manual award can restore it")],
        ),
        (
            "currency:xp",
            earning("where = \"event.n != 3\"\npoints = { xp = \"event.n\" }\nlimit = { points = 12, per = \"ever\" }")
                .add_event("1", "post", post(10))
                .add_event("2", "post", post(3))
                .add_event("3", "post", post(0))
                .add_event("4", "post", post(5))
                .add_event("5", "post", post(5))
                .add_event("6", "post", Props::new())
                .add_event("7", "post", post(1))
                .retract("7", "undo"),
            &[
                ("2", "condition_false", "condition not met: event.n != 3"),
                ("3", "nothing_to_pay", "amount is 0"),
                ("4", "limit_reached", "limit for this period reached; 3 not paid"),
                ("5", "limit_reached", "limit for this period reached; 5 not paid"),
                ("6", "error", "evaluation failed: `event.n` is missing"),
                ("7", "retracted", "retracted by action undo"),
            ],
        ),
        (
            "currency:xp",
            earning("points = { xp = 1 }\ncooldown = \"90m\"\nsince = 2026-11-20T01:00:00Z")
                .add_event("1", "post", post(1))
                .add_event("2", "post", post(1))
                .add_event("3", "post", post(1)),
            &[
                ("1", "before_since", "before the rule's `since`"),
                ("3", "cooling_down", "cooling down until 2026-11-20T02:30:00Z"),
            ],
        ),
        (
            "unlockable:u",
            History::new("[[unlockable]]\nid = \"u\"\ncriterion = { count = \"post\", where = \"event.n > 1\" }").add_event(
                "1",
                "post",
                post(1),
            ),
            &[("1", "condition_false", "condition not met: event.n > 1")],
        ),
    ] {
        let json = history.json(subject);
        let found: Vec<(&str, &str, &str)> = json["near_misses"]["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|near| ["event", "reason", "message"].map(|field| near[field].as_str().unwrap()).into())
            .collect();
        assert_eq!(found, expected, "{}", history.catalog.source());
    }
}

#[test]
fn a_limit_says_how_much_it_cut_off() {
    let json = earning("points = { xp = 10 }\nlimit = { points = 12, per = \"ever\" }")
        .add_event("1", "post", post(1))
        .add_event("2", "post", post(1))
        .json("currency:xp");
    assert_eq!(entry_fields(&json, "near_misses", "cut"), [8]);
}

#[test]
fn parts_are_named_where_there_are_several() {
    let parts = r#"all = [{ count = "post", where = "event.n > 1" }, { count = "walk", where = "event.n > 2" }]"#;
    let json = badge(parts, "")
        .add_event("1", "walk", post(1))
        .add_event("2", "walk", post(3))
        .json("b");
    assert_eq!(
        entry_fields(&json, "near_misses", "part"),
        ["1 × walk where event.n > 2"]
    );
    assert_eq!(
        entry_fields(&json, "counted", "part"),
        ["1 × walk where event.n > 2"]
    );
}

#[test]
fn s25_near_misses_of_another_key_leave_room_for_the_others() {
    let mut history = badge(
        r#"count = "post", where = "event.n > 0", per = "event.k""#,
        "repeat = \"per-key\"",
    )
    .add_event("first", "post", props! { "n" => 0, "k" => 7 });
    for number in 0..crate::limits::EXPLANATION_ENTRIES + 4 {
        history = history.add_event(
            &format!("other-{number}"),
            "post",
            props! { "n" => 1, "k" => 8 },
        );
    }
    let json = history.json("b@7");
    assert_eq!(json["near_misses"]["entries"][0]["event"], "first");
    assert_eq!(json["near_misses"]["left_out"], 5);
}

#[test]
fn near_misses_are_grouped_by_reason() {
    let mut history = History::new(
        "[[badge]]\nid = \"b\"\ncriterion = { count = \"vote\", where = 'event.kind == \"answer\"' }",
    );
    for number in 0..4 {
        let kind = props! { "kind" => "question" };
        history = history.add_event(&number.to_string(), "vote", kind);
    }
    history = history
        .add_event("gone", "vote", props! { "kind" => "answer" })
        .retract("gone", "r1");
    let super::Explanation::Badge(badge) = history.explain_subject("b") else {
        panic!("the subject is a badge")
    };
    let groups = crate::explain::group_near_misses(&badge.evidence.near_misses);
    let told: Vec<_> = groups
        .iter()
        .map(|group| {
            (
                group.count_in_words(),
                group.message,
                &*group.events[0].event,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "4 votes".to_owned(),
                Some("condition not met: event.kind == \"answer\""),
                "3"
            ),
            ("1 vote".to_owned(), None, "gone"),
        ]
    );
}
