//! Errors of values with the wrong type.

use super::error::EvalError;
use super::node::ExpressionNode;
use super::operand::Operand;

/// Creates the error of a value that has the wrong type.
pub(super) fn wrong_type(
    node: &ExpressionNode,
    value: &Operand<'_>,
    wanted: &'static str,
) -> EvalError {
    type_mismatch(node, value.type_name(), wanted)
}

/// Creates the error of a value that has the wrong type, by the name of its type.
pub(super) fn type_mismatch(
    node: &ExpressionNode,
    found: &'static str,
    wanted: &'static str,
) -> EvalError {
    EvalError::WrongType {
        what: node.to_string(),
        found,
        wanted,
    }
}
