//! Conditions and expressions: a part of CEL that can neither loop nor reach outside, compiled once and evaluated in
//! some tens of nanoseconds.
//!
//! What an expression may read:
//!
//! | written | is |
//! |---|---|
//! | `event.post`, `event.post.kind`, `event["a-b"]`, `event.tags[0]` | the event's properties |
//! | `event_name` | the event's name |
//! | `player.points.xp`, `player.points["my-coins"]` | a balance |
//! | `player.badges.teacher` | whether the player holds a badge |
//! | `player.unlocked.shop` | whether an unlockable is open |
//! | `player.profile.country` | an attribute of the player |
//!
//! There are the operators `&& || ! ?: == != < <= > >= + - * / % in`, the functions `has`, `size`, `int`, `double` and
//! `string`, and the methods `contains`, `startsWith`, `endsWith` and `size` of text.
//!
//! Where it differs from CEL, for the sake of JSON, which does not tell 5 from 5.0:
//! - A `double` is an exact decimal of six places ([`Decimal`]). Integers and doubles mix in arithmetic and comparisons;
//!   the result is then a double. `7 / 2` is 3 and `7 / 2.0` is 3.5: write `double(event.km) / 2` where fractions count.
//! - `has(event.a.b)` is false, and no error, where `event.a` is missing or no map.
//!
//! A missing property, a value of the wrong type, a division by zero and an overflow are errors ([`EvalError`]), which
//! `&&` and `||` absorb when their other side decides.

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

pub use compiler::Compiler;
pub use error::EvalError;

use crate::limits;
use crate::number::Decimal;
use crate::value::{Props, Value};
use node::Node;

/// What the result of an expression is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// True or false: `where`.
    Condition,
    /// A number: `points`, `sum`, `max`, `latest`.
    Number,
    /// Text, a number or a boolean, which becomes text: `per`, `distinct`.
    Key,
}

/// A kind of definition that expressions name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// `player.points.…`
    Currency,
    /// `player.badges.…`
    Badge,
    /// `player.unlocked.…`
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

/// What a catalog defines: expressions are checked against it.
pub trait Names {
    /// The ids of a kind.
    fn known(&self, kind: NameKind) -> &[String];
}

/// One thing that is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, in bytes of the source.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
}

impl Problem {
    fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: None,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Compiles one expression, or says everything that is wrong with it. For many expressions use one [`Compiler`].
pub fn compile(
    source: &str,
    expected: Expected,
    names: &dyn Names,
) -> Result<Expression, Vec<Problem>> {
    Compiler::new().compile(source, expected, names)
}

/// What expressions read of a player.
pub trait PlayerView {
    /// The balance in a currency.
    fn points(&self, currency: &str) -> i64;
    /// Whether a badge is held.
    fn holds(&self, badge: &str) -> bool;
    /// Whether an unlockable is open.
    fn unlocked(&self, id: &str) -> bool;
    /// An attribute of the profile.
    fn attribute(&self, name: &str) -> Option<&Value>;
}

/// Nobody: a player who has nothing, for expressions that read none.
pub struct Nobody;

impl PlayerView for Nobody {
    fn points(&self, _: &str) -> i64 {
        0
    }

    fn holds(&self, _: &str) -> bool {
        false
    }

    fn unlocked(&self, _: &str) -> bool {
        false
    }

    fn attribute(&self, _: &str) -> Option<&Value> {
        None
    }
}

/// What an expression is evaluated on.
#[derive(Clone, Copy)]
pub struct Env<'a> {
    /// The event's name.
    pub event_name: &'a str,
    /// The event's properties.
    pub props: &'a Props,
    /// The player before the event.
    pub player: &'a dyn PlayerView,
}

/// A compiled expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    node: Node,
    /// The source of each operand of the outermost `&&`, in order; of the whole when there is none.
    conjuncts: Box<[Box<str>]>,
    reads_player: bool,
}

impl Expression {
    /// The value of a condition.
    pub fn condition(&self, env: &Env<'_>) -> Result<bool, EvalError> {
        eval::truth(&self.node, env)
    }

    /// The value of an expression that yields a number.
    pub fn number(&self, env: &Env<'_>) -> Result<Decimal, EvalError> {
        let value = eval::evaluate(&self.node, env)?;
        value
            .decimal()
            .ok_or_else(|| eval::wrong_type(&self.node, &value, "a number"))
    }

    /// The value of a key as text: `7`, `2.5`, `true`, or text as it is. A key is neither empty nor longer than
    /// [`limits::KEY_BYTES`], and holds no NUL, which separates keys where they are stored.
    pub fn key<'a>(&'a self, env: &Env<'a>) -> Result<Cow<'a, str>, EvalError> {
        let key = eval::text(&self.node, eval::evaluate(&self.node, env)?)?;
        match key.len() {
            0 => Err(EvalError::EmptyKey),
            length if length > limits::KEY_BYTES => Err(EvalError::LongKey),
            _ if key.contains('\0') => Err(EvalError::NulKey),
            _ => Ok(key),
        }
    }

    /// Whether the result may depend on the player's state, so that a counter with this condition is not shared (S9).
    pub fn reads_player(&self) -> bool {
        self.reads_player
    }

    /// The canonical text: the same for expressions that differ in white space, parentheses, notation or constants
    /// computed beforehand only. It is part of a counter's address (S9).
    pub fn canonical(&self) -> String {
        self.node.to_string()
    }

    /// For a condition that is false: the source of the first part between its outermost `&&`s that is false.
    pub fn why_false(&self, env: &Env<'_>) -> Option<String> {
        if self.condition(env) != Ok(false) {
            return None;
        }
        let parts = match &self.node {
            Node::And(nodes) => nodes,
            whole => std::slice::from_ref(whole),
        };
        let part = parts
            .iter()
            .position(|part| eval::truth(part, env) == Ok(false))?;
        self.conjuncts.get(part).map(|source| source.to_string())
    }
}
