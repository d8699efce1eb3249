//! What happened on a day.

use std::collections::BTreeMap;

use accolade_core::time::{DAY, Timestamp};
use serde::Serialize;

use crate::receipt::text;

/// What happened on a day, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DayActivity {
    /// When the day began.
    #[serde(serialize_with = "text")]
    pub day: Timestamp,
    /// Events that count: without acts by hand, and without those that were retracted.
    pub events: u64,
    /// Players who have one of them; a guest who was merged is the player.
    pub players: u64,
    /// Awards of that day that are held.
    pub awards: u64,
    /// Points that the ledger gave, by currency.
    pub points_issued: BTreeMap<String, i64>,
    /// Points that it took, by currency, as positive numbers.
    pub points_revoked: BTreeMap<String, i64>,
}

/// Days in the making.
#[derive(Debug, Default)]
pub struct Days(BTreeMap<i64, Day>);

/// A day in the making, with sums that may leave the range of an amount.
#[derive(Debug, Default)]
struct Day {
    events: u64,
    players: u64,
    awards: u64,
    points_issued: BTreeMap<String, i128>,
    points_revoked: BTreeMap<String, i128>,
}

impl Days {
    /// The number of the day in which an instant lies, counted from that of the epoch.
    pub fn number(at: Timestamp) -> i64 {
        at.as_micros().div_euclid(DAY)
    }

    /// Adds events of one player on the day of this number. To be called once for each player and day.
    pub fn add_events(&mut self, day: i64, events: u64) {
        let day = self.0.entry(day).or_default();
        day.events += events;
        day.players += 1;
    }

    /// Adds awards on the day of this number.
    pub fn add_awards(&mut self, day: i64, awards: u64) {
        self.0.entry(day).or_default().awards += awards;
    }

    /// Adds an entry of the ledger on the day of this number.
    pub fn add_points(&mut self, day: i64, currency: &str, amount: i64) {
        let Day { points_issued: issued, points_revoked: taken, .. } = self.0.entry(day).or_default();
        let sums = if amount < 0 { taken } else { issued };
        let amount = i128::from(amount.unsigned_abs());
        match sums.get_mut(currency) {
            Some(sum) => *sum += amount,
            None => drop(sums.insert(currency.to_owned(), amount)),
        }
    }

    /// The days on which there was anything, in order. A sum that would leave its range stays at the end of it.
    pub fn finish(self) -> Vec<DayActivity> {
        let bounded = |sums: BTreeMap<String, i128>| {
            sums.into_iter()
                .map(|(currency, sum)| (currency, i64::try_from(sum).unwrap_or(i64::MAX)))
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
