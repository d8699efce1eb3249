//! Converts a Stack Exchange data dump to event lines.
//!
//! `cargo run --release --example stackexchange -- DUMP_DIR | accolade import -`

mod compact_csv;
mod dump;
mod events;
mod incidents;
mod posts;

use std::collections::HashSet;
use std::error::Error;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::dump::SiteDump;
use crate::events::CommunityState;
use crate::incidents::{PostIncident, SkippedRows};
use crate::posts::{PersonId, SitePosts};

/// Convert a Stack Exchange data dump to event lines for `accolade import`
#[derive(Parser)]
struct DumpArgs {
    /// Folder of the dump, with Posts.xml, Votes.xml, Comments.xml and PostHistory.xml
    dump: PathBuf,
    /// Write compact CSV files to this folder instead, with the site's awards from Badges.xml
    #[arg(long, value_name = "FOLDER")]
    facts: Option<PathBuf>,
}

const DUMP_FILES: [&str; 4] = ["Posts.xml", "Votes.xml", "Comments.xml", "PostHistory.xml"];

fn main() -> ExitCode {
    match run_conversion(&DumpArgs::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run_conversion(arguments: &DumpArgs) -> Result<(), Box<dyn Error>> {
    let mut files = DUMP_FILES.to_vec();
    if arguments.facts.is_some() {
        files.push(compact_csv::BADGES_FILE);
    }
    let dump = SiteDump::open_folder(&arguments.dump, &files)?;
    let posts = SitePosts::read_from(&dump)?;
    let (happenings, left_out) = incidents::read_incidents(&dump, &posts)?;
    if let Some(folder) = &arguments.facts {
        compact_csv::write_files(folder, &dump, &posts, &happenings)?;
        dump.finish_progress();
        return Ok(());
    }
    dump.finish_progress();
    match print_events(&posts, &happenings) {
        Ok(summary) => {
            report_summary(&summary, &left_out);
            Ok(())
        }
        // The reader of standard output has closed it, as in `… | head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(format!("standard output: {error}").into()),
    }
}

#[derive(Default)]
struct ConversionSummary {
    events: u64,
    players: HashSet<PersonId>,
}

fn print_events(posts: &SitePosts, happenings: &[PostIncident]) -> io::Result<ConversionSummary> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut community = CommunityState::new(posts);
    let mut summary = ConversionSummary::default();
    for happening in happenings {
        for line in community.next_events(happening) {
            serde_json::to_writer(&mut out, &line)?;
            out.write_all(b"\n")?;
            summary.events += 1;
            summary.players.insert(line.player);
        }
    }
    out.flush()?;
    Ok(summary)
}

fn report_summary(summary: &ConversionSummary, left_out: &[SkippedRows]) {
    eprintln!(
        "{} events of {} players",
        summary.events,
        summary.players.len()
    );
    for SkippedRows { file, rows } in left_out.iter().filter(|left_out| left_out.rows > 0) {
        eprintln!(
            "{file}: skipped {rows} rows that are irrelevant, unreadable, or about a deleted post"
        );
    }
}

#[cfg(test)]
mod tests {
    use accolade_core::catalog::Catalog;

    #[test]
    fn the_catalog_passes_its_own_tests() {
        let catalog = Catalog::from_toml(include_str!("catalog.toml")).unwrap();
        let results = catalog.run_tests();
        assert!(!results.is_empty());
        for result in results {
            assert!(
                result.failures.is_empty(),
                "{}: {:?}",
                result.name,
                result.failures
            );
        }
    }
}
