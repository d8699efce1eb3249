//! What can be typed to look into, correct and keep what was recorded.

use std::path::PathBuf;

use accolade::core::time::{Timestamp, parse_duration};
use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct Why {
    /// The player's id
    pub(crate) player: String,
    /// What about: BADGE, BADGE:TIER, BADGE@KEY, currency:ID, unlockable:ID, award:NAME, or entry:N of the ledger
    pub(crate) about: String,
}

/// Who does it, and why.
#[derive(Debug, Args)]
pub(crate) struct Signed {
    /// The act's id; with one, doing it again does nothing
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// Who does it
    #[arg(long, value_name = "WHO")]
    pub(crate) by: Option<String>,
    /// Why
    #[arg(long, value_name = "WHY")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Retract {
    /// The player's id
    #[arg(value_name = "PLAYER", requires = "event")]
    pub(crate) of: Option<String>,
    /// The id of the event, or of an act by hand
    pub(crate) event: Option<String>,
    /// Let the event count again that was retracted
    #[arg(long, requires = "event")]
    pub(crate) undo: bool,
    #[command(flatten)]
    pub(crate) pick: Pick,
    /// Do it without asking
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) signed: Signed,
}

/// Which events, where they are not named one by one. They are those that are all of what is given.
#[derive(Debug, Args)]
#[group(multiple = true, conflicts_with_all = ["of", "event"])]
pub(crate) struct Pick {
    /// Of this player only
    #[arg(long, value_name = "PLAYER")]
    pub(crate) player: Option<String>,
    /// With this name; may be given more than once
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Vec<String>,
    /// At or after this time, in RFC 3339
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<Timestamp>,
    /// Before this time
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<Timestamp>,
    /// For which this holds, as in a catalog: event.from == 'mallory'
    #[arg(long = "where", value_name = "EXPR")]
    pub(crate) condition: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// The guest's id
    pub(crate) guest: String,
    /// The player's id
    pub(crate) player: String,
    #[command(flatten)]
    pub(crate) signed: Signed,
}

#[derive(Debug, Args)]
pub(crate) struct Erase {
    /// The player's id
    pub(crate) player: String,
    /// Do it without asking
    #[arg(long)]
    pub(crate) yes: bool,
    /// Write the file anew afterwards, which takes a while. Without it, single ids may survive in unused space of the
    /// file until it is. Back-ups made before hold the data in any case
    #[arg(long)]
    pub(crate) vacuum: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Feed {
    #[command(subcommand)]
    pub(crate) command: Option<FeedCommand>,
    /// Only what has a greater number
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..))]
    pub(crate) after: i64,
    /// At most so many [default: 50; without end with --follow]
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Wait for more, until interrupted
    #[arg(long)]
    pub(crate) follow: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FeedCommand {
    /// Let go of old outcomes; what players have stays
    Prune {
        /// Recorded longer ago than this: 90d, 12h
        #[arg(long, value_name = "DURATION", value_parser = duration)]
        older_than: i64,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The new file
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The back-up
    pub(crate) file: PathBuf,
    /// Replace the database that is there
    #[arg(long)]
    pub(crate) replace: bool,
}

fn duration(text: &str) -> Result<i64, String> {
    parse_duration(text)
        .ok_or_else(|| "write a number and a unit, such as 90d, 12h or 30m".to_owned())
}
