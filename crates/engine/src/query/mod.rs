//! Questions to the engine.

mod badges;
mod profile;

use accolade_core::time::Timestamp;
use serde::Serialize;

pub use badges::BadgeStats;
pub use profile::{Audience, AwardView, BadgeView, Balance, Profile, ProgressView, UnlockableView};

use crate::store::{AwardRow, EarnerCursor, EventRow, LedgerRow, PlayerRow, RuleErrorRow, Totals, UnlockRow};
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
    fn cut(mut items: Vec<T>, limit: usize, cursor: impl FnOnce(&T) -> C) -> Self {
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
        if let Err(unknown) = self.check_badge(badge) {
            return Ticket::ready(Err(unknown));
        }
        let badge = badge.to_owned();
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

    /// A player's events and acts, in timeline order.
    pub fn timeline(&self, player: &str) -> Ticket<Vec<EventRow>> {
        let player = player.to_owned();
        self.inner.readers.run(move |reader| Ok(reader.timeline(&player, None)?))
    }

    /// A player's awards, those that were revoked included.
    pub fn awards(&self, player: &str) -> Ticket<Vec<AwardRow>> {
        let player = player.to_owned();
        self.inner.readers.run(move |reader| Ok(reader.awards(&player)?))
    }

    /// A player's balances that have ever changed, by currency.
    pub fn balances(&self, player: &str) -> Ticket<Vec<(String, i64)>> {
        let player = player.to_owned();
        self.inner.readers.run(move |reader| Ok(reader.balances(&player)?))
    }

    /// A player's unlockables that have ever been open.
    pub fn unlocks(&self, player: &str) -> Ticket<Vec<UnlockRow>> {
        let player = player.to_owned();
        self.inner.readers.run(move |reader| Ok(reader.unlocks(&player)?))
    }

    /// Refuses an id that is no badge's.
    fn check_badge(&self, id: &str) -> Result<(), Error> {
        let rules = self.catalog().rules();
        if rules.badge(id).is_some() {
            return Ok(());
        }
        let ids = rules.badges.iter().map(|badge| badge.id.as_str());
        let suggestion = accolade_core::suggest::nearest(id, ids).map(str::to_owned);
        Err(Error::Unknown { kind: "badge", id: id.to_owned(), suggestion })
    }
}
