//! The operators `+ - * / %`: checked 64-bit integers, exact decimals if one operand is a decimal,
//! and concatenation of texts.

use super::ast::Operator;
use super::error::EvalError;
use super::eval::wrong_type;
use super::node::Node;
use super::operand::Operand;
use crate::number::Decimal;

/// Applies an operator to two values. Errors name the nodes.
pub(super) fn arithmetic<'a>(
    operator: Operator,
    left_node: &Node,
    left: Operand<'a>,
    right_node: &Node,
    right: Operand<'a>,
) -> Result<Operand<'a>, EvalError> {
    match (left, right) {
        (Operand::Int(left), Operand::Int(right)) => {
            integers(operator, left, right).map(Operand::Int)
        }
        (Operand::Text(left), Operand::Text(right)) if operator == Operator::Add => {
            Ok(Operand::Text((left.into_owned() + &right).into()))
        }
        (left, right) => match (left.decimal(), right.decimal()) {
            (Some(left), Some(right)) => decimals(operator, left, right).map(Operand::Decimal),
            (Some(_), None) => Err(wrong_type(right_node, &right, "a number")),
            (None, Some(_)) => Err(wrong_type(left_node, &left, "a number")),
            (None, None) => Err(EvalError::Operands {
                operator: operator.symbol(),
                left: left.kind(),
                right: right.kind(),
            }),
        },
    }
}

fn integers(operator: Operator, left: i64, right: i64) -> Result<i64, EvalError> {
    let result = match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        // `checked_div` also fails for the smallest integer divided by -1, which is an overflow.
        _ if right == 0 => return Err(EvalError::DivisionByZero),
        Operator::Divide => left.checked_div(right),
        _ => left.checked_rem(right),
    };
    result.ok_or(EvalError::Overflow)
}

fn decimals(operator: Operator, left: Decimal, right: Decimal) -> Result<Decimal, EvalError> {
    let result = match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        _ if right == Decimal::ZERO => return Err(EvalError::DivisionByZero),
        Operator::Divide => left.checked_div(right),
        _ => left.checked_rem(right),
    };
    result.ok_or(EvalError::Overflow)
}
