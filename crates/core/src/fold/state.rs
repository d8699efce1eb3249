//! A player's state: a small header that is always loaded, and cells that are loaded on demand
//! (S21).

use std::collections::BTreeMap;

use super::cell::{BadgeCell, Cell, CellId};
use crate::catalog::rules::CellSlot;
use crate::event::TimelinePosition;
use crate::number::Decimal;
use crate::time::Timestamp;
use crate::value::Props;

/// The part of a state that is always loaded.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StateHeader {
    /// Position of the last event that was folded.
    pub last_position: Option<TimelinePosition>,
    /// Instant of the first event.
    pub first_at: Option<Timestamp>,
    /// Instant that the state represents: that of the last event, or of a later timer (S10).
    pub as_of: Option<Timestamp>,
    /// Instant of the earliest timer.
    pub next_timer: Option<Timestamp>,
    /// Number of events and actions that were folded.
    pub event_count: u64,
    /// Number of those that the player caused: without manual actions and automatic facts.
    pub own_event_count: u64,
    /// Instant of the last event that the player caused.
    pub last_seen_at: Option<Timestamp>,
    /// Attributes of the player (S18).
    pub profile: Props,
    /// Cells with an empty key.
    pub cells: BTreeMap<CellSlot, Cell>,
    /// Stored checkpoints, oldest first.
    pub checkpoints: Vec<CheckpointMark>,
}

/// The place of a checkpoint in the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckpointMark {
    /// Instant up to which events and timers are included.
    pub at: Timestamp,
    /// Number of events that are included.
    pub event_count: u64,
}

/// Cells that must be loaded before a step can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MissingCells {
    /// A single cell.
    Cell(CellId),
    /// All cells of a slot.
    Slot(CellSlot),
    /// All cells of the player.
    All,
}

/// The state of one player.
#[derive(Debug, Clone, Default)]
pub struct PlayerState {
    /// The part that is always loaded.
    pub header: StateHeader,
    /// Loaded cells with a key; `None` marks a cell that is known not to exist.
    cells: BTreeMap<CellId, Option<Cell>>,
    /// True if every existing cell is loaded.
    complete: bool,
    /// Slots whose existing cells are all loaded.
    complete_slots: Vec<CellSlot>,
    /// Previous contents of the cells that the current step changed, for a rollback.
    journal: Vec<(CellId, Option<Cell>)>,
    /// The profile before the current step, if the step changed it.
    profile_before: Option<Props>,
}

impl PlayerState {
    /// Creates the state of a player without any event.
    pub(super) fn empty() -> Self {
        Self {
            complete: true,
            ..Self::default()
        }
    }

    /// Creates a state of which only the header is loaded.
    pub(super) fn from_header(header: StateHeader) -> Self {
        Self {
            header,
            ..Self::default()
        }
    }

    /// Creates a state with all of its cells loaded.
    pub(super) fn from_cells(
        header: StateHeader,
        cells: impl IntoIterator<Item = (CellId, Cell)>,
    ) -> Self {
        let cells = cells
            .into_iter()
            .map(|(id, cell)| (id, Some(cell)))
            .collect();
        Self {
            header,
            cells,
            complete: true,
            ..Self::default()
        }
    }

    /// Returns the instant of the last change, by an event or by time.
    pub fn last_change_at(&self) -> Option<Timestamp> {
        let last = self.header.last_position.as_ref().map(|last| last.at);
        last.max(self.header.as_of)
    }

    /// True if every cell is loaded.
    pub fn is_whole(&self) -> bool {
        self.complete
    }

    /// Number of loaded cells with a key.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// True if no cell with a key is loaded.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// True if reading the cell cannot fail with [`MissingCells`].
    pub fn has_loaded(&self, id: &CellId) -> bool {
        id.key.is_empty() || self.cells.contains_key(id) || self.has_loaded_slot(id.slot)
    }

    /// True if every existing cell of a slot is loaded.
    fn has_loaded_slot(&self, slot: CellSlot) -> bool {
        self.complete || self.complete_slots.contains(&slot)
    }

    /// Adds a loaded cell, or `None` if it does not exist. Never replaces a cell that a step
    /// changed.
    pub(super) fn supply_cell(&mut self, id: CellId, cell: Option<Cell>) {
        // If the whole slot is loaded, an absent cell was removed by a step, and what the store
        // still has is outdated.
        if !self.has_loaded_slot(id.slot) {
            self.cells.entry(id).or_insert(cell);
        }
    }

    /// Adds all cells of a slot.
    pub(super) fn supply_slot(
        &mut self,
        slot: CellSlot,
        cells: impl IntoIterator<Item = (CellId, Cell)>,
    ) {
        for (id, cell) in cells {
            self.supply_cell(id, Some(cell));
        }
        self.complete_slots.push(slot);
    }

    /// Adds all cells.
    pub(super) fn supply_all(&mut self, cells: impl IntoIterator<Item = (CellId, Cell)>) {
        for (id, cell) in cells {
            self.supply_cell(id, Some(cell));
        }
        self.complete = true;
    }

    /// Reads a cell, or fails if it is not loaded.
    pub(super) fn read_cell(&self, id: &CellId) -> Result<Option<&Cell>, MissingCells> {
        if id.key.is_empty() {
            return Ok(self.header.cells.get(&id.slot));
        }
        match self.cells.get(id) {
            Some(cell) => Ok(cell.as_ref()),
            // Absent from a fully loaded slot means absent from the store.
            None if self.has_loaded_slot(id.slot) => Ok(None),
            None => Err(MissingCells::Cell(id.clone())),
        }
    }

    /// Reads a cell of the header.
    pub(super) fn header_cell(&self, slot: CellSlot) -> Option<&Cell> {
        self.header.cells.get(&slot)
    }

    /// Writes or removes a cell and journals its previous content.
    pub(super) fn put_cell(&mut self, id: CellId, cell: Option<Cell>) {
        // The journal would take a cell that is not loaded for one that does not exist.
        debug_assert!(
            self.has_loaded(&id),
            "a cell is loaded before it is written"
        );
        let before = if id.key.is_empty() {
            match cell {
                Some(cell) => self.header.cells.insert(id.slot, cell),
                None => self.header.cells.remove(&id.slot),
            }
        } else if cell.is_none() && self.has_loaded_slot(id.slot) {
            // In a fully loaded slot an absent entry already means "does not exist". Elsewhere the
            // `None` below has to stay, or the next read would ask the store for the removed cell.
            self.cells.remove(&id).flatten()
        } else {
            self.cells.insert(id.clone(), cell).flatten()
        };
        self.journal.push((id, before));
    }

    /// Replaces the profile and returns the previous one, which a rollback restores.
    pub(super) fn replace_profile(&mut self, profile: Props) -> Props {
        let before = std::mem::replace(&mut self.header.profile, profile);
        // The first one is that before the step, whatever the step replaces later.
        self.profile_before.get_or_insert_with(|| before.clone());
        before
    }

    /// Lists the existing cells with a key of a slot, in order of key.
    pub(super) fn slot_cells(
        &self,
        slot: CellSlot,
    ) -> Result<impl Iterator<Item = (&CellId, &Cell)>, MissingCells> {
        if !self.has_loaded_slot(slot) {
            return Err(MissingCells::Slot(slot));
        }
        let cells = self
            .cells
            // No cell here has an empty key, so this is before the first one of the slot.
            .range(CellId::new(slot, "")..)
            .take_while(move |(id, _)| id.slot == slot);
        Ok(cells.filter_map(|(id, cell)| Some((id, cell.as_ref()?))))
    }

    /// Lists all existing cells, including those of the header, in order.
    ///
    /// # Errors
    /// [`MissingCells::All`] if some cells are not loaded.
    pub(super) fn all_cells(&self) -> Result<BTreeMap<CellId, &Cell>, MissingCells> {
        if !self.complete {
            return Err(MissingCells::All);
        }
        let fixed = self
            .header
            .cells
            .iter()
            .map(|(slot, cell)| (CellId::new(*slot, ""), cell));
        let keyed = self
            .cells
            .iter()
            .filter_map(|(id, cell)| Some((id.clone(), cell.as_ref()?)));
        Ok(fixed.chain(keyed).collect())
    }

    /// True if a step has changed the state, and has neither ended nor been rolled back.
    pub(super) fn has_open_step(&self) -> bool {
        !self.journal.is_empty() || self.profile_before.is_some()
    }

    /// Undoes the current step.
    pub(super) fn roll_back(&mut self) {
        // Backwards, because a cell that was written twice must end up with its first content.
        for (id, before) in std::mem::take(&mut self.journal).into_iter().rev() {
            if !id.key.is_empty() {
                self.cells.insert(id, before);
            } else if let Some(cell) = before {
                self.header.cells.insert(id.slot, cell);
            } else {
                self.header.cells.remove(&id.slot);
            }
        }
        if let Some(profile) = self.profile_before.take() {
            self.header.profile = profile;
        }
    }

    /// Ends the current step and returns the previous content of each cell that it touched.
    pub(super) fn take_journal(&mut self) -> TouchedCells {
        self.profile_before = None;
        let mut touched = TouchedCells::default();
        // The first entry of a cell is its content before the step.
        for (id, before) in self.journal.drain(..) {
            touched.0.entry(id).or_insert(before);
        }
        touched
    }

    /// Reads a cell if it is loaded.
    pub fn peek_cell(&self, id: &CellId) -> Option<&Cell> {
        if id.key.is_empty() {
            self.header_cell(id.slot)
        } else {
            self.cells.get(id)?.as_ref()
        }
    }

    /// Reads a number of the header; zero if absent.
    pub(super) fn header_number(&self, slot: CellSlot) -> Decimal {
        match self.header_cell(slot) {
            Some(Cell::Number(number)) => *number,
            _ => Decimal::ZERO,
        }
    }

    /// Reads the balance in a currency's slot.
    pub fn balance(&self, slot: CellSlot) -> i64 {
        self.header_number(slot).trunc().unwrap_or_default()
    }

    /// Reads the awards held of a badge.
    pub fn badge_cell(&self, slot: CellSlot) -> Option<&BadgeCell> {
        match self.header_cell(slot) {
            Some(Cell::Badge(badge)) => Some(badge),
            _ => None,
        }
    }

    /// True if the unlockable is open.
    pub fn is_open(&self, slot: CellSlot) -> bool {
        matches!(self.header_cell(slot), Some(Cell::Mark))
    }
}

/// The cells that steps touched, with their content before the first of those steps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TouchedCells(pub BTreeMap<CellId, Option<Cell>>);

impl TouchedCells {
    /// Adds the cells that a later step touched.
    pub fn merge_later(&mut self, later: TouchedCells) {
        for (id, before) in later.0 {
            self.0.entry(id).or_insert(before);
        }
    }
}
