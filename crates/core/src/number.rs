//! Exact decimal numbers with six decimal places (S11), used for amounts, sums and numbers in
//! conditions.

use std::fmt;
use std::num::IntErrorKind;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// The number of millionths in one.
const SCALE: i128 = 1_000_000;
/// The number of decimal places.
const PLACES: i64 = 6;
/// The bound of the absolute value, exclusive: 10^19, so that all 64-bit integers are in range.
const BOUND: i128 = 10_000_000_000_000_000_000 * SCALE;

/// An exact decimal number with six decimal places, between −10^19 and 10^19 (both exclusive), so
/// that every `i64` is in range.
///
/// Unlike sums of floating-point numbers, sums of decimals do not depend on the order of the
/// summands. Operations return `None` if the result is out of range. Products, quotients and texts
/// with more than six decimal places are rounded to the nearest millionth, halves away from zero.
///
/// ```
/// use accolade_core::number::Decimal;
///
/// let tenth: Decimal = "0.1".parse().unwrap();
/// let fifth: Decimal = "0.2".parse().unwrap();
/// assert_eq!(tenth.checked_add(fifth).unwrap().to_string(), "0.3");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(i128);

/// The reason why a text is not a valid decimal number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// The text is not a number.
    #[error("`{0}` is not a valid number; write digits such as 12, 2.5 or 1e3")]
    Syntax(String),
    /// The number is out of range.
    #[error("`{0}` is out of range; numbers must be between -10^19 and 10^19")]
    Range(String),
}

impl Decimal {
    /// The number 0.
    pub const ZERO: Self = Self(0);
    /// The number 1.
    pub const ONE: Self = Self(SCALE);

    /// Creates a number from millionths; returns `None` if it is out of range.
    pub const fn from_micros(micros: i128) -> Option<Self> {
        if micros > -BOUND && micros < BOUND {
            Some(Self(micros))
        } else {
            None
        }
    }

    /// The number in millionths.
    pub const fn as_micros(self) -> i128 {
        self.0
    }

    /// Creates a whole number.
    pub const fn from_int(int: i64) -> Self {
        Self(int as i128 * SCALE)
    }

    /// Formats the number with thousands separators and a minus sign.
    ///
    /// ```
    /// use accolade_core::number::Decimal;
    ///
    /// let number: Decimal = "-1234567.5".parse().unwrap();
    /// assert_eq!(number.to_grouped(), "\u{2212}1,234,567.5");
    /// ```
    pub fn to_grouped(self) -> String {
        let text = self.to_string();
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("\u{2212}", digits),
            None => ("", &*text),
        };
        let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
        let mut grouped = String::from(sign);
        for (position, digit) in whole.chars().enumerate() {
            if position > 0 && (whole.len() - position).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped + fraction
    }

    /// Creates a number from the shortest decimal text of a float (so 0.1 is exactly a tenth),
    /// rounded to six decimal places. Returns `None` if the float is not finite or out of range.
    pub fn from_f64(float: f64) -> Option<Self> {
        // Decimals with up to 15 digits are distinct floats, so if dividing returns the same float,
        // the decimal is that of the shortest text. This avoids formatting in the common case.
        let scaled = (float * 1e6).round();
        if scaled.abs() < 1e15 && scaled / 1e6 == float {
            return Some(Self(scaled as i128));
        }
        float
            .is_finite()
            .then(|| format!("{float:e}").parse().ok())
            .flatten()
    }

    /// Converts to the nearest float.
    pub fn to_f64(self) -> f64 {
        // Floats represent whole numbers up to 2^53 exactly, and their quotient is correctly
        // rounded.
        if self.0.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS {
            return self.0 as f64 / 1e6;
        }
        self.to_string()
            .parse()
            .expect("a decimal number is also a float")
    }

    /// Adds two numbers; returns `None` if the sum is out of range.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        Self::from_micros(self.0 + other.0)
    }

    /// Subtracts a number; returns `None` if the difference is out of range.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        Self::from_micros(self.0 - other.0)
    }

    /// Multiplies two numbers and rounds to six decimal places; returns `None` if the product is
    /// out of range.
    pub const fn checked_mul(self, other: Self) -> Option<Self> {
        // The product of two numbers in millionths may overflow 128 bits, so the whole part and the
        // millionths of one factor are multiplied separately. If the first product overflows, the
        // result is far out of range.
        let (whole, part) = (self.0 / SCALE, self.0 % SCALE);
        match whole.checked_mul(other.0) {
            Some(product) => match product.checked_add(divide_rounded(part * other.0, SCALE)) {
                Some(micros) => Self::from_micros(micros),
                None => None,
            },
            None => None,
        }
    }

    /// Divides and rounds to six decimal places; returns `None` if the divisor is zero or the
    /// result is out of range.
    pub const fn checked_div(self, other: Self) -> Option<Self> {
        if other.0 == 0 {
            return None;
        }
        Self::from_micros(divide_rounded(self.0 * SCALE, other.0))
    }

    /// The remainder of an integer division, with the sign of the dividend; `None` if the divisor
    /// is zero.
    pub const fn checked_rem(self, other: Self) -> Option<Self> {
        if other.0 == 0 {
            None
        } else {
            Some(Self(self.0 % other.0))
        }
    }

    /// Negates the number. Always returns `Some`, because the range is symmetric.
    pub const fn checked_neg(self) -> Option<Self> {
        Some(Self(-self.0))
    }

    /// Truncates toward zero (S11); returns `None` if the result does not fit an `i64`.
    pub const fn trunc(self) -> Option<i64> {
        let whole = self.0 / SCALE;
        if whole >= i64::MIN as i128 && whole <= i64::MAX as i128 {
            Some(whole as i64)
        } else {
            None
        }
    }

    /// True if the number has no fraction.
    pub const fn is_whole(self) -> bool {
        self.0 % SCALE == 0
    }
}

/// Divides and rounds to the nearest integer, halves away from zero.
const fn divide_rounded(dividend: i128, divisor: i128) -> i128 {
    let quotient = dividend / divisor;
    let rest = (dividend % divisor).unsigned_abs();
    if rest >= divisor.unsigned_abs() - rest {
        quotient
            + if (dividend < 0) == (divisor < 0) {
                1
            } else {
                -1
            }
    } else {
        quotient
    }
}

impl From<i64> for Decimal {
    fn from(int: i64) -> Self {
        Self::from_int(int)
    }
}

/// Formats the shortest text: `3`, `2.5`, `-0.000001`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.unsigned_abs();
        let (whole, part) = (size / SCALE as u128, size % SCALE as u128);
        let text = if part == 0 {
            whole.to_string()
        } else {
            format!("{whole}.{part:06}")
                .trim_end_matches('0')
                .to_owned()
        };
        f.pad_integral(self.0 >= 0, "", &text)
    }
}

/// Parses plain and exponential notation: `12`, `-2.5`, `.5`, `1e3`, `2.5E-3`.
impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let syntax = || DecimalError::Syntax(shorten_text(text));
        let range = || DecimalError::Range(shorten_text(text));

        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent).ok_or_else(syntax)?),
            None => (text, 0),
        };
        let (negative, unsigned) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = || whole.bytes().chain(part.bytes());
        if digits().next().is_none() || !digits().all(|byte| byte.is_ascii_digit()) {
            return Err(syntax());
        }

        // The first `kept` digits form the millionths, and the digit after them decides the
        // rounding.
        let kept = (whole.len() as i64)
            .saturating_add(exponent)
            .saturating_add(PLACES);
        let mut micros: i128 = 0;
        let mut place: i64 = 0;
        for byte in digits() {
            let digit = i128::from(byte - b'0');
            if place < kept {
                micros = micros * 10 + digit;
            } else if place == kept && digit >= 5 {
                micros += 1;
            }
            if micros >= BOUND {
                return Err(range());
            }
            place += 1;
        }
        while micros != 0 && place < kept {
            micros *= 10;
            if micros >= BOUND {
                return Err(range());
            }
            place += 1;
        }
        Self::from_micros(if negative { -micros } else { micros }).ok_or_else(range)
    }
}

/// Parses an exponent and clamps it, so that it can be added to lengths without overflow.
fn parse_exponent(text: &str) -> Option<i64> {
    const FAR: i64 = i64::MAX / 4;
    match text.parse::<i64>() {
        Ok(exponent) => Some(exponent.clamp(-FAR, FAR)),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => Some(FAR),
        Err(error) if *error.kind() == IntErrorKind::NegOverflow => Some(-FAR),
        Err(_) => None,
    }
}

/// Shortens a text for messages, because input may have any length.
fn shorten_text(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Serializes whole numbers as integers and all others as the nearest float.
impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.trunc() {
            Some(int) if self.is_whole() => serializer.serialize_i64(int),
            _ => serializer.serialize_f64(self.to_f64()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn s11_texts_become_exact_millionths() {
        for (text, micros) in [
            ("0", 0),
            ("-0", 0),
            ("12", 12_000_000),
            ("+12", 12_000_000),
            ("2.5", 2_500_000),
            (".5", 500_000),
            ("5.", 5_000_000),
            ("-0.000001", -1),
            ("1e3", 1_000_000_000),
            ("2.5E-3", 2_500),
            ("12345e-3", 12_345_000),
            ("0.0000005", 1),
            ("-0.0000005", -1),
            ("0.0000004999", 0),
            ("0.00000049999999999999999999999999999999999999999999", 0),
            ("5e-7", 1),
            ("5e-8", 0),
            ("9e-99999999999999999999", 0),
            ("0e99999999999999999999", 0),
            ("000000000000000000000000000000000000000000001", 1_000_000),
            (
                "9999999999999999999.999999",
                9_999_999_999_999_999_999_999_999,
            ),
        ] {
            assert_eq!(decimal(text).as_micros(), micros, "{text}");
        }
    }

    #[test]
    fn texts_that_are_not_numbers_or_too_large_are_refused() {
        for text in [
            "", "-", ".", "e5", "1e", "1e1.5", "1,5", "0x10", "NaN", "inf", "1 ", "--1", "1_000",
            "٣",
        ] {
            assert_eq!(
                text.parse::<Decimal>(),
                Err(DecimalError::Syntax(text.into())),
                "{text}"
            );
        }
        for text in [
            "1e19",
            "-1e19",
            "10000000000000000000",
            "9999999999999999999.9999995",
            "1e99999999999999999999",
        ] {
            assert_eq!(
                text.parse::<Decimal>(),
                Err(DecimalError::Range(text.into())),
                "{text}"
            );
        }
        let long = "9".repeat(1_000);
        assert!(
            long.parse::<Decimal>()
                .is_err_and(|error| error.to_string().len() < 120)
        );
    }

    #[test]
    fn display_is_the_shortest_text() {
        for text in [
            "0",
            "3",
            "-3",
            "2.5",
            "-0.5",
            "0.000001",
            "100",
            "9999999999999999999.999999",
        ] {
            assert_eq!(decimal(text).to_string(), text);
        }
        assert_eq!(format!("{:>6}", decimal("-2.5")), "  -2.5");
    }

    #[test]
    fn floats_are_read_by_their_shortest_text() {
        for (float, text) in [
            (0.1, "0.1"),
            (1e-7, "0"),
            (2.5, "2.5"),
            (-0.0, "0"),
            (1e17, "100000000000000000"),
        ] {
            assert_eq!(Decimal::from_f64(float), Some(decimal(text)), "{float}");
        }
        for float in [f64::NAN, f64::INFINITY, 1e19, -1e19, f64::MAX] {
            assert_eq!(Decimal::from_f64(float), None, "{float}");
        }
    }

    #[test]
    fn products_and_quotients_round_halves_away_from_zero() {
        for (left, right, product) in [
            ("2.5", "4", Some("10")),
            ("0.000001", "0.5", Some("0.000001")),
            ("-0.000001", "0.5", Some("-0.000001")),
            ("0.000001", "0.4", Some("0")),
            ("1.000001", "1.5", Some("1.500002")),
            ("999999999999999999", "1", Some("999999999999999999")),
            ("999999999", "1000000001", Some("999999999999999999")),
            ("10000000000", "1000000000", None),
            (
                "9999999999999999999.999999",
                "-9999999999999999999.999999",
                None,
            ),
        ] {
            assert_eq!(
                decimal(left).checked_mul(decimal(right)),
                product.map(decimal),
                "{left} × {right}"
            );
        }
        for (left, right, quotient) in [
            ("1", "3", Some("0.333333")),
            ("2", "3", Some("0.666667")),
            ("-2", "3", Some("-0.666667")),
            ("0.000001", "2", Some("0.000001")),
            ("0.000001", "-2", Some("-0.000001")),
            ("9999999999999999999.999999", "0.000001", None),
            ("1", "0", None),
        ] {
            assert_eq!(
                decimal(left).checked_div(decimal(right)),
                quotient.map(decimal),
                "{left} ÷ {right}"
            );
        }
        assert_eq!(
            decimal("-7.5").checked_rem(decimal("2")),
            Some(decimal("-1.5"))
        );
        assert_eq!(decimal("1").checked_rem(Decimal::ZERO), None);
    }

    #[test]
    fn s11_fractions_are_cut_toward_zero() {
        for (text, cut) in [
            ("2.999999", Some(2)),
            ("-2.999999", Some(-2)),
            ("0.5", Some(0)),
            ("9223372036854775807.9", Some(i64::MAX)),
            ("-9223372036854775808.9", Some(i64::MIN)),
            ("9223372036854775808", None),
        ] {
            assert_eq!(decimal(text).trunc(), cut, "{text}");
        }
    }

    #[test]
    fn json_has_integers_where_it_can() {
        for (text, json) in [
            ("3", "3"),
            ("-2.5", "-2.5"),
            ("0.000001", "1e-6"),
            ("999999999999999999", "999999999999999999"),
        ] {
            let written = serde_json::to_string(&decimal(text)).expect("a number is always JSON");
            assert_eq!(written, json, "{text}");
        }
    }

    fn any_decimal() -> impl Strategy<Value = Decimal> {
        prop_oneof![
            -BOUND + 1..BOUND,
            -10 * SCALE..10 * SCALE,
            -10_000_000_000_000_000..10_000_000_000_000_000i128
        ]
        .prop_map(|micros| Decimal::from_micros(micros).expect("the ranges lie within the bound"))
    }

    proptest! {
        #[test]
        fn s11_text_and_back_is_the_same(number in any_decimal()) {
            prop_assert_eq!(decimal(&number.to_string()), number);
        }

        #[test]
        fn sums_are_those_of_integers(left in any_decimal(), right in any_decimal()) {
            prop_assert_eq!(left.checked_add(right), Decimal::from_micros(left.as_micros() + right.as_micros()));
            prop_assert_eq!(left.checked_sub(right), Decimal::from_micros(left.as_micros() - right.as_micros()));
        }

        #[test]
        fn products_are_within_half_a_millionth(left in any_decimal(), right in any_decimal()) {
            match (left.checked_mul(right), left.as_micros().checked_mul(right.as_micros())) {
                (Some(product), Some(exact)) => prop_assert!((product.as_micros() * SCALE - exact).abs() * 2 <= SCALE),
                (Some(product), None) => prop_assert!(product.to_f64() != 0.0),
                (None, Some(exact)) => prop_assert!(exact.abs() >= BOUND * SCALE - SCALE),
                (None, None) => {}
            }
        }

        #[test]
        fn quotients_are_within_half_a_millionth(left in any_decimal(), right in any_decimal()) {
            if let Some(quotient) = left.checked_div(right) {
                let error = quotient.as_micros().checked_mul(right.as_micros()).map(|back| back - left.as_micros() * SCALE);
                prop_assert!(error.is_none_or(|error| error.abs() * 2 <= right.as_micros().abs()));
            }
        }

        #[test]
        fn floats_equal_their_shortest_text(float in prop_oneof![any::<f64>(), -1e9..1e9, (-1e15..1e15).prop_map(f64::round)]) {
            prop_assert_eq!(Decimal::from_f64(float), format!("{float:e}").parse().ok());
        }

        #[test]
        fn the_nearest_float_equals_the_parsed_text(number in any_decimal()) {
            prop_assert_eq!(Ok(number.to_f64()), number.to_string().parse());
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[-+0-9eE.]{0,60}|.{0,20}") {
            let _ = text.parse::<Decimal>();
        }
    }
}
