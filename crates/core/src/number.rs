//! Exact decimal numbers of six places (S11): what amounts, sums and the numbers of conditions are made of.

use std::fmt;
use std::num::IntErrorKind;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// How many millionths make one.
const SCALE: i128 = 1_000_000;
/// Digits after the point.
const PLACES: i64 = 6;
/// Every number lies strictly between minus and plus 10^19, which holds all 64-bit integers.
const BOUND: i128 = 10_000_000_000_000_000_000 * SCALE;

/// An exact decimal number with six places after the point, between −10^19 and 10^19 (both excluded), so that every
/// `i64` is one.
///
/// Sums of such numbers do not depend on the order of the summands, unlike those of binary floating point. Whatever
/// would leave the range is `None`. Products, quotients and texts with more than six places are rounded to the
/// nearest millionth, halves away from zero.
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

/// Text that is no decimal number, or one that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// The text is not a number.
    #[error("`{0}` is no number; write digits such as 12, 2.5 or 1e3")]
    Syntax(String),
    /// The number is too large or too small.
    #[error("`{0}` is out of range; numbers lie between -10^19 and 10^19")]
    Range(String),
}

impl Decimal {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(SCALE);

    /// The number with that many millionths, if it is in range.
    pub const fn from_micros(micros: i128) -> Option<Self> {
        if micros > -BOUND && micros < BOUND {
            Some(Self(micros))
        } else {
            None
        }
    }

    /// The number in millionths.
    pub const fn micros(self) -> i128 {
        self.0
    }

    /// A whole number; every one is in range.
    pub const fn from_int(int: i64) -> Self {
        Self(int as i128 * SCALE)
    }

    /// The number that the shortest decimal text of a float says (so 0.1 is exactly a tenth), rounded to six places.
    /// `None` when it is not finite or out of range.
    pub fn from_f64(float: f64) -> Option<Self> {
        // Up to 15 digits, different decimals are different floats: the one that divides back is the shortest text's.
        let scaled = (float * 1e6).round();
        if scaled.abs() < 1e15 && scaled / 1e6 == float {
            return Some(Self(scaled as i128));
        }
        float
            .is_finite()
            .then(|| format!("{float:e}").parse().ok())
            .flatten()
    }

    /// The float that lies nearest.
    pub fn to_f64(self) -> f64 {
        // Floats hold whole numbers up to here exactly, and the quotient of two of them is the nearest to the true one.
        if self.0.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS {
            return self.0 as f64 / 1e6;
        }
        self.to_string()
            .parse()
            .expect("a decimal number is also a float")
    }

    /// The sum, if it is in range.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        Self::from_micros(self.0 + other.0)
    }

    /// The difference, if it is in range.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        Self::from_micros(self.0 - other.0)
    }

    /// The product, rounded to six places, if it is in range.
    pub const fn checked_mul(self, other: Self) -> Option<Self> {
        // The whole part and the millionths of one factor are multiplied apart, as the product of two numbers in
        // millionths may not fit 128 bits. If the first product does not fit, the result is far out of range.
        let (whole, part) = (self.0 / SCALE, self.0 % SCALE);
        match whole.checked_mul(other.0) {
            Some(product) => match product.checked_add(divide_rounded(part * other.0, SCALE)) {
                Some(micros) => Self::from_micros(micros),
                None => None,
            },
            None => None,
        }
    }

    /// The quotient, rounded to six places. `None` when the divisor is zero or the result out of range.
    pub const fn checked_div(self, other: Self) -> Option<Self> {
        if other.0 == 0 {
            return None;
        }
        Self::from_micros(divide_rounded(self.0 * SCALE, other.0))
    }

    /// What is left after dividing without a fraction, with the sign of the dividend. `None` when the divisor is zero.
    pub const fn checked_rem(self, other: Self) -> Option<Self> {
        if other.0 == 0 {
            None
        } else {
            Some(Self(self.0 % other.0))
        }
    }

    /// The number with its sign turned; the range is symmetric, so this always is `Some`.
    pub const fn checked_neg(self) -> Option<Self> {
        Some(Self(-self.0))
    }

    /// The whole number, cut toward zero (S11), if it is one of 64 bits.
    pub const fn trunc(self) -> Option<i64> {
        let whole = self.0 / SCALE;
        if whole >= i64::MIN as i128 && whole <= i64::MAX as i128 {
            Some(whole as i64)
        } else {
            None
        }
    }

    /// Whether there is nothing after the point.
    pub const fn is_whole(self) -> bool {
        self.0 % SCALE == 0
    }
}

/// Divides and rounds to the nearest, halves away from zero.
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

/// The shortest text: `3`, `2.5`, `-0.000001`.
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

/// Plain notation and that with an exponent: `12`, `-2.5`, `.5`, `1e3`, `2.5E-3`.
impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let syntax = || DecimalError::Syntax(shorten(text));
        let range = || DecimalError::Range(shorten(text));

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

        // `kept` of the digits make up the millionths, and the one after them decides the rounding.
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

/// An exponent, kept within bounds in which it can be added to lengths; `None` when it is no integer.
fn parse_exponent(text: &str) -> Option<i64> {
    const FAR: i64 = i64::MAX / 4;
    match text.parse::<i64>() {
        Ok(exponent) => Some(exponent.clamp(-FAR, FAR)),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => Some(FAR),
        Err(error) if *error.kind() == IntErrorKind::NegOverflow => Some(-FAR),
        Err(_) => None,
    }
}

/// The start of a text, for messages about texts of any length.
fn shorten(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Whole numbers become JSON integers, all others the nearest JSON float.
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
            assert_eq!(decimal(text).micros(), micros, "{text}");
        }
    }

    #[test]
    fn texts_that_are_no_numbers_or_too_large_are_refused() {
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
            prop_assert_eq!(left.checked_add(right), Decimal::from_micros(left.micros() + right.micros()));
            prop_assert_eq!(left.checked_sub(right), Decimal::from_micros(left.micros() - right.micros()));
        }

        #[test]
        fn products_are_within_half_a_millionth(left in any_decimal(), right in any_decimal()) {
            match (left.checked_mul(right), left.micros().checked_mul(right.micros())) {
                (Some(product), Some(exact)) => prop_assert!((product.micros() * SCALE - exact).abs() * 2 <= SCALE),
                (Some(product), None) => prop_assert!(product.to_f64() != 0.0),
                (None, Some(exact)) => prop_assert!(exact.abs() >= BOUND * SCALE - SCALE),
                (None, None) => {}
            }
        }

        #[test]
        fn quotients_are_within_half_a_millionth(left in any_decimal(), right in any_decimal()) {
            if let Some(quotient) = left.checked_div(right) {
                let error = quotient.micros().checked_mul(right.micros()).map(|back| back - left.micros() * SCALE);
                prop_assert!(error.is_none_or(|error| error.abs() * 2 <= right.micros().abs()));
            }
        }

        #[test]
        fn floats_are_what_their_text_says(float in prop_oneof![any::<f64>(), -1e9..1e9, (-1e15..1e15).prop_map(f64::round)]) {
            prop_assert_eq!(Decimal::from_f64(float), format!("{float:e}").parse().ok());
        }

        #[test]
        fn the_nearest_float_is_the_one_that_the_text_says(number in any_decimal()) {
            prop_assert_eq!(Ok(number.to_f64()), number.to_string().parse());
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[-+0-9eE.]{0,60}|.{0,20}") {
            let _ = text.parse::<Decimal>();
        }
    }
}
