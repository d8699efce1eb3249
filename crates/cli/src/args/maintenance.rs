//! Arguments of commands that explain, correct and preserve recorded data.

use std::path::PathBuf;

use accolade_core::time::{Timestamp, parse_duration};
use clap::{Args, Subcommand};

use super::number;

#[derive(Debug, Args)]
pub(crate) struct WhyArgs {
    /// Player id
    pub(crate) player: String,
    /// Subject: BADGE, BADGE:TIER, BADGE@KEY, award:NAME, currency:ID, unlockable:ID, or entry:N
    /// (of the ledger)
    pub(crate) subject: String,
}

/// Id, author and reason of an action.
#[derive(Debug, Args)]
pub(crate) struct AttributionArgs {
    /// Action id; submitting an action again with the same id has no effect
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// Name to record as the author
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// Reason to record
    #[arg(long, value_name = "REASON")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RetractArgs {
    /// Player id
    #[arg(value_name = "PLAYER", requires = "event")]
    pub(crate) player_id: Option<String>,
    /// Id of the event or action
    pub(crate) event: Option<String>,
    /// Restore the retracted event, so that it counts again
    #[arg(long, requires = "event")]
    pub(crate) undo: bool,
    /// Create the player if unknown, to retract an event that has not arrived yet
    #[arg(long, requires = "event")]
    pub(crate) create: bool,
    #[command(flatten)]
    pub(crate) filter: EventFilterArgs,
    /// Retract without asking
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) attribution: AttributionArgs,
}

/// Filter for events. An event must match every option given.
#[derive(Debug, Args)]
#[group(multiple = true, conflicts_with_all = ["player_id", "event"])]
pub(crate) struct EventFilterArgs {
    /// Match events of this player
    #[arg(long, value_name = "PLAYER")]
    pub(crate) player: Option<String>,
    /// Match events with this name; can be given more than once
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Vec<String>,
    /// Match events at or after this time, in RFC 3339
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<Timestamp>,
    /// Match events before this time, in RFC 3339
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<Timestamp>,
    /// Match events that meet this condition, written as in a catalog: event.from == 'mallory'
    #[arg(long = "where", value_name = "EXPR")]
    pub(crate) condition: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Guest id
    pub(crate) guest: String,
    /// Player id
    pub(crate) player: String,
    /// Merge even if the guest or the player has no event yet
    #[arg(long)]
    pub(crate) create: bool,
    #[command(flatten)]
    pub(crate) attribution: AttributionArgs,
}

#[derive(Debug, Args)]
pub(crate) struct UnmergeArgs {
    /// Guest id
    pub(crate) guest: String,
    /// Player id
    pub(crate) player: String,
    #[command(flatten)]
    pub(crate) attribution: AttributionArgs,
}

#[derive(Debug, Args)]
pub(crate) struct EraseArgs {
    /// Player id
    pub(crate) player: String,
    /// Erase without asking
    #[arg(long)]
    pub(crate) yes: bool,
    /// Rewrite the file afterwards (slow); without it, single ids may survive in unused space of
    /// the file. Earlier backups keep the data in any case
    #[arg(long)]
    pub(crate) vacuum: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct FeedArgs {
    #[command(subcommand)]
    pub(crate) command: Option<FeedCommand>,
    /// Show outcomes after this sequence number
    #[arg(
        long,
        value_name = "SEQ",
        default_value_t = 0,
        value_parser = number::parse_count::<i64>
    )]
    pub(crate) after: i64,
    /// Maximum number of outcomes [default: 50; unlimited with --follow]
    #[arg(long, value_name = "COUNT", value_parser = number::parse_count::<usize>)]
    pub(crate) limit: Option<usize>,
    /// Wait for new outcomes until interrupted
    #[arg(long)]
    pub(crate) follow: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FeedCommand {
    /// Delete old outcomes; balances and awards are unaffected
    Prune {
        /// Minimum age of the outcomes to delete, such as 90d or 12h
        #[arg(long, value_name = "DURATION", value_parser = parse_duration_micros)]
        older_than: i64,
    },
}

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// File to create
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// Backup file
    pub(crate) file: PathBuf,
    /// Replace the existing database
    #[arg(long)]
    pub(crate) replace: bool,
}

fn parse_duration_micros(text: &str) -> Result<i64, String> {
    parse_duration(text)
        .ok_or_else(|| "expected a number and a unit, such as 90d, 12h or 30m".to_owned())
}
