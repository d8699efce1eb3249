//! The fold: computes a player's state from the catalog and the player's timeline.
//!
//! A state is the result of folding all events of a timeline in order, which is what [`Replay`]
//! does. Replaying a whole timeline and folding one event into a stored state take the same steps,
//! so their results cannot differ. Together with [`WholeState::decide`], which judges an action
//! before it is recorded, this is the Decider pattern of event sourcing: decide, then evolve.

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
mod partial;
mod progress;
mod replay;
mod state;
mod step;
#[cfg(test)]
mod tests;
mod time;
mod trace;
mod whole;
mod window;

pub use cell::{AwardCell, AwardSource, Cell, CellId, HoldingInterval};
pub use checkpoint::is_checkpoint_due;
pub use codec::{CodecError, decode_cell, decode_header, encode_cell, encode_header};
pub use decide::Refusal;
pub use holdings::{AwardName, AwardHolding, Holdings, UnlockableHolding};
pub use keep::grandfather_action;
pub use outputs::{AwardChange, BalanceChange, StateDiff, UnlockableChange, diff_touched_cells};
pub use partial::PartialState;
pub use progress::TierProgress;
pub use replay::{FoldObserver, Replay, replay, replay_until};
pub use state::{CheckpointMark, StateHeader, MissingCells, PlayerState, TouchedCells};
pub use time::{next_timer, timer_event};
pub use trace::{CounterUpdate, LimitCut, PointsMovement, MovementSource, RuleFailure, SkipReason, RuleSkip, StepReport};

pub use whole::WholeState;

pub(crate) use look::{StateInspector, inspect_state};
