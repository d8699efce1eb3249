//! Compiling many expressions: one parser thread with a large stack, and each source parsed once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rustc_hash::FxHashMap;

use super::ast::Ast;
use super::expression::{ExpectedResult, Expression};
use super::lower;
use super::names::DefinedNames;
use super::parse::parse_expression;
use super::problem::ExpressionProblem;
use super::tokens::SourceTokens;

/// The stack of the parser thread, in bytes. At the maximum depth, a build without optimization
/// needs 16 MiB.
const STACK_BYTES: usize = 32 * 1024 * 1024;

/// Compiles expressions and caches their syntax trees.
///
/// ```
/// use accolade_core::expr::{DefinedNames, ExpectedResult, ExpressionCompiler, NameKind};
///
/// struct Nothing;
///
/// impl DefinedNames for Nothing {
///     fn defined_ids(&self, _: NameKind) -> &[String] {
///         &[]
///     }
/// }
///
/// let mut compiler = ExpressionCompiler::new();
/// assert!(compiler.compile("event.length >= 15", ExpectedResult::Condition, &Nothing).is_ok());
/// let number = compiler.compile("event.length + 15", ExpectedResult::Condition, &Nothing);
/// assert_eq!(number.unwrap_err()[0].message, "this is a number, not a condition");
/// ```
#[derive(Default)]
pub struct ExpressionCompiler {
    parsed: FxHashMap<String, Result<Ast, ExpressionProblem>>,
    parser: Option<ParserThread>,
}

impl ExpressionCompiler {
    /// Creates a compiler with an empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    /// Compiles an expression.
    ///
    /// # Errors
    /// All errors in the source.
    pub fn compile(
        &mut self,
        source: &str,
        expected: ExpectedResult,
        names: &dyn DefinedNames,
    ) -> Result<Expression, Vec<ExpressionProblem>> {
        // Sources that are too long are refused before they fill the cache.
        SourceTokens::from_source(source).map_err(|problem| vec![problem])?;
        // The syntax does not depend on the catalog, so it is parsed once for every use. Types and
        // names are checked each time.
        if !self.parsed.contains_key(source) {
            let parsed = self.parse_source(source);
            self.parsed.insert(source.to_owned(), parsed);
        }
        match &self.parsed[source] {
            Ok(ast) => lower::lower_expression(source, ast, expected, names),
            Err(problem) => Err(vec![problem.clone()]),
        }
    }

    fn parse_source(&mut self, source: &str) -> Result<Ast, ExpressionProblem> {
        // Started on first use: many catalogs have no expressions.
        if self.parser.is_none() {
            let parser = ParserThread::spawn_thread();
            let message =
                |error| format!("the thread that parses expressions could not be started: {error}");
            self.parser = Some(
                parser.map_err(|error| ExpressionProblem::new(0..source.len(), message(error)))?,
            );
        }
        // A closed channel means that the thread is gone. The source is then reported as
        // unreadable.
        let answer = self.parser.as_ref().and_then(|parser| {
            parser.sources.send(source.to_owned()).ok()?;
            parser.results.recv().ok()
        });
        answer.unwrap_or_else(|| Err(unreadable_source(source)))
    }
}

/// The parser thread. It ends when its channels are dropped.
struct ParserThread {
    sources: Sender<String>,
    results: Receiver<Result<Ast, ExpressionProblem>>,
}

impl ParserThread {
    fn spawn_thread() -> std::io::Result<Self> {
        let (sources, inbox) = channel::<String>();
        let (outbox, answers) = channel();
        thread::Builder::new()
            .name("accolade-expressions".into())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                for source in inbox {
                    // A panic of the third-party parser on some source must not end the thread.
                    let answer = catch_unwind(AssertUnwindSafe(|| parse_expression(&source)));
                    if outbox
                        .send(answer.unwrap_or_else(|_| Err(unreadable_source(&source))))
                        .is_err()
                    {
                        break;
                    }
                }
            })?;
        Ok(Self {
            sources,
            results: answers,
        })
    }
}

fn unreadable_source(source: &str) -> ExpressionProblem {
    ExpressionProblem::new(0..source.len(), "the parser cannot read this expression")
        .with_help("simplify it")
}
