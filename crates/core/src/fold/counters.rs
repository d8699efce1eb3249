//! Counters: contributions of events, and values at an instant.

use jiff::tz::TimeZone;

use super::cell::{Cell, CellId, WindowEntry};
use super::sliding_window::WindowAggregate;
use super::state::MissingCells;
use super::step::{Occurrence, StepContext};
use super::step_report::SkipReason;
use crate::catalog::document::RepeatMode;
use crate::catalog::rules::{
    AgainMode, CellSlot, CounterOperator, CounterRule, DependentRule, RuleRef,
};
use crate::expr::EvalError;
use crate::number::Decimal;
use crate::time::{CalendarUnit, TimeWindow};

/// The contribution of an event to a counter.
struct Contribution {
    key: String,
    value: Decimal,
    text: String,
}

impl StepContext<'_> {
    /// Adds the occurrence to every counter that listens, and marks the dependents of those
    /// counters.
    pub(super) fn update_counters(
        &mut self,
        occurrence: &Occurrence<'_>,
    ) -> Result<(), MissingCells> {
        let Some(listeners) = self.rules.listeners.get(occurrence.name) else {
            return Ok(());
        };
        for &index in &listeners.counters {
            let counter = &self.rules.counters[index];
            self.current_counter = Some(index);
            if !counter.bounds.contains(self.at) {
                self.skip_owners(&counter.owners, |turn| turn.bounds_reason(&counter.bounds));
                continue;
            }
            match self.evaluate_contribution(counter, occurrence) {
                Ok(Some(contribution)) => {
                    // A window may have run out since the last event. Badges by edges must see that
                    // their criterion was false in between, or this contribution would not count as
                    // a new edge.
                    self.refresh_edges(&counter.dependents)?;
                    let before = self.value_before(index, &contribution.key)?;
                    if self.add_contribution(counter, &contribution)? {
                        self.record_counter_update(
                            index,
                            &contribution.key,
                            contribution.value,
                            before,
                        )?;
                        self.mark_keyed_dependents(
                            &counter.dependents,
                            &contribution.key,
                            occurrence,
                        )?;
                    }
                }
                Ok(None) => self.skip_owners(&counter.owners, |turn| {
                    let why = counter
                        .condition
                        .as_ref()
                        .and_then(|c| c.why_false(&turn.state_view().expression_env(occurrence)));
                    SkipReason::ConditionFalse(why)
                }),
                // Rules that share the counter fail together (S9), and each of them is named.
                Err(error) => self.fail_owners(&counter.owners, &error.to_string()),
            }
        }
        self.current_counter = None;
        Ok(())
    }

    /// Evaluates the contribution of an occurrence; `None` if the condition is false.
    fn evaluate_contribution(
        &self,
        counter: &CounterRule,
        occurrence: &Occurrence<'_>,
    ) -> Result<Option<Contribution>, EvalError> {
        let view = self.state_view();
        let env = view.expression_env(occurrence);
        if let Some(condition) = &counter.condition
            && !condition.eval_condition(&env)?
        {
            return Ok(None);
        }
        let key = counter
            .key
            .as_ref()
            .map(|key| key.eval_key(&env))
            .transpose()?
            .map(Into::into)
            .unwrap_or_default();
        let (value, text) = match &counter.operator {
            CounterOperator::Count => (Decimal::ONE, String::new()),
            CounterOperator::Sum(of) | CounterOperator::Max(of) | CounterOperator::Latest(of) => {
                (of.eval_number(&env)?, String::new())
            }
            CounterOperator::Distinct(of) => (Decimal::ONE, of.eval_key(&env)?.into()),
        };
        Ok(Some(Contribution { key, value, text }))
    }

    /// Adds a contribution; returns `false` if the sum overflows, which is an error of the rules
    /// (S11).
    fn add_contribution(
        &mut self,
        counter: &CounterRule,
        new: &Contribution,
    ) -> Result<bool, MissingCells> {
        match counter.window {
            None => self.add_to_total(counter, new),
            Some(TimeWindow::Calendar(calendar)) => self.add_to_period(counter, calendar, new),
            Some(TimeWindow::Sliding(length)) => self.add_to_window(counter, length, new),
        }
    }

    fn add_to_total(
        &mut self,
        counter: &CounterRule,
        new: &Contribution,
    ) -> Result<bool, MissingCells> {
        let id = CellId::new(counter.slot, &new.key);
        let before = match self.state.read_cell(&id)? {
            Some(Cell::Number(number)) => Some(*number),
            _ => None,
        };
        if matches!(counter.operator, CounterOperator::Distinct(_)) {
            let member = CellId::for_part(counter.slot, &new.key, &new.text);
            if self.state.read_cell(&member)?.is_some() {
                return Ok(true);
            }
            self.state.put_cell(member, Some(Cell::Mark));
        }
        let Some(value) = combine_values(&counter.operator, before, new.value) else {
            self.fail_owners(&counter.owners, OVERFLOW);
            return Ok(false);
        };
        self.state.put_cell(id, Some(Cell::Number(value)));
        Ok(true)
    }

    fn add_to_period(
        &mut self,
        counter: &CounterRule,
        calendar: CalendarUnit,
        new: &Contribution,
    ) -> Result<bool, MissingCells> {
        let period = self.current_period(calendar, counter.player_zone);
        // Values of earlier periods are overwritten, not deleted when the period ends: most keys
        // have no timer, and reading compares the period.
        let id = CellId::new(counter.slot, &new.key);
        let before = match self.state.read_cell(&id)? {
            Some(Cell::Periodic {
                period: stored,
                value,
            }) if *stored == period => Some(*value),
            _ => None,
        };
        if matches!(counter.operator, CounterOperator::Distinct(_)) {
            let member = CellId::for_part(counter.slot, &new.key, &new.text);
            if matches!(self.state.read_cell(&member)?, Some(Cell::Periodic { period: stored, .. }) if *stored == period)
            {
                return Ok(true);
            }
            self.state.put_cell(
                member,
                Some(Cell::Periodic {
                    period,
                    value: Decimal::ONE,
                }),
            );
        }
        let Some(value) = combine_values(&counter.operator, before, new.value) else {
            self.fail_owners(&counter.owners, OVERFLOW);
            return Ok(false);
        };
        self.state
            .put_cell(id, Some(Cell::Periodic { period, value }));
        // One timer per period is enough: it fires when the period ends.
        if counter.needs_timer && before.is_none() {
            let end = calendar.period_start(period + 1, &self.effective_zone(counter.player_zone));
            self.schedule_timer(end, counter.slot, &new.key)?;
        }
        Ok(true)
    }

    fn add_to_window(
        &mut self,
        counter: &CounterRule,
        length: i64,
        new: &Contribution,
    ) -> Result<bool, MissingCells> {
        let (was_empty, fits) = match window_aggregate(&counter.operator) {
            None => {
                let id = CellId::new(counter.slot, &new.key);
                // The timer of a value that is replaced stays. When it fires, it moves on to the
                // new one.
                let was_empty = self.state.read_cell(&id)?.is_none();
                self.state.put_cell(
                    id,
                    Some(Cell::Dated {
                        at: self.at,
                        value: new.value,
                    }),
                );
                (was_empty, true)
            }
            Some(aggregate) => {
                // Old entries leave first, so that they cannot make the sum overflow. A window that
                // is not empty has its timer already.
                self.slide_window(counter.slot, &new.key, length, aggregate)?;
                let was_empty = counter.needs_timer
                    && self
                        .state
                        .read_cell(&CellId::new(counter.slot, &new.key))?
                        .is_none();
                let entry = WindowEntry {
                    at: self.at,
                    value: new.value,
                    text: new.text.as_str().into(),
                };
                (
                    was_empty,
                    self.push_entry(counter.slot, &new.key, entry, aggregate)?,
                )
            }
        };
        if !fits {
            self.fail_owners(&counter.owners, OVERFLOW);
        } else if counter.needs_timer && was_empty {
            self.schedule_timer(self.at.plus_micros(length), counter.slot, &new.key)?;
        }
        Ok(fits)
    }

    /// Removes from a timed counter what has left its window, and schedules the timer for the next
    /// removal. Returns true if the value may have changed.
    pub(super) fn refresh_window(&mut self, index: usize, key: &str) -> Result<bool, MissingCells> {
        let counter = &self.rules.counters[index];
        let id = CellId::new(counter.slot, key);
        let (changed, next) = match (counter.window, self.state.read_cell(&id)?) {
            (Some(TimeWindow::Sliding(length)), Some(Cell::Window { .. })) => {
                let exit = |turn: &Self| {
                    Ok(turn
                        .oldest_entry_at(counter.slot, key)?
                        .map(|at| at.plus_micros(length)))
                };
                let changed = exit(self)?.is_some_and(|exit| exit <= self.at);
                if let Some(aggregate) = window_aggregate(&counter.operator) {
                    self.slide_window(counter.slot, key, length, aggregate)?;
                }
                (changed, exit(self)?)
            }
            (Some(TimeWindow::Sliding(length)), Some(Cell::Dated { at, .. })) => {
                let exit = at.plus_micros(length);
                (exit <= self.at, Some(exit))
            }
            (Some(TimeWindow::Calendar(calendar)), Some(Cell::Periodic { period, .. })) => {
                let (period, zone) = (*period, self.effective_zone(counter.player_zone));
                // After a move to another time zone, the stored period may still be in the future.
                let has_begun = period <= calendar.period_at(self.at, &zone);
                (
                    has_begun,
                    Some(calendar.period_start(period + i64::from(has_begun), &zone)),
                )
            }
            // A reset may have removed the cell.
            _ => return Ok(false),
        };
        match next {
            Some(next) if next > self.at => self.schedule_timer(next, counter.slot, key)?,
            _ => self.state.put_cell(id, None),
        }
        Ok(changed)
    }

    /// Schedules the timers of counters that follow the player's time zone again, and marks their
    /// dependents.
    pub(super) fn reschedule_zone_counters(&mut self) -> Result<(), MissingCells> {
        // All counters first, because a criterion may read several of them.
        let mut changed = Vec::new();
        let counters = self.rules.counters.iter().enumerate();
        for (index, counter) in
            counters.filter(|(_, counter)| counter.needs_timer && counter.player_zone)
        {
            let keys: Vec<Box<str>> = match &counter.key {
                None => vec![Box::default()],
                Some(_) => self.counter_keys(counter.slot)?,
            };
            for key in keys {
                self.refresh_window(index, &key)?;
                changed.push((index, key));
            }
        }
        self.mark_changed_counters(changed)
    }

    /// Lists the keys of a counter that have a value.
    pub(super) fn counter_keys(&self, slot: CellSlot) -> Result<Vec<Box<str>>, MissingCells> {
        let cells = self.state.slot_cells(slot)?;
        // Keys with a NUL belong to parts of a value, such as the chunks of a window.
        Ok(cells
            .filter(|(id, _)| !id.key.contains('\0'))
            .map(|(id, _)| id.key.clone())
            .collect())
    }

    /// Returns the value of a counter at the instant of the event.
    pub(super) fn counter_value(
        &mut self,
        index: usize,
        key: &str,
    ) -> Result<Decimal, MissingCells> {
        let counter = &self.rules.counters[index];
        // A criterion per key may contain a counter that has no keys.
        let key = if counter.key.is_some() { key } else { "" };
        if let (Some(TimeWindow::Sliding(length)), Some(aggregate)) =
            (counter.window, window_aggregate(&counter.operator))
        {
            return self.slide_window(counter.slot, key, length, aggregate);
        }
        let value = match (
            counter.window,
            self.state.read_cell(&CellId::new(counter.slot, key))?,
        ) {
            (None, Some(Cell::Number(value))) => *value,
            (Some(TimeWindow::Calendar(calendar)), Some(Cell::Periodic { period, value })) => {
                let (period, value) = (*period, *value);
                if period == self.current_period(calendar, counter.player_zone) {
                    value
                } else {
                    Decimal::ZERO
                }
            }
            (Some(TimeWindow::Sliding(length)), Some(Cell::Dated { at, value }))
                if self.at < at.plus_micros(length) =>
            {
                *value
            }
            _ => Decimal::ZERO,
        };
        Ok(value)
    }

    /// Returns the number of the calendar period at the instant of the event.
    pub(super) fn current_period(&self, calendar: CalendarUnit, player_zone: bool) -> i64 {
        calendar.period_at(self.at, &self.effective_zone(player_zone))
    }

    /// Returns the player's time zone if asked for and set, or else the catalog's.
    fn effective_zone(&self, of_player: bool) -> TimeZone {
        // `decide` has checked the name, but the time-zone database of this process may lack it.
        let profile = &self.state.header.profile;
        let own = of_player
            .then(|| {
                profile
                    .get("zone")?
                    .as_text()
                    .and_then(crate::time::find_zone)
            })
            .flatten();
        own.unwrap_or_else(|| self.rules.zone.clone())
    }

    /// Marks the dependents of a changed counter.
    ///
    /// Criteria per key are evaluated at once, because the values that they carry are read from
    /// this occurrence (S8).
    pub(super) fn mark_keyed_dependents(
        &mut self,
        dependents: &[DependentRule],
        key: &str,
        occurrence: &Occurrence<'_>,
    ) -> Result<(), MissingCells> {
        for dependent in dependents {
            match dependent {
                DependentRule::KeyedCriterion(keyed) => {
                    self.evaluate_key(*keyed, key, occurrence)?
                }
                DependentRule::KeyedBadge(_) => {
                    self.pending_dependents.push((*dependent, key.into()))
                }
                DependentRule::Badge(_) | DependentRule::Unlockable(_) => {
                    self.pending_dependents.push((*dependent, Box::default()))
                }
            }
        }
        Ok(())
    }

    /// Updates badges repeated by edges whose criterion has become false by time alone.
    fn refresh_edges(&mut self, dependents: &[DependentRule]) -> Result<(), MissingCells> {
        for dependent in dependents {
            // Repeatable badges have no keys, so no other kind can be one.
            let DependentRule::Badge(index) = dependent else {
                continue;
            };
            let badge = &self.rules.badges[*index];
            if badge.repeat == RepeatMode::Again && badge.again_mode == AgainMode::Edges {
                self.reset_edge(*index)?;
            }
        }
        Ok(())
    }

    fn skip_owners(&mut self, owners: &[RuleRef], reason: impl Fn(&Self) -> SkipReason) {
        if self.trace {
            let reason = reason(self);
            for owner in owners {
                self.record_skip(*owner, || reason.clone());
            }
        }
    }

    pub(super) fn fail_owners(&mut self, owners: &[RuleRef], message: &str) {
        for owner in owners {
            self.record_failure(*owner, message.to_owned());
        }
    }
}

/// The error of a rule whose number is out of range.
pub(super) const OVERFLOW: &str = "overflow: the result is out of range";

/// Returns the aggregate of a sliding window; `None` for `latest`, which stores a single entry.
fn window_aggregate(operator: &CounterOperator) -> Option<WindowAggregate> {
    match operator {
        CounterOperator::Count | CounterOperator::Sum(_) => Some(WindowAggregate::Sum),
        CounterOperator::Max(_) => Some(WindowAggregate::Max),
        CounterOperator::Distinct(_) => Some(WindowAggregate::Distinct),
        CounterOperator::Latest(_) => None,
    }
}

/// Combines the value of a counter with a new one; `None` on overflow.
fn combine_values(
    operator: &CounterOperator,
    before: Option<Decimal>,
    new: Decimal,
) -> Option<Decimal> {
    match (operator, before) {
        (CounterOperator::Latest(_), _) | (_, None) => Some(new),
        (CounterOperator::Max(_), Some(before)) => Some(before.max(new)),
        (_, Some(before)) => before.checked_add(new),
    }
}
