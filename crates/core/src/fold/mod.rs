//! The fold: computes a player's state from the catalog and the player's timeline.
//!
//! [`step`] folds one event. A state is the result of folding all events of a timeline in order.
//! Replaying a whole timeline and folding one event into a stored state use the same function, so
//! their results cannot differ. Together with [`decide`], which judges an action before it is
//! recorded, this is the Decider pattern of event sourcing: decide, then evolve.

pub mod acts;
mod age;
pub mod cell;
mod checkpoint;
mod codec;
mod counters;
mod decide;
pub mod derived;
mod earnings;
mod effects;
mod evaluate;
mod holdings;
mod judge;
mod keep;
mod keys;
mod look;
mod lots;
mod outputs;
mod progress;
mod state;
mod step;
#[cfg(test)]
mod tests;
mod time;
mod trace;
mod window;

pub use cell::{Award, AwardSource, Cell, CellId, HoldingInterval};
pub use checkpoint::{is_due, mark};
pub use codec::{
    CodecError, decode_cell, decode_header, decode_state, encode_cell, encode_header, encode_state,
};
pub use decide::{Refusal, decide};
pub use holdings::{AwardName, HeldAward, Holdings, Unlocked};
pub use keep::keep_act;
pub use outputs::{AwardChange, BalanceChange, Outputs, UnlockChange, outputs};
pub use progress::{Progress, progress};
pub use state::{CheckpointMark, Header, Missing, State, Touched};
pub use step::step;
pub use time::{advance, due, moment};
pub use trace::{Counted, Cut, Movement, MovementSource, Problem, SkipReason, Skipped, Step};

pub(crate) use look::{Look, look};

use crate::catalog::Catalog;
use crate::event::Event;
use crate::time::Timestamp;

/// Folds a whole timeline, beginning with the empty state. The events must be in order (S1).
///
/// Timers are processed up to the last event; [`all_until`] processes them up to a later instant.
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
/// let state = fold::all(&catalog, [&run]);
/// assert_eq!(state.balance(catalog.rules().currencies[0].slot), 5);
/// ```
pub fn all<'e>(catalog: &Catalog, timeline: impl IntoIterator<Item = &'e Event>) -> State {
    fold(catalog, timeline, None)
}

/// Folds a whole timeline and processes timers up to an instant.
pub fn all_until<'e>(
    catalog: &Catalog,
    timeline: impl IntoIterator<Item = &'e Event>,
    until: Timestamp,
) -> State {
    fold(catalog, timeline, Some(until))
}

fn fold<'e>(
    catalog: &Catalog,
    timeline: impl IntoIterator<Item = &'e Event>,
    until: Option<Timestamp>,
) -> State {
    let mut state = State::empty();
    let mut player = "";
    let whole = "a state that began empty has all of its cells loaded";
    for event in timeline {
        player = &event.player;
        advance(catalog, &mut state, player, event.at).expect(whole);
        step(catalog, &mut state, event, false).expect(whole);
    }
    if let Some(until) = until {
        advance(catalog, &mut state, player, until).expect(whole);
    }
    state
}
