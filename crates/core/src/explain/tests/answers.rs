//! Explanations of all kinds of criteria, of awards and of manual actions.

use super::{Explanation, History, entry_fields};
use crate::code::{CodeBadge, EarnedTier};
use crate::explain::BadgeExplanation;
use crate::props;
use crate::value::Props;

/// The beginning of every catalog in this file.
const BASE: &str = r#"
    [[currency]]
    id = "xp"
    [[earning]]
    id = "e"
    on = "post"
    points = { xp = 10 }
    [[badge]]
    id = "teacher"
    criterion = { count = "answer" }
    [[unlockable]]
    id = "door"
    criterion = { points = "xp", at_least = 20 }
"#;

fn badge(lines: &str) -> History {
    History::new(&format!("{BASE}\n[[badge]]\nid = \"b\"\n{lines}"))
}

fn post(n: i64, k: i64) -> Props {
    props! { "n" => n, "k" => k }
}

/// Adds three posts and an answer.
fn posts(history: History) -> History {
    history
        .add_event("1", "post", post(3, 7))
        .add_event("2", "post", post(5, 8))
        .add_event("3", "post", post(2, 7))
        .add_event("4", "answer", Props::new())
}

fn why(history: &History, subject: &str) -> BadgeExplanation {
    match history.explain_subject(subject) {
        Explanation::Badge(badge) => badge,
        other => panic!("{other}"),
    }
}

#[test]
fn criteria_of_every_kind_are_put_into_words_and_measured() {
    for (criterion, words, standing) in [
        (r#"count = "post""#, "1 × post", "3 of 1"),
        (
            r#"count = ["post", "answer"], within = "90m", at_least = 9"#,
            "9 × post or answer, within 90 minutes",
            "1 of 9",
        ),
        (
            r#"sum = "event.n", on = "post", where = "event.k == 7", within = "day", zone = "player", at_least = 9"#,
            "a total event.n of at least 9 from post where event.k == 7, \
             in one calendar day in the player's time zone",
            "5 of 9",
        ),
        (
            r#"max = "event.n", on = "post", at_least = 9"#,
            "a highest event.n of at least 9 from post",
            "5 of 9",
        ),
        (
            r#"latest = "event.n", on = "post", at_least = 9"#,
            "a latest event.n of at least 9 from post",
            "2 of 9",
        ),
        (
            r#"distinct = "event.k", on = "post", at_least = 9"#,
            "9 different values of event.k from post",
            "2 of 9",
        ),
        (
            r#"sum = "event.n", on = "post", per = "event.k", at_least = 9"#,
            "a total event.n of at least 9 from post, for the same event.k",
            "5 of 9 on 7",
        ),
        (
            r#"count = { count = "post", per = "event.k", at_least = 2 }, at_least = 4"#,
            "4 different values of event.k, each with 2 × post",
            "1 of 4",
        ),
        (
            r#"sum = "event.n", on = { count = "post", per = "event.k" }, at_least = 9"#,
            "a total event.n of at least 9 over each event.k with 1 × post",
            "8 of 9",
        ),
        (
            r#"badge = "teacher", at_least = 2"#,
            "2 awards of badge teacher",
            "1 of 2",
        ),
        (
            r#"points = "xp", at_least = 50"#,
            "at least 50 xp",
            "30 of 50",
        ),
        (r#"unlocked = "door""#, "door unlocked", "1 of 1"),
        ("manual = true, at_least = 3", "3 added manually", "0 of 3"),
        (
            r#"all = [{ count = "post" }, { not = { badge = "teacher" } }]"#,
            "all of (1 × post; not (badge teacher))",
            "1 of 2",
        ),
        (
            r#"any = [{ count = "walk" }, { count = "run" }]"#,
            "any of (1 × walk; 1 × run)",
            "0 of 1",
        ),
        (
            r#"some = [{ count = "post" }, { count = "run" }, { count = "walk" }], at_least = 2"#,
            "at least 2 of (1 × post; 1 × run; 1 × walk)",
            "1 of 2",
        ),
        (
            r#"all = [{ count = "post", at_least = 2 }, { max = "event.n", on = "post", at_least = 4 }], per = "event.k""#,
            "for the same event.k: all of (2 × post; a highest event.n of at least 4 from post)",
            "0 of 1",
        ),
    ] {
        let badge = why(
            &posts(badge(&format!("criterion = {{ {criterion} }}"))),
            "b",
        );
        let goal = &badge.goals[0].progress;
        let key = goal
            .key
            .as_ref()
            .map_or_else(String::new, |key| format!(" on {key}"));
        assert_eq!(badge.rule, words);
        assert_eq!(
            format!("{} of {}{key}", goal.current, goal.target),
            standing,
            "{criterion}"
        );
    }
}

#[test]
fn a_tree_shows_which_parts_hold_and_what_to_ask_next() {
    let criterion = r#"criterion = { all = [
        { badge = "teacher" },
        { points = "xp", at_least = 50 },
        { unlocked = "door" },
        { count = { count = "post", per = "event.k", at_least = 2 }, at_least = 2 },
        { not = { count = "walk" } },
    ] }"#;
    let json = posts(badge(criterion)).json("b");
    let tree = &json["criterion"];
    let column = |field: &str| -> Vec<_> {
        tree["parts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| &part[field])
            .collect()
    };
    assert_eq!(
        (&tree["current"], &tree["target"], &tree["holds"]),
        (&3.into(), &5.into(), &false.into())
    );
    assert_eq!(column("holds"), [true, false, true, false, true]);
    assert_eq!(
        column("subject")[..3],
        ["teacher", "currency:xp", "unlockable:door"]
    );
    let over_keys = &tree["parts"][3];
    assert_eq!(
        (&over_keys["keys"][0], &over_keys["parts"][0]["key"]),
        (&"7".into(), &"8".into())
    );
}

#[test]
fn each_tier_has_its_goal_and_each_award_its_event() {
    let history = posts(badge("criterion = { count = \"post\" }\ntiers = [1, 3, 5]"));
    let all = why(&history, "b");
    let goals = all.goals.iter().map(|goal| {
        (
            goal.progress.tier.as_deref().unwrap_or_default(),
            goal.earned,
            goal.missing.to_string(),
        )
    });
    let expected = [
        ("bronze", true, "0"),
        ("silver", true, "0"),
        ("gold", false, "2"),
    ];
    assert_eq!(
        goals.collect::<Vec<_>>(),
        expected.map(|(tier, earned, missing)| (tier, earned, missing.to_owned()))
    );
    let awards = all.awards.entries.iter().map(|award| {
        (
            award.tier.as_deref().unwrap_or_default(),
            award.event.as_str(),
            award.source.as_str(),
        )
    });
    assert_eq!(
        awards.collect::<Vec<_>>(),
        [("bronze", "1", "criterion"), ("silver", "3", "criterion")]
    );
    assert!(!why(&history, "b:gold").earned);
    assert!(why(&history, "b:silver").earned);
}

#[test]
fn what_happened_after_everything_was_earned_is_only_counted() {
    let history = posts(badge("criterion = { count = \"post\" }\ntiers = [1, 2]"));
    let bronze = history.json("b:bronze");
    assert_eq!(entry_fields(&bronze, "counted", "event"), ["1"]);
    assert_eq!(bronze["counted_since"], 2);
    let both = history.json("b");
    assert_eq!(entry_fields(&both, "counted", "event"), ["1", "2"]);
    assert_eq!(both["counted_since"], 1);
}

#[test]
fn of_a_badge_for_each_key_the_keys_held_and_the_nearest_are_shown() {
    let rule =
        "criterion = { count = \"post\", per = \"event.k\", at_least = 4 }\nrepeat = \"per-key\"";
    let mut history = badge(rule);
    for key in 1..=12 {
        for number in 0..key.min(4) {
            history = history.add_event(&format!("{key}-{number}"), "post", post(1, key));
        }
    }
    let all = why(&history, "b");
    assert_eq!(
        all.awards
            .entries
            .iter()
            .map(|award| award.key.as_deref().unwrap())
            .collect::<Vec<_>>()
            .len(),
        9
    );
    let nearest = all
        .goals
        .iter()
        .map(|goal| goal.progress.key.as_deref().unwrap());
    assert_eq!(nearest.collect::<Vec<_>>(), ["3", "2", "1"]);
    let one = why(&history, "b@2");
    assert_eq!(
        (one.earned, one.goals[0].missing.to_string().as_str()),
        (false, "2")
    );
    assert_eq!(one.evidence.counted.len(), 2);
    assert!(why(&history, "b@5").earned);
}

#[test]
fn of_a_badge_earned_again_the_next_time_is_the_goal() {
    let history = posts(badge(
        "criterion = { sum = \"event.n\", on = \"post\", at_least = 4 }\nrepeat = \"again\"",
    ));
    let all = why(&history, "b");
    assert_eq!(
        all.awards
            .entries
            .iter()
            .map(|award| award.event.as_str())
            .collect::<Vec<_>>(),
        ["2", "2"]
    );
    let goal = &all.goals[0].progress;
    assert_eq!(
        (
            goal.current.to_string().as_str(),
            goal.target.to_string().as_str()
        ),
        ("10", "12")
    );
    assert!(why(&history, "b@2").earned);
    assert!(!why(&history, "b@3").earned);
}

#[test]
fn manual_actions_have_author_effect_and_reason() {
    let history = badge("criterion = { count = \"post\", at_least = 4 }")
        .add_event(
            "a1",
            "accolade.progress",
            props! { "badge" => "b", "add" => 3, "by" => "mod" },
        )
        .add_event("a2", "accolade.award", props! { "badge" => "teacher" })
        .add_event(
            "a3",
            "accolade.award",
            props! { "badge" => "b", "reason" => "patience" },
        )
        .add_event(
            "a4",
            "accolade.revoke",
            props! { "badge" => "b", "by" => "mod" },
        );
    let json = history.json("b");
    let expected = ["added 3 to the progress of b", "awarded b", "revoked b"];
    assert_eq!(entry_fields(&json, "actions", "effect"), expected);
    assert_eq!(
        entry_fields(&json, "actions", "by"),
        [&"mod".into(), &serde_json::Value::Null, &"mod".into()]
    );
    assert_eq!(
        (&json["earned"], &json["goals"][0]["manual"]),
        (&false.into(), &3.into())
    );
    let award = &json["awards"]["entries"][0];
    assert_eq!(
        (&award["source"], &award["revoked_by"], &award["blocked"]),
        (&"manual".into(), &"a4".into(), &true.into())
    );
    let json = history.retract("a4", "undo").json("b");
    assert_eq!(
        (
            &json["earned"],
            entry_fields(&json, "actions", "retracted_by")[2]
        ),
        (&true.into(), &"undo".into())
    );
}

#[test]
fn of_a_badge_in_code_it_is_said_that_its_answers_are_not_recorded() {
    let code = CodeBadge::new("owl", |context| {
        (context.prop("hour")?.as_int()? < 5).then(EarnedTier::unnamed)
    });
    let history = History::with_code("", vec![code.version(2).events(["post"])])
        .add_event("1", "post", props! { "hour" => 9 })
        .add_event("2", "walk", props! { "hour" => 3 })
        .add_event("3", "post", props! { "hour" => 3 });
    let badge = why(&history, "owl");
    assert_eq!(
        badge.rule,
        "decided by code (version 2) on post; its result for each event is not recorded"
    );
    assert_eq!(
        (
            badge.awards.entries[0].source.as_str(),
            badge.awards.entries[0].event.as_str()
        ),
        ("code", "3")
    );
    let near: Vec<_> = badge
        .evidence
        .near_misses
        .entries
        .iter()
        .map(|near| (near.event.as_str(), near.message.as_str()))
        .collect();
    assert_eq!(near, [("1", "the badge's code awarded nothing")]);
}

#[test]
fn a_balance_is_the_sum_of_its_entries_also_after_a_reset() {
    let json = posts(badge(
        "criterion = { count = \"post\" }\npoints = { xp = 5 }",
    ))
    .add_event("gone", "accolade.reset", Props::new())
    .add_event("5", "post", post(1, 1))
    .json("currency:xp");
    assert_eq!(json["balance"], 15);
    assert_eq!(
        entry_fields(&json, "entries", "amount"),
        [10, 5, 10, 10, -5, -30, 10, 5]
    );
    assert_eq!(
        entry_fields(&json, "entries", "balance"),
        [10, 15, 25, 35, 30, 0, 10, 15]
    );
    assert_eq!(entry_fields(&json, "actions", "action"), ["gone"]);
}

#[test]
fn an_unlockable_lists_when_it_opened_and_closed() {
    let history = History::new(&format!(
        "{BASE}\n[[unlockable]]\nid = \"u\"\ncriterion = {{ points = \"xp\", at_least = 15 }}\nrelock = true"
    ))
    .add_event("1", "post", post(1, 1))
    .add_event("2", "post", post(1, 1))
    .add_event("fine", "accolade.points", props! { "currency" => "xp", "amount" => -10 });
    let json = history.json("unlockable:u");
    assert_eq!(json["open"], false);
    assert_eq!(entry_fields(&json, "changes", "opened"), [true, false]);
    assert_eq!(entry_fields(&json, "changes", "event"), ["2", "fine"]);
    assert_eq!(entry_fields(&json, "actions", "effect"), ["deducted 10 xp"]);
}

#[test]
fn the_first_line_is_the_answer() {
    let count = |lines: &str| {
        posts(badge(&format!(
            "criterion = {{ count = \"post\" }}\n{lines}"
        )))
    };
    let again = "criterion = { count = \"post\" }\nrepeat = \"again\"";
    let mut thirty = badge(again);
    for number in 0..30 {
        thirty = thirty.add_event(&number.to_string(), "post", Props::new());
    }
    let manual = badge("").add_event("a1", "accolade.award", props! { "badge" => "b" });
    let held = manual.explain_subject("b").to_string();
    assert!(held.starts_with("ada has b, awarded manually.\n"));
    for (history, subject, expected) in [
        (count(""), "b", "ada has b: 1 post."),
        (
            count("tiers = [2, 5]"),
            "b",
            "ada has b (bronze); next is silver: 3 of the 5 posts needed.",
        ),
        (
            count("tiers = [2, 5]"),
            "b:silver",
            "ada does not have b (silver) yet: 3 of the 5 posts needed.",
        ),
        (
            count("requires = \"manual\"\n[[badge]]\nid = \"manual\""),
            "b",
            "ada does not have b yet: it requires the badge manual.",
        ),
        (
            badge(""),
            "b",
            "ada does not have b yet: it is awarded manually.",
        ),
        (
            manual.add_event("a2", "accolade.revoke", props! { "badge" => "b" }),
            "b",
            "ada does not have b: it is awarded manually; it was revoked on 2026-11-20.",
        ),
        (
            thirty,
            "b",
            "ada has b 30 times; the next needs 1 more post.",
        ),
        (badge(""), "currency:xp", "ada has 0 xp."),
        (
            badge(""),
            "unlockable:door",
            "ada has not unlocked door yet: 0 of the 20 xp needed.",
        ),
    ] {
        let text = history.explain_subject(subject).to_string();
        assert_eq!(text.lines().next(), Some(expected), "{text}");
    }
}

#[test]
fn the_sentence_names_the_key_and_the_votes_that_it_got() {
    let rule = r#"
        criterion = { count = "vote", per = "event.post", at_least = 2 }
        repeat = "per-key"
    "#;
    let vote = |history: History, id: &str, post: i64| {
        history.add_event(id, "vote", props! { "post" => post })
    };
    let one = vote(badge(rule), "1", 10);
    let two = vote(vote(badge(rule), "1", 10), "2", 10);
    let three = vote(vote(vote(badge(rule), "1", 10), "2", 10), "3", 10);
    let many = vote(
        vote(vote(vote(badge(rule), "1", 7), "2", 7), "3", 10),
        "4",
        10,
    );
    for (history, subject, expected) in [
        (
            &one,
            "b",
            "Ada does not have b yet: their best post (10) has 1 of the 2 votes needed.",
        ),
        (&two, "b", "Ada has b: post 10 got 2 votes."),
        (&three, "b@10", "Ada has b: post 10 got 3 votes (2 needed)."),
        (
            &many,
            "b",
            "Ada has b twice, most recently because post 10 got 2 votes.",
        ),
    ] {
        let explanation = history.explain_subject(subject);
        assert_eq!(explanation.summary().about_player("Ada"), expected);
    }
    assert_eq!(
        one.json("b")["summary"],
        "ada does not have b yet: their best post (10) has 1 of the 2 votes needed."
    );
}

#[test]
fn the_sentence_for_the_player_does_not_name_a_secret_badge() {
    let secret = "[[badge]]\nid = \"riddle\"\nname = \"The Riddle\"\nvisibility = \"secret\"\n\
                  criterion = { count = \"answer\" }";
    for (lines, to_admin, to_player) in [
        (
            r#"criterion = { badge = "riddle" }"#,
            "Ada does not have b yet: the badge The Riddle is needed.",
            "You do not have b yet: another badge is needed.",
        ),
        (
            r#"criterion = { badge = "riddle", at_least = 2 }"#,
            "Ada does not have b yet: 0 of the 2 awards of the badge The Riddle needed.",
            "You do not have b yet: 0 of the 2 awards of another badge needed.",
        ),
        (
            "criterion = { count = \"post\" }\nrequires = \"riddle\"",
            "Ada does not have b yet: it requires the badge The Riddle.",
            "You do not have b yet: it requires another badge.",
        ),
    ] {
        let history = badge(&format!("{lines}\n{secret}")).add_event("1", "post", Props::new());
        let explanation = history.explain_subject("b");
        assert_eq!(explanation.summary().about_player("Ada"), to_admin);
        assert_eq!(explanation.summary().for_player(), to_player);
        // Once it is earned, it is no secret.
        let earned = history.add_event("2", "answer", Props::new());
        let sentence = earned.explain_subject("b").summary().for_player();
        assert!(!sentence.contains("another badge"), "{sentence}");
    }
}

#[test]
fn keys_have_the_label_and_link_of_their_newest_event_that_has_them() {
    let history = badge(
        r#"repeat = "per-key"
        criterion = { count = "liked", per = "event.post", at_least = 2 }
        [[key]]
        property = "post"
        label = "{event.title}"
        link = "https://example.com/p/{key}""#,
    );
    let history = history
        .add_event("1", "liked", props! { "post" => 7, "title" => "Draft" })
        .add_event(
            "2",
            "liked",
            props! { "post" => 7, "title" => "Bread & butter" },
        )
        .add_event("3", "liked", props! { "post" => 7 })
        .add_event("4", "liked", props! { "post" => 8 })
        // Another rule's event with the same property.
        .add_event(
            "5",
            "post",
            props! { "post" => 7, "title" => "Other", "n" => 1, "k" => 1 },
        );
    let labels: Vec<_> = (why(&history, "b").key_labels.into_iter())
        .map(|(key, label)| (key, label.label, label.link.unwrap_or_default()))
        .collect();
    let expected = [
        ("7", "Bread & butter", "https://example.com/p/7"),
        ("8", "post 8", "https://example.com/p/8"),
    ];
    let expected = expected.map(|(key, label, link)| (key.into(), label.into(), link.into()));
    assert_eq!(labels, expected);
}

#[test]
fn numbers_of_repeated_awards_have_no_labels() {
    let history = posts(badge(
        "repeat = \"again\"\ncriterion = { count = \"post\" }",
    ));
    let explanation = why(&history, "b");
    assert_eq!(explanation.awards.len(), 3);
    assert!(explanation.key_labels.is_empty());
}
