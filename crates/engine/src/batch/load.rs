//! Loading of states and cells from the store.

use accolade_core::fold::{Cell, CellId, MissingCells, PartialState, decode_cell};

use super::cache::{CachedPlayer, PlayerCache};
use super::identity::HeadersByPlayer;
use super::player_meta::{self, PlayerMeta};
use crate::store::{CellAddress, CellRow, ReadStore, StoreError, Transaction};

/// Loads the states of players, in the order of the ids: from the cache, else from the headers
/// already read, else from the store.
pub(super) fn load_states<'p>(
    version: i64,
    cache: &mut PlayerCache,
    tx: &mut dyn Transaction,
    players: impl Iterator<Item = &'p str>,
    mut headers: HeadersByPlayer,
) -> Result<Vec<CachedPlayer>, StoreError> {
    let players: Vec<&str> = players.collect();
    let unknown: Vec<&str> = players
        .iter()
        .copied()
        .filter(|player| !cache.contains(player) && !headers.contains_key(*player))
        .collect();
    if !unknown.is_empty() {
        let read = tx.load_headers(&unknown)?;
        headers.extend(unknown.into_iter().map(str::to_owned).zip(read));
    }
    let state = |player: &&str| match cache.remove(player) {
        Some(cached) => Ok(cached),
        None => decode_cached_player(version, player, headers.remove(*player).flatten()),
    };
    players.iter().map(state).collect()
}

/// Decodes a header into a state without cells, or creates the empty state of a new player.
fn decode_cached_player(
    version: i64,
    player: &str,
    header: Option<Vec<u8>>,
) -> Result<CachedPlayer, StoreError> {
    let player_id = player.to_owned();
    match header {
        None => {
            // A new player starts under the published catalog, so there is nothing to backfill.
            let account = PlayerMeta {
                catalog_version: version,
                ..PlayerMeta::default()
            };
            Ok(CachedPlayer {
                player: player_id,
                meta: account,
                state: PartialState::empty(),
            })
        }
        Some(bytes) => {
            let (account, header) = player_meta::decode_player(player, &bytes)?;
            Ok(CachedPlayer {
                player: player_id,
                meta: account,
                state: PartialState::from_header(header),
            })
        }
    }
}

/// Loads the missing cells of a state.
pub(super) fn load_missing<R: ReadStore + ?Sized>(
    store: &mut R,
    player: &str,
    state: &mut PartialState,
    missing: MissingCells,
) -> Result<(), StoreError> {
    match missing {
        MissingCells::Cell(id) => {
            let place = CellAddress {
                player,
                slot: id.slot,
                key: &id.key,
            };
            let bytes = store.load_cells(&[place])?.into_iter().next().flatten();
            let cell = bytes
                .map(|bytes| decode_one_cell(player, &bytes))
                .transpose()?;
            state.supply_cell(id, cell);
        }
        MissingCells::Slot(slot) => {
            let cells = decode_cells(player, store.load_all_cells(player, Some(slot))?)?;
            state.supply_slot(slot, cells);
        }
        MissingCells::All => {
            let cells = decode_cells(player, store.load_all_cells(player, None)?)?;
            state.supply_all(cells);
        }
    }
    Ok(())
}

/// Decodes cells from their rows.
pub(crate) fn decode_cells(
    player: &str,
    rows: Vec<CellRow>,
) -> Result<Vec<(CellId, Cell)>, StoreError> {
    rows.into_iter()
        .map(|row| {
            Ok((
                CellId::new(row.slot, &row.key),
                decode_one_cell(player, &row.value)?,
            ))
        })
        .collect()
}

fn decode_one_cell(player: &str, bytes: &[u8]) -> Result<Cell, StoreError> {
    decode_cell(bytes)
        .map_err(|error| StoreError::Damaged(format!("cell of player `{player}`: {error}")))
}
