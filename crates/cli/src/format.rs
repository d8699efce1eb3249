//! Formatting of numbers and text.

use std::fmt::Display;

use accolade_core::time::Timestamp;

/// Formats a number with thousands separators: `1,234,567`.
pub(crate) fn group_thousands(number: impl Display) -> String {
    let text = number.to_string();
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |digits| ("-", digits));
    let mut grouped = String::with_capacity(text.len() + text.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}")
}

/// Formats a number with its noun: `1 line`, `2,000 lines`, `2 entries`.
pub(crate) fn count_noun(number: u64, noun: &str) -> String {
    let number_text = group_thousands(number);
    match (number, noun.strip_suffix("ry")) {
        (1, _) => format!("{number_text} {noun}"),
        (_, Some(stem)) => format!("{number_text} {stem}ries"),
        (_, None) => format!("{number_text} {noun}s"),
    }
}

/// Formats an instant for people, in UTC and to the minute: `2026-11-20 10:00`.
pub(crate) fn format_time(at: Timestamp) -> String {
    let text = at.to_string();
    // RFC 3339 of the years 1900 to 2199, so that all parts have a fixed width.
    let (day, rest) = text.split_once('T').unwrap_or((&text, ""));
    format!("{day} {}", rest.get(..5).unwrap_or(rest))
}

/// Formats a number with its sign: `+1,234`, `-5`, `0`.
pub(crate) fn format_signed(number: i128) -> String {
    let sign = if number > 0 { "+" } else { "" };
    format!("{sign}{}", group_thousands(number))
}

/// Formats a ratio as a percentage with one decimal: `12.5%`.
pub(crate) fn format_percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// Replaces control characters, which could otherwise steer the terminal.
pub(crate) fn replace_control_chars(text: &str) -> String {
    text.chars()
        .map(|char| {
            // Line breaks stay, because many messages have several lines.
            if char.is_control() && char != '\n' {
                '\u{fffd}'
            } else {
                char
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (-1_234_567, "-1,234,567"),
            (-100, "-100"),
        ] {
            assert_eq!(group_thousands(number), text);
        }
        assert_eq!(
            [
                count_noun(1, "line"),
                count_noun(0, "line"),
                count_noun(2, "entry")
            ],
            ["1 line", "0 lines", "2 entries"]
        );
    }

    #[test]
    fn times_are_short_and_changes_have_a_sign() {
        let at = "2026-11-20T10:05:59.123456Z".parse().unwrap();
        assert_eq!(format_time(at), "2026-11-20 10:05");
        assert_eq!([1_234, -5, 0].map(format_signed), ["+1,234", "-5", "0"]);
    }

    #[test]
    fn text_from_outside_does_not_steer_the_terminal() {
        assert_eq!(
            replace_control_chars("a\u{1b}[31m\tb\nc"),
            "a\u{fffd}[31m\u{fffd}b\nc"
        );
    }
}
