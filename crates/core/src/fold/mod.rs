//! The fold: a player's state from the catalog and the player's timeline.
//!
//! [`step`] folds one event; a state is what all events of a timeline, taken in order, leave behind. Folding everything
//! anew and folding one event into a stored state are the same function, so they cannot differ.

pub mod acts;
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
mod outputs;
mod progress;
mod state;
mod step;
mod time;
mod trace;
mod window;

pub use cell::{Award, AwardSource, Cell, CellId};
pub use checkpoint::{is_due, mark};
pub use codec::{CodecError, decode_cell, decode_header, decode_state, encode_cell, encode_header, encode_state};
pub use decide::{Refusal, decide};
pub use holdings::{AwardName, HeldAward, Holdings, Unlocked};
pub use keep::keep_act;
pub use outputs::{AwardChange, BalanceChange, Outputs, UnlockChange, outputs};
pub use progress::{Progress, progress};
pub use state::{CheckpointMark, Header, Missing, State, Touched};
pub use step::step;
pub use time::{due, moment};
pub use trace::{Counted, Cut, Movement, MovementSource, Problem, SkipReason, Skipped, Step};

pub(crate) use look::{Look, look};

use crate::catalog::Catalog;
use crate::event::Event;

/// Folds a whole timeline, which must be in order (S1), into a state without any event.
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
    let mut state = State::empty();
    for event in timeline {
        step(catalog, &mut state, event, false).expect("a state that began empty has all of its cells at hand");
    }
    state
}
