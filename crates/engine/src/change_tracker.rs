//! Tracking of changed players, while a plan is compared with the players that it was made for.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use accolade_core::names::acts::GRANDFATHER;

use crate::store::ChangeSet;

/// Records the players that the writer thread changes while a tracker is active.
#[derive(Clone, Default)]
pub(crate) struct ChangeTracker(Arc<Mutex<TrackerState>>);

#[derive(Default)]
struct TrackerState {
    active_guards: usize,
    changed: ChangedPlayers,
}

/// Players that were changed.
#[derive(Default)]
pub(crate) struct ChangedPlayers {
    pub(crate) players: BTreeSet<String>,
    /// True if any other player may have been changed, by another process or by an operation on
    /// all.
    pub(crate) any_player: bool,
}

/// Guard of an active tracker, which ends when it is dropped.
pub(crate) struct TrackerGuard(ChangeTracker);

impl ChangeTracker {
    /// Starts tracking.
    pub(crate) fn start_tracking(&self) -> TrackerGuard {
        self.lock_state().active_guards += 1;
        TrackerGuard(self.clone())
    }

    /// Returns the players changed since the last call.
    pub(crate) fn take_changes(&self) -> ChangedPlayers {
        std::mem::take(&mut self.lock_state().changed)
    }

    /// Records the players whose timelines a batch changed. Grandfathering facts do not count: they
    /// follow from publications, which plans account for.
    pub(crate) fn record_batch(&self, batch: &[ChangeSet]) {
        let mut state = self.lock_state();
        // Without a tracker, the set would grow without being read.
        if state.active_guards > 0 {
            let changed = batch.iter().filter(|changes| changes_timeline(changes));
            state
                .changed
                .players
                .extend(changed.map(|changes| changes.player.clone()));
        }
    }

    /// Records that any player may have been changed.
    pub(crate) fn record_any_player(&self) {
        self.lock_state().changed.any_player = true;
    }

    fn lock_state(&self) -> MutexGuard<'_, TrackerState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for TrackerGuard {
    fn drop(&mut self) {
        let mut state = self.0.lock_state();
        state.active_guards -= 1;
        if state.active_guards == 0 {
            state.changed = ChangedPlayers::default();
        }
    }
}

/// True if the changes affect what a plan computes for the player.
fn changes_timeline(changes: &ChangeSet) -> bool {
    changes.summary.is_none()
        || changes.replace_derived
        || !changes.retractions.is_empty()
        || changes
            .events
            .iter()
            .any(|row| row.event.name != GRANDFATHER)
}
