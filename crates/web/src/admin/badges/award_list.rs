//! List of players to award: its entries, and the players that they stand for.

use std::collections::HashSet;

use accolade::{PlayerCandidate, PlayerMatch, TierId};
use serde::Serialize;

use super::award_job::AwardedPlayer;
use crate::admin::forms::FormData;
use crate::admin::page::{AdminRequest, PageError};

/// Award to check a list for.
pub(super) struct ListedAward<'a> {
    pub(super) badge: &'a str,
    /// Tier; empty for none.
    pub(super) tier: &'a str,
    /// Key; empty for none.
    pub(super) key: &'a str,
    /// Submitted list.
    pub(super) players: &'a str,
}

/// Entry of the list with the players that it stands for.
#[derive(Debug, Clone, Serialize)]
pub(in crate::admin) struct AwardRow {
    /// Text of the entry.
    pub(in crate::admin) text: String,
    pub(in crate::admin) status: EntryStatus,
    /// Players with this id or name.
    pub(in crate::admin) candidates: Vec<AwardCandidate>,
    /// Player that the entry probably means, if it is unknown.
    pub(in crate::admin) suggestion: Option<AwardCandidate>,
    /// True if the box that creates the player is ticked.
    pub(in crate::admin) creates: bool,
}

/// Result of looking up an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::admin) enum EntryStatus {
    Found,
    /// Several players have the name.
    Ambiguous,
    Unknown,
    /// The player was erased, and cannot be awarded.
    Erased,
}

/// Player that an entry stands for.
#[derive(Debug, Clone, Serialize)]
pub(in crate::admin) struct AwardCandidate {
    pub(in crate::admin) player: String,
    /// Display name; empty for none.
    pub(in crate::admin) name: String,
    /// True if the player holds the award already.
    pub(in crate::admin) holds: bool,
    pub(in crate::admin) ticked: bool,
}

/// Splits a list into its distinct lines.
pub(super) fn list_entries(players: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    let lines = players.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && seen.insert(*line))
        .map(str::to_owned)
        .collect()
}

/// Lists the players that are ticked in the check of the list.
pub(super) fn list_ticked(posted: &FormData) -> Vec<AwardedPlayer> {
    let mut seen = HashSet::new();
    let known = posted.get_all("player").map(|player| (player, false));
    let created = posted.get_all("create").map(|player| (player, true));
    known
        .chain(created)
        .filter(|(player, _)| seen.insert(*player))
        .map(|(player, create)| AwardedPlayer {
            player: player.to_owned(),
            create,
        })
        .collect()
}

/// Looks up the players of a list.
///
/// `posted` has the ticks of a check that was submitted before. Without it, players who are found
/// and do not hold the award are ticked.
pub(super) async fn check_list(
    visit: &AdminRequest,
    award: &ListedAward<'_>,
    posted: Option<&FormData>,
) -> Result<Vec<AwardRow>, PageError> {
    let matches = resolve_entries(visit, award.players).await?;
    let mut seen = HashSet::new();
    let mut rows: Vec<AwardRow> = Vec::with_capacity(matches.len());
    for one in matches {
        let row = build_row(one);
        // Several entries can stand for one player, such as an id and a name.
        let is_new = match (&row.status, &row.candidates[..]) {
            (EntryStatus::Found, [only]) => seen.insert(only.player.clone()),
            _ => true,
        };
        rows.extend(Some(row).filter(|_| is_new));
    }
    mark_holders(visit, award, &mut rows).await?;
    tick_rows(&mut rows, posted);
    Ok(rows)
}

async fn resolve_entries(
    visit: &AdminRequest,
    players: &str,
) -> Result<Vec<PlayerMatch>, PageError> {
    let engine = &visit.app().engine;
    let mut matches = Vec::new();
    for found in engine.players().resolve(list_entries(players)).await? {
        // A name can contain a comma, so a line is split only if no player has it as a whole.
        if found.players.is_empty() && found.text.contains(',') {
            let parts = found.text.split(',').map(str::trim);
            let parts = parts.filter(|part| !part.is_empty()).map(str::to_owned);
            matches.extend(engine.players().resolve(parts.collect()).await?);
        } else {
            matches.push(found);
        }
    }
    Ok(matches)
}

fn build_row(found: PlayerMatch) -> AwardRow {
    let status = match found.players.len() {
        0 if found.erased => EntryStatus::Erased,
        0 => EntryStatus::Unknown,
        1 => EntryStatus::Found,
        _ => EntryStatus::Ambiguous,
    };
    AwardRow {
        text: found.text,
        status,
        candidates: found
            .players
            .into_iter()
            .map(AwardCandidate::from)
            .collect(),
        suggestion: found.suggestion.map(AwardCandidate::from),
        creates: false,
    }
}

async fn mark_holders(
    visit: &AdminRequest,
    award: &ListedAward<'_>,
    rows: &mut [AwardRow],
) -> Result<(), PageError> {
    let mut candidates: Vec<&mut AwardCandidate> = rows
        .iter_mut()
        .flat_map(|row| row.candidates.iter_mut().chain(row.suggestion.as_mut()))
        .collect();
    let players = candidates.iter().map(|one| (&*one.player).into()).collect();
    let optional = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let held = visit
        .app()
        .engine
        .players()
        .are_holders(
            players,
            award.badge,
            optional(award.tier).map(TierId::from),
            optional(award.key),
        )
        .await?;
    for (one, holds) in candidates.iter_mut().zip(held) {
        one.holds = holds;
    }
    Ok(())
}

fn tick_rows(rows: &mut [AwardRow], posted: Option<&FormData>) {
    let chosen: HashSet<&str> = posted
        .into_iter()
        .flat_map(|posted| posted.get_all("player"))
        .collect();
    for row in rows {
        let is_found = row.status == EntryStatus::Found;
        for one in row.candidates.iter_mut().chain(row.suggestion.as_mut()) {
            one.ticked = match posted {
                Some(_) => chosen.contains(&*one.player),
                None => is_found && !one.holds,
            };
        }
        row.creates =
            posted.is_some_and(|posted| posted.get_all("create").any(|player| player == row.text));
    }
}

impl From<PlayerCandidate> for AwardCandidate {
    fn from(candidate: PlayerCandidate) -> Self {
        Self {
            player: candidate.player.into(),
            name: candidate.name.unwrap_or_default(),
            holds: false,
            ticked: false,
        }
    }
}
