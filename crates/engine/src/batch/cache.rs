//! Cache of recently used player states.

use accolade_core::fold::PartialState;
use rustc_hash::FxHashMap;

use super::player_meta::PlayerMeta;

/// Maximum number of cached players.
const MAX_CACHED_PLAYERS: usize = 16_384;
/// Maximum number of cells of a cached player.
const MAX_CACHED_CELLS: usize = 4_096;

/// The state of a player with its metadata.
#[derive(Debug)]
pub(crate) struct CachedPlayer {
    pub(crate) player: String,
    pub(crate) meta: PlayerMeta,
    pub(crate) state: PartialState,
}

/// Player states by player id.
#[derive(Default)]
pub(crate) struct PlayerCache(FxHashMap<String, CachedPlayer>);

impl PlayerCache {
    /// Removes all states.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// True if the state of a player is cached. The player is then neither a merged guest nor
    /// erased.
    pub(crate) fn contains(&self, player: &str) -> bool {
        self.0.contains_key(player)
    }

    /// Removes a state from the cache, so that a rollback cannot leave a changed state in it.
    pub(crate) fn remove(&mut self, player: &str) -> Option<CachedPlayer> {
        self.0.remove(player)
    }

    /// Inserts a state. States without events are dropped: they belong to merged guests, erased
    /// players, or ids that were never recorded.
    pub(crate) fn insert(&mut self, mut cached: CachedPlayer) {
        if cached.state.header.event_count == 0 {
            return;
        }
        if self.0.len() >= MAX_CACHED_PLAYERS {
            // Clearing everything is rare and needs no bookkeeping per access, unlike an LRU list.
            self.0.clear();
        }
        if cached.state.len() > MAX_CACHED_CELLS {
            // Keep the header only; cells are loaded again on demand.
            cached.state = cached.state.without_cells();
        }
        self.0.insert(cached.player.clone(), cached);
    }
}
