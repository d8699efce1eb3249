//! Whole explanations as text.

use super::History;
use crate::props;

const COMMUNITY: &str = r#"
    [[currency]]
    id = "rep"
    name = "Reputation"

    [[earning]]
    id = "upvoted"
    name = "Answer upvoted"
    on = "vote.received"
    where = 'event.up && event.post_type == "answer"'
    points = { rep = 10 }
    limit = { points = 25, per = "day" }

    [[badge]]
    id = "nice-answer"
    name = "Nice Answer"
    criterion = { sum = "event.delta", on = "vote.received", where = 'event.post_type == "answer"', per = "event.post", at_least = 3 }
    repeat = "per-key"

    [[badge]]
    id = "commentator"
    name = "Commentator"
    criterion = { count = "comment.posted", where = "event.length >= 15" }
    tiers = [{ id = "bronze", at = 2, points = { rep = 5 } }, { id = "silver", at = 4 }]

    [[badge]]
    id = "all-rounder"
    name = "All-rounder"
    criterion = { all = [
        { count = "comment.posted", at_least = 2 },
        { some = [{ badge = "nice-answer" }, { points = "rep", at_least = 100 }, { unlocked = "edit" }], at_least = 2 },
        { not = { count = "flag.received" } },
        { distinct = "event.day", on = { count = "comment.posted", per = "event.day", at_least = 2 }, at_least = 2 },
    ] }
    requires = "commentator"

    [[unlockable]]
    id = "edit"
    name = "Edit other people's posts"
    criterion = { points = "rep", at_least = 30 }
"#;

fn community() -> History {
    let vote = |post: i64, up: bool| {
        props! { "post" => post, "post_type" => "answer", "up" => up, "delta" => if up { 1 } else { -1 } }
    };
    History::new(COMMUNITY)
        .add_event("v1", "vote.received", vote(7, true))
        .add_event("v2", "vote.received", vote(7, true))
        .add_event("v3", "vote.received", vote(9, true))
        .add_event("v4", "vote.received", vote(7, false))
        .add_event(
            "v5",
            "vote.received",
            props! { "post" => 3, "post_type" => "question", "up" => true, "delta" => 1 },
        )
        .add_event(
            "c1",
            "comment.posted",
            props! { "length" => 40, "day" => 1 },
        )
        .add_event("c2", "comment.posted", props! { "length" => 3, "day" => 1 })
        .add_event(
            "c3",
            "comment.posted",
            props! { "length" => 15, "day" => 2 },
        )
        .add_event("v6", "vote.received", vote(7, true))
        .retract("v6", "r1")
        .add_event(
            "a1",
            "accolade.points",
            props! { "currency" => "rep", "amount" => 3, "by" => "mod-7", "reason" => "a gift" },
        )
}

#[test]
fn a_key_of_a_badge_that_is_not_earned() {
    insta::assert_snapshot!(community().explain_subject("nice-answer@7"), @r#"
    ada does not have Nice Answer yet: post 7 has 1 of the 3 votes needed.

    Rule: once per event.post: a total event.delta of at least 3 from vote.received where event.post_type == "answer".

    Counted (3):
      2026-11-20T00:00:00Z  v1  vote.received: added 1, now 1 with key 7
      2026-11-20T01:00:00Z  v2  vote.received: added 1, now 2 with key 7
      2026-11-20T03:00:00Z  v4  vote.received: added -1, now 1 with key 7

    Not counted (3):
      2026-11-20T02:00:00Z  v3  vote.received: counted for key 9, not 7
      2026-11-20T04:00:00Z  v5  vote.received: belongs to key 3, not 7
      2026-11-20T08:00:00Z  v6  vote.received: retracted by action r1
    "#);
}

#[test]
fn tiers_of_which_one_is_earned() {
    insta::assert_snapshot!(community().explain_subject("commentator"), @r#"
    ada has Commentator (bronze); next is silver: 2 of 4 comments posted.

    Rule: 2 (bronze) or 4 (silver) × comment.posted where event.length >= 15.

    Awards (1):
      2026-11-20T07:00:00Z  bronze: earned with comment.posted c3.

    Progress:
      2 of 2 for bronze; earned
      2 of 4 for silver

    Counted (2):
      2026-11-20T05:00:00Z  c1  comment.posted: added 1, now 1
      2026-11-20T07:00:00Z  c3  comment.posted: added 1, now 2

    Not counted (1):
      2026-11-20T06:00:00Z  c2  comment.posted: condition not met: event.length >= 15
    "#);
}

#[test]
fn a_criterion_of_many_parts() {
    insta::assert_snapshot!(community().explain_subject("all-rounder"), @r#"
    ada does not have All-rounder yet: 2 of 4 conditions are met.

    Rule: all of (2 × comment.posted; at least 2 of (badge Nice Answer (nice-answer); at least 100 rep; Edit other people's posts (edit) unlocked); not (1 × flag.received); 2 different values of event.day over each event.day with 2 × comment.posted); requires badge Commentator (commentator).

    Conditions:
      no   all of the following: 2 of 4
        yes  2 × comment.posted: 3 of 2
        no   at least 2 of the following: 1 of 2
          no   badge Nice Answer (nice-answer): 0 of 1; see `nice-answer`
          no   at least 100 rep: 33 of 100; see `currency:rep`
          yes  Edit other people's posts (edit) unlocked: 1 of 1; see `unlockable:edit`
        yes  not the following: 1 of 1
          no   1 × flag.received: 0 of 1
        no   2 different values of event.day over each event.day with 2 × comment.posted: 1 of 2
             met for 1
          no   2 × comment.posted: 1 of 2 (nearest key: 2)

    Counted (6):
      2026-11-20T05:00:00Z  c1  comment.posted: added 1, now 1 (2 × comment.posted)
      2026-11-20T05:00:00Z  c1  comment.posted: added 1, now 1 with key 1 (2 × comment.posted, for the same event.day)
      2026-11-20T06:00:00Z  c2  comment.posted: added 1, now 2 (2 × comment.posted)
      2026-11-20T06:00:00Z  c2  comment.posted: added 1, now 2 with key 1 (2 × comment.posted, for the same event.day)
      2026-11-20T07:00:00Z  c3  comment.posted: added 1, now 3 (2 × comment.posted)
      2026-11-20T07:00:00Z  c3  comment.posted: added 1, now 1 with key 2 (2 × comment.posted, for the same event.day)

    Manual actions (1):
      2026-11-20T09:00:00Z  a1: granted 3 rep, by mod-7, reason: a gift
    "#);
}

#[test]
fn a_balance() {
    insta::assert_snapshot!(community().explain_subject("currency:rep"), @r#"
    ada has 33 Reputation: 25 from Answer upvoted, 5 from the badge Commentator, 3 by manual actions.

    Rules:
      Answer upvoted (upvoted): 10 for vote.received where event.up && event.post_type == "answer", at most 25 per day
      badge Commentator (commentator): 5 (bronze) with each award

    Balance by source:
      +3  manual actions (1 entry)
      +5  badge commentator (1 entry)
      +25  earning upvoted (3 entries)

    Entries (5):
      2026-11-20T00:00:00Z  v1  vote.received: +10 (earning upvoted), balance 10
      2026-11-20T01:00:00Z  v2  vote.received: +10 (earning upvoted), balance 20
      2026-11-20T02:00:00Z  v3  vote.received: +5 (earning upvoted), balance 25
      2026-11-20T07:00:00Z  c3  comment.posted: +5 (badge commentator:bronze), balance 30
      2026-11-20T09:00:00Z  a1  accolade.points: +3 (manual action), balance 33

    Not paid, or not in full (4):
      2026-11-20T02:00:00Z  v3  vote.received: limit for this period reached; 5 not paid (upvoted)
      2026-11-20T03:00:00Z  v4  vote.received: condition not met: event.up (upvoted)
      2026-11-20T04:00:00Z  v5  vote.received: condition not met: event.post_type == "answer" (upvoted)
      2026-11-20T08:00:00Z  v6  vote.received: retracted by action r1

    Manual actions (1):
      2026-11-20T09:00:00Z  a1: granted 3 rep, by mod-7, reason: a gift
    "#);
}

#[test]
fn an_unlockable() {
    insta::assert_snapshot!(community().explain_subject("unlockable:edit"), @r#"
    ada has unlocked Edit other people's posts: 33 Reputation (30 needed).

    Rule: at least 30 rep.

    History (1):
      2026-11-20T07:00:00Z  opened by comment.posted c3

    Conditions:
      yes  at least 30 rep: 33 of 30; see `currency:rep`

    Manual actions (1):
      2026-11-20T09:00:00Z  a1: granted 3 rep, by mod-7, reason: a gift
    "#);
}
