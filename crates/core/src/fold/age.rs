//! Age: complete units of time since the player joined, counted by the catalog's calendar.

use super::state::MissingCells;
use super::step::StepContext;
use crate::catalog::rules::AgeRule;
use crate::time::{self, CalendarUnit, Timestamp};
use crate::value::Props;

/// The attribute with the date on which a player joined.
pub(super) const JOINED: &str = "joined";

impl StepContext<'_> {
    /// Returns the player's age at the instant of the event.
    pub(super) fn player_age(&self, unit: CalendarUnit) -> i64 {
        unit.count_complete(self.joined_at(), self.at, &self.rules.zone)
    }

    /// Schedules timers for the ages that the player will reach.
    pub(super) fn schedule_ages(&mut self) -> Result<(), MissingCells> {
        let rules = self.rules;
        rules.ages.iter().try_for_each(|age| self.schedule_age(age))
    }

    /// Marks all dependents of ages and schedules their timers again, after the date of joining
    /// changed or after a reset.
    pub(super) fn reschedule_ages(&mut self) -> Result<(), MissingCells> {
        let rules = self.rules;
        rules
            .ages
            .iter()
            .for_each(|age| self.mark_dependents(&age.dependents));
        self.schedule_ages()
    }

    /// Fires the timer of an age: marks its dependents if the age is reached at this instant.
    pub(super) fn fire_age_timer(&mut self, index: usize) -> Result<(), MissingCells> {
        let rule = &self.rules.ages[index];
        // The date of joining may have changed since the timer was set. Old timers stay and fire
        // without effect, which is cheaper than finding them.
        if rule.unit.add_units(
            self.joined_at(),
            self.player_age(rule.unit),
            &self.rules.zone,
        ) == Some(self.at)
        {
            self.mark_dependents(&rule.dependents);
        }
        if rule.counts_multiples {
            self.schedule_age(rule)
        } else {
            Ok(())
        }
    }

    /// Schedules the timer of the next age that a rule asks for.
    fn schedule_age(&mut self, rule: &AgeRule) -> Result<(), MissingCells> {
        let target = if rule.counts_multiples {
            (self.player_age(rule.unit) / rule.target)
                .saturating_add(1)
                .saturating_mul(rule.target)
        } else {
            rule.target
        };
        // An age that was reached before needs no timer: the caller marks its dependents.
        match rule
            .unit
            .add_units(self.joined_at(), target, &self.rules.zone)
        {
            Some(at) if at > self.at => self.schedule_timer(at, rule.slot, ""),
            _ => Ok(()),
        }
    }

    /// Returns the instant of joining: from the profile, or else that of the first event.
    fn joined_at(&self) -> Timestamp {
        let header = &self.state.header;
        let attribute = joined_attribute(&header.profile)
            .and_then(|text| time::parse_instant_or_date(text, &self.rules.zone));
        attribute.or(header.first_at).unwrap_or(self.at)
    }
}

/// Reads the date of joining from a profile.
pub(super) fn joined_attribute(profile: &Props) -> Option<&str> {
    profile.get(JOINED)?.as_text()
}
