//! Posts of a site, without their texts: a few dozen bytes each.

use crate::attributes::{PersonId, parse_number, parse_person, parse_time};
use crate::dump::{DumpError, DumpFile, SiteDump};
use crate::left_out::{LeftOutReason, RowCounts};

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
    /// Posts that were dropped, with the reason.
    dropped: Vec<LeftOutReason>,
}

impl SitePosts {
    /// Reads `Posts.xml`.
    pub(crate) fn read_from(dump: &SiteDump, counts: &mut RowCounts) -> Result<Self, DumpError> {
        let mut posts = Vec::new();
        let names = [
            "Id",
            "PostTypeId",
            "ParentId",
            "OwnerUserId",
            "CreationDate",
            "CommunityOwnedDate",
        ];
        dump.read_rows(
            DumpFile::Posts,
            names,
            counts,
            |[id, kind, parent, owner, at, wiki_from]| {
                let answer = match parse_number("PostTypeId", kind)? {
                    1 => None,
                    2 => Some(AnswerData {
                        question: parse_number("ParentId", parent)?,
                        rank: 0,
                        previous: None,
                    }),
                    _ => return Err(LeftOutReason::UnusedKind),
                };
                let wiki_from = (wiki_from.filter(|text| !text.is_empty()))
                    .map(|text| parse_time("CommunityOwnedDate", Some(text)))
                    .transpose()?;
                posts.push(SitePost {
                    id: parse_number("Id", id)?,
                    owner: parse_person("OwnerUserId", owner)?,
                    at: parse_time("CreationDate", at)?.micros,
                    wiki_from: wiki_from.map(|from| from.micros),
                    answer,
                });
                Ok(())
            },
        )?;
        let posts = Self::new(posts);
        for &reason in &posts.dropped {
            counts.leave_out(DumpFile::Posts, reason, None);
        }
        Ok(posts)
    }

    /// Sorts posts, and drops duplicates and answers whose question is missing.
    pub(crate) fn new(mut posts: Vec<SitePost>) -> Self {
        let total = posts.len();
        posts.sort_by_key(|post| post.id);
        // A damaged dump can contain a row twice.
        posts.dedup_by_key(|post| post.id);
        let mut dropped = vec![LeftOutReason::Duplicate; total - posts.len()];
        let is_question = |id: u32| match posts.binary_search_by_key(&id, |post| post.id) {
            Ok(index) => posts[index].answer.is_none(),
            Err(_) => false,
        };
        let kept: Vec<SitePost> = posts
            .iter()
            .filter(|post| post.answer.as_ref().is_none_or(|a| is_question(a.question)))
            .cloned()
            .collect();
        dropped.resize(
            dropped.len() + posts.len() - kept.len(),
            LeftOutReason::UnknownQuestion,
        );
        let mut posts = Self {
            posts: kept,
            dropped,
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
            post(2, 9, 90, None),
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
        use LeftOutReason::{Duplicate, UnknownQuestion};
        assert_eq!(posts.dropped, [Duplicate, UnknownQuestion, UnknownQuestion]);
    }
}
