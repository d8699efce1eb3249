//! Compiled expressions.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::contradiction;
use super::env::EvalEnv;
use super::error::EvalError;
use super::eval;
use super::node::ExpressionNode;
use super::type_error::wrong_type;
use crate::limits;
use crate::number::Decimal;

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

/// A compiled expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    pub(super) node: ExpressionNode,
    /// The source of each operand of the outermost `&&`, in order, or else of the whole expression.
    pub(super) conjuncts: Box<[Box<str>]>,
    pub(super) reads_player: bool,
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
            .ok_or_else(|| wrong_type(&self.node, &value, "a number"))
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

    /// True if the condition is false for every event, because it contradicts itself. Not every
    /// contradiction is found.
    pub fn is_never_true(&self) -> bool {
        contradiction::is_never_true(&self.node)
    }

    /// True if the result is the same for every event.
    pub fn is_constant(&self) -> bool {
        self.node.is_constant()
    }

    /// Adds the ids of the currencies whose balances the expression reads.
    pub fn collect_currencies<'e>(&'e self, ids: &mut BTreeSet<&'e str>) {
        let mut open = vec![&self.node];
        while let Some(node) = open.pop() {
            if let ExpressionNode::Points(id) = node {
                ids.insert(id);
            }
            open.extend(node.operands());
        }
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
