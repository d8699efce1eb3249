//! Report on the replay of the community's history.

use std::fmt::Write;

use accolade::{Audience, Engine, GalleryBadge};
use accolade_web::models::GalleryBadgeModel;
use serde::{Serialize, Serializer};

use super::agreement::{AgreementByBadge, AwardAgreement};
use super::history;
use super::players::{self, CommunityData, CurrencyTotal, TopPlayer};
use super::tour::TourReport;
use crate::commands::badges::render_rarity_table;
use crate::error::CommandError;
use crate::format::{count_noun, format_percent, group_thousands};
use crate::output::render_table;

/// Report of the demo.
#[derive(Debug, Serialize)]
pub(crate) struct DemoReport {
    pub(crate) database: String,
    pub(crate) replay: ReplayStats,
    players: u64,
    #[serde(serialize_with = "serialize_badges")]
    badges: Vec<GalleryBadge>,
    points: Vec<CurrencyTotal>,
    agreement: AgreementReport,
    top_players: Vec<TopPlayer>,
    tour: TourReport,
    next: Vec<String>,
}

/// Serializes badges like the API.
fn serialize_badges<S: Serializer>(
    badges: &[GalleryBadge],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(badges.iter().cloned().map(GalleryBadgeModel::from))
}

/// Statistics of the replay.
#[derive(Debug, Default, Serialize)]
pub(crate) struct ReplayStats {
    /// True if an earlier replay was deleted first.
    pub(crate) restarted: bool,
    pub(crate) events: u64,
    /// Events that were already recorded.
    pub(crate) duplicates: u64,
    pub(crate) seconds: f64,
    pub(crate) events_per_second: u64,
}

/// Agreement of the awards with those of the site.
#[derive(Debug, Serialize)]
struct AgreementReport {
    precision: f64,
    recall: f64,
    total: BadgeAgreement,
    badges: Vec<BadgeAgreement>,
}

/// Agreement of the awards of one badge.
#[derive(Debug, Serialize)]
struct BadgeAgreement {
    badge: String,
    same: u64,
    missed: u64,
    extra: u64,
}

impl DemoReport {
    /// Collects the report from the database.
    pub(crate) fn collect_from(
        engine: &Engine,
        catalog: &str,
        database: &str,
        replay: ReplayStats,
    ) -> Result<Self, CommandError> {
        let community = CommunityData::load_all(engine)?;
        let badges = engine.catalog().list_gallery(Audience::Admin).wait()?;
        let site: Vec<_> = history::read_site_awards().collect();
        let score = AgreementByBadge::new(
            site.iter()
                .map(|award| (award.player.as_str(), award.badge.as_str())),
            community
                .awards
                .iter()
                .map(|(player, award)| (player.as_str(), award.badge.as_str())),
        );
        let notable = community.find_top_players(&engine.catalog().published(), &badges);
        let tour = TourReport::run_all(engine, catalog, &community)?;
        let next = suggest_commands(database, notable.first().map(|one| one.player.as_str()));
        Ok(Self {
            database: database.to_owned(),
            replay,
            players: community.players,
            points: community.sum_currencies(&engine.catalog().published()),
            agreement: AgreementReport::from_score(&score),
            badges,
            top_players: notable,
            tour,
            next,
        })
    }

    /// True if the verification found no differences.
    pub(crate) fn is_clean(&self) -> bool {
        self.tour.is_clean()
    }

    /// Returns the player with the most awards.
    pub(crate) fn top_player(&self) -> Option<&str> {
        self.top_players.first().map(|one| one.player.as_str())
    }

    /// Renders the report as text.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        let replay = &self.replay;
        let _ = writeln!(
            text,
            "The history of French Language Meta, a Stack Exchange site, 2011 to 2021"
        );
        if replay.restarted {
            let _ = writeln!(text, "An earlier replay was deleted.");
        }
        if replay.duplicates > 0 {
            let _ = writeln!(
                text,
                "Duplicates of an earlier replay: {}",
                group_thousands(replay.duplicates)
            );
        }
        let (events, players) = (
            count_noun(replay.events, "event"),
            count_noun(self.players, "player"),
        );
        let rate = group_thousands(replay.events_per_second);
        let _ = writeln!(
            text,
            "{events} of {players} in {:.2} s ({rate} per second)\n",
            replay.seconds
        );
        let _ = writeln!(text, "{}\n", render_rarity_table(&self.badges));
        for points in &self.points {
            let (total, players) = (
                group_thousands(points.total),
                count_noun(points.players, "player"),
            );
            let _ = writeln!(text, "{total} {} held by {players}", points.name);
        }
        let _ = writeln!(
            text,
            "\nCompared with the badges that the site itself awarded:\n\n{}",
            self.agreement.to_text()
        );
        let _ = writeln!(
            text,
            "\nTop players:\n\n{}",
            players::describe_top_players(&self.top_players)
        );
        let _ = writeln!(text, "\n{}", self.tour.to_text());
        let _ = writeln!(text, "The data is in {}. To explore it:", self.database);
        for command in &self.next {
            let _ = writeln!(text, "  {command}");
        }
        text
    }
}

impl AgreementReport {
    fn from_score(score: &AgreementByBadge) -> Self {
        let compared = |badge: &str, of: AwardAgreement| BadgeAgreement {
            badge: badge.to_owned(),
            same: of.same,
            missed: of.missed,
            extra: of.extra,
        };
        let total = score.sum_badges();
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

    fn to_text(&self) -> String {
        let row = |one: &BadgeAgreement| {
            [
                one.badge.clone(),
                group_thousands(one.same),
                group_thousands(one.missed),
                group_thousands(one.extra),
            ]
        };
        let rows = self.badges.iter().chain([&self.total]).map(row).collect();
        let shown = render_table(
            ["badge", "same", "missed", "extra"],
            &["same", "missed", "extra"],
            rows,
        );
        format!(
            "{}\n\nprecision {}, recall {}",
            shown,
            format_percent(self.precision),
            format_percent(self.recall)
        )
    }
}

/// Suggests commands that explore the database.
fn suggest_commands(database: &str, player: Option<&str>) -> Vec<String> {
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
