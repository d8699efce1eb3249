//! Settings of an engine, fixed when it is opened.

use accolade_core::time::Timestamp;

/// Source of the current time.
pub(crate) type ClockFn = dyn Fn() -> Timestamp + Send + Sync;

/// Numeric limits of an engine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EngineLimits {
    /// Maximum distance of an event ahead of the clock, in microseconds.
    pub(crate) max_ahead_micros: i64,
    /// Minimum number of events between two checkpoints of a player.
    pub(crate) checkpoint_interval: u64,
}

/// Reads the system clock, clamped to the range of [`Timestamp`].
pub(crate) fn system_clock() -> Timestamp {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        // A clock before 1970 counts as the epoch.
        .unwrap_or_default();
    let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(0)
        .expect("the epoch is in range")
        .plus_micros(micros)
}
