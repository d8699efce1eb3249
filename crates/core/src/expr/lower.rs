//! Lowering of a syntax tree: checks types, resolves names and folds constants.

use std::ops::Range;

use super::ast::{Ast, Kind, Operator};
use super::constant::Constant;
use super::eval;
use super::node::{Function, Node};
use super::types::{self, Type};
use super::{Env, Expected, Expression, Names, Nobody, Problem, resolve};
use crate::suggest::did_you_mean;
use crate::value::{Props, Value};

/// Functions that are called without a target.
const FUNCTIONS: [&str; 5] = ["size", "has", "int", "double", "string"];
/// Functions that are called on a target.
const METHODS: [&str; 4] = ["size", "contains", "startsWith", "endsWith"];

/// Lowers a whole expression, or returns all errors in it.
pub(super) fn expression(
    source: &str,
    ast: &Ast,
    expected: Expected,
    names: &dyn Names,
) -> Result<Expression, Vec<Problem>> {
    let mut lowering = Lowering {
        names,
        problems: Vec::new(),
        reads_player: false,
    };
    let (node, found) = lowering.lower(ast);
    if lowering.problems.is_empty() && !found.may_be_any_of(expected.types()) {
        let message = format!("this is {}, not {}", found.name(), expected.name());
        lowering
            .problems
            .push(Problem::new(ast.span.clone(), message).help(expected.help()));
    }
    if !lowering.problems.is_empty() {
        return Err(lowering.problems);
    }
    let text = |ast: &Ast| Box::<str>::from(&source[ast.span.clone()]);
    // Folding can turn a chain into a constant, and then its parts say nothing.
    let conjuncts: Box<[_]> = match (&ast.kind, &node) {
        (Kind::And(chain), Node::And(_)) => chain.iter().map(text).collect(),
        _ => Box::new([text(ast)]),
    };
    Ok(Expression {
        node,
        conjuncts,
        reads_player: lowering.reads_player,
    })
}

/// The state of lowering one expression.
///
/// A part with an error is replaced by a placeholder that fits everywhere, so that one mistake
/// causes one message.
pub(super) struct Lowering<'n> {
    pub(super) names: &'n dyn Names,
    pub(super) problems: Vec<Problem>,
    pub(super) reads_player: bool,
}

impl Lowering<'_> {
    /// Reports a problem and returns a placeholder.
    pub(super) fn wrong(&mut self, problem: Problem) -> (Node, Type) {
        self.problems.push(problem);
        (Node::Constant(Constant::Null), Type::Any)
    }

    pub(super) fn lower(&mut self, ast: &Ast) -> (Node, Type) {
        let problems = self.problems.len();
        let (node, found) = self.lower_unfolded(ast);
        // A part with a placeholder would fold to nonsense, and cause a second message.
        if self.problems.len() > problems
            || matches!(node, Node::Constant(_))
            || !node.is_constant()
        {
            return (node, found);
        }
        match fold(&node) {
            Ok(constant) => {
                let found = Type::of(&constant);
                (Node::Constant(constant), found)
            }
            Err(problem) => self.wrong(Problem::new(
                ast.span.clone(),
                format!("this always fails: {problem}"),
            )),
        }
    }

    fn lower_unfolded(&mut self, ast: &Ast) -> (Node, Type) {
        match &ast.kind {
            Kind::Constant(constant) => (Node::Constant(constant.clone()), Type::of(constant)),
            Kind::Name(name) => resolve::name(self, name, &ast.span),
            Kind::Member(base, name) => resolve::member(self, base, name, &ast.span),
            Kind::Index(base, index) => match ast.member() {
                Some((base, name)) => resolve::member(self, base, name, &ast.span),
                None => resolve::item(self, base, index, &ast.span),
            },
            Kind::Call {
                name,
                target,
                arguments,
            } => self.call(name, target.as_deref(), arguments, &ast.span),
            Kind::Not(operand) => {
                let node = self.expect(operand, &[Type::Bool], "`!` takes a boolean");
                (Node::Not(Box::new(node)), Type::Bool)
            }
            Kind::Negate(operand) => {
                let (node, found) = self.lower(operand);
                self.check(operand, found, &[Type::Number], "`-` takes a number");
                (
                    Node::Negate(Box::new(node)),
                    if found == Type::Any {
                        Type::Number
                    } else {
                        found
                    },
                )
            }
            Kind::Binary(operator, pair) => self.binary(*operator, pair, &ast.span),
            Kind::And(operands) => (
                Node::And(self.conditions(operands, "`&&` takes booleans")),
                Type::Bool,
            ),
            Kind::Or(operands) => (
                Node::Or(self.conditions(operands, "`||` takes booleans")),
                Type::Bool,
            ),
            Kind::Choice(parts) => self.choice(parts, &ast.span),
            Kind::List(items) => {
                let help = "only the list on the right of `in` can contain more than constants";
                (self.constant_list(items, help), Type::List)
            }
            Kind::Map(entries) => (self.constant_map(entries), Type::Map),
        }
    }

    fn conditions(&mut self, operands: &[Ast], rule: &str) -> Box<[Node]> {
        operands
            .iter()
            .map(|operand| self.expect(operand, &[Type::Bool], rule))
            .collect()
    }

    /// Lowers a part that must have one of these types.
    fn expect(&mut self, ast: &Ast, wanted: &[Type], rule: &str) -> Node {
        let (node, found) = self.lower(ast);
        self.check(ast, found, wanted, rule);
        node
    }

    fn check(&mut self, ast: &Ast, found: Type, wanted: &[Type], rule: &str) {
        if !found.may_be_any_of(wanted) {
            self.problems.push(Problem::new(
                ast.span.clone(),
                format!("{rule}, but this is {}", found.name()),
            ));
        }
    }

    fn binary(&mut self, operator: Operator, pair: &[Ast; 2], span: &Range<usize>) -> (Node, Type) {
        let (left, left_type) = self.lower(&pair[0]);
        if let (Operator::In, Kind::List(items)) = (operator, &pair[1].kind) {
            return self.one_of(left, items);
        }
        let (right, right_type) = self.lower(&pair[1]);
        let Some(result) = types::binary(operator, left_type, right_type) else {
            let (symbol, left, right) = (operator.symbol(), left_type.name(), right_type.name());
            let problem = Problem::new(
                span.clone(),
                format!("`{symbol}` cannot be applied to {left} and {right}"),
            );
            return self.wrong(match operator {
                Operator::Add => problem.help(
                    "convert a number into text with `string(…)`, or text into a number with `int(…)`",
                ),
                Operator::In => {
                    problem.help("write a list on the right, as in `event.kind in [\"a\", \"b\"]`")
                }
                _ => problem,
            });
        };
        (Node::Binary(operator, Box::new([left, right])), result)
    }

    /// Lowers `left in [items]`, where the items need not be constant.
    fn one_of(&mut self, left: Node, items: &[Ast]) -> (Node, Type) {
        let mut nodes = vec![left];
        nodes.extend(items.iter().map(|item| self.lower(item).0));
        let mut constants = Vec::new();
        for node in &nodes[1..] {
            if let Node::Constant(constant) = node {
                constants.push(Value::from(constant.clone()));
            }
        }
        // A constant list needs no evaluation per event.
        if constants.len() + 1 < nodes.len() {
            return (Node::OneOf(nodes.into()), Type::Bool);
        }
        let list = Node::Constant(Constant::List(constants));
        (
            Node::Binary(Operator::In, Box::new([nodes.swap_remove(0), list])),
            Type::Bool,
        )
    }

    fn choice(&mut self, parts: &[Ast; 3], span: &Range<usize>) -> (Node, Type) {
        let condition = self.expect(&parts[0], &[Type::Bool], "`?` takes a boolean before it");
        let (yes, yes_type) = self.lower(&parts[1]);
        let (no, no_type) = self.lower(&parts[2]);
        if !yes_type.may_be(no_type) {
            let message = format!(
                "one side of `:` is {}, the other {}",
                yes_type.name(),
                no_type.name()
            );
            return self
                .wrong(Problem::new(span.clone(), message).help("give both sides the same type"));
        }
        (
            Node::Choice(Box::new([condition, yes, no])),
            yes_type.or(no_type),
        )
    }

    fn constant_list(&mut self, items: &[Ast], help: &str) -> Node {
        let items = items
            .iter()
            .filter_map(|item| self.constant(item, help))
            .collect();
        Node::Constant(Constant::List(items))
    }

    fn constant_map(&mut self, entries: &[(Ast, Ast)]) -> Node {
        let mut map = Props::new();
        for (key, value) in entries {
            let help = "the keys and values of a map must be constants";
            let (key_value, value) = (self.constant(key, help), self.constant(value, help));
            let (Some(key_value), Some(value)) = (key_value, value) else {
                continue;
            };
            let Value::Text(name) = key_value else {
                self.problems.push(Problem::new(
                    key.span.clone(),
                    "the keys of a map must be text",
                ));
                continue;
            };
            if map.get(&name).is_some() {
                self.problems.push(Problem::new(
                    key.span.clone(),
                    format!("`{name}` is given twice"),
                ));
            }
            map.insert(name, value);
        }
        Node::Constant(Constant::Map(map))
    }

    fn constant(&mut self, ast: &Ast, help: &str) -> Option<Value> {
        let problems = self.problems.len();
        match self.lower(ast).0 {
            Node::Constant(constant) => Some(constant.into()),
            _ if self.problems.len() > problems => None,
            _ => {
                self.problems
                    .push(Problem::new(ast.span.clone(), "this is not a constant").help(help));
                None
            }
        }
    }

    fn call(
        &mut self,
        name: &str,
        target: Option<&Ast>,
        arguments: &[Ast],
        span: &Range<usize>,
    ) -> (Node, Type) {
        let (function, result, rule) = match (name, target.is_some(), arguments.len()) {
            ("has", false, 1) => return resolve::has(self, &arguments[0]),
            ("size", true, 0) | ("size", false, 1) => (
                Function::Size,
                Type::Int,
                "`size` takes text, a list or a map",
            ),
            ("contains", true, 1) => (Function::Contains, Type::Bool, "`contains` takes text"),
            ("startsWith", true, 1) => {
                (Function::StartsWith, Type::Bool, "`startsWith` takes text")
            }
            ("endsWith", true, 1) => (Function::EndsWith, Type::Bool, "`endsWith` takes text"),
            ("int", false, 1) => (Function::Int, Type::Int, "`int` takes a number or text"),
            ("double", false, 1) => (
                Function::Double,
                Type::Decimal,
                "`double` takes a number or text",
            ),
            ("string", false, 1) => (
                Function::Text,
                Type::Text,
                "`string` takes text, a number or a boolean",
            ),
            _ => return self.wrong(unknown_call(name, target.is_some(), span)),
        };
        let wanted: &[Type] = match function {
            Function::Size => &[Type::Text, Type::List, Type::Map],
            Function::Contains | Function::StartsWith | Function::EndsWith => &[Type::Text],
            Function::Int | Function::Double => &[Type::Number, Type::Text],
            Function::Text => &[Type::Text, Type::Number, Type::Bool],
        };
        let nodes = target
            .into_iter()
            .chain(arguments)
            .map(|part| self.expect(part, wanted, rule))
            .collect();
        (Node::Call(function, nodes), result)
    }
}

/// Creates the problem of a call to an unknown function, or with wrong arguments.
fn unknown_call(name: &str, on_target: bool, span: &Range<usize>) -> Problem {
    let problem = |message: String| Problem::new(span.clone(), message);
    match name {
        "has" => return problem("`has` takes one property, as in `has(event.post)`".into()),
        "size" => return problem("`size` takes one value, as in `size(event.tags)`".into()),
        "int" | "double" | "string" => {
            return problem(format!(
                "`{name}` takes one value, as in `{name}(event.length)`"
            ));
        }
        "contains" | "startsWith" | "endsWith" => {
            return problem(format!(
                "`{name}` takes one text and is called on another, as in `event.title.{name}(\"a\")`"
            ));
        }
        "matches" => {
            return problem("regular expressions are not supported".into()).help(
                "use `contains`, `startsWith` or `endsWith`, or let the application send the result as \
                 a property",
            );
        }
        "all" | "exists" | "exists_one" | "existsOne" | "map" | "filter" => {
            return problem(format!(
                "expressions cannot loop, so `{name}` is not available"
            ))
            .help("use `in` for membership, or let the application send the result as a property");
        }
        _ => {}
    }
    if resolve::is_clock(name) {
        return resolve::no_clock(span);
    }
    let known = if on_target {
        &METHODS[..]
    } else {
        &FUNCTIONS[..]
    };
    let all = || {
        format!(
            "available: {}",
            known
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ")
        )
    };
    problem(format!("there is no function `{name}`"))
        .help(did_you_mean(name, known.iter().copied()).unwrap_or_else(all))
}

/// Evaluates a node whose operands are constants.
fn fold(node: &Node) -> Result<Constant, super::EvalError> {
    let env = Env {
        event_name: "",
        props: &Props::new(),
        player: &Nobody,
    };
    eval::evaluate(node, &env).map(Constant::from)
}
