//! Commands and arguments, as clap parses them.

mod examples;
mod help;
mod import;
mod maintenance;
mod number;
mod service;

use std::path::PathBuf;

use accolade::PlanToken;
use accolade_core::number::Decimal;
use accolade_core::time::Timestamp;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use help::build_command;
pub(crate) use import::ImportDjangoArgs;
pub(crate) use maintenance::{
    AttributionArgs, BackupArgs, EraseArgs, EventFilterArgs, FeedArgs, FeedCommand, MergeArgs,
    RestoreArgs, RetractArgs, UnmergeArgs, WhyArgs,
};
pub(crate) use service::{
    ConfigArgs, DemoArgs, InviteArgs, KeysArgs, KeysCommand, ServeArgs, ServiceArgs,
};

/// Turn an application's events into points, badges and unlockables
#[derive(Debug, Parser)]
#[command(name = "accolade", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options that every command accepts.
#[derive(Debug, Args)]
#[command(next_help_heading = "Common options")]
pub(crate) struct GlobalArgs {
    /// Database URL: sqlite:PATH [default: ACCOLADE_DB, else sqlite:accolade.db]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) db: Option<String>,
    /// Catalog for an empty database [default: accolade.toml]; must otherwise match the published
    /// one
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,
    /// Print results as JSON on standard output, and errors as {"error": …} on standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a starter catalog to accolade.toml
    Init,
    /// Validate a catalog and run its tests
    Check {
        /// Catalog file [default: --catalog, else accolade.toml]
        #[arg(value_name = "CATALOG")]
        file: Option<PathBuf>,
    },
    /// Show what publishing a catalog would change
    Plan(PlanArgs),
    /// Publish a catalog
    Publish(PublishArgs),
    /// List all published catalog versions
    History,
    /// Import events from a file, one JSON object per line
    Import(ImportArgs),
    /// Import the tables of django-gamification and django-hero
    ImportDjango(ImportDjangoArgs),
    /// Record one event and show its effects
    Record(RecordArgs),
    /// Show a player's balances, badges, progress and unlockables
    Player(PlayerArgs),
    /// List all badges and their rarity, or the holders of one badge
    Badges(BadgesArgs),
    /// Award a badge manually
    Award(BadgeArgs),
    /// Revoke a badge and the points it paid
    Revoke(BadgeArgs),
    /// Grant points, or deduct them if the amount is negative
    Points(PointsArgs),
    /// Change a player's progress toward a badge
    Progress(ProgressArgs),
    /// Stop counting everything a player has done so far
    Reset(ResetArgs),
    /// Explain why a player has or lacks a badge, or has points
    Why(WhyArgs),
    /// Retract events, or restore one with --undo
    Retract(RetractArgs),
    /// Merge a guest's history into a player's
    Merge(MergeArgs),
    /// Undo a merge, unless manual actions were recorded since
    Unmerge(UnmergeArgs),
    /// Erase all data about a player
    Erase(EraseArgs),
    /// Export awards, the ledger, events and other data
    Export(ExportArgs),
    /// Show the feed of changes, in the order of recording
    Feed(FeedArgs),
    /// Back up the database to a new file while it is in use
    Backup(BackupArgs),
    /// Restore the database from a backup
    Restore(RestoreArgs),
    /// Recompute every player and compare the result with the data
    Verify,
    /// Repair what verify finds; events are never modified
    Repair(RepairArgs),
    /// Serve the API and the pages
    Serve(ServeArgs),
    /// Check that the running service is ready
    Ping(ServiceArgs),
    /// Create, list and revoke API keys
    Keys(KeysArgs),
    /// Print a one-time link that creates an administrator
    Invite(InviteArgs),
    /// Show all settings
    Config(ConfigArgs),
    /// Replay a real community's history, and serve it
    Demo(DemoArgs),
    /// Report the configuration, the stored data, and any problems
    Doctor,
    /// Print the JSON Schema with which editors check catalogs
    Schema,
    /// Show the documentation
    Docs(DocsArgs),
    /// Print a script that completes commands and options in a shell
    Completions(CompletionsArgs),
    /// Write the manual pages
    Man(ManArgs),
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// Catalog to compare with the published one
    #[arg(value_name = "CATALOG")]
    pub(crate) file: PathBuf,
    /// Simulate revoking awards that are no longer earned
    #[arg(long)]
    pub(crate) revoke: bool,
    /// Write every change to a CSV file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Number of most affected players to list
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = number::parse_count::<usize>)]
    pub(crate) top: usize,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["file", "version"]))]
pub(crate) struct PublishArgs {
    /// Catalog to publish
    #[arg(value_name = "CATALOG")]
    pub(crate) file: Option<PathBuf>,
    /// Publish an earlier version again
    #[arg(long, value_name = "VERSION", value_parser = number::parse_whole)]
    pub(crate) version: Option<i64>,
    /// Revoke awards that are no longer earned, instead of keeping them
    #[arg(long)]
    pub(crate) revoke: bool,
    /// Publish only if the effects still match the plan with this token
    #[arg(long, value_name = "TOKEN")]
    pub(crate) plan: Option<PlanToken>,
    /// Publish without showing the effects and asking
    #[arg(long, conflicts_with = "plan")]
    pub(crate) yes: bool,
    /// Name to record as the publisher
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// Note to store with the version
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) message: Option<String>,
    /// Do not wait for the backfill of players
    #[arg(long)]
    pub(crate) detach: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// File of events, or - for standard input
    pub(crate) file: PathBuf,
    /// File for rejected lines [default: FILE.rejects.ndjson; stdin.rejects.ndjson for standard
    /// input]
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// Accept exported actions (accolade.* events) without checking them again
    #[arg(long)]
    pub(crate) allow_actions: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// Player id
    pub(crate) player: String,
    /// Event name, such as post.published
    pub(crate) name: String,
    /// Event id; recording an event again with the same id has no effect
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// Time of the event, in RFC 3339 [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
    /// Rank among the player's events at the same instant
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = number::parse_whole,
        allow_negative_numbers = true
    )]
    pub(crate) order: i64,
    /// Property to set; the value is parsed as JSON if possible, otherwise taken as text
    #[arg(long = "prop", value_name = "KEY=VALUE", value_parser = parse_property)]
    pub(crate) properties: Vec<(String, String)>,
    /// Properties as a JSON object
    #[arg(long, value_name = "JSON")]
    pub(crate) props: Option<String>,
}

fn parse_property(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("expected KEY=VALUE, such as words=250".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(crate) struct PlayerArgs {
    /// Player id
    pub(crate) player: String,
    /// Audience whose view to show; it decides which secret and invisible badges appear
    // A person who can read the file can see everything in it anyway.
    #[arg(long = "as", value_enum, default_value_t = AudienceArg::Admin)]
    pub(crate) audience: AudienceArg,
}

/// Audience of a player's profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AudienceArg {
    /// The player
    Player,
    /// Other players
    Others,
    /// Administrators, who see everything
    Admin,
}

#[derive(Debug, Args)]
pub(crate) struct BadgesArgs {
    /// Badge id; lists the holders of this badge, earliest first
    pub(crate) badge: Option<String>,
    /// Number of holders per page
    #[arg(
        long,
        value_name = "COUNT",
        default_value_t = 50,
        value_parser = number::parse_page_size
    )]
    pub(crate) limit: u32,
    /// Cursor printed at the end of the previous page
    #[arg(long, value_name = "CURSOR", requires = "badge")]
    pub(crate) after: Option<String>,
}

/// Options of every manual action.
#[derive(Debug, Args)]
pub(crate) struct ActionArgs {
    /// Action id; submitting an action again with the same id has no effect
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// Time of effect, in RFC 3339 [default: now, after all of the player's events]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
    /// Name to record as the author
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// Reason to record
    #[arg(long, value_name = "REASON")]
    pub(crate) reason: Option<String>,
    /// Create the player if unknown
    #[arg(long)]
    pub(crate) create: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BadgeArgs {
    /// Player id
    pub(crate) player: String,
    /// Badge id
    pub(crate) badge: String,
    /// Tier id, for a badge with tiers
    #[arg(long)]
    pub(crate) tier: Option<String>,
    /// Key, for a badge that is earned once per key
    #[arg(long)]
    pub(crate) key: Option<String>,
    #[command(flatten)]
    pub(crate) action: ActionArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PointsArgs {
    /// Player id
    pub(crate) player: String,
    /// Currency id
    pub(crate) currency: String,
    /// Number of points; a negative number deducts them
    // Otherwise, `-5` would be an unknown option.
    #[arg(allow_negative_numbers = true, value_parser = number::parse_whole)]
    pub(crate) amount: i64,
    /// Allow the balance to become negative
    #[arg(long)]
    pub(crate) overdraft: bool,
    #[command(flatten)]
    pub(crate) action: ActionArgs,
}

// The usage that clap builds is wider than a terminal.
#[derive(Debug, Args)]
#[command(override_usage = "accolade progress <PLAYER> <BADGE> (--add|--set) <AMOUNT> [OPTIONS]")]
pub(crate) struct ProgressArgs {
    /// Player id
    pub(crate) player: String,
    /// Badge id
    pub(crate) badge: String,
    #[command(flatten)]
    pub(crate) change: ProgressChangeArgs,
    /// Key, for a badge that is earned once per key
    #[arg(long)]
    pub(crate) key: Option<String>,
    #[command(flatten)]
    pub(crate) action: ActionArgs,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct ProgressChangeArgs {
    /// Amount to add
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    pub(crate) add: Option<Decimal>,
    /// Amount to set it to
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    pub(crate) set: Option<Decimal>,
}

#[derive(Debug, Args)]
pub(crate) struct ResetArgs {
    /// Player id
    pub(crate) player: String,
    #[command(flatten)]
    pub(crate) action: ActionArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Data to export
    #[arg(value_enum)]
    pub(crate) kind: ExportKind,
    /// Player id, for personal data
    #[arg(required_if_eq("kind", "personal-data"))]
    pub(crate) player: Option<String>,
    /// Format [default: csv; ndjson for events, which can be imported]
    #[arg(long, value_enum)]
    pub(crate) format: Option<ExportFormat>,
    /// File to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// Kinds of data that can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportKind {
    /// Awards currently held
    Awards,
    /// Every entry of the ledger
    Ledger,
    /// Every event and action
    Events,
    /// Every player
    Players,
    /// Every balance that ever changed
    Balances,
    /// Everything stored about one player, as one JSON document
    PersonalData,
}

/// Export formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// Comma-separated values with a header
    Csv,
    /// One JSON object per line
    Ndjson,
}

#[derive(Debug, Args)]
pub(crate) struct RepairArgs {
    /// Repair without asking
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DocsArgs {
    /// Page to show; without it, the pages are listed
    #[arg(value_enum)]
    pub(crate) page: Option<DocsPage>,
}

/// Pages of the documentation that are in the binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DocsPage {
    /// From nothing to a toast in a page of your own
    Tutorial,
    /// The words of the other pages, and one picture
    Concepts,
    /// Rules for common cases
    Cookbook,
    /// Symptoms and their fixes
    Troubleshooting,
    /// The language of catalogs
    Catalog,
    /// All commands
    Cli,
    /// The JSON API
    Http,
    /// The pages for players
    Pages,
    /// The exact rules, by number
    Semantics,
    /// Each word of the project, with its synonyms
    Glossary,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// Shell to complete for
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Folder to write the pages to; created if missing
    pub(crate) directory: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        build_command().debug_assert();
    }

    #[test]
    fn properties_are_split_at_the_first_equals_sign() {
        assert_eq!(
            parse_property("a=b=c"),
            Ok(("a".to_owned(), "b=c".to_owned()))
        );
        assert_eq!(parse_property("a="), Ok(("a".to_owned(), String::new())));
        for text in ["a", "=b", ""] {
            assert!(parse_property(text).is_err(), "{text}");
        }
    }
}
