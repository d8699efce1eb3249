//! The one-sentence answers, to be read aloud.

use super::History;
use crate::props;

const COMMUNITY: &str = r#"
    [[currency]]
    id = "xp"
    name = "Experience"

    [[badge]]
    id = "author"
    name = "Author"
    criterion = { count = "post.created" }

    [[badge]]
    id = "riddle"
    name = "The Riddle"
    visibility = "secret"
    criterion = { count = "riddle.solved" }

    [[unlockable]]
    id = "vault"
    name = "The vault"
    criterion = { points = "xp", at_least = 1500 }
"#;

/// Ada's history: three posts, five votes on two of them, two games, a comment and 1,200 points.
fn community(rule: &str) -> History {
    let history = History::new(&format!("{COMMUNITY}\n{rule}"));
    let vote =
        |post: &str| props! { "post" => post, "delta" => 10, "worth" => 2, "cast_on" => post };
    history
        .add_event(
            "1",
            "post.created",
            props! { "length" => 400, "topic" => "rye" },
        )
        .add_event(
            "2",
            "post.created",
            props! { "length" => 90, "topic" => "rye" },
        )
        .add_event(
            "3",
            "post.created",
            props! { "length" => 1_200, "topic" => "oats" },
        )
        .add_event("4", "vote.received", vote("p7"))
        .add_event("5", "vote.received", vote("p7"))
        .add_event("6", "vote.received", vote("p7"))
        .add_event("7", "vote.received", vote("p9"))
        .add_event("8", "vote.received", vote("p9"))
        .add_event("9", "game", props! { "score" => 70 })
        .add_event("10", "game", props! { "score" => 40 })
        .add_event("11", "comment", props! { "length" => 5 })
        .add_event(
            "12",
            "accolade.points",
            props! { "currency" => "xp", "amount" => 1_200 },
        )
}

/// Asserts the sentences about badge `b`, named Star: for others, who call the player Ada, and for
/// the player. A dash stands for the same words after "You have" or "You do not have".
fn assert_sentences(rows: &[(&str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (rule, others, player) in rows {
        let rule = format!("[[badge]]\nid = \"b\"\nname = \"Star\"\n{rule}");
        let explanation = community(&rule).explain_subject("b");
        let summary = explanation.summary();
        let same = others
            .replace("Ada does not have", "You do not have")
            .replace("Ada has", "You have")
            .replace("their best", "your best");
        let player = if *player == "—" { &same } else { *player };
        let found = [summary.about_player("Ada"), summary.for_player()];
        if found != [*others, player] {
            wrong.push(format!("{rule}\n{found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_count_has_its_noun_and_window() {
    assert_sentences(&[
        (
            "criterion = { count = 'comment', at_least = 5 }",
            "Ada does not have Star yet: 1 of the 5 comments needed.",
            "—",
        ),
        (
            "criterion = { count = 'post.created', at_least = 1000 }",
            "Ada does not have Star yet: 3 of 1,000 posts created.",
            "—",
        ),
        (
            "criterion = { count = 'post.created', within = '7d', at_least = 5 }",
            "Ada does not have Star yet: 3 of 5 posts created within 7 days.",
            "—",
        ),
        (
            "criterion = { count = 'comment', within = 'week', at_least = 5 }",
            "Ada does not have Star yet: 1 of the 5 comments needed in one calendar week.",
            "—",
        ),
        (
            "criterion = { count = ['comment', 'game'], at_least = 5 }",
            "Ada does not have Star yet: 3 of the 5 comments and games needed.",
            "—",
        ),
        (
            "criterion = { count = 'bounty.offered' }",
            "Ada does not have Star yet: no bounty offered yet.",
            "—",
        ),
        (
            "criterion = { count = 'post.created' }",
            "Ada has Star: 1 post created.",
            "—",
        ),
        (
            "criterion = { count = 'post.created', at_least = 2 }",
            "Ada has Star: 3 posts created (2 needed).",
            "—",
        ),
    ]);
}

#[test]
fn a_value_of_a_key_is_that_of_the_best_one() {
    assert_sentences(&[
        (
            "repeat = 'per-key'\ncriterion = { count = 'vote.received', per = 'event.post', at_least = 25 }",
            "Ada does not have Star yet: their best post (p7) has 3 of the 25 votes needed.",
            "—",
        ),
        (
            "criterion = { count = 'vote.received', per = 'event.post', at_least = 25 }",
            "Ada does not have Star yet: their best post (p7) has 3 of the 25 votes needed.",
            "—",
        ),
        (
            "repeat = 'per-key'\ncriterion = { count = 'vote.received', per = 'event.post', at_least = 3 }",
            "Ada has Star: post p7 got 3 votes.",
            "—",
        ),
        (
            "repeat = 'per-key'\ncriterion = { count = 'vote.received', per = 'event.post', at_least = 2 }",
            "Ada has Star twice, most recently because post p9 got 2 votes.",
            "—",
        ),
        (
            "repeat = 'per-key'\ncriterion = { sum = 'event.delta', on = 'vote.received', per = 'event.post', at_least = 50 }",
            "Ada does not have Star yet: their best post (p7) has 30 of the 50 votes needed.",
            "—",
        ),
        (
            "repeat = 'per-key'\ncriterion = { sum = 'event.delta', on = 'vote.received', per = 'event.post', at_least = 25 }",
            "Ada has Star: post p7 got 30 votes (25 needed).",
            "—",
        ),
        (
            "repeat = 'per-key'\ncriterion = { sum = 'event.worth', on = 'vote.received', per = 'event.post', at_least = 50 }",
            "Ada does not have Star yet: their best post (p7) has a total worth of 6 from votes \
             (50 needed).",
            "You do not have Star yet: your best post (p7) has a total of 6 from votes (50 needed).",
        ),
        (
            "criterion = { sum = 'event.delta', on = 'rating.changed', at_least = 5 }",
            "Ada does not have Star yet: a total delta of 0 from ratings changed (5 needed).",
            "You do not have Star yet: a total of 0 from ratings changed (5 needed).",
        ),
        (
            "criterion = { all = [{ count = 'vote.received', at_least = 3 }, { count = 'answer' }], per = 'event.post' }\nrepeat = 'per-key'",
            "Ada does not have Star yet: their best post (p7) meets 1 of 2 conditions.",
            "—",
        ),
        (
            "criterion = { count = { per = 'event.post', count = 'vote.received', at_least = 2 }, at_least = 5 }",
            "Ada does not have Star yet: 2 of the 5 qualifying posts needed.",
            "—",
        ),
    ]);
}

#[test]
fn sums_and_extremes_name_their_property_to_administrators_only() {
    assert_sentences(&[
        (
            "criterion = { sum = 'event.length', on = 'post.created', at_least = 5000 }",
            "Ada does not have Star yet: a total length of 1,690 from posts created (5,000 needed).",
            "You do not have Star yet: a total of 1,690 from posts created (5,000 needed).",
        ),
        (
            "criterion = { sum = 'event.length', on = 'post.created', at_least = 1690 }",
            "Ada has Star: a total length of 1,690 from posts created.",
            "You have Star: a total of 1,690 from posts created.",
        ),
        (
            "criterion = { max = 'event.score', on = 'game', at_least = 80 }",
            "Ada does not have Star yet: a highest score of 70 from games (80 needed).",
            "You do not have Star yet: a highest value of 70 from games (80 needed).",
        ),
        (
            "criterion = { max = 'event.score', on = 'game', at_least = 50 }",
            "Ada has Star: a highest score of 70 from games (50 needed).",
            "You have Star: a highest value of 70 from games (50 needed).",
        ),
        (
            "criterion = { latest = 'event.score', on = 'game', at_least = 80 }",
            "Ada does not have Star yet: a latest score of 40 from games (80 needed).",
            "You do not have Star yet: a latest value of 40 from games (80 needed).",
        ),
        (
            "criterion = { distinct = 'event.topic', on = 'post.created', at_least = 3 }",
            "Ada does not have Star yet: 2 of the 3 different topics needed.",
            "—",
        ),
        (
            "criterion = { distinct = 'event.cast_on', on = 'vote.received', at_least = 5 }",
            "Ada does not have Star yet: 2 of the 5 different days needed.",
            "—",
        ),
        (
            "criterion = { distinct = 'event.topic', on = 'post.created', at_least = 2 }",
            "Ada has Star: 2 different topics.",
            "—",
        ),
    ]);
}

#[test]
fn balances_ages_badges_and_access_have_their_own_words() {
    assert_sentences(&[
        (
            "criterion = { points = 'xp', at_least = 5000 }",
            "Ada does not have Star yet: 1,200 of the 5,000 Experience needed.",
            "—",
        ),
        (
            "criterion = { points = 'xp', at_least = 1000 }",
            "Ada has Star: 1,200 Experience (1,000 needed).",
            "—",
        ),
        (
            "criterion = { age = 'day', at_least = 365 }",
            "Ada does not have Star yet: a player for 0 of the 365 days needed.",
            "—",
        ),
        (
            "criterion = { age = 'year' }",
            "Ada does not have Star yet: a player for less than 1 year.",
            "—",
        ),
        (
            "criterion = { badge = 'author' }",
            "Ada has Star: the badge Author was earned.",
            "—",
        ),
        (
            "criterion = { badge = 'riddle' }",
            "Ada does not have Star yet: the badge The Riddle is needed.",
            "You do not have Star yet: another badge is needed.",
        ),
        (
            "criterion = { unlocked = 'vault' }",
            "Ada does not have Star yet: The vault must be unlocked first.",
            "—",
        ),
        (
            "criterion = { manual = true, at_least = 5 }",
            "Ada does not have Star yet: 0 of the 5 needed, added manually.",
            "—",
        ),
        (
            "",
            "Ada does not have Star yet: it is awarded manually.",
            "—",
        ),
    ]);
}

#[test]
fn composites_count_their_conditions() {
    let [met, open] = ["{ count = 'comment' }", "{ count = 'flag' }"];
    assert_sentences(&[
        (
            &format!("criterion = {{ all = [{met}, {open}, {met}] }}"),
            "Ada does not have Star yet: 2 of 3 conditions are met.",
            "—",
        ),
        (
            &format!("criterion = {{ all = [{met}, {open}] }}"),
            "Ada does not have Star yet: 1 of 2 conditions is met.",
            "—",
        ),
        (
            &format!("criterion = {{ all = [{met}, {met}] }}"),
            "Ada has Star: both conditions are met.",
            "—",
        ),
        (
            &format!("criterion = {{ any = [{open}, {open}] }}"),
            "Ada does not have Star yet: none of the 2 conditions is met, and 1 is needed.",
            "—",
        ),
        (
            &format!("criterion = {{ any = [{open}, {met}] }}"),
            "Ada has Star: 1 of 2 conditions is met.",
            "—",
        ),
        (
            &format!("criterion = {{ some = [{open}, {met}, {open}], at_least = 2 }}"),
            "Ada does not have Star yet: 1 of 3 conditions is met (2 needed).",
            "—",
        ),
        (
            "criterion = { not = { count = 'post.created' } }",
            "Ada does not have Star yet: something has happened that rules it out.",
            "—",
        ),
        (
            &format!("criterion = {{ not = {open} }}"),
            "Ada has Star: nothing has happened that rules it out.",
            "—",
        ),
    ]);
}

#[test]
fn tiers_and_repeated_badges_say_what_is_next() {
    assert_sentences(&[
        (
            "criterion = { count = 'post.created' }\ntiers = [2, 5, 10]",
            "Ada has Star (bronze); next is silver: 3 of 5 posts created.",
            "—",
        ),
        (
            "criterion = { count = 'post.created' }\ntiers = [1, 3]",
            "Ada has Star (silver): 3 posts created.",
            "—",
        ),
        (
            "criterion = { sum = 'event.score', on = 'game' }\ntiers = [100, 200]",
            "Ada has Star (bronze); next is silver: a total score of 110 from games (200 needed).",
            "You have Star (bronze); next is silver: a total of 110 from games (200 needed).",
        ),
        (
            "criterion = { count = 'vote.received', per = 'event.post' }\ntiers = [2, 5]\nrepeat = 'per-key'",
            "Ada has Star (bronze) twice, most recently because post p9 got 2 votes.",
            "—",
        ),
        (
            "criterion = { count = 'post.created', at_least = 2 }\nrepeat = 'again'",
            "Ada has Star; the next needs 1 more post created.",
            "—",
        ),
        (
            "criterion = { count = 'post.created' }\nrepeat = 'again'",
            "Ada has Star 3 times; the next needs 1 more post created.",
            "—",
        ),
        (
            "criterion = { sum = 'event.score', on = 'game', at_least = 50 }\nrepeat = 'again'",
            "Ada has Star twice; the next needs 40 more (score).",
            "You have Star twice; the next needs 40 more.",
        ),
        (
            "criterion = { count = 'post.created' }\nrequires = 'riddle'",
            "Ada does not have Star yet: it requires the badge The Riddle.",
            "You do not have Star yet: it requires another badge.",
        ),
    ]);
}

#[test]
fn an_unlockable_says_how_far_it_is() {
    let door = |criterion: &str| {
        let rule =
            format!("[[unlockable]]\nid = \"door\"\nname = \"The door\"\ncriterion = {criterion}");
        let explanation = community(&rule).explain_subject("unlockable:door");
        explanation.summary().for_player()
    };
    for (criterion, sentence) in [
        (
            "{ points = 'xp', at_least = 5000 }",
            "You have not unlocked The door yet: 1,200 of the 5,000 Experience needed.",
        ),
        (
            "{ points = 'xp', at_least = 1000 }",
            "You have unlocked The door: 1,200 Experience (1,000 needed).",
        ),
        (
            "{ count = 'vote.received', per = 'event.post', at_least = 4 }",
            "You have not unlocked The door yet: your best post (p7) has 3 of the 4 votes needed.",
        ),
        (
            "{ badge = 'riddle' }",
            "You have not unlocked The door yet: another badge is needed.",
        ),
    ] {
        assert_eq!(door(criterion), sentence);
    }
}

#[test]
fn a_key_with_a_title_is_called_by_it() {
    let titled = "[[key]]\nproperty = 'post'\nlabel = '{event.cast_on} of {event.delta}'";
    let rule = |target: &str| {
        format!(
            "repeat = 'per-key'\ncriterion = {{ count = 'vote.received', per = 'event.post', \
             at_least = {target} }}\n{titled}"
        )
    };
    assert_sentences(&[
        (
            &rule("25"),
            "Ada does not have Star yet: their best post (“p7 of 10”) has 3 of the 25 votes \
             needed.",
            "—",
        ),
        (
            &rule("3"),
            "Ada has Star: post “p7 of 10” got 3 votes.",
            "—",
        ),
    ]);
}
