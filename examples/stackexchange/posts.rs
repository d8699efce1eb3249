//! Posts of a site, without their texts: a few dozen bytes each.

use std::num::NonZeroU32;

use crate::dump::{Dump, DumpError, time};

/// Id of a user. Deleted users have none, and the community user (-1) does not count.
pub(crate) type Person = NonZeroU32;

/// Parses the id of a person.
pub(crate) fn person(text: Option<&str>) -> Option<Person> {
    text?.parse().ok()
}

/// Question or answer.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    /// Id of the post.
    pub(crate) id: u32,
    /// Author of the post.
    pub(crate) owner: Option<Person>,
    /// Time in microseconds since the Unix epoch.
    pub(crate) at: i64,
    /// Time from which it is a community wiki, which earns no reputation.
    pub(crate) wiki_from: Option<i64>,
    /// Data of an answer; `None` for a question.
    pub(crate) answer: Option<Answer>,
}

/// Data of an answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// Id of the question.
    pub(crate) question: u32,
    /// Rank among the answers to the question by time, from 1.
    pub(crate) rank: u32,
    /// Index of the previous answer.
    pub(crate) before: Option<usize>,
}

/// Questions and answers of a site.
#[derive(Debug, Default)]
pub(crate) struct Posts {
    /// Posts in order of their ids.
    posts: Vec<Post>,
    /// Number of unusable rows: other kinds of posts, and answers without a question.
    pub(crate) unusable: u64,
}

impl Posts {
    /// Reads `Posts.xml`.
    pub(crate) fn read(dump: &Dump) -> Result<Self, DumpError> {
        let mut posts = Vec::new();
        let names = [
            "Id",
            "PostTypeId",
            "ParentId",
            "OwnerUserId",
            "CreationDate",
            "CommunityOwnedDate",
        ];
        let unusable = dump.rows(
            "Posts.xml",
            names,
            |[id, kind, parent, owner, at, wiki_from]| {
                let answer = match kind? {
                    "1" => None,
                    "2" => Some(Answer {
                        question: parent?.parse().ok()?,
                        rank: 0,
                        before: None,
                    }),
                    _ => return None,
                };
                let wiki_from = wiki_from.and_then(time);
                posts.push(Post {
                    id: id?.parse().ok()?,
                    owner: person(owner),
                    at: time(at?)?,
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
    pub(crate) fn new(mut posts: Vec<Post>) -> Self {
        posts.sort_by_key(|post| post.id);
        // A damaged dump can contain a row twice.
        posts.dedup_by_key(|post| post.id);
        let is_question = |id: u32| match posts.binary_search_by_key(&id, |post| post.id) {
            Ok(index) => posts[index].answer.is_none(),
            Err(_) => false,
        };
        let kept: Vec<Post> = posts
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
            self.posts[index].answer = Some(Answer {
                question,
                rank,
                before: before.map(|(_, _, index)| index),
            });
            last = Some((question, rank, index));
        }
    }

    /// Finds the index of the post with this id.
    pub(crate) fn find(&self, id: u32) -> Option<usize> {
        self.posts.binary_search_by_key(&id, |post| post.id).ok()
    }

    /// Returns the post at an index.
    pub(crate) fn get(&self, index: usize) -> &Post {
        &self.posts[index]
    }

    /// Returns the question of an answer.
    pub(crate) fn question(&self, answer: &Answer) -> &Post {
        self.get(
            self.find(answer.question)
                .expect("answers without their question were dropped"),
        )
    }

    /// Iterates over the posts in order of their ids.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Post> {
        self.posts.iter()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Creates a question, or an answer to the question with the id `to`.
    pub(crate) fn post(id: u32, owner: u32, at: i64, to: Option<u32>) -> Post {
        let answer = to.map(|question| Answer {
            question,
            rank: 0,
            before: None,
        });
        Post {
            id,
            owner: Person::new(owner),
            at,
            wiki_from: None,
            answer,
        }
    }

    #[test]
    fn answers_are_ranked_by_time_whatever_their_ids() {
        let posts = Posts::new(vec![
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
        let third = posts.get(posts.find(3).unwrap()).answer.as_ref().unwrap();
        assert_eq!(third.before, posts.find(6));
        assert_eq!(posts.question(third).id, 1);
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
            assert_eq!(person(text).map(Person::get), expected, "{text:?}");
        }
    }
}
