//! Values of the attributes of a row.

use std::num::NonZeroU32;

use accolade_core::time::Timestamp;

use crate::left_out::LeftOutReason;

/// Id of a user. Deleted users have none, and the community user (-1) does not count.
pub(crate) type PersonId = NonZeroU32;

/// Time of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowTime {
    /// Time in microseconds since the Unix epoch; of a day, its start.
    pub(crate) micros: i64,
    /// True if the row has only the day.
    pub(crate) is_day: bool,
}

impl RowTime {
    /// Returns a time that is after the post, even if only the day is known.
    pub(crate) fn after_post(self, posted: i64) -> i64 {
        if self.is_day {
            // Dumps have a resolution of a millisecond.
            self.micros.max(posted + 1_000)
        } else {
            self.micros
        }
    }
}

/// Parses the number in a required attribute with this name.
pub(crate) fn parse_number(name: &'static str, text: Option<&str>) -> Result<u32, LeftOutReason> {
    text.and_then(|text| text.trim().parse().ok())
        .ok_or(LeftOutReason::InvalidAttribute(name))
}

/// Parses the id of a person; `None` for a deleted user and for the community user.
pub(crate) fn parse_person(
    name: &'static str,
    text: Option<&str>,
) -> Result<Option<PersonId>, LeftOutReason> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let invalid = LeftOutReason::InvalidAttribute(name);
    let id: i64 = text.parse().map_err(|_| invalid)?;
    let person = u32::try_from(id.max(0)).map_err(|_| invalid)?;
    Ok(PersonId::new(person))
}

/// Parses the time in a required attribute with this name. A dump writes times in UTC without a
/// zone. Dumps until 2011 write only the day of a vote.
pub(crate) fn parse_time(name: &'static str, text: Option<&str>) -> Result<RowTime, LeftOutReason> {
    let text = text.unwrap_or_default().trim();
    let parse = |text: &str| text.parse::<Timestamp>().ok().map(Timestamp::as_micros);
    let time = |micros| RowTime {
        micros,
        is_day: false,
    };
    let day = |micros| RowTime {
        micros,
        is_day: true,
    };
    (parse(&format!("{text}Z")).map(time))
        .or_else(|| parse(&format!("{text}T00:00:00Z")).map(day))
        // Other programs that write dumps add the zone.
        .or_else(|| parse(text).map(time))
        .ok_or(LeftOutReason::InvalidAttribute(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_utc_with_or_without_a_time_of_day() {
        let at = |micros, is_day| Some(RowTime { micros, is_day });
        for (text, expected) in [
            ("1970-01-01T00:00:00.000", at(0, false)),
            ("1970-01-02T00:00:00.507", at(86_400_507_000, false)),
            ("1970-01-01T00:00:00", at(0, false)),
            ("1970-01-01 00:00:01", at(1_000_000, false)),
            ("1970-01-01T00:00:00Z", at(0, false)),
            ("1970-01-01T01:00:00+01:00", at(0, false)),
            ("1970-01-02", at(86_400_000_000, true)),
            (" 1970-01-02 ", at(86_400_000_000, true)),
            ("1970-02-30", None),
            ("18.04.2011", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(parse_time("Date", Some(text)).ok(), expected, "{text}");
        }
        assert_eq!(
            parse_time("Date", None),
            Err(LeftOutReason::InvalidAttribute("Date"))
        );
    }

    #[test]
    fn a_day_is_placed_right_after_the_post() {
        const DAY: i64 = 86_400_000_000;
        for (micros, is_day, posted, expected) in [
            (0, true, -DAY, 0),
            (0, true, DAY / 2, DAY / 2 + 1_000),
            (2 * DAY, true, DAY, 2 * DAY),
            (0, false, DAY, 0),
        ] {
            let time = RowTime { micros, is_day };
            assert_eq!(
                time.after_post(posted),
                expected,
                "{time:?}, posted at {posted}"
            );
        }
    }

    #[test]
    fn only_people_have_ids() {
        let invalid = Err(LeftOutReason::InvalidAttribute("UserId"));
        for (text, expected) in [
            (Some("7"), Ok(Some(7))),
            (Some("-1"), Ok(None)),
            (Some("0"), Ok(None)),
            (Some(""), Ok(None)),
            (None, Ok(None)),
            (Some("seven"), invalid),
            (Some("4294967296"), invalid),
        ] {
            let person = parse_person("UserId", text).map(|id| id.map(PersonId::get));
            assert_eq!(person, expected, "{text:?}");
        }
    }
}
