//! Earnings: conditions, amounts, cooldowns and limits.

use super::cell::{Cell, CellId};
use super::counters::OVERFLOW;
use super::effect::Effect;
use super::state::MissingCells;
use super::step::{Occurrence, StepContext};
use super::step_report::SkipReason;
use crate::catalog::document::LimitPeriod;
use crate::catalog::rules::{AmountRule, CellSlot, EarningRule, LimitMaximum, LimitRule, RuleRef};
use crate::expr::EvalError;
use crate::number::Decimal;
use crate::time::Timestamp;

impl StepContext<'_> {
    /// Evaluates every earning that listens to the occurrence, in order of id.
    pub(super) fn apply_earnings(
        &mut self,
        occurrence: &Occurrence<'_>,
    ) -> Result<(), MissingCells> {
        let Some(listeners) = self.rules.listeners.get(occurrence.name) else {
            return Ok(());
        };
        for &index in &listeners.earnings {
            let rule = RuleRef::Earning(index);
            let earning = &self.rules.earnings[index];
            // Before the condition, so that an event outside of the bounds reports no errors of
            // evaluation.
            if !earning.bounds.contains(self.at) {
                let reason = self.bounds_reason(&earning.bounds);
                self.record_skip(rule, || reason);
                continue;
            }
            match self.compute_amounts(earning, occurrence) {
                Err(error) => self.record_failure(rule, error.to_string()),
                Ok(None) if self.trace => {
                    let why = earning
                        .condition
                        .as_ref()
                        .and_then(|c| c.why_false(&self.state_view().expression_env(occurrence)));
                    self.record_skip(rule, || SkipReason::ConditionFalse(why));
                }
                Ok(None) => {}
                Ok(Some(amounts)) => self.plan_payment(index, amounts)?,
            }
        }
        Ok(())
    }

    /// Computes the amounts of an earning before limits; `None` if its condition is false.
    fn compute_amounts(
        &self,
        earning: &EarningRule,
        occurrence: &Occurrence<'_>,
    ) -> Result<Option<Vec<(usize, i64)>>, EvalError> {
        let view = self.state_view();
        let env = view.expression_env(occurrence);
        if let Some(condition) = &earning.condition
            && !condition.eval_condition(&env)?
        {
            return Ok(None);
        }
        let mut amounts = Vec::with_capacity(earning.points.len());
        for (currency, amount) in &earning.points {
            let amount = match amount {
                AmountRule::Fixed(amount) => *amount,
                AmountRule::Computed(expression) => expression
                    .eval_number(&env)?
                    .trunc()
                    .ok_or(EvalError::Overflow)?,
            };
            amounts.push((*currency, amount));
        }
        Ok(Some(amounts))
    }

    /// Plans the payment of what cooldown and limit leave of the amounts.
    fn plan_payment(
        &mut self,
        index: usize,
        mut amounts: Vec<(usize, i64)>,
    ) -> Result<(), MissingCells> {
        // Paying nothing starts no cooldown and uses up no limit.
        amounts.retain(|(_, amount)| *amount != 0);
        if amounts.is_empty() {
            return Ok(());
        }
        let rule = RuleRef::Earning(index);
        let earning = &self.rules.earnings[index];
        if let Some(until) = self.cooldown_end(earning) {
            self.record_skip(rule, || SkipReason::CoolingDown { until });
            return Ok(());
        }
        let limit = earning.limit.map(|limit| &self.rules.limits[limit]);
        if let Some(limit) = limit {
            for (currency, amount) in &mut amounts {
                let left = self.cut_to_limit(limit, *currency, *amount);
                // A limit cuts an amount, and never turns it into its opposite.
                debug_assert!(
                    (*amount).min(0) <= left && left <= (*amount).max(0),
                    "a cut amount is between zero and the whole"
                );
                self.record_limit_cut(index, *currency, *amount - left);
                *amount = left;
            }
            amounts.retain(|(_, amount)| *amount != 0);
            if amounts.is_empty() {
                self.record_skip(rule, || SkipReason::LimitReached);
                return Ok(());
            }
        }
        if !self.reserve_points(&amounts) {
            self.record_failure(rule, OVERFLOW.to_owned());
            return Ok(());
        }
        // Counted now, not when the effect is applied: the next earning of this generation may
        // share the limit.
        if let Some(limit) = limit {
            self.count_against_limit(limit, &amounts);
        }
        // Only here, because a cooldown counts from the last payment (S11).
        if let Some((_, slot)) = earning.cooldown {
            let cell = Cell::Dated {
                at: self.at,
                value: Decimal::ONE,
            };
            self.state.put_cell(CellId::new(slot, ""), Some(cell));
        }
        self.effects.push(Effect::Pay {
            earning: index,
            amounts,
        });
        Ok(())
    }

    /// Returns the end of an earning's cooldown, if it is cooling down.
    fn cooldown_end(&self, earning: &EarningRule) -> Option<Timestamp> {
        let (length, slot) = earning.cooldown?;
        let Some(Cell::Dated { at, .. }) = self.state.header_cell(slot) else {
            return None;
        };
        Some(at.plus_micros(length)).filter(|until| self.at < *until)
    }

    /// Cuts an amount to its limit. Limits in points pay the remainder and ignore negative amounts
    /// (S11).
    fn cut_to_limit(&self, limit: &LimitRule, currency: usize, amount: i64) -> i64 {
        match limit.maximum {
            LimitMaximum::Points(_) if amount <= 0 => amount,
            LimitMaximum::Points(most) => amount
                .min(most.saturating_sub(self.used_of_limit(limit, limit_slot(limit, currency)))),
            LimitMaximum::Times(most) if self.used_of_limit(limit, limit.slot) < most => amount,
            LimitMaximum::Times(_) => 0,
        }
    }

    /// Counts a payment against its limit.
    fn count_against_limit(&mut self, limit: &LimitRule, amounts: &[(usize, i64)]) {
        let period = self.limit_period(limit);
        let uses: Vec<(CellSlot, i64)> = match limit.maximum {
            // One payment counts once, in however many currencies it pays.
            LimitMaximum::Times(_) => vec![(limit.slot, 1)],
            LimitMaximum::Points(_) => amounts
                .iter()
                .filter(|(_, amount)| *amount > 0)
                .map(|(currency, amount)| (limit_slot(limit, *currency), *amount))
                .collect(),
        };
        for (slot, amount) in uses {
            let used = self.used_of_limit(limit, slot).saturating_add(amount);
            let cell = Cell::Periodic {
                period,
                value: Decimal::from_int(used),
            };
            self.state.put_cell(CellId::new(slot, ""), Some(cell));
        }
    }

    /// Returns the part of a limit that is used up in the period of the event.
    fn used_of_limit(&self, limit: &LimitRule, slot: CellSlot) -> i64 {
        match self.state.header_cell(slot) {
            Some(Cell::Periodic { period, value }) if *period == self.limit_period(limit) => {
                value.trunc().unwrap_or(i64::MAX)
            }
            _ => 0,
        }
    }

    fn limit_period(&self, limit: &LimitRule) -> i64 {
        match limit.per {
            LimitPeriod::Calendar(calendar) => self.current_period(calendar, limit.player_zone),
            // One period that never ends.
            LimitPeriod::Ever => 0,
        }
    }

    /// Reserves room in the balances for the points of an effect; `false` on overflow (S11).
    ///
    /// The smallest 64-bit integer counts as an overflow, so that every amount and balance can be
    /// negated.
    pub(super) fn reserve_points(&mut self, amounts: &[(usize, i64)]) -> bool {
        // A copy, so that nothing is reserved if one of several amounts does not fit.
        let mut pending = self.reserved_points.clone();
        for (currency, amount) in amounts {
            let position = pending
                .iter()
                .position(|(other, _)| other == currency)
                .unwrap_or_else(|| {
                    pending.push((*currency, 0));
                    pending.len() - 1
                });
            let balance = self.state.balance(self.rules.currencies[*currency].slot);
            let Some(sum) = pending[position].1.checked_add(*amount) else {
                return false;
            };
            if *amount == i64::MIN
                || balance
                    .checked_add(sum)
                    .is_none_or(|balance| balance == i64::MIN)
            {
                return false;
            }
            pending[position].1 = sum;
        }
        self.reserved_points = pending;
        true
    }
}

/// Returns the slot of a currency within a limit. The compiler reserves one for each currency.
fn limit_slot(limit: &LimitRule, currency: usize) -> CellSlot {
    limit.slot + CellSlot::try_from(currency).expect("a catalog has few currencies")
}
