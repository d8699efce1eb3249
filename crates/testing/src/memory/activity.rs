//! Statistics by day.

use std::collections::BTreeMap;

use accolade::store::{AwardRow, DayAccumulator, DayActivity};
use accolade_core::event::RESERVED_PREFIX;
use accolade_core::time::Timestamp;

use super::table::VisibleRows;
use super::tables::MemoryTables;

impl MemoryTables {
    /// Counts events, awards and points by day, in the half-open range of time.
    pub(super) fn count_daily_activity(
        &self,
        visible: VisibleRows,
        from: Timestamp,
        to: Timestamp,
    ) -> Vec<DayActivity> {
        let mut days = DayAccumulator::default();
        let mut events: BTreeMap<(i64, &str), u64> = BTreeMap::new();
        for ((player, _), row) in self.events.range(visible, ..) {
            let counts = row.retracted_by.is_none() && !row.event.name.starts_with(RESERVED_PREFIX);
            if counts && (from..to).contains(&row.event.at) {
                *events
                    .entry((
                        DayAccumulator::day_number(row.event.at),
                        self.resolve_owner(visible, player),
                    ))
                    .or_default() += 1;
            }
        }
        events
            .into_iter()
            .for_each(|((day, _), count)| days.add_events(day, count));
        self.held_awards(visible)
            .filter(|row| (from..to).contains(&row.at))
            .for_each(|row| days.add_awards(DayAccumulator::day_number(row.at), 1));
        let entries = self.ledger.range(visible, ..).map(|(_, row)| row);
        entries
            .filter(|row| (from..to).contains(&row.at))
            .for_each(|row| {
                days.add_points(
                    DayAccumulator::day_number(row.at),
                    &row.currency,
                    row.amount,
                )
            });
        days.into_days()
    }

    /// Lists the awards that are held.
    pub(super) fn held_awards(&self, visible: VisibleRows) -> impl Iterator<Item = &AwardRow> {
        self.awards
            .range(visible, ..)
            .map(|(_, row)| row)
            .filter(|row| row.revoked_at.is_none())
    }
}
