//! Conditions and expressions: CEL, type-checked when a catalog is loaded, and lowered to a form that is evaluated over
//! borrowed values.
//!
//! The language is the [Common Expression Language](https://cel.dev) without macros, timestamps and regular
//! expressions, and with one deviation: JSON does not tell `5` from `5.0`, so whole numbers and fractions mix. A
//! fraction is an exact decimal of six places. An expression cannot loop, reach outside or read a clock.

mod ast;
mod check;
mod eval;
mod functions;
mod parse;
mod tree;

use std::ops::Range;

use crate::limits;
use crate::number::Decimal;
use crate::value::{Props, Value};

pub use eval::EvalError;
use tree::Tree;

/// What an expression must come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// True or false.
    Condition,
    /// A number.
    Number,
    /// Something that tells keys apart: a text, a number or a truth value.
    Key,
}

/// A kind of definition that expressions name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// `player.points.<currency>`
    Currency,
    /// `player.badges.<badge>`
    Badge,
    /// `player.unlocked.<unlockable>`
    Unlockable,
}

/// What a catalog defines, for checking names.
pub trait Names {
    /// The ids of a kind.
    fn known(&self, kind: NameKind) -> &[String];
}

/// Something that is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where in the expression, in bytes.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
}

/// What an expression sees.
#[derive(Clone, Copy)]
pub struct Env<'a> {
    /// The name of the event.
    pub event_name: &'a str,
    /// Its properties.
    pub props: &'a Props,
    /// The player, as they are before the event.
    pub player: &'a dyn PlayerView,
}

/// A player's state, as expressions and badges in code see it.
pub trait PlayerView {
    /// The balance in a currency.
    fn points(&self, currency: &str) -> i64;
    /// Whether a badge is held, in any tier and for any key.
    fn holds(&self, badge: &str) -> bool;
    /// Whether an unlockable is open.
    fn unlocked(&self, unlockable: &str) -> bool;
    /// An attribute.
    fn attribute(&self, name: &str) -> Option<&Value>;
}

/// Compiles expressions. One compiler serves a whole catalog: the parser's thread is started once.
#[derive(Default)]
pub struct Compiler {
    parser: parse::Parser,
}

/// A compiled expression.
#[derive(Debug, Clone)]
pub struct Expression {
    tree: Tree,
    /// The parts of a condition that are joined by `&&`, with their source text.
    conjuncts: Vec<(Tree, String)>,
    reads_player: bool,
}

impl Compiler {
    /// A compiler.
    pub fn new() -> Self {
        Self::default()
    }

    /// Compiles an expression.
    ///
    /// ```
    /// use accolade_core::expr::{Compiler, Expected, NameKind, Names};
    ///
    /// struct Nothing;
    /// impl Names for Nothing {
    ///     fn known(&self, _: NameKind) -> &[String] {
    ///         &[]
    ///     }
    /// }
    /// let mut compiler = Compiler::new();
    /// assert!(compiler.compile("event.length >= 15", Expected::Condition, &Nothing).is_ok());
    /// let problems = compiler.compile("event.length + 15", Expected::Condition, &Nothing).unwrap_err();
    /// assert_eq!(problems[0].message, "this is a number; a condition must be true or false");
    /// ```
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn compile(
        &mut self,
        source: &str,
        expected: Expected,
        names: &dyn Names,
    ) -> Result<Expression, Vec<Problem>> {
        if source.len() > limits::EXPRESSION_BYTES {
            let message = format!("the expression has {} bytes; the limit is {}", source.len(), limits::EXPRESSION_BYTES);
            return Err(vec![Problem { span: 0..source.len(), message, help: None }]);
        }
        let ast = self.parser.parse(source)?;
        check::check(source, &ast, expected, names)
    }
}

impl Expression {
    /// Its truth value.
    ///
    /// # Errors
    /// When it cannot be evaluated on this event: a property is missing or has another type, a division by zero, an
    /// overflow.
    pub fn condition(&self, env: &Env<'_>) -> Result<bool, EvalError> {
        eval::truth(&self.tree, env)
    }

    /// Its number.
    ///
    /// # Errors
    /// As for [`condition`](Self::condition).
    pub fn number(&self, env: &Env<'_>) -> Result<Decimal, EvalError> {
        eval::number(&self.tree, env)
    }

    /// Its value as a text that tells keys apart: `7` for 7, `true` for true.
    ///
    /// # Errors
    /// As for [`condition`](Self::condition), and when the text is empty or longer than
    /// [`KEY_BYTES`](limits::KEY_BYTES).
    pub fn key(&self, env: &Env<'_>) -> Result<String, EvalError> {
        eval::key(&self.tree, env)
    }

    /// Whether it reads the player's state, so that its value does not depend on the event alone.
    pub fn reads_player(&self) -> bool {
        self.reads_player
    }

    /// A text that is equal for expressions that differ in white space and parentheses at most.
    pub fn canonical(&self) -> String {
        format!("{:?}", self.tree)
    }

    /// Of a condition that is false, the source of the first part that is, if it has several joined by `&&`.
    pub fn why_false(&self, env: &Env<'_>) -> Option<String> {
        let is_false = |(part, _): &&(Tree, String)| eval::truth(part, env) == Ok(false);
        self.conjuncts.iter().find(is_false).map(|(_, source)| source.clone())
    }
}

#[cfg(test)]
mod tests;
