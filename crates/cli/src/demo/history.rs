//! Bundled history of a real community, and the badges that its own site awarded.

use std::collections::HashMap;

use accolade::{NewEvent, Timestamp, Value};
use serde::Deserialize;

/// Rules of the community, by which its own site awarded the badges.
pub(crate) const COMMUNITY_RULES: &str = include_str!("../../catalogs/stackexchange.toml");
const POSTS_CSV: &str = include_str!("../../demo/posts.csv");
const EVENTS_CSV: &str = include_str!("../../demo/events.csv");
const AWARDS_CSV: &str = include_str!("../../demo/awards.csv");

/// Reason why rows of bundled files parse; the tests read every one of them.
const WELL_FORMED: &str = "the bundled files are well formed";

/// Badge that the site awarded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct SiteAward {
    /// Day of the award, such as 2011-08-17.
    pub(crate) awarded_on: String,
    pub(crate) player: String,
    /// Id of the badge in the demo's catalog.
    pub(crate) badge: String,
}

/// Post and the properties that its events carry. Questions have a day; answers have the rest.
#[derive(Deserialize)]
struct SitePost {
    post: u32,
    owner: Option<u32>,
    asked_on: Option<String>,
    question: Option<u32>,
    rank: Option<u32>,
    asker: Option<String>,
    question_age_days: Option<f64>,
}

/// Row of the bundled events.
#[derive(Deserialize)]
struct EventRecord {
    at: String,
    what: String,
    id: u32,
    post: u32,
    /// Acting player, if not the owner of the post.
    player: Option<u32>,
    /// For a vote, the best score among earlier answers; for an answer or an edit, the hours since
    /// the player's own edit or answer.
    joined: Option<f64>,
    wiki: Option<u8>,
}

/// Reads all events, in order of time.
pub(crate) fn read_events() -> impl Iterator<Item = NewEvent> {
    let posts: HashMap<u32, SitePost> = read_csv(POSTS_CSV)
        .map(|post: SitePost| (post.post, post))
        .collect();
    let mut last = String::new();
    read_csv(EVENTS_CSV).flat_map(move |row: EventRecord| {
        match row.at.len() {
            // An empty cell repeats the time of the row before.
            0 => {}
            10 => last = format!("{}T00:00:00Z", row.at),
            _ => last.clone_from(&row.at),
        }
        let at: Timestamp = last.parse().expect(WELL_FORMED);
        build_events(&row, &posts, at).into_iter().flatten()
    })
}

/// Reads the badges that the site awarded, in order of time.
pub(crate) fn read_site_awards() -> impl Iterator<Item = SiteAward> {
    read_csv(AWARDS_CSV)
}

fn read_csv<T: for<'de> Deserialize<'de> + 'static>(text: &'static str) -> impl Iterator<Item = T> {
    csv::Reader::from_reader(text.as_bytes())
        .into_deserialize()
        .map(|row| row.expect(WELL_FORMED))
}

/// Builds the events of a row. An accepted answer has two: for its author and for the asker.
fn build_events(
    row: &EventRecord,
    posts: &HashMap<u32, SitePost>,
    at: Timestamp,
) -> [Option<NewEvent>; 2] {
    let post = &posts[&row.post];
    let event = |player: Option<u32>, name: &str, id: &str| {
        Some(add_post_properties(
            NewEvent::new(player?.to_string(), name)
                .id(format!("{id}-{}", row.id))
                .at(at),
            post,
        ))
    };
    let vote = |delta: i32| {
        let vote = event(post.owner, "vote.received", "vote")?
            // Votes of one day have the same time; their ids follow the order in which they were
            // cast.
            .order(row.id.into())
            .prop("delta", delta);
        Some(add_property(
            vote.prop("wiki", row.wiki.is_some()),
            "best_before",
            row.joined.map(|score| score as i32),
        ))
    };
    let closed =
        |name, closed: i32| Some(event(post.owner, name, "history")?.prop("closed", closed));
    match row.what.as_str() {
        "posted" if post.question.is_none() => [event(post.owner, "question.asked", "post"), None],
        "posted" => {
            let answer = event(post.owner, "answer.posted", "post");
            [
                answer.map(|answer| add_property(answer, "hours_since_edit", row.joined)),
                None,
            ]
        }
        "up" => [vote(1), None],
        "down" => [vote(-1), None],
        "accepted" => {
            let asker = post.question.and_then(|question| posts[&question].owner);
            let received = event(post.owner, "accept.received", "vote");
            [
                received.map(|event| event.order(row.id.into()).prop("wiki", row.wiki.is_some())),
                // The id differs from the author's event: the asker can be the author.
                event(asker, "accept.given", "accept").map(|event| event.order(row.id.into())),
            ]
        }
        "comment" => [
            event(row.player.or(post.owner), "comment.posted", "comment"),
            None,
        ],
        "closed" => [closed("question.closed", 1), None],
        "reopened" => [closed("question.reopened", 0), None],
        part => {
            let author = if row.player.is_none() {
                "self"
            } else {
                "other"
            };
            let edit = event(row.player.or(post.owner), "post.edited", "edit");
            let edit = edit.map(|edit| edit.prop("part", part).prop("author", author));
            [
                edit.map(|edit| add_property(edit, "hours_since_answer", row.joined)),
                None,
            ]
        }
    }
}

/// Adds the properties that every event about a post carries.
fn add_post_properties(event: NewEvent, post: &SitePost) -> NewEvent {
    let kind = if post.question.is_some() {
        "answer"
    } else {
        "question"
    };
    let event = event
        .prop("post", post.post)
        .prop("kind", kind)
        .prop("question", post.question.unwrap_or(post.post));
    let event = add_property(event, "asked_on", post.asked_on.as_deref());
    let event = add_property(event, "rank", post.rank);
    let event = add_property(event, "asker", post.asker.as_deref());
    add_property(event, "question_age_days", post.question_age_days)
}

fn add_property(event: NewEvent, name: &str, value: Option<impl Into<Value>>) -> NewEvent {
    match value {
        Some(value) => event.prop(name, value),
        None => event,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use super::*;

    #[test]
    fn every_bundled_event_can_be_recorded() {
        let events: Vec<_> = read_events().collect();
        for event in &events {
            event.check_limits().unwrap();
        }
        let ids: HashSet<_> = events
            .iter()
            .map(|event| (&event.player, &event.id))
            .collect();
        assert_eq!(ids.len(), events.len(), "ids are unique for a player");
        assert!(events.is_sorted_by_key(|event| (event.at, event.order)));
        let mut names = BTreeMap::new();
        for event in &events {
            *names.entry(event.name.as_str()).or_insert(0) += 1;
        }
        assert_eq!(
            names.into_iter().collect::<Vec<_>>(),
            [
                ("accept.given", 79),
                ("accept.received", 78),
                ("answer.posted", 460),
                ("comment.posted", 1269),
                ("post.edited", 815),
                ("question.asked", 255),
                ("question.closed", 8),
                ("question.reopened", 1),
                ("vote.received", 3800),
            ]
        );
    }

    #[test]
    fn every_bundled_row_is_of_a_known_kind_and_yields_an_event() {
        const KINDS: [&str; 10] = [
            "posted", "up", "down", "accepted", "comment", "title", "body", "tags", "closed",
            "reopened",
        ];
        let posts: HashMap<u32, SitePost> = read_csv(POSTS_CSV)
            .map(|post: SitePost| (post.post, post))
            .collect();
        let at = "2026-01-01T00:00:00Z".parse().unwrap();
        for row in read_csv::<EventRecord>(EVENTS_CSV) {
            assert!(KINDS.contains(&row.what.as_str()), "{}", row.what);
            let events = build_events(&row, &posts, at);
            assert!(events.iter().any(Option::is_some), "row {}", row.id);
        }
    }

    #[test]
    fn events_are_those_that_the_example_makes_of_the_dump() {
        for (id, name, at, order, props) in [
            (
                "vote-6",
                "vote.received",
                "2011-08-17T20:18:56.508Z",
                6,
                r#"{"asked_on":"2011-08-17","delta":1,"kind":"question","post":1,"question":1,"wiki":false}"#,
            ),
            (
                "post-783",
                "answer.posted",
                "2020-05-26T14:12:46.197Z",
                0,
                r#"{"asker":"other","kind":"answer","post":783,"question":782,"question_age_days":0.628,"rank":1}"#,
            ),
        ] {
            let event = read_events()
                .find(|event| event.id.as_deref() == Some(id))
                .unwrap();
            let of = (
                event.name.as_str(),
                event.at.unwrap().to_string(),
                event.order,
                event.props.to_json(),
            );
            assert_eq!(of, (name, at.to_owned(), order, props.to_owned()), "{id}");
        }
    }

    #[test]
    fn the_site_awarded_sixteen_kinds_of_badges() {
        let awards: Vec<_> = read_site_awards().collect();
        let kinds: HashSet<_> = awards.iter().map(|award| &award.badge).collect();
        assert_eq!((awards.len(), kinds.len()), (522, 16));
        assert_eq!(
            (
                &*awards[0].awarded_on,
                &*awards[0].player,
                &*awards[0].badge
            ),
            ("2011-08-17", "5", "student")
        );
    }
}
