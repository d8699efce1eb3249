//! Queries of the engine.

mod audit_log;
mod award_events;
mod badge_counts;
mod badge_summary;
mod badge_view;
mod catalog_rules;
mod display_names;
mod earners;
mod event_names;
mod gallery;
mod holders;
mod player_match;
mod players;
mod profile;
mod recent_outcomes;
mod tier_view;
mod timeline;
mod visibility;

use std::collections::BTreeMap;
use std::sync::Arc;

use accolade_core::ids::{CurrencyId, PlayerId};
use accolade_core::time::Timestamp;

pub(crate) use badge_counts::BadgeCountCache;
pub use badge_summary::BadgeSummary;
pub use badge_view::{AwardView, BadgeView, ProgressView};
pub use catalog_rules::{CategoryView, CurrencyView, EarningSummary, UnlockableSummary};
pub use earners::EarnerView;
pub use event_names::{EventNameCursor, EventNameFilter, EventNameTotals, EventNameView};
pub use gallery::GalleryBadge;
pub use holders::HolderView;
pub use player_match::{PlayerCandidate, PlayerMatch};
pub use players::PlayerListItem;
pub(crate) use profile::build_profile;
pub use profile::{CurrencyBalance, Profile, UnlockableView};
pub use tier_view::TierView;
pub use timeline::TimelineCursor;
pub use visibility::Audience;

use crate::batch::identity::{self, PlayerIdentity};
use crate::current_player::{self, CurrentPlayer};
use crate::page::ResultPage;
use crate::records::{Award, LedgerEntry, RuleError, Unlock};
use crate::store::{RowTotals, StoreError, StoreReader};
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
        player: impl Into<PlayerId>,
        before: Option<LedgerCursor>,
        limit: usize,
    ) -> Ticket<ResultPage<LedgerEntry, LedgerCursor>> {
        let player = player.into();
        self.engine.inner.readers.run_query(move |reader| {
            let PlayerIdentity::Player(player) = identity::resolve_one(reader, &player)? else {
                return Ok(ResultPage {
                    items: Vec::new(),
                    next: None,
                });
            };
            let before = before.map(|cursor| (cursor.at, cursor.seq));
            let rows = reader.list_ledger_page(&player, before, limit.saturating_add(1))?;
            let page = ResultPage::from_rows(rows, limit, |row| LedgerCursor {
                at: row.at,
                seq: row.seq,
            });
            Ok(page.map(LedgerEntry::from_row))
        })
    }

    /// Lists a player's awards as of now, including revoked ones, in order of badge, tier and key.
    /// Empty for an unknown player.
    pub fn list_awards(&self, player: impl Into<PlayerId>) -> Ticket<Vec<Award>> {
        self.read_or_compute(player, |source| match source {
            HoldingSource::Rows(reader, player) => {
                let rows = reader.list_awards(player)?;
                rows.into_iter().map(Award::from_row).collect()
            }
            HoldingSource::State(view) => {
                let awards = view.holdings().awards.into_iter();
                Ok(awards
                    .map(|(name, award)| Award::from_holding(name, award))
                    .collect())
            }
        })
    }

    /// Loads a player's balances as of now. Currencies with a balance of 0 are left out.
    pub fn load_balances(&self, player: impl Into<PlayerId>) -> Ticket<BTreeMap<CurrencyId, i64>> {
        self.read_or_compute(player, |source| {
            let balances = match source {
                HoldingSource::Rows(reader, player) => reader.list_balances(player)?,
                HoldingSource::State(view) => view.holdings().balances.into_iter().collect(),
            };
            // Rows keep a balance that became 0, and states do not.
            let typed = balances
                .into_iter()
                .filter(|(_, balance)| *balance != 0)
                .map(|(currency, balance)| (currency.into(), balance));
            Ok(typed.collect())
        })
    }

    /// Lists a player's unlockables as of now, in order of id. Those that were never open are left
    /// out.
    pub fn list_unlocks(&self, player: impl Into<PlayerId>) -> Ticket<Vec<Unlock>> {
        self.read_or_compute(player, |source| {
            Ok(match source {
                HoldingSource::Rows(reader, player) => reader
                    .list_unlocks(player)?
                    .into_iter()
                    .map(Unlock::from_row)
                    .collect(),
                HoldingSource::State(view) => {
                    let unlocks = view.holdings().unlocks.into_iter();
                    unlocks
                        .map(|(unlockable, holding)| Unlock::from_holding(unlockable, holding))
                        .collect()
                }
            })
        })
    }

    /// Reads what a player has, from the rows if they are current, or else from the state. Returns
    /// an empty collection for an unknown player.
    fn read_or_compute<T: Default + Send + 'static>(
        &self,
        player: impl Into<PlayerId>,
        read: impl FnOnce(HoldingSource<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Ticket<T> {
        let player = player.into();
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        let now = (self.engine.inner.clock)();
        self.engine.inner.readers.run_query(move |reader| {
            // Rows are cheaper than a fold, so they are used if nothing has changed since they were
            // written.
            if current_player::are_rows_current(reader, &catalogs, &player, now)? {
                return Ok(read(HoldingSource::Rows(reader, &player))?);
            }
            match CurrentPlayer::load_player(reader, &catalogs, &player, now)? {
                Some(view) => Ok(read(HoldingSource::State(Box::new(view)))?),
                None => Ok(T::default()),
            }
        })
    }
}

/// Where the holdings of a player are read from.
enum HoldingSource<'r> {
    /// Stored rows of the player with this id.
    Rows(&'r mut dyn StoreReader, &'r str),
    /// The state, because the rows are outdated.
    State(Box<CurrentPlayer>),
}

impl Maintenance<'_> {
    /// The version of the database schema: the number of its latest migration.
    pub fn schema_version(&self) -> Ticket<i64> {
        self.engine
            .inner
            .readers
            .run_query(|reader| Ok(reader.schema_version()?))
    }

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
    pub fn list_rule_errors(&self) -> Ticket<Vec<RuleError>> {
        self.engine.inner.readers.run_query(|reader| {
            let rows = reader.list_rule_errors()?;
            Ok(rows.into_iter().map(RuleError::from_row).collect())
        })
    }
}
