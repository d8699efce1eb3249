//! An expression ready to be evaluated: names resolved, operators told apart.

use super::ast::Literal;

/// A part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tree {
    Literal(Literal),
    /// `event.a.b`
    Property(Vec<Box<str>>),
    /// `has(event.a.b)`
    HasProperty(Vec<Box<str>>),
    /// `event_name`
    EventName,
    /// `player.points.x`
    Points(Box<str>),
    /// `player.badges.x`
    Held(Box<str>),
    /// `player.unlocked.x`
    Unlocked(Box<str>),
    /// `player.profile.a.b`
    Attribute(Vec<Box<str>>),
    /// `has(player.profile.a.b)`
    HasAttribute(Vec<Box<str>>),
    /// A member or an item that is only known when evaluated: `event.list[0]`, `event[event.which]`.
    Index(Box<Tree>, Box<Tree>),
    Not(Box<Tree>),
    Negate(Box<Tree>),
    And(Box<Tree>, Box<Tree>),
    Or(Box<Tree>, Box<Tree>),
    Choose(Box<Tree>, Box<Tree>, Box<Tree>),
    Arithmetic(Arithmetic, Box<Tree>, Box<Tree>),
    Compare(Comparison, Box<Tree>, Box<Tree>),
    In(Box<Tree>, Box<Tree>),
    List(Vec<Tree>),
    /// All of the event's properties: `event[...]`.
    Event,
    Call(Function, Vec<Tree>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Size,
    Int,
    Double,
    Text,
    Contains,
    StartsWith,
    EndsWith,
}

impl Tree {
    /// Whether it reads the player's state.
    pub(super) fn reads_player(&self) -> bool {
        match self {
            Self::Points(_) | Self::Held(_) | Self::Unlocked(_) | Self::Attribute(_) | Self::HasAttribute(_) => true,
            Self::Literal(_) | Self::Property(_) | Self::HasProperty(_) | Self::EventName | Self::Event => false,
            Self::Not(one) | Self::Negate(one) => one.reads_player(),
            Self::And(one, other)
            | Self::Or(one, other)
            | Self::Index(one, other)
            | Self::In(one, other)
            | Self::Arithmetic(_, one, other)
            | Self::Compare(_, one, other) => one.reads_player() || other.reads_player(),
            Self::Choose(test, one, other) => test.reads_player() || one.reads_player() || other.reads_player(),
            Self::List(parts) | Self::Call(_, parts) => parts.iter().any(Self::reads_player),
        }
    }
}
