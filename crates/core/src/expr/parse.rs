//! Parsing of a source, with the parser of the `cel` crate. No other module uses that crate.
//!
//! The parser needs a large stack (see [`super::Compiler`]). [`Tokens::of`] bounds the depth first.

use std::ops::Range;

use cel::common::ast::{EntryExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};
use cel::parser::ParseError;

use super::Problem;
use super::ast::{Ast, Kind, Operator};
use super::constant::Constant;
use super::tokens::{Tokens, too_deep};
use crate::limits;
use crate::number::Decimal;

/// Parses a source into a syntax tree.
pub(super) fn parse(source: &str) -> Result<Ast, Problem> {
    let tokens = Tokens::of(source)?;
    // Without macros, `has(…)` and `all(…)` stay plain calls, which give better errors.
    match cel::Env::default().parser().parse_with_source_info(source) {
        Ok((expression, places)) => Reader {
            source,
            tokens,
            places,
        }
        .read(expression, 1),
        Err(errors) => Err(syntax_problem(source, &tokens, errors.errors.first())),
    }
}

/// Converts the tree of the `cel` parser into ours.
struct Reader<'s> {
    source: &'s str,
    tokens: Tokens,
    places: SourceInfo,
}

impl Reader<'_> {
    fn read(&self, expression: IdedExpr, depth: usize) -> Result<Ast, Problem> {
        let token = self
            .places
            .offset_for(expression.id)
            .and_then(|(start, _)| self.tokens.index_at(start as usize));
        let place = token
            .and_then(|token| self.tokens.span(token))
            .unwrap_or(0..self.source.len());
        // Brackets were bounded before parsing. Chains such as `1 + 1 + …` nest without them.
        if depth > limits::EXPRESSION_DEPTH {
            return Err(too_deep(place));
        }
        match expression.expr {
            Expr::Literal(literal) => self.constant(literal, token, place),
            Expr::Ident(name) => Ok(Ast {
                kind: Kind::Name(name),
                span: place,
            }),
            Expr::Select(select) => {
                let base = self.read(*select.operand, depth + 1)?;
                let end = token
                    .and_then(|token| self.tokens.span(token + 1))
                    .map_or(place.end, |name| name.end);
                let span = self.outside(&base).start..end;
                Ok(Ast {
                    kind: Kind::Member(Box::new(base), select.field),
                    span,
                })
            }
            Expr::List(list) => {
                let items = self.read_all(list.elements, depth + 1)?;
                Ok(Ast {
                    kind: Kind::List(items),
                    span: place.start..self.closing(token, place.end),
                })
            }
            Expr::Map(map) => {
                let mut entries = Vec::with_capacity(map.entries.len());
                for entry in map.entries {
                    if let EntryExpr::MapEntry(entry) = entry.expr {
                        entries.push((
                            self.read(entry.key, depth + 1)?,
                            self.read(entry.value, depth + 1)?,
                        ));
                    }
                }
                Ok(Ast {
                    kind: Kind::Map(entries),
                    span: place.start..self.closing(token, place.end),
                })
            }
            Expr::Call(call) => {
                let target = call
                    .target
                    .map(|target| self.read(*target, depth + 1))
                    .transpose()?;
                let arguments = self.read_all(call.args, depth + 1)?;
                Ok(self.call(call.func_name, target, arguments, token, place))
            }
            Expr::Struct(_) => Err(Problem::new(place, "expressions cannot build messages")),
            Expr::Comprehension(_) | Expr::Unspecified => {
                Err(Problem::new(place, "this is not an expression"))
            }
        }
    }

    fn read_all(&self, expressions: Vec<IdedExpr>, depth: usize) -> Result<Vec<Ast>, Problem> {
        expressions
            .into_iter()
            .map(|expression| self.read(expression, depth))
            .collect()
    }

    fn constant(
        &self,
        literal: LiteralValue,
        token: Option<usize>,
        place: Range<usize>,
    ) -> Result<Ast, Problem> {
        let constant = match literal {
            LiteralValue::Null => Constant::Null,
            LiteralValue::Boolean(truth) => Constant::Bool(truth.into_inner()),
            LiteralValue::Int(int) => Constant::Int(int.into_inner()),
            LiteralValue::Double(double) => decimal(double.into_inner(), &place)?,
            LiteralValue::String(text) => Constant::Text(text.into_inner().into()),
            LiteralValue::UInt(_) => {
                return Err(Problem::new(place, "unsigned numbers are not supported")
                    .help("remove the `u`"));
            }
            LiteralValue::Bytes(_) => {
                return Err(Problem::new(place, "bytes are not supported")
                    .help("remove the `b` before the quote"));
            }
        };
        // The sign belongs to the constant, but the parser reports the location after the sign.
        let negative = match &constant {
            Constant::Int(int) => *int < 0,
            Constant::Decimal(decimal) => decimal.as_micros() < 0,
            _ => false,
        };
        let start = if negative {
            self.before(token).map_or(place.start, |sign| sign.start)
        } else {
            place.start
        };
        Ok(Ast {
            kind: Kind::Constant(constant),
            span: start..place.end,
        })
    }

    /// Converts a call. The `cel` parser represents operators as calls of functions such as `_+_`.
    fn call(
        &self,
        name: String,
        target: Option<Ast>,
        arguments: Vec<Ast>,
        token: Option<usize>,
        place: Range<usize>,
    ) -> Ast {
        let first = arguments
            .first()
            .map_or(place.clone(), |first| self.outside(first));
        let last = arguments
            .last()
            .map_or(place.clone(), |last| self.outside(last));
        let between = first.start..last.end;
        let name = match name.as_str() {
            operators::LOGICAL_AND => {
                let chain = flatten(arguments, |kind| {
                    if let Kind::And(inner) = kind {
                        Ok(inner)
                    } else {
                        Err(kind)
                    }
                });
                return Ast {
                    kind: Kind::And(chain),
                    span: between,
                };
            }
            operators::LOGICAL_OR => {
                let chain = flatten(arguments, |kind| {
                    if let Kind::Or(inner) = kind {
                        Ok(inner)
                    } else {
                        Err(kind)
                    }
                });
                return Ast {
                    kind: Kind::Or(chain),
                    span: between,
                };
            }
            _ => name,
        };
        let arguments = match <[Ast; 3]>::try_from(arguments) {
            Ok(parts) if name == operators::CONDITIONAL => {
                return Ast {
                    kind: Kind::Choice(Box::new(parts)),
                    span: between,
                };
            }
            Ok(parts) => Vec::from(parts),
            Err(arguments) => arguments,
        };
        let arguments = match <[Ast; 2]>::try_from(arguments) {
            Ok([base, index]) if name == operators::INDEX => {
                let span = first.start..self.closing(token, last.end);
                return Ast {
                    kind: Kind::Index(Box::new(base), Box::new(index)),
                    span,
                };
            }
            Ok(pair) => match binary(&name) {
                Some(operator) => {
                    return Ast {
                        kind: Kind::Binary(operator, Box::new(pair)),
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
                    kind: Kind::Not(Box::new(operand)),
                    span: place.start..last.end,
                };
            }
            Ok([operand]) if name == operators::NEGATE => {
                return Ast {
                    kind: Kind::Negate(Box::new(operand)),
                    span: place.start..last.end,
                };
            }
            Ok(one) => Vec::from(one),
            Err(arguments) => arguments,
        };
        let start = match &target {
            Some(target) => self.outside(target).start,
            None => self.before(token).map_or(place.start, |name| name.start),
        };
        let span = start..self.closing(token, last.end);
        Ast {
            kind: Kind::Call {
                name,
                target: target.map(Box::new),
                arguments,
            },
            span,
        }
    }

    /// Returns the location of an operand, including its parentheses.
    fn outside(&self, ast: &Ast) -> Range<usize> {
        self.tokens.with_parentheses(self.source, ast.span.clone())
    }

    /// Returns the location of the token before this one.
    fn before(&self, token: Option<usize>) -> Option<Range<usize>> {
        self.tokens.span(token?.checked_sub(1)?)
    }

    /// Returns the end of the bracket that closes this one.
    fn closing(&self, token: Option<usize>, otherwise: usize) -> usize {
        token
            .and_then(|token| self.tokens.closing_end(token))
            .unwrap_or(otherwise)
    }
}

/// Replaces inner chains of the same operator by their operands.
fn flatten(operands: Vec<Ast>, inner: impl Fn(Kind) -> Result<Vec<Ast>, Kind>) -> Vec<Ast> {
    let mut chain = Vec::with_capacity(operands.len());
    for Ast { kind, span } in operands {
        match inner(kind) {
            Ok(operands) => chain.extend(operands),
            Err(kind) => chain.push(Ast { kind, span }),
        }
    }
    chain
}

fn binary(name: &str) -> Option<Operator> {
    Some(match name {
        operators::ADD => Operator::Add,
        operators::SUBSTRACT => Operator::Subtract,
        operators::MULTIPLY => Operator::Multiply,
        operators::DIVIDE => Operator::Divide,
        operators::MODULO => Operator::Remainder,
        operators::EQUALS => Operator::Equal,
        operators::NOT_EQUALS => Operator::NotEqual,
        operators::LESS => Operator::Less,
        operators::LESS_EQUALS => Operator::LessEqual,
        operators::GREATER => Operator::Greater,
        operators::GREATER_EQUALS => Operator::GreaterEqual,
        operators::IN => Operator::In,
        _ => return None,
    })
}

fn decimal(float: f64, place: &Range<usize>) -> Result<Constant, Problem> {
    match Decimal::from_f64(float) {
        // Converting back shows if digits were lost.
        Some(decimal) if decimal.to_f64() == float => Ok(Constant::Decimal(decimal)),
        Some(_) => Err(Problem::new(
            place.clone(),
            "numbers can have at most six decimal places",
        )),
        None => Err(Problem::new(
            place.clone(),
            "this number is out of range; use one between -10^19 and 10^19",
        )),
    }
}

/// Converts the first error of the `cel` parser into a problem. Later errors follow from the first.
fn syntax_problem(source: &str, tokens: &Tokens, error: Option<&ParseError>) -> Problem {
    let Some(error) = error else {
        return Problem::new(0..source.len(), "this is not an expression");
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
    let Some(place) = tokens.index_at(start).and_then(|token| tokens.span(token)) else {
        return Problem::new(
            source.len()..source.len(),
            "unexpected end of the expression",
        );
    };
    let word = &source[place.clone()];
    let problem = |message: String| Problem::new(place.clone(), message);
    if error.msg.starts_with("reserved identifier") {
        return problem(format!("`{word}` is a reserved word"))
            .help(format!("write `event[\"{word}\"]` for a property"));
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
            .help("close it with the quote that opened it, and write a backslash as `\\\\`");
    }
    let unexpected = problem(format!("unexpected `{word}`"));
    match word {
        "=" => unexpected.help("compare with `==`"),
        "and" | "AND" | "&" => unexpected.help("write `&&`"),
        "or" | "OR" | "|" => unexpected.help("write `||`"),
        "not" | "NOT" => unexpected.help("write `!`"),
        _ => unexpected,
    }
}
