//! A player's state: a small header that is always at hand, and cells that are loaded when a rule asks for them (S21).

use std::collections::BTreeMap;

use super::cell::{BadgeCell, Cell, CellId};
use crate::catalog::rules::Slot;
use crate::event::Position;
use crate::number::Decimal;
use crate::time::Timestamp;
use crate::value::Props;

/// The part of a state that is always at hand.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Header {
    /// The last event that was folded in.
    pub last: Option<Position>,
    /// When the first one happened.
    pub first_at: Option<Timestamp>,
    /// The instant that the state is as of: that of the last event, or of a moment after it (S10).
    pub as_of: Option<Timestamp>,
    /// When the earliest timer is due.
    pub next: Option<Timestamp>,
    /// How many events and acts were folded in.
    pub events: u64,
    /// Attributes of the player (S18).
    pub profile: Props,
    /// The cells with an empty key.
    pub cells: BTreeMap<Slot, Cell>,
    /// The checkpoints that are kept, oldest first.
    pub checkpoints: Vec<CheckpointMark>,
}

/// Where a checkpoint lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckpointMark {
    /// All events at or before this instant are in it, and what time has caused up to it.
    pub at: Timestamp,
    /// How many they are.
    pub events: u64,
}

/// What must be loaded before a step can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// One cell.
    Cell(CellId),
    /// All cells of a slot.
    Slot(Slot),
    /// All cells.
    All,
}

/// A player's state.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The part that is always at hand.
    pub header: Header,
    /// Cells with a key that are at hand; `None` where it is known that there is none.
    cells: BTreeMap<CellId, Option<Cell>>,
    /// Whether every cell that exists is at hand.
    complete: bool,
    /// Slots of which every cell that exists is at hand.
    complete_slots: Vec<Slot>,
    /// What cells held before the step that is under way.
    journal: Vec<(CellId, Option<Cell>)>,
    /// The profile before the step that is under way, if the step changed it.
    profile_before: Option<Props>,
}

impl State {
    /// The state of a player without any event.
    pub fn empty() -> Self {
        Self {
            complete: true,
            ..Self::default()
        }
    }

    /// A state of which only the header is at hand.
    pub fn partial(header: Header) -> Self {
        Self {
            header,
            ..Self::default()
        }
    }

    /// A state with all of its cells.
    pub fn whole(header: Header, cells: impl IntoIterator<Item = (CellId, Cell)>) -> Self {
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

    /// Whether every cell is at hand.
    pub fn is_whole(&self) -> bool {
        self.complete
    }

    /// How many keyed cells are at hand.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether no keyed cell is at hand.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Whether a cell is known, so that asking for it cannot miss.
    pub fn knows(&self, id: &CellId) -> bool {
        id.key.is_empty() || self.cells.contains_key(id) || self.has_slot(id.slot)
    }

    /// Whether every cell of a slot that exists is at hand.
    fn has_slot(&self, slot: Slot) -> bool {
        self.complete || self.complete_slots.contains(&slot)
    }

    /// Takes in a cell that was loaded, or the knowledge that there is none. What a step has changed since stays.
    pub fn supply(&mut self, id: CellId, cell: Option<Cell>) {
        // Where every cell is at hand, one that is not there is one that a step took away.
        if !self.has_slot(id.slot) {
            self.cells.entry(id).or_insert(cell);
        }
    }

    /// Takes in all cells of a slot.
    pub fn supply_slot(&mut self, slot: Slot, cells: impl IntoIterator<Item = (CellId, Cell)>) {
        for (id, cell) in cells {
            self.supply(id, Some(cell));
        }
        self.complete_slots.push(slot);
    }

    /// Takes in all cells.
    pub fn supply_all(&mut self, cells: impl IntoIterator<Item = (CellId, Cell)>) {
        for (id, cell) in cells {
            self.supply(id, Some(cell));
        }
        self.complete = true;
    }

    /// The cell at a place.
    pub(super) fn get(&self, id: &CellId) -> Result<Option<&Cell>, Missing> {
        if id.key.is_empty() {
            return Ok(self.header.cells.get(&id.slot));
        }
        match self.cells.get(id) {
            Some(cell) => Ok(cell.as_ref()),
            None if self.has_slot(id.slot) => Ok(None),
            None => Err(Missing::Cell(id.clone())),
        }
    }

    /// A cell of the header.
    pub(super) fn fixed(&self, slot: Slot) -> Option<&Cell> {
        self.header.cells.get(&slot)
    }

    /// Puts a cell, or takes it away, and remembers what was there.
    pub(super) fn put(&mut self, id: CellId, cell: Option<Cell>) {
        let before = if id.key.is_empty() {
            match cell {
                Some(cell) => self.header.cells.insert(id.slot, cell),
                None => self.header.cells.remove(&id.slot),
            }
        } else if cell.is_none() && self.has_slot(id.slot) {
            self.cells.remove(&id).flatten()
        } else {
            self.cells.insert(id.clone(), cell).flatten()
        };
        self.journal.push((id, before));
    }

    /// Changes the profile, remembers what was there, and returns it.
    pub(super) fn put_profile(&mut self, profile: Props) -> Props {
        let before = std::mem::replace(&mut self.header.profile, profile);
        self.profile_before.get_or_insert_with(|| before.clone());
        before
    }

    /// All keyed cells of a slot that exist, in order of key.
    pub(super) fn slot(
        &self,
        slot: Slot,
    ) -> Result<impl Iterator<Item = (&CellId, &Cell)>, Missing> {
        if !self.has_slot(slot) {
            return Err(Missing::Slot(slot));
        }
        let cells = self
            .cells
            .range(CellId::new(slot, "")..)
            .take_while(move |(id, _)| id.slot == slot);
        Ok(cells.filter_map(|(id, cell)| Some((id, cell.as_ref()?))))
    }

    /// All cells that exist, those of the header included, in order.
    ///
    /// # Errors
    /// When not all of them are at hand.
    pub fn all(&self) -> Result<BTreeMap<CellId, &Cell>, Missing> {
        if !self.complete {
            return Err(Missing::All);
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

    /// Undoes the step that is under way.
    pub(super) fn roll_back(&mut self) {
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

    /// Ends the step that is under way and returns, for each cell that it touched, what was there before.
    pub(super) fn take_journal(&mut self) -> Touched {
        self.profile_before = None;
        let mut touched = Touched::default();
        for (id, before) in self.journal.drain(..) {
            touched.0.entry(id).or_insert(before);
        }
        touched
    }

    /// What is at a place now, as far as it is at hand.
    pub fn peek(&self, id: &CellId) -> Option<&Cell> {
        if id.key.is_empty() {
            self.fixed(id.slot)
        } else {
            self.cells.get(id)?.as_ref()
        }
    }

    /// A number of the header; zero when there is none.
    pub(super) fn number(&self, slot: Slot) -> Decimal {
        match self.fixed(slot) {
            Some(Cell::Number(number)) => *number,
            _ => Decimal::ZERO,
        }
    }

    /// A balance.
    pub fn balance(&self, slot: Slot) -> i64 {
        self.number(slot).trunc().unwrap_or_default()
    }

    /// What is held of a badge.
    pub fn badge(&self, slot: Slot) -> Option<&BadgeCell> {
        match self.fixed(slot) {
            Some(Cell::Badge(badge)) => Some(badge),
            _ => None,
        }
    }

    /// Whether an unlockable is open.
    pub fn is_open(&self, slot: Slot) -> bool {
        matches!(self.fixed(slot), Some(Cell::Mark))
    }
}

/// The cells that steps touched, with what they held before the first of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Touched(pub BTreeMap<CellId, Option<Cell>>);

impl Touched {
    /// Adds what a later step touched.
    pub fn absorb(&mut self, later: Touched) {
        for (id, before) in later.0 {
            self.0.entry(id).or_insert(before);
        }
    }
}
