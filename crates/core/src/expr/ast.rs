//! An expression as it was written, with places.

use std::ops::Range;

use crate::number::Decimal;

/// A part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ast {
    pub(super) kind: AstKind,
    pub(super) span: Range<usize>,
}

/// What it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum AstKind {
    Literal(Literal),
    Ident(String),
    /// `of.name`, or `has(of.name)`.
    Member { of: Box<Ast>, name: String, test: bool },
    /// `of[index]`
    Index { of: Box<Ast>, index: Box<Ast> },
    /// An operator or a function; a method has its target as the first argument.
    Call { name: String, arguments: Vec<Ast>, is_method: bool },
    List(Vec<Ast>),
    /// What the language of catalogs leaves out.
    Refused(&'static str),
}

/// A value that stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Decimal(Decimal),
    Text(String),
}
