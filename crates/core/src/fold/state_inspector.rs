//! Read-only evaluation of a whole state at an instant: values of criteria, key by key.

use super::cell::{AwardCell, Cell, CellId};
use super::inspection_event::inspection_event;
use super::rule_evaluation::collect_counters;
use super::step::StepContext;
use super::whole_state::WholeState;
use crate::catalog::Catalog;
use crate::catalog::rules::{BadgeRule, CellSlot, CriterionRule};
use crate::number::Decimal;
use crate::time::{CalendarUnit, Timestamp};

/// The reason why no cell can be missing.
const WHOLE: &str = "an inspected state has all of its cells loaded";

/// Inspects a state, which must be whole.
pub(crate) fn inspect_state<R>(
    catalog: &Catalog,
    state: &mut WholeState,
    player: &str,
    now: Timestamp,
    read: impl FnOnce(&mut StateInspector<'_, '_>) -> R,
) -> R {
    // The same code as in the fold evaluates criteria, so that the two cannot disagree.
    let moment = inspection_event(player, now);
    let mut turn = StepContext::new(catalog, state.state_mut(), &moment, false);
    read(&mut StateInspector(&mut turn))
}

/// A state at an instant. Reading a window drops old entries; they are restored after each read.
pub(crate) struct StateInspector<'t, 'a>(&'t mut StepContext<'a>);

impl StateInspector<'_, '_> {
    /// Returns the value of a criterion, for a key if it has keys. `offset` is the sum of
    /// `progress` actions.
    pub(crate) fn criterion_value(
        &mut self,
        node: &CriterionRule,
        key: &str,
        offset: Decimal,
    ) -> Decimal {
        let value = self.0.criterion_value(node, key, offset).expect(WHOLE);
        self.0.state.roll_back();
        value
    }

    /// Returns the nearest key, if a criterion asks for some key, with the value and the target.
    pub(crate) fn criterion_progress(
        &mut self,
        node: &CriterionRule,
        offset: Decimal,
    ) -> (Option<String>, Decimal, Decimal) {
        let standing = self.0.criterion_progress(node, offset).expect(WHOLE);
        self.0.state.roll_back();
        standing
    }

    /// Returns the sum of `progress` actions for a badge, or for one of its keys.
    pub(crate) fn progress_offset(&self, badge: &BadgeRule, key: &str) -> Decimal {
        self.0.progress_offset(badge, key).expect(WHOLE)
    }

    /// Lists the keys of a badge from events and actions, in order.
    pub(crate) fn badge_keys(&self, badge: usize) -> Vec<Box<str>> {
        self.0.badge_keys(badge).expect(WHOLE)
    }

    /// Lists the keys of the counters of a criterion, in order.
    pub(crate) fn criterion_keys(&self, node: &CriterionRule) -> Vec<Box<str>> {
        let mut counters = Vec::new();
        collect_counters(node, &mut counters);
        let mut keys: Vec<Box<str>> = counters
            .into_iter()
            .flat_map(|counter| self.slot_keys(self.0.rules.counters[counter].slot))
            .collect();
        // Several counters can have the same key.
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Lists the keys of the cells in a slot, in order.
    pub(crate) fn slot_keys(&self, slot: CellSlot) -> Vec<Box<str>> {
        // Keys with a NUL belong to parts of a value, such as the chunks of a window.
        let cells = self.0.state.slot_cells(slot).expect(WHOLE);
        cells
            .into_iter()
            .map(|(id, _)| id.key.clone())
            .filter(|key| !key.contains('\0'))
            .collect()
    }

    /// Returns the details of an award.
    pub(crate) fn find_award(
        &self,
        badge: &BadgeRule,
        tier: usize,
        key: &str,
    ) -> Option<&AwardCell> {
        match self.0.state.peek_cell(&CellId::for_award(
            badge.award_slot,
            &badge.tiers[tier].id,
            key,
        )) {
            Some(Cell::Award(award)) => Some(award),
            _ => None,
        }
    }

    /// True if any award of a badge is held.
    pub(crate) fn holds_badge(&self, badge: &BadgeRule) -> bool {
        self.0
            .state
            .badge_cell(badge.slot)
            .is_some_and(|cell| cell.held_count(None) > 0)
    }

    /// Returns the number of the next time that the criterion of a repeatable badge awards.
    pub(crate) fn next_time(&self, badge: &BadgeRule) -> u64 {
        self.0.next_time(badge).expect(WHOLE)
    }

    /// Returns the number of the calendar period that contains the instant.
    pub(crate) fn current_period(&self, calendar: CalendarUnit, player_zone: bool) -> i64 {
        self.0.current_period(calendar, player_zone)
    }

    /// Returns the instant of the inspection.
    pub(crate) fn now(&self) -> Timestamp {
        self.0.at
    }
}
