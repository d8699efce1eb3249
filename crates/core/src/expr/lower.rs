//! Lowering of a syntax tree: checks types, resolves names and folds constants.

use std::ops::Range;

use super::ast::{Ast, AstKind, BinaryOperator};
use super::clock;
use super::constant::Constant;
use super::env::{EmptyPlayer, EvalEnv};
use super::error::EvalError;
use super::eval;
use super::expression::{ExpectedResult, Expression};
use super::names::DefinedNames;
use super::node::{BuiltinFunction, ExpressionNode};
use super::problem::ExpressionProblem;
use super::types::{self, StaticType};
use crate::suggest::did_you_mean;
use crate::value::{Props, Value};

/// Functions that are called without a target.
const FUNCTIONS: [&str; 5] = ["size", "has", "int", "double", "string"];
/// Functions that are called on a target.
const METHODS: [&str; 4] = ["size", "contains", "startsWith", "endsWith"];

/// Lowers a whole expression, or returns all errors in it.
pub(super) fn lower_expression(
    source: &str,
    ast: &Ast,
    expected: ExpectedResult,
    names: &dyn DefinedNames,
) -> Result<Expression, Vec<ExpressionProblem>> {
    let mut lowering = LoweringContext {
        names,
        problems: Vec::new(),
        reads_player: false,
    };
    let (node, found) = lowering.lower(ast);
    if lowering.problems.is_empty() && !found.may_be_any_of(expected.accepted_types()) {
        let message = format!("this is {}, not {}", found.name(), expected.name());
        lowering.problems.push(
            ExpressionProblem::new(ast.span.clone(), message).with_help(expected.help_text()),
        );
    }
    if !lowering.problems.is_empty() {
        return Err(lowering.problems);
    }
    let text = |ast: &Ast| Box::<str>::from(&source[ast.span.clone()]);
    // Folding can turn a chain into a constant, and then its parts say nothing.
    let conjuncts: Box<[_]> = match (&ast.kind, &node) {
        (AstKind::And(chain), ExpressionNode::And(_)) => chain.iter().map(text).collect(),
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
pub(super) struct LoweringContext<'n> {
    pub(super) names: &'n dyn DefinedNames,
    pub(super) problems: Vec<ExpressionProblem>,
    pub(super) reads_player: bool,
}

impl LoweringContext<'_> {
    /// Reports a problem and returns a placeholder.
    pub(super) fn report_problem(
        &mut self,
        problem: ExpressionProblem,
    ) -> (ExpressionNode, StaticType) {
        self.problems.push(problem);
        (ExpressionNode::Constant(Constant::Null), StaticType::Any)
    }

    pub(super) fn lower(&mut self, ast: &Ast) -> (ExpressionNode, StaticType) {
        let problems = self.problems.len();
        let (node, found) = self.lower_unfolded(ast);
        // A part with a placeholder would fold to nonsense, and cause a second message.
        if self.problems.len() > problems
            || matches!(node, ExpressionNode::Constant(_))
            || !node.is_constant()
        {
            return (node, found);
        }
        match fold_constant(&node) {
            Ok(constant) => {
                let found = StaticType::of_constant(&constant);
                (ExpressionNode::Constant(constant), found)
            }
            Err(problem) => self.report_problem(ExpressionProblem::new(
                ast.span.clone(),
                format!("this always fails: {problem}"),
            )),
        }
    }

    fn lower_unfolded(&mut self, ast: &Ast) -> (ExpressionNode, StaticType) {
        match &ast.kind {
            AstKind::Constant(constant) => (
                ExpressionNode::Constant(constant.clone()),
                StaticType::of_constant(constant),
            ),
            AstKind::Name(name) => self.lower_variable(name, &ast.span),
            AstKind::Member(base, name) => self.lower_member(base, name, &ast.span),
            AstKind::Index(base, index) => match ast.as_member() {
                Some((base, name)) => self.lower_member(base, name, &ast.span),
                None => self.lower_item(base, index, &ast.span),
            },
            AstKind::Call {
                name,
                target,
                arguments,
            } => self.lower_call(name, target.as_deref(), arguments, &ast.span),
            AstKind::Not(operand) => {
                let node = self.lower_typed(operand, &[StaticType::Bool], "`!` takes a boolean");
                (ExpressionNode::Not(Box::new(node)), StaticType::Bool)
            }
            AstKind::Negate(operand) => {
                let (node, found) = self.lower(operand);
                self.check_type(operand, found, &[StaticType::Number], "`-` takes a number");
                (
                    ExpressionNode::Negate(Box::new(node)),
                    // A value of unknown type that can be negated is a number.
                    if found == StaticType::Any {
                        StaticType::Number
                    } else {
                        found
                    },
                )
            }
            AstKind::Binary(operator, pair) => self.lower_binary(*operator, pair, &ast.span),
            AstKind::And(operands) => (
                ExpressionNode::And(self.lower_conditions(operands, "`&&` takes booleans")),
                StaticType::Bool,
            ),
            AstKind::Or(operands) => (
                ExpressionNode::Or(self.lower_conditions(operands, "`||` takes booleans")),
                StaticType::Bool,
            ),
            AstKind::Conditional(parts) => self.lower_conditional(parts, &ast.span),
            AstKind::List(items) => {
                let help = "only the list on the right of `in` can contain more than constants";
                (self.lower_constant_list(items, help), StaticType::List)
            }
            AstKind::Map(entries) => (self.lower_constant_map(entries), StaticType::Map),
        }
    }

    fn lower_conditions(&mut self, operands: &[Ast], rule: &str) -> Box<[ExpressionNode]> {
        operands
            .iter()
            .map(|operand| self.lower_typed(operand, &[StaticType::Bool], rule))
            .collect()
    }

    /// Lowers a part that must have one of these types.
    fn lower_typed(&mut self, ast: &Ast, wanted: &[StaticType], rule: &str) -> ExpressionNode {
        let (node, found) = self.lower(ast);
        self.check_type(ast, found, wanted, rule);
        node
    }

    fn check_type(&mut self, ast: &Ast, found: StaticType, wanted: &[StaticType], rule: &str) {
        if !found.may_be_any_of(wanted) {
            self.problems.push(ExpressionProblem::new(
                ast.span.clone(),
                format!("{rule}, but this is {}", found.name()),
            ));
        }
    }

    fn lower_binary(
        &mut self,
        operator: BinaryOperator,
        pair: &[Ast; 2],
        span: &Range<usize>,
    ) -> (ExpressionNode, StaticType) {
        let (left, left_type) = self.lower(&pair[0]);
        // Before the right side is lowered, because a list elsewhere can contain only constants.
        if let (BinaryOperator::In, AstKind::List(items)) = (operator, &pair[1].kind) {
            return self.lower_one_of(left, items);
        }
        let (right, right_type) = self.lower(&pair[1]);
        let Some(result) = types::binary_result(operator, left_type, right_type) else {
            let (symbol, left, right) = (operator.symbol(), left_type.name(), right_type.name());
            let problem = ExpressionProblem::new(
                span.clone(),
                format!("`{symbol}` cannot be applied to {left} and {right}"),
            );
            return self.report_problem(match operator {
                BinaryOperator::Add => problem.with_help(
                    "convert a number into text with `string(…)`, or text into a number with `int(…)`",
                ),
                BinaryOperator::In => {
                    problem.with_help("write a list on the right, as in `event.kind in [\"a\", \"b\"]`")
                }
                _ => problem,
            });
        };
        (
            ExpressionNode::Binary(operator, Box::new([left, right])),
            result,
        )
    }

    /// Lowers `left in [items]`, where the items need not be constant.
    fn lower_one_of(
        &mut self,
        left: ExpressionNode,
        items: &[Ast],
    ) -> (ExpressionNode, StaticType) {
        let mut nodes = vec![left];
        nodes.extend(items.iter().map(|item| self.lower(item).0));
        let mut constants = Vec::new();
        for node in &nodes[1..] {
            if let ExpressionNode::Constant(constant) = node {
                constants.push(Value::from(constant.clone()));
            }
        }
        // A constant list needs no evaluation per event.
        if constants.len() + 1 < nodes.len() {
            return (ExpressionNode::OneOf(nodes.into()), StaticType::Bool);
        }
        let list = ExpressionNode::Constant(Constant::List(constants));
        (
            ExpressionNode::Binary(BinaryOperator::In, Box::new([nodes.swap_remove(0), list])),
            StaticType::Bool,
        )
    }

    fn lower_conditional(
        &mut self,
        parts: &[Ast; 3],
        span: &Range<usize>,
    ) -> (ExpressionNode, StaticType) {
        let condition = self.lower_typed(
            &parts[0],
            &[StaticType::Bool],
            "`?` takes a boolean before it",
        );
        let (yes, yes_type) = self.lower(&parts[1]);
        let (no, no_type) = self.lower(&parts[2]);
        if !yes_type.may_be(no_type) {
            let message = format!(
                "one side of `:` is {}, the other {}",
                yes_type.name(),
                no_type.name()
            );
            return self.report_problem(
                ExpressionProblem::new(span.clone(), message)
                    .with_help("give both sides the same type"),
            );
        }
        (
            ExpressionNode::Conditional(Box::new([condition, yes, no])),
            yes_type.union_with(no_type),
        )
    }

    fn lower_constant_list(&mut self, items: &[Ast], help: &str) -> ExpressionNode {
        let items = items
            .iter()
            .filter_map(|item| self.lower_constant(item, help))
            .collect();
        ExpressionNode::Constant(Constant::List(items))
    }

    fn lower_constant_map(&mut self, entries: &[(Ast, Ast)]) -> ExpressionNode {
        let mut map = Props::new();
        for (key, value) in entries {
            let help = "the keys and values of a map must be constants";
            let (key_value, value) = (
                self.lower_constant(key, help),
                self.lower_constant(value, help),
            );
            let (Some(key_value), Some(value)) = (key_value, value) else {
                continue;
            };
            let Value::Text(name) = key_value else {
                self.problems.push(ExpressionProblem::new(
                    key.span.clone(),
                    "the keys of a map must be text",
                ));
                continue;
            };
            // Silently, the last value would win.
            if map.get(&name).is_some() {
                self.problems.push(ExpressionProblem::new(
                    key.span.clone(),
                    format!("`{name}` is given twice"),
                ));
            }
            map.insert(name, value);
        }
        ExpressionNode::Constant(Constant::Map(map))
    }

    fn lower_constant(&mut self, ast: &Ast, help: &str) -> Option<Value> {
        let problems = self.problems.len();
        match self.lower(ast).0 {
            ExpressionNode::Constant(constant) => Some(constant.into()),
            _ if self.problems.len() > problems => None,
            _ => {
                self.problems.push(
                    ExpressionProblem::new(ast.span.clone(), "this is not a constant")
                        .with_help(help),
                );
                None
            }
        }
    }

    fn lower_call(
        &mut self,
        name: &str,
        target: Option<&Ast>,
        arguments: &[Ast],
        span: &Range<usize>,
    ) -> (ExpressionNode, StaticType) {
        let (function, result, rule) = match (name, target.is_some(), arguments.len()) {
            ("has", false, 1) => return self.lower_has(&arguments[0]),
            ("size", true, 0) | ("size", false, 1) => (
                BuiltinFunction::Size,
                StaticType::Int,
                "`size` takes text, a list or a map",
            ),
            ("contains", true, 1) => (
                BuiltinFunction::Contains,
                StaticType::Bool,
                "`contains` takes text",
            ),
            ("startsWith", true, 1) => (
                BuiltinFunction::StartsWith,
                StaticType::Bool,
                "`startsWith` takes text",
            ),
            ("endsWith", true, 1) => (
                BuiltinFunction::EndsWith,
                StaticType::Bool,
                "`endsWith` takes text",
            ),
            ("int", false, 1) => (
                BuiltinFunction::Int,
                StaticType::Int,
                "`int` takes a number or text",
            ),
            ("double", false, 1) => (
                BuiltinFunction::Double,
                StaticType::Decimal,
                "`double` takes a number or text",
            ),
            ("string", false, 1) => (
                BuiltinFunction::Text,
                StaticType::Text,
                "`string` takes text, a number or a boolean",
            ),
            _ => return self.report_problem(unknown_call_problem(name, target.is_some(), span)),
        };
        let wanted: &[StaticType] = match function {
            BuiltinFunction::Size => &[StaticType::Text, StaticType::List, StaticType::Map],
            BuiltinFunction::Contains | BuiltinFunction::StartsWith | BuiltinFunction::EndsWith => {
                &[StaticType::Text]
            }
            BuiltinFunction::Int | BuiltinFunction::Double => {
                &[StaticType::Number, StaticType::Text]
            }
            BuiltinFunction::Text => &[StaticType::Text, StaticType::Number, StaticType::Bool],
        };
        let nodes = target
            .into_iter()
            .chain(arguments)
            .map(|part| self.lower_typed(part, wanted, rule))
            .collect();
        (ExpressionNode::Call(function, nodes), result)
    }
}

/// Creates the problem of a call to an unknown function, or with wrong arguments.
fn unknown_call_problem(name: &str, on_target: bool, span: &Range<usize>) -> ExpressionProblem {
    let problem = |message: String| ExpressionProblem::new(span.clone(), message);
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
        // Functions of CEL that are left out get the reason. A similar name would not help.
        "matches" => {
            return problem("regular expressions are not supported".into()).with_help(
                "use `contains`, `startsWith` or `endsWith`, or let the application send the result as \
                 a property",
            );
        }
        "all" | "exists" | "exists_one" | "existsOne" | "map" | "filter" => {
            return problem(format!(
                "expressions cannot loop, so `{name}` is not available"
            ))
            .with_help(
                "use `in` for membership, or let the application send the result as a property",
            );
        }
        _ => {}
    }
    if clock::is_clock_name(name) {
        return clock::clock_problem(span);
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
        .with_help(did_you_mean(name, known.iter().copied()).unwrap_or_else(all))
}

/// Evaluates a node whose operands are constants.
fn fold_constant(node: &ExpressionNode) -> Result<Constant, EvalError> {
    // Nothing is read from it: a node with constant operands reads neither event nor player.
    let env = EvalEnv {
        event_name: "",
        props: &Props::new(),
        player: &EmptyPlayer,
    };
    eval::evaluate(node, &env).map(Constant::from)
}
