//! The syntax tree of an expression, with source locations.

use std::ops::Range;

use super::constant::Constant;

/// A part of an expression and its location in the source, in bytes. The location excludes
/// surrounding parentheses.
#[derive(Debug, Clone)]
pub(super) struct Ast {
    pub(super) kind: AstKind,
    pub(super) span: Range<usize>,
}

#[derive(Debug, Clone)]
pub(super) enum AstKind {
    Constant(Constant),
    Name(String),
    Member(Box<Ast>, String),
    Index(Box<Ast>, Box<Ast>),
    /// `name(arguments)`, or `target.name(arguments)`.
    Call {
        name: String,
        target: Option<Box<Ast>>,
        arguments: Vec<Ast>,
    },
    Not(Box<Ast>),
    Negate(Box<Ast>),
    Binary(BinaryOperator, Box<[Ast; 2]>),
    /// All operands of a chain of `&&`.
    And(Vec<Ast>),
    /// All operands of a chain of `||`.
    Or(Vec<Ast>),
    /// Condition, value if it is true, value if it is false.
    Conditional(Box<[Ast; 3]>),
    List(Vec<Ast>),
    Map(Vec<(Ast, Ast)>),
}

/// An operator with two operands, other than `&&` and `||`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
}

impl BinaryOperator {
    /// Returns the operator as written in source.
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::In => "in",
        }
    }
}

impl Ast {
    /// Splits `base.name` or `base["name"]` into base and name.
    pub(super) fn as_member(&self) -> Option<(&Self, &str)> {
        match &self.kind {
            AstKind::Member(base, name) => Some((base, name)),
            // Both notations lower to the same node, and so to the same address of a counter (S9).
            AstKind::Index(base, index) => match &index.kind {
                AstKind::Constant(Constant::Text(name)) => Some((base, name)),
                _ => None,
            },
            _ => None,
        }
    }

    /// True if this is the variable of that name.
    pub(super) fn is_name(&self, name: &str) -> bool {
        matches!(&self.kind, AstKind::Name(other) if other == name)
    }
}
