//! Player lists and lookups.

use std::sync::Arc;

use accolade_core::ids::PlayerId;
use accolade_core::time::Timestamp;

use super::display_names::load_display_names;
use crate::batch::identity::{self, PlayerIdentity};
use crate::page::ResultPage;
use crate::player_ids::{find_similar_player, load_by_prefix};
use crate::store::{PlayerRow, PlayerSearch};
use crate::{Players, Ticket};

/// Number of players that a search can list.
// To find the rows after those that are skipped, the database sorts all of them.
const LISTED_PLAYERS: usize = 10_000;

/// A player in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlayerListItem {
    /// The player's id.
    pub player: PlayerId,
    /// The display name, if there is one: see [`Players::display_names`].
    pub name: Option<String>,
    /// The number of events that the player caused and that count. Manual actions are not among
    /// them.
    pub events: u64,
    /// The instant of the first event or manual action.
    pub first_at: Option<Timestamp>,
    /// The instant of the last event that the player caused; `None` if there is none.
    pub last_seen_at: Option<Timestamp>,
}

impl PlayerListItem {
    /// Reads it from its row.
    fn from_row(row: PlayerRow) -> Self {
        let PlayerRow { player, summary } = row;
        Self {
            player: player.into(),
            name: summary.name,
            events: summary.own_event_count,
            first_at: summary.first_at,
            last_seen_at: summary.last_seen_at,
        }
    }
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

    /// Finds the id of a player that an unknown id probably stands for.
    ///
    /// It compares ids with the same beginning, at most some hundreds, so that the cost does not
    /// grow with the number of players.
    pub fn suggest(&self, player: impl Into<PlayerId>) -> Ticket<Option<PlayerId>> {
        let player = player.into();
        self.engine.inner.readers.run_query(move |reader| {
            let found = find_similar_player(reader, &player)?;
            Ok(found.map(PlayerId::from))
        })
    }

    /// Finds players by a part of their id, name or attributes, by page. The cursor is the number
    /// of players to [skip](PlayerSearch::skip).
    ///
    /// Looks at every player once, so that the cost grows with their number. Of a longer list, only
    /// the first 10,000 players are listed: refine the search to reach the others.
    pub fn find(&self, search: PlayerSearch) -> Ticket<ResultPage<PlayerListItem, usize>> {
        let skip = search.skip.min(LISTED_PLAYERS);
        let limit = search.limit.min(LISTED_PLAYERS - skip);
        let next = skip + limit;
        let search = PlayerSearch {
            skip,
            limit: limit + 1,
            ..search
        };
        self.engine.inner.readers.run_query(move |reader| {
            let rows = reader.search_players(&search)?;
            let mut page = ResultPage::from_rows(rows, limit, |_| next);
            page.next = page.next.filter(|next| *next < LISTED_PLAYERS);
            Ok(page.map(PlayerListItem::from_row))
        })
    }

    /// Lists players whose display names begin with a text, in any case, in order of name and id.
    ///
    /// The cost depends on the limit only.
    pub fn find_by_name(&self, prefix: &str, limit: usize) -> Ticket<Vec<PlayerListItem>> {
        let prefix = prefix.trim().to_owned();
        self.engine.inner.readers.run_query(move |reader| {
            let rows = reader.list_players_by_name(&prefix, limit)?;
            Ok(rows.into_iter().map(PlayerListItem::from_row).collect())
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
            let card = |(row, name): (PlayerRow, Option<String>)| PlayerListItem {
                name,
                ..PlayerListItem::from_row(row)
            };
            Ok(ResultPage {
                items: items.into_iter().zip(names).map(card).collect(),
                next,
            })
        })
    }
}
