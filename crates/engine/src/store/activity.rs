//! Activity statistics by day.

use std::collections::BTreeMap;

use accolade_core::ids::CurrencyId;
use accolade_core::time::{DAY, Timestamp};

/// The activity of one day (UTC).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayActivity {
    /// The beginning of the day.
    pub day: Timestamp,
    /// The number of events that count: without manual actions and retracted events.
    pub events: u64,
    /// The number of players with such events. A merged guest counts as its player.
    pub players: u64,
    /// The number of awards earned on the day and still held.
    pub awards: u64,
    /// Points issued by the ledger, by currency.
    pub points_issued: BTreeMap<CurrencyId, i64>,
    /// Points deducted by the ledger, by currency, as positive numbers.
    pub points_revoked: BTreeMap<CurrencyId, i64>,
}

/// Accumulator of [`DayActivity`], for implementations of
/// [`ReadStore::count_daily_activity`](super::ReadStore::count_daily_activity).
#[derive(Debug, Default)]
pub struct DayAccumulator(BTreeMap<i64, DayCounts>);

/// Accumulated day, with sums wide enough to exceed the range of an amount.
#[derive(Debug, Default)]
struct DayCounts {
    events: u64,
    players: u64,
    awards: u64,
    points_issued: BTreeMap<String, i128>,
    points_revoked: BTreeMap<String, i128>,
}

impl DayAccumulator {
    /// Computes the number of the day that contains an instant, counted from the epoch.
    pub fn day_number(at: Timestamp) -> i64 {
        // Rounds down, so that days before the epoch begin at midnight as well.
        at.as_micros().div_euclid(DAY)
    }

    /// Adds the events of one player on a day. Call it once per player and day: it counts the
    /// player.
    pub fn add_events(&mut self, day: i64, events: u64) {
        let day = self.0.entry(day).or_default();
        day.events += events;
        day.players += 1;
    }

    /// Adds awards on a day.
    pub fn add_awards(&mut self, day: i64, awards: u64) {
        self.0.entry(day).or_default().awards += awards;
    }

    /// Adds a ledger entry on a day.
    pub fn add_points(&mut self, day: i64, currency: &str, amount: i64) {
        let DayCounts {
            points_issued: issued,
            points_revoked: taken,
            ..
        } = self.0.entry(day).or_default();
        let sums = if amount < 0 { taken } else { issued };
        let amount = i128::from(amount.unsigned_abs());
        match sums.get_mut(currency) {
            Some(sum) => *sum += amount,
            None => drop(sums.insert(currency.to_owned(), amount)),
        }
    }

    /// Returns the days with activity, in order. Sums that overflow saturate.
    pub fn into_days(self) -> Vec<DayActivity> {
        let bounded = |sums: BTreeMap<String, i128>| {
            sums.into_iter()
                .map(|(currency, sum)| (currency.into(), i64::try_from(sum).unwrap_or(i64::MAX)))
                .collect()
        };
        let days = self.0.into_iter().map(|(number, day)| DayActivity {
            day: Timestamp::from_micros(number * DAY).unwrap_or(Timestamp::FIRST),
            events: day.events,
            players: day.players,
            awards: day.awards,
            points_issued: bounded(day.points_issued),
            points_revoked: bounded(day.points_revoked),
        });
        days.collect()
    }
}
