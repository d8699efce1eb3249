//! The states of players that were seen lately, so that they need not be read again.

use accolade_core::fold::State;
use rustc_hash::FxHashMap;

use super::stored::Account;

/// Players kept at the most.
const PLAYERS: usize = 16_384;
/// Cells kept of one player at the most.
const CELLS: usize = 4_096;

/// A player's state and what the engine keeps beside it.
#[derive(Debug)]
pub(crate) struct Cached {
    pub(crate) player: String,
    pub(crate) account: Account,
    pub(crate) state: State,
}

/// States at hand.
#[derive(Default)]
pub(crate) struct Cache(FxHashMap<String, Cached>);

impl Cache {
    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether a state is at hand. Its player is neither a guest who was merged nor erased.
    pub(crate) fn knows(&self, player: &str) -> bool {
        self.0.contains_key(player)
    }

    /// Takes a state out, so that nobody sees it while it may still be rolled back.
    pub(crate) fn take(&mut self, player: &str) -> Option<Cached> {
        self.0.remove(player)
    }

    /// Keeps a state. One without events is nobody's: of a guest who was merged meanwhile, of somebody who was erased, or
    /// of a player who never came to be.
    pub(crate) fn keep(&mut self, mut cached: Cached) {
        if cached.state.header.events == 0 {
            return;
        }
        if self.0.len() >= PLAYERS {
            self.0.clear();
        }
        if cached.state.len() > CELLS {
            cached.state = State::partial(cached.state.header);
        }
        self.0.insert(cached.player.clone(), cached);
    }
}
