//! Awards and balances of a community's players.

use std::collections::{BTreeMap, BTreeSet};

use accolade::{Award, Catalog, Engine, GalleryBadge};
use serde::Serialize;

use crate::error::CommandError;
use crate::format::group_thousands;
use crate::output::render_table;

/// Players that are read at a time.
const PLAYERS_PER_PAGE: usize = 256;
/// Number of top players.
const MAX_TOP_PLAYERS: usize = 5;

/// Awards and balances of all players.
pub(crate) struct CommunityData {
    pub(crate) players: u64,
    ids: Vec<String>,
    /// Awards currently held, with their players.
    pub(crate) awards: Vec<(String, Award)>,
    /// Balances, as player, currency and amount.
    balances: Vec<(String, String, i64)>,
}

/// Total of a currency over all players.
#[derive(Debug, Serialize)]
pub(crate) struct CurrencyTotal {
    pub(crate) currency: String,
    pub(crate) name: String,
    // A balance can be any i64, so a sum of several needs more.
    pub(crate) total: i128,
    pub(crate) players: u64,
}

/// Player with many awards.
#[derive(Debug, Serialize)]
pub(crate) struct TopPlayer {
    pub(crate) player: String,
    awards: usize,
    /// Number of different badges.
    badges: usize,
    /// Name of the badge that the fewest players hold.
    rarest: String,
    points: BTreeMap<String, i64>,
}

impl CommunityData {
    pub(crate) fn load_all(engine: &Engine) -> Result<Self, CommandError> {
        let mut community = Self {
            players: 0,
            ids: Vec::new(),
            awards: Vec::new(),
            balances: Vec::new(),
        };
        let mut after = None;
        loop {
            let page = engine
                .players()
                .search("", after, PLAYERS_PER_PAGE)
                .wait()?;
            for row in &page.items {
                community.players += 1;
                community.ids.push(row.player.to_string());
                let awards = engine.players().list_awards(&row.player).wait()?;
                let held = awards.into_iter().filter(Award::is_held);
                let held = held.map(|award| (row.player.to_string(), award));
                community.awards.extend(held);
                let balances = engine.players().load_balances(&row.player).wait()?;
                let balances = balances
                    .into_iter()
                    .map(|(currency, balance)| (row.player.to_string(), currency.into(), balance));
                community.balances.extend(balances);
            }
            after = page.next;
            if after.is_none() {
                return Ok(community);
            }
        }
    }

    /// Returns the ids of all players.
    pub(crate) fn player_ids(&self) -> &[String] {
        &self.ids
    }

    /// Sums up each currency.
    pub(crate) fn sum_currencies(&self, catalog: &Catalog) -> Vec<CurrencyTotal> {
        let sum = |currency: &str| {
            let balances = self
                .balances
                .iter()
                .filter(|(_, other, balance)| other == currency && *balance != 0);
            balances.fold((0, 0), |(total, players), (_, _, balance)| {
                (total + i128::from(*balance), players + 1)
            })
        };
        let points = catalog.rules().currencies.iter().map(|currency| {
            let (total, players) = sum(&currency.id);
            CurrencyTotal {
                currency: currency.id.clone(),
                name: currency.display.name.clone(),
                total,
                players,
            }
        });
        points.collect()
    }

    /// Finds the players with the most awards, in descending order.
    pub(crate) fn find_top_players(
        &self,
        catalog: &Catalog,
        badges: &[GalleryBadge],
    ) -> Vec<TopPlayer> {
        let mut held: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
        for (player, award) in &self.awards {
            let (awards, kinds) = held.entry(player).or_default();
            *awards += 1;
            kinds.insert(&award.badge);
        }
        let mut ranked: Vec<_> = held.into_iter().collect();
        // The sort is stable, so equal players stay in order of their ids.
        ranked.sort_by_key(|(_, (awards, _))| std::cmp::Reverse(*awards));
        ranked.truncate(MAX_TOP_PLAYERS);
        let notable = ranked.into_iter().map(|(player, (awards, kinds))| {
            let rarest = badges
                .iter()
                .filter(|badge| badge.id.as_deref().is_some_and(|id| kinds.contains(id)))
                .min_by_key(|badge| badge.players);
            let balance = |currency: &str| {
                let of_it = self
                    .balances
                    .iter()
                    .find(|(who, other, _)| who == player && other == currency);
                of_it.map_or(0, |(_, _, balance)| *balance)
            };
            let currencies = catalog.rules().currencies.iter();
            TopPlayer {
                player: player.to_owned(),
                awards,
                badges: kinds.len(),
                rarest: rarest.map_or_else(String::new, |badge| badge.name.clone()),
                points: currencies
                    .map(|currency| (currency.display.name.clone(), balance(&currency.id)))
                    .collect(),
            }
        });
        notable.collect()
    }
}

/// Renders the top players as a table.
pub(crate) fn describe_top_players(notable: &[TopPlayer]) -> String {
    let row = |one: &TopPlayer| {
        let points: Vec<String> = one
            .points
            .iter()
            .map(|(currency, balance)| format!("{} {currency}", group_thousands(balance)))
            .collect();
        let (awards, badges) = (group_thousands(one.awards), group_thousands(one.badges));
        [
            one.player.clone(),
            awards,
            badges,
            one.rarest.clone(),
            points.join(", "),
        ]
    };
    let header = ["player", "awards", "badges", "rarest", "points"];
    render_table(
        header,
        &["awards", "badges", "points"],
        notable.iter().map(row).collect(),
    )
}
