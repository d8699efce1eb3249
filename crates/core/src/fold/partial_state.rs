//! A state whose cells are loaded on demand.

use std::ops::Deref;

use super::cell::{Cell, CellId};
use super::decide::{Refusal, decide};
use super::state::{MissingCells, PlayerState, StateHeader};
use super::step::step;
use super::step_report::StepReport;
use super::timers::next_timer;
use super::whole_state::WholeState;
use crate::catalog::Catalog;
use crate::catalog::rules::CellSlot;
use crate::event::Event;
use crate::names::TIMER_EVENT;
use crate::value::Props;

/// A player's state with its header and the cells that were loaded so far (S21).
///
/// Each operation either completes, or changes nothing and names a cell to load. After supplying
/// the cell, the caller repeats the operation. An event in order therefore costs the same with ten
/// events before it or a million.
#[derive(Debug, Clone, Default)]
pub struct PartialState(PlayerState);

impl Deref for PartialState {
    type Target = PlayerState;

    fn deref(&self) -> &PlayerState {
        &self.0
    }
}

impl From<WholeState> for PartialState {
    fn from(whole: WholeState) -> Self {
        Self(whole.into_state())
    }
}

impl PartialState {
    /// Creates the state of a player without any event. No cell has to be loaded for it.
    pub fn empty() -> Self {
        WholeState::empty().into()
    }

    /// Creates a state of which only the header is loaded.
    pub fn from_header(header: StateHeader) -> Self {
        Self(PlayerState::from_header(header))
    }

    /// Drops all cells and keeps the header.
    #[must_use]
    pub fn without_cells(self) -> Self {
        Self(PlayerState::from_header(self.0.header))
    }

    /// Folds one event, as [`WholeState::step`] does.
    ///
    /// # Errors
    /// [`MissingCells`] names cells to load. The state is then unchanged; supply them and repeat
    /// the call.
    pub fn step(
        &mut self,
        catalog: &Catalog,
        event: &Event,
        trace: bool,
    ) -> Result<StepReport, MissingCells> {
        debug_assert!(
            event.name == TIMER_EVENT || next_timer(catalog, &self.0, event.at).is_none(),
            "timers are processed before the events of their instant"
        );
        step(catalog, &mut self.0, event, trace)
    }

    /// Judges an action, as [`WholeState::decide`] does.
    ///
    /// # Errors
    /// [`MissingCells`] names cells to load. The inner error is the reason for a refusal.
    pub fn decide(
        &mut self,
        catalog: &Catalog,
        action: &Event,
    ) -> Result<Result<Props, Refusal>, MissingCells> {
        decide(catalog, &mut self.0, action)
    }

    /// Adds a loaded cell, or `None` if it does not exist. Never replaces a cell that a step
    /// changed.
    pub fn supply_cell(&mut self, id: CellId, cell: Option<Cell>) {
        self.0.supply_cell(id, cell);
    }

    /// Adds all cells of a slot.
    pub fn supply_slot(&mut self, slot: CellSlot, cells: impl IntoIterator<Item = (CellId, Cell)>) {
        self.0.supply_slot(slot, cells);
    }

    /// Adds all cells.
    pub fn supply_all(&mut self, cells: impl IntoIterator<Item = (CellId, Cell)>) {
        self.0.supply_all(cells);
    }

    /// Converts the state if every cell is loaded.
    ///
    /// # Errors
    /// [`MissingCells::All`] if some cells are not loaded.
    pub fn into_whole(self) -> Result<WholeState, MissingCells> {
        WholeState::from_state(self.0)
    }
}
