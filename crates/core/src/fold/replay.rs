//! The replay of a timeline: `state = fold(catalog, timeline, now)`.

use super::step_report::StepReport;
use super::timers::{next_timer, timer_event};
use super::whole_state::WholeState;
use crate::catalog::Catalog;
use crate::event::Event;
use crate::time::Timestamp;

/// Folds a timeline into a state. This is the only place where a timeline becomes a state.
///
/// For each event, the timers before it are processed first, each at its exact instant (S10), then
/// the event itself is folded. An observer sees every step.
///
/// ```
/// use accolade_core::fold::Replay;
/// use accolade_core::{catalog::Catalog, event::Event, props};
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
/// let new_year = "2027-01-01T00:00:00Z".parse().unwrap();
/// let state = Replay::new(&catalog, "ada").run([&visit], new_year, &mut ());
/// assert_eq!(state.badge_cell(catalog.rules().badges[0].slot).unwrap().held_count(None), 1);
/// ```
pub struct Replay<'a> {
    catalog: &'a Catalog,
    player: &'a str,
    state: WholeState,
}

/// An observer of a replay. The unit type observes nothing; a closure observes the steps.
pub trait FoldObserver {
    /// Called before an event is folded and before the timers that precede it.
    fn before_event(&mut self, event: &Event, state: &mut WholeState) {
        let _ = (event, state);
    }

    /// True if the step of this event should record counter updates and the rules that did not
    /// apply. Recording costs time, so by default nothing is recorded.
    fn wants_trace(&self, event: &Event) -> bool {
        let _ = event;
        false
    }

    /// Called after each step, of an event or of a timer, with the state that it left behind.
    fn after_step(&mut self, event: &Event, step: StepReport, state: &WholeState);
}

impl FoldObserver for () {
    fn after_step(&mut self, _: &Event, _: StepReport, _: &WholeState) {}
}

impl<F: FnMut(&Event, StepReport, &WholeState)> FoldObserver for F {
    fn after_step(&mut self, event: &Event, step: StepReport, state: &WholeState) {
        self(event, step, state);
    }
}

impl<'a> Replay<'a> {
    /// Starts with the empty state of a player.
    pub fn new(catalog: &'a Catalog, player: &'a str) -> Self {
        Self::resume(catalog, player, WholeState::empty())
    }

    /// Starts with a state that was folded under the same catalog, such as a checkpoint.
    pub fn resume(catalog: &'a Catalog, player: &'a str, state: WholeState) -> Self {
        Self {
            catalog,
            player,
            state,
        }
    }

    /// Folds a whole timeline, which must be in order (S1), and advances to an instant.
    pub fn run<'e>(
        mut self,
        timeline: impl IntoIterator<Item = &'e Event>,
        until: Timestamp,
        observer: &mut impl FoldObserver,
    ) -> WholeState {
        for event in timeline {
            self.fold_event(event, observer);
        }
        self.advance_to(until, observer);
        self.state
    }

    /// Processes the timers up to an event, then folds the event.
    pub fn fold_event(&mut self, event: &Event, observer: &mut impl FoldObserver) {
        // First, because an observer may store the state as a checkpoint, which covers everything
        // up to its instant: time must not have moved past the last event.
        observer.before_event(event, &mut self.state);
        // Timers of the same instant come first, too (S10).
        self.advance_to(event.at, observer);
        let trace = observer.wants_trace(event);
        let step = self.state.step(self.catalog, event, trace);
        observer.after_step(event, step, &self.state);
    }

    /// Processes the timers at or before an instant.
    pub fn advance_to(&mut self, until: Timestamp, observer: &mut impl FoldObserver) {
        // One at a time, because a step can set a timer that comes before the next of the others.
        while let Some(at) = next_timer(self.catalog, &self.state, until) {
            let timer = timer_event(self.player, at);
            let trace = observer.wants_trace(&timer);
            let step = self.state.step(self.catalog, &timer, trace);
            observer.after_step(&timer, step, &self.state);
        }
    }

    /// Returns the state so far.
    pub fn state(&self) -> &WholeState {
        &self.state
    }

    /// Returns the state so far for an action to be judged on it.
    pub fn state_mut(&mut self) -> &mut WholeState {
        &mut self.state
    }

    /// Ends the replay.
    pub fn into_state(self) -> WholeState {
        self.state
    }
}

/// Folds a timeline, which must be in order (S1). Time advances up to the last event;
/// [`replay_until`] goes on.
///
/// ```
/// use accolade_core::{catalog::Catalog, event::Event, fold, props};
///
/// let catalog = Catalog::from_toml(r#"
///     [[currency]]
///     id = "xp"
///     [[earning]]
///     id = "run"
///     on = "run.finished"
///     points = { xp = "event.km * 2" }
/// "#).unwrap();
/// let run = Event {
///     id: "run-1".into(),
///     player: "ada".into(),
///     name: "run.finished".into(),
///     at: "2026-11-20T10:00:00Z".parse().unwrap(),
///     order: 0,
///     props: props! { "km" => 2.5 },
/// };
/// let state = fold::replay(&catalog, [&run]);
/// assert_eq!(state.balance(catalog.rules().currencies[0].slot), 5);
/// ```
pub fn replay<'e>(catalog: &Catalog, timeline: impl IntoIterator<Item = &'e Event>) -> WholeState {
    replay_from_first(catalog, timeline, None)
}

/// Folds a timeline, which must be in order (S1), and advances to an instant.
pub fn replay_until<'e>(
    catalog: &Catalog,
    timeline: impl IntoIterator<Item = &'e Event>,
    until: Timestamp,
) -> WholeState {
    replay_from_first(catalog, timeline, Some(until))
}

/// Takes the player from the first event. A timeline without events has no timers either.
fn replay_from_first<'e>(
    catalog: &Catalog,
    timeline: impl IntoIterator<Item = &'e Event>,
    until: Option<Timestamp>,
) -> WholeState {
    let mut timeline = timeline.into_iter().peekable();
    let Some(first) = timeline.peek() else {
        return WholeState::empty();
    };
    let mut replay = Replay::new(catalog, &first.player);
    timeline.for_each(|event| replay.fold_event(event, &mut ()));
    if let Some(until) = until {
        replay.advance_to(until, &mut ());
    }
    replay.into_state()
}
