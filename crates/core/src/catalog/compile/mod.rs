//! Compiles a document into rules: resolves references, compiles expressions, shares counters, and
//! rejects endless loops of rewards.

mod criteria;
mod definitions;
mod dependencies;
mod names;
mod retire;
mod rewards;
mod timers;

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::diagnostic::DiagnosticCollector;
use super::document::{CatalogDocument, SpannedString};
use super::rules::{
    CellSlot, CounterRule, KeyAggregate, KeyedCriterion, RuleRef, RuleSet, TimeBounds,
};
use super::{CanonicalPart, RetiredRules};
use crate::code::CodeBadge;
use crate::expr::{ExpectedResult, Expression, ExpressionCompiler as Expressions};
use names::DefinedIds;

/// Compiles a document and reports its errors. After an error the rules are incomplete and must not
/// be used.
pub(super) fn compile_document(
    document: &CatalogDocument,
    code_badges: &[CodeBadge],
    retired: &RetiredRules,
    found: &mut DiagnosticCollector,
) -> RuleSet {
    let known = DefinedIds::new(document, code_badges, found);
    let mut compiler = CatalogCompiler {
        document,
        code_badges,
        diagnostics: found,
        expressions: Expressions::new(),
        slot_count: 0,
        counters: Vec::new(),
        counter_addresses: FxHashMap::default(),
        keyed_criteria: Vec::new(),
        keyed_definitions: FxHashMap::default(),
        key_aggregates: Vec::new(),
        defined_ids: known,
    };
    let mut rules = compiler.compile_rules(retired);
    dependencies::link_dependencies(&mut rules);
    timers::add_timers(&mut rules);
    // Last, because it follows the dependencies that `wire` has filled in.
    rewards::check_rewards(&rules, document, compiler.diagnostics);
    rules
}

/// Computes the fingerprint of a document and of everything else that results depend on (S16, S17).
pub(super) fn compute_fingerprint(parts: &[CanonicalPart], code_badges: &[CodeBadge]) -> String {
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
struct CatalogCompiler<'d> {
    document: &'d CatalogDocument,
    code_badges: &'d [CodeBadge],
    diagnostics: &'d mut DiagnosticCollector,
    defined_ids: DefinedIds,
    expressions: Expressions,
    slot_count: CellSlot,
    counters: Vec<CounterRule>,
    counter_addresses: FxHashMap<String, usize>,
    keyed_criteria: Vec<KeyedCriterion>,
    keyed_definitions: FxHashMap<String, usize>,
    key_aggregates: Vec<KeyAggregate>,
}

/// The context of a criterion or an expression.
#[derive(Clone, Copy)]
struct CriterionScope<'d> {
    /// The rule that contains it.
    owner: RuleRef,
    /// The rule's `since` and `until`, which bound the events that it counts (S9).
    bounds: TimeBounds,
    /// The expression that yields the key, within a criterion with `per`.
    key: Option<&'d SpannedString>,
}

impl CatalogCompiler<'_> {
    /// Reserves the next slot.
    fn next_slot(&mut self) -> CellSlot {
        self.reserve_slots(1)
    }

    /// Reserves consecutive slots and returns the first.
    fn reserve_slots(&mut self, count: usize) -> CellSlot {
        let first = self.slot_count;
        self.slot_count +=
            CellSlot::try_from(count).expect("the size of a catalog bounds its definitions");
        first
    }

    /// Compiles an expression. Reports its errors and returns `None` if it is invalid.
    fn compile_expression(
        &mut self,
        text: &SpannedString,
        expected: ExpectedResult,
    ) -> Option<Expression> {
        match self
            .expressions
            .compile(&text.value, expected, &self.defined_ids)
        {
            Ok(expression) => Some(expression),
            Err(problems) => {
                for problem in problems {
                    let span = self.diagnostics.locate_part(text, problem.span);
                    let diagnostic = super::diagnostic::Diagnostic::new(
                        span,
                        problem.message,
                        "in this expression",
                    );
                    self.diagnostics.push(match problem.help {
                        Some(help) => diagnostic.with_help(help),
                        None => diagnostic,
                    });
                }
                None
            }
        }
    }
}
