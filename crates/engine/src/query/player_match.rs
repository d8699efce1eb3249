//! Players by what a person types: an id or a display name.

use accolade_core::ids::{BadgeId, PlayerId, TierId};
use accolade_core::suggest;

use crate::batch::identity::{self, PlayerIdentity};
use crate::player_ids::find_similar_player;
use crate::store::{PlayerRow, PlayerSummary, ReadStore, StoreError};
use crate::{Players, Ticket};

/// Maximum number of players to list for one ambiguous name.
const AMBIGUOUS_PLAYERS: usize = 20;
/// Maximum number of names to compare for a suggestion.
const COMPARED_NAMES: usize = 100;
/// Maximum number of suggestions in one call; each of them needs several queries.
const SUGGESTIONS: usize = 100;

/// A player who matches what a person typed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlayerCandidate {
    /// The player's id.
    pub player: PlayerId,
    /// The display name, if there is one.
    pub name: Option<String>,
}

/// The players whom a person probably means: see [`Players::resolve`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlayerMatch {
    /// The text that was given.
    pub text: String,
    /// The players with this id or name: none, one, or several with the same name.
    pub players: Vec<PlayerCandidate>,
    /// The most similar player, if none matches.
    pub suggestion: Option<PlayerCandidate>,
    /// True if the text is the id of an erased player.
    pub erased: bool,
}

impl Players<'_> {
    /// Finds the players with the given ids or display names, each at the position of its text.
    ///
    /// An id has precedence over a name. Names match in any case. At most 20 players are listed
    /// for a name, and suggestions are made for the first 100 unknown texts only.
    pub fn resolve(&self, texts: Vec<String>) -> Ticket<Vec<PlayerMatch>> {
        self.engine.inner.readers.run_query(move |reader| {
            let mut suggestions = 0;
            let mut found = Vec::with_capacity(texts.len());
            for text in texts {
                let mut one = find_matches(reader, text)?;
                if one.players.is_empty() && !one.erased && suggestions < SUGGESTIONS {
                    suggestions += 1;
                    one.suggestion = find_suggestion(reader, &one.text)?;
                }
                found.push(one);
            }
            Ok(found)
        })
    }

    /// Checks which of the players hold an award, each at the position of its id, as of the latest
    /// commit about the player.
    pub fn are_holders(
        &self,
        players: Vec<PlayerId>,
        badge: impl Into<BadgeId>,
        tier: Option<TierId>,
        key: Option<String>,
    ) -> Ticket<Vec<bool>> {
        let badge = badge.into();
        self.engine.inner.readers.run_query(move |reader| {
            let (tier, key) = (tier.as_deref().unwrap_or_default(), key.unwrap_or_default());
            let mut held = Vec::with_capacity(players.len());
            for player in players {
                let awards = reader.list_awards(&player)?;
                held.push(awards.iter().any(|row| {
                    row.badge == badge.as_str()
                        && row.tier == tier
                        && row.key == key
                        && row.revoked_at.is_none()
                }));
            }
            Ok(held)
        })
    }
}

fn find_matches<R: ReadStore + ?Sized>(
    store: &mut R,
    text: String,
) -> Result<PlayerMatch, StoreError> {
    let mut found = PlayerMatch {
        text,
        players: Vec::new(),
        suggestion: None,
        erased: false,
    };
    match identity::resolve_one(store, &found.text)? {
        PlayerIdentity::Erased => found.erased = true,
        PlayerIdentity::Player(player) => {
            if let Some(summary) = store.find_summary(&player)? {
                found.players.push(candidate(PlayerRow { player, summary }));
                return Ok(found);
            }
        }
    }
    let folded = PlayerSummary::fold_name(found.text.trim());
    if folded.is_empty() {
        return Ok(found);
    }
    // A name that is equal comes before those that only begin with it.
    let rows = store.list_players_by_name(&folded, AMBIGUOUS_PLAYERS)?;
    let is_equal = |row: &PlayerRow| {
        let name = row.summary.name.as_deref().map(PlayerSummary::fold_name);
        name.is_some_and(|name| name == folded)
    };
    found.players = rows.into_iter().filter(is_equal).map(candidate).collect();
    Ok(found)
}

/// Finds the player with the most similar id or, if there is none, the most similar name.
fn find_suggestion<R: ReadStore + ?Sized>(
    store: &mut R,
    text: &str,
) -> Result<Option<PlayerCandidate>, StoreError> {
    if let Some(player) = find_similar_player(store, text)? {
        let summary = store.find_summary(&player)?.unwrap_or_default();
        return Ok(Some(candidate(PlayerRow { player, summary })));
    }
    let folded = PlayerSummary::fold_name(text.trim());
    let letters: Vec<char> = folded.chars().collect();
    // Names that begin as the text does, from the most specific beginning on.
    for length in [letters.len().saturating_sub(1), 3, 1] {
        if length == 0 || length > letters.len() {
            continue;
        }
        let prefix: String = letters[..length].iter().collect();
        let rows = store.list_players_by_name(&prefix, COMPARED_NAMES)?;
        let names = rows.iter().filter_map(|row| row.summary.name.as_deref());
        if let Some(name) = suggest::find_nearest(text, names).map(str::to_owned) {
            let named = |row: &PlayerRow| row.summary.name.as_ref() == Some(&name);
            return Ok(rows.into_iter().find(named).map(candidate));
        }
    }
    Ok(None)
}

fn candidate(row: PlayerRow) -> PlayerCandidate {
    PlayerCandidate {
        player: row.player.into(),
        name: row.summary.name,
    }
}
