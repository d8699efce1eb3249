//! Incidents of a site's posts, in order of time. Each takes 24 bytes, so that even a large site
//! can be sorted in memory.

use crate::attributes::{PersonId, RowTime, parse_number, parse_person, parse_time};
use crate::dump::{DumpError, DumpFile, SiteDump};
use crate::left_out::{LeftOutReason, RowCounts};
use crate::posts::SitePosts;

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
    /// Returns the file whose rows are incidents of this kind.
    pub(crate) fn file(self) -> DumpFile {
        match self {
            Self::Posted => DumpFile::Posts,
            Self::Up | Self::Down | Self::Accepted => DumpFile::Votes,
            Self::Comment => DumpFile::Comments,
            Self::Title | Self::Body | Self::Tags | Self::Closed | Self::Reopened => {
                DumpFile::PostHistory
            }
        }
    }

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

/// Reads all incidents of these posts, in order of time.
pub(crate) fn read_incidents(
    dump: &SiteDump,
    posts: &SitePosts,
    counts: &mut RowCounts,
) -> Result<Vec<PostIncident>, DumpError> {
    let mut happenings: Vec<PostIncident> = (posts.iter().enumerate())
        .map(|(index, post)| PostIncident {
            at: post.at,
            kind: IncidentKind::Posted,
            row: post.id,
            post: to_index(index),
            person: post.owner,
        })
        .collect();
    read_votes(dump, posts, counts, &mut happenings)?;
    read_comments(dump, posts, counts, &mut happenings)?;
    read_history(dump, posts, counts, &mut happenings)?;

    // An in-place sort: a large site has millions of incidents.
    happenings.sort_unstable_by_key(|happening| {
        (
            happening.at,
            happening.order_rank(),
            happening.kind,
            happening.row,
        )
    });
    // A damaged dump can contain a row twice.
    happenings.dedup_by(|later, earlier| {
        let is_duplicate = later == earlier;
        if is_duplicate {
            counts.leave_out(later.kind.file(), LeftOutReason::Duplicate, None);
        }
        is_duplicate
    });
    Ok(happenings)
}

fn read_votes(
    dump: &SiteDump,
    posts: &SitePosts,
    counts: &mut RowCounts,
    happenings: &mut Vec<PostIncident>,
) -> Result<(), DumpError> {
    let names = ["Id", "PostId", "VoteTypeId", "CreationDate"];
    dump.read_rows(DumpFile::Votes, names, counts, |[id, post, kind, day]| {
        let kind = match parse_number("VoteTypeId", kind)? {
            1 => IncidentKind::Accepted,
            2 => IncidentKind::Up,
            3 => IncidentKind::Down,
            _ => return Err(LeftOutReason::UnusedKind),
        };
        let row = IncidentRow::parse(posts, id, post, day)?;
        // A dump contains only the day of a vote, whether or not it writes a time.
        let time = RowTime {
            is_day: true,
            ..row.time
        };
        happenings.push(row.into_incident(posts, kind, time, None));
        Ok(())
    })
}

fn read_comments(
    dump: &SiteDump,
    posts: &SitePosts,
    counts: &mut RowCounts,
    happenings: &mut Vec<PostIncident>,
) -> Result<(), DumpError> {
    let names = ["Id", "PostId", "UserId", "CreationDate"];
    dump.read_rows(DumpFile::Comments, names, counts, |[id, post, user, at]| {
        let person = parse_person("UserId", user)?;
        let row = IncidentRow::parse(posts, id, post, at)?;
        let person = Some(person.ok_or(LeftOutReason::DeletedUser)?);
        let time = row.time;
        happenings.push(row.into_incident(posts, IncidentKind::Comment, time, person));
        Ok(())
    })
}

fn read_history(
    dump: &SiteDump,
    posts: &SitePosts,
    counts: &mut RowCounts,
    happenings: &mut Vec<PostIncident>,
) -> Result<(), DumpError> {
    let names = [
        "Id",
        "PostId",
        "UserId",
        "CreationDate",
        "PostHistoryTypeId",
    ];
    dump.read_rows(
        DumpFile::PostHistory,
        names,
        counts,
        |[id, post, user, at, kind]| {
            let kind = match parse_number("PostHistoryTypeId", kind)? {
                4 => IncidentKind::Title,
                5 => IncidentKind::Body,
                6 => IncidentKind::Tags,
                10 => IncidentKind::Closed,
                11 => IncidentKind::Reopened,
                _ => return Err(LeftOutReason::UnusedKind),
            };
            // The event of a closing belongs to the asker, whoever closed the question.
            let is_edit = !matches!(kind, IncidentKind::Closed | IncidentKind::Reopened);
            let editor = match is_edit {
                true => parse_person("UserId", user)?,
                false => None,
            };
            let row = IncidentRow::parse(posts, id, post, at)?;
            if is_edit && editor.is_none() {
                return Err(LeftOutReason::DeletedUser);
            }
            let time = row.time;
            happenings.push(row.into_incident(posts, kind, time, editor));
            Ok(())
        },
    )
}

/// Attributes that every incident except a post has.
struct IncidentRow {
    id: u32,
    /// Index of the post.
    post: usize,
    time: RowTime,
}

impl IncidentRow {
    /// Parses a row. A damaged row is reported as such even if it is about an unknown post.
    fn parse(
        posts: &SitePosts,
        id: Option<&str>,
        post: Option<&str>,
        at: Option<&str>,
    ) -> Result<Self, LeftOutReason> {
        let id = parse_number("Id", id)?;
        let post = parse_number("PostId", post)?;
        let time = parse_time("CreationDate", at)?;
        let post = posts.find_index(post).ok_or(LeftOutReason::UnknownPost)?;
        Ok(Self { id, post, time })
    }

    fn into_incident(
        self,
        posts: &SitePosts,
        kind: IncidentKind,
        time: RowTime,
        person: Option<PersonId>,
    ) -> PostIncident {
        PostIncident {
            at: time.after_post(posts.get(self.post).at),
            kind,
            row: self.id,
            post: to_index(self.post),
            person,
        }
    }
}

fn to_index(index: usize) -> u32 {
    u32::try_from(index).expect("posts have ids of 32 bits, so there are no more of them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_small() {
        assert_eq!(size_of::<PostIncident>(), 24);
    }
}
