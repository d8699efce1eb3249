//! Conditions and expressions: a subset of CEL without loops or side effects, compiled once and
//! evaluated in some tens of nanoseconds.
//!
//! An expression can read:
//!
//! | syntax | value |
//! |---|---|
//! | `event.post`, `event.post.kind`, `event["a-b"]`, `event.tags[0]` | the event's properties |
//! | `event_name` | the event's name |
//! | `player.points.xp`, `player.points["my-coins"]` | a balance |
//! | `player.badges.teacher` | true if the player holds a badge |
//! | `player.unlocked.shop` | true if an unlockable is open |
//! | `player.profile.country` | an attribute of the player |
//!
//! It supports the operators `&& || ! ?: == != < <= > >= + - * / % in`, the functions `has`,
//! `size`, `int`, `double` and `string`, and the methods `contains`, `startsWith`, `endsWith` and
//! `size` of text.
//!
//! It differs from CEL because JSON does not distinguish 5 from 5.0:
//! - A `double` is an exact decimal of six places ([`Decimal`](crate::number::Decimal)). Integers
//!   and doubles can be mixed in arithmetic and comparisons; the result is then a double. `7 / 2` is
//!   3 and `7 / 2.0` is 3.5: write `double(event.km) / 2` to keep fractions.
//! - `has(event.a.b)` is false, not an error, if `event.a` is missing or is not a map.
//!
//! A missing property, a value of the wrong type, a division by zero and an overflow are errors
//! ([`EvalError`]). `&&` and `||` ignore an error on one side if the other side decides.

mod arithmetic;
mod ast;
mod clock;
mod compiler;
mod constant;
mod contradiction;
mod env;
mod error;
mod eval;
mod expression;
mod lower;
mod names;
mod node;
mod operand;
mod parse;
mod problem;
#[cfg(test)]
mod properties;
mod resolve;
#[cfg(test)]
mod tests;
mod tokens;
mod type_error;
mod types;

pub use compiler::ExpressionCompiler;
pub use env::{EmptyPlayer, EvalEnv, PlayerView};
pub use error::{EvalError, suggest_guard};
pub use expression::{ExpectedResult, Expression};
pub use names::{DefinedNames, NameKind};
pub use problem::ExpressionProblem;

/// Compiles one expression. To compile many, use one [`ExpressionCompiler`].
///
/// # Errors
/// All errors in the source.
pub fn compile_expression(
    source: &str,
    expected: ExpectedResult,
    names: &dyn DefinedNames,
) -> Result<Expression, Vec<ExpressionProblem>> {
    ExpressionCompiler::new().compile(source, expected, names)
}
