//! Converts a Stack Exchange data dump to event lines.
//!
//! `cargo run --release --example stackexchange -- DUMP_DIR | accolade import -`

mod attributes;
mod compact_csv;
mod conversion;
mod dump;
mod events;
mod incidents;
mod left_out;
mod posts;
#[cfg(test)]
mod tests;

use std::io::{self, BufWriter};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Convert a Stack Exchange data dump to event lines for `accolade import`
#[derive(Parser)]
#[command(after_help = "Exit status: 0 success, 1 error, 2 rows of the dump were unreadable")]
struct DumpArgs {
    /// Folder of the dump, with Posts.xml, Votes.xml and, if it has them, Comments.xml and
    /// PostHistory.xml
    dump: PathBuf,
    /// Write compact CSV files to this folder instead, with the site's awards from Badges.xml
    #[arg(long, value_name = "FOLDER")]
    facts: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = DumpArgs::parse();
    let converted = match &arguments.facts {
        Some(facts) => conversion::write_compact_csv(&arguments.dump, facts),
        None => {
            let out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
            conversion::write_event_lines(&arguments.dump, out)
        }
    };
    match converted {
        Ok(report) => {
            for line in report.to_lines() {
                eprintln!("{line}");
            }
            ExitCode::from(report.exit_status())
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
