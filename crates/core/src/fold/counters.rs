//! Counters: what events add to them, and what they come to at an instant.

use jiff::tz::TimeZone;

use super::cell::{Cell, CellId, Entry};
use super::state::Missing;
use super::step::{Occurrence, Turn};
use super::trace::SkipReason;
use super::window::Tally;
use crate::catalog::document::Repeat;
use crate::catalog::rules::{Again, Counter, CounterOperator, Dependent, RuleRef, Slot};
use crate::expr::EvalError;
use crate::number::Decimal;
use crate::time::{Calendar, Window};

/// What an event brings to a counter.
struct Contribution {
    key: String,
    value: Decimal,
    text: String,
}

impl Turn<'_> {
    /// Lets every counter that listens take the occurrence in, and marks whom that concerns.
    pub(super) fn count(&mut self, occurrence: &Occurrence<'_>) -> Result<(), Missing> {
        let Some(listeners) = self.rules.listeners.get(occurrence.name) else {
            return Ok(());
        };
        for &index in &listeners.counters {
            let counter = &self.rules.counters[index];
            self.counter = Some(index);
            if !counter.bounds.contain(self.at) {
                self.skip_owners(&counter.owners, |turn| turn.out_of_bounds(&counter.bounds));
                continue;
            }
            match self.contribution(counter, occurrence) {
                Ok(Some(contribution)) => {
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

    /// What the occurrence brings; `None` when the condition is false.
    fn contribution(
        &self,
        counter: &Counter,
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

    /// Adds a contribution; `false` when the sum overflows, which is the rules' error (S11).
    fn add(&mut self, counter: &Counter, new: &Contribution) -> Result<bool, Missing> {
        match counter.window {
            None => self.add_for_ever(counter, new),
            Some(Window::Calendar(calendar)) => self.add_to_period(counter, calendar, new),
            Some(Window::Sliding(length)) => self.add_to_window(counter, length, new),
        }
    }

    fn add_for_ever(&mut self, counter: &Counter, new: &Contribution) -> Result<bool, Missing> {
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
        counter: &Counter,
        calendar: Calendar,
        new: &Contribution,
    ) -> Result<bool, Missing> {
        let period = self.period(calendar, counter.player_zone);
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
        if counter.timed && before.is_none() {
            let end = calendar.start(period + 1, &self.zone(counter.player_zone));
            self.schedule(end, counter.slot, &new.key)?;
        }
        Ok(true)
    }

    fn add_to_window(
        &mut self,
        counter: &Counter,
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
                self.slide(counter.slot, &new.key, length, tally)?;
                let was_empty = counter.timed
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
        } else if counter.timed && was_empty {
            self.schedule(self.at.plus(length), counter.slot, &new.key)?;
        }
        Ok(fits)
    }

    /// Lets a timed counter forget what has left its window, and sets the timer for what leaves it next. Says whether
    /// that may have changed its value.
    pub(super) fn refresh(&mut self, index: usize, key: &str) -> Result<bool, Missing> {
        let counter = &self.rules.counters[index];
        let id = CellId::new(counter.slot, key);
        let (changed, next) = match (counter.window, self.state.get(&id)?) {
            (Some(Window::Sliding(length)), Some(Cell::Window { .. })) => {
                let exit =
                    |turn: &Self| Ok(turn.oldest(counter.slot, key)?.map(|at| at.plus(length)));
                let changed = exit(self)?.is_some_and(|exit| exit <= self.at);
                if let Some(tally) = tally(&counter.operator) {
                    self.slide(counter.slot, key, length, tally)?;
                }
                (changed, exit(self)?)
            }
            (Some(Window::Sliding(length)), Some(Cell::Dated { at, .. })) => {
                let exit = at.plus(length);
                (exit <= self.at, Some(exit))
            }
            (Some(Window::Calendar(calendar)), Some(Cell::Periodic { period, .. })) => {
                let (period, zone) = (*period, self.zone(counter.player_zone));
                // The player may have moved to a zone where the period is yet to come.
                let has_begun = period <= calendar.period(self.at, &zone);
                (
                    has_begun,
                    Some(calendar.start(period + i64::from(has_begun), &zone)),
                )
            }
            _ => return Ok(false),
        };
        match next {
            Some(next) if next > self.at => self.schedule(next, counter.slot, key)?,
            _ => self.state.put(id, None),
        }
        Ok(changed)
    }

    /// Sets the timers of counters anew that follow the player's zone, and marks whom they concern.
    pub(super) fn change_zone(&mut self) -> Result<(), Missing> {
        let mut changed = Vec::new();
        let counters = self.rules.counters.iter().enumerate();
        for (index, counter) in counters.filter(|(_, counter)| counter.timed && counter.player_zone)
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

    /// The keys of a counter that have a value.
    pub(super) fn keys_in(&self, slot: Slot) -> Result<Vec<Box<str>>, Missing> {
        let cells = self.state.slot(slot)?;
        Ok(cells
            .filter(|(id, _)| !id.key.contains('\0'))
            .map(|(id, _)| id.key.clone())
            .collect())
    }

    /// What a counter comes to at the instant of the turn.
    pub(super) fn counter_value(&mut self, index: usize, key: &str) -> Result<Decimal, Missing> {
        let counter = &self.rules.counters[index];
        let key = if counter.key.is_some() { key } else { "" };
        if let (Some(Window::Sliding(length)), Some(tally)) =
            (counter.window, tally(&counter.operator))
        {
            return self.slide(counter.slot, key, length, tally);
        }
        let value = match (
            counter.window,
            self.state.get(&CellId::new(counter.slot, key))?,
        ) {
            (None, Some(Cell::Number(value))) => *value,
            (Some(Window::Calendar(calendar)), Some(Cell::Periodic { period, value })) => {
                let (period, value) = (*period, *value);
                if period == self.period(calendar, counter.player_zone) {
                    value
                } else {
                    Decimal::ZERO
                }
            }
            (Some(Window::Sliding(length)), Some(Cell::Dated { at, value }))
                if self.at < at.plus(length) =>
            {
                *value
            }
            _ => Decimal::ZERO,
        };
        Ok(value)
    }

    /// The number of the calendar period at the instant of the turn.
    pub(super) fn period(&self, calendar: Calendar, player_zone: bool) -> i64 {
        calendar.period(self.at, &self.zone(player_zone))
    }

    /// The player's zone, or the catalog's where the player has none.
    fn zone(&self, of_player: bool) -> TimeZone {
        let profile = &self.state.header.profile;
        let own = of_player
            .then(|| profile.get("zone")?.as_text().and_then(crate::time::zone))
            .flatten();
        own.unwrap_or_else(|| self.rules.zone.clone())
    }

    /// Marks everybody whom a changed counter concerns; criteria with keys are judged at once, because what they carry
    /// is read from this occurrence.
    pub(super) fn concern(
        &mut self,
        dependents: &[Dependent],
        key: &str,
        occurrence: &Occurrence<'_>,
    ) -> Result<(), Missing> {
        for dependent in dependents {
            match dependent {
                Dependent::Keyed(keyed) => self.judge_key(*keyed, key, occurrence)?,
                Dependent::KeyedBadge(_) => self.dirty.push((*dependent, key.into())),
                Dependent::Badge(_) | Dependent::Unlockable(_) => {
                    self.dirty.push((*dependent, Box::default()))
                }
            }
        }
        Ok(())
    }

    /// Lets badges that wait for their criterion to turn true see that time has made it false.
    fn refresh_edges(&mut self, dependents: &[Dependent]) -> Result<(), Missing> {
        for dependent in dependents {
            let Dependent::Badge(index) = dependent else {
                continue;
            };
            let badge = &self.rules.badges[*index];
            if badge.repeat == Repeat::Again && badge.again == Again::Edges {
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

/// What a rule says whose number leaves its range.
pub(super) const OVERFLOW: &str = "overflow: the number leaves its range";

/// How a window adds up; `None` for `latest`, which needs no window of entries.
fn tally(operator: &CounterOperator) -> Option<Tally> {
    match operator {
        CounterOperator::Count | CounterOperator::Sum(_) => Some(Tally::Sum),
        CounterOperator::Max(_) => Some(Tally::Max),
        CounterOperator::Distinct(_) => Some(Tally::Distinct),
        CounterOperator::Latest(_) => None,
    }
}

/// What a counter comes to after one more value; `None` on overflow.
fn combine(operator: &CounterOperator, before: Option<Decimal>, new: Decimal) -> Option<Decimal> {
    match (operator, before) {
        (CounterOperator::Latest(_), _) | (_, None) => Some(new),
        (CounterOperator::Max(_), Some(before)) => Some(before.max(new)),
        (_, Some(before)) => before.checked_add(new),
    }
}
