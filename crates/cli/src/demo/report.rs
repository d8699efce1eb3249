//! Report on the replay of the community's history.

use std::fmt::Write;

use accolade::{BadgeStats, Engine};
use serde::Serialize;

use super::history;
use super::players::{self, Everybody, Notable, Points};
use super::score::{Agreement, Score};
use super::tour::Tour;
use crate::commands::badges::rarity_table;
use crate::failure::Failure;
use crate::output::{counted, percent, table, thousands};

/// Report of the demo.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) database: String,
    pub(crate) replay: Replay,
    players: u64,
    badges: Vec<BadgeStats>,
    points: Vec<Points>,
    agreement: Comparison,
    notable: Vec<Notable>,
    tour: Tour,
    next: Vec<String>,
}

/// Statistics of the replay.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Replay {
    /// True if an earlier replay was deleted first.
    pub(crate) anew: bool,
    pub(crate) events: u64,
    /// Events that were already recorded.
    pub(crate) duplicates: u64,
    pub(crate) seconds: f64,
    pub(crate) events_per_second: u64,
}

/// Agreement of the awards with those of the site.
#[derive(Debug, Serialize)]
struct Comparison {
    precision: f64,
    recall: f64,
    total: Compared,
    badges: Vec<Compared>,
}

/// Agreement of the awards of one badge.
#[derive(Debug, Serialize)]
struct Compared {
    badge: String,
    same: u64,
    missed: u64,
    extra: u64,
}

impl Report {
    /// Collects the report from the database.
    pub(crate) fn read(
        engine: &Engine,
        catalog: &str,
        database: &str,
        replay: Replay,
    ) -> Result<Self, Failure> {
        let community = Everybody::read(engine)?;
        let badges = engine.badges().wait()?;
        let site: Vec<_> = history::site_awards().collect();
        let score = Score::new(
            site.iter()
                .map(|award| (award.player.as_str(), award.badge.as_str())),
            community
                .awards
                .iter()
                .map(|award| (award.player.as_str(), award.badge.as_str())),
        );
        let notable = community.notable(&engine.catalog(), &badges);
        let tour = Tour::take(engine, catalog, &community)?;
        let next = next(database, notable.first().map(|one| one.player.as_str()));
        Ok(Self {
            database: database.to_owned(),
            replay,
            players: community.players,
            points: community.points(&engine.catalog()),
            agreement: Comparison::of(&score),
            badges,
            notable,
            tour,
            next,
        })
    }

    /// True if the verification found no differences.
    pub(crate) fn is_clean(&self) -> bool {
        self.tour.is_clean()
    }

    /// Returns the player with the most awards.
    pub(crate) fn notable_player(&self) -> Option<&str> {
        self.notable.first().map(|one| one.player.as_str())
    }

    /// Renders the report as text.
    pub(crate) fn describe(&self) -> String {
        let mut text = String::new();
        let replay = &self.replay;
        let _ = writeln!(
            text,
            "The history of French Language Meta, a Stack Exchange site, 2011 to 2021"
        );
        if replay.anew {
            let _ = writeln!(text, "An earlier replay was deleted.");
        }
        if replay.duplicates > 0 {
            let _ = writeln!(
                text,
                "Duplicates of an earlier replay: {}",
                thousands(replay.duplicates)
            );
        }
        let (events, players) = (
            counted(replay.events, "event"),
            counted(self.players, "player"),
        );
        let rate = thousands(replay.events_per_second);
        let _ = writeln!(
            text,
            "{events} of {players} in {:.2} s ({rate} per second)\n",
            replay.seconds
        );
        let _ = writeln!(text, "{}\n", rarity_table(&self.badges));
        for points in &self.points {
            let (total, players) = (thousands(points.total), counted(points.players, "player"));
            let _ = writeln!(text, "{total} {} held by {players}", points.name);
        }
        let _ = writeln!(
            text,
            "\nCompared with the badges that the site itself awarded:\n\n{}",
            self.agreement.describe()
        );
        let _ = writeln!(
            text,
            "\nTop players:\n\n{}",
            players::describe(&self.notable)
        );
        let _ = writeln!(text, "\n{}", self.tour.describe());
        let _ = writeln!(text, "The data is in {}. To explore it:", self.database);
        for command in &self.next {
            let _ = writeln!(text, "  {command}");
        }
        text
    }
}

impl Comparison {
    fn of(score: &Score) -> Self {
        let compared = |badge: &str, of: Agreement| Compared {
            badge: badge.to_owned(),
            same: of.same,
            missed: of.missed,
            extra: of.extra,
        };
        let total = score.total();
        Self {
            precision: total.precision(),
            recall: total.recall(),
            total: compared("all", total),
            badges: score
                .badges
                .iter()
                .map(|(badge, of)| compared(badge, *of))
                .collect(),
        }
    }

    fn describe(&self) -> String {
        let row = |one: &Compared| {
            [
                one.badge.clone(),
                thousands(one.same),
                thousands(one.missed),
                thousands(one.extra),
            ]
        };
        let rows = self.badges.iter().chain([&self.total]).map(row).collect();
        let shown = table(
            ["badge", "same", "missed", "extra"],
            &["same", "missed", "extra"],
            rows,
        );
        format!(
            "{}\n\nprecision {}, recall {}",
            shown.trim_fmt(),
            percent(self.precision),
            percent(self.recall)
        )
    }
}

/// Suggests commands that explore the database.
fn next(database: &str, player: Option<&str>) -> Vec<String> {
    // Under `cargo run`, the binary is usually not on the PATH.
    let program = if std::env::var_os("CARGO").is_some() {
        "cargo run --release --"
    } else {
        "accolade"
    };
    let player = player.map(|player| format!("player {player}"));
    let commands = player.as_deref().into_iter().chain([
        "badges",
        "badges nice-answer",
        "export awards",
        "verify",
    ]);
    commands
        .map(|command| format!("{program} {command} --db {database}"))
        .collect()
}
