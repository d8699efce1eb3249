//! Evaluation of badges and unlockables after the events of a generation have been counted.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::cell::{AwardSource, BadgeCell, Cell, CellId};
use super::counters::OVERFLOW;
use super::effect::Effect;
use super::state::MissingCells;
use super::step::{Occurrence, StepContext};
use super::step_report::SkipReason;
use crate::catalog::document::RepeatMode;
use crate::catalog::rules::{
    AgainMode, BadgeRule, CriterionRule, CriterionRuleKind, DependentRule, RuleRef,
};
use crate::code::CodeContext;
use crate::limits;
use crate::number::Decimal;

impl StepContext<'_> {
    /// Evaluates all marked rules, in order of id and key.
    pub(super) fn evaluate_pending(&mut self) -> Result<(), MissingCells> {
        let mut dirty = std::mem::take(&mut self.pending_dependents);
        // In order of id and key, and each once: the order of marking must not affect the result
        // (S7).
        dirty.sort_unstable();
        dirty.dedup();
        for (dependent, key) in dirty {
            match dependent {
                // An empty key means that the change was not about one key: all of them are
                // evaluated.
                DependentRule::KeyedBadge(badge) if key.is_empty() => {
                    for key in self.badge_keys(badge)? {
                        self.evaluate_badge(badge, &key)?;
                    }
                }
                DependentRule::Badge(badge) | DependentRule::KeyedBadge(badge) => {
                    self.evaluate_badge(badge, &key)?
                }
                DependentRule::Unlockable(unlockable) => self.evaluate_unlockable(unlockable)?,
                // Judged at the events of its key and when something leaves its window (S8), which
                // `mark_keyed_dependents` has done.
                DependentRule::KeyedCriterion(_) => {}
            }
        }
        Ok(())
    }

    fn evaluate_badge(&mut self, index: usize, key: &str) -> Result<(), MissingCells> {
        let rule = RuleRef::Badge(index);
        let badge = &self.rules.badges[index];
        // Before the bounds are checked, because a temporary award ends with them (S10).
        if badge.temporary {
            return self.evaluate_temporary_badge(index, key);
        }
        if !badge.bounds.contains(self.at) {
            let reason = self.bounds_reason(&badge.bounds);
            self.record_skip(rule, || reason);
            return Ok(());
        }
        match badge.repeat {
            RepeatMode::Again => self.evaluate_repeatable_badge(index),
            RepeatMode::Once | RepeatMode::PerKey => {
                let offset = self.progress_offset(badge, key)?;
                for tier in 0..badge.tiers.len() {
                    self.evaluate_tier(index, tier, key, offset)?;
                }
                Ok(())
            }
        }
    }

    fn evaluate_tier(
        &mut self,
        index: usize,
        tier: usize,
        key: &str,
        offset: Decimal,
    ) -> Result<(), MissingCells> {
        let rule = RuleRef::Badge(index);
        let badge = &self.rules.badges[index];
        let Some(node) = &badge.tiers[tier].criterion else {
            return Ok(());
        };
        if badge.repeat == RepeatMode::Once && self.is_settled(badge, tier) {
            let reason = self.settled_reason(badge, tier, key)?;
            self.record_skip(rule, || reason);
            return Ok(());
        }
        let value = self.criterion_value(node, key, offset)?;
        if value < node.target {
            self.record_skip(rule, || SkipReason::NotReached {
                current: value,
                target: node.target,
            });
            return Ok(());
        }
        // Checked last, because it loads a cell, and most keys do not get this far.
        if badge.repeat == RepeatMode::PerKey
            && let Some(reason) = self.award_obstacle(badge, tier, key)?
        {
            self.record_skip(rule, || reason);
            return Ok(());
        }
        self.plan_award(index, tier, key.into(), AwardSource::Criterion);
        Ok(())
    }

    /// Evaluates a temporary badge, which is held while its criterion holds. Manual awards stay.
    fn evaluate_temporary_badge(&mut self, index: usize, key: &str) -> Result<(), MissingCells> {
        let rule = RuleRef::Badge(index);
        let badge = &self.rules.badges[index];
        // Required badges are checked by `plan_award` only: losing one later ends no award.
        let is_open = badge.bounds.contains(self.at);
        let offset = self.progress_offset(badge, key)?;
        for tier in 0..badge.tiers.len() {
            let Some(node) = &badge.tiers[tier].criterion else {
                continue;
            };
            let current = self.criterion_value(node, key, offset)?;
            let holds = is_open && current >= node.target;
            match (self.award_obstacle(badge, tier, key)?, holds) {
                (None, true) => {
                    self.plan_award(index, tier, key.into(), AwardSource::Criterion);
                }
                (Some(SkipReason::AlreadyEarned), false)
                    if self.is_awarded_by_criterion(badge, tier, key)? =>
                {
                    self.effects.push(Effect::Lapse {
                        badge: index,
                        tier,
                        key: key.into(),
                    });
                }
                (Some(reason), _) => self.record_skip(rule, || reason),
                (None, false) if is_open => {
                    self.record_skip(rule, || SkipReason::NotReached {
                        current,
                        target: node.target,
                    });
                }
                (None, false) => {
                    let reason = self.bounds_reason(&badge.bounds);
                    self.record_skip(rule, || reason);
                }
            }
        }
        Ok(())
    }

    /// Evaluates a repeatable badge.
    fn evaluate_repeatable_badge(&mut self, index: usize) -> Result<(), MissingCells> {
        let badge = &self.rules.badges[index];
        let Some(node) = &badge.tiers[0].criterion else {
            return Ok(());
        };
        let before = self
            .state
            .badge_cell(badge.slot)
            .cloned()
            .unwrap_or_default();
        let value = self.criterion_value(node, "", before.progress_offset)?;
        let times = match badge.again_mode {
            AgainMode::Multiples => count_multiples(value, node.target),
            AgainMode::Edges if value >= node.target && !before.criterion_met => {
                self.next_time(badge)?
            }
            AgainMode::Edges => before.times_reached,
        };
        // No time is awarded twice (S4): a value that falls and rises again starts from the times
        // that it reached before.
        if times <= before.times_reached {
            self.record_skip(RuleRef::Badge(index), || SkipReason::NotReached {
                current: value,
                target: node.target,
            });
        } else if !self.check_requirements(index) {
            // `criterion_met` is not stored, so that the edge still counts once the required badge
            // is held.
            return Ok(());
        }
        // Stored whether or not an award follows: the next time needs the criterion to be false
        // first.
        if badge.again_mode == AgainMode::Edges && before.criterion_met != (value >= node.target) {
            let after = BadgeCell {
                criterion_met: value >= node.target,
                ..before.clone()
            };
            self.state
                .put_cell(CellId::new(badge.slot, ""), Some(Cell::Badge(after)));
        }
        for time in before.times_reached.saturating_add(1)..=times {
            // A sum can reach a huge multiple in one event. `apply_effects` refuses what is beyond
            // the limit.
            if self.effects.len() > limits::DERIVED_EVENTS {
                break;
            }
            // If the points of one time do not fit, those of the next ones do not either.
            if self.award_obstacle(badge, 0, &time.to_string())?.is_none()
                && !self.plan_award(index, 0, time.to_string().into(), AwardSource::Criterion)
            {
                break;
            }
        }
        Ok(())
    }

    /// Returns the number of the next time that the criterion of a repeatable badge awards: the
    /// first one that no other source has awarded and no revoke blocks.
    pub(super) fn next_time(&self, badge: &BadgeRule) -> Result<u64, MissingCells> {
        let reached = self
            .state
            .badge_cell(badge.slot)
            .map_or(0, |cell| cell.times_reached);
        let mut next = reached.saturating_add(1);
        while next < u64::MAX && self.award_obstacle(badge, 0, &next.to_string())?.is_some() {
            next += 1;
        }
        Ok(next)
    }

    /// Records that the criterion of a badge repeated by edges stopped holding before this event.
    pub(super) fn reset_edge(&mut self, index: usize) -> Result<(), MissingCells> {
        let badge = &self.rules.badges[index];
        let Some(node) = &badge.tiers[0].criterion else {
            return Ok(());
        };
        let Some(before) = self
            .state
            .badge_cell(badge.slot)
            .filter(|cell| cell.criterion_met)
            .cloned()
        else {
            return Ok(());
        };
        if !self.criterion_holds(node, "", before.progress_offset)? {
            let after = BadgeCell {
                criterion_met: false,
                ..before
            };
            self.state
                .put_cell(CellId::new(badge.slot, ""), Some(Cell::Badge(after)));
        }
        Ok(())
    }

    fn evaluate_unlockable(&mut self, index: usize) -> Result<(), MissingCells> {
        let rule = RuleRef::Unlockable(index);
        let unlockable = &self.rules.unlockables[index];
        let is_open = self.state.is_open(unlockable.slot);
        // It latches, so its criterion need not be evaluated any more (S4).
        if is_open && !unlockable.relock {
            self.record_skip(rule, || SkipReason::AlreadyEarned);
            return Ok(());
        }
        let value = self.criterion_value(&unlockable.criterion, "", Decimal::ZERO)?;
        let holds = value >= unlockable.criterion.target;
        let in_bounds = unlockable.bounds.contains(self.at);
        if holds && in_bounds && !is_open {
            self.effects.push(Effect::Open(index));
        } else if !(holds && in_bounds) && is_open {
            self.effects.push(Effect::Close(index));
        } else if holds && !is_open {
            let reason = self.bounds_reason(&unlockable.bounds);
            self.record_skip(rule, || reason);
        } else if !holds {
            self.record_skip(rule, || SkipReason::NotReached {
                current: value,
                target: unlockable.criterion.target,
            });
        }
        Ok(())
    }

    /// Calls the badges in code that listen. One that panics has failed; the others are still
    /// called.
    pub(super) fn call_code_badges(
        &mut self,
        occurrence: &Occurrence<'_>,
    ) -> Result<(), MissingCells> {
        let Some(listeners) = self.rules.listeners.get(occurrence.name) else {
            return Ok(());
        };
        for &index in &listeners.code_badges {
            let badge = &self.rules.badges[index];
            let rule = RuleRef::Badge(index);
            let Some(code) = badge
                .code_badge
                .and_then(|code| self.catalog.code_badges().get(code))
            else {
                continue;
            };
            let view = self.state_view();
            let context = CodeContext::new(occurrence.name, self.at, &occurrence.props, &view);
            // The closure only reads, so a panic leaves nothing half-written.
            let answer = catch_unwind(AssertUnwindSafe(|| code.earned_tier(&context)));
            match answer {
                Err(panic) => {
                    self.record_failure(rule, format!("it panicked: {}", panic_message(&*panic)))
                }
                Ok(None) => self.record_skip(rule, || SkipReason::ConditionFalse(None)),
                Ok(Some(unlocked)) => match badge.tier_position(unlocked.as_str()) {
                    None => self.record_failure(
                        rule,
                        format!(
                            "it returned `{}`, a tier that it does not declare",
                            unlocked.as_str()
                        ),
                    ),
                    Some(highest) => self.plan_tiers_up_to(index, highest)?,
                },
            }
        }
        Ok(())
    }

    /// Plans the award of the tier that code returned, and of lower tiers that are not held yet.
    fn plan_tiers_up_to(&mut self, index: usize, highest: usize) -> Result<(), MissingCells> {
        let badge = &self.rules.badges[index];
        // A tier that code returns includes those below it, each with its own points.
        for tier in 0..=highest {
            if self.is_settled(badge, tier) {
                let reason = self.settled_reason(badge, tier, "")?;
                self.record_skip(RuleRef::Badge(index), || reason);
            } else {
                self.plan_award(index, tier, Box::default(), AwardSource::Code);
            }
        }
        Ok(())
    }

    /// Plans an award if the required badges are held and the points fit the balances. Returns true
    /// if it did.
    fn plan_award(
        &mut self,
        index: usize,
        tier: usize,
        key: Box<str>,
        source: AwardSource,
    ) -> bool {
        if !self.check_requirements(index) {
            return false;
        }
        let points = self.rules.badges[index].tiers[tier].points.clone();
        if !self.reserve_points(&points) {
            self.record_failure(RuleRef::Badge(index), OVERFLOW.to_owned());
            return false;
        }
        self.effects.push(Effect::Award {
            badge: index,
            tier,
            key,
            source,
            points,
        });
        true
    }

    fn check_requirements(&mut self, index: usize) -> bool {
        let rules = self.rules;
        let lacking = rules.badges[index]
            .requires
            .iter()
            .map(|required| &rules.badges[*required])
            .find(|required| {
                self.state
                    .badge_cell(required.slot)
                    .is_none_or(|cell| cell.held_count(None) == 0)
            });
        if let Some(required) = lacking {
            self.record_skip(RuleRef::Badge(index), || {
                SkipReason::Requires(required.id.clone())
            });
        }
        lacking.is_none()
    }

    /// True if the criterion can no longer award a tier of a badge that is earned once.
    fn is_settled(&self, badge: &BadgeRule, tier: usize) -> bool {
        self.state
            .badge_cell(badge.slot)
            .is_some_and(|cell| cell.settled_tiers >> tier & 1 == 1)
    }

    fn settled_reason(
        &mut self,
        badge: &BadgeRule,
        tier: usize,
        key: &str,
    ) -> Result<SkipReason, MissingCells> {
        // Only a trace tells "held" from "revoked". Without one, the award need not be loaded.
        if !self.trace {
            return Ok(SkipReason::AlreadyEarned);
        }
        Ok(self
            .award_obstacle(badge, tier, key)?
            .unwrap_or(SkipReason::AlreadyEarned))
    }

    fn is_awarded_by_criterion(
        &self,
        badge: &BadgeRule,
        tier: usize,
        key: &str,
    ) -> Result<bool, MissingCells> {
        let cell = self.state.read_cell(&CellId::for_award(
            badge.award_slot,
            &badge.tiers[tier].id,
            key,
        ))?;
        Ok(matches!(cell, Some(Cell::Award(award)) if award.source == AwardSource::Criterion))
    }

    /// Returns the reason why a criterion cannot give an award: it is held, or a revoke blocks it.
    pub(super) fn award_obstacle(
        &self,
        badge: &BadgeRule,
        tier: usize,
        key: &str,
    ) -> Result<Option<SkipReason>, MissingCells> {
        Ok(
            match self.state.read_cell(&CellId::for_award(
                badge.award_slot,
                &badge.tiers[tier].id,
                key,
            ))? {
                Some(Cell::Award(award)) if award.is_held() => Some(SkipReason::AlreadyEarned),
                Some(Cell::Award(award)) if award.blocked => Some(SkipReason::Revoked),
                _ => None,
            },
        )
    }

    /// Returns the sum of `progress` actions for a badge, or for one of its keys.
    pub(super) fn progress_offset(
        &self,
        badge: &BadgeRule,
        key: &str,
    ) -> Result<Decimal, MissingCells> {
        let Some(cell) = self.state.badge_cell(badge.slot) else {
            return Ok(Decimal::ZERO);
        };
        // Most badges have no offsets for single keys, and need not load one for each key.
        if key.is_empty() || !cell.keyed_offsets {
            return Ok(cell.progress_offset);
        }
        Ok(match self.state.read_cell(&CellId::new(badge.slot, key))? {
            Some(Cell::Number(offset)) => *offset,
            _ => Decimal::ZERO,
        })
    }

    /// Lists the keys of a badge: from events, from actions, and from temporary awards that may
    /// end.
    pub(super) fn badge_keys(&self, index: usize) -> Result<Vec<Box<str>>, MissingCells> {
        let mut counters = Vec::new();
        for tier in &self.rules.badges[index].tiers {
            tier.criterion
                .iter()
                .for_each(|node| collect_counters(node, &mut counters));
        }
        let mut keys = Vec::new();
        for counter in counters {
            keys.extend(self.counter_keys(self.rules.counters[counter].slot)?);
        }
        let badge = &self.rules.badges[index];
        if self
            .state
            .badge_cell(badge.slot)
            .is_some_and(|cell| cell.keyed_offsets)
        {
            keys.extend(
                self.state
                    .slot_cells(badge.slot)?
                    .map(|(id, _)| id.key.clone()),
            );
        }
        if badge.temporary {
            // Nothing may count the key of an award any more, and the award has to end all the
            // same.
            let awards = self.state.slot_cells(badge.award_slot)?;
            keys.extend(awards.filter_map(|(id, _)| Some(id.key.split_once('\0')?.1.into())));
        }
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }
}

/// Collects the counters that a criterion reads.
pub(super) fn collect_counters(node: &CriterionRule, counters: &mut Vec<usize>) {
    match &node.kind {
        CriterionRuleKind::Counter(counter) if !counters.contains(counter) => {
            counters.push(*counter)
        }
        CriterionRuleKind::SomeOf(nodes) => nodes
            .iter()
            .for_each(|node| collect_counters(node, counters)),
        CriterionRuleKind::Not(node) => collect_counters(node, counters),
        _ => {}
    }
}

/// Counts how many times a target fits into a value.
fn count_multiples(value: Decimal, target: Decimal) -> u64 {
    // Every value would contain a target of zero endlessly often.
    if target <= Decimal::ZERO || value < target {
        return 0;
    }
    u64::try_from(value.as_micros() / target.as_micros()).unwrap_or(u64::MAX)
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;
    use crate::event::Event;
    use crate::fold::WholeState;
    use crate::props;
    use crate::value::Props;

    #[test]
    fn s11_times_whose_points_do_not_fit_are_one_error_and_no_endless_work() {
        let catalog = Catalog::from_toml(
            r#"
            [[currency]]
            id = "xp"

            [[earning]]
            id = "all"
            on = "jackpot"
            points = { xp = 'event.amount' }

            [[badge]]
            id = "miler"
            criterion = { sum = 'event.steps', on = "walk", at_least = 1 }
            repeat = "again"
            points = { xp = 1 }
            "#,
        )
        .unwrap();
        let event = |id: &str, name: &str, props: Props| Event {
            id: id.into(),
            player: "ada".into(),
            name: name.into(),
            at: "2026-11-20T10:00:00Z".parse().unwrap(),
            order: 0,
            props,
        };
        let mut state = WholeState::empty();
        let jackpot = event("1", "jackpot", props! { "amount" => i64::MAX - 2 });
        state.step(&catalog, &jackpot, false);
        let walk = event("2", "walk", props! { "steps" => i64::MAX });
        let step = state.step(&catalog, &walk, false);
        assert_eq!((step.movements.len(), step.failures.len()), (2, 1));
    }
}
