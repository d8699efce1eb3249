//! Queries of the engine.

mod audit_log;
mod badge_counts;
mod badge_stats;
mod badge_view;
mod catalog_rules;
mod display_names;
mod earners;
mod gallery;
mod players;
mod profile;
mod recent_outcomes;
mod tier_view;
mod timeline;
mod visibility;

use std::sync::Arc;

use accolade_core::fold::UnlockableHolding;
use accolade_core::time::Timestamp;

pub(crate) use badge_counts::BadgeCountCache;
pub use badge_stats::BadgeStats;
pub use badge_view::{AwardView, BadgeView, HoldingIntervalView, ProgressView};
pub use catalog_rules::{CategoryView, CurrencyView, UnlockableSummary};
pub use earners::EarnerView;
pub use gallery::GalleryBadge;
pub use players::PlayerListItem;
pub(crate) use profile::build_profile;
pub use profile::{CurrencyBalance, Profile, UnlockableView};
pub use tier_view::TierView;
pub use timeline::TimelineCursor;
pub use visibility::Audience;

use crate::batch::build_award_row;
use crate::batch::identity::{self, PlayerIdentity};
use crate::current_player::{self, CurrentPlayer};
use crate::page::ResultPage;
use crate::store::{
    AwardRow, LedgerRow, RowTotals, RuleErrorRow, StoreError, StoreReader, UnlockRow,
};
use crate::{Catalogs, Maintenance, Players, Ticket};

/// Cursor of a ledger page: position of the last entry seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerCursor {
    /// The instant of the entry.
    pub at: Timestamp,
    /// The number of the entry.
    pub seq: i64,
}

impl Players<'_> {
    /// Lists a player's ledger by page, newest first by `(at, seq)`. Empty for an unknown player.
    pub fn list_ledger(
        &self,
        player: &str,
        before: Option<LedgerCursor>,
        limit: usize,
    ) -> Ticket<ResultPage<LedgerRow, LedgerCursor>> {
        let player = player.to_owned();
        self.engine.inner.readers.run_query(move |reader| {
            let PlayerIdentity::Player(player) = identity::resolve_one(reader, &player)? else {
                return Ok(ResultPage {
                    items: Vec::new(),
                    next: None,
                });
            };
            let before = before.map(|cursor| (cursor.at, cursor.seq));
            let rows = reader.list_ledger_page(&player, before, limit.saturating_add(1))?;
            Ok(ResultPage::from_rows(rows, limit, |row| LedgerCursor {
                at: row.at,
                seq: row.seq,
            }))
        })
    }

    /// Lists a player's awards as of now, including revoked ones, in order of badge, tier and key.
    /// Empty for an unknown player.
    pub fn list_awards(&self, player: &str) -> Ticket<Vec<AwardRow>> {
        self.read_or_compute(
            player,
            |reader, player| reader.list_awards(player),
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
    pub fn list_balances(&self, player: &str) -> Ticket<Vec<(String, i64)>> {
        self.read_or_compute(
            player,
            |reader, player| reader.list_balances(player),
            |view| view.holdings().balances.into_iter().collect(),
        )
    }

    /// Lists a player's unlockables as of now, in order of id. Those that were never open are left
    /// out.
    pub fn list_unlocks(&self, player: &str) -> Ticket<Vec<UnlockRow>> {
        let row = |(unlockable, unlocked): (String, UnlockableHolding)| {
            let UnlockableHolding { open, at, event } = unlocked;
            UnlockRow {
                unlockable,
                open,
                at,
                event,
            }
        };
        self.read_or_compute(
            player,
            |reader, player| reader.list_unlocks(player),
            move |view| view.holdings().unlocks.into_iter().map(row).collect(),
        )
    }

    /// Reads the rows of a player, or computes them from the state if they are outdated.
    fn read_or_compute<T: Send + 'static>(
        &self,
        player: &str,
        rows: impl FnOnce(&mut dyn StoreReader, &str) -> Result<Vec<T>, StoreError> + Send + 'static,
        compute: impl FnOnce(CurrentPlayer) -> Vec<T> + Send + 'static,
    ) -> Ticket<Vec<T>> {
        let player = player.to_owned();
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        let now = (self.engine.inner.clock)();
        self.engine.inner.readers.run_query(move |reader| {
            // Rows are cheaper than a fold, so they are used if nothing has changed since they were
            // written.
            if current_player::are_rows_current(reader, &catalogs, &player, now)? {
                return Ok(rows(reader, &player)?);
            }
            Ok(CurrentPlayer::load_player(reader, &catalogs, &player, now)?
                .map(compute)
                .unwrap_or_default())
        })
    }
}

impl Maintenance<'_> {
    /// Counts the players, events, awards and ledger entries of the database. This may scan the
    /// whole database.
    pub fn count_rows(&self) -> Ticket<RowTotals> {
        self.engine
            .inner
            .readers
            .run_query(|reader| Ok(reader.count_rows()?))
    }
}

impl Catalogs<'_> {
    /// Lists the rules that could not be evaluated, with the number of errors and the latest one.
    pub fn list_rule_errors(&self) -> Ticket<Vec<RuleErrorRow>> {
        self.engine
            .inner
            .readers
            .run_query(|reader| Ok(reader.list_rule_errors()?))
    }
}
