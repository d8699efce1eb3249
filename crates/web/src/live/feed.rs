//! Shared state of live streams.

use std::sync::Arc;

use accolade::Outcome;
use tokio::sync::{Semaphore, broadcast};

use crate::Settings;

/// Capacity of the broadcast channel. A stream that falls further behind reads from the database.
const CHANNEL_CAPACITY: usize = 1_024;

/// Broadcast of outcomes, and the permits of live streams.
pub(crate) struct LiveFeed {
    pub(super) outcomes: broadcast::Sender<Arc<Outcome>>,
    pub(super) permits: Arc<Semaphore>,
}

impl LiveFeed {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            outcomes: broadcast::Sender::new(CHANNEL_CAPACITY),
            permits: Arc::new(Semaphore::new(settings.limits.streams)),
        }
    }
}
