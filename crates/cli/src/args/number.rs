//! Numbers on the command line, with errors that say what is expected.

use std::ops::RangeInclusive;

/// Sizes of a page that a person may choose.
const PAGE_SIZES: RangeInclusive<u32> = 1..=10_000;

/// Parses a whole number, which may be negative.
pub(super) fn parse_whole(text: &str) -> Result<i64, String> {
    // A leading plus is common where points are granted.
    text.parse()
        .map_err(|_| "expected a whole number, such as 50 or -20".to_owned())
}

/// Parses a whole number that is not negative.
pub(super) fn parse_count<T: TryFrom<u64>>(text: &str) -> Result<T, String> {
    let number = text.parse::<u64>().ok();
    number
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| "expected a whole number from 0 on, such as 20".to_owned())
}

/// Parses the size of a page.
pub(super) fn parse_page_size(text: &str) -> Result<u32, String> {
    let size = text.parse().ok().filter(|size| PAGE_SIZES.contains(size));
    size.ok_or_else(|| {
        let (least, most) = (PAGE_SIZES.start(), PAGE_SIZES.end());
        format!("expected a whole number from {least} to {most}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_parsed_or_the_error_says_what_is_expected() {
        assert_eq!(["-20", "+5", "0"].map(parse_whole), [Ok(-20), Ok(5), Ok(0)]);
        assert_eq!(parse_count::<usize>("7"), Ok(7));
        assert_eq!(parse_page_size("10000"), Ok(10_000));
        for text in ["", "x", "1.5", "1e3", "99999999999999999999"] {
            for error in [
                parse_whole(text).unwrap_err(),
                parse_count::<i64>(text).unwrap_err(),
                parse_page_size(text).unwrap_err(),
            ] {
                assert!(
                    error.starts_with("expected a whole number"),
                    "{text}: {error}"
                );
            }
        }
        for text in ["0", "10001", "-1"] {
            assert!(parse_page_size(text).is_err(), "{text}");
        }
        assert!(parse_count::<i64>("-1").is_err());
    }
}
