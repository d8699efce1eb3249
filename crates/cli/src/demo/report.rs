//! What the replay of the community's history came to.

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

/// The whole report.
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

/// How the replay went.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Replay {
    /// Whether an earlier replay was thrown away first.
    pub(crate) anew: bool,
    pub(crate) events: u64,
    /// Events that were there already.
    pub(crate) duplicates: u64,
    pub(crate) seconds: f64,
    pub(crate) events_per_second: u64,
}

/// How far the awards agree with the site's own.
#[derive(Debug, Serialize)]
struct Comparison {
    precision: f64,
    recall: f64,
    total: Compared,
    badges: Vec<Compared>,
}

/// How far the awards of a badge agree.
#[derive(Debug, Serialize)]
struct Compared {
    badge: String,
    same: u64,
    missed: u64,
    extra: u64,
}

impl Report {
    /// Reads from the database what there is to tell.
    pub(crate) fn read(
        engine: &Engine,
        catalog: &str,
        database: &str,
        replay: Replay,
    ) -> Result<Self, Failure> {
        let everybody = Everybody::read(engine)?;
        let badges = engine.badges().wait()?;
        let site: Vec<_> = history::site_awards().collect();
        let score = Score::new(
            site.iter()
                .map(|award| (award.player.as_str(), award.badge.as_str())),
            everybody
                .awards
                .iter()
                .map(|award| (award.player.as_str(), award.badge.as_str())),
        );
        let notable = everybody.notable(&engine.catalog(), &badges);
        let tour = Tour::take(engine, catalog, &everybody)?;
        let next = next(database, notable.first().map(|one| one.player.as_str()));
        Ok(Self {
            database: database.to_owned(),
            replay,
            players: everybody.players,
            points: everybody.points(&engine.catalog()),
            agreement: Comparison::of(&score),
            badges,
            notable,
            tour,
            next,
        })
    }

    /// Whether verifying found nothing.
    pub(crate) fn is_clean(&self) -> bool {
        self.tour.is_clean()
    }

    /// The player with the most awards.
    pub(crate) fn notable_player(&self) -> Option<&str> {
        self.notable.first().map(|one| one.player.as_str())
    }

    /// The report for people.
    pub(crate) fn describe(&self) -> String {
        let mut text = String::new();
        let replay = &self.replay;
        let _ = writeln!(
            text,
            "The history of French Language Meta, a Stack Exchange site, 2011 to 2021"
        );
        if replay.anew {
            let _ = writeln!(text, "An earlier replay was thrown away.");
        }
        if replay.duplicates > 0 {
            let _ = writeln!(
                text,
                "{} had been replayed before and changed nothing.",
                counted(replay.duplicates, "event")
            );
        }
        let (events, players) = (
            counted(replay.events, "event"),
            counted(self.players, "player"),
        );
        let rate = thousands(replay.events_per_second);
        let _ = writeln!(
            text,
            "{events} of {players} in {:.2} s: {rate} a second\n",
            replay.seconds
        );
        let _ = writeln!(text, "{}\n", rarity_table(&self.badges));
        for points in &self.points {
            let (total, players) = (thousands(points.total), counted(points.players, "player"));
            let _ = writeln!(text, "{total} {} with {players}", points.name);
        }
        let _ = writeln!(
            text,
            "\nBeside the badges that the site itself awarded:\n\n{}",
            self.agreement.describe()
        );
        let _ = writeln!(
            text,
            "\nPlayers of note:\n\n{}",
            players::describe(&self.notable)
        );
        let _ = writeln!(text, "\n{}", self.tour.describe());
        let _ = writeln!(text, "Everything is in {}. To look around:", self.database);
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

/// What to type next.
fn next(database: &str, player: Option<&str>) -> Vec<String> {
    // Under `cargo run`, the binary is on nobody's path.
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
