//! Who is written while somebody prepares something that depends on everybody.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use accolade_core::names::acts::GRANDFATHER;

use crate::store::Changes;

/// Notes whom the writing thread writes, while anybody watches.
#[derive(Clone, Default)]
pub(crate) struct Watch(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    watching: usize,
    written: Written,
}

/// Who was written.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) players: BTreeSet<String>,
    /// Whether anybody else may have been, by another process or all at once.
    pub(crate) anybody: bool,
}

/// Somebody who watches; it ends when this is dropped.
pub(crate) struct Watching(Watch);

impl Watch {
    /// Begins to watch.
    pub(crate) fn begin(&self) -> Watching {
        self.lock().watching += 1;
        Watching(self.clone())
    }

    /// Who was written since this was asked last.
    pub(crate) fn take(&self) -> Written {
        std::mem::take(&mut self.lock().written)
    }

    /// Notes whose timelines a batch changed. What publications bring about by themselves is no such change.
    pub(crate) fn note(&self, batch: &[Changes]) {
        let mut state = self.lock();
        if state.watching > 0 {
            let changed = batch.iter().filter(|changes| changes_timeline(changes));
            state
                .written
                .players
                .extend(changed.map(|changes| changes.player.clone()));
        }
    }

    /// Notes that anybody may have been written.
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

fn changes_timeline(changes: &Changes) -> bool {
    changes.summary.is_none()
        || changes.replace_derived
        || !changes.retractions.is_empty()
        || changes.events.iter().any(|row| row.event.name != GRANDFATHER)
}
