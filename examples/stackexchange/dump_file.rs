//! Files of a dump.

/// File of a dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DumpFile {
    /// Questions and answers, among other posts.
    Posts,
    /// Votes on posts.
    Votes,
    /// Comments on posts.
    Comments,
    /// Edits and closings of posts.
    PostHistory,
    /// Badges that the site awarded.
    Badges,
}

impl DumpFile {
    /// Returns the name of the file. Older dumps write it in lower case.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Posts => "Posts.xml",
            Self::Votes => "Votes.xml",
            Self::Comments => "Comments.xml",
            Self::PostHistory => "PostHistory.xml",
            Self::Badges => "Badges.xml",
        }
    }

    /// Describes the effect on the badges if the file is missing; `None` for required files.
    pub(crate) fn describe_absence(self) -> Option<&'static str> {
        match self {
            Self::Posts | Self::Votes | Self::Badges => None,
            Self::Comments => Some("no player can earn Commentator"),
            Self::PostHistory => Some(
                "no player can earn Editor, Explainer or Organizer, and closed questions count for \
                 Curious",
            ),
        }
    }
}
