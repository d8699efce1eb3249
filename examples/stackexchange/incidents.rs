//! Incidents of a site's posts, in order of time. Each takes 24 bytes, so that even a large site
//! can be sorted in memory.

use crate::dump::{DumpError, SiteDump, parse_time};
use crate::posts::{PersonId, SitePosts, parse_person};

/// Kind of an incident. The order of the kinds is that of incidents at the same instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum IncidentKind {
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

impl IncidentKind {
    /// Returns the name of the kind.
    pub(crate) fn as_str(self) -> &'static str {
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
pub(crate) struct PostIncident {
    /// Time in microseconds since the Unix epoch.
    pub(crate) at: i64,
    /// Kind of the incident.
    pub(crate) kind: IncidentKind,
    /// Id of its row in the dump.
    pub(crate) row: u32,
    /// Index of its post.
    pub(crate) post: u32,
    /// Person who caused it, if the dump has one.
    pub(crate) person: Option<PersonId>,
}

impl PostIncident {
    /// Returns the rank among incidents at the same instant. Votes of one day have the same time,
    /// but their ids follow the order in which they were cast.
    pub(crate) fn order_rank(&self) -> u32 {
        match self.kind {
            IncidentKind::Up | IncidentKind::Down | IncidentKind::Accepted => self.row,
            _ => 0,
        }
    }
}

/// Number of skipped rows of a file, which are unusable or irrelevant.
#[derive(Debug)]
pub(crate) struct SkippedRows {
    /// Name of the file.
    pub(crate) file: &'static str,
    /// Number of rows.
    pub(crate) rows: u64,
}

/// Reads all incidents of these posts, in order of time.
pub(crate) fn read_incidents(
    dump: &SiteDump,
    posts: &SitePosts,
) -> Result<(Vec<PostIncident>, Vec<SkippedRows>), DumpError> {
    let mut happenings: Vec<PostIncident> = (posts.iter().enumerate())
        .map(|(index, post)| PostIncident {
            at: post.at,
            kind: IncidentKind::Posted,
            row: post.id,
            post: to_index(index),
            person: post.owner,
        })
        .collect();
    let mut left_out = vec![SkippedRows {
        file: "Posts.xml",
        rows: posts.unusable,
    }];

    let names = ["Id", "PostId", "VoteTypeId", "CreationDate"];
    let rows = dump.read_rows("Votes.xml", names, |[id, post, kind, day]| {
        let what = match kind? {
            "1" => IncidentKind::Accepted,
            "2" => IncidentKind::Up,
            "3" => IncidentKind::Down,
            _ => return None,
        };
        let (row, post) = (id?.parse().ok()?, posts.find_index(post?.parse().ok()?)?);
        let at = vote_time(parse_time(day?)?, posts.get(post).at);
        happenings.push(PostIncident {
            at,
            kind: what,
            row,
            post: to_index(post),
            person: None,
        });
        Some(())
    })?;
    left_out.push(SkippedRows {
        file: "Votes.xml",
        rows,
    });

    let names = ["Id", "PostId", "UserId", "CreationDate"];
    let rows = dump.read_rows("Comments.xml", names, |[id, post, user, at]| {
        let (row, post) = (id?.parse().ok()?, posts.find_index(post?.parse().ok()?)?);
        let who = Some(parse_person(user)?);
        happenings.push(PostIncident {
            at: parse_time(at?)?,
            kind: IncidentKind::Comment,
            row,
            post: to_index(post),
            person: who,
        });
        Some(())
    })?;
    left_out.push(SkippedRows {
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
    let rows = dump.read_rows("PostHistory.xml", names, |[id, post, user, at, kind]| {
        let (what, who) = match kind? {
            "4" => (IncidentKind::Title, Some(parse_person(user)?)),
            "5" => (IncidentKind::Body, Some(parse_person(user)?)),
            "6" => (IncidentKind::Tags, Some(parse_person(user)?)),
            "10" => (IncidentKind::Closed, None),
            "11" => (IncidentKind::Reopened, None),
            _ => return None,
        };
        let (row, post) = (id?.parse().ok()?, posts.find_index(post?.parse().ok()?)?);
        happenings.push(PostIncident {
            at: parse_time(at?)?,
            kind: what,
            row,
            post: to_index(post),
            person: who,
        });
        Some(())
    })?;
    left_out.push(SkippedRows {
        file: "PostHistory.xml",
        rows,
    });

    // An in-place sort: a large site has millions of incidents.
    happenings.sort_unstable_by_key(|happening| {
        (
            happening.at,
            happening.order_rank(),
            happening.kind,
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

fn to_index(index: usize) -> u32 {
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
        assert_eq!(size_of::<PostIncident>(), 24);
    }
}
