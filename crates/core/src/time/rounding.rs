//! Rounding of instants.

use super::{SECOND, Timestamp};

impl Timestamp {
    /// Rounds up to a full second.
    ///
    /// ```
    /// use accolade_core::time::Timestamp;
    ///
    /// let at: Timestamp = "2026-11-20T09:00:00.5Z".parse().unwrap();
    /// assert_eq!(at.round_up_to_second().to_string(), "2026-11-20T09:00:01Z");
    /// ```
    #[must_use]
    pub fn round_up_to_second(self) -> Self {
        self.plus_micros((-self.0).rem_euclid(SECOND))
    }
}
