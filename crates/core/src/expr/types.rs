//! Static types of expressions.

use super::Expected;
use super::ast::Operator;
use super::constant::Constant;

/// The type of a part of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
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

impl Type {
    pub(super) fn of(constant: &Constant) -> Self {
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
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            _ if self == other => self,
            _ if self.is_number() && other.is_number() => Self::Number,
            _ => Self::Any,
        }
    }
}

impl Expected {
    /// Returns the accepted types of the result.
    pub(super) fn types(self) -> &'static [Type] {
        match self {
            Self::Condition => &[Type::Bool],
            Self::Number => &[Type::Number],
            Self::Key => &[Type::Text, Type::Number, Type::Bool],
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

    pub(super) fn help(self) -> &'static str {
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
pub(super) fn binary(operator: Operator, left: Type, right: Type) -> Option<Type> {
    let both = |wanted: &[Type]| {
        wanted
            .iter()
            .any(|one| left.may_be(*one) && right.may_be(*one))
    };
    match operator {
        Operator::Add if !both(&[Type::Number, Type::Text]) => None,
        // `+` adds numbers or joins texts, so with two unknown operands the result is unknown.
        Operator::Add if left == Type::Any && right == Type::Any => Some(Type::Any),
        Operator::Add if left == Type::Text || right == Type::Text => Some(Type::Text),
        Operator::Add
        | Operator::Subtract
        | Operator::Multiply
        | Operator::Divide
        | Operator::Remainder => both(&[Type::Number]).then_some(match (left, right) {
            (Type::Int, Type::Int) => Type::Int,
            (Type::Decimal, _) | (_, Type::Decimal) => Type::Decimal,
            _ => Type::Number,
        }),
        Operator::Equal | Operator::NotEqual => left.may_be(right).then_some(Type::Bool),
        Operator::Less | Operator::LessEqual | Operator::Greater | Operator::GreaterEqual => {
            both(&[Type::Number, Type::Text, Type::Bool]).then_some(Type::Bool)
        }
        Operator::In if right == Type::Map && !left.may_be(Type::Text) => None,
        Operator::In => right
            .may_be_any_of(&[Type::List, Type::Map])
            .then_some(Type::Bool),
    }
}
