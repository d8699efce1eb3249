//! Shared state of live streams.

use std::sync::Arc;

use accolade::Outcome;
use tokio::sync::broadcast;

use super::places::StreamPlaces;
use crate::Settings;

/// Capacity of the broadcast channel. A stream that falls further behind reads from the database.
const CHANNEL_CAPACITY: usize = 1_024;

/// Broadcast of outcomes, and the places of live streams.
pub(crate) struct LiveFeed {
    pub(super) outcomes: broadcast::Sender<Arc<Outcome>>,
    pub(crate) places: StreamPlaces,
}

impl LiveFeed {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            outcomes: broadcast::Sender::new(CHANNEL_CAPACITY),
            places: StreamPlaces::new(&settings.limits),
        }
    }
}
