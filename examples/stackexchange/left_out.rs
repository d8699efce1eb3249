//! Rows of a dump that yield no event, counted by file and by reason.

use std::collections::BTreeMap;

use crate::dump::DumpFile;

/// Reason why a row yields no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LeftOutReason {
    /// The element is not a `<row>`.
    NotARow,
    /// The row has no valid value of this attribute.
    InvalidAttribute(&'static str),
    /// The kind of post, vote or edit is not used.
    UnusedKind,
    /// The row is about a post that is not in the dump, or of a kind that is not used.
    UnknownPost,
    /// The answered question is not in the dump.
    UnknownQuestion,
    /// The row is in the file twice.
    Duplicate,
    /// The player is a deleted user or the community user.
    DeletedUser,
    /// The accepted post is not an answer.
    NotAnAnswer,
    /// The closed or reopened post is not a question.
    NotAQuestion,
}

impl LeftOutReason {
    /// True if the row is damaged, so that an event may be missing. Other rows are left out on
    /// purpose.
    pub(crate) fn is_unreadable(self) -> bool {
        matches!(self, Self::NotARow | Self::InvalidAttribute(_))
    }

    fn describe(self, file: DumpFile) -> String {
        let text = match self {
            Self::NotARow => "not a <row>",
            Self::InvalidAttribute(name) => return format!("without a valid `{name}`"),
            Self::UnusedKind => match file {
                DumpFile::Posts => "neither a question nor an answer",
                DumpFile::Votes => "neither an up vote, a down vote nor an accepted answer",
                DumpFile::Comments => "of a kind that is not used",
                DumpFile::PostHistory => "neither an edit, a closing nor a reopening",
                DumpFile::Badges => "a badge that the catalog does not define",
            },
            Self::UnknownPost => "about a post that is deleted or of another kind",
            Self::UnknownQuestion => "an answer to a question that is not in the dump",
            Self::Duplicate => "a duplicate",
            Self::DeletedUser => "of a deleted user or the community user",
            Self::NotAnAnswer => "accepts a post that is not an answer",
            Self::NotAQuestion => "closes or reopens a post that is not a question",
        };
        text.to_owned()
    }
}

/// Rows of all files: their number, and those that yield no event.
#[derive(Debug, Default)]
pub(crate) struct RowCounts(BTreeMap<DumpFile, FileRowCounts>);

#[derive(Debug, Default)]
struct FileRowCounts {
    rows: u64,
    left_out: BTreeMap<LeftOutReason, LeftOutRows>,
}

#[derive(Debug, Default)]
struct LeftOutRows {
    count: u64,
    /// Position of the first of them in the file, in bytes, if known.
    first_byte: Option<u64>,
}

impl RowCounts {
    /// Counts a row of a file.
    pub(crate) fn count_row(&mut self, file: DumpFile) {
        self.0.entry(file).or_default().rows += 1;
    }

    /// Counts a row that yields no event. `byte` is its position in the file.
    pub(crate) fn leave_out(&mut self, file: DumpFile, reason: LeftOutReason, byte: Option<u64>) {
        let left_out = &mut self.0.entry(file).or_default().left_out;
        let rows = left_out.entry(reason).or_default();
        rows.count += 1;
        rows.first_byte = rows.first_byte.or(byte);
    }

    /// Returns the number of unreadable rows.
    pub(crate) fn unreadable_count(&self) -> u64 {
        (self.0.values().flat_map(|file| &file.left_out))
            .filter(|(reason, _)| reason.is_unreadable())
            .map(|(_, rows)| rows.count)
            .sum()
    }

    /// Returns lines of text about each file, with a line for each reason.
    pub(crate) fn to_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (&file, counts) in &self.0 {
            let total: u64 = counts.left_out.values().map(|rows| rows.count).sum();
            lines.push(format!(
                "{}: {} rows, {total} left out",
                file.as_str(),
                counts.rows
            ));
            for (reason, rows) in &counts.left_out {
                let place = match rows.first_byte {
                    Some(byte) if reason.is_unreadable() => {
                        format!("; the first is at byte {byte}")
                    }
                    _ => String::new(),
                };
                lines.push(format!(
                    "  {:>7} {}{place}",
                    rows.count,
                    reason.describe(file)
                ));
            }
        }
        lines
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Number of rows of each file, by reason.
    pub(crate) type ReasonCounts = BTreeMap<(DumpFile, LeftOutReason), u64>;

    impl RowCounts {
        /// Returns the number of rows of each file, by reason.
        pub(crate) fn by_reason(&self) -> ReasonCounts {
            (self.0.iter())
                .flat_map(|(file, counts)| {
                    (counts.left_out.iter()).map(|(reason, rows)| ((*file, *reason), rows.count))
                })
                .collect()
        }
    }

    #[test]
    fn each_reason_is_counted_and_only_damage_is_unreadable() {
        let mut counts = RowCounts::default();
        counts.count_row(DumpFile::Votes);
        counts.count_row(DumpFile::Votes);
        counts.leave_out(DumpFile::Votes, LeftOutReason::UnusedKind, Some(10));
        assert_eq!(counts.unreadable_count(), 0);
        let date = LeftOutReason::InvalidAttribute("CreationDate");
        for byte in [20, 30] {
            counts.leave_out(DumpFile::Votes, date, Some(byte));
        }
        counts.leave_out(DumpFile::Posts, LeftOutReason::Duplicate, None);
        assert_eq!(counts.unreadable_count(), 2);
        assert_eq!(
            counts.to_lines(),
            [
                "Posts.xml: 0 rows, 1 left out",
                "        1 a duplicate",
                "Votes.xml: 2 rows, 3 left out",
                "        2 without a valid `CreationDate`; the first is at byte 20",
                "        1 neither an up vote, a down vote nor an accepted answer",
            ]
        );
    }
}
