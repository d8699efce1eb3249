//! A small domain of time: a few days around the end of a month and of a week, with many ties.

use accolade_core::time::{SECOND, Timestamp};
use proptest::prelude::*;

/// The number of hours in which all events happen.
const HOURS: i64 = 84;

/// Returns the instant a number of hours after a Friday evening, two days before a month and a week
/// begin.
pub(super) fn instant(hour: i64) -> Timestamp {
    let friday: Timestamp = "2026-01-30T20:00:00Z".parse().expect("it is a time");
    friday.plus_micros(hour * 60 * 60 * SECOND)
}

/// Returns an instant after all events.
pub fn after_all() -> Timestamp {
    instant(HOURS)
}

/// Generates hours, often early ones, so that many coincide.
pub(super) fn hours() -> impl Strategy<Value = i64> {
    prop_oneof![3 => 0..12_i64, 2 => 0..HOURS]
}

/// Generates the bounds of a rule as lines; usually there are none.
pub(super) fn bounds() -> impl Strategy<Value = String> {
    let bound = |key: &'static str| move |hour| format!("{key} = {}\n", instant(hour));
    let since = prop_oneof![9 => Just(String::new()), 1 => (0..8_i64).prop_map(bound("since"))];
    let until = prop_oneof![9 => Just(String::new()), 1 => (8..HOURS).prop_map(bound("until"))];
    (since, until).prop_map(|(since, until)| since + &until)
}
