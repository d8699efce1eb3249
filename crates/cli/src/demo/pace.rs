//! Times of the live copy's past: the last weeks, busy in the daytime and on weekdays.

use accolade::Timestamp;

/// Length of the past, in days.
const DAYS: i64 = 91;
const HOUR_MICROS: i64 = 60 * 60 * 1_000_000;
/// Activity in each hour of the day, UTC.
const HOURS: [f64; 24] = [
    0.4, 0.2, 0.1, 0.1, 0.1, 0.2, 0.4, 0.9, 1.3, 1.5, 1.6, 1.4, 1.2, 1.4, 1.6, 1.6, 1.5, 1.3, 1.2,
    1.4, 1.6, 1.5, 1.1, 0.7,
];
/// Activity on each day of the week, beginning with the day of the Unix epoch, a Thursday.
const WEEKDAYS: [f64; 7] = [1.1, 1.0, 0.6, 0.7, 1.2, 1.2, 1.1];

/// Returns as many times as there are events, in ascending order, up to now.
pub(crate) fn spread_times(count: usize, now: Timestamp) -> Vec<Timestamp> {
    let start = now.as_micros() - DAYS * 24 * HOUR_MICROS;
    let hours: Vec<f64> = (0..DAYS * 24)
        .map(|hour| activity_at(start + hour * HOUR_MICROS))
        .collect();
    let total: f64 = hours.iter().sum();
    let mut times = Vec::with_capacity(count);
    let (mut hour, mut before) = (0, 0.0);
    for event in 0..count {
        // Each event takes an equal share of the activity, so a busy hour has more events.
        let share = (event as f64 + 0.5) / count as f64 * total;
        while hour + 1 < hours.len() && before + hours[hour] < share {
            before += hours[hour];
            hour += 1;
        }
        let part = ((share - before) / hours[hour]).clamp(0.0, 1.0);
        let at = start + hour as i64 * HOUR_MICROS + (part * HOUR_MICROS as f64) as i64;
        times.push(Timestamp::from_micros(at).unwrap_or(now));
    }
    times
}

/// Returns the relative activity in an hour.
fn activity_at(micros: i64) -> f64 {
    let hour = micros.div_euclid(HOUR_MICROS);
    let day = hour.div_euclid(24);
    // Days differ, in a pattern without a period that the eye would see in a chart.
    let variation = 0.75 + 0.5 * (day as f64 * 0.618_034).rem_euclid(1.0);
    let in_day = HOURS[hour.rem_euclid(24) as usize];
    in_day * WEEKDAYS[day.rem_euclid(7) as usize] * variation
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_one_of_the_last_thirty_days_has_events_and_none_is_in_the_future() {
        let now: Timestamp = "2026-11-27T17:20:00Z".parse().unwrap();
        let times = spread_times(4_000, now);
        assert_eq!(times.len(), 4_000);
        assert!(times.is_sorted() && times.last() < Some(&now));
        let day = |at: &Timestamp| (now.as_micros() - at.as_micros()) / (24 * HOUR_MICROS);
        let mut days: BTreeMap<i64, usize> = BTreeMap::new();
        for at in &times {
            *days.entry(day(at)).or_default() += 1;
        }
        let recent: Vec<usize> = (0..30)
            .map(|day| days.get(&day).copied().unwrap_or(0))
            .collect();
        let (least, most) = (recent.iter().min().unwrap(), recent.iter().max().unwrap());
        assert!(*least >= 10 && *most >= 2 * *least, "{recent:?}");
    }
}
