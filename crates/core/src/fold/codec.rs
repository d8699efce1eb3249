//! Encoding of states as bytes.
//!
//! The encoding is compact, because every event writes a header. Integers are LEB128, with zigzag
//! if they are signed; texts and lists begin with their length; the first byte is the version of
//! the format.

use std::collections::BTreeMap;

use super::cell::{AwardCell, AwardSource, BadgeCell, Cell, CellId, HoldingInterval, WindowEntry};
use super::state::{CheckpointMark, MissingCells, PlayerState, StateHeader};
use crate::event::TimelinePosition;
use crate::number::Decimal;
use crate::time::Timestamp;
use crate::value::Props;

/// The version of the format.
const VERSION: u8 = 3;

/// The error of decoding bytes that are not a state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The bytes end too early or contain an invalid value.
    #[error("damaged state at byte {0}")]
    Damaged(usize),
    /// The format is unknown to this release.
    #[error("unknown format {0} of a state; use the release that wrote it, or a later one")]
    Version(u8),
}

/// Encodes a header.
pub fn encode_header(header: &StateHeader) -> Vec<u8> {
    let mut out = StateEncoder(vec![VERSION]);
    out.write_header(header);
    out.0
}

/// Decodes a header.
///
/// # Errors
/// [`CodecError`] if the bytes are not a header.
pub fn decode_header(bytes: &[u8]) -> Result<StateHeader, CodecError> {
    let mut input = StateDecoder::new(bytes)?;
    let header = input.read_header()?;
    input.check_end()?;
    Ok(header)
}

/// Encodes a cell.
// A cell has no version byte. The header is written together with cells, and has one for all.
pub fn encode_cell(cell: &Cell) -> Vec<u8> {
    let mut out = StateEncoder(Vec::new());
    out.write_cell(cell);
    out.0
}

/// Decodes a cell.
///
/// # Errors
/// [`CodecError`] if the bytes are not a cell.
pub fn decode_cell(bytes: &[u8]) -> Result<Cell, CodecError> {
    // Not `new`, which expects the version byte that a cell lacks.
    let mut input = StateDecoder { bytes, at: 0 };
    let cell = input.read_cell()?;
    input.check_end()?;
    Ok(cell)
}

/// Encodes a state with all of its cells.
///
/// # Errors
/// [`MissingCells::All`] if some cells are not loaded.
pub(super) fn encode_state(state: &PlayerState) -> Result<Vec<u8>, MissingCells> {
    // The others are part of the header. A list begins with its length, so they are counted first.
    let cells: Vec<(CellId, &Cell)> = state
        .all_cells()?
        .into_iter()
        .filter(|(id, _)| !id.key.is_empty())
        .collect();
    let mut out = StateEncoder(vec![VERSION]);
    out.write_header(&state.header);
    out.write_length(cells.len());
    for (id, cell) in cells {
        out.write_unsigned(u128::from(id.slot));
        out.write_text(&id.key);
        out.write_cell(cell);
    }
    Ok(out.0)
}

/// Decodes a state with all of its cells.
///
/// # Errors
/// [`CodecError`] if the bytes are not a state.
pub(super) fn decode_state(bytes: &[u8]) -> Result<PlayerState, CodecError> {
    let mut input = StateDecoder::new(bytes)?;
    let header = input.read_header()?;
    let cells = input.read_list(|input| {
        Ok((
            CellId::new(input.read_narrow()?, &input.read_text()?),
            input.read_cell()?,
        ))
    })?;
    input.check_end()?;
    Ok(PlayerState::from_cells(header, cells))
}

struct StateEncoder(Vec<u8>);

impl StateEncoder {
    fn write_unsigned(&mut self, mut number: u128) {
        while number >= 0x80 {
            self.0
                .push(u8::try_from(number & 0x7f).expect("seven bits fit") | 0x80);
            number >>= 7;
        }
        self.0
            .push(u8::try_from(number).expect("less than eight bits are left"));
    }

    fn write_signed(&mut self, number: i128) {
        self.write_unsigned(((number << 1) ^ (number >> 127)).cast_unsigned());
    }

    fn write_length(&mut self, length: usize) {
        self.write_unsigned(length as u128);
    }

    fn write_text(&mut self, text: &str) {
        self.write_length(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn write_flag(&mut self, flag: bool) {
        self.0.push(u8::from(flag));
    }

    fn write_time(&mut self, at: Timestamp) {
        self.write_signed(at.as_micros().into());
    }

    fn write_optional_time(&mut self, at: Option<Timestamp>) {
        self.write_flag(at.is_some());
        if let Some(at) = at {
            self.write_time(at);
        }
    }

    /// The lowest bit tells whole numbers from fractions: most numbers are whole, and need no room
    /// for six decimal places.
    fn write_decimal(&mut self, number: Decimal) {
        match number.trunc() {
            Some(whole) if number.is_whole() => self.write_signed(i128::from(whole) << 1),
            _ => self.write_signed(number.as_micros() << 1 | 1),
        }
    }

    fn write_header(&mut self, header: &StateHeader) {
        self.write_unsigned(header.event_count.into());
        self.write_optional_time(header.first_at);
        self.write_optional_time(header.next_timer);
        self.write_flag(header.last_position.is_some());
        if let Some(last) = &header.last_position {
            self.write_time(last.at);
            self.write_signed(last.order.into());
            self.write_text(&last.id);
        }
        self.write_as_of(header);
        self.write_unsigned(header.own_event_count.into());
        self.write_optional_time(header.last_seen_at);
        // Without attributes, an empty text is shorter than an empty object.
        self.write_text(&if header.profile.is_empty() {
            String::new()
        } else {
            header.profile.to_json()
        });
        self.write_length(header.checkpoints.len());
        for checkpoint in &header.checkpoints {
            self.write_time(checkpoint.at);
            self.write_unsigned(checkpoint.event_count.into());
        }
        self.write_length(header.cells.len());
        for (slot, cell) in &header.cells {
            self.write_unsigned((*slot).into());
            self.write_cell(cell);
        }
    }

    /// Writes a single flag in the usual case, in which `as_of` is the instant of the last event.
    fn write_as_of(&mut self, header: &StateHeader) {
        let is_last = header.as_of == header.last_position.as_ref().map(|last| last.at);
        self.write_flag(is_last);
        if !is_last {
            self.write_optional_time(header.as_of);
        }
    }

    fn write_cell(&mut self, cell: &Cell) {
        // The numbers are stored. A kind that is removed leaves its number unused.
        match cell {
            Cell::Number(number) => {
                self.0.push(0);
                self.write_decimal(*number);
            }
            Cell::Periodic { period, value } => {
                self.0.push(1);
                self.write_signed((*period).into());
                self.write_decimal(*value);
            }
            Cell::Dated { at, value } => {
                self.0.push(2);
                self.write_time(*at);
                self.write_decimal(*value);
            }
            Cell::Window { total, first, next } => {
                self.0.push(3);
                self.write_decimal(*total);
                self.write_unsigned((*first).into());
                self.write_unsigned((*next).into());
            }
            Cell::Chunk(entries) => {
                self.0.push(4);
                self.write_length(entries.len());
                for entry in entries {
                    self.write_time(entry.at);
                    self.write_decimal(entry.value);
                    self.write_text(&entry.text);
                }
            }
            Cell::Text(text) => {
                self.0.push(5);
                self.write_text(text);
            }
            Cell::Mark => self.0.push(6),
            Cell::Badge(badge) => {
                self.0.push(7);
                self.write_badge(badge);
            }
            Cell::Award(award) => {
                self.0.push(8);
                self.write_award(award);
            }
            Cell::Unlock { open, at, event } => {
                self.0.push(9);
                self.write_flag(*open);
                self.write_time(*at);
                self.write_text(event);
            }
        }
    }

    fn write_badge(&mut self, badge: &BadgeCell) {
        self.write_length(badge.held_counts.len());
        badge
            .held_counts
            .iter()
            .for_each(|held| self.write_unsigned((*held).into()));
        self.write_unsigned(badge.settled_tiers.into());
        self.write_unsigned(badge.times_reached.into());
        self.write_unsigned(badge.highest_time.into());
        self.write_flag(badge.criterion_met);
        self.write_decimal(badge.progress_offset);
        self.write_flag(badge.keyed_offsets);
    }

    fn write_award(&mut self, award: &AwardCell) {
        self.write_time(award.at);
        self.write_text(&award.event);
        self.0.push(match award.source {
            AwardSource::Criterion => 0,
            AwardSource::Code => 1,
            AwardSource::Manual => 2,
            AwardSource::Grandfathered => 3,
        });
        self.write_optional_time(award.revoked_at);
        self.write_flag(award.lapsed);
        self.write_flag(award.blocked);
        self.write_length(award.paid.len());
        for (currency, amount) in &award.paid {
            self.write_length(*currency);
            self.write_signed((*amount).into());
        }
        self.write_length(award.holding_intervals.len());
        for interval in &award.holding_intervals {
            self.write_time(interval.from);
            self.write_time(interval.until);
            self.write_text(&interval.event);
        }
    }
}

struct StateDecoder<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> StateDecoder<'b> {
    fn new(bytes: &'b [u8]) -> Result<Self, CodecError> {
        match bytes.first() {
            Some(&VERSION) => Ok(Self { bytes, at: 1 }),
            Some(&other) => Err(CodecError::Version(other)),
            None => Err(CodecError::Damaged(0)),
        }
    }

    fn damaged_error(&self) -> CodecError {
        CodecError::Damaged(self.at)
    }

    // Bytes that are left over mean damage as much as missing ones.
    fn check_end(&self) -> Result<(), CodecError> {
        if self.at == self.bytes.len() {
            Ok(())
        } else {
            Err(self.damaged_error())
        }
    }

    fn read_byte(&mut self) -> Result<u8, CodecError> {
        let byte = *self
            .bytes
            .get(self.at)
            .ok_or_else(|| self.damaged_error())?;
        self.at += 1;
        Ok(byte)
    }

    fn read_unsigned(&mut self) -> Result<u128, CodecError> {
        let mut number = 0_u128;
        // Bounded by the width of the result, so that damaged input cannot shift beyond it.
        for shift in (0..128).step_by(7) {
            let byte = self.read_byte()?;
            number |= u128::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(self.damaged_error())
    }

    /// Reads an unsigned number of the width of `T`.
    fn read_narrow<T: TryFrom<u128>>(&mut self) -> Result<T, CodecError> {
        T::try_from(self.read_unsigned()?).map_err(|_| self.damaged_error())
    }

    fn read_signed(&mut self) -> Result<i128, CodecError> {
        let number = self.read_unsigned()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    fn read_narrow_signed<T: TryFrom<i128>>(&mut self) -> Result<T, CodecError> {
        T::try_from(self.read_signed()?).map_err(|_| self.damaged_error())
    }

    fn read_text(&mut self) -> Result<String, CodecError> {
        let length: usize = self.read_narrow()?;
        // A damaged length can be huge.
        let end = self
            .at
            .checked_add(length)
            .ok_or_else(|| self.damaged_error())?;
        let bytes = self
            .bytes
            .get(self.at..end)
            .ok_or_else(|| self.damaged_error())?;
        let text = std::str::from_utf8(bytes).map_err(|_| self.damaged_error())?;
        self.at = end;
        Ok(text.to_owned())
    }

    fn read_list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, CodecError>,
    ) -> Result<Vec<T>, CodecError> {
        let length: usize = self.read_narrow()?;
        // Each item takes at least a byte, so a damaged length cannot ask for more memory than
        // this.
        let mut items = Vec::with_capacity(length.min(self.bytes.len()));
        for _ in 0..length {
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn read_flag(&mut self) -> Result<bool, CodecError> {
        match self.read_byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.damaged_error()),
        }
    }

    fn read_time(&mut self) -> Result<Timestamp, CodecError> {
        let micros = self.read_narrow_signed()?;
        Timestamp::from_micros(micros).ok_or_else(|| self.damaged_error())
    }

    fn read_optional_time(&mut self) -> Result<Option<Timestamp>, CodecError> {
        if self.read_flag()? {
            self.read_time().map(Some)
        } else {
            Ok(None)
        }
    }

    fn read_decimal(&mut self) -> Result<Decimal, CodecError> {
        let number = self.read_signed()?;
        if number & 1 == 1 {
            return Decimal::from_micros(number >> 1).ok_or_else(|| self.damaged_error());
        }
        let whole = i64::try_from(number >> 1).map_err(|_| self.damaged_error())?;
        Ok(Decimal::from_int(whole))
    }

    fn read_header(&mut self) -> Result<StateHeader, CodecError> {
        let events = self.read_narrow()?;
        let first_at = self.read_optional_time()?;
        let next = self.read_optional_time()?;
        let last = match self.read_flag()? {
            true => Some(TimelinePosition {
                at: self.read_time()?,
                order: self.read_narrow_signed()?,
                id: self.read_text()?,
            }),
            false => None,
        };
        // After the last position, which it usually refers to.
        let as_of = if self.read_flag()? {
            last.as_ref().map(|last: &TimelinePosition| last.at)
        } else {
            self.read_optional_time()?
        };
        let own_events = self.read_narrow()?;
        let last_seen_at = self.read_optional_time()?;
        let profile = self.read_text()?;
        let profile = match profile.as_str() {
            "" => Props::default(),
            json => Props::from_json(json.as_bytes()).map_err(|_| self.damaged_error())?,
        };
        let checkpoints = self.read_list(|input| {
            Ok(CheckpointMark {
                at: input.read_time()?,
                event_count: input.read_narrow()?,
            })
        })?;
        let cells: BTreeMap<_, _> = self
            .read_list(|input| Ok((input.read_narrow()?, input.read_cell()?)))?
            .into_iter()
            .collect();
        Ok(StateHeader {
            last_position: last,
            first_at,
            as_of,
            next_timer: next,
            event_count: events,
            own_event_count: own_events,
            last_seen_at,
            profile,
            cells,
            checkpoints,
        })
    }

    fn read_cell(&mut self) -> Result<Cell, CodecError> {
        Ok(match self.read_byte()? {
            0 => Cell::Number(self.read_decimal()?),
            1 => Cell::Periodic {
                period: self.read_narrow_signed()?,
                value: self.read_decimal()?,
            },
            2 => Cell::Dated {
                at: self.read_time()?,
                value: self.read_decimal()?,
            },
            3 => Cell::Window {
                total: self.read_decimal()?,
                first: self.read_narrow()?,
                next: self.read_narrow()?,
            },
            4 => Cell::Chunk(self.read_list(|input| {
                Ok(WindowEntry {
                    at: input.read_time()?,
                    value: input.read_decimal()?,
                    text: input.read_text()?.into(),
                })
            })?),
            5 => Cell::Text(self.read_text()?.into()),
            6 => Cell::Mark,
            7 => Cell::Badge(BadgeCell {
                held_counts: self.read_list(Self::read_narrow)?,
                settled_tiers: self.read_narrow()?,
                times_reached: self.read_narrow()?,
                highest_time: self.read_narrow()?,
                criterion_met: self.read_flag()?,
                progress_offset: self.read_decimal()?,
                keyed_offsets: self.read_flag()?,
            }),
            8 => Cell::Award(self.read_award()?),
            9 => Cell::Unlock {
                open: self.read_flag()?,
                at: self.read_time()?,
                event: self.read_text()?.into(),
            },
            _ => return Err(self.damaged_error()),
        })
    }

    fn read_award(&mut self) -> Result<AwardCell, CodecError> {
        Ok(AwardCell {
            at: self.read_time()?,
            event: self.read_text()?.into(),
            source: match self.read_byte()? {
                0 => AwardSource::Criterion,
                1 => AwardSource::Code,
                2 => AwardSource::Manual,
                3 => AwardSource::Grandfathered,
                _ => return Err(self.damaged_error()),
            },
            revoked_at: self.read_optional_time()?,
            lapsed: self.read_flag()?,
            blocked: self.read_flag()?,
            paid: self
                .read_list(|input| Ok((input.read_narrow()?, input.read_narrow_signed()?)))?,
            holding_intervals: self.read_list(|input| {
                Ok(HoldingInterval {
                    from: input.read_time()?,
                    until: input.read_time()?,
                    event: input.read_text()?.into(),
                })
            })?,
        })
    }
}
