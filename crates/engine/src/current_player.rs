//! The current state of a player: stored rows, brought forward in memory to the published catalog
//! and to the present (S10, S14).

use std::sync::Arc;

use accolade_core::event::Event;
use accolade_core::fold::{self, Holdings, PartialState, WholeState};
use accolade_core::time::Timestamp;

use crate::Error;
use crate::backfill::PlayerBackfill;
use crate::batch::identity::{self, PlayerIdentity};
use crate::batch::player_meta::{self, PlayerMeta};
use crate::batch::{decode_cells, history, load_stored_holdings};
use crate::catalog_cache::{CatalogCache, PublishedCatalog};
use crate::store::{ReadStore, StoreError, StoreReader};

/// A player's state as of now.
pub(crate) struct CurrentPlayer {
    /// Id of the player; differs from the requested id if that one is a merged guest's.
    pub(crate) player: String,
    pub(crate) published: Arc<PublishedCatalog>,
    /// State with all cells.
    pub(crate) state: WholeState,
    /// Grandfathering facts of publications that the player's backfill has not reached. Not stored.
    pub(crate) grandfathered: Vec<Event>,
}

impl CurrentPlayer {
    /// Loads a player as of now; `None` if the player is unknown.
    pub(crate) fn load_player(
        reader: &mut dyn StoreReader,
        catalogs: &CatalogCache,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<Self>, Error> {
        // Header, cells and events must be of one commit, or the fold would mix two states.
        let mut snapshot = reader.open_snapshot()?;
        let store = &mut *snapshot;
        let PlayerIdentity::Player(player) = identity::resolve_one(store, name)? else {
            return Ok(None);
        };
        let Some(header) = store.load_headers(&[&player])?.into_iter().next().flatten() else {
            return Ok(None);
        };
        let (account, header) = player_meta::decode_player(&player, &header)?;
        let published = catalogs.load_current(store)?;
        let (state, keeps) = if account.catalog_version == published.version {
            (
                WholeState::new(
                    header,
                    decode_cells(&player, store.load_all_cells(&player, None)?)?,
                ),
                Vec::new(),
            )
        } else {
            run_pending_backfill(
                store,
                catalogs,
                &player,
                &account,
                header,
                published.version,
            )?
        };
        let mut view = Self {
            player,
            published,
            state,
            grandfathered: keeps,
        };
        // Events may be ahead of the clock, and a state never goes back in time.
        let end = view.state.header.as_of.map_or(now, |as_of| as_of.max(now));
        view.state
            .advance_to(&view.published.catalog, &view.player, end);
        Ok(Some(view))
    }

    pub(crate) fn holdings(&self) -> Holdings {
        self.state.holdings(self.published.catalog.rules())
    }
}

/// True if the stored rows of a player are current, so that they can be served without a fold.
pub(crate) fn are_rows_current(
    reader: &mut dyn StoreReader,
    catalogs: &CatalogCache,
    player: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(header) = reader.load_headers(&[player])?.into_iter().next().flatten() else {
        return Ok(false);
    };
    let (account, header) = player_meta::decode_player(player, &header)?;
    let published = catalogs.load_current(reader)?;
    // Rows do not show timers that are due and not processed yet.
    let is_due = |header| {
        fold::next_timer(&published.catalog, &PartialState::from_header(header), now).is_some()
    };
    Ok(account.catalog_version == published.version && !is_due(header))
}

/// Runs a pending backfill in memory. Returns the state and the grandfathering facts.
fn run_pending_backfill(
    reader: &mut dyn ReadStore,
    catalogs: &CatalogCache,
    player: &str,
    account: &PlayerMeta,
    header: fold::StateHeader,
    version: i64,
) -> Result<(WholeState, Vec<Event>), StoreError> {
    let guests = &account.optional.guests;
    let rows = history::load_recorded(reader, player, guests, None)?;
    let timeline = history::filter_effective(reader, player, guests, rows)?;
    let mut backfill = match account.catalog_version {
        // Version 0 marks a state of another format; its rows still show the holdings.
        0 => PlayerBackfill::with_rows(player, timeline, load_stored_holdings(reader, player)?),
        before => {
            let state = WholeState::new(
                header,
                decode_cells(player, reader.load_all_cells(player, None)?)?,
            );
            PlayerBackfill::with_state(
                player,
                timeline,
                catalogs.load_version(reader, before)?,
                state,
            )
        }
    };
    for version in account.catalog_version + 1..=version {
        backfill.apply_publication(&catalogs.load_version(reader, version)?);
    }
    Ok(backfill.into_state())
}
