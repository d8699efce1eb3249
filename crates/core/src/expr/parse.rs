//! From text to our own tree, by the parser of the `cel` crate. Nothing else in the project knows that crate.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};

use cel::common::ast::operators::{INDEX, OPT_INDEX, OPT_SELECT};
use cel::common::ast::{Expr, IdedExpr, LiteralValue, SourceInfo};

use super::Problem;
use super::ast::{Ast, AstKind, Literal};
use crate::limits;
use crate::number::Decimal;

/// The parser goes down many functions for each parenthesis; this holds what the limits let through.
const STACK: usize = 64 << 20;

/// A thread with a large stack that parses.
#[derive(Default)]
pub(super) struct Parser(Option<(Sender<String>, Receiver<Result<Ast, Vec<Problem>>>)>);

impl Parser {
    /// Parses a text.
    pub(super) fn parse(&mut self, source: &str) -> Result<Ast, Vec<Problem>> {
        check_nesting(source)?;
        let (texts, answers) = self.0.get_or_insert_with(start);
        let answer = texts.send(source.to_owned()).ok().and_then(|()| answers.recv().ok());
        answer.unwrap_or_else(|| Err(vec![problem(source, 0..source.len(), "this cannot be parsed")]))
    }
}

fn start() -> (Sender<String>, Receiver<Result<Ast, Vec<Problem>>>) {
    let (texts, waiting) = channel::<String>();
    let (answer, answers) = channel();
    let work = move || {
        for source in waiting {
            let parsed = catch_unwind(AssertUnwindSafe(|| parse(&source)));
            let failed = || Err(vec![problem(&source, 0..source.len(), "this cannot be parsed")]);
            if answer.send(parsed.unwrap_or_else(|_| failed())).is_err() {
                return;
            }
        }
    };
    // Without the thread the channel is closed, and every text "cannot be parsed".
    drop(std::thread::Builder::new().name("accolade-parser".to_owned()).stack_size(STACK).spawn(work));
    (texts, answers)
}

/// Refuses texts that nest too deep, before the parser sees them.
fn check_nesting(source: &str) -> Result<(), Vec<Problem>> {
    let mut depth = 0_usize;
    let mut quote: Option<char> = None;
    let mut escaped = false;
    let mut run = 0_usize;
    for (at, letter) in source.char_indices() {
        if let Some(open) = quote {
            match letter {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if letter == open => quote = None,
                _ => {}
            }
            continue;
        }
        run = if matches!(letter, '!' | '-') { run + 1 } else { 0 };
        match letter {
            '"' | '\'' => quote = Some(letter),
            '(' | '[' | '{' | '?' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limits::EXPRESSION_DEPTH || run > limits::EXPRESSION_DEPTH {
            let message = format!("the expression nests deeper than {} levels", limits::EXPRESSION_DEPTH);
            return Err(vec![problem(source, at..at + letter.len_utf8(), message)]);
        }
    }
    Ok(())
}

fn parse(source: &str) -> Result<Ast, Vec<Problem>> {
    if source.trim().is_empty() {
        return Err(vec![problem(source, 0..source.len(), "the expression is empty")]);
    }
    match cel::parser::Parser::new().parse_with_source_info(source) {
        Ok((expression, places)) => Ok(Converter { source, places: &places }.convert(&expression)),
        Err(errors) => Err(errors.errors.iter().map(|error| syntax_problem(source, error)).collect()),
    }
}

fn syntax_problem(source: &str, error: &cel::ParseError) -> Problem {
    let line = usize::try_from(error.pos.0).unwrap_or(1).max(1);
    let column = usize::try_from(error.pos.1).unwrap_or(1).max(1);
    let start: usize = source.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let at = (start + column - 1).min(source.len());
    let message = error.msg.strip_prefix("Syntax error: ").unwrap_or(&error.msg);
    problem(source, at..at + 1, format!("this is not CEL: {message}"))
}

fn problem(source: &str, span: Range<usize>, message: impl Into<String>) -> Problem {
    Problem { span: on_characters(source, span), message: message.into(), help: None }
}

/// The range, widened to whole characters of the text.
fn on_characters(source: &str, span: Range<usize>) -> Range<usize> {
    let mut start = span.start.min(source.len());
    let mut end = span.end.clamp(start, source.len());
    while !source.is_char_boundary(start) {
        start -= 1;
    }
    while !source.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

struct Converter<'s> {
    source: &'s str,
    places: &'s SourceInfo,
}

impl Converter<'_> {
    fn convert(&self, expression: &IdedExpr) -> Ast {
        let own = self.span(expression.id);
        match &expression.expr {
            Expr::Literal(literal) => Ast { kind: literal_kind(literal), span: own },
            Expr::Ident(name) => Ast { kind: AstKind::Ident(name.clone()), span: own },
            Expr::Select(select) => self.member(&select.operand, &select.field, select.test, own),
            Expr::List(list) => {
                let items: Vec<Ast> = list.elements.iter().map(|item| self.convert(item)).collect();
                let end = self.close(items.last().map_or(own.start, |item| item.span.end));
                Ast { span: own.start..end, kind: AstKind::List(items) }
            }
            Expr::Call(call) => self.call(call, own),
            Expr::Comprehension(_) => refused("macros such as `exists` and `map`", own),
            Expr::Map(_) => refused("map literals", own),
            Expr::Struct(_) => refused("struct literals", own),
            Expr::Unspecified => refused("this", own),
        }
    }

    fn member(&self, operand: &IdedExpr, field: &str, test: bool, own: Range<usize>) -> Ast {
        let of = self.convert(operand);
        let found = self.source[of.span.end..].find(field).map(|at| of.span.end + at + field.len());
        let span = of.span.start..found.unwrap_or(own.end).max(of.span.end);
        Ast { kind: AstKind::Member { of: Box::new(of), name: field.to_owned(), test }, span }
    }

    fn call(&self, call: &cel::common::ast::CallExpr, own: Range<usize>) -> Ast {
        if matches!(call.func_name.as_str(), OPT_INDEX | OPT_SELECT) {
            return refused("optional access", own);
        }
        let target = call.target.iter().map(|target| self.convert(target));
        let mut arguments: Vec<Ast> = target.chain(call.args.iter().map(|argument| self.convert(argument))).collect();
        let start = arguments.iter().map(|argument| argument.span.start).chain([own.start]).min().unwrap_or(own.start);
        let end = arguments.iter().map(|argument| argument.span.end).chain([own.end]).max().unwrap_or(own.end);
        let is_operator = call.func_name.contains('_') && !call.func_name.chars().all(|c| c.is_alphanumeric() || c == '_')
            || call.func_name.starts_with('@');
        if call.func_name == INDEX && arguments.len() == 2 {
            let index = arguments.pop().expect("there are two");
            let of = arguments.pop().expect("there is one left");
            return Ast { span: start..self.close(end), kind: AstKind::Index { of: Box::new(of), index: Box::new(index) } };
        }
        let end = if is_operator { end } else { self.close(end) };
        let kind = AstKind::Call { name: call.func_name.clone(), arguments, is_method: call.target.is_some() };
        Ast { kind, span: start..end }
    }

    /// Behind the bracket that closes something whose content ends here.
    fn close(&self, from: usize) -> usize {
        let rest = &self.source[from.min(self.source.len())..];
        rest.find([')', ']']).map_or(from, |at| from + at + 1)
    }

    fn span(&self, id: u64) -> Range<usize> {
        let (start, end) = self.places.offset_for(id).unwrap_or_default();
        // The end that the parser gives is the place of the last byte.
        on_characters(self.source, start as usize..end as usize + 1)
    }
}

fn refused(what: &'static str, span: Range<usize>) -> Ast {
    Ast { kind: AstKind::Refused(what), span }
}

fn literal_kind(literal: &LiteralValue) -> AstKind {
    AstKind::Literal(match literal {
        LiteralValue::Null => Literal::Null,
        LiteralValue::Boolean(value) => Literal::Bool(*value.inner()),
        LiteralValue::Int(value) => Literal::Int(*value.inner()),
        LiteralValue::String(value) => Literal::Text(value.inner().to_owned()),
        LiteralValue::Double(value) => match Decimal::from_f64(*value.inner()) {
            Some(number) => Literal::Decimal(number),
            None => return AstKind::Refused("numbers beyond 10^19"),
        },
        LiteralValue::UInt(_) => return AstKind::Refused("unsigned literals such as `5u`"),
        LiteralValue::Bytes(_) => return AstKind::Refused("byte literals"),
    })
}
