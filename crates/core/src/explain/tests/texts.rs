//! Whole explanations as people read them.

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
        .tell("v1", "vote.received", vote(7, true))
        .tell("v2", "vote.received", vote(7, true))
        .tell("v3", "vote.received", vote(9, true))
        .tell("v4", "vote.received", vote(7, false))
        .tell(
            "v5",
            "vote.received",
            props! { "post" => 3, "post_type" => "question", "up" => true, "delta" => 1 },
        )
        .tell(
            "c1",
            "comment.posted",
            props! { "length" => 40, "day" => 1 },
        )
        .tell("c2", "comment.posted", props! { "length" => 3, "day" => 1 })
        .tell(
            "c3",
            "comment.posted",
            props! { "length" => 15, "day" => 2 },
        )
        .tell("v6", "vote.received", vote(7, true))
        .retract("v6", "r1")
        .tell(
            "a1",
            "accolade.points",
            props! { "currency" => "rep", "amount" => 3, "by" => "mod-7", "reason" => "a gift" },
        )
}

#[test]
fn a_key_of_a_badge_that_is_not_earned() {
    insta::assert_snapshot!(community().why("nice-answer@7"), @r#"
    ada does not have Nice Answer (nice-answer) for 7: 1 of 3; 2 missing.

    The rule: once for each event.post: at least 3 as the sum of event.delta over vote.received where event.post_type == "answer".

    Counted (3):
      2026-11-20T00:00:00Z  v1  vote.received brought 1, then at 1 on 7
      2026-11-20T01:00:00Z  v2  vote.received brought 1, then at 2 on 7
      2026-11-20T03:00:00Z  v4  vote.received brought -1, then at 1 on 7

    Came near and did not count (3):
      2026-11-20T02:00:00Z  v3  vote.received: it counted for 9, not for 7
      2026-11-20T04:00:00Z  v5  vote.received: it is about 3, not about 7
      2026-11-20T08:00:00Z  v6  vote.received: it was retracted by the act r1
    "#);
}

#[test]
fn tiers_of_which_one_is_earned() {
    insta::assert_snapshot!(community().why("commentator"), @r#"
    ada has Commentator (commentator): bronze. Next: 2 of 4 for silver; 2 missing.

    The rule: 2 (bronze) or 4 (silver) × comment.posted where event.length >= 15.

    Awards (1):
      2026-11-20T07:00:00Z  bronze: earned with comment.posted c3.

    Progress:
      2 of 2 for bronze; earned
      2 of 4 for silver

    Counted (2):
      2026-11-20T05:00:00Z  c1  comment.posted brought 1, then at 1
      2026-11-20T07:00:00Z  c3  comment.posted brought 1, then at 2

    Came near and did not count (1):
      2026-11-20T06:00:00Z  c2  comment.posted: its condition is false: event.length >= 15
    "#);
}

#[test]
fn a_criterion_of_many_parts() {
    insta::assert_snapshot!(community().why("all-rounder"), @r#"
    ada does not have All-rounder (all-rounder): 2 of 4 parts hold; 2 missing.

    The rule: all of (2 × comment.posted; at least 2 of (the badge Nice Answer (nice-answer) held; at least 100 rep; Edit other people's posts (edit) open); not (1 × flag.received); 2 different event.day among each event.day with 2 × comment.posted); requires the badge Commentator (commentator).

    Part by part:
      no   all of these: 2 of 4
        yes  2 × comment.posted: 3 of 2
        no   at least 2 of these: 1 of 2
          no   the badge Nice Answer (nice-answer) held: 0 of 1; ask for `nice-answer`
          no   at least 100 rep: 33 of 100; ask for `currency:rep`
          yes  Edit other people's posts (edit) open: 1 of 1; ask for `unlockable:edit`
        yes  not this: 1 of 1
          no   1 × flag.received: 0 of 1
        no   2 different event.day among each event.day with 2 × comment.posted: 1 of 2
             reached for 1
          no   2 × comment.posted: 1 of 2 (nearest: 2)

    Counted (6):
      2026-11-20T05:00:00Z  c1  comment.posted brought 1, then at 1 (2 × comment.posted)
      2026-11-20T05:00:00Z  c1  comment.posted brought 1, then at 1 on 1 (2 × comment.posted, for one event.day)
      2026-11-20T06:00:00Z  c2  comment.posted brought 1, then at 2 (2 × comment.posted)
      2026-11-20T06:00:00Z  c2  comment.posted brought 1, then at 2 on 1 (2 × comment.posted, for one event.day)
      2026-11-20T07:00:00Z  c3  comment.posted brought 1, then at 3 (2 × comment.posted)
      2026-11-20T07:00:00Z  c3  comment.posted brought 1, then at 1 on 2 (2 × comment.posted, for one event.day)

    Acts by hand (1):
      2026-11-20T09:00:00Z  a1: granted 3 rep by mod-7, because: a gift
    "#);
}

#[test]
fn a_balance() {
    insta::assert_snapshot!(community().why("currency:rep"), @r#"
    ada has 33 Reputation (rep).

    What pays it:
      Answer upvoted (upvoted): 10 for vote.received where event.up && event.post_type == "answer", at most 25 a day
      the badge Commentator (commentator): 5 (bronze) with each award

    What it is made of:
      +3  by hand (1 entry)
      +5  badge commentator (1 entry)
      +25  earning upvoted (3 entries)

    Entries (5):
      2026-11-20T00:00:00Z  v1  vote.received: +10 (earning upvoted), then 10
      2026-11-20T01:00:00Z  v2  vote.received: +10 (earning upvoted), then 20
      2026-11-20T02:00:00Z  v3  vote.received: +5 (earning upvoted), then 25
      2026-11-20T07:00:00Z  c3  comment.posted: +5 (badge commentator:bronze), then 30
      2026-11-20T09:00:00Z  a1  accolade.points: +3 (by hand), then 33

    Came near and did not pay, or not in full (4):
      2026-11-20T02:00:00Z  v3  vote.received: its limit for this period cut off 5 (upvoted)
      2026-11-20T03:00:00Z  v4  vote.received: its condition is false: event.up (upvoted)
      2026-11-20T04:00:00Z  v5  vote.received: its condition is false: event.post_type == "answer" (upvoted)
      2026-11-20T08:00:00Z  v6  vote.received: it was retracted by the act r1

    Acts by hand (1):
      2026-11-20T09:00:00Z  a1: granted 3 rep by mod-7, because: a gift
    "#);
}

#[test]
fn an_unlockable() {
    insta::assert_snapshot!(community().why("unlockable:edit"), @r#"
    Edit other people's posts (edit) is open for ada since 2026-11-20T07:00:00Z, by comment.posted c3.

    It opens at: at least 30 rep.

    Opened and shut (1):
      2026-11-20T07:00:00Z  opened by comment.posted c3

    Part by part:
      yes  at least 30 rep: 33 of 30; ask for `currency:rep`

    Acts by hand (1):
      2026-11-20T09:00:00Z  a1: granted 3 rep by mod-7, because: a gift
    "#);
}
