//! Compiles a document into rules: resolves references, compiles expressions, shares counters, and
//! rejects endless loops of rewards.

mod criteria;
mod definitions;
mod names;
mod retire;
mod rewards;
mod timing;
mod wiring;

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::diagnostic::Collector;
use super::document::{Document, Text};
use super::rules::{Bounds, Counter, KeyAggregate, Keyed, RuleRef, Rules, Slot};
use super::{CanonicalPart, Retired};
use crate::code::CodeBadge;
use crate::expr::{Compiler as Expressions, Expected, Expression};
use names::Known;

/// Compiles a document and reports its errors. After an error the rules are incomplete and must not
/// be used.
pub(super) fn compile(
    document: &Document,
    code_badges: &[CodeBadge],
    retired: &Retired,
    found: &mut Collector,
) -> Rules {
    let known = Known::new(document, code_badges, found);
    let mut compiler = Compiler {
        document,
        code_badges,
        found,
        expressions: Expressions::new(),
        slots: 0,
        counters: Vec::new(),
        addresses: FxHashMap::default(),
        keyed: Vec::new(),
        keyed_addresses: FxHashMap::default(),
        key_aggregates: Vec::new(),
        known,
    };
    let mut rules = compiler.definitions(retired);
    wiring::wire(&mut rules);
    timing::time(&mut rules);
    // Last, because it follows the dependencies that `wire` has filled in.
    rewards::check(&rules, document, compiler.found);
    rules
}

/// Computes the fingerprint of a document and of everything else that results depend on (S16, S17).
pub(super) fn fingerprint(parts: &[CanonicalPart], code_badges: &[CodeBadge]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(format!("{}\n", super::FOLD_VERSION));
    for part in parts {
        hasher.update(format!("{} {}\n", part.name, part.content));
    }
    for badge in code_badges {
        hasher.update(format!("{} {}\n", badge.id, badge.version));
    }
    hasher
        .finalize()
        .iter()
        // 128 bits are enough to tell catalogs apart.
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The state of compiling one document.
struct Compiler<'d> {
    document: &'d Document,
    code_badges: &'d [CodeBadge],
    found: &'d mut Collector,
    known: Known,
    expressions: Expressions,
    slots: Slot,
    counters: Vec<Counter>,
    addresses: FxHashMap<String, usize>,
    keyed: Vec<Keyed>,
    keyed_addresses: FxHashMap<String, usize>,
    key_aggregates: Vec<KeyAggregate>,
}

/// The context of a criterion or an expression.
#[derive(Clone, Copy)]
struct Scope<'d> {
    /// The rule that contains it.
    owner: RuleRef,
    /// The rule's `since` and `until`, which bound the events that it counts (S9).
    bounds: Bounds,
    /// The expression that yields the key, within a criterion with `per`.
    key: Option<&'d Text>,
}

impl Compiler<'_> {
    /// Reserves the next slot.
    fn slot(&mut self) -> Slot {
        self.take_slots(1)
    }

    /// Reserves consecutive slots and returns the first.
    fn take_slots(&mut self, count: usize) -> Slot {
        let first = self.slots;
        self.slots += Slot::try_from(count).expect("the size of a catalog bounds its definitions");
        first
    }

    /// Compiles an expression. Reports its errors and returns `None` if it is invalid.
    fn expression(&mut self, text: &Text, expected: Expected) -> Option<Expression> {
        match self.expressions.compile(&text.value, expected, &self.known) {
            Ok(expression) => Some(expression),
            Err(problems) => {
                for problem in problems {
                    let span = self.found.inside(text, problem.span);
                    let diagnostic = super::diagnostic::Diagnostic::new(
                        span,
                        problem.message,
                        "in this expression",
                    );
                    self.found.push(match problem.help {
                        Some(help) => diagnostic.help(help),
                        None => diagnostic,
                    });
                }
                None
            }
        }
    }
}
