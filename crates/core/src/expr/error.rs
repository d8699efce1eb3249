//! Why an expression has no value for an event.

use crate::limits;

/// Why an expression could not be evaluated. The rule that it belongs to does not apply to that event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// A property, attribute or item is not there.
    #[error("`{0}` is missing")]
    Missing(String),
    /// A value is of another type than its place needs.
    #[error("`{what}` is {found}, not {wanted}")]
    WrongType {
        /// The part of the expression, canonically.
        what: String,
        /// What it is.
        found: &'static str,
        /// What it had to be.
        wanted: &'static str,
    },
    /// An operator met two values that it cannot take together.
    #[error("`{operator}` cannot take {left} and {right}")]
    Operands {
        /// The operator as it is written.
        operator: &'static str,
        /// What is on its left.
        left: &'static str,
        /// What is on its right.
        right: &'static str,
    },
    /// Text that had to be a number is none.
    #[error("`{0}` holds text that is no number")]
    NotANumber(String),
    /// Something was divided by zero.
    #[error("division by zero")]
    DivisionByZero,
    /// A number left its range.
    #[error("overflow: a number is too large")]
    Overflow,
    /// A key is the empty text.
    #[error("the key is empty")]
    EmptyKey,
    /// A key is longer than [`limits::KEY_BYTES`].
    #[error("the key is longer than {max} bytes (KEY_BYTES)", max = limits::KEY_BYTES)]
    LongKey,
    /// A key holds a NUL character.
    #[error("the key holds a NUL character")]
    NulKey,
}
