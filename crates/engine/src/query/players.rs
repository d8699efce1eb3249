//! Player lists and lookups.

use std::sync::Arc;

use accolade_core::ids::PlayerId;
use accolade_core::time::Timestamp;

use super::display_names::load_display_names;
use crate::batch::identity::{self, PlayerIdentity};
use crate::page::ResultPage;
use crate::store::{PlayerRow, ReadStore, StoreError};
use crate::{Players, Ticket};

/// A player in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlayerListItem {
    /// The player's id.
    pub player: PlayerId,
    /// The display name, if there is one: see [`Players::display_names`].
    pub name: Option<String>,
    /// The number of events and manual actions in the timeline.
    pub events: u64,
    /// The instant of the first event.
    pub first_at: Option<Timestamp>,
    /// The instant of the last event.
    pub last_at: Option<Timestamp>,
}

impl Players<'_> {
    /// Counts the players. Merged guests do not count. This is cheap, unlike
    /// [`Maintenance::count_rows`](crate::Maintenance::count_rows).
    pub fn count(&self) -> Ticket<u64> {
        self.engine
            .inner
            .readers
            .run_query(|reader| Ok(reader.count_players()?))
    }

    /// Lists the guests that were merged directly into a player, in order of recording.
    pub fn list_guests(&self, player: impl Into<PlayerId>) -> Ticket<Vec<PlayerId>> {
        let player = player.into();
        self.engine.inner.readers.run_query(move |reader| {
            let aliases = reader.list_guests(&player)?;
            Ok(aliases
                .into_iter()
                .map(|alias| alias.guest.into())
                .collect())
        })
    }

    /// Returns true if the player exists. A merged guest exists as the player it was merged into.
    pub fn exists(&self, player: impl Into<PlayerId>) -> Ticket<bool> {
        let player = player.into();
        self.engine.inner.readers.run_query(move |reader| {
            match identity::resolve_one(reader, &player)? {
                PlayerIdentity::Player(player) => {
                    Ok(reader.load_headers(&[&player])?.iter().any(Option::is_some))
                }
                PlayerIdentity::Erased => Ok(false),
            }
        })
    }

    /// Lists the players whose ids begin with a prefix (case-sensitive) by page, in order of id. An
    /// empty prefix matches all players.
    ///
    /// The cost depends on the size of the page only.
    pub fn search(
        &self,
        prefix: &str,
        after: Option<PlayerId>,
        limit: usize,
    ) -> Ticket<ResultPage<PlayerListItem, PlayerId>> {
        let prefix = prefix.to_owned();
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        let now = (self.engine.inner.clock)();
        self.engine.inner.readers.run_query(move |reader| {
            let rows = load_by_prefix(reader, &prefix, after.as_deref(), limit.saturating_add(1))?;
            let ResultPage { items, next } =
                ResultPage::from_rows(rows, limit, |row| PlayerId::from(&row.player));
            let players: Vec<&str> = items.iter().map(|row| row.player.as_str()).collect();
            let names = load_display_names(reader, &catalogs, &players, now)?;
            let card = |(row, name): (PlayerRow, Option<String>)| {
                let PlayerRow { player, summary } = row;
                PlayerListItem {
                    player: player.into(),
                    name,
                    events: summary.event_count,
                    first_at: summary.first_at,
                    last_at: summary.last_at,
                }
            };
            Ok(ResultPage {
                items: items.into_iter().zip(names).map(card).collect(),
                next,
            })
        })
    }
}

/// Loads the players whose ids begin with a prefix.
fn load_by_prefix<R: ReadStore + ?Sized>(
    store: &mut R,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<PlayerRow>, StoreError> {
    // In order of id, the matches follow the prefix itself. Pages begin after an id, so a player
    // whose id is the prefix is looked up separately.
    let mut rows = Vec::new();
    let after = match after.filter(|after| *after >= prefix) {
        Some(after) => after,
        None => {
            let summary = store.find_summary(prefix)?;
            rows.extend(summary.map(|summary| PlayerRow {
                player: prefix.to_owned(),
                summary,
            }));
            prefix
        }
    };
    let following = store.list_players(Some(after), limit)?;
    rows.extend(
        following
            .into_iter()
            .take_while(|row| row.player.starts_with(prefix)),
    );
    rows.truncate(limit);
    Ok(rows)
}
