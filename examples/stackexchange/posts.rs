//! What is known of each post: a few dozen bytes, whatever the length of its text.

use std::num::NonZeroU32;

use crate::dump::{Dump, DumpError, time};

/// Somebody with an account. Deleted users have none, and the community user (-1) is no person.
pub(crate) type Person = NonZeroU32;

/// Reads the id of a person.
pub(crate) fn person(text: Option<&str>) -> Option<Person> {
    text?.parse().ok()
}

/// A question or an answer.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    /// Its id.
    pub(crate) id: u32,
    /// Who wrote it.
    pub(crate) owner: Option<Person>,
    /// When, in microseconds of the Unix epoch.
    pub(crate) at: i64,
    /// From when on it belongs to the community, so that nobody gains reputation by it.
    pub(crate) wiki_from: Option<i64>,
    /// What it answers; `None` for a question.
    pub(crate) answer: Option<Answer>,
}

/// What is known of a post because it is an answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// The id of the question.
    pub(crate) question: u32,
    /// Its place among the answers to the question by time: 1 for the first.
    pub(crate) rank: u32,
    /// Where the answer before it is among the posts.
    pub(crate) before: Option<usize>,
}

/// All questions and answers of a site.
#[derive(Debug, Default)]
pub(crate) struct Posts {
    /// By id.
    posts: Vec<Post>,
    /// Rows that no question or answer could be read from: other kinds of posts, and answers to nothing.
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

    /// Orders posts, and drops answers whose question is not among them.
    pub(crate) fn new(mut posts: Vec<Post>) -> Self {
        posts.sort_by_key(|post| post.id);
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

    /// Where the post with this id is.
    pub(crate) fn find(&self, id: u32) -> Option<usize> {
        self.posts.binary_search_by_key(&id, |post| post.id).ok()
    }

    /// The post at a place.
    pub(crate) fn get(&self, index: usize) -> &Post {
        &self.posts[index]
    }

    /// The question of an answer.
    pub(crate) fn question(&self, answer: &Answer) -> &Post {
        self.get(
            self.find(answer.question)
                .expect("answers without their question were dropped"),
        )
    }

    /// All of them, by id.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Post> {
        self.posts.iter()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A question, or an answer to the question with the id `to`.
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
        assert_eq!(
            posts.unusable, 2,
            "answers to nothing and to an answer are dropped"
        );
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
