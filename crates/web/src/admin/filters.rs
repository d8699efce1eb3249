//! What only templates of the administration do with a value.

use minijinja::{Environment, Value};

/// Adds the filters of the administration.
pub(crate) fn add(environment: &mut Environment<'static>) {
    environment.add_filter("segment", segment);
    environment.add_filter("signed", signed);
    environment.add_filter("compact_json", compact_json);
}

/// A text as one part of an address' path, or as a value in its query: everything but letters, digits, `-` and `_` is
/// written as bytes.
pub(super) fn segment(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
            true => written.push(char::from(byte)),
            false => written.push_str(&format!("%{byte:02X}")),
        }
    }
    written
}

/// A number with its sign: `+5`, `−3`.
fn signed(number: i64) -> String {
    match number {
        0 => "0".to_owned(),
        1.. => format!("+{number}"),
        _ => format!("\u{2212}{}", number.unsigned_abs()),
    }
}

/// A value as JSON on one line; a text as it is.
fn compact_json(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None => serde_json::to_string(value).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_one_segment_whatever_the_text() {
        for (text, expected) in [
            ("ada", "ada"),
            ("a/b", "a%2Fb"),
            ("a b?c#d&e", "a%20b%3Fc%23d%26e"),
            ("\u{e9}", "%C3%A9"),
            ("..", "%2E%2E"),
        ] {
            assert_eq!(segment(text), expected);
        }
    }

    #[test]
    fn numbers_bear_their_sign() {
        assert_eq!([5, 0, -3, i64::MIN].map(signed), ["+5", "0", "\u{2212}3", "\u{2212}9223372036854775808"]);
    }
}
