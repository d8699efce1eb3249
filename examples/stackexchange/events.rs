//! Conversion of incidents to events. Their properties are those that an application would know at
//! the time.

use std::collections::HashMap;
use std::iter;

use accolade_core::time::Timestamp;
use serde::{Serialize, Serializer};

use crate::attributes::PersonId;
use crate::incidents::{IncidentKind, PostIncident};
use crate::left_out::LeftOutReason;
use crate::posts::{SitePost, SitePosts};

/// Line of an event file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct EventLine {
    /// Id of the event, which is the same in every dump.
    pub(crate) id: String,
    /// Player: the id of the user.
    #[serde(serialize_with = "serialize_person")]
    pub(crate) player: PersonId,
    /// Name of the event.
    pub(crate) name: &'static str,
    /// Time in RFC 3339.
    pub(crate) at: String,
    /// Rank among the player's events at the same instant.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) order: u32,
    /// Properties of the event.
    pub(crate) props: EventProps,
}

/// Properties of an event. Those that do not apply to it are absent.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(crate) struct EventProps {
    /// Id of the post.
    pub(crate) post: u32,
    /// `question` or `answer`.
    pub(crate) kind: &'static str,
    /// Id of the question: the post itself, or the one that it answers.
    pub(crate) question: u32,
    /// Day on which a question was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) asked_on: Option<String>,
    /// Rank of an answer by time, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rank: Option<u32>,
    /// Author of an answer's question: `self` or `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) asker: Option<&'static str>,
    /// Age of the question when it was answered, in days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) question_age_days: Option<f64>,
    /// Change of the score by a vote: 1 or -1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delta: Option<i8>,
    /// True if the post is a community wiki at this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wiki: Option<bool>,
    /// Current best score among the earlier answers; 0 if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) best_before: Option<i32>,
    /// Edited part: `title`, `body` or `tags`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) part: Option<&'static str>,
    /// Author of the edited post: `self` or `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) author: Option<&'static str>,
    /// Hours since the player last edited the title or text of the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hours_since_edit: Option<f64>,
    /// Hours since the player last answered the edited question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hours_since_answer: Option<f64>,
    /// 1 if the question was closed, 0 if it was reopened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) closed: Option<u8>,
}

const DAY: i64 = 86_400_000_000;
const HOUR: i64 = 3_600_000_000;

/// State of a community at some time, apart from the posts.
pub(crate) struct CommunityState<'a> {
    posts: &'a SitePosts,
    /// Current score of each post.
    scores: Vec<i32>,
    /// Time of a person's last edit of a question's title or text.
    last_edits: HashMap<(u32, PersonId), i64>,
    /// Time of a person's last answer to a question.
    last_answers: HashMap<(u32, PersonId), i64>,
}

impl<'a> CommunityState<'a> {
    /// Creates a community before its first incident.
    pub(crate) fn new(posts: &'a SitePosts) -> Self {
        Self {
            posts,
            scores: vec![0; posts.iter().len()],
            last_edits: HashMap::new(),
            last_answers: HashMap::new(),
        }
    }

    /// Converts the next incident to events: none if the user was deleted, and two for an accepted
    /// answer.
    pub(crate) fn next_events(
        &mut self,
        happening: &PostIncident,
    ) -> impl Iterator<Item = EventLine> + use<> {
        let post = self.posts.get(happening.post as usize);
        let known = self.post_props(post);
        match happening.kind {
            IncidentKind::Posted => [self.posted_event(happening, post, known), None],
            IncidentKind::Up => [self.vote_event(happening, post, 1, known), None],
            IncidentKind::Down => [self.vote_event(happening, post, -1, known), None],
            IncidentKind::Accepted => self.accepted_events(happening, post, known),
            IncidentKind::Comment => [
                event_line(
                    happening,
                    happening.person,
                    "comment.posted",
                    "comment",
                    known,
                ),
                None,
            ],
            IncidentKind::Title => [self.edit_event(happening, post, "title", known), None],
            IncidentKind::Body => [self.edit_event(happening, post, "body", known), None],
            IncidentKind::Tags => [self.edit_event(happening, post, "tags", known), None],
            IncidentKind::Closed => [
                closed_event(happening, post, "question.closed", 1, known),
                None,
            ],
            IncidentKind::Reopened => [
                closed_event(happening, post, "question.reopened", 0, known),
                None,
            ],
        }
        .into_iter()
        .flatten()
    }

    /// Returns the reason why an incident has no event.
    pub(crate) fn reason_without_event(&self, happening: &PostIncident) -> LeftOutReason {
        let is_answer = (self.posts.get(happening.post as usize).answer).is_some();
        match happening.kind {
            IncidentKind::Accepted if !is_answer => LeftOutReason::NotAnAnswer,
            IncidentKind::Closed | IncidentKind::Reopened if is_answer => {
                LeftOutReason::NotAQuestion
            }
            _ => LeftOutReason::DeletedUser,
        }
    }

    /// Returns the properties that every event about a post has.
    pub(crate) fn post_props(&self, post: &SitePost) -> EventProps {
        let Some(answer) = &post.answer else {
            let asked_on = Some(format_time(post.at)[..10].to_owned());
            return EventProps {
                post: post.id,
                kind: "question",
                question: post.id,
                asked_on,
                ..EventProps::default()
            };
        };
        let question = self.posts.question_of(answer);
        // Two deleted users are not the same person.
        let own = post.owner.is_some() && post.owner == question.owner;
        EventProps {
            post: post.id,
            kind: "answer",
            question: question.id,
            rank: Some(answer.rank),
            asker: Some(if own { "self" } else { "other" }),
            question_age_days: Some(to_unit((post.at - question.at).max(0), DAY)),
            ..EventProps::default()
        }
    }

    fn posted_event(
        &mut self,
        happening: &PostIncident,
        post: &SitePost,
        known: EventProps,
    ) -> Option<EventLine> {
        let Some(answer) = &post.answer else {
            return event_line(happening, post.owner, "question.asked", "post", known);
        };
        let pair = (answer.question, post.owner?);
        let edited = self.last_edits.get(&pair);
        self.last_answers.insert(pair, happening.at);
        let hours_since_edit = edited.map(|edited| to_unit(happening.at - edited, HOUR));
        event_line(
            happening,
            post.owner,
            "answer.posted",
            "post",
            EventProps {
                hours_since_edit,
                ..known
            },
        )
    }

    fn vote_event(
        &mut self,
        happening: &PostIncident,
        post: &SitePost,
        delta: i8,
        known: EventProps,
    ) -> Option<EventLine> {
        self.scores[happening.post as usize] += i32::from(delta);
        let best_before = post
            .answer
            .as_ref()
            .map(|_| self.earlier_scores(post).max().unwrap_or(0));
        let props = EventProps {
            delta: Some(delta),
            wiki: Some(is_wiki(post, happening)),
            best_before,
            ..known
        };
        event_line(happening, post.owner, "vote.received", "vote", props)
    }

    /// Iterates over the scores of the earlier answers.
    fn earlier_scores(&self, post: &SitePost) -> impl Iterator<Item = i32> {
        let before = |post: &SitePost| post.answer.as_ref().and_then(|answer| answer.previous);
        iter::successors(before(post), move |&index| before(self.posts.get(index)))
            .map(|index| self.scores[index])
    }

    /// Builds two events: one for the author of the answer, and one for the asker.
    fn accepted_events(
        &self,
        happening: &PostIncident,
        post: &SitePost,
        known: EventProps,
    ) -> [Option<EventLine>; 2] {
        let Some(answer) = &post.answer else {
            return [None, None];
        };
        let asker = self.posts.question_of(answer).owner;
        let received = EventProps {
            wiki: Some(is_wiki(post, happening)),
            ..known.clone()
        };
        [
            event_line(happening, post.owner, "accept.received", "vote", received),
            event_line(happening, asker, "accept.given", "accept", known),
        ]
    }

    fn edit_event(
        &mut self,
        happening: &PostIncident,
        post: &SitePost,
        part: &'static str,
        known: EventProps,
    ) -> Option<EventLine> {
        let editor = happening.person?;
        let mut hours_since_answer = None;
        if post.answer.is_none() {
            let pair = (post.id, editor);
            hours_since_answer = self
                .last_answers
                .get(&pair)
                .map(|answered| to_unit(happening.at - answered, HOUR));
            if part != "tags" {
                self.last_edits.insert(pair, happening.at);
            }
        }
        let author = Some(if post.owner == Some(editor) {
            "self"
        } else {
            "other"
        });
        let props = EventProps {
            part: Some(part),
            author,
            hours_since_answer,
            ..known
        };
        event_line(happening, Some(editor), "post.edited", "edit", props)
    }
}

fn closed_event(
    happening: &PostIncident,
    post: &SitePost,
    name: &'static str,
    closed: u8,
    known: EventProps,
) -> Option<EventLine> {
    if post.answer.is_some() {
        return None;
    }
    event_line(
        happening,
        post.owner,
        name,
        "history",
        EventProps {
            closed: Some(closed),
            ..known
        },
    )
}

fn is_wiki(post: &SitePost, happening: &PostIncident) -> bool {
    post.wiki_from.is_some_and(|from| from <= happening.at)
}

fn event_line(
    happening: &PostIncident,
    player: Option<PersonId>,
    name: &'static str,
    id: &str,
    props: EventProps,
) -> Option<EventLine> {
    let id = format!("{id}-{}", happening.row);
    Some(EventLine {
        id,
        player: player?,
        name,
        at: format_time(happening.at),
        order: happening.order_rank(),
        props,
    })
}

/// Formats a time in RFC 3339.
pub(crate) fn format_time(at: i64) -> String {
    Timestamp::from_micros(at)
        .expect("the time was parsed and is in range")
        .to_string()
}

/// Converts a duration to a unit, truncated to three decimals.
fn to_unit(span: i64, unit: i64) -> f64 {
    (span * 1_000 / unit) as f64 / 1_000.0
}

fn serialize_person<S: Serializer>(person: &PersonId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(person)
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posts::tests::post;

    const ASKER: u32 = 1;
    const OTHER: u32 = 2;
    const LATE: u32 = 3;

    /// Creates question 10 by the asker, and three answers: 11 by another user after 2 days, 12 by
    /// the asker after 3 days, and 13 by a third user after 40 days.
    fn posts() -> SitePosts {
        SitePosts::new(vec![
            post(10, ASKER, 0, None),
            post(11, OTHER, 2 * DAY, Some(10)),
            post(12, ASKER, 3 * DAY, Some(10)),
            post(13, LATE, 40 * DAY, Some(10)),
        ])
    }

    fn lines(history: &[(i64, IncidentKind, u32, u32)]) -> Vec<EventLine> {
        let posts = posts();
        let mut community = CommunityState::new(&posts);
        let mut lines = Vec::new();
        for (row, &(at, what, post, who)) in history.iter().enumerate() {
            let post = posts.find_index(post).unwrap() as u32;
            let row = row as u32 + 1;
            lines.extend(community.next_events(&PostIncident {
                at,
                kind: what,
                row,
                post,
                person: PersonId::new(who),
            }));
        }
        lines
    }

    #[test]
    fn an_event_is_a_line_of_json() {
        let lines = lines(&[(3 * DAY, IncidentKind::Up, 11, 0)]);
        assert_eq!(
            serde_json::to_string(&lines[0]).unwrap(),
            r#"{"id":"vote-1","player":"2","name":"vote.received","at":"1970-01-04T00:00:00Z","order":1,"props":{"post":11,"kind":"answer","question":10,"rank":1,"asker":"other","question_age_days":2.0,"delta":1,"wiki":false,"best_before":0}}"#
        );
    }

    #[test]
    fn a_vote_has_the_best_score_of_earlier_answers() {
        let up = |post| (50 * DAY, IncidentKind::Up, post, 0);
        let down = |post| (50 * DAY, IncidentKind::Down, post, 0);
        let lines = lines(&[
            up(13),
            up(11),
            up(13),
            up(12),
            up(12),
            up(13),
            down(12),
            down(12),
            down(11),
            up(13),
            up(11),
        ]);
        let late: Vec<_> = lines
            .iter()
            .filter(|line| line.props.post == 13)
            .map(|line| line.props.best_before)
            .collect();
        assert_eq!(late, [Some(0), Some(1), Some(2), Some(0)]);
        let first: Vec<_> = lines
            .iter()
            .filter(|line| line.props.post == 11)
            .map(|line| line.props.best_before)
            .collect();
        assert_eq!(first, [Some(0); 3], "the first answer has no earlier ones");
    }

    #[test]
    fn edits_and_answers_of_a_player_have_the_hours_between_them() {
        let lines = lines(&[
            (DAY, IncidentKind::Tags, 10, OTHER),
            (2 * DAY - HOUR, IncidentKind::Title, 10, OTHER),
            (2 * DAY, IncidentKind::Posted, 11, OTHER),
            (2 * DAY + HOUR / 2, IncidentKind::Tags, 10, OTHER),
            (2 * DAY + 3 * HOUR, IncidentKind::Body, 10, OTHER),
            (2 * DAY + 4 * HOUR, IncidentKind::Body, 10, LATE),
            (2 * DAY + 5 * HOUR, IncidentKind::Body, 11, OTHER),
        ]);
        let apart: Vec<_> = lines
            .iter()
            .map(|line| (line.props.hours_since_edit, line.props.hours_since_answer))
            .collect();
        assert_eq!(
            apart,
            [
                (None, None),
                (None, None),
                (Some(1.0), None),
                (None, Some(0.5)),
                (None, Some(3.0)),
                (None, None),
                (None, None)
            ]
        );
    }

    #[test]
    fn events_belong_to_the_player_whose_badges_they_move() {
        let lines = lines(&[
            (0, IncidentKind::Posted, 10, ASKER),
            (3 * DAY, IncidentKind::Comment, 10, OTHER),
            (4 * DAY, IncidentKind::Accepted, 11, 0),
            (5 * DAY, IncidentKind::Accepted, 12, 0),
            (6 * DAY, IncidentKind::Closed, 10, 0),
            (7 * DAY, IncidentKind::Closed, 11, 0),
            (8 * DAY, IncidentKind::Tags, 10, ASKER),
        ]);
        let who: Vec<_> = lines
            .iter()
            .map(|line| (line.id.as_str(), line.player.get(), line.name))
            .collect();
        assert_eq!(
            who,
            [
                ("post-1", ASKER, "question.asked"),
                ("comment-2", OTHER, "comment.posted"),
                ("vote-3", OTHER, "accept.received"),
                ("accept-3", ASKER, "accept.given"),
                ("vote-4", ASKER, "accept.received"),
                ("accept-4", ASKER, "accept.given"),
                ("history-5", ASKER, "question.closed"),
                ("edit-7", ASKER, "post.edited"),
            ]
        );
        assert_eq!(
            (lines[2].props.asker, lines[4].props.asker),
            (Some("other"), Some("self"))
        );
        assert_eq!(lines[7].props.author, Some("self"));
    }
}
