//! What the replay of the community's history came to.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use accolade::store::AwardRow;
use accolade::{BadgeStats, Engine};
use serde::Serialize;

use super::history;
use super::score::{Agreement, Score};
use crate::commands::badges::rarity_table;
use crate::failure::Failure;
use crate::output::{counted, percent, table, thousands};

/// Players that are asked about at a time.
const PAGE: usize = 256;

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

/// What all players together have of a currency.
#[derive(Debug, Serialize)]
struct Points {
    currency: String,
    name: String,
    total: i128,
    players: u64,
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

/// A player who stands out.
#[derive(Debug, Serialize)]
struct Notable {
    player: String,
    why: String,
}

impl Report {
    /// Reads from the database what there is to tell.
    pub(crate) fn read(engine: &Engine, database: &str, replay: Replay) -> Result<Self, Failure> {
        let everybody = Everybody::read(engine)?;
        let badges = engine.badges().wait()?;
        let site: Vec<_> = history::site_awards().collect();
        let score = Score::new(
            site.iter().map(|award| (award.player.as_str(), award.badge.as_str())),
            everybody.awards.iter().map(|award| (award.player.as_str(), award.badge.as_str())),
        );
        let notable = everybody.notable(engine, &badges);
        let next = next(database, notable.first().map(|one| one.player.as_str()));
        Ok(Self {
            database: database.to_owned(),
            replay,
            players: everybody.players,
            points: everybody.points(engine),
            agreement: Comparison::of(&score),
            badges,
            notable,
            next,
        })
    }

    /// The report for people.
    pub(crate) fn describe(&self) -> String {
        let mut text = String::new();
        let replay = &self.replay;
        let _ = writeln!(text, "The history of French Language Meta, a Stack Exchange site, 2011 to 2021");
        if replay.anew {
            let _ = writeln!(text, "An earlier replay was thrown away.");
        }
        if replay.duplicates > 0 {
            let _ = writeln!(text, "{} had been replayed before and changed nothing.", counted(replay.duplicates, "event"));
        }
        let (events, players) = (counted(replay.events, "event"), counted(self.players, "player"));
        let rate = thousands(replay.events_per_second);
        let _ = writeln!(text, "{events} of {players} in {:.2} s: {rate} a second\n", replay.seconds);
        let _ = writeln!(text, "{}\n", rarity_table(&self.badges));
        for points in &self.points {
            let (total, players) = (thousands(points.total), counted(points.players, "player"));
            let _ = writeln!(text, "{total} {} with {players}", points.name);
        }
        let _ = writeln!(text, "\nBeside the badges that the site itself awarded:\n\n{}", self.agreement.describe());
        let _ = writeln!(text, "\nPlayers of note:");
        for one in &self.notable {
            let _ = writeln!(text, "  {:>6}  {}", one.player, one.why);
        }
        let _ = writeln!(text, "\nEverything is in {}. To look around:", self.database);
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
            badges: score.badges.iter().map(|(badge, of)| compared(badge, *of)).collect(),
        }
    }

    fn describe(&self) -> String {
        let row = |one: &Compared| {
            [one.badge.clone(), thousands(one.same), thousands(one.missed), thousands(one.extra)]
        };
        let rows = self.badges.iter().chain([&self.total]).map(row).collect();
        let shown = table(["badge", "same", "missed", "extra"], &["same", "missed", "extra"], rows);
        format!("{}\n\nprecision {}, recall {}", shown.trim_fmt(), percent(self.precision), percent(self.recall))
    }
}

/// All players' awards and balances.
struct Everybody {
    players: u64,
    /// Awards that are held.
    awards: Vec<AwardRow>,
    /// Player, currency and balance.
    balances: Vec<(String, String, i64)>,
}

impl Everybody {
    fn read(engine: &Engine) -> Result<Self, Failure> {
        let mut everybody = Self { players: 0, awards: Vec::new(), balances: Vec::new() };
        let mut after = None;
        loop {
            let page = engine.players(after, PAGE).wait()?;
            for row in &page.items {
                everybody.players += 1;
                let awards = engine.awards(&row.player).wait()?;
                everybody.awards.extend(awards.into_iter().filter(|award| award.revoked_at.is_none()));
                let balances = engine.balances(&row.player).wait()?;
                let balances = balances.into_iter().map(|(currency, balance)| (row.player.clone(), currency, balance));
                everybody.balances.extend(balances);
            }
            after = page.next;
            if after.is_none() {
                return Ok(everybody);
            }
        }
    }

    fn points(&self, engine: &Engine) -> Vec<Points> {
        let currencies = engine.catalog().rules().currencies.iter();
        let sum = |currency: &str| {
            let balances = self.balances.iter().filter(|(_, other, balance)| other == currency && *balance != 0);
            balances.fold((0, 0), |(total, players), (_, _, balance)| (total + i128::from(*balance), players + 1))
        };
        let points = currencies.map(|currency| {
            let (total, players) = sum(&currency.id);
            Points { currency: currency.id.clone(), name: currency.display.name.clone(), total, players }
        });
        points.collect()
    }

    /// Who has the most of each currency, the most badges, the most kinds of them, and the rarest one.
    fn notable(&self, engine: &Engine, badges: &[BadgeStats]) -> Vec<Notable> {
        let mut notable = Vec::new();
        for currency in &engine.catalog().rules().currencies {
            let of_it = self.balances.iter().filter(|(_, other, _)| *other == currency.id);
            if let Some((player, _, balance)) = of_it.max_by_key(|(_, _, balance)| *balance) {
                let why = format!("most {}: {}", currency.display.name, thousands(balance));
                notable.push(Notable { player: player.clone(), why });
            }
        }
        let mut held: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
        for award in &self.awards {
            let (count, kinds) = held.entry(&award.player).or_default();
            *count += 1;
            kinds.insert(&award.badge);
        }
        if let Some((player, (count, _))) = held.iter().max_by_key(|(_, (count, _))| *count) {
            notable.push(Notable { player: (*player).to_owned(), why: format!("most badges: {}", thousands(count)) });
        }
        if let Some((player, (_, kinds))) = held.iter().max_by_key(|(_, (_, kinds))| kinds.len()) {
            let why = format!("most kinds of badges: {} of {}", kinds.len(), badges.len());
            notable.push(Notable { player: (*player).to_owned(), why });
        }
        if let Some(rarest) = badges.iter().filter(|badge| badge.players > 0).min_by_key(|badge| badge.players) {
            let first = self.awards.iter().filter(|award| award.badge == rarest.id).min_by_key(|award| award.at);
            notable.extend(first.map(|award| Notable {
                player: award.player.clone(),
                why: format!("first to earn the rarest badge, {}", rarest.name),
            }));
        }
        notable
    }
}

/// What to type next.
fn next(database: &str, player: Option<&str>) -> Vec<String> {
    // Under `cargo run`, the binary is on nobody's path.
    let program = if std::env::var_os("CARGO").is_some() { "cargo run --release --" } else { "accolade" };
    let player = player.map(|player| format!("player {player}"));
    let commands = player.as_deref().into_iter().chain(["badges", "badges nice-answer", "export awards", "verify"]);
    commands.map(|command| format!("{program} {command} --db {database}")).collect()
}
