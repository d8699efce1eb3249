//! Instants, windows and calendar periods. Nothing here reads a clock: callers pass the time.

mod rounding;
use std::fmt;
use std::str::FromStr;

use jiff::Span;
use jiff::civil::{Date, DateTime};
pub use jiff::tz::TimeZone;

use crate::limits;

/// The number of microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// The number of microseconds in a day of 24 hours.
pub const DAY: i64 = 24 * 60 * 60 * SECOND;

/// An instant, in microseconds since the Unix epoch (S1).
///
/// ```
/// use accolade_core::time::Timestamp;
///
/// let at: Timestamp = "2026-11-20T10:00:00+01:00".parse().unwrap();
/// assert_eq!(at.to_string(), "2026-11-20T09:00:00Z");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// The reason why a text is not a valid time of an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// The text is not RFC 3339.
    #[error("`{0}` is not a valid time; write RFC 3339, such as 2026-11-20T10:00:00Z")]
    Syntax(String),
    /// The instant is out of range.
    #[error("`{0}` is out of range; times must be between the years 1900 and 2199")]
    Range(String),
}

impl Timestamp {
    /// The first instant in range.
    pub const FIRST: Self = Self(limits::FIRST_INSTANT);
    /// The last instant in range.
    pub const LAST: Self = Self(limits::LAST_INSTANT - 1);

    /// Creates an instant from microseconds since the Unix epoch; returns `None` if it is out of
    /// range.
    pub fn from_micros(micros: i64) -> Option<Self> {
        (limits::FIRST_INSTANT..limits::LAST_INSTANT)
            .contains(&micros)
            .then_some(Self(micros))
    }

    /// The number of microseconds since the Unix epoch.
    pub fn as_micros(self) -> i64 {
        self.0
    }

    /// Adds microseconds, which may be negative, and clamps the result to the range.
    #[must_use]
    pub fn plus_micros(self, micros: i64) -> Self {
        // Clamped and not checked: no event comes after the range, so a window that ends beyond it
        // may end there.
        Self(
            self.0
                .saturating_add(micros)
                .clamp(limits::FIRST_INSTANT, limits::LAST_INSTANT - 1),
        )
    }

    /// Converts a civil time in a zone to an instant; returns `None` if it is out of range.
    fn from_civil(civil: DateTime, zone: &TimeZone) -> Option<Self> {
        Self::from_micros(
            // `jiff` takes the first instant of a repeated time, and moves a skipped one forward by
            // the gap. So a day whose first hour is skipped begins at the end of the gap.
            civil
                .to_zoned(zone.clone())
                .ok()?
                .timestamp()
                .as_microsecond(),
        )
    }

    fn in_zone(self, zone: &TimeZone) -> jiff::Zoned {
        jiff::Timestamp::from_microsecond(self.0)
            .expect("every instant in range is one of jiff's")
            .to_zoned(zone.clone())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = jiff::Timestamp::from_microsecond(self.0)
            .expect("every instant in range is one of jiff's");
        write!(f, "{instant}")
    }
}

/// Serializes an instant as RFC 3339.
impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        // Input may have any length.
        let shown = || text.chars().take(64).collect::<String>();
        let instant: jiff::Timestamp = match text.parse() {
            Ok(instant) => instant,
            Err(_) if looks_like_a_date(text) => return Err(TimestampError::Range(shown())),
            Err(_) => return Err(TimestampError::Syntax(shown())),
        };
        Self::from_micros(instant.as_microsecond()).ok_or_else(|| TimestampError::Range(shown()))
    }
}

/// True if a text looks like a date whose year is out of range, such as `+300000-01-01T00:00:00Z`,
/// which `jiff` reports as a syntax error.
fn looks_like_a_date(text: &str) -> bool {
    let digits = text
        .trim_start_matches(['+', '-'])
        .bytes()
        .take_while(u8::is_ascii_digit)
        .count();
    digits > 4 && text.contains('T') && text.len() < 64
}

/// A window of time in which an aggregate counts events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeWindow {
    /// A length in microseconds: an event at `t` counts at `now` while `now - length < t`.
    Sliding(i64),
    /// The calendar period that contains the instant.
    Calendar(CalendarUnit),
}

crate::named_enum! {
    /// A calendar period.
    pub enum CalendarUnit {
        /// A calendar day, from midnight to midnight.
        Day = "day",
        /// An ISO week, from Monday.
        Week = "week",
        /// A calendar month.
        Month = "month",
        /// A calendar year.
        Year = "year",
    }
}

impl CalendarUnit {
    /// The number of the period that contains an instant. Two instants have the same number if and
    /// only if they are in the same period; in one zone, numbers increase with time.
    pub fn period_at(self, at: Timestamp, zone: &TimeZone) -> i64 {
        let date = at.in_zone(zone).date();
        match self {
            Self::Day => days_since_epoch(date),
            // The epoch was a Thursday: three days after a Monday.
            Self::Week => (days_since_epoch(date) + 3).div_euclid(7),
            Self::Month => i64::from(date.year()) * 12 + i64::from(date.month()) - 1,
            Self::Year => i64::from(date.year()),
        }
    }

    /// The first instant of the period with a number. Beyond the range of instants, returns the end
    /// of the range.
    pub fn period_start(self, period: i64, zone: &TimeZone) -> Timestamp {
        let date = match self {
            Self::Day => date_from_days(period),
            Self::Week => date_from_days(period.saturating_mul(7).saturating_sub(3)),
            Self::Month => first_of_month(period.div_euclid(12), period.rem_euclid(12) + 1),
            Self::Year => first_of_month(period, 1),
        };
        date.and_then(|date| Timestamp::from_civil(date.into(), zone))
            .unwrap_or(Timestamp::LAST)
    }

    /// Adds calendar units: a month or a year later is the same time on the same day, or on the
    /// last day of a shorter month. Returns `None` if the result is out of range.
    pub fn add_units(self, from: Timestamp, units: i64, zone: &TimeZone) -> Option<Timestamp> {
        let span = match self {
            Self::Day => Span::new().try_days(units),
            Self::Week => Span::new().try_weeks(units),
            Self::Month => Span::new().try_months(units),
            Self::Year => Span::new().try_years(units),
        };
        let civil = from.in_zone(zone).datetime().checked_add(span.ok()?).ok()?;
        Timestamp::from_civil(civil, zone)
    }

    /// The number of complete units between two instants; 0 if `to` is before `from`.
    pub fn count_complete(self, from: Timestamp, to: Timestamp, zone: &TimeZone) -> i64 {
        let begun = self.period_at(to, zone) - self.period_at(from, zone);
        let is_complete = |units: &i64| {
            self.add_units(from, *units, zone)
                .is_some_and(|at| at <= to)
        };
        // The last period has usually begun without being complete, so the search starts at the
        // end.
        (1..=begun).rev().find(is_complete).unwrap_or(0)
    }
}

/// The number of days since the Unix epoch.
fn days_since_epoch(date: Date) -> i64 {
    let epoch = Date::constant(1970, 1, 1);
    i64::from(
        epoch
            .until(date)
            .expect("the number of days between dates is in range")
            .get_days(),
    )
}

/// Converts a number of days since the Unix epoch to a date.
fn date_from_days(days: i64) -> Option<Date> {
    Date::constant(1970, 1, 1)
        .checked_add(Span::new().try_days(days).ok()?)
        .ok()
}

fn first_of_month(year: i64, month: i64) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()
}

/// Parses an instant, or a date such as `2020-05-01`, which means midnight in the zone.
pub fn parse_instant_or_date(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(instant) = text.parse() {
        return Some(instant);
    }
    // `jiff` accepts more forms of dates, such as `20200501`.
    let is_date = text.len() == 10
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-');
    let date: Date = is_date.then(|| text.parse().ok()).flatten()?;
    Timestamp::from_civil(date.into(), zone)
}

/// Parses a time without an offset, such as `2020-05-01T12:00:00`, as local time in the zone.
///
/// A time that occurs twice is the earlier one, and a skipped one is moved forward by the gap.
pub fn parse_local_time(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    // `jiff` ignores an offset, which would move the instant.
    if text.parse::<jiff::Timestamp>().is_ok() {
        return None;
    }
    Timestamp::from_civil(text.parse().ok()?, zone)
}

/// Parses a duration such as `90s`, `15m`, `12h`, `7d` or `2w` into microseconds. Returns `None` if
/// it is invalid or not positive.
pub fn parse_duration(text: &str) -> Option<i64> {
    // Checked, because the last character can have several bytes.
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => SECOND,
        "m" => 60 * SECOND,
        "h" => 60 * 60 * SECOND,
        "d" => DAY,
        "w" => 7 * DAY,
        _ => return None,
    };
    // `parse` would accept a sign, too.
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // A longer duration would reach from any instant beyond the range.
    let longest = limits::LAST_INSTANT - limits::FIRST_INSTANT;
    number
        .parse::<i64>()
        .ok()?
        .checked_mul(unit)
        .filter(|micros| (1..=longest).contains(micros))
}

/// Finds a time zone by its IANA name, such as `Europe/Paris`.
pub fn find_zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_read_in_range_only() {
        for (text, expected) in [
            ("1900-01-01T00:00:00Z", None),
            ("2199-12-31T23:59:59.999999Z", None),
            ("0000-01-01T00:00:00Z", Some("out of range")),
            ("+300000-01-01T00:00:00Z", Some("out of range")),
            ("300000-01-01T00:00:00Z", Some("out of range")),
            ("yesterday", Some("RFC 3339")),
            ("2026-11-20", Some("RFC 3339")),
        ] {
            let error = text
                .parse::<Timestamp>()
                .err()
                .map(|error| error.to_string());
            assert_eq!(error.is_some(), expected.is_some(), "{text}: {error:?}");
            if let (Some(error), Some(part)) = (error, expected) {
                assert!(error.contains(part), "{text}: {error}");
            }
        }
    }

    #[test]
    fn local_times_have_no_offset() {
        let paris = find_zone("Europe/Paris").unwrap();
        let local = |text: &str| parse_local_time(text, &paris);
        let summer = local("2026-07-01T12:00:00.25");
        assert_eq!(summer, Some(at("2026-07-01T10:00:00.25Z")));
        assert_eq!(local("2026-07-01T12:00:00+02:00"), None);
    }

    #[test]
    fn s10_periods_are_those_of_the_zone() {
        let paris = find_zone("Europe/Paris").unwrap();
        for (calendar, one, other, utc, in_paris) in [
            (
                CalendarUnit::Day,
                "2026-01-01T22:30:00Z",
                "2026-01-01T23:30:00Z",
                true,
                false,
            ),
            (
                CalendarUnit::Day,
                "2026-01-01T23:30:00Z",
                "2026-01-02T00:30:00Z",
                false,
                true,
            ),
            (
                CalendarUnit::Week,
                "2026-11-15T12:00:00Z",
                "2026-11-16T12:00:00Z",
                false,
                false,
            ),
            (
                CalendarUnit::Week,
                "2026-11-16T12:00:00Z",
                "2026-11-22T12:00:00Z",
                true,
                true,
            ),
            (
                CalendarUnit::Month,
                "2026-01-31T23:30:00Z",
                "2026-02-01T00:30:00Z",
                false,
                true,
            ),
            (
                CalendarUnit::Year,
                "2025-12-31T23:30:00Z",
                "2026-01-01T00:30:00Z",
                false,
                true,
            ),
        ] {
            let same = |zone: &TimeZone| {
                calendar.period_at(at(one), zone) == calendar.period_at(at(other), zone)
            };
            assert_eq!(
                same(&TimeZone::UTC),
                utc,
                "{calendar:?} {one} {other} in UTC"
            );
            assert_eq!(
                same(&paris),
                in_paris,
                "{calendar:?} {one} {other} in Paris"
            );
        }
    }

    #[test]
    fn durations_are_positive_whole_units() {
        for (text, micros) in [
            ("90s", Some(90 * SECOND)),
            ("15m", Some(15 * 60 * SECOND)),
            ("7d", Some(7 * DAY)),
            ("2w", Some(14 * DAY)),
            ("0d", None),
            ("-1d", None),
            ("+1d", None),
            ("1.5h", None),
            ("d", None),
            ("", None),
            ("99999999999999d", None),
            ("5é", None),
        ] {
            assert_eq!(parse_duration(text), micros, "{text}");
        }
    }

    #[test]
    fn s10_periods_begin_where_they_are_counted_from() {
        // (zone, period, an instant in it, where the next one begins)
        for (zone_name, calendar, inside, next) in [
            (
                "UTC",
                CalendarUnit::Day,
                "2026-02-28T12:00:00Z",
                "2026-03-01T00:00:00Z",
            ),
            (
                "UTC",
                CalendarUnit::Week,
                "2026-11-22T23:59:59Z",
                "2026-11-23T00:00:00Z",
            ),
            (
                "UTC",
                CalendarUnit::Month,
                "2026-12-01T00:00:00Z",
                "2027-01-01T00:00:00Z",
            ),
            (
                "UTC",
                CalendarUnit::Month,
                "1969-12-15T00:00:00Z",
                "1970-01-01T00:00:00Z",
            ),
            (
                "UTC",
                CalendarUnit::Year,
                "2024-02-29T00:00:00Z",
                "2025-01-01T00:00:00Z",
            ),
            // 23 and 25 hours.
            (
                "Europe/Paris",
                CalendarUnit::Day,
                "2026-03-28T23:00:00Z",
                "2026-03-29T22:00:00Z",
            ),
            (
                "Europe/Paris",
                CalendarUnit::Day,
                "2026-10-24T22:00:00Z",
                "2026-10-25T23:00:00Z",
            ),
            // A day without midnight, and a day that was skipped.
            (
                "America/Sao_Paulo",
                CalendarUnit::Day,
                "2018-11-03T12:00:00Z",
                "2018-11-04T03:00:00Z",
            ),
            (
                "Pacific/Apia",
                CalendarUnit::Day,
                "2011-12-30T09:59:59Z",
                "2011-12-30T10:00:00Z",
            ),
            (
                "UTC",
                CalendarUnit::Year,
                "2199-06-01T00:00:00Z",
                "2199-12-31T23:59:59.999999Z",
            ),
        ] {
            let zone = find_zone(zone_name).unwrap();
            let period = calendar.period_at(at(inside), &zone);
            assert_eq!(
                calendar.period_start(period + 1, &zone),
                at(next),
                "after {inside} in {zone_name}"
            );
            assert!(
                calendar.period_start(period, &zone) <= at(inside),
                "{inside} in {zone_name}"
            );
        }
    }

    #[test]
    fn s10_complete_units_are_those_of_the_calendar() {
        let paris = find_zone("Europe/Paris").unwrap();
        for (calendar, from, to, complete) in [
            (
                CalendarUnit::Year,
                "2024-02-29T12:00:00Z",
                "2025-02-28T11:59:59Z",
                0,
            ),
            (
                CalendarUnit::Year,
                "2024-02-29T12:00:00Z",
                "2025-02-28T12:00:00Z",
                1,
            ),
            (
                CalendarUnit::Year,
                "2024-02-29T12:00:00Z",
                "2028-02-28T12:00:00Z",
                3,
            ),
            (
                CalendarUnit::Year,
                "2024-02-29T12:00:00Z",
                "2028-02-29T12:00:00Z",
                4,
            ),
            (
                CalendarUnit::Month,
                "2026-01-31T12:00:00Z",
                "2026-02-28T12:00:00Z",
                1,
            ),
            (
                CalendarUnit::Month,
                "2026-01-31T12:00:00Z",
                "2026-03-30T12:00:00Z",
                1,
            ),
            // One hour is missing because the clocks went forward.
            (
                CalendarUnit::Month,
                "2026-01-31T12:00:00Z",
                "2026-03-31T11:00:00Z",
                2,
            ),
            (
                CalendarUnit::Week,
                "2026-03-01T12:00:00Z",
                "2026-03-08T11:59:59Z",
                0,
            ),
            (
                CalendarUnit::Week,
                "2026-03-01T12:00:00Z",
                "2026-03-15T12:00:00Z",
                2,
            ),
            (
                CalendarUnit::Day,
                "2026-03-28T12:00:00Z",
                "2026-03-29T11:00:00Z",
                1,
            ),
            (
                CalendarUnit::Day,
                "2026-03-28T12:00:00Z",
                "2026-03-27T12:00:00Z",
                0,
            ),
            (
                CalendarUnit::Day,
                "1900-01-01T00:00:00Z",
                "2199-12-31T00:00:00Z",
                109_572,
            ),
        ] {
            let units = calendar.count_complete(at(from), at(to), &paris);
            assert_eq!(units, complete, "{calendar:?} {from} {to}");
            let reached = calendar.add_units(at(from), units, &paris).unwrap();
            assert!(reached <= at(to).max(at(from)), "{calendar:?} {from} {to}");
            assert!(
                calendar
                    .add_units(at(from), units + 1, &paris)
                    .is_none_or(|next| next > at(to)),
                "{from} {to}"
            );
        }
    }

    #[test]
    fn a_date_stands_for_its_midnight() {
        let paris = find_zone("Europe/Paris").unwrap();
        for (text, instant) in [
            ("2020-05-01", Some("2020-04-30T22:00:00Z")),
            ("2020-05-01T12:00:00+02:00", Some("2020-05-01T10:00:00Z")),
            ("2020-02-30", None),
            ("20200501", None),
            ("2020-5-1", None),
            ("2020-05-01T12:00:00", None),
            ("1899-12-31", None),
            ("", None),
        ] {
            assert_eq!(
                parse_instant_or_date(text, &paris),
                instant.map(at),
                "{text}"
            );
        }
    }
}
