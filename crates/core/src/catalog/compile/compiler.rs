//! The state of compiling a document.

use rustc_hash::FxHashMap;

use super::names::DefinedIds;
use crate::catalog::diagnostic::{Diagnostic, DiagnosticCollector};
use crate::catalog::document::{CatalogDocument, SpannedString};
use crate::catalog::rules::{
    CellSlot, CounterRule, KeyAggregate, KeyedCriterion, RuleRef, TimeBounds,
};
use crate::code::CodeBadge;
use crate::expr::{ExpectedResult, Expression, ExpressionCompiler};

/// The state of compiling one document.
pub(super) struct CatalogCompiler<'d> {
    pub(super) document: &'d CatalogDocument,
    pub(super) code_badges: &'d [CodeBadge],
    pub(super) diagnostics: &'d mut DiagnosticCollector,
    pub(super) defined_ids: DefinedIds,
    pub(super) expressions: ExpressionCompiler,
    pub(super) slot_count: CellSlot,
    pub(super) counters: Vec<CounterRule>,
    pub(super) counter_addresses: FxHashMap<String, usize>,
    pub(super) keyed_criteria: Vec<KeyedCriterion>,
    pub(super) keyed_definitions: FxHashMap<String, usize>,
    pub(super) key_aggregates: Vec<KeyAggregate>,
}

/// The context of a criterion or an expression.
#[derive(Clone, Copy)]
pub(super) struct CriterionScope<'d> {
    /// The rule that contains it.
    pub(super) owner: RuleRef,
    /// The rule's `since` and `until`, which bound the events that it counts (S9).
    pub(super) bounds: TimeBounds,
    /// The expression that yields the key, within a criterion with `per`.
    pub(super) key: Option<&'d SpannedString>,
}

impl CatalogCompiler<'_> {
    /// Reserves the next slot.
    pub(super) fn next_slot(&mut self) -> CellSlot {
        self.reserve_slots(1)
    }

    /// Reserves consecutive slots and returns the first.
    pub(super) fn reserve_slots(&mut self, count: usize) -> CellSlot {
        let first = self.slot_count;
        self.slot_count +=
            CellSlot::try_from(count).expect("the size of a catalog bounds its definitions");
        first
    }

    /// Compiles an expression. Reports its errors and returns `None` if it is invalid.
    pub(super) fn compile_expression(
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
                    let diagnostic = Diagnostic::new(span, problem.message, "in this expression");
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
