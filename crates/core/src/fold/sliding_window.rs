//! Sliding windows. Entries are stored in chunks, so that an event touches at most two chunks
//! however many entries the window has.

use super::cell::{Cell, CellId, WindowEntry};
use super::state::MissingCells;
use super::step::StepContext;
use crate::catalog::rules::CellSlot;
use crate::number::Decimal;
use crate::time::Timestamp;

/// Entries in one chunk.
pub(super) const CHUNK_LEN: usize = 32;

/// The aggregate over the entries of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WindowAggregate {
    /// The sum of their values.
    Sum,
    /// The greatest value. Entries that do not exceed a later one are dropped, so the oldest entry
    /// is the greatest: a monotonic queue.
    Max,
    /// The number of different texts.
    Distinct,
}

/// The content of a window's cell.
pub(super) struct WindowFrame {
    pub(super) total: Decimal,
    pub(super) first: u64,
    pub(super) next: u64,
}

impl StepContext<'_> {
    /// Drops the entries that have left the window and returns the aggregate of the rest.
    pub(super) fn slide_window(
        &mut self,
        slot: CellSlot,
        key: &str,
        length: i64,
        aggregate: WindowAggregate,
    ) -> Result<Decimal, MissingCells> {
        let Some(mut frame) = self.window_frame(slot, key)? else {
            return Ok(Decimal::ZERO);
        };
        let now = self.at;
        let gone = |at: Timestamp| at.plus_micros(length) <= now;
        // Usually nothing leaves, and then no cell is written.
        let oldest = self.load_chunk(slot, key, frame.first)?;
        if !oldest.first().is_some_and(|entry| gone(entry.at)) {
            return Ok(frame.total);
        }
        let mut chunk = oldest;
        loop {
            debug_assert!(
                chunk.is_sorted_by_key(|entry| entry.at),
                "the entries of a window are in order of time"
            );
            let leaving = chunk.iter().take_while(|entry| gone(entry.at)).count();
            let rest = chunk.split_off(leaving);
            for entry in chunk {
                self.remove_entry(slot, key, &mut frame, &entry, aggregate)?;
            }
            if !rest.is_empty() {
                // What is left begins with its greatest value.
                if aggregate == WindowAggregate::Max {
                    frame.total = rest[0].value;
                }
                self.put_chunk(slot, key, frame.first, rest);
                break;
            }
            self.put_chunk(slot, key, frame.first, rest);
            frame.first += 1;
            // A maximum has nothing to subtract, so it is cleared here.
            if frame.first == frame.next {
                frame.total = Decimal::ZERO;
                break;
            }
            chunk = self.load_chunk(slot, key, frame.first)?;
        }
        Ok(self.put_frame(slot, key, frame))
    }

    /// Adds an entry. If the sum overflows, changes nothing and returns `false`.
    pub(super) fn push_entry(
        &mut self,
        slot: CellSlot,
        key: &str,
        entry: WindowEntry,
        aggregate: WindowAggregate,
    ) -> Result<bool, MissingCells> {
        let mut frame = self.window_frame(slot, key)?.unwrap_or(WindowFrame {
            total: Decimal::ZERO,
            first: 0,
            next: 0,
        });
        match aggregate {
            WindowAggregate::Sum => match frame.total.checked_add(entry.value) {
                Some(total) => frame.total = total,
                None => return Ok(false),
            },
            WindowAggregate::Distinct => {
                // Counted per text, because the same text can be in the window several times and
                // leaves the total only with its last entry.
                let seen = self.text_count(slot, key, &entry.text)?;
                self.put_text_count(slot, key, &entry.text, seen + 1);
                if seen == 0 {
                    frame.total = frame
                        .total
                        .checked_add(Decimal::ONE)
                        .expect("a count of entries is far from the limit");
                }
            }
            WindowAggregate::Max => self.drop_smaller(slot, key, &mut frame, entry.value)?,
        }
        // No earlier entry exceeds this one, so it is the oldest of the queue and its maximum.
        if aggregate == WindowAggregate::Max && frame.first == frame.next {
            frame.total = entry.value;
        }
        let mut chunk = match frame.next.checked_sub(1) {
            Some(last) if frame.first < frame.next => self.load_chunk(slot, key, last)?,
            _ => Vec::new(),
        };
        let is_new = chunk.is_empty() || chunk.len() == CHUNK_LEN;
        if is_new {
            chunk.clear();
            frame.next += 1;
        }
        chunk.push(entry);
        // `put_cell` journals the previous content, so even a new chunk must be known not to exist.
        if is_new {
            self.state.read_cell(&chunk_id(slot, key, frame.next - 1))?;
        }
        // A full chunk is never added to, which bounds the cost of rewriting one.
        debug_assert!(
            chunk.len() <= CHUNK_LEN,
            "a chunk has at most `CHUNK_LEN` entries"
        );
        self.put_chunk(slot, key, frame.next - 1, chunk);
        self.put_frame(slot, key, frame);
        Ok(true)
    }

    /// Drops the newest entries that do not exceed a value.
    fn drop_smaller(
        &mut self,
        slot: CellSlot,
        key: &str,
        frame: &mut WindowFrame,
        value: Decimal,
    ) -> Result<(), MissingCells> {
        while frame.first < frame.next {
            let mut chunk = self.load_chunk(slot, key, frame.next - 1)?;
            let keep = chunk
                .iter()
                .rposition(|entry| entry.value > value)
                .map_or(0, |position| position + 1);
            if keep == chunk.len() {
                break;
            }
            chunk.truncate(keep);
            self.put_chunk(slot, key, frame.next - 1, chunk);
            if keep > 0 {
                break;
            }
            frame.next -= 1;
        }
        Ok(())
    }

    fn remove_entry(
        &mut self,
        slot: CellSlot,
        key: &str,
        frame: &mut WindowFrame,
        entry: &WindowEntry,
        aggregate: WindowAggregate,
    ) -> Result<(), MissingCells> {
        match aggregate {
            // The difference fits, unless entries near the bounds of decimals cancel each other.
            WindowAggregate::Sum => {
                frame.total = frame.total.checked_sub(entry.value).unwrap_or(frame.total)
            }
            WindowAggregate::Max => {}
            WindowAggregate::Distinct => {
                let seen = self.text_count(slot, key, &entry.text)?;
                self.put_text_count(slot, key, &entry.text, seen.saturating_sub(1));
                if seen == 1 {
                    frame.total = frame
                        .total
                        .checked_sub(Decimal::ONE)
                        .expect("what was counted can be subtracted");
                }
            }
        }
        Ok(())
    }

    /// Reads the cell of a window, if the window has entries.
    pub(super) fn window_frame(
        &self,
        slot: CellSlot,
        key: &str,
    ) -> Result<Option<WindowFrame>, MissingCells> {
        Ok(match self.state.read_cell(&CellId::new(slot, key))? {
            Some(Cell::Window { total, first, next }) => Some(WindowFrame {
                total: *total,
                first: *first,
                next: *next,
            }),
            _ => None,
        })
    }

    /// Returns the instant of the oldest entry.
    pub(super) fn oldest_entry_at(
        &self,
        slot: CellSlot,
        key: &str,
    ) -> Result<Option<Timestamp>, MissingCells> {
        let Some(frame) = self
            .window_frame(slot, key)?
            .filter(|frame| frame.first < frame.next)
        else {
            return Ok(None);
        };
        Ok(self
            .load_chunk(slot, key, frame.first)?
            .first()
            .map(|entry| entry.at))
    }

    fn put_frame(&mut self, slot: CellSlot, key: &str, frame: WindowFrame) -> Decimal {
        let WindowFrame { total, first, next } = frame;
        // Chunks are dropped one at a time, from either end.
        debug_assert!(
            first <= next,
            "the oldest chunk does not come after the next one"
        );
        let cell = (first < next).then_some(Cell::Window { total, first, next });
        self.state.put_cell(CellId::new(slot, key), cell);
        total
    }

    pub(super) fn load_chunk(
        &self,
        slot: CellSlot,
        key: &str,
        number: u64,
    ) -> Result<Vec<WindowEntry>, MissingCells> {
        Ok(match self.state.read_cell(&chunk_id(slot, key, number))? {
            Some(Cell::Chunk(entries)) => entries.clone(),
            _ => Vec::new(),
        })
    }

    pub(super) fn put_chunk(
        &mut self,
        slot: CellSlot,
        key: &str,
        number: u64,
        entries: Vec<WindowEntry>,
    ) {
        let cell = (!entries.is_empty()).then_some(Cell::Chunk(entries));
        self.state.put_cell(chunk_id(slot, key, number), cell);
    }

    /// Returns the number of entries that have a text.
    fn text_count(&self, slot: CellSlot, key: &str, text: &str) -> Result<i64, MissingCells> {
        Ok(
            match self.state.read_cell(&text_count_id(slot, key, text))? {
                Some(Cell::Number(number)) => number.trunc().unwrap_or_default(),
                _ => 0,
            },
        )
    }

    fn put_text_count(&mut self, slot: CellSlot, key: &str, text: &str, seen: i64) {
        let cell = (seen > 0).then(|| Cell::Number(Decimal::from_int(seen)));
        self.state.put_cell(text_count_id(slot, key, text), cell);
    }
}

pub(super) fn chunk_id(slot: CellSlot, key: &str, number: u64) -> CellId {
    // The first character keeps chunks and counts of texts apart, which share a slot and a key.
    CellId::for_part(slot, key, &format!("#{number:x}"))
}

fn text_count_id(slot: CellSlot, key: &str, text: &str) -> CellId {
    CellId::for_part(slot, key, &format!("={text}"))
}
