//! Timers: changes that time alone causes, at their exact instant and before the events of that
//! instant (S10).
//!
//! The next timer of a state is the earliest of its own timers and of the instants in the catalog.
//! A timer event is folded at that instant, like a recorded event, and the rules that depend on it
//! are evaluated. Timers are cells in a slot of their own. A window has one timer, for its oldest
//! entry; if that entry is gone when the timer fires, it only schedules the next one. So an event
//! touches timers only if it adds to an empty window.

use std::borrow::Cow;

use super::cell::{Cell, CellId};
use super::derived_events::DerivedEvent;
use super::state::{MissingCells, PlayerState};
use super::step::{Occurrence, StepContext, step};
use crate::catalog::Catalog;
use crate::catalog::rules::{CellSlot, TimerPurpose};
use crate::event::Event;
use crate::limits;
use crate::names::TIMER_EVENT;
use crate::time::{DAY, Timestamp};
use crate::value::Props;

/// Returns the next instant, at or before `until`, at which time alone may change a state; `None`
/// if there is none, or for a player without events. Only the header needs to be loaded.
///
/// ```
/// use accolade_core::{catalog::Catalog, event::Event, fold, props, time::Timestamp};
///
/// let catalog = Catalog::from_toml(r#"
///     [[badge]]
///     id = "away"
///     criterion = { all = [{ count = "visit" }, { not = { count = "visit", within = "30d" } }] }
/// "#).unwrap();
/// let visit = Event {
///     id: "visit-1".into(),
///     player: "ada".into(),
///     name: "visit".into(),
///     at: "2026-11-20T10:00:00Z".parse().unwrap(),
///     order: 0,
///     props: props! {},
/// };
/// let mut state = fold::replay(&catalog, [&visit]);
/// let due = fold::next_timer(&catalog, &state, Timestamp::LAST).unwrap();
/// assert_eq!(due.to_string(), "2026-12-20T10:00:00Z");
///
/// state.step(&catalog, &fold::timer_event("ada", due), false);
/// assert_eq!(state.badge_cell(catalog.rules().badges[0].slot).unwrap().held_count(None), 1);
/// assert_eq!(fold::next_timer(&catalog, &state, Timestamp::LAST), None);
/// ```
pub fn next_timer(catalog: &Catalog, state: &PlayerState, until: Timestamp) -> Option<Timestamp> {
    let as_of = state.header.as_of?;
    let instants = &catalog.rules().fixed_instants;
    // Instants up to `as_of` have been processed.
    let instant = instants
        .get(instants.partition_point(|(at, _)| *at <= as_of))
        .map(|(at, _)| *at);
    // A timer is never due in the past: its step must not come before what was folded already.
    let timer = state.header.next_timer.map(|next| next.max(as_of));
    timer
        .into_iter()
        .chain(instant)
        .min()
        .filter(|at| *at <= until)
}

/// Creates the event that processes timers at an instant. It is folded and never recorded.
pub fn timer_event(player: &str, at: Timestamp) -> Event {
    let id = format!("{TIMER_EVENT}:{at}");
    Event {
        id,
        player: player.to_owned(),
        name: TIMER_EVENT.to_owned(),
        at,
        order: 0,
        props: Props::default(),
    }
}

/// Processes the timers that are due at or before an instant.
///
/// # Errors
/// [`MissingCells`] names the cells to load first. Supply them and repeat the call, which then
/// continues.
pub(super) fn advance_to(
    catalog: &Catalog,
    state: &mut PlayerState,
    player: &str,
    until: Timestamp,
) -> Result<(), MissingCells> {
    while let Some(at) = next_timer(catalog, state, until) {
        step(catalog, state, &timer_event(player, at), false)?;
    }
    Ok(())
}

impl StepContext<'_> {
    /// Fires the timers up to the instant of the event, marks dependents, and returns the derived
    /// events.
    pub(super) fn process_timers(&mut self) -> Result<Vec<DerivedEvent>, MissingCells> {
        let rules = self.rules;
        let mut changed = Vec::new();
        for (slot, key) in self.take_timers()? {
            match rules.timer_purpose(slot) {
                Some(TimerPurpose::Counter(counter)) if self.refresh_window(counter, &key)? => {
                    changed.push((counter, key))
                }
                Some(TimerPurpose::Lots(currency)) => self.expire_lots(currency)?,
                Some(TimerPurpose::Age(age)) => self.fire_age_timer(age)?,
                Some(TimerPurpose::Badge(badge)) => self
                    .pending_dependents
                    .push((rules.badges[badge].to_dependent(badge), key)),
                // Nothing left the window, or the rule of the timer is gone.
                Some(TimerPurpose::Counter(_)) | None => {}
            }
        }
        // Only after all windows have slid: a criterion may read several of them.
        self.mark_changed_counters(changed)?;
        self.mark_reached_instants();
        self.apply_effects()
    }

    /// Marks the dependents of changed counters. Values that criteria per key carry are read from
    /// the current event.
    pub(super) fn mark_changed_counters(
        &mut self,
        changed: Vec<(usize, Box<str>)>,
    ) -> Result<(), MissingCells> {
        let event = self.event;
        let occurrence = Occurrence {
            name: &event.name,
            props: Cow::Borrowed(&event.props),
        };
        for (counter, key) in changed {
            self.mark_keyed_dependents(
                &self.rules.counters[counter].dependents,
                &key,
                &occurrence,
            )?;
        }
        Ok(())
    }

    /// Marks the dependents of the catalog's instants that have been reached.
    fn mark_reached_instants(&mut self) {
        let (instants, as_of) = (&self.rules.fixed_instants, self.state.header.as_of);
        let first = instants.partition_point(|(at, _)| Some(*at) <= as_of);
        let come = instants[first..]
            .iter()
            .take_while(|(at, _)| *at <= self.at);
        self.pending_dependents
            .extend(come.map(|(_, dependent)| (*dependent, Box::default())));
    }

    /// Schedules a timer.
    pub(super) fn schedule_timer(
        &mut self,
        at: Timestamp,
        slot: CellSlot,
        key: &str,
    ) -> Result<(), MissingCells> {
        // Where clocks go back across midnight, a day goes on after the next one has begun, so its
        // end can be in the past. `next_timer` fires such a timer at once.
        debug_assert!(
            self.at < at.plus_micros(DAY) || at == Timestamp::LAST,
            "a timer is never set for the past, except while a clock goes back"
        );
        let id = CellId::new(self.rules.timer_slot, &timer_key(at, slot, key));
        // The same timer can be scheduled several times, and fires once.
        if self.state.read_cell(&id)?.is_none() {
            self.state.put_cell(id, Some(Cell::Mark));
        }
        // It goes into the header, so that the next timer is known without loading any.
        self.next_timer = Some(self.next_timer.map_or(at, |next| next.min(at)));
        Ok(())
    }

    /// Removes the timers that are due and returns their slots and keys, in order of instant, slot
    /// and key.
    fn take_timers(&mut self) -> Result<Vec<(CellSlot, Box<str>)>, MissingCells> {
        // An instant of the catalog needs no timers, so they need not be loaded.
        if self.next_timer.is_none_or(|next| next > self.at) {
            return Ok(Vec::new());
        }
        let (mut due, mut fired, mut next) = (Vec::new(), Vec::new(), None);
        for (id, _) in self.state.slot_cells(self.rules.timer_slot)? {
            let Some((at, slot, key)) = parse_timer_key(&id.key) else {
                continue;
            };
            // In order of instants, so this is the next timer, and all others are later.
            if at > self.at {
                next = Some(at);
                break;
            }
            due.push((slot, key.into()));
            fired.push(id.clone());
        }
        self.next_timer = next;
        fired
            .into_iter()
            .for_each(|id| self.state.put_cell(id, None));
        Ok(due)
    }
}

/// Encodes a timer as a key whose order of bytes is that of instants, slots and keys.
pub(super) fn timer_key(at: Timestamp, slot: CellSlot, key: &str) -> String {
    // Counted from the first instant, because a negative number would not sort as text.
    let micros = at.as_micros() - limits::FIRST_INSTANT;
    format!("{micros:016x}\0{slot:08x}\0{key}")
}

pub(super) fn parse_timer_key(key: &str) -> Option<(Timestamp, CellSlot, &str)> {
    let (micros, rest) = key.split_once('\0')?;
    let (slot, key) = rest.split_once('\0')?;
    let micros = i64::from_str_radix(micros, 16)
        .ok()?
        .checked_add(limits::FIRST_INSTANT)?;
    Some((
        Timestamp::from_micros(micros)?,
        CellSlot::from_str_radix(slot, 16).ok()?,
        key,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s10_timers_are_ordered_by_instant_slot_and_key() {
        let timer = |micros: i64, slot, key| (Timestamp::from_micros(micros).unwrap(), slot, key);
        let timers = [
            timer(limits::FIRST_INSTANT, 5, "z"),
            timer(-1, 3, ""),
            timer(0, 9, ""),
            timer(0, 10, ""),
            timer(0, 10, "a"),
            timer(0, 10, "a\0b"),
            timer(0, 255, ""),
            timer(0, 256, ""),
            timer(9, 1, ""),
            timer(10, 1, ""),
            timer(limits::LAST_INSTANT - 1, CellSlot::MAX, "é"),
        ];
        let keys = timers.map(|(at, slot, key)| timer_key(at, slot, key));
        assert!(keys.is_sorted(), "{keys:#?}");
        for (timer, key) in timers.iter().zip(&keys) {
            assert_eq!(parse_timer_key(key).as_ref(), Some(timer));
        }
    }
}
