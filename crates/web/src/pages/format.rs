//! Formatting of numbers and relative times.

use accolade::{Decimal, Timestamp};
use accolade_core::time::SECOND;

use crate::filters::{format_date, format_thousands};

/// Formats a number: `1,234` or `2.5`.
pub(super) fn format_amount(number: Decimal) -> String {
    match number.trunc() {
        Some(whole) if number.is_whole() => format_thousands(whole),
        _ => number.to_string(),
    }
}

/// Formats a change of points: `+10` or `−2`.
pub(super) fn format_change(points: i64) -> String {
    if points > 0 {
        format!("+{}", format_thousands(points))
    } else {
        format_thousands(points)
    }
}

/// Formats a relative time: `3 minutes ago`. Returns the date if it is over 30 days ago.
///
/// `assets/community.js` has the same rules for live updates.
pub(crate) fn format_ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now
        .as_micros()
        .saturating_sub(at.as_micros())
        .div_euclid(SECOND);
    let (number, unit) = match seconds {
        ..45 => {
            // Clocks may differ a little, but an event planned for the future shows its date.
            return if seconds < -60 {
                format_date(&at.to_string())
            } else {
                "just now".to_owned()
            };
        }
        // Rounded, because 45 seconds would otherwise be 0 minutes.
        45..3_600 => ((seconds + 30) / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        86_400..2_592_000 => (seconds / 86_400, "day"),
        _ => return format_date(&at.to_string()),
    };
    if number == 1 {
        format!("1 {unit} ago")
    } else {
        format!("{number} {unit}s ago")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_times_are_formatted() {
        let now: Timestamp = "2026-06-30T12:00:00Z".parse().unwrap();
        for (at, expected) in [
            ("2026-06-30T12:00:00Z", "just now"),
            ("2026-06-30T12:00:30Z", "just now"),
            ("2026-06-30T11:59:00Z", "1 minute ago"),
            ("2026-06-30T11:01:00Z", "59 minutes ago"),
            ("2026-06-30T10:00:00Z", "2 hours ago"),
            ("2026-06-29T11:00:00Z", "1 day ago"),
            ("2026-06-01T11:00:00Z", "29 days ago"),
            ("2025-06-01T11:00:00Z", "1 Jun 2025"),
            ("2027-06-01T11:00:00Z", "1 Jun 2027"),
        ] {
            assert_eq!(format_ago(at.parse().unwrap(), now), expected, "{at}");
        }
    }

    #[test]
    fn numbers_are_formatted() {
        assert_eq!(
            [10, -2_000, 0].map(format_change),
            ["+10", "\u{2212}2,000", "0"]
        );
        assert_eq!(format_amount("1234".parse().unwrap()), "1,234");
        assert_eq!(format_amount("2.5".parse().unwrap()), "2.5");
    }
}
