//! Template filters that format values.

use accolade::Timestamp;
pub(crate) use accolade_core::url::encode_segment;
use minijinja::Environment;

/// Registers the filters that all pages share.
pub(crate) fn register_filters(environment: &mut Environment<'static>) {
    environment.add_filter("thousands", format_thousands);
    environment.add_filter("percent", format_percent);
    environment.add_filter("day", format_day);
    environment.add_filter("minute", format_minute);
    environment.add_filter("date", format_date);
    environment.add_filter("segment", encode_segment);
    environment.add_filter("word_class", classify_longest_word);
}

/// Formats a number with thousands separators: `1,234,567`.
pub(crate) fn format_thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        // U+2212 is the typographic minus sign.
        grouped.push('\u{2212}');
    }
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Formats a share as a percentage: `12.5%`. A positive share never becomes `0%`.
pub(crate) fn format_percent(share: f64) -> String {
    match share * 100.0 {
        0.0 => "0%".to_owned(),
        part if part < 0.1 => "<0.1%".to_owned(),
        part if part >= 10.0 => format!("{part:.0}%"),
        part => format!("{part:.1}%"),
    }
}

/// Returns the day of a timestamp: `2026-06-01`.
pub(crate) fn format_day(instant: &str) -> String {
    instant.chars().take(10).collect()
}

/// Formats the day of a timestamp: `1 Jun 2026`. Returns invalid timestamps unchanged.
pub(crate) fn format_date(instant: &str) -> String {
    // As `Intl` abbreviates them for `assets/times.js`, which formats the same dates.
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec",
    ];
    let day = format_day(instant);
    let mut parts = day.split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let number = |part: Option<&str>| part.and_then(|part| part.parse::<usize>().ok());
    match (
        number(year),
        // Month 0 wraps to an index that `get` rejects.
        number(month).and_then(|month| MONTHS.get(month.wrapping_sub(1))),
        number(day),
    ) {
        (Some(year), Some(month), Some(day)) => format!("{day} {month} {year}"),
        _ => instant.to_owned(),
    }
}

/// Returns the class for a name whose longest word does not fit into a tile in the normal size.
///
/// A word in a smaller size is easier to read than a broken one. Style sheets cannot see the length.
pub(crate) fn classify_longest_word(name: &str) -> &'static str {
    // Browsers break lines after hyphens, and between the characters of scripts without spaces.
    let breaks = |char: char| char.is_whitespace() || char == '-' || char >= '\u{2e80}';
    let longest = name.split(breaks).map(|word| word.chars().count()).max();
    match longest.unwrap_or_default() {
        0..=13 => "",
        14..=15 => "long-word",
        16..=18 => "longer-word",
        _ => "longest-word",
    }
}

/// Escapes a text for SVG, in elements and in attributes.
pub(crate) fn escape_markup(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Formats a timestamp to the minute: `2026-06-01 12:30`. Returns invalid timestamps unchanged.
pub(crate) fn format_minute(instant: &str) -> String {
    match instant.parse::<Timestamp>() {
        Ok(_) => instant
            .chars()
            .take(16)
            .map(|char| if char == 'T' { ' ' } else { char })
            .collect(),
        Err(_) => instant.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_one_segment() {
        for (id, encoded) in [
            ("ada-7_b.c~", "ada-7_b.c~"),
            ("a/b?c#d", "a%2Fb%3Fc%23d"),
            ("a b?c#d&e", "a%20b%3Fc%23d%26e"),
            ("..", "%2E%2E"),
            ("<script>\"'", "%3Cscript%3E%22%27"),
            ("\u{202e}\u{e9} %", "%E2%80%AE%C3%A9%20%25"),
        ] {
            assert_eq!(encode_segment(id), encoded);
        }
    }

    #[test]
    fn the_longest_word_decides_the_size_of_a_name() {
        for (name, class) in [
            ("", ""),
            ("Nice Answer to a Question", ""),
            ("Great Conversation", ""),
            ("Gesprächspartner", "longer-word"),
            ("Conversationalist", "longer-word"),
            ("Self-Congratulator", ""),
            ("Congratulations", "long-word"),
            ("Donaudampfschifffahrtskapitän", "longest-word"),
            ("多くの質問に答えてくれた親切な人に贈る", ""),
        ] {
            assert_eq!(classify_longest_word(name), class, "{name}");
        }
    }

    #[test]
    fn values_read_well() {
        assert_eq!(
            [0, 999, 1_000, -1_234_567].map(format_thousands),
            ["0", "999", "1,000", "\u{2212}1,234,567"]
        );
        assert_eq!(
            [0.0, 0.0001, 0.012, 0.5, 1.0].map(format_percent),
            ["0%", "<0.1%", "1.2%", "50%", "100%"]
        );
        assert_eq!(format_day("2026-06-01T12:30:59Z"), "2026-06-01");
        assert_eq!(
            (format_date("2026-06-01T12:30:59Z"), format_date("never")),
            ("1 Jun 2026".into(), "never".into())
        );
        assert_eq!(
            (
                format_minute("2026-06-01T12:30:59Z"),
                format_minute("never")
            ),
            ("2026-06-01 12:30".into(), "never".into())
        );
    }
}
