//! Counters: contributions of events, and values at an instant.

use jiff::tz::TimeZone;

use super::cell::{Cell, CellId, Entry};
use super::state::Missing;
use super::step::{Occurrence, Turn};
use super::trace::SkipReason;
use super::window::Tally;
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

impl Turn<'_> {
    /// Adds the occurrence to every counter that listens, and marks the dependents of those
    /// counters.
    pub(super) fn count(&mut self, occurrence: &Occurrence<'_>) -> Result<(), Missing> {
        let Some(listeners) = self.rules.listeners.get(occurrence.name) else {
            return Ok(());
        };
        for &index in &listeners.counters {
            let counter = &self.rules.counters[index];
            self.counter = Some(index);
            if !counter.bounds.contains(self.at) {
                self.skip_owners(&counter.owners, |turn| turn.out_of_bounds(&counter.bounds));
                continue;
            }
            match self.contribution(counter, occurrence) {
                Ok(Some(contribution)) => {
                    // A window may have run out since the last event. Badges by edges must see that
                    // their criterion was false in between, or this contribution would not count as
                    // a new edge.
                    self.refresh_edges(&counter.dependents)?;
                    let before = self.value_before(index, &contribution.key)?;
                    if self.add(counter, &contribution)? {
                        self.note_counted(index, &contribution.key, contribution.value, before)?;
                        self.concern(&counter.dependents, &contribution.key, occurrence)?;
                    }
                }
                Ok(None) => self.skip_owners(&counter.owners, |turn| {
                    let why = counter
                        .condition
                        .as_ref()
                        .and_then(|c| c.why_false(&turn.view().env(occurrence)));
                    SkipReason::ConditionFalse(why)
                }),
                Err(error) => self.blame(&counter.owners, &error.to_string()),
            }
        }
        self.counter = None;
        Ok(())
    }

    /// Evaluates the contribution of an occurrence; `None` if the condition is false.
    fn contribution(
        &self,
        counter: &CounterRule,
        occurrence: &Occurrence<'_>,
    ) -> Result<Option<Contribution>, EvalError> {
        let view = self.view();
        let env = view.env(occurrence);
        if let Some(condition) = &counter.condition
            && !condition.condition(&env)?
        {
            return Ok(None);
        }
        let key = counter
            .key
            .as_ref()
            .map(|key| key.key(&env))
            .transpose()?
            .map(Into::into)
            .unwrap_or_default();
        let (value, text) = match &counter.operator {
            CounterOperator::Count => (Decimal::ONE, String::new()),
            CounterOperator::Sum(of) | CounterOperator::Max(of) | CounterOperator::Latest(of) => {
                (of.number(&env)?, String::new())
            }
            CounterOperator::Distinct(of) => (Decimal::ONE, of.key(&env)?.into()),
        };
        Ok(Some(Contribution { key, value, text }))
    }

    /// Adds a contribution; returns `false` if the sum overflows, which is an error of the rules
    /// (S11).
    fn add(&mut self, counter: &CounterRule, new: &Contribution) -> Result<bool, Missing> {
        match counter.window {
            None => self.add_for_ever(counter, new),
            Some(TimeWindow::Calendar(calendar)) => self.add_to_period(counter, calendar, new),
            Some(TimeWindow::Sliding(length)) => self.add_to_window(counter, length, new),
        }
    }

    fn add_for_ever(&mut self, counter: &CounterRule, new: &Contribution) -> Result<bool, Missing> {
        let id = CellId::new(counter.slot, &new.key);
        let before = match self.state.get(&id)? {
            Some(Cell::Number(number)) => Some(*number),
            _ => None,
        };
        if matches!(counter.operator, CounterOperator::Distinct(_)) {
            let member = CellId::part(counter.slot, &new.key, &new.text);
            if self.state.get(&member)?.is_some() {
                return Ok(true);
            }
            self.state.put(member, Some(Cell::Mark));
        }
        let Some(value) = combine(&counter.operator, before, new.value) else {
            self.blame(&counter.owners, OVERFLOW);
            return Ok(false);
        };
        self.state.put(id, Some(Cell::Number(value)));
        Ok(true)
    }

    fn add_to_period(
        &mut self,
        counter: &CounterRule,
        calendar: CalendarUnit,
        new: &Contribution,
    ) -> Result<bool, Missing> {
        let period = self.period(calendar, counter.player_zone);
        // Values of earlier periods are overwritten, not deleted when the period ends: most keys
        // have no timer, and reading compares the period.
        let id = CellId::new(counter.slot, &new.key);
        let before = match self.state.get(&id)? {
            Some(Cell::Periodic {
                period: stored,
                value,
            }) if *stored == period => Some(*value),
            _ => None,
        };
        if matches!(counter.operator, CounterOperator::Distinct(_)) {
            let member = CellId::part(counter.slot, &new.key, &new.text);
            if matches!(self.state.get(&member)?, Some(Cell::Periodic { period: stored, .. }) if *stored == period)
            {
                return Ok(true);
            }
            self.state.put(
                member,
                Some(Cell::Periodic {
                    period,
                    value: Decimal::ONE,
                }),
            );
        }
        let Some(value) = combine(&counter.operator, before, new.value) else {
            self.blame(&counter.owners, OVERFLOW);
            return Ok(false);
        };
        self.state.put(id, Some(Cell::Periodic { period, value }));
        // One timer per period is enough: it fires when the period ends.
        if counter.needs_timer && before.is_none() {
            let end = calendar.period_start(period + 1, &self.zone(counter.player_zone));
            self.schedule(end, counter.slot, &new.key)?;
        }
        Ok(true)
    }

    fn add_to_window(
        &mut self,
        counter: &CounterRule,
        length: i64,
        new: &Contribution,
    ) -> Result<bool, Missing> {
        let (was_empty, fits) = match tally(&counter.operator) {
            None => {
                let id = CellId::new(counter.slot, &new.key);
                let was_empty = self.state.get(&id)?.is_none();
                self.state.put(
                    id,
                    Some(Cell::Dated {
                        at: self.at,
                        value: new.value,
                    }),
                );
                (was_empty, true)
            }
            Some(tally) => {
                // Old entries leave first, so that they cannot make the sum overflow. A window that
                // is not empty has its timer already.
                self.slide(counter.slot, &new.key, length, tally)?;
                let was_empty = counter.needs_timer
                    && self
                        .state
                        .get(&CellId::new(counter.slot, &new.key))?
                        .is_none();
                let entry = Entry {
                    at: self.at,
                    value: new.value,
                    text: new.text.as_str().into(),
                };
                (was_empty, self.push(counter.slot, &new.key, entry, tally)?)
            }
        };
        if !fits {
            self.blame(&counter.owners, OVERFLOW);
        } else if counter.needs_timer && was_empty {
            self.schedule(self.at.plus_micros(length), counter.slot, &new.key)?;
        }
        Ok(fits)
    }

    /// Removes from a timed counter what has left its window, and schedules the timer for the next
    /// removal. Returns true if the value may have changed.
    pub(super) fn refresh(&mut self, index: usize, key: &str) -> Result<bool, Missing> {
        let counter = &self.rules.counters[index];
        let id = CellId::new(counter.slot, key);
        let (changed, next) = match (counter.window, self.state.get(&id)?) {
            (Some(TimeWindow::Sliding(length)), Some(Cell::Window { .. })) => {
                let exit = |turn: &Self| {
                    Ok(turn
                        .oldest(counter.slot, key)?
                        .map(|at| at.plus_micros(length)))
                };
                let changed = exit(self)?.is_some_and(|exit| exit <= self.at);
                if let Some(tally) = tally(&counter.operator) {
                    self.slide(counter.slot, key, length, tally)?;
                }
                (changed, exit(self)?)
            }
            (Some(TimeWindow::Sliding(length)), Some(Cell::Dated { at, .. })) => {
                let exit = at.plus_micros(length);
                (exit <= self.at, Some(exit))
            }
            (Some(TimeWindow::Calendar(calendar)), Some(Cell::Periodic { period, .. })) => {
                let (period, zone) = (*period, self.zone(counter.player_zone));
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
            Some(next) if next > self.at => self.schedule(next, counter.slot, key)?,
            _ => self.state.put(id, None),
        }
        Ok(changed)
    }

    /// Schedules the timers of counters that follow the player's time zone again, and marks their
    /// dependents.
    pub(super) fn change_zone(&mut self) -> Result<(), Missing> {
        // All counters first, because a criterion may read several of them.
        let mut changed = Vec::new();
        let counters = self.rules.counters.iter().enumerate();
        for (index, counter) in
            counters.filter(|(_, counter)| counter.needs_timer && counter.player_zone)
        {
            let keys: Vec<Box<str>> = match &counter.key {
                None => vec![Box::default()],
                Some(_) => self.keys_in(counter.slot)?,
            };
            for key in keys {
                self.refresh(index, &key)?;
                changed.push((index, key));
            }
        }
        self.concern_all(changed)
    }

    /// Lists the keys of a counter that have a value.
    pub(super) fn keys_in(&self, slot: CellSlot) -> Result<Vec<Box<str>>, Missing> {
        let cells = self.state.slot(slot)?;
        // Keys with a NUL belong to parts of a value, such as the chunks of a window.
        Ok(cells
            .filter(|(id, _)| !id.key.contains('\0'))
            .map(|(id, _)| id.key.clone())
            .collect())
    }

    /// Returns the value of a counter at the instant of the event.
    pub(super) fn counter_value(&mut self, index: usize, key: &str) -> Result<Decimal, Missing> {
        let counter = &self.rules.counters[index];
        // A criterion per key may contain a counter that has no keys.
        let key = if counter.key.is_some() { key } else { "" };
        if let (Some(TimeWindow::Sliding(length)), Some(tally)) =
            (counter.window, tally(&counter.operator))
        {
            return self.slide(counter.slot, key, length, tally);
        }
        let value = match (
            counter.window,
            self.state.get(&CellId::new(counter.slot, key))?,
        ) {
            (None, Some(Cell::Number(value))) => *value,
            (Some(TimeWindow::Calendar(calendar)), Some(Cell::Periodic { period, value })) => {
                let (period, value) = (*period, *value);
                if period == self.period(calendar, counter.player_zone) {
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
    pub(super) fn period(&self, calendar: CalendarUnit, player_zone: bool) -> i64 {
        calendar.period_at(self.at, &self.zone(player_zone))
    }

    /// Returns the player's time zone if asked for and set, or else the catalog's.
    fn zone(&self, of_player: bool) -> TimeZone {
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
    pub(super) fn concern(
        &mut self,
        dependents: &[DependentRule],
        key: &str,
        occurrence: &Occurrence<'_>,
    ) -> Result<(), Missing> {
        for dependent in dependents {
            match dependent {
                DependentRule::KeyedCriterion(keyed) => self.judge_key(*keyed, key, occurrence)?,
                DependentRule::KeyedBadge(_) => self.dirty.push((*dependent, key.into())),
                DependentRule::Badge(_) | DependentRule::Unlockable(_) => {
                    self.dirty.push((*dependent, Box::default()))
                }
            }
        }
        Ok(())
    }

    /// Updates badges repeated by edges whose criterion has become false by time alone.
    fn refresh_edges(&mut self, dependents: &[DependentRule]) -> Result<(), Missing> {
        for dependent in dependents {
            let DependentRule::Badge(index) = dependent else {
                continue;
            };
            let badge = &self.rules.badges[*index];
            if badge.repeat == RepeatMode::Again && badge.again_mode == AgainMode::Edges {
                self.refresh_edge(*index)?;
            }
        }
        Ok(())
    }

    fn skip_owners(&mut self, owners: &[RuleRef], reason: impl Fn(&Self) -> SkipReason) {
        if self.trace {
            let reason = reason(self);
            for owner in owners {
                self.skip(*owner, || reason.clone());
            }
        }
    }

    pub(super) fn blame(&mut self, owners: &[RuleRef], message: &str) {
        for owner in owners {
            self.problem(*owner, message.to_owned());
        }
    }
}

/// The error of a rule whose number is out of range.
pub(super) const OVERFLOW: &str = "overflow: the result is out of range";

/// Returns the aggregate of a sliding window; `None` for `latest`, which stores a single entry.
fn tally(operator: &CounterOperator) -> Option<Tally> {
    match operator {
        CounterOperator::Count | CounterOperator::Sum(_) => Some(Tally::Sum),
        CounterOperator::Max(_) => Some(Tally::Max),
        CounterOperator::Distinct(_) => Some(Tally::Distinct),
        CounterOperator::Latest(_) => None,
    }
}

/// Combines the value of a counter with a new one; `None` on overflow.
fn combine(operator: &CounterOperator, before: Option<Decimal>, new: Decimal) -> Option<Decimal> {
    match (operator, before) {
        (CounterOperator::Latest(_), _) | (_, None) => Some(new),
        (CounterOperator::Max(_), Some(before)) => Some(before.max(new)),
        (_, Some(before)) => before.checked_add(new),
    }
}
