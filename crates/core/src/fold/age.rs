//! Age: complete units of time since the player joined, as the catalog's calendar counts them.

use super::state::Missing;
use super::step::Turn;
use crate::catalog::rules::AgeRule;
use crate::time::{self, Calendar, Timestamp};
use crate::value::Props;

/// The attribute that says when a player joined.
pub(super) const JOINED: &str = "joined";

impl Turn<'_> {
    /// The player's age at the instant of the turn.
    pub(super) fn age(&self, unit: Calendar) -> i64 {
        unit.complete(self.joined(), self.at, &self.rules.zone)
    }

    /// Sets the timers for the ages that a player will reach.
    pub(super) fn schedule_ages(&mut self) -> Result<(), Missing> {
        let rules = self.rules;
        rules.ages.iter().try_for_each(|age| self.schedule_age(age))
    }

    /// Judges by ages anew, because the player joined at another time than it seemed, or because everything is judged
    /// anew.
    pub(super) fn restart_ages(&mut self) -> Result<(), Missing> {
        let rules = self.rules;
        rules.ages.iter().for_each(|age| self.mark(&age.dependents));
        self.schedule_ages()
    }

    /// Marks whom an age concerns, if it is reached at this very instant: the player may have joined at another time
    /// since the timer was set.
    pub(super) fn come_of_age(&mut self, index: usize) -> Result<(), Missing> {
        let rule = &self.rules.ages[index];
        if rule
            .unit
            .after(self.joined(), self.age(rule.unit), &self.rules.zone)
            == Some(self.at)
        {
            self.mark(&rule.dependents);
        }
        if rule.again {
            self.schedule_age(rule)
        } else {
            Ok(())
        }
    }

    fn schedule_age(&mut self, rule: &AgeRule) -> Result<(), Missing> {
        let target = if rule.again {
            (self.age(rule.unit) / rule.target)
                .saturating_add(1)
                .saturating_mul(rule.target)
        } else {
            rule.target
        };
        match rule.unit.after(self.joined(), target, &self.rules.zone) {
            Some(at) if at > self.at => self.schedule(at, rule.slot, ""),
            _ => Ok(()),
        }
    }

    /// When the player joined: as the profile says, else at the first event.
    fn joined(&self) -> Timestamp {
        let header = &self.state.header;
        let told = told(&header.profile)
            .and_then(|text| time::instant_or_midnight(text, &self.rules.zone));
        told.or(header.first_at).unwrap_or(self.at)
    }
}

/// What a profile says about when the player joined.
pub(super) fn told(profile: &Props) -> Option<&str> {
    profile.get(JOINED)?.as_text()
}
