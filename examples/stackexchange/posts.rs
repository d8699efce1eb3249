//! Posts of a site, without their texts: a few dozen bytes each.

use std::num::NonZeroU32;

use crate::dump::{DumpError, SiteDump, parse_time};

/// Id of a user. Deleted users have none, and the community user (-1) does not count.
pub(crate) type PersonId = NonZeroU32;

/// Parses the id of a person.
pub(crate) fn parse_person(text: Option<&str>) -> Option<PersonId> {
    text?.parse().ok()
}

/// Question or answer.
#[derive(Debug, Clone)]
pub(crate) struct SitePost {
    /// Id of the post.
    pub(crate) id: u32,
    /// Author of the post.
    pub(crate) owner: Option<PersonId>,
    /// Time in microseconds since the Unix epoch.
    pub(crate) at: i64,
    /// Time from which it is a community wiki, which earns no reputation.
    pub(crate) wiki_from: Option<i64>,
    /// Data of an answer; `None` for a question.
    pub(crate) answer: Option<AnswerData>,
}

/// Data of an answer.
#[derive(Debug, Clone)]
pub(crate) struct AnswerData {
    /// Id of the question.
    pub(crate) question: u32,
    /// Rank among the answers to the question by time, from 1.
    pub(crate) rank: u32,
    /// Index of the previous answer.
    pub(crate) previous: Option<usize>,
}

/// Questions and answers of a site.
#[derive(Debug, Default)]
pub(crate) struct SitePosts {
    /// Posts in order of their ids.
    posts: Vec<SitePost>,
    /// Number of unusable rows: other kinds of posts, and answers without a question.
    pub(crate) unusable: u64,
}

impl SitePosts {
    /// Reads `Posts.xml`.
    pub(crate) fn read_from(dump: &SiteDump) -> Result<Self, DumpError> {
        let mut posts = Vec::new();
        let names = [
            "Id",
            "PostTypeId",
            "ParentId",
            "OwnerUserId",
            "CreationDate",
            "CommunityOwnedDate",
        ];
        let unusable = dump.read_rows(
            "Posts.xml",
            names,
            |[id, kind, parent, owner, at, wiki_from]| {
                let answer = match kind? {
                    "1" => None,
                    "2" => Some(AnswerData {
                        question: parent?.parse().ok()?,
                        rank: 0,
                        previous: None,
                    }),
                    _ => return None,
                };
                let wiki_from = wiki_from.and_then(parse_time);
                posts.push(SitePost {
                    id: id?.parse().ok()?,
                    owner: parse_person(owner),
                    at: parse_time(at?)?,
                    wiki_from,
                    answer,
                });
                Some(())
            },
        )?;
        let mut posts = Self::new(posts);
        posts.unusable += unusable;
        Ok(posts)
    }

    /// Sorts posts, and drops answers whose question is missing.
    pub(crate) fn new(mut posts: Vec<SitePost>) -> Self {
        posts.sort_by_key(|post| post.id);
        // A damaged dump can contain a row twice.
        posts.dedup_by_key(|post| post.id);
        let is_question = |id: u32| match posts.binary_search_by_key(&id, |post| post.id) {
            Ok(index) => posts[index].answer.is_none(),
            Err(_) => false,
        };
        let kept: Vec<SitePost> = posts
            .iter()
            .filter(|post| post.answer.as_ref().is_none_or(|a| is_question(a.question)))
            .cloned()
            .collect();
        let unusable = (posts.len() - kept.len()) as u64;
        let mut posts = Self {
            posts: kept,
            unusable,
        };
        posts.rank_answers();
        posts
    }

    fn rank_answers(&mut self) {
        let mut answers: Vec<(u32, i64, usize)> = (self.posts.iter().enumerate())
            .filter_map(|(index, post)| {
                post.answer
                    .as_ref()
                    .map(|answer| (answer.question, post.at, index))
            })
            .collect();
        answers.sort_unstable();
        let mut last: Option<(u32, u32, usize)> = None;
        for (question, _, index) in answers {
            let before = last.filter(|last| last.0 == question);
            let rank = before.map_or(1, |(_, rank, _)| rank + 1);
            self.posts[index].answer = Some(AnswerData {
                question,
                rank,
                previous: before.map(|(_, _, index)| index),
            });
            last = Some((question, rank, index));
        }
    }

    /// Finds the index of the post with this id.
    pub(crate) fn find_index(&self, id: u32) -> Option<usize> {
        self.posts.binary_search_by_key(&id, |post| post.id).ok()
    }

    /// Returns the post at an index.
    pub(crate) fn get(&self, index: usize) -> &SitePost {
        &self.posts[index]
    }

    /// Returns the question of an answer.
    pub(crate) fn question_of(&self, answer: &AnswerData) -> &SitePost {
        self.get(
            self.find_index(answer.question)
                .expect("answers without their question were dropped"),
        )
    }

    /// Iterates over the posts in order of their ids.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &SitePost> {
        self.posts.iter()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Creates a question, or an answer to the question with the id `to`.
    pub(crate) fn post(id: u32, owner: u32, at: i64, to: Option<u32>) -> SitePost {
        let answer = to.map(|question| AnswerData {
            question,
            rank: 0,
            previous: None,
        });
        SitePost {
            id,
            owner: PersonId::new(owner),
            at,
            wiki_from: None,
            answer,
        }
    }

    #[test]
    fn answers_are_ranked_by_time_whatever_their_ids() {
        let posts = SitePosts::new(vec![
            post(5, 1, 30, Some(1)),
            post(3, 1, 40, Some(1)),
            post(1, 1, 10, None),
            post(2, 1, 20, None),
            post(4, 1, 50, Some(2)),
            post(6, 1, 35, Some(1)),
            post(7, 1, 60, Some(9)),
            post(8, 1, 60, Some(3)),
        ]);
        let ranks: Vec<_> = posts
            .iter()
            .filter_map(|post| post.answer.as_ref().map(|answer| (post.id, answer.rank)))
            .collect();
        assert_eq!(ranks, [(3, 3), (4, 1), (5, 1), (6, 2)]);
        let third = posts
            .get(posts.find_index(3).unwrap())
            .answer
            .as_ref()
            .unwrap();
        assert_eq!(third.previous, posts.find_index(6));
        assert_eq!(posts.question_of(third).id, 1);
        assert_eq!(posts.unusable, 2, "answers without a question are dropped");
    }

    #[test]
    fn only_people_have_ids() {
        for (text, expected) in [
            (Some("7"), Some(7)),
            (Some("-1"), None),
            (Some("0"), None),
            (None, None),
        ] {
            assert_eq!(parse_person(text).map(PersonId::get), expected, "{text:?}");
        }
    }
}
