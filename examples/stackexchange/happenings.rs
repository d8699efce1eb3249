//! Incidents of a site's posts, in order of time. Each takes 24 bytes, so that even a large site
//! can be sorted in memory.

use crate::dump::{Dump, DumpError, time};
use crate::posts::{Person, Posts, person};

/// Kind of an incident. The order of the kinds is that of incidents at the same instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// The post was written.
    Posted,
    /// The post was voted up.
    Up,
    /// The post was voted down.
    Down,
    /// The asker accepted the post as the answer.
    Accepted,
    /// A comment was posted.
    Comment,
    /// The title was edited.
    Title,
    /// The text was edited.
    Body,
    /// The tags were edited.
    Tags,
    /// The question was closed.
    Closed,
    /// The question was reopened.
    Reopened,
}

impl What {
    /// Returns the name of the kind.
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

/// Incident of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Happening {
    /// Time in microseconds since the Unix epoch.
    pub(crate) at: i64,
    /// Kind of the incident.
    pub(crate) what: What,
    /// Id of its row in the dump.
    pub(crate) row: u32,
    /// Index of its post.
    pub(crate) post: u32,
    /// Person who caused it, if the dump has one.
    pub(crate) who: Option<Person>,
}

impl Happening {
    /// Returns the rank among incidents at the same instant. Votes of one day have the same time,
    /// but their ids follow the order in which they were cast.
    pub(crate) fn order(&self) -> u32 {
        match self.what {
            What::Up | What::Down | What::Accepted => self.row,
            _ => 0,
        }
    }
}

/// Number of skipped rows of a file, which are unusable or irrelevant.
#[derive(Debug)]
pub(crate) struct LeftOut {
    /// Name of the file.
    pub(crate) file: &'static str,
    /// Number of rows.
    pub(crate) rows: u64,
}

/// Reads all incidents of these posts, in order of time.
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

    // An in-place sort: a large site has millions of incidents.
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

/// Returns the time of a vote: the start of its day, but never before its post. Dumps have a
/// resolution of a millisecond, so the earliest time is a millisecond after the post.
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
    fn an_incident_is_small() {
        assert_eq!(size_of::<Happening>(), 24);
    }
}
