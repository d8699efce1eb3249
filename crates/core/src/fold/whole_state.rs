//! A state of which every cell is loaded.

use std::collections::BTreeMap;
use std::ops::Deref;

use super::cell::{Cell, CellId};
use super::codec::{CodecError, decode_state, encode_state};
use super::decide::{Refusal, decide};
use super::holdings::Holdings;
use super::progress::{TierProgress, compute_progress};
use super::state::{MissingCells, PlayerState, StateHeader, TouchedCells};
use super::step::step;
use super::step_report::StepReport;
use super::{checkpoint, timers};
use crate::catalog::Catalog;
use crate::catalog::rules::RuleSet;
use crate::event::Event;
use crate::names::TIMER_EVENT;
use crate::time::Timestamp;
use crate::value::Props;

/// A player's state with every cell loaded, so that nothing that is asked of it can fail.
///
/// It is made by folding a timeline ([`Replay`](super::Replay)), by decoding a checkpoint, or from
/// a header with all of its cells. A state with only some cells loaded is a
/// [`PartialState`](super::PartialState).
#[derive(Debug, Clone)]
pub struct WholeState(PlayerState);

impl Deref for WholeState {
    type Target = PlayerState;

    fn deref(&self) -> &PlayerState {
        &self.0
    }
}

impl WholeState {
    /// Creates the state of a player without any event.
    pub fn empty() -> Self {
        Self(PlayerState::empty())
    }

    /// Creates a state from its header and all of its cells with a key.
    pub fn new(header: StateHeader, cells: impl IntoIterator<Item = (CellId, Cell)>) -> Self {
        Self(PlayerState::from_cells(header, cells))
    }

    /// Wraps a state if every cell is loaded.
    pub(super) fn from_state(state: PlayerState) -> Result<Self, MissingCells> {
        if state.is_whole() {
            Ok(Self(state))
        } else {
            Err(MissingCells::All)
        }
    }

    pub(super) fn into_state(self) -> PlayerState {
        self.0
    }

    /// Borrows the state for code that inspects it and rolls back.
    pub(super) fn state_mut(&mut self) -> &mut PlayerState {
        &mut self.0
    }

    /// Folds one event. The event must come after everything that was folded, and timers up to its
    /// instant must have been processed; [`Replay`](super::Replay) does both. `trace` records
    /// counter updates and the rules that did not apply.
    pub fn step(&mut self, catalog: &Catalog, event: &Event, trace: bool) -> StepReport {
        debug_assert!(
            event.name == TIMER_EVENT || timers::next_timer(catalog, &self.0, event.at).is_none(),
            "timers are processed before the events of their instant"
        );
        let report = unwrap_loaded(step(catalog, &mut self.0, event, trace));
        debug_assert!(
            self.0.is_whole() && !self.0.has_open_step(),
            "a step leaves a whole state"
        );
        report
    }

    /// Processes the timers at or before an instant.
    pub fn advance_to(&mut self, catalog: &Catalog, player: &str, until: Timestamp) {
        unwrap_loaded(timers::advance_to(catalog, &mut self.0, player, until));
    }

    /// Judges an action and returns its properties together with the decided effect. The state is
    /// not changed: the decided action still has to be recorded and folded.
    ///
    /// # Errors
    /// [`Refusal`] is the reason why the action is not possible.
    pub fn decide(&mut self, catalog: &Catalog, action: &Event) -> Result<Props, Refusal> {
        unwrap_loaded(decide(catalog, &mut self.0, action))
    }

    /// Computes the progress on a badge at an instant; `None` if nothing is left to earn, or if the
    /// badge has no criterion.
    ///
    /// For a badge earned per key, this is the progress of the key that is nearest to its target
    /// among those that have not earned it. For a composite criterion, it is the number of parts
    /// that hold.
    pub fn badge_progress(
        &mut self,
        catalog: &Catalog,
        player: &str,
        badge: usize,
        now: Timestamp,
    ) -> Option<TierProgress> {
        unwrap_loaded(compute_progress(catalog, &mut self.0, player, badge, now))
    }

    /// Collects what the player holds.
    pub fn holdings(&self, rules: &RuleSet) -> Holdings {
        unwrap_loaded(Holdings::from_state(rules, &self.0))
    }

    /// Lists all existing cells, including those of the header, in order.
    pub fn all_cells(&self) -> BTreeMap<CellId, &Cell> {
        unwrap_loaded(self.0.all_cells())
    }

    /// Lists the cells in which this state differs from an earlier one, with their contents in the
    /// earlier one.
    pub fn changes_since(&self, earlier: &WholeState) -> TouchedCells {
        let (before, after) = (earlier.all_cells(), self.all_cells());
        let mut touched = TouchedCells::default();
        for (id, cell) in &before {
            if after.get(id) != Some(cell) {
                touched.0.insert(id.clone(), Some((*cell).clone()));
            }
        }
        for id in after.into_keys().filter(|id| !before.contains_key(id)) {
            touched.0.insert(id, None);
        }
        touched
    }

    /// Encodes the state with all of its cells.
    pub fn encode(&self) -> Vec<u8> {
        unwrap_loaded(encode_state(&self.0))
    }

    /// Decodes a state.
    ///
    /// # Errors
    /// [`CodecError`] if the bytes are not a state.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        decode_state(bytes).map(Self)
    }

    /// Records in the header that a checkpoint of the current state is stored, and returns the
    /// instants of the checkpoints that it replaces.
    pub fn mark_checkpoint(&mut self) -> Vec<Timestamp> {
        checkpoint::mark_checkpoint(&mut self.0)
    }
}

/// Unwraps a result that can only fail if a cell is missing.
fn unwrap_loaded<T>(result: Result<T, MissingCells>) -> T {
    result.expect("every cell of a whole state is loaded")
}
