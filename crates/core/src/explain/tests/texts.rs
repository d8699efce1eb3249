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
    criterion = { sum = "event.delta", of = "vote.received", where = 'event.post_type == "answer"', per = "event.post", at_least = 3 }
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
        { distinct = "event.day", of = { count = "comment.posted", per = "event.day", at_least = 2 }, at_least = 2 },
    ] }
    requires = "commentator"

    [[unlockable]]
    id = "edit"
    name = "Edit other people's posts"
    when = { points = "rep", at_least = 30 }
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
        .tell("v5", "vote.received", props! { "post" => 3, "post_type" => "question", "up" => true, "delta" => 1 })
        .tell("c1", "comment.posted", props! { "length" => 40, "day" => 1 })
        .tell("c2", "comment.posted", props! { "length" => 3, "day" => 1 })
        .tell("c3", "comment.posted", props! { "length" => 15, "day" => 2 })
        .tell("v6", "vote.received", vote(7, true))
        .retract("v6", "r1")
        .tell(
            "a1",
            "accolade.points",
            props! { "currency" => "rep", "amount" => 3, "by" => "mod-7", "reason" => "a gift" },
        )
}

#[test]
fn show() {
    for subject in [
        "nice-answer",
        "nice-answer@7",
        "commentator",
        "commentator:silver",
        "all-rounder",
        "currency:rep",
        "unlockable:edit",
    ] {
        println!("=== {subject}\n{}", community().why(subject));
        println!("{}", serde_json::to_string_pretty(&community().why(subject)).unwrap());
    }
}
