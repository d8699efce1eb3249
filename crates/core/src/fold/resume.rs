//! Going on under another catalog from a state that was carried over (S22).

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::judge::counters_in;
use super::state::{Missing, State};
use super::step::{Occurrence, Turn, take_turn};
use super::time::moment;
use super::trace::Step;
use crate::catalog::Catalog;
use crate::catalog::rules::Dependent;
use crate::number::Decimal;
use crate::time::Timestamp;

/// Lets a state that was [ported](super::port()) go on under its new catalog at an instant, which must not lie before the
/// state's own: timers are set that the earlier catalog did not need, points that never expired before begin to, and all
/// criteria are judged on what the counters hold.
///
/// # Errors
/// What must be loaded first: a state that is not whole is left as it was.
pub fn resume(
    catalog: &Catalog,
    state: &mut State,
    player: &str,
    at: Timestamp,
) -> Result<Step, Missing> {
    if !state.is_whole() {
        return Err(Missing::All);
    }
    take_turn(catalog, state, &moment(player, at), false, |turn| {
        turn.resume()
    })
}

impl Turn<'_> {
    fn resume(&mut self) -> Result<(), Missing> {
        let rules = self.rules;
        self.resume_timers()?;
        for index in 0..rules.keyed.len() {
            self.judge_keys(index)?;
        }
        let badges = rules
            .badges
            .iter()
            .enumerate()
            .map(|(index, badge)| badge.dependent(index));
        let unlockables = (0..rules.unlockables.len()).map(Dependent::Unlockable);
        self.dirty.extend(
            badges
                .chain(unlockables)
                .map(|dependent| (dependent, Box::default())),
        );
        self.generations(Vec::new())
    }

    /// Sets the timers that the state asks for under this catalog; those that are set already stay.
    fn resume_timers(&mut self) -> Result<(), Missing> {
        let rules = self.rules;
        for (index, counter) in rules
            .counters
            .iter()
            .enumerate()
            .filter(|(_, counter)| counter.timed)
        {
            let keys = match &counter.key {
                None => vec![Box::default()],
                Some(_) => self.keys_in(counter.slot)?,
            };
            for key in keys {
                self.refresh(index, &key)?;
            }
        }
        for currency in &rules.currencies {
            let balance = self.state.number(currency.slot);
            if let Some(expiry) = currency.expiry
                && self.state.fixed(expiry.slot).is_none()
            {
                self.settle(expiry, Decimal::ZERO, balance)?;
            }
        }
        for badge in rules.badges.iter().filter(|badge| badge.is_number) {
            let Some(since) = badge.bounds.since.filter(|since| self.at < *since) else {
                continue;
            };
            let offset = self
                .state
                .badge(badge.slot)
                .is_some_and(|cell| cell.offset != Decimal::ZERO);
            let keys = self.keys_in(badge.slot)?;
            for key in offset.then(Box::default).into_iter().chain(keys) {
                self.schedule(since, badge.slot, &key)?;
            }
        }
        self.schedule_ages()
    }

    /// Judges a criterion for each key that it may hold for.
    fn judge_keys(&mut self, index: usize) -> Result<(), Missing> {
        let keyed = &self.rules.keyed[index];
        let mut keys: BTreeSet<Box<str>> = self.keys_in(keyed.slot)?.into_iter().collect();
        let mut counters = Vec::new();
        counters_in(&keyed.node, &mut counters);
        for counter in counters {
            keys.extend(self.keys_in(self.rules.counters[counter].slot)?);
        }
        let event = self.event;
        let occurrence = Occurrence {
            name: &event.name,
            props: Cow::Borrowed(&event.props),
        };
        keys.iter()
            .try_for_each(|key| self.judge_key(index, key, &occurrence))
    }
}
