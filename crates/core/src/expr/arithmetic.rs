//! The operators `+ - * / %`: checked 64-bit integers, exact decimals if one operand is a decimal,
//! and concatenation of texts.

use super::ast::BinaryOperator;
use super::error::EvalError;
use super::node::ExpressionNode;
use super::operand::Operand;
use super::type_error::wrong_type;
use crate::number::Decimal;

/// Applies an operator to two values. Errors name the nodes.
pub(super) fn eval_arithmetic<'a>(
    operator: BinaryOperator,
    left_node: &ExpressionNode,
    left: Operand<'a>,
    right_node: &ExpressionNode,
    right: Operand<'a>,
) -> Result<Operand<'a>, EvalError> {
    match (left, right) {
        // Whole numbers stay whole, so that a division truncates (S11).
        (Operand::Int(left), Operand::Int(right)) => {
            int_arithmetic(operator, left, right).map(Operand::Int)
        }
        (Operand::Text(left), Operand::Text(right)) if operator == BinaryOperator::Add => {
            Ok(Operand::Text((left.into_owned() + &right).into()))
        }
        (left, right) => match (left.as_decimal(), right.as_decimal()) {
            (Some(left), Some(right)) => {
                decimal_arithmetic(operator, left, right).map(Operand::Decimal)
            }
            (Some(_), None) => Err(wrong_type(right_node, &right, "a number")),
            (None, Some(_)) => Err(wrong_type(left_node, &left, "a number")),
            (None, None) => Err(EvalError::Operands {
                operator: operator.symbol(),
                left: left.type_name(),
                right: right.type_name(),
            }),
        },
    }
}

fn int_arithmetic(operator: BinaryOperator, left: i64, right: i64) -> Result<i64, EvalError> {
    let result = match operator {
        BinaryOperator::Add => left.checked_add(right),
        BinaryOperator::Subtract => left.checked_sub(right),
        BinaryOperator::Multiply => left.checked_mul(right),
        // `checked_div` also fails for the smallest integer divided by -1, which is an overflow.
        _ if right == 0 => return Err(EvalError::DivisionByZero),
        BinaryOperator::Divide => left.checked_div(right),
        _ => left.checked_rem(right),
    };
    result.ok_or(EvalError::Overflow)
}

fn decimal_arithmetic(
    operator: BinaryOperator,
    left: Decimal,
    right: Decimal,
) -> Result<Decimal, EvalError> {
    let result = match operator {
        BinaryOperator::Add => left.checked_add(right),
        BinaryOperator::Subtract => left.checked_sub(right),
        BinaryOperator::Multiply => left.checked_mul(right),
        _ if right == Decimal::ZERO => return Err(EvalError::DivisionByZero),
        BinaryOperator::Divide => left.checked_div(right),
        _ => left.checked_rem(right),
    };
    result.ok_or(EvalError::Overflow)
}
