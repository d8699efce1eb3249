//! Questions to the engine.

mod badge_view;
mod badges;
mod earners;
mod facts;
mod figures;
mod gallery;
mod latest;
mod names;
mod players;
mod profile;
mod secrecy;
mod tier_view;
mod timeline;

use std::sync::Arc;

use accolade_core::fold::Unlocked;
use accolade_core::time::Timestamp;
use serde::Serialize;

pub use badge_view::{AwardView, BadgeView, ProgressView, SpellView};
pub use badges::BadgeStats;
pub use earners::EarnerView;
pub use facts::{CategoryView, CurrencyView, UnlockableSummary};
pub(crate) use figures::Counted;
pub use gallery::GalleryBadge;
pub use players::PlayerCard;
pub(crate) use profile::profile as profile_of;
pub use profile::{Balance, Profile, UnlockableView};
pub use secrecy::Audience;
pub use tier_view::TierView;
pub use timeline::TimelineCursor;

use crate::batch::award_row;
use crate::batch::identity::{self, Identity};
use crate::store::{AwardRow, LedgerRow, Reader, RuleErrorRow, StoreError, Totals, UnlockRow};
use crate::view::{self, View};
use crate::{Engine, Ticket};

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
                return Ok(Page {
                    items: Vec::new(),
                    next: None,
                });
            };
            let before = before.map(|cursor| (cursor.at, cursor.seq));
            let rows = reader.ledger_page(&player, before, limit.saturating_add(1))?;
            Ok(Page::cut(rows, limit, |row| LedgerCursor {
                at: row.at,
                seq: row.seq,
            }))
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

    /// A player's awards as they are now, those that were taken away included.
    pub fn awards(&self, player: &str) -> Ticket<Vec<AwardRow>> {
        self.look(
            player,
            |reader, player| reader.awards(player),
            |view| {
                view.holdings()
                    .awards
                    .iter()
                    .map(|(name, award)| award_row(&view.player, name, award))
                    .collect()
            },
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
            UnlockRow {
                unlockable,
                open,
                at,
                event,
            }
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
            Ok(View::of(reader, &catalogs, &player, now)?
                .map(anew)
                .unwrap_or_default())
        })
    }
}
