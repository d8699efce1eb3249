//! What happened to the posts of a site, in order of time: 24 bytes each, so that even a large site can be sorted in
//! memory.

use crate::dump::{Dump, DumpError, time};
use crate::posts::{Person, Posts, person};

/// What happened. The order is that of happenings at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// The post was written.
    Posted,
    /// Somebody voted for it.
    Up,
    /// Somebody voted against it.
    Down,
    /// The asker accepted it as the answer.
    Accepted,
    /// Somebody commented on it.
    Comment,
    /// Somebody edited its title.
    Title,
    /// Somebody edited its text.
    Body,
    /// Somebody edited its tags.
    Tags,
    /// The question was closed.
    Closed,
    /// The question was opened again.
    Reopened,
}

impl What {
    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Posted => "posted",
            Self::Up => "up",
            Self::Down => "down",
            Self::Accepted => "accepted",
            Self::Comment => "comment",
            Self::Title => "title",
            Self::Body => "body",
            Self::Tags => "tags",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
        }
    }
}

/// Something that happened to a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Happening {
    /// When, in microseconds of the Unix epoch.
    pub(crate) at: i64,
    /// What it was.
    pub(crate) what: What,
    /// The id of the row that tells of it.
    pub(crate) row: u32,
    /// Where its post is among the posts.
    pub(crate) post: u32,
    /// Who did it, where a dump tells.
    pub(crate) who: Option<Person>,
}

impl Happening {
    /// Its rank among what happened at the same instant. Votes of one day carry the same time, but were numbered as
    /// they were cast.
    pub(crate) fn order(&self) -> u32 {
        match self.what {
            What::Up | What::Down | What::Accepted => self.row,
            _ => 0,
        }
    }
}

/// Rows of a file that could not be used, or are of no interest here.
#[derive(Debug)]
pub(crate) struct LeftOut {
    /// Which file.
    pub(crate) file: &'static str,
    /// How many rows.
    pub(crate) rows: u64,
}

/// Reads everything that happened to these posts, in order of time.
pub(crate) fn read(
    dump: &Dump,
    posts: &Posts,
) -> Result<(Vec<Happening>, Vec<LeftOut>), DumpError> {
    let mut happenings: Vec<Happening> = (posts.iter().enumerate())
        .map(|(index, post)| Happening {
            at: post.at,
            what: What::Posted,
            row: post.id,
            post: place(index),
            who: post.owner,
        })
        .collect();
    let mut left_out = vec![LeftOut {
        file: "Posts.xml",
        rows: posts.unusable,
    }];

    let names = ["Id", "PostId", "VoteTypeId", "CreationDate"];
    let rows = dump.rows("Votes.xml", names, |[id, post, kind, day]| {
        let what = match kind? {
            "1" => What::Accepted,
            "2" => What::Up,
            "3" => What::Down,
            _ => return None,
        };
        let (row, post) = (id?.parse().ok()?, posts.find(post?.parse().ok()?)?);
        let at = vote_time(time(day?)?, posts.get(post).at);
        happenings.push(Happening {
            at,
            what,
            row,
            post: place(post),
            who: None,
        });
        Some(())
    })?;
    left_out.push(LeftOut {
        file: "Votes.xml",
        rows,
    });

    let names = ["Id", "PostId", "UserId", "CreationDate"];
    let rows = dump.rows("Comments.xml", names, |[id, post, user, at]| {
        let (row, post) = (id?.parse().ok()?, posts.find(post?.parse().ok()?)?);
        let who = Some(person(user)?);
        happenings.push(Happening {
            at: time(at?)?,
            what: What::Comment,
            row,
            post: place(post),
            who,
        });
        Some(())
    })?;
    left_out.push(LeftOut {
        file: "Comments.xml",
        rows,
    });

    let names = [
        "Id",
        "PostId",
        "UserId",
        "CreationDate",
        "PostHistoryTypeId",
    ];
    let rows = dump.rows("PostHistory.xml", names, |[id, post, user, at, kind]| {
        let (what, who) = match kind? {
            "4" => (What::Title, Some(person(user)?)),
            "5" => (What::Body, Some(person(user)?)),
            "6" => (What::Tags, Some(person(user)?)),
            "10" => (What::Closed, None),
            "11" => (What::Reopened, None),
            _ => return None,
        };
        let (row, post) = (id?.parse().ok()?, posts.find(post?.parse().ok()?)?);
        happenings.push(Happening {
            at: time(at?)?,
            what,
            row,
            post: place(post),
            who,
        });
        Some(())
    })?;
    left_out.push(LeftOut {
        file: "PostHistory.xml",
        rows,
    });

    happenings.sort_unstable_by_key(|happening| {
        (
            happening.at,
            happening.order(),
            happening.what,
            happening.row,
        )
    });
    Ok((happenings, left_out))
}

/// When a vote counts: at the beginning of the day that the dump gives for it, but never before its post. The
/// millisecond after the post is the first instant that a dump can tell from it.
fn vote_time(day: i64, posted: i64) -> i64 {
    day.max(posted + 1_000)
}

fn place(index: usize) -> u32 {
    u32::try_from(index).expect("posts have ids of 32 bits, so there are no more of them")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000_000;

    #[test]
    fn a_vote_dated_before_its_post_is_placed_right_after_it() {
        for (day, posted, expected) in [
            (0, -DAY, 0),
            (0, DAY / 2, DAY / 2 + 1_000),
            (2 * DAY, DAY, 2 * DAY),
            (0, 2 * DAY, 2 * DAY + 1_000),
        ] {
            assert_eq!(
                vote_time(day, posted),
                expected,
                "voted on {day}, posted at {posted}"
            );
        }
    }

    #[test]
    fn a_happening_is_small() {
        assert_eq!(size_of::<Happening>(), 24);
    }
}
