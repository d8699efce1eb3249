//! Activity statistics by day.

use accolade_core::time::Timestamp;

use crate::store::DayActivity;
use crate::{Maintenance, Ticket};

impl Maintenance<'_> {
    /// Counts activity by day, for `from` (inclusive) to `to` (exclusive), in order of day.
    ///
    /// Days are UTC. Days without activity are left out, and a day that is only partly in the range
    /// is counted in part.
    ///
    /// This scans all events and ledger entries of the range and all awards. It runs on a thread
    /// and connection of its own, so it delays no other call.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent, Timestamp};
    ///
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::open(store, Catalog::from_toml("")?)?;
    /// let noon: Timestamp = "2026-06-01T12:00:00Z".parse().expect("a valid time");
    /// engine.record(NewEvent::new("ada", "visit").at(noon)).wait()?;
    /// let days = engine.maintenance().count_daily_activity(Timestamp::FIRST, Timestamp::LAST).wait()?;
    /// assert_eq!(days[0].day.to_string(), "2026-06-01T00:00:00Z");
    /// assert_eq!((days[0].events, days[0].players), (1, 1));
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn count_daily_activity(&self, from: Timestamp, to: Timestamp) -> Ticket<Vec<DayActivity>> {
        self.engine
            .run_in_background("accolade-activity", move |engine| {
                Ok(engine
                    .inner
                    .store
                    .open_reader()?
                    .count_daily_activity(from, to)?)
            })
    }
}
