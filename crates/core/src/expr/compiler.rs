//! Compiling many expressions: one parser thread with a large stack, and each source parsed once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rustc_hash::FxHashMap;

use super::ast::Ast;
use super::lower;
use super::parse::parse;
use super::tokens::Tokens;
use super::{Expected, Expression, Names, Problem};

/// The stack of the parser thread, in bytes. At the maximum depth, a build without optimisation
/// needs 16 MiB.
const STACK: usize = 64 * 1024 * 1024;

/// Compiles expressions and caches their syntax trees.
///
/// ```
/// use accolade_core::expr::{Compiler, Expected, NameKind, Names};
///
/// struct Nothing;
///
/// impl Names for Nothing {
///     fn known(&self, _: NameKind) -> &[String] {
///         &[]
///     }
/// }
///
/// let mut compiler = Compiler::new();
/// assert!(compiler.compile("event.length >= 15", Expected::Condition, &Nothing).is_ok());
/// let number = compiler.compile("event.length + 15", Expected::Condition, &Nothing);
/// assert_eq!(number.unwrap_err()[0].message, "this is a number, not a condition");
/// ```
#[derive(Default)]
pub struct Compiler {
    parsed: FxHashMap<String, Result<Ast, Problem>>,
    parser: Option<Parser>,
}

impl Compiler {
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
        expected: Expected,
        names: &dyn Names,
    ) -> Result<Expression, Vec<Problem>> {
        // Sources that are too long are refused before they fill the cache.
        Tokens::of(source).map_err(|problem| vec![problem])?;
        // The syntax does not depend on the catalog, so it is parsed once for every use. Types and
        // names are checked each time.
        if !self.parsed.contains_key(source) {
            let parsed = self.parse(source);
            self.parsed.insert(source.to_owned(), parsed);
        }
        match &self.parsed[source] {
            Ok(ast) => lower::expression(source, ast, expected, names),
            Err(problem) => Err(vec![problem.clone()]),
        }
    }

    fn parse(&mut self, source: &str) -> Result<Ast, Problem> {
        // Started on first use: many catalogs have no expressions.
        if self.parser.is_none() {
            let parser = Parser::start();
            let message =
                |error| format!("the thread that parses expressions could not be started: {error}");
            self.parser =
                Some(parser.map_err(|error| Problem::new(0..source.len(), message(error)))?);
        }
        // A closed channel means that the thread is gone. The source is then reported as
        // unreadable.
        let answer = self.parser.as_ref().and_then(|parser| {
            parser.sources.send(source.to_owned()).ok()?;
            parser.answers.recv().ok()
        });
        answer.unwrap_or_else(|| Err(unreadable(source)))
    }
}

/// The parser thread. It ends when its channels are dropped.
struct Parser {
    sources: Sender<String>,
    answers: Receiver<Result<Ast, Problem>>,
}

impl Parser {
    fn start() -> std::io::Result<Self> {
        let (sources, inbox) = channel::<String>();
        let (outbox, answers) = channel();
        thread::Builder::new()
            .name("accolade-expressions".into())
            .stack_size(STACK)
            .spawn(move || {
                for source in inbox {
                    // A panic of the third-party parser on some source must not end the thread.
                    let answer = catch_unwind(AssertUnwindSafe(|| parse(&source)));
                    if outbox
                        .send(answer.unwrap_or_else(|_| Err(unreadable(&source))))
                        .is_err()
                    {
                        break;
                    }
                }
            })?;
        Ok(Self { sources, answers })
    }
}

fn unreadable(source: &str) -> Problem {
    Problem::new(0..source.len(), "the parser cannot read this expression").help("simplify it")
}
