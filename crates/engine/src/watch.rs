//! Tracking of changed players, while a plan is compared with the players that it was made for.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use accolade_core::names::acts::GRANDFATHER;

use crate::store::Changes;

/// Records the players that the writer thread changes while a tracker is active.
#[derive(Clone, Default)]
pub(crate) struct Watch(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    watching: usize,
    written: Written,
}

/// Players that were changed.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) players: BTreeSet<String>,
    /// True if any other player may have been changed, by another process or by an operation on
    /// all.
    pub(crate) anybody: bool,
}

/// Guard of an active tracker, which ends when it is dropped.
pub(crate) struct Watching(Watch);

impl Watch {
    /// Starts tracking.
    pub(crate) fn begin(&self) -> Watching {
        self.lock().watching += 1;
        Watching(self.clone())
    }

    /// Returns the players changed since the last call.
    pub(crate) fn take(&self) -> Written {
        std::mem::take(&mut self.lock().written)
    }

    /// Records the players whose timelines a batch changed. Grandfathering facts do not count: they
    /// follow from publications, which plans account for.
    pub(crate) fn note(&self, batch: &[Changes]) {
        let mut state = self.lock();
        // Without a tracker, the set would grow without being read.
        if state.watching > 0 {
            let changed = batch.iter().filter(|changes| changes_timeline(changes));
            state
                .written
                .players
                .extend(changed.map(|changes| changes.player.clone()));
        }
    }

    /// Records that any player may have been changed.
    pub(crate) fn note_anybody(&self) {
        self.lock().written.anybody = true;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.watching -= 1;
        if state.watching == 0 {
            state.written = Written::default();
        }
    }
}

/// True if the changes affect what a plan computes for the player.
fn changes_timeline(changes: &Changes) -> bool {
    changes.summary.is_none()
        || changes.replace_derived
        || !changes.retractions.is_empty()
        || changes
            .events
            .iter()
            .any(|row| row.event.name != GRANDFATHER)
}
