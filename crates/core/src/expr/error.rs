//! Errors of evaluating an expression.

use crate::limits;

/// The reason why an expression has no value for an event. Its rule does not apply to that event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// A property, attribute or item does not exist.
    #[error("`{0}` is missing")]
    Missing(String),
    /// A value has another type than its place requires.
    #[error("`{what}` is {found}, not {wanted}")]
    WrongType {
        /// The part of the expression, as canonical text.
        what: String,
        /// The actual type, with its article.
        found: &'static str,
        /// The required type, with its article.
        wanted: &'static str,
    },
    /// An operator cannot be applied to two values of these types.
    #[error("`{operator}` cannot be applied to {left} and {right}")]
    Operands {
        /// The operator as written in source.
        operator: &'static str,
        /// The type of the left operand, with its article.
        left: &'static str,
        /// The type of the right operand, with its article.
        right: &'static str,
    },
    /// A text is not a number.
    #[error("`{0}` is text that is not a number")]
    NotANumber(String),
    /// A number was divided by zero.
    #[error("division by zero")]
    DivisionByZero,
    /// A number is out of range.
    #[error("overflow: a number is too large")]
    Overflow,
    /// A key is the empty text.
    #[error("the key is empty")]
    EmptyKey,
    /// A key is longer than [`limits::KEY_BYTES`].
    #[error("the key is longer than {max} bytes (KEY_BYTES)", max = limits::KEY_BYTES)]
    LongKey,
    /// A key contains a NUL character.
    #[error("the key contains a NUL character")]
    NulKey,
}

/// Suggests how to leave out events that lack a property, from the message of an
/// [`EvalError::Missing`] of a rule. Returns `None` for all other messages.
///
/// ```
/// use accolade_core::expr::suggest_guard;
///
/// let hint = suggest_guard("`event.hour` is missing").unwrap();
/// assert_eq!(hint, "to leave such events out, begin the condition with `has(event.hour) &&`");
/// assert_eq!(suggest_guard("division by zero"), None);
/// ```
pub fn suggest_guard(message: &str) -> Option<String> {
    let path = message.strip_prefix('`')?.strip_suffix("` is missing")?;
    // An attribute of the player concerns no single event, and `has` of an item is no expression.
    let is_path = path.starts_with("event.") && !path.contains('[');
    is_path.then(|| format!("to leave such events out, begin the condition with `has({path}) &&`"))
}
