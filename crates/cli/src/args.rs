//! What can be typed.

mod keeping;
mod serving;

use std::path::PathBuf;

use accolade::PlanToken;
use accolade::core::number::Decimal;
use accolade::core::time::Timestamp;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use keeping::{
    Backup, Erase, Feed, FeedCommand, Merge, Pick, Restore, Retract, Signed, Why,
};
pub(crate) use serving::{Config, Demo, Invite, Keys, KeysCommand, Serving};

/// Points, badges and unlockables for any application, from the events that it records.
#[derive(Debug, Parser)]
#[command(name = "accolade", version, max_term_width = 100, after_help = EXIT_STATUS)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_STATUS: &str =
    "Exit status: 0 fine, 1 could not do it, 2 differences found or lines rejected.";

/// What every command understands.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Where the data is: sqlite:PATH [default: ACCOLADE_DB, else sqlite:accolade.db]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) db: Option<String>,
    /// The catalog that an empty database takes [default: accolade.toml]; refused if another one is in force
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,
    /// Print JSON: results on standard output, errors as {"error": …} on standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a catalog to start from: accolade.toml
    Init,
    /// Check a catalog and run its tests
    Check {
        /// The catalog [default: --catalog, else accolade.toml]
        #[arg(value_name = "CATALOG")]
        file: Option<PathBuf>,
    },
    /// Show what publishing a catalog would change for every player
    Plan(Plan),
    /// Publish a catalog
    Apply(Apply),
    /// List the catalogs that were ever in force
    History,
    /// Record the events of a file, one JSON object a line
    Import(Import),
    /// Record one event and say what came of it
    Record(Record),
    /// Show a player: balances, badges, progress, unlockables
    Player(Player),
    /// List all badges with their rarity, or those who earned one
    Badges(Badges),
    /// Give a badge by hand
    Award(Badge),
    /// Take a badge away, with the points that it paid
    Revoke(Badge),
    /// Grant points, or take them where the amount is negative
    Points(Points),
    /// Move the progress of a badge by hand
    Progress(Progress),
    /// Make everything that a player did so far stop counting
    Reset(Reset),
    /// Say why a player has, or does not have, a badge, points or an unlockable
    Why(Why),
    /// Take events back, as if they had never been; --undo gives one back
    Retract(Retract),
    /// Make a guest's history part of a player's
    Merge(Merge),
    /// Take a merge back, as long as nothing was done to both as one
    Unmerge(Merge),
    /// Remove everything that is held on a player
    Erase(Erase),
    /// Write out awards, ledger, events, players or balances, or all that is held on one player
    Export(Export),
    /// Show what changed, as it was recorded
    Feed(Feed),
    /// Copy the database into a new file, while others use it
    Backup(Backup),
    /// Put a copy of a back-up in place as the database
    Restore(Restore),
    /// Fold the events of players before a time into snapshots
    Compact(Compact),
    /// Fold every player again and compare with what is stored
    Verify,
    /// Mend what verify finds; events are never touched
    Repair(Repair),
    /// Serve the API and the pages
    Serve(Serving),
    /// Make, list and revoke API keys
    Keys(Keys),
    /// Print a one-time link with which an administrator is created
    Invite(Invite),
    /// Show what can be configured
    Config(Config),
    /// Replay the history of a real community, tell what came of it, and serve it
    Demo(Demo),
    /// Say what is configured, what is there, and what is wrong
    Doctor,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// The catalog that would be published
    #[arg(value_name = "CATALOG")]
    pub(crate) file: PathBuf,
    /// As if awards that it does not earn were taken back, not kept
    #[arg(long)]
    pub(crate) take_back: bool,
    /// Write every change to this file, as CSV
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// How many of the most affected players to show
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) most: usize,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["file", "version"]))]
pub(crate) struct Apply {
    /// The catalog to publish
    #[arg(value_name = "CATALOG")]
    pub(crate) file: Option<PathBuf>,
    /// Publish an earlier version again
    #[arg(long, value_name = "N")]
    pub(crate) version: Option<i64>,
    /// Take awards away that it does not earn, instead of keeping them
    #[arg(long)]
    pub(crate) take_back: bool,
    /// Publish only if it does what was planned: what `accolade plan` printed
    #[arg(long, value_name = "TOKEN")]
    pub(crate) plan: Option<PlanToken>,
    /// Who publishes
    #[arg(long, value_name = "WHO")]
    pub(crate) by: Option<String>,
    /// Do not wait until every player is up to date
    #[arg(long)]
    pub(crate) detach: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Compact {
    /// Whose
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) player: Option<String>,
    /// Events before this time go, in RFC 3339
    #[arg(long, value_name = "TIME")]
    pub(crate) before: Timestamp,
    /// Everybody's
    #[arg(long)]
    pub(crate) all: bool,
    /// Do it; without this it is only shown
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file, or - for standard input
    pub(crate) file: PathBuf,
    /// Where rejected lines go [default: FILE.rejects.ndjson, of standard input stdin.rejects.ndjson]
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// Take acts by hand (accolade.*) as they were exported
    #[arg(long)]
    pub(crate) may_act: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Record {
    /// Who did it
    pub(crate) player: String,
    /// What was done, such as post.published
    pub(crate) name: String,
    /// The event's id; with one, recording it again does nothing
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// When, in RFC 3339 [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
    /// Its rank among events at the same instant
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub(crate) order: i64,
    /// A property; the value is read as JSON if it is JSON, else as text
    #[arg(long = "prop", value_name = "KEY=VALUE", value_parser = property)]
    pub(crate) prop: Vec<(String, String)>,
    /// Properties as a JSON object
    #[arg(long, value_name = "JSON")]
    pub(crate) props: Option<String>,
}

fn property(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write it as KEY=VALUE, such as words=250".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Player {
    /// The player's id
    pub(crate) player: String,
    /// Through whose eyes: secret and invisible badges show to those who may see them
    #[arg(long = "as", value_enum, default_value_t = Viewer::Admin)]
    pub(crate) viewer: Viewer,
}

/// Who looks at a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Viewer {
    /// The player
    Player,
    /// Other players
    Others,
    /// Whoever runs the community: everything
    Admin,
}

#[derive(Debug, Args)]
pub(crate) struct Badges {
    /// A badge: list who earned it, earliest first
    pub(crate) badge: Option<String>,
    /// Earners on a page
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) limit: u32,
    /// Go on after a page: what the page before says at its end
    #[arg(long, value_name = "CURSOR", requires = "badge")]
    pub(crate) after: Option<String>,
}

/// What all acts by hand understand.
#[derive(Debug, Args)]
pub(crate) struct Act {
    /// The act's id; with one, doing it again does nothing
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// When it takes effect, in RFC 3339 [default: now, after everything else of the player]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
    /// Who does it
    #[arg(long, value_name = "WHO")]
    pub(crate) by: Option<String>,
    /// Why
    #[arg(long, value_name = "WHY")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Badge {
    /// The player's id
    pub(crate) player: String,
    /// The badge's id
    pub(crate) badge: String,
    /// Which tier
    #[arg(long)]
    pub(crate) tier: Option<String>,
    /// Which key, of a badge that is earned for each key
    #[arg(long)]
    pub(crate) key: Option<String>,
    #[command(flatten)]
    pub(crate) act: Act,
}

#[derive(Debug, Args)]
pub(crate) struct Points {
    /// The player's id
    pub(crate) player: String,
    /// The currency's id
    pub(crate) currency: String,
    /// How many; negative takes them
    #[arg(allow_negative_numbers = true)]
    pub(crate) amount: i64,
    /// Let the balance become negative
    #[arg(long)]
    pub(crate) overdraft: bool,
    #[command(flatten)]
    pub(crate) act: Act,
}

#[derive(Debug, Args)]
pub(crate) struct Progress {
    /// The player's id
    pub(crate) player: String,
    /// The badge's id
    pub(crate) badge: String,
    #[command(flatten)]
    pub(crate) step: Step,
    /// Which key, of a badge that is earned for each key
    #[arg(long)]
    pub(crate) key: Option<String>,
    #[command(flatten)]
    pub(crate) act: Act,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Step {
    /// Add this much
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) add: Option<Decimal>,
    /// Set it to this much
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) set: Option<Decimal>,
}

#[derive(Debug, Args)]
pub(crate) struct Reset {
    /// The player's id
    pub(crate) player: String,
    #[command(flatten)]
    pub(crate) act: Act,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// What to write out
    #[arg(value_enum)]
    pub(crate) what: Exported,
    /// Whose, of `player`: the player's id
    #[arg(required_if_eq("what", "player"))]
    pub(crate) player: Option<String>,
    /// How [default: csv; of events ndjson, which can be imported]
    #[arg(long, value_enum)]
    pub(crate) format: Option<ExportFormat>,
    /// Where to [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// What can be written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Exported {
    /// Awards that are held now
    Awards,
    /// Every entry of the ledger
    Ledger,
    /// Every event and act
    Events,
    /// Every player
    Players,
    /// Every balance that ever changed
    Balances,
    /// All that is held on one player, as one JSON document
    Player,
}

/// The formats of exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// Comma-separated, with a header
    Csv,
    /// A JSON object a line
    Ndjson,
}

#[derive(Debug, Args)]
pub(crate) struct Repair {
    /// Mend without asking
    #[arg(long)]
    pub(crate) yes: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn properties_are_split_at_the_first_equals_sign() {
        assert_eq!(property("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert_eq!(property("a="), Ok(("a".to_owned(), String::new())));
        for text in ["a", "=b", ""] {
            assert!(property(text).is_err(), "{text}");
        }
    }
}
