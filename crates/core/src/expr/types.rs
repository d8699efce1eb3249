//! Static types of expressions.

use super::ast::BinaryOperator;
use super::constant::Constant;
use super::expression::ExpectedResult;

/// The type of a part of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StaticType {
    Null,
    Bool,
    /// A whole number of 64 bits.
    Int,
    /// An exact decimal.
    Decimal,
    /// An integer or a decimal.
    Number,
    Text,
    List,
    Map,
    /// A value of an event or a profile, whose type is known only at evaluation.
    Any,
}

impl StaticType {
    pub(super) fn of_constant(constant: &Constant) -> Self {
        match constant {
            Constant::Null => Self::Null,
            Constant::Bool(_) => Self::Bool,
            Constant::Int(_) => Self::Int,
            Constant::Decimal(_) => Self::Decimal,
            Constant::Text(_) => Self::Text,
            Constant::List(_) => Self::List,
            Constant::Map(_) => Self::Map,
        }
    }

    /// Returns the name of the type, to complete "this is …".
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Int | Self::Decimal | Self::Number => "a number",
            Self::Text => "text",
            Self::List => "a list",
            Self::Map => "a map",
            Self::Any => "anything",
        }
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Decimal | Self::Number)
    }

    /// True if a value of this type can have the other type. All types of numbers are
    /// interchangeable.
    pub(super) fn may_be(self, other: Self) -> bool {
        self == Self::Any
            || other == Self::Any
            || self == other
            || (self.is_number() && other.is_number())
    }

    pub(super) fn may_be_any_of(self, others: &[Self]) -> bool {
        others.iter().any(|other| self.may_be(*other))
    }

    /// Returns the type of a value that has one of two types.
    pub(super) fn union_with(self, other: Self) -> Self {
        match (self, other) {
            _ if self == other => self,
            _ if self.is_number() && other.is_number() => Self::Number,
            _ => Self::Any,
        }
    }
}

impl ExpectedResult {
    /// Returns the accepted types of the result.
    pub(super) fn accepted_types(self) -> &'static [StaticType] {
        match self {
            Self::Condition => &[StaticType::Bool],
            Self::Number => &[StaticType::Number],
            Self::Key => &[StaticType::Text, StaticType::Number, StaticType::Bool],
        }
    }

    /// Returns the name of the expected result, to complete "not …".
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Condition => "a condition",
            Self::Number => "a number",
            Self::Key => "a key",
        }
    }

    pub(super) fn help_text(self) -> &'static str {
        match self {
            Self::Condition => "compare it with something, as in `event.length >= 15`",
            Self::Number => {
                "write a number, or an expression that computes one, such as `event.km * 2`"
            }
            Self::Key => {
                "write a property whose values are text, numbers or booleans, such as `event.post`"
            }
        }
    }
}

/// Returns the type of an operator's result, or `None` if it cannot be applied to these operands.
pub(super) fn binary_result(
    operator: BinaryOperator,
    left: StaticType,
    right: StaticType,
) -> Option<StaticType> {
    let both = |wanted: &[StaticType]| {
        wanted
            .iter()
            .any(|one| left.may_be(*one) && right.may_be(*one))
    };
    match operator {
        BinaryOperator::Add if !both(&[StaticType::Number, StaticType::Text]) => None,
        // `+` adds numbers or joins texts, so with two unknown operands the result is unknown.
        BinaryOperator::Add if left == StaticType::Any && right == StaticType::Any => {
            Some(StaticType::Any)
        }
        BinaryOperator::Add if left == StaticType::Text || right == StaticType::Text => {
            Some(StaticType::Text)
        }
        BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Remainder => both(&[StaticType::Number]).then_some(match (left, right) {
            (StaticType::Int, StaticType::Int) => StaticType::Int,
            (StaticType::Decimal, _) | (_, StaticType::Decimal) => StaticType::Decimal,
            _ => StaticType::Number,
        }),
        // Values of different types are never equal, so such a comparison must be a mistake.
        BinaryOperator::Equal | BinaryOperator::NotEqual => {
            left.may_be(right).then_some(StaticType::Bool)
        }
        BinaryOperator::Less
        | BinaryOperator::LessEqual
        | BinaryOperator::Greater
        | BinaryOperator::GreaterEqual => {
            both(&[StaticType::Number, StaticType::Text, StaticType::Bool])
                .then_some(StaticType::Bool)
        }
        // `in` looks for a key of a map, and keys are text.
        BinaryOperator::In if right == StaticType::Map && !left.may_be(StaticType::Text) => None,
        BinaryOperator::In => right
            .may_be_any_of(&[StaticType::List, StaticType::Map])
            .then_some(StaticType::Bool),
    }
}
