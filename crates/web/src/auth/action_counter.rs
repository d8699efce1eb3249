//! Counts of actions that are too frequent for an audit entry each.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use accolade::Timestamp;
use accolade_core::time::SECOND;

/// Length of an hour, in microseconds.
const HOUR: i64 = 60 * 60 * SECOND;

/// Counter of actions by hour.
///
/// It selects the 1st, 10th, 100th and so on of an hour for the audit log, so that the number of
/// entries stays small however often something happens.
#[derive(Default)]
pub(crate) struct ActionCounter {
    counts: Mutex<HourCounts>,
}

/// Counts of the current hour, by action and subject.
#[derive(Default)]
struct HourCounts {
    /// Number of the hour since the Unix epoch.
    hour: i64,
    counts: HashMap<(&'static str, String), u64>,
}

impl ActionCounter {
    /// Counts an action. Returns its number in this hour if it belongs in the audit log.
    ///
    /// The number of different subjects must be bounded, because each uses memory for an hour.
    pub(crate) fn count_action(
        &self,
        action: &'static str,
        subject: &str,
        now: Timestamp,
    ) -> Option<u64> {
        let mut counted = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let hour = now.as_micros().div_euclid(HOUR);
        if counted.hour != hour {
            counted.hour = hour;
            counted.counts.clear();
        }
        let key = (action, subject.to_owned());
        let count = counted.counts.entry(key).or_default();
        *count += 1;
        is_power_of_ten(*count).then_some(*count)
    }
}

fn is_power_of_ten(mut number: u64) -> bool {
    while number > 1 && number.is_multiple_of(10) {
        number /= 10;
    }
    number == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_of_many_actions_in_an_hour_are_selected() {
        let counter = ActionCounter::default();
        let at = |micros| Timestamp::from_micros(micros).unwrap();
        let selected = |subject, now, times| -> Vec<u64> {
            (0..times)
                .filter_map(|_| counter.count_action("session.refuse", subject, now))
                .collect()
        };
        assert_eq!(selected("ada", at(1), 1_500), [1, 10, 100, 1_000]);
        assert_eq!(
            selected("bob", at(2), 1),
            [1],
            "each subject is counted separately"
        );
        assert_eq!(selected("ada", at(HOUR - 1), 8_500), [10_000]);
        assert_eq!(selected("ada", at(HOUR), 11), [1, 10], "another hour");
    }
}
