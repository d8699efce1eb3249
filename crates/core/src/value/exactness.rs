//! Numbers in JSON text that would lose digits (S25).

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::{Props, PropsError, Value};
use crate::limits;

/// The reason to reject a whole number.
pub(super) const BEYOND_64_BITS: &str = "a whole number beyond 64 bits";
/// The reason to reject another number.
const TOO_MANY_DIGITS: &str = "a number with more digits than can be stored";

/// The number of significant digits that every float keeps.
const KEPT_DIGITS: usize = f64::DIGITS as usize;
/// An upper bound of the significant digits of a float's exact value.
const MAX_DIGITS: usize = 800;
/// Maximum length of a quoted name or number, in characters.
const MAX_SHOWN: usize = 64;

/// Finds a number in the JSON text of properties that [`Value`] cannot represent without losing
/// digits. `props` are the properties that were read from the text, if it could be read.
pub(crate) fn find_inexact_number(text: &str, props: Option<&Props>) -> Option<PropsError> {
    // Most properties contain no floats, or only short ones, and need no second pass.
    let is_exact = props.is_some_and(|props| !has_float(props)) || !has_long_number(text);
    if is_exact {
        return None;
    }
    let raw = serde_json::from_str(text).ok()?;
    find_in(raw, &mut String::new(), 1)
}

fn has_float(props: &Props) -> bool {
    fn is_float(value: &Value) -> bool {
        match value {
            Value::Float(_) => true,
            Value::List(items) => items.iter().any(is_float),
            Value::Map(map) => has_float(map),
            _ => false,
        }
    }
    props.iter().any(|(_, value)| is_float(value))
}

/// True if a text may contain a number with more digits than every float keeps, or with an
/// exponent. Digits in strings count, too.
fn has_long_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_part = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    (bytes.split(|byte| !is_part(byte))).any(|run| run.len() > KEPT_DIGITS)
        || (bytes.windows(2)).any(|pair| pair[0].is_ascii_digit() && matches!(pair[1], b'e' | b'E'))
}

fn find_in(raw: &RawValue, path: &mut String, depth: usize) -> Option<PropsError> {
    let text = raw.get();
    // Deeper values are rejected anyway, and recursion must be bounded.
    if depth > limits::PROPS_DEPTH + 1 {
        return None;
    }
    let parent = path.len();
    let mut find_at = |part: String, inner: &RawValue| {
        path.push_str(&part);
        let found = find_in(inner, path, depth + 1);
        path.truncate(parent);
        found
    };
    match text.as_bytes().first()? {
        b'{' => {
            let map: BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
            map.into_iter().find_map(|(name, inner)| {
                let separator = if parent == 0 { "" } else { "." };
                find_at(format!("{separator}{}", shorten(&name)), inner)
            })
        }
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            (items.into_iter().enumerate())
                .find_map(|(index, inner)| find_at(format!("[{index}]"), inner))
        }
        b'-' | b'0'..=b'9' => Some(PropsError::InexactNumber {
            property: path.clone(),
            number: shorten(text),
            problem: number_problem(text)?,
        }),
        _ => None,
    }
}

/// Returns the reason why a JSON number would lose digits, if it would.
fn number_problem(text: &str) -> Option<&'static str> {
    if !text.contains(['.', 'e', 'E']) {
        // `-0` is a float, but loses nothing.
        return text.parse::<i64>().is_err().then_some(BEYOND_64_BITS);
    }
    let float: f64 = text.parse().ok()?;
    let sent = SignificantDigits::parse(text);
    // Programs print floats with the fewest digits or with a fixed number of them. Both forms name
    // one float, so either is exact.
    let is_exact = sent == SignificantDigits::parse(&format!("{float:e}"))
        || (1..=MAX_DIGITS).contains(&sent.digits.len())
            && sent == SignificantDigits::parse(&format!("{float:.*e}", sent.digits.len() - 1));
    (!is_exact).then_some(TOO_MANY_DIGITS)
}

/// A number without its sign as digits, without zeros at both ends, and the exponent of the first
/// digit. Zero has no digits.
#[derive(Debug, PartialEq, Eq)]
struct SignificantDigits {
    digits: String,
    exponent: i64,
}

impl SignificantDigits {
    fn parse(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let whole = whole.trim_start_matches('-');
        let all = format!("{whole}{fraction}");
        let digits = all.trim_start_matches('0');
        let leading = all.len() - digits.len();
        let digits = digits.trim_end_matches('0').to_owned();
        // An exponent out of range belongs to an infinite number or to zero, whose text differs.
        let exponent: i64 = exponent.parse().unwrap_or(i64::MAX / 2);
        let exponent = match digits.is_empty() {
            true => 0,
            false => exponent + whole.len() as i64 - leading as i64,
        };
        Self { digits, exponent }
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s25_numbers_are_stored_with_all_their_digits_or_rejected() {
        let exact = [
            "0",
            "-0",
            "-0.0",
            "0e5",
            "9223372036854775807",
            "-9223372036854775808",
            "0.1",
            "2.50",
            "100.0",
            "1e3",
            "1E+2",
            "1.5e300",
            "5e-324",
            "123456789012.345",
            // Printed from floats with 17 and with more digits.
            "0.10000000000000001",
            "0.1000000000000000055511151231257827",
            "0.30000000000000004",
            "52.52000659999999",
            "1e19",
        ];
        for number in exact {
            let text = format!("{{\"a\":{number}}}");
            let props = Props::from_json(text.as_bytes());
            assert!(props.is_ok(), "{number}: {props:?}");
        }
        let inexact = [
            ("9223372036854775808", BEYOND_64_BITS),
            ("-9223372036854775809", BEYOND_64_BITS),
            ("123456789012345678901234567890", BEYOND_64_BITS),
            ("9223372036854.775807", TOO_MANY_DIGITS),
            ("0.1234567890123456789", TOO_MANY_DIGITS),
            ("9007199254740993.0", TOO_MANY_DIGITS),
            ("1.00000000000000000001", TOO_MANY_DIGITS),
            ("1e-400", TOO_MANY_DIGITS),
            ("1e-99999999999999999999", TOO_MANY_DIGITS),
        ];
        for (number, problem) in inexact {
            let text = format!("{{\"a\":{number}}}");
            let error = Props::from_json(text.as_bytes()).expect_err(number);
            let expected = format!("`a` is {number}, {problem}; send it as text");
            assert_eq!(error.to_string(), expected);
        }
        let long = format!("{{\"a\":0.{}1}}", "3".repeat(2_000));
        let error = Props::from_json(long.as_bytes()).unwrap_err().to_string();
        assert!(
            error.len() < 200 && error.contains(TOO_MANY_DIGITS),
            "{error}"
        );
    }

    #[test]
    fn an_error_names_the_property_of_the_number() {
        let number = "9223372036854775808";
        for (text, property) in [
            (format!("{{\"ok\":1,\"score\":{number}}}"), "score"),
            (
                format!("{{\"a\":{{\"b\":[0.5,{{\"c\":{number}}}]}}}}"),
                "a.b[1].c",
            ),
            (
                format!("{{\"s\":\"{number}\",\"x\":[[{number}]]}}"),
                "x[0][0]",
            ),
        ] {
            let error = Props::from_json(text.as_bytes()).unwrap_err().to_string();
            let expected = format!("`{property}` is {number}, {BEYOND_64_BITS}");
            assert!(error.starts_with(&expected), "{error}");
        }
        let text = format!("{{\"a\":\"{number}\",\"b\":\"1e5\",\"c\":0.5}}");
        assert!(
            Props::from_json(text.as_bytes()).is_ok(),
            "digits in strings are text"
        );
    }
}
