//! Queries of the engine.

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

use crate::batch::build_award_row;
use crate::batch::identity::{self, PlayerIdentity};
use crate::store::{AwardRow, LedgerRow, Reader, RuleErrorRow, StoreError, Totals, UnlockRow};
use crate::view::{self, View};
use crate::{Engine, Ticket};

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T, C> {
    /// The rows of the page.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<C>,
}

/// Cursor of a ledger page: position of the last entry seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerCursor {
    /// The instant of the entry.
    pub at: Timestamp,
    /// The number of the entry.
    pub seq: i64,
}

impl<T, C> Page<T, C> {
    /// Builds a page of at most `limit` items. Pass one item more than that, which shows that there
    /// is another page.
    pub(crate) fn cut(mut items: Vec<T>, limit: usize, cursor: impl FnOnce(&T) -> C) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(cursor);
        Self { items, next }
    }
}

impl Engine {
    /// Lists a player's ledger by page, newest first by `(at, seq)`. Empty for an unknown player.
    pub fn ledger(
        &self,
        player: &str,
        before: Option<LedgerCursor>,
        limit: usize,
    ) -> Ticket<Page<LedgerRow, LedgerCursor>> {
        let player = player.to_owned();
        self.inner.readers.run(move |reader| {
            let PlayerIdentity::Player(player) = identity::resolve_one(reader, &player)? else {
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

    /// Counts the players, events, awards and ledger entries of the database. This may scan the
    /// whole database.
    pub fn totals(&self) -> Ticket<Totals> {
        self.inner.readers.run(|reader| Ok(reader.totals()?))
    }

    /// Lists the rules that could not be evaluated, with the number of errors and the latest one.
    pub fn rule_errors(&self) -> Ticket<Vec<RuleErrorRow>> {
        self.inner.readers.run(|reader| Ok(reader.rule_errors()?))
    }

    /// Lists a player's awards as of now, including revoked ones, in order of badge, tier and key.
    /// Empty for an unknown player.
    pub fn awards(&self, player: &str) -> Ticket<Vec<AwardRow>> {
        self.look(
            player,
            |reader, player| reader.awards(player),
            |view| {
                view.holdings()
                    .awards
                    .iter()
                    .map(|(name, award)| build_award_row(&view.player, name, award))
                    .collect()
            },
        )
    }

    /// Lists a player's balances as of now, in order of currency. Currencies that the player never
    /// had are left out.
    pub fn balances(&self, player: &str) -> Ticket<Vec<(String, i64)>> {
        self.look(
            player,
            |reader, player| reader.balances(player),
            |view| view.holdings().balances.into_iter().collect(),
        )
    }

    /// Lists a player's unlockables as of now, in order of id. Those that were never open are left
    /// out.
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

    /// Reads the rows of a player, or computes them from the state if they are outdated.
    fn look<T: Send + 'static>(
        &self,
        player: &str,
        rows: impl FnOnce(&mut dyn Reader, &str) -> Result<Vec<T>, StoreError> + Send + 'static,
        compute: impl FnOnce(View) -> Vec<T> + Send + 'static,
    ) -> Ticket<Vec<T>> {
        let player = player.to_owned();
        let catalogs = Arc::clone(&self.inner.catalogs);
        let now = (self.inner.clock)();
        self.inner.readers.run(move |reader| {
            // Rows are cheaper than a fold, so they are used if nothing has changed since they were
            // written.
            if view::is_fresh(reader, &catalogs, &player, now)? {
                return Ok(rows(reader, &player)?);
            }
            Ok(View::of(reader, &catalogs, &player, now)?
                .map(compute)
                .unwrap_or_default())
        })
    }
}
