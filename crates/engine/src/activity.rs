//! How much happened, day by day.

use accolade_core::time::Timestamp;

use crate::store::DayActivity;
use crate::{Engine, Ticket};

impl Engine {
    /// What happened on each day in UTC on which anything did, at or after `from` and before `to`, in order. A day that
    /// lies in part outside of that is counted in part.
    ///
    /// This is a scan: it looks at every player's events and ledger entries of that time and at every award, on a thread
    /// and a connection of its own, so that nobody waits for it. Events of a past that was compacted are not in it.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent, Timestamp, memory::MemoryStore};
    ///
    /// let engine = Engine::open(MemoryStore::new(), Catalog::from_toml("")?)?;
    /// let noon: Timestamp = "2026-06-01T12:00:00Z".parse().expect("it is a time");
    /// engine.record(NewEvent::new("ada", "visit").at(noon)).wait()?;
    /// let days = engine.activity(Timestamp::FIRST, Timestamp::LAST).wait()?;
    /// assert_eq!((days[0].day.to_string().as_str(), days[0].events, days[0].players), ("2026-06-01T00:00:00Z", 1, 1));
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn activity(&self, from: Timestamp, to: Timestamp) -> Ticket<Vec<DayActivity>> {
        self.in_background("accolade-activity", move |engine| {
            Ok(engine.inner.store.reader()?.activity(from, to)?)
        })
    }
}
