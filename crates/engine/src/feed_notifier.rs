//! Notification of the readers of the feed.

use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

/// Wakes readers of the feed after a commit.
#[derive(Default)]
pub(crate) struct FeedNotifier(Mutex<Vec<oneshot::Sender<()>>>);

impl FeedNotifier {
    /// Wakes all waiting readers.
    pub(crate) fn notify_all(&self) {
        // Taken out first, so that the lock is free while the readers wake up.
        let waiting = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for one in waiting {
            let _ = one.send(());
        }
    }

    /// Registers a reader for the next commit.
    pub(crate) fn next_commit(&self) -> oneshot::Receiver<()> {
        let (ring, rung) = oneshot::channel();
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Readers that gave up would pile up here while nothing is committed.
        waiting.retain(|one| !one.is_closed());
        waiting.push(ring);
        rung
    }
}
