//! Lists of players.

use std::sync::Arc;

use accolade_core::time::Timestamp;
use serde::Serialize;

use super::Page;
use super::names::names;
use crate::batch::identity::{self, Identity};
use crate::receipt::optional_text;
use crate::store::{PlayerRow, Read, StoreError};
use crate::{Engine, Ticket};

/// A player in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlayerCard {
    /// The application's id.
    pub player: String,
    /// What pages show for the player, if there is something: see [`Engine::names`].
    pub name: Option<String>,
    /// How many events and acts the timeline has.
    pub events: u64,
    /// When the last one happened.
    #[serde(serialize_with = "optional_text")]
    pub last_at: Option<Timestamp>,
}

impl Engine {
    /// A page of all players, in order of id.
    pub fn players(&self, after: Option<String>, limit: usize) -> Ticket<Page<PlayerRow, String>> {
        self.inner.readers.run(move |reader| {
            let rows = reader.players(after.as_deref(), limit.saturating_add(1))?;
            Ok(Page::cut(rows, limit, |row| row.player.clone()))
        })
    }

    /// Whether anything is known of a player. A guest who was merged is, as the one whom they were merged into.
    pub fn knows(&self, player: &str) -> Ticket<bool> {
        let player = player.to_owned();
        self.inner
            .readers
            .run(move |reader| match identity::of(reader, &player)? {
                Identity::Player(player) => {
                    Ok(reader.headers(&[&player])?.iter().any(Option::is_some))
                }
                Identity::Erased => Ok(false),
            })
    }

    /// A page of the players whose ids begin with the prefix, letter for letter, in order of id; of all players where
    /// the prefix is empty. It costs what is on the page, however many players there are.
    pub fn search_players(
        &self,
        prefix: &str,
        after: Option<String>,
        limit: usize,
    ) -> Ticket<Page<PlayerCard, String>> {
        let prefix = prefix.to_owned();
        let catalogs = Arc::clone(&self.inner.catalogs);
        let now = (self.inner.clock)();
        self.inner.readers.run(move |reader| {
            let rows = beginning_with(reader, &prefix, after.as_deref(), limit.saturating_add(1))?;
            let Page { items, next } = Page::cut(rows, limit, |row| row.player.clone());
            let players: Vec<&str> = items.iter().map(|row| row.player.as_str()).collect();
            let names = names(reader, &catalogs, &players, now)?;
            let card = |(row, name): (PlayerRow, Option<String>)| {
                let PlayerRow { player, summary } = row;
                PlayerCard {
                    player,
                    name,
                    events: summary.event_count,
                    last_at: summary.last_at,
                }
            };
            Ok(Page {
                items: items.into_iter().zip(names).map(card).collect(),
                next,
            })
        })
    }
}

/// Players whose ids begin with the prefix. In order of id they stand together, behind the one, if there is one, whose
/// id is the prefix itself; a page begins behind an id, so that this one is asked for.
fn beginning_with<R: Read + ?Sized>(
    store: &mut R,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<PlayerRow>, StoreError> {
    let mut rows = Vec::new();
    let after = match after.filter(|after| *after >= prefix) {
        Some(after) => after,
        None => {
            let summary = store.summary(prefix)?;
            rows.extend(summary.map(|summary| PlayerRow {
                player: prefix.to_owned(),
                summary,
            }));
            prefix
        }
    };
    let following = store.players(Some(after), limit)?;
    rows.extend(
        following
            .into_iter()
            .take_while(|row| row.player.starts_with(prefix)),
    );
    rows.truncate(limit);
    Ok(rows)
}
