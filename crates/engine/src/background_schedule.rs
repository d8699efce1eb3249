//! Schedule of the background work of the writer thread.

use std::time::Instant;

use accolade_core::time::Timestamp;

use crate::backfill_progress::BackfillProgress;
use crate::ticket::ReplySender;

/// Caller that waits for the end of the backfill.
pub(crate) struct BackfillWaiter {
    pub(crate) progress: Box<dyn FnMut(BackfillProgress) + Send>,
    pub(crate) reply: ReplySender<BackfillProgress>,
}

/// Schedule of the background work.
#[derive(Default)]
pub(crate) struct BackgroundSchedule {
    /// Earliest timer of any player, as far as known.
    pub(crate) next_timer: Option<Timestamp>,
    pub(crate) is_backfilling: bool,
    pub(crate) waiters: Vec<BackfillWaiter>,
    /// Instant of the next check for work.
    pub(crate) next_check: Option<Instant>,
}

impl BackgroundSchedule {
    /// Lowers the next timer to one that a commit has set.
    pub(crate) fn note_due(&mut self, due: Option<Timestamp>) {
        self.next_timer = match (self.next_timer, due) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }

    /// Starts a backfill.
    pub(crate) fn request_backfill(&mut self) {
        self.is_backfilling = true;
    }
}
