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
//! - A `double` is an exact decimal of six places ([`Decimal`]). Integers and doubles can be mixed
//!   in arithmetic and comparisons; the result is then a double. `7 / 2` is 3 and `7 / 2.0` is 3.5:
//!   write `double(event.km) / 2` to keep fractions.
//! - `has(event.a.b)` is false, not an error, if `event.a` is missing or is not a map.
//!
//! A missing property, a value of the wrong type, a division by zero and an overflow are errors
//! ([`EvalError`]). `&&` and `||` ignore an error on one side if the other side decides.

mod arithmetic;
mod ast;
mod compiler;
mod constant;
mod error;
mod eval;
mod lower;
mod node;
mod operand;
mod parse;
#[cfg(test)]
mod properties;
mod resolve;
#[cfg(test)]
mod tests;
mod tokens;
mod types;

use std::borrow::Cow;
use std::ops::Range;

pub use compiler::ExpressionCompiler;
pub use error::EvalError;

use crate::limits;
use crate::number::Decimal;
use crate::value::{Props, Value};
use node::ExpressionNode;

/// The kind of result that is expected of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedResult {
    /// True or false: `where`.
    Condition,
    /// A number: `points`, `sum`, `max`, `latest`.
    Number,
    /// Text, a number or a boolean, which becomes text: `per`, `distinct`.
    Key,
}

/// A kind of rule that expressions refer to by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// A currency, as in `player.points.…`.
    Currency,
    /// A badge, as in `player.badges.…`.
    Badge,
    /// An unlockable, as in `player.unlocked.…`.
    Unlockable,
}

impl NameKind {
    fn name(self) -> &'static str {
        match self {
            Self::Currency => "currency",
            Self::Badge => "badge",
            Self::Unlockable => "unlockable",
        }
    }
}

/// The ids that a catalog defines. Expressions are checked against them.
pub trait DefinedNames {
    /// Returns the defined ids of a kind.
    fn defined_ids(&self, kind: NameKind) -> &[String];
}

/// An error in the source of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpressionProblem {
    /// The location in the source, in bytes.
    pub span: Range<usize>,
    /// The error message.
    pub message: String,
    /// A suggested fix.
    pub help: Option<String>,
}

impl ExpressionProblem {
    fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: None,
        }
    }

    fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Compiles one expression. To compile many, use one [`Compiler`].
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

/// The player as expressions see it.
pub trait PlayerView {
    /// Returns the balance in a currency.
    fn balance(&self, currency: &str) -> i64;
    /// True if the player holds a badge.
    fn holds_badge(&self, badge: &str) -> bool;
    /// True if an unlockable is open.
    fn is_unlocked(&self, id: &str) -> bool;
    /// Returns an attribute of the player.
    fn attribute(&self, name: &str) -> Option<&Value>;
}

/// A player who has nothing, for expressions that read no player.
pub struct EmptyPlayer;

impl PlayerView for EmptyPlayer {
    fn balance(&self, _: &str) -> i64 {
        0
    }

    fn holds_badge(&self, _: &str) -> bool {
        false
    }

    fn is_unlocked(&self, _: &str) -> bool {
        false
    }

    fn attribute(&self, _: &str) -> Option<&Value> {
        None
    }
}

/// The input of an evaluation.
#[derive(Clone, Copy)]
pub struct EvalEnv<'a> {
    /// The name of the event.
    pub event_name: &'a str,
    /// The properties of the event.
    pub props: &'a Props,
    /// The player before the event.
    pub player: &'a dyn PlayerView,
}

/// A compiled expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    node: ExpressionNode,
    /// The source of each operand of the outermost `&&`, in order, or else of the whole expression.
    conjuncts: Box<[Box<str>]>,
    reads_player: bool,
}

impl Expression {
    /// Evaluates a condition.
    ///
    /// # Errors
    /// [`EvalError`] if the condition has no value for this input.
    pub fn eval_condition(&self, env: &EvalEnv<'_>) -> Result<bool, EvalError> {
        eval::eval_bool(&self.node, env)
    }

    /// Evaluates an expression that yields a number.
    ///
    /// # Errors
    /// [`EvalError`] if the expression has no value for this input.
    pub fn eval_number(&self, env: &EvalEnv<'_>) -> Result<Decimal, EvalError> {
        let value = eval::evaluate(&self.node, env)?;
        value
            .as_decimal()
            .ok_or_else(|| eval::wrong_type(&self.node, &value, "a number"))
    }

    /// Evaluates a key as text: `7`, `2.5`, `true`, or text as it is.
    ///
    /// # Errors
    /// [`EvalError`] if the expression has no value for this input, or if the key is empty, longer
    /// than [`limits::KEY_BYTES`], or contains a NUL, which separates keys in stored cells.
    pub fn eval_key<'a>(&'a self, env: &EvalEnv<'a>) -> Result<Cow<'a, str>, EvalError> {
        let key = eval::value_to_text(&self.node, eval::evaluate(&self.node, env)?)?;
        match key.len() {
            0 => Err(EvalError::EmptyKey),
            length if length > limits::KEY_BYTES => Err(EvalError::LongKey),
            _ if key.contains('\0') => Err(EvalError::NulKey),
            _ => Ok(key),
        }
    }

    /// True if the result may depend on the player's state. A counter with such a condition is not
    /// shared (S9).
    pub fn reads_player(&self) -> bool {
        self.reads_player
    }

    /// Returns the canonical text, which is part of a counter's address (S9).
    ///
    /// It is the same for expressions that differ only in white space, parentheses, notation or
    /// folded constants.
    pub fn canonical_text(&self) -> String {
        self.node.to_string()
    }

    /// Returns the source of the first false operand of the outermost `&&`, if the condition is
    /// false.
    pub fn why_false(&self, env: &EvalEnv<'_>) -> Option<String> {
        if self.eval_condition(env) != Ok(false) {
            return None;
        }
        let parts = match &self.node {
            ExpressionNode::And(nodes) => nodes,
            whole => std::slice::from_ref(whole),
        };
        let part = parts
            .iter()
            .position(|part| eval::eval_bool(part, env) == Ok(false))?;
        self.conjuncts.get(part).map(|source| source.to_string())
    }
}
