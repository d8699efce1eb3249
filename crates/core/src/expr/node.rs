//! The lowered form of an expression, with resolved names and folded constants.

use std::fmt::{self, Write};

use super::ast::BinaryOperator;
use super::constant::Constant;

/// A node of a lowered expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ExpressionNode {
    Constant(Constant),
    EventName,
    /// A property of the event, by its path; the empty path is all properties.
    Event(Box<[Box<str>]>),
    /// An attribute of the player, and a path inside it.
    Attribute(Box<str>, Box<[Box<str>]>),
    Points(Box<str>),
    Holds(Box<str>),
    Unlocked(Box<str>),
    /// `list[0]`, `map[key]`, and members of anything that is not a path.
    Item(Box<[ExpressionNode; 2]>),
    Has(Box<ExpressionNode>),
    Not(Box<ExpressionNode>),
    Negate(Box<ExpressionNode>),
    Binary(BinaryOperator, Box<[ExpressionNode; 2]>),
    /// `x in [a, b]` with a list that is not constant; `x` comes first.
    OneOf(Box<[ExpressionNode]>),
    And(Box<[ExpressionNode]>),
    Or(Box<[ExpressionNode]>),
    Conditional(Box<[ExpressionNode; 3]>),
    Call(BuiltinFunction, Box<[ExpressionNode]>),
}

/// A function that expressions may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BuiltinFunction {
    Size,
    Contains,
    StartsWith,
    EndsWith,
    Int,
    Double,
    Text,
}

impl BuiltinFunction {
    /// Returns the function as written in source.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Contains => "contains",
            Self::StartsWith => "startsWith",
            Self::EndsWith => "endsWith",
            Self::Int => "int",
            Self::Double => "double",
            Self::Text => "string",
        }
    }

    /// True if the function is called on a target: `text.contains(part)`.
    pub(super) fn is_method(self) -> bool {
        matches!(self, Self::Contains | Self::StartsWith | Self::EndsWith)
    }
}

impl ExpressionNode {
    /// True if the node is a constant, or if all of its operands are constants.
    pub(super) fn is_constant(&self) -> bool {
        let all = |nodes: &[Self]| nodes.iter().all(|node| matches!(node, Self::Constant(_)));
        match self {
            Self::Constant(_) => true,
            Self::Not(node) | Self::Negate(node) => all(std::slice::from_ref(node)),
            Self::Item(pair) | Self::Binary(_, pair) => all(&pair[..]),
            Self::Conditional(parts) => all(&parts[..]),
            Self::And(nodes) | Self::Or(nodes) | Self::OneOf(nodes) | Self::Call(_, nodes) => {
                all(nodes)
            }
            _ => false,
        }
    }

    /// The operands of the node, in order.
    pub(super) fn operands(&self) -> &[Self] {
        match self {
            Self::Constant(_)
            | Self::EventName
            | Self::Event(_)
            | Self::Attribute(..)
            | Self::Points(_)
            | Self::Holds(_)
            | Self::Unlocked(_) => &[],
            Self::Has(node) | Self::Not(node) | Self::Negate(node) => std::slice::from_ref(node),
            Self::Item(pair) | Self::Binary(_, pair) => &pair[..],
            Self::Conditional(parts) => &parts[..],
            Self::OneOf(nodes) | Self::And(nodes) | Self::Or(nodes) | Self::Call(_, nodes) => nodes,
        }
    }

    /// Returns the precedence of the node. Operands with a lower one need parentheses.
    fn precedence(&self) -> u8 {
        match self {
            Self::Conditional(_) => 0,
            Self::Or(_) => 1,
            Self::And(_) => 2,
            Self::OneOf(_) => 3,
            Self::Binary(operator, _) => match operator {
                BinaryOperator::Add | BinaryOperator::Subtract => 4,
                BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Remainder => 5,
                _ => 3,
            },
            Self::Not(_) | Self::Negate(_) => 6,
            // Written with a sign, which binds like a negation.
            Self::Constant(Constant::Int(int)) if *int < 0 => 6,
            Self::Constant(Constant::Decimal(decimal)) if decimal.as_micros() < 0 => 6,
            _ => 7,
        }
    }

    /// Writes the node as an operand of a node with this precedence.
    fn write_operand(&self, f: &mut fmt::Formatter<'_>, strength: u8) -> fmt::Result {
        if self.precedence() < strength {
            write!(f, "({self})")
        } else {
            write!(f, "{self}")
        }
    }
}

/// Writes the canonical text, which does not depend on white space, parentheses, notation or
/// constants that can be folded.
impl fmt::Display for ExpressionNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(constant) => write!(f, "{constant}"),
            Self::EventName => f.write_str("event_name"),
            Self::Event(path) => write_path(f, "event", path),
            Self::Attribute(name, path) => {
                write_path(f, "player.profile", std::slice::from_ref(name))?;
                write_path(f, "", path)
            }
            Self::Points(id) => write_path(f, "player.points", std::slice::from_ref(id)),
            Self::Holds(id) => write_path(f, "player.badges", std::slice::from_ref(id)),
            Self::Unlocked(id) => write_path(f, "player.unlocked", std::slice::from_ref(id)),
            Self::Item(pair) => {
                pair[0].write_operand(f, 7)?;
                write!(f, "[{}]", pair[1])
            }
            Self::Has(node) => write!(f, "has({node})"),
            Self::Not(node) => {
                // The parser drops pairs of adjacent signs, so an inner one needs parentheses.
                f.write_char('!')?;
                node.write_operand(f, 7)
            }
            Self::Negate(node) => {
                f.write_char('-')?;
                node.write_operand(f, 7)
            }
            Self::Binary(operator, pair) => {
                pair[0].write_operand(f, self.precedence())?;
                write!(f, " {} ", operator.symbol())?;
                // Operators associate to the left, so an equal one on the right needs parentheses.
                pair[1].write_operand(f, self.precedence() + 1)
            }
            Self::OneOf(nodes) => {
                nodes[0].write_operand(f, 3)?;
                f.write_str(" in [")?;
                write_list(f, &nodes[1..])?;
                f.write_char(']')
            }
            Self::And(nodes) => write_chain(f, " && ", nodes, 3),
            Self::Or(nodes) => write_chain(f, " || ", nodes, 2),
            Self::Conditional(parts) => {
                // In the grammar of CEL, only the last part can be a conditional without
                // parentheses.
                parts[0].write_operand(f, 1)?;
                f.write_str(" ? ")?;
                parts[1].write_operand(f, 1)?;
                f.write_str(" : ")?;
                parts[2].write_operand(f, 0)
            }
            Self::Call(function, nodes) => {
                let arguments = if function.is_method() {
                    nodes[0].write_operand(f, 7)?;
                    f.write_char('.')?;
                    &nodes[1..]
                } else {
                    nodes
                };
                write!(f, "{}(", function.name())?;
                write_list(f, arguments)?;
                f.write_char(')')
            }
        }
    }
}

/// Writes the names of a path: identifiers after a dot, other names in brackets.
pub(super) fn write_path(f: &mut impl Write, root: &str, path: &[Box<str>]) -> fmt::Result {
    f.write_str(root)?;
    for name in path {
        let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if starts_well && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            write!(f, ".{name}")?;
        } else {
            write!(f, "[{}]", Constant::Text(name.clone()))?;
        }
    }
    Ok(())
}

fn write_list(f: &mut fmt::Formatter<'_>, nodes: &[ExpressionNode]) -> fmt::Result {
    for (index, node) in nodes.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        write!(f, "{node}")?;
    }
    Ok(())
}

fn write_chain(
    f: &mut fmt::Formatter<'_>,
    operator: &str,
    nodes: &[ExpressionNode],
    strength: u8,
) -> fmt::Result {
    for (index, node) in nodes.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { operator })?;
        node.write_operand(f, strength)?;
    }
    Ok(())
}
