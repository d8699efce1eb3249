//! The fold: computes a player's state from the catalog and the player's timeline.
//!
//! A state is the result of folding all events of a timeline in order, which is what [`Replay`]
//! does. Replaying a whole timeline and folding one event into a stored state take the same steps,
//! so their results cannot differ. Together with [`WholeState::decide`], which judges an action
//! before it is recorded, this is the Decider pattern of event sourcing: decide, then evolve.

pub mod actions;
mod age;
pub mod cell;
mod checkpoint;
mod codec;
mod counters;
mod criteria;
mod decide;
pub mod derived_events;
mod earnings;
mod effect;
mod effects;
mod grandfather;
mod holdings;
mod inspection_event;
mod keyed_criteria;
mod lots;
mod partial_state;
mod progress;
mod replay;
mod rule_evaluation;
mod sliding_window;
mod state;
mod state_diff;
mod state_inspector;
mod step;
mod step_report;
mod step_trace;
#[cfg(test)]
mod tests;
mod timers;
mod whole_state;

pub use cell::{AwardCell, AwardSource, Cell, CellId, HoldingInterval};
pub use checkpoint::is_checkpoint_due;
pub use codec::{CodecError, decode_cell, decode_header, encode_cell, encode_header};
pub use decide::Refusal;
pub use grandfather::grandfather_action;
pub use holdings::{AwardHolding, AwardName, Holdings, UnlockableHolding};
pub use partial_state::PartialState;
pub use progress::TierProgress;
pub use replay::{FoldObserver, Replay, replay, replay_until};
pub use state::{CheckpointMark, MissingCells, PlayerState, StateHeader, TouchedCells};
pub use state_diff::{AwardChange, BalanceChange, StateDiff, UnlockableChange, diff_touched_cells};
pub use step_report::{
    CounterUpdate, LimitCut, MovementSource, PointsMovement, RuleFailure, RuleSkip, SkipCode,
    SkipReason, StepReport,
};
pub use timers::{next_timer, timer_event};

pub use whole_state::WholeState;

pub(crate) use state_inspector::{StateInspector, inspect_state};
