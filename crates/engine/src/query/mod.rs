//! Questions to the engine.

mod badges;
mod profile;

use std::sync::Arc;

use accolade_core::fold::Unlocked;
use accolade_core::time::Timestamp;
use serde::Serialize;

pub use badges::BadgeStats;
pub(crate) use profile::profile as profile_of;
pub use profile::{Audience, AwardView, BadgeView, Balance, Profile, ProgressView, SpellView, UnlockableView};

use crate::batch::identity::{self, Identity};
use crate::batch::{award_row, history, stored_guests};
use crate::store::{
    AwardRow, EarnerCursor, EventRow, LedgerRow, PlayerRow, Reader, RuleErrorRow, StoreError, Totals, UnlockRow,
};
use crate::view::{self, View};
use crate::{Engine, Error, Ticket};

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T, C> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<C>,
}

/// Where a page of a ledger goes on: the instant and number of the last entry seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerCursor {
    /// The instant.
    pub at: Timestamp,
    /// The number.
    pub seq: i64,
}

impl<T, C> Page<T, C> {
    /// A page of at most `limit` of the items, of which one more was asked for to see whether there is another page.
    pub(crate) fn cut(mut items: Vec<T>, limit: usize, cursor: impl FnOnce(&T) -> C) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(cursor);
        Self { items, next }
    }
}

impl Engine {
    /// A page of a player's ledger, newest first.
    pub fn ledger(
        &self,
        player: &str,
        before: Option<LedgerCursor>,
        limit: usize,
    ) -> Ticket<Page<LedgerRow, LedgerCursor>> {
        let player = player.to_owned();
        self.inner.readers.run(move |reader| {
            let Identity::Player(player) = identity::of(reader, &player)? else {
                return Ok(Page { items: Vec::new(), next: None });
            };
            let before = before.map(|cursor| (cursor.at, cursor.seq));
            let rows = reader.ledger_page(&player, before, limit.saturating_add(1))?;
            Ok(Page::cut(rows, limit, |row| LedgerCursor { at: row.at, seq: row.seq }))
        })
    }

    /// A page of those who hold a badge, in the order in which they earned it.
    pub fn earners(
        &self,
        badge: &str,
        after: Option<EarnerCursor>,
        limit: usize,
    ) -> Ticket<Page<AwardRow, EarnerCursor>> {
        let badge = match self.known_badge(badge) {
            Ok(badge) => badge,
            Err(unknown) => return Ticket::ready(Err(unknown)),
        };
        self.inner.readers.run(move |reader| {
            let rows = reader.earners(&badge, after.as_ref(), limit.saturating_add(1))?;
            Ok(Page::cut(rows, limit, |row| EarnerCursor {
                at: row.at,
                player: row.player.clone(),
                tier: row.tier.clone(),
                key: row.key.clone(),
            }))
        })
    }

    /// A page of all players, in order of id.
    pub fn players(&self, after: Option<String>, limit: usize) -> Ticket<Page<PlayerRow, String>> {
        self.inner.readers.run(move |reader| {
            let rows = reader.players(after.as_deref(), limit.saturating_add(1))?;
            Ok(Page::cut(rows, limit, |row| row.player.clone()))
        })
    }

    /// How much there is.
    pub fn totals(&self) -> Ticket<Totals> {
        self.inner.readers.run(|reader| Ok(reader.totals()?))
    }

    /// How often rules could not be evaluated.
    pub fn rule_errors(&self) -> Ticket<Vec<RuleErrorRow>> {
        self.inner.readers.run(|reader| Ok(reader.rule_errors()?))
    }

    /// A player's events and acts, in timeline order: those that were retracted and those of guests included.
    pub fn timeline(&self, player: &str) -> Ticket<Vec<EventRow>> {
        let player = player.to_owned();
        self.inner.readers.run(move |reader| {
            let Identity::Player(player) = identity::of(reader, &player)? else { return Ok(Vec::new()) };
            let guests = stored_guests(reader, &player)?;
            let mut rows = history::stored(reader, &player, &guests, None)?;
            rows.sort_by_cached_key(|row| (row.event.position(), row.event.player.clone()));
            Ok(rows)
        })
    }

    /// A player's awards as they are now, those that were taken away included.
    pub fn awards(&self, player: &str) -> Ticket<Vec<AwardRow>> {
        self.look(
            player,
            |reader, player| reader.awards(player),
            |view| view.holdings().awards.iter().map(|(name, award)| award_row(&view.player, name, award)).collect(),
        )
    }

    /// A player's balances that have ever changed, as they are now, in order of currency.
    pub fn balances(&self, player: &str) -> Ticket<Vec<(String, i64)>> {
        self.look(
            player,
            |reader, player| reader.balances(player),
            |view| view.holdings().balances.into_iter().collect(),
        )
    }

    /// A player's unlockables that have ever been open, as they are now.
    pub fn unlocks(&self, player: &str) -> Ticket<Vec<UnlockRow>> {
        let row = |(unlockable, unlocked): (String, Unlocked)| {
            let Unlocked { open, at, event } = unlocked;
            UnlockRow { unlockable, open, at, event }
        };
        self.look(
            player,
            |reader, player| reader.unlocks(player),
            move |view| view.holdings().unlocks.into_iter().map(row).collect(),
        )
    }

    /// Reads the rows of a player, or makes them anew where they are behind the clock or the catalog in force.
    fn look<T: Send + 'static>(
        &self,
        player: &str,
        rows: impl FnOnce(&mut dyn Reader, &str) -> Result<Vec<T>, StoreError> + Send + 'static,
        anew: impl FnOnce(View) -> Vec<T> + Send + 'static,
    ) -> Ticket<Vec<T>> {
        let player = player.to_owned();
        let catalogs = Arc::clone(&self.inner.catalogs);
        let now = (self.inner.clock)();
        self.inner.readers.run(move |reader| {
            if view::is_fresh(reader, &catalogs, &player, now)? {
                return Ok(rows(reader, &player)?);
            }
            Ok(View::of(reader, &catalogs, &player, now)?.map(anew).unwrap_or_default())
        })
    }

    /// The id that a badge has now; refuses one that is no badge's.
    fn known_badge(&self, id: &str) -> Result<String, Error> {
        let catalog = self.catalog();
        let rules = catalog.rules();
        if let Some(position) = rules.badge(id) {
            return Ok(rules.badges[position].id.clone());
        }
        let ids = rules.badges.iter().map(|badge| badge.id.as_str());
        let suggestion = accolade_core::suggest::nearest(id, ids).map(str::to_owned);
        Err(Error::Unknown { kind: "badge", id: id.to_owned(), suggestion })
    }
}
