//! Parsing of a source, with the parser of the `cel` crate. No other module uses that crate.
//!
//! The parser needs a large stack (see [`super::ExpressionCompiler`]).
//! [`SourceTokens::from_source`] bounds the depth first.

use std::ops::Range;

use cel::common::ast::{EntryExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};
use cel::parser::ParseError;

use super::ast::{Ast, AstKind, BinaryOperator};
use super::constant::Constant;
use super::problem::ExpressionProblem;
use super::tokens::{SourceTokens, too_deep};
use crate::limits;
use crate::number::Decimal;

/// Parses a source into a syntax tree.
pub(super) fn parse_expression(source: &str) -> Result<Ast, ExpressionProblem> {
    let tokens = SourceTokens::from_source(source)?;
    // Without macros, `has(…)` and `all(…)` stay plain calls, which give better errors.
    match cel::Env::default().parser().parse_with_source_info(source) {
        Ok((expression, places)) => AstBuilder {
            source,
            tokens,
            places,
        }
        .build_ast(expression, 1),
        Err(errors) => Err(syntax_problem(source, &tokens, errors.errors.first())),
    }
}

/// Converts the tree of the `cel` parser into ours.
struct AstBuilder<'s> {
    source: &'s str,
    tokens: SourceTokens,
    places: SourceInfo,
}

impl AstBuilder<'_> {
    fn build_ast(&self, expression: IdedExpr, depth: usize) -> Result<Ast, ExpressionProblem> {
        let token = self
            .places
            .offset_for(expression.id)
            .and_then(|(start, _)| self.tokens.index_at(start as usize));
        let place = token
            .and_then(|token| self.tokens.token_span(token))
            .unwrap_or(0..self.source.len());
        // Brackets were bounded before parsing. Chains such as `1 + 1 + …` nest without them.
        if depth > limits::EXPRESSION_DEPTH {
            return Err(too_deep(place));
        }
        match expression.expr {
            Expr::Literal(literal) => self.build_constant(literal, token, place),
            Expr::Ident(name) => Ok(Ast {
                kind: AstKind::Name(name),
                span: place,
            }),
            Expr::Select(select) => {
                let base = self.build_ast(*select.operand, depth + 1)?;
                // The parser locates a member at its dot, so the name is the next token.
                let end = token
                    .and_then(|token| self.tokens.token_span(token + 1))
                    .map_or(place.end, |name| name.end);
                let span = self.parenthesized_span(&base).start..end;
                Ok(Ast {
                    kind: AstKind::Member(Box::new(base), select.field),
                    span,
                })
            }
            Expr::List(list) => {
                let items = self.build_all(list.elements, depth + 1)?;
                Ok(Ast {
                    kind: AstKind::List(items),
                    span: place.start..self.closing_end(token, place.end),
                })
            }
            Expr::Map(map) => {
                let mut entries = Vec::with_capacity(map.entries.len());
                for entry in map.entries {
                    if let EntryExpr::MapEntry(entry) = entry.expr {
                        entries.push((
                            self.build_ast(entry.key, depth + 1)?,
                            self.build_ast(entry.value, depth + 1)?,
                        ));
                    }
                }
                Ok(Ast {
                    kind: AstKind::Map(entries),
                    span: place.start..self.closing_end(token, place.end),
                })
            }
            Expr::Call(call) => {
                let target = call
                    .target
                    .map(|target| self.build_ast(*target, depth + 1))
                    .transpose()?;
                let arguments = self.build_all(call.args, depth + 1)?;
                Ok(self.build_call(call.func_name, target, arguments, token, place))
            }
            Expr::Struct(_) => Err(ExpressionProblem::new(
                place,
                "expressions cannot build messages",
            )),
            Expr::Comprehension(_) | Expr::Unspecified => {
                Err(ExpressionProblem::new(place, "this is not an expression"))
            }
        }
    }

    fn build_all(
        &self,
        expressions: Vec<IdedExpr>,
        depth: usize,
    ) -> Result<Vec<Ast>, ExpressionProblem> {
        expressions
            .into_iter()
            .map(|expression| self.build_ast(expression, depth))
            .collect()
    }

    fn build_constant(
        &self,
        literal: LiteralValue,
        token: Option<usize>,
        place: Range<usize>,
    ) -> Result<Ast, ExpressionProblem> {
        let constant = match literal {
            LiteralValue::Null => Constant::Null,
            LiteralValue::Boolean(truth) => Constant::Bool(truth.into_inner()),
            LiteralValue::Int(int) => Constant::Int(int.into_inner()),
            LiteralValue::Double(double) => decimal_constant(double.into_inner(), &place)?,
            LiteralValue::String(text) => Constant::Text(text.into_inner().into()),
            LiteralValue::UInt(_) => {
                return Err(
                    ExpressionProblem::new(place, "unsigned numbers are not supported")
                        .with_help("remove the `u`"),
                );
            }
            LiteralValue::Bytes(_) => {
                return Err(ExpressionProblem::new(place, "bytes are not supported")
                    .with_help("remove the `b` before the quote"));
            }
        };
        // The sign belongs to the constant, but the parser reports the location after the sign.
        let negative = match &constant {
            Constant::Int(int) => *int < 0,
            Constant::Decimal(decimal) => decimal.as_micros() < 0,
            _ => false,
        };
        let start = if negative {
            self.previous_span(token)
                .map_or(place.start, |sign| sign.start)
        } else {
            place.start
        };
        Ok(Ast {
            kind: AstKind::Constant(constant),
            span: start..place.end,
        })
    }

    /// Converts a call. The `cel` parser represents operators as calls of functions such as `_+_`.
    fn build_call(
        &self,
        name: String,
        target: Option<Ast>,
        arguments: Vec<Ast>,
        token: Option<usize>,
        place: Range<usize>,
    ) -> Ast {
        let first = arguments
            .first()
            .map_or(place.clone(), |first| self.parenthesized_span(first));
        let last = arguments
            .last()
            .map_or(place.clone(), |last| self.parenthesized_span(last));
        let between = first.start..last.end;
        let name = match name.as_str() {
            // The parser turns a chain into a balanced tree. As a flat list in the order of the
            // source, it has one canonical text (S9), and its parts can be shown one by one.
            operators::LOGICAL_AND => {
                let chain = flatten_chain(arguments, |kind| {
                    if let AstKind::And(inner) = kind {
                        Ok(inner)
                    } else {
                        Err(kind)
                    }
                });
                return Ast {
                    kind: AstKind::And(chain),
                    span: between,
                };
            }
            operators::LOGICAL_OR => {
                let chain = flatten_chain(arguments, |kind| {
                    if let AstKind::Or(inner) = kind {
                        Ok(inner)
                    } else {
                        Err(kind)
                    }
                });
                return Ast {
                    kind: AstKind::Or(chain),
                    span: between,
                };
            }
            _ => name,
        };
        // Each conversion returns the arguments if their number is another one.
        let arguments = match <[Ast; 3]>::try_from(arguments) {
            Ok(parts) if name == operators::CONDITIONAL => {
                return Ast {
                    kind: AstKind::Conditional(Box::new(parts)),
                    span: between,
                };
            }
            Ok(parts) => Vec::from(parts),
            Err(arguments) => arguments,
        };
        let arguments = match <[Ast; 2]>::try_from(arguments) {
            Ok([base, index]) if name == operators::INDEX => {
                // The parser locates an index at its opening bracket.
                let span = first.start..self.closing_end(token, last.end);
                return Ast {
                    kind: AstKind::Index(Box::new(base), Box::new(index)),
                    span,
                };
            }
            Ok(pair) => match binary_operator(&name) {
                Some(operator) => {
                    return Ast {
                        kind: AstKind::Binary(operator, Box::new(pair)),
                        span: between,
                    };
                }
                None => Vec::from(pair),
            },
            Err(arguments) => arguments,
        };
        let arguments = match <[Ast; 1]>::try_from(arguments) {
            Ok([operand]) if name == operators::LOGICAL_NOT => {
                return Ast {
                    kind: AstKind::Not(Box::new(operand)),
                    span: place.start..last.end,
                };
            }
            Ok([operand]) if name == operators::NEGATE => {
                return Ast {
                    kind: AstKind::Negate(Box::new(operand)),
                    span: place.start..last.end,
                };
            }
            Ok(one) => Vec::from(one),
            Err(arguments) => arguments,
        };
        // The parser locates a call at its opening parenthesis, so the name is the token before.
        let start = match &target {
            Some(target) => self.parenthesized_span(target).start,
            None => self
                .previous_span(token)
                .map_or(place.start, |name| name.start),
        };
        let span = start..self.closing_end(token, last.end);
        Ast {
            kind: AstKind::Call {
                name,
                target: target.map(Box::new),
                arguments,
            },
            span,
        }
    }

    /// Returns the location of an operand, including its parentheses.
    fn parenthesized_span(&self, ast: &Ast) -> Range<usize> {
        self.tokens.with_parentheses(self.source, ast.span.clone())
    }

    /// Returns the location of the token before this one.
    fn previous_span(&self, token: Option<usize>) -> Option<Range<usize>> {
        self.tokens.token_span(token?.checked_sub(1)?)
    }

    /// Returns the end of the bracket that closes this one.
    fn closing_end(&self, token: Option<usize>, otherwise: usize) -> usize {
        token
            .and_then(|token| self.tokens.closing_end(token))
            .unwrap_or(otherwise)
    }
}

/// Replaces inner chains of the same operator by their operands.
fn flatten_chain(
    operands: Vec<Ast>,
    inner: impl Fn(AstKind) -> Result<Vec<Ast>, AstKind>,
) -> Vec<Ast> {
    let mut chain = Vec::with_capacity(operands.len());
    for Ast { kind, span } in operands {
        match inner(kind) {
            Ok(operands) => chain.extend(operands),
            Err(kind) => chain.push(Ast { kind, span }),
        }
    }
    chain
}

fn binary_operator(name: &str) -> Option<BinaryOperator> {
    Some(match name {
        operators::ADD => BinaryOperator::Add,
        operators::SUBSTRACT => BinaryOperator::Subtract,
        operators::MULTIPLY => BinaryOperator::Multiply,
        operators::DIVIDE => BinaryOperator::Divide,
        operators::MODULO => BinaryOperator::Remainder,
        operators::EQUALS => BinaryOperator::Equal,
        operators::NOT_EQUALS => BinaryOperator::NotEqual,
        operators::LESS => BinaryOperator::Less,
        operators::LESS_EQUALS => BinaryOperator::LessEqual,
        operators::GREATER => BinaryOperator::Greater,
        operators::GREATER_EQUALS => BinaryOperator::GreaterEqual,
        operators::IN => BinaryOperator::In,
        _ => return None,
    })
}

fn decimal_constant(float: f64, place: &Range<usize>) -> Result<Constant, ExpressionProblem> {
    match Decimal::from_f64(float) {
        // Converting back shows if digits were lost.
        Some(decimal) if decimal.to_f64() == float => Ok(Constant::Decimal(decimal)),
        Some(_) => Err(ExpressionProblem::new(
            place.clone(),
            "numbers can have at most six decimal places",
        )),
        None => Err(ExpressionProblem::new(
            place.clone(),
            "this number is out of range; use one between -10^19 and 10^19",
        )),
    }
}

/// Converts the first error of the `cel` parser into a problem. Later errors follow from the first.
fn syntax_problem(
    source: &str,
    tokens: &SourceTokens,
    error: Option<&ParseError>,
) -> ExpressionProblem {
    let Some(error) = error else {
        return ExpressionProblem::new(0..source.len(), "this is not an expression");
    };
    // Counted in characters from 1, while spans are bytes from 0.
    let (line, column) = error.pos;
    let line_start: usize = source
        .split_inclusive('\n')
        .take((line.max(1) - 1) as usize)
        .map(str::len)
        .sum();
    let start = line_start
        + source[line_start..]
            .char_indices()
            .nth((column.max(1) - 1) as usize)
            .map_or(source.len() - line_start, |(at, _)| at);
    let Some(place) = tokens
        .index_at(start)
        .and_then(|token| tokens.token_span(token))
    else {
        return ExpressionProblem::new(
            source.len()..source.len(),
            "unexpected end of the expression",
        );
    };
    let word = &source[place.clone()];
    let problem = |message: String| ExpressionProblem::new(place.clone(), message);
    // The parser has no error kinds, so its messages are compared.
    if error.msg.starts_with("reserved identifier") {
        return problem(format!("`{word}` is a reserved word"))
            .with_help(format!("write `event[\"{word}\"]` for a property"));
    }
    if error.msg.contains("int literal") {
        return problem(format!("`{word}` does not fit into a 64-bit integer"));
    }
    if error.msg.contains("double literal") {
        return problem(format!(
            "`{word}` is out of range; use a number between -10^19 and 10^19"
        ));
    }
    if word.starts_with(['"', '\'']) {
        return problem("this text is not quoted correctly".into())
            .with_help("close it with the quote that opened it, and write a backslash as `\\\\`");
    }
    let unexpected = problem(format!("unexpected `{word}`"));
    match word {
        "=" => unexpected.with_help("compare with `==`"),
        "and" | "AND" | "&" => unexpected.with_help("write `&&`"),
        "or" | "OR" | "|" => unexpected.with_help("write `||`"),
        "not" | "NOT" => unexpected.with_help("write `!`"),
        _ => unexpected,
    }
}
