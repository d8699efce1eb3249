//! Converts a Stack Exchange data dump to event lines.
//!
//! `cargo run --release --example stackexchange -- DUMP_DIR | accolade import -`

mod dump;
mod events;
mod facts;
mod happenings;
mod posts;

use std::collections::HashSet;
use std::error::Error;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::dump::Dump;
use crate::events::Community;
use crate::happenings::{Happening, LeftOut};
use crate::posts::{Person, Posts};

/// Convert a Stack Exchange data dump to event lines for `accolade import`
#[derive(Parser)]
struct Arguments {
    /// Folder of the dump, with Posts.xml, Votes.xml, Comments.xml and PostHistory.xml
    dump: PathBuf,
    /// Write compact CSV files to this folder instead, with the site's awards from Badges.xml
    #[arg(long, value_name = "FOLDER")]
    facts: Option<PathBuf>,
}

const FILES: [&str; 4] = ["Posts.xml", "Votes.xml", "Comments.xml", "PostHistory.xml"];

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut files = FILES.to_vec();
    if arguments.facts.is_some() {
        files.push(facts::BADGES);
    }
    let dump = Dump::open(&arguments.dump, &files)?;
    let posts = Posts::read(&dump)?;
    let (happenings, left_out) = happenings::read(&dump, &posts)?;
    if let Some(folder) = &arguments.facts {
        facts::write(folder, &dump, &posts, &happenings)?;
        dump.close();
        return Ok(());
    }
    dump.close();
    match print(&posts, &happenings) {
        Ok(summary) => {
            report(&summary, &left_out);
            Ok(())
        }
        // The reader of standard output has closed it, as in `… | head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(format!("standard output: {error}").into()),
    }
}

#[derive(Default)]
struct Summary {
    events: u64,
    players: HashSet<Person>,
}

fn print(posts: &Posts, happenings: &[Happening]) -> io::Result<Summary> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut community = Community::new(posts);
    let mut summary = Summary::default();
    for happening in happenings {
        for line in community.events(happening) {
            serde_json::to_writer(&mut out, &line)?;
            out.write_all(b"\n")?;
            summary.events += 1;
            summary.players.insert(line.player);
        }
    }
    out.flush()?;
    Ok(summary)
}

fn report(summary: &Summary, left_out: &[LeftOut]) {
    eprintln!(
        "{} events of {} players",
        summary.events,
        summary.players.len()
    );
    for LeftOut { file, rows } in left_out.iter().filter(|left_out| left_out.rows > 0) {
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
