//! What can be set when an engine is opened.

use accolade_core::time::Timestamp;

/// Where the engine gets the time from.
pub(crate) type Clock = dyn Fn() -> Timestamp + Send + Sync;

/// Numbers that can be set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tuning {
    /// How far ahead of the clock an event may be, in microseconds.
    pub(crate) ahead: i64,
    /// Events between two checkpoints, at the least.
    pub(crate) checkpoint_every: u64,
}

/// The system's clock, kept inside of the range of instants.
pub(crate) fn system_clock() -> Timestamp {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(0)
        .expect("the epoch is in range")
        .plus(micros)
}
