//! Conversion of a dump, and the report about it.

use std::collections::HashSet;
use std::error::Error;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use crate::attributes::PersonId;
use crate::compact_csv;
use crate::dump::{DumpFile, SiteDump};
use crate::events::CommunityState;
use crate::incidents::{self, PostIncident};
use crate::left_out::RowCounts;
use crate::posts::SitePosts;

/// Files of a dump that contain events.
const EVENT_FILES: [DumpFile; 4] = [
    DumpFile::Posts,
    DumpFile::Votes,
    DumpFile::Comments,
    DumpFile::PostHistory,
];

/// Result of a conversion.
#[derive(Debug, Default)]
pub(crate) struct ConversionReport {
    /// Number of written events; `None` for compact CSV files.
    pub(crate) events: Option<u64>,
    players: HashSet<PersonId>,
    /// Rows of each file.
    pub(crate) rows: RowCounts,
    /// Optional files that the dump does not have.
    pub(crate) absent: Vec<DumpFile>,
}

impl ConversionReport {
    /// Returns lines of text about the events, the files, and everything that was left out.
    pub(crate) fn to_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(events) = self.events {
            lines.push(format!("{events} events of {} players", self.players.len()));
        }
        lines.extend(self.rows.to_lines());
        for file in &self.absent {
            let effect = file.describe_absence().unwrap_or_default();
            lines.push(format!("{} not found: {effect}", file.as_str()));
        }
        match self.rows.unreadable_count() {
            0 => {}
            rows => lines.push(format!(
                "error: {rows} unreadable rows, whose events are missing; check the dump, and \
                 convert it again"
            )),
        }
        lines
    }

    /// Returns the exit status: 2 if rows are unreadable.
    pub(crate) fn exit_status(&self) -> u8 {
        match self.rows.unreadable_count() {
            0 => 0,
            _ => 2,
        }
    }
}

/// Converts a dump to event lines.
pub(crate) fn write_event_lines(
    folder: &Path,
    out: impl Write,
) -> Result<ConversionReport, Box<dyn Error>> {
    let dump = SiteDump::open_folder(folder, &EVENT_FILES)?;
    let mut report = ConversionReport {
        absent: dump.absent_files().to_vec(),
        ..ConversionReport::default()
    };
    let posts = SitePosts::read_from(&dump, &mut report.rows)?;
    let happenings = incidents::read_incidents(&dump, &posts, &mut report.rows)?;
    dump.finish_progress();
    match print_events(&posts, &happenings, out, &mut report) {
        // The reader of standard output has closed it, as in `… | head`.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("standard output: {error}").into())
        }
        _ => Ok(report),
    }
}

/// Converts a dump to compact CSV files in the folder `facts`, with the awards of the site.
pub(crate) fn write_compact_csv(
    folder: &Path,
    facts: &Path,
) -> Result<ConversionReport, Box<dyn Error>> {
    let files = [&EVENT_FILES[..], &[DumpFile::Badges]].concat();
    let dump = SiteDump::open_folder(folder, &files)?;
    let mut report = ConversionReport {
        absent: dump.absent_files().to_vec(),
        ..ConversionReport::default()
    };
    let posts = SitePosts::read_from(&dump, &mut report.rows)?;
    let happenings = incidents::read_incidents(&dump, &posts, &mut report.rows)?;
    compact_csv::write_files(facts, &dump, &posts, &happenings, &mut report.rows)?;
    dump.finish_progress();
    Ok(report)
}

fn print_events(
    posts: &SitePosts,
    happenings: &[PostIncident],
    mut out: impl Write,
    report: &mut ConversionReport,
) -> io::Result<()> {
    let mut community = CommunityState::new(posts);
    let events = report.events.insert(0);
    for happening in happenings {
        let before = *events;
        for line in community.next_events(happening) {
            serde_json::to_writer(&mut out, &line)?;
            out.write_all(b"\n")?;
            *events += 1;
            report.players.insert(line.player);
        }
        if *events == before {
            let reason = community.reason_without_event(happening);
            (report.rows).leave_out(happening.kind.file(), reason, None);
        }
    }
    out.flush()
}
