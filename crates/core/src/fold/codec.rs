//! Encoding of states as bytes.
//!
//! The encoding is compact, because every event writes a header. Integers are LEB128, with zigzag
//! if they are signed; texts and lists begin with their length; the first byte is the version of
//! the format.

use std::collections::BTreeMap;

use super::cell::{Award, AwardSource, BadgeCell, Cell, CellId, Entry, HoldingInterval};
use super::state::{CheckpointMark, Header, Missing, State};
use crate::event::TimelinePosition;
use crate::number::Decimal;
use crate::time::Timestamp;
use crate::value::Props;

/// The version of the format.
const VERSION: u8 = 2;

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
pub fn encode_header(header: &Header) -> Vec<u8> {
    let mut out = Writer(vec![VERSION]);
    out.header(header);
    out.0
}

/// Decodes a header.
///
/// # Errors
/// [`CodecError`] if the bytes are not a header.
pub fn decode_header(bytes: &[u8]) -> Result<Header, CodecError> {
    let mut input = Reader::new(bytes)?;
    let header = input.header()?;
    input.end()?;
    Ok(header)
}

/// Encodes a cell.
// A cell has no version byte. The header is written together with cells, and has one for all.
pub fn encode_cell(cell: &Cell) -> Vec<u8> {
    let mut out = Writer(Vec::new());
    out.cell(cell);
    out.0
}

/// Decodes a cell.
///
/// # Errors
/// [`CodecError`] if the bytes are not a cell.
pub fn decode_cell(bytes: &[u8]) -> Result<Cell, CodecError> {
    let mut input = Reader { bytes, at: 0 };
    let cell = input.cell()?;
    input.end()?;
    Ok(cell)
}

/// Encodes a state with all of its cells.
///
/// # Errors
/// [`Missing::All`] if some cells are not loaded.
pub(super) fn encode_state(state: &State) -> Result<Vec<u8>, Missing> {
    let cells: Vec<(CellId, &Cell)> = state
        .all()?
        .into_iter()
        .filter(|(id, _)| !id.key.is_empty())
        .collect();
    let mut out = Writer(vec![VERSION]);
    out.header(&state.header);
    out.length(cells.len());
    for (id, cell) in cells {
        out.unsigned(u128::from(id.slot));
        out.text(&id.key);
        out.cell(cell);
    }
    Ok(out.0)
}

/// Decodes a state with all of its cells.
///
/// # Errors
/// [`CodecError`] if the bytes are not a state.
pub(super) fn decode_state(bytes: &[u8]) -> Result<State, CodecError> {
    let mut input = Reader::new(bytes)?;
    let header = input.header()?;
    let cells =
        input.list(|input| Ok((CellId::new(input.narrow()?, &input.text()?), input.cell()?)))?;
    input.end()?;
    Ok(State::whole(header, cells))
}

struct Writer(Vec<u8>);

impl Writer {
    fn unsigned(&mut self, mut number: u128) {
        while number >= 0x80 {
            self.0
                .push(u8::try_from(number & 0x7f).expect("seven bits fit") | 0x80);
            number >>= 7;
        }
        self.0
            .push(u8::try_from(number).expect("less than eight bits are left"));
    }

    fn signed(&mut self, number: i128) {
        self.unsigned(((number << 1) ^ (number >> 127)).cast_unsigned());
    }

    fn length(&mut self, length: usize) {
        self.unsigned(length as u128);
    }

    fn text(&mut self, text: &str) {
        self.length(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn flag(&mut self, flag: bool) {
        self.0.push(u8::from(flag));
    }

    fn time(&mut self, at: Timestamp) {
        self.signed(at.as_micros().into());
    }

    fn optional_time(&mut self, at: Option<Timestamp>) {
        self.flag(at.is_some());
        if let Some(at) = at {
            self.time(at);
        }
    }

    /// The lowest bit tells whole numbers from fractions: most numbers are whole, and need no room
    /// for six decimal places.
    fn decimal(&mut self, number: Decimal) {
        match number.trunc() {
            Some(whole) if number.is_whole() => self.signed(i128::from(whole) << 1),
            _ => self.signed(number.as_micros() << 1 | 1),
        }
    }

    fn header(&mut self, header: &Header) {
        self.unsigned(header.events.into());
        self.optional_time(header.first_at);
        self.optional_time(header.next);
        self.flag(header.last.is_some());
        if let Some(last) = &header.last {
            self.time(last.at);
            self.signed(last.order.into());
            self.text(&last.id);
        }
        self.as_of(header);
        self.text(&if header.profile.is_empty() {
            String::new()
        } else {
            header.profile.to_json()
        });
        self.length(header.checkpoints.len());
        for checkpoint in &header.checkpoints {
            self.time(checkpoint.at);
            self.unsigned(checkpoint.events.into());
        }
        self.length(header.cells.len());
        for (slot, cell) in &header.cells {
            self.unsigned((*slot).into());
            self.cell(cell);
        }
    }

    /// Writes a single flag in the usual case, in which `as_of` is the instant of the last event.
    fn as_of(&mut self, header: &Header) {
        let is_last = header.as_of == header.last.as_ref().map(|last| last.at);
        self.flag(is_last);
        if !is_last {
            self.optional_time(header.as_of);
        }
    }

    fn cell(&mut self, cell: &Cell) {
        // The numbers are stored. A kind that is removed leaves its number unused.
        match cell {
            Cell::Number(number) => {
                self.0.push(0);
                self.decimal(*number);
            }
            Cell::Periodic { period, value } => {
                self.0.push(1);
                self.signed((*period).into());
                self.decimal(*value);
            }
            Cell::Dated { at, value } => {
                self.0.push(2);
                self.time(*at);
                self.decimal(*value);
            }
            Cell::Window { total, first, next } => {
                self.0.push(3);
                self.decimal(*total);
                self.unsigned((*first).into());
                self.unsigned((*next).into());
            }
            Cell::Chunk(entries) => {
                self.0.push(4);
                self.length(entries.len());
                for entry in entries {
                    self.time(entry.at);
                    self.decimal(entry.value);
                    self.text(&entry.text);
                }
            }
            Cell::Text(text) => {
                self.0.push(5);
                self.text(text);
            }
            Cell::Mark => self.0.push(6),
            Cell::Badge(badge) => {
                self.0.push(7);
                self.badge(badge);
            }
            Cell::Award(award) => {
                self.0.push(8);
                self.award(award);
            }
            Cell::Unlock { open, at, event } => {
                self.0.push(9);
                self.flag(*open);
                self.time(*at);
                self.text(event);
            }
        }
    }

    fn badge(&mut self, badge: &BadgeCell) {
        self.length(badge.held.len());
        badge
            .held
            .iter()
            .for_each(|held| self.unsigned((*held).into()));
        self.unsigned(badge.settled.into());
        self.unsigned(badge.reached.into());
        self.flag(badge.met);
        self.decimal(badge.offset);
        self.flag(badge.keyed_offsets);
    }

    fn award(&mut self, award: &Award) {
        self.time(award.at);
        self.text(&award.event);
        self.0.push(match award.source {
            AwardSource::Criterion => 0,
            AwardSource::Code => 1,
            AwardSource::Manual => 2,
            AwardSource::Grandfathered => 3,
        });
        self.optional_time(award.revoked_at);
        self.flag(award.lapsed);
        self.flag(award.blocked);
        self.length(award.paid.len());
        for (currency, amount) in &award.paid {
            self.length(*currency);
            self.signed((*amount).into());
        }
        self.length(award.holding_intervals.len());
        for interval in &award.holding_intervals {
            self.time(interval.from);
            self.time(interval.until);
            self.text(&interval.event);
        }
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn new(bytes: &'b [u8]) -> Result<Self, CodecError> {
        match bytes.first() {
            Some(&VERSION) => Ok(Self { bytes, at: 1 }),
            Some(&other) => Err(CodecError::Version(other)),
            None => Err(CodecError::Damaged(0)),
        }
    }

    fn damaged(&self) -> CodecError {
        CodecError::Damaged(self.at)
    }

    fn end(&self) -> Result<(), CodecError> {
        if self.at == self.bytes.len() {
            Ok(())
        } else {
            Err(self.damaged())
        }
    }

    fn byte(&mut self) -> Result<u8, CodecError> {
        let byte = *self.bytes.get(self.at).ok_or_else(|| self.damaged())?;
        self.at += 1;
        Ok(byte)
    }

    fn unsigned(&mut self) -> Result<u128, CodecError> {
        let mut number = 0_u128;
        // Bounded by the width of the result, so that damaged input cannot shift beyond it.
        for shift in (0..128).step_by(7) {
            let byte = self.byte()?;
            number |= u128::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(self.damaged())
    }

    /// Reads an unsigned number of the width of `T`.
    fn narrow<T: TryFrom<u128>>(&mut self) -> Result<T, CodecError> {
        T::try_from(self.unsigned()?).map_err(|_| self.damaged())
    }

    fn signed(&mut self) -> Result<i128, CodecError> {
        let number = self.unsigned()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    fn narrow_signed<T: TryFrom<i128>>(&mut self) -> Result<T, CodecError> {
        T::try_from(self.signed()?).map_err(|_| self.damaged())
    }

    fn text(&mut self) -> Result<String, CodecError> {
        let length: usize = self.narrow()?;
        // A damaged length can be huge.
        let end = self.at.checked_add(length).ok_or_else(|| self.damaged())?;
        let bytes = self.bytes.get(self.at..end).ok_or_else(|| self.damaged())?;
        let text = std::str::from_utf8(bytes).map_err(|_| self.damaged())?;
        self.at = end;
        Ok(text.to_owned())
    }

    fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, CodecError>,
    ) -> Result<Vec<T>, CodecError> {
        let length: usize = self.narrow()?;
        // Each item takes at least a byte, so a damaged length cannot ask for more memory than
        // this.
        let mut items = Vec::with_capacity(length.min(self.bytes.len()));
        for _ in 0..length {
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn flag(&mut self) -> Result<bool, CodecError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.damaged()),
        }
    }

    fn time(&mut self) -> Result<Timestamp, CodecError> {
        let micros = self.narrow_signed()?;
        Timestamp::from_micros(micros).ok_or_else(|| self.damaged())
    }

    fn optional_time(&mut self) -> Result<Option<Timestamp>, CodecError> {
        if self.flag()? {
            self.time().map(Some)
        } else {
            Ok(None)
        }
    }

    fn decimal(&mut self) -> Result<Decimal, CodecError> {
        let number = self.signed()?;
        if number & 1 == 1 {
            return Decimal::from_micros(number >> 1).ok_or_else(|| self.damaged());
        }
        let whole = i64::try_from(number >> 1).map_err(|_| self.damaged())?;
        Ok(Decimal::from_int(whole))
    }

    fn header(&mut self) -> Result<Header, CodecError> {
        let events = self.narrow()?;
        let first_at = self.optional_time()?;
        let next = self.optional_time()?;
        let last = match self.flag()? {
            true => Some(TimelinePosition {
                at: self.time()?,
                order: self.narrow_signed()?,
                id: self.text()?,
            }),
            false => None,
        };
        let as_of = if self.flag()? {
            last.as_ref().map(|last: &TimelinePosition| last.at)
        } else {
            self.optional_time()?
        };
        let profile = self.text()?;
        let profile = match profile.as_str() {
            "" => Props::default(),
            json => Props::from_json(json.as_bytes()).map_err(|_| self.damaged())?,
        };
        let checkpoints = self.list(|input| {
            Ok(CheckpointMark {
                at: input.time()?,
                events: input.narrow()?,
            })
        })?;
        let cells: BTreeMap<_, _> = self
            .list(|input| Ok((input.narrow()?, input.cell()?)))?
            .into_iter()
            .collect();
        Ok(Header {
            last,
            first_at,
            as_of,
            next,
            events,
            profile,
            cells,
            checkpoints,
        })
    }

    fn cell(&mut self) -> Result<Cell, CodecError> {
        Ok(match self.byte()? {
            0 => Cell::Number(self.decimal()?),
            1 => Cell::Periodic {
                period: self.narrow_signed()?,
                value: self.decimal()?,
            },
            2 => Cell::Dated {
                at: self.time()?,
                value: self.decimal()?,
            },
            3 => Cell::Window {
                total: self.decimal()?,
                first: self.narrow()?,
                next: self.narrow()?,
            },
            4 => Cell::Chunk(self.list(|input| {
                Ok(Entry {
                    at: input.time()?,
                    value: input.decimal()?,
                    text: input.text()?.into(),
                })
            })?),
            5 => Cell::Text(self.text()?.into()),
            6 => Cell::Mark,
            7 => Cell::Badge(BadgeCell {
                held: self.list(Self::narrow)?,
                settled: self.narrow()?,
                reached: self.narrow()?,
                met: self.flag()?,
                offset: self.decimal()?,
                keyed_offsets: self.flag()?,
            }),
            8 => Cell::Award(self.award()?),
            9 => Cell::Unlock {
                open: self.flag()?,
                at: self.time()?,
                event: self.text()?.into(),
            },
            _ => return Err(self.damaged()),
        })
    }

    fn award(&mut self) -> Result<Award, CodecError> {
        Ok(Award {
            at: self.time()?,
            event: self.text()?.into(),
            source: match self.byte()? {
                0 => AwardSource::Criterion,
                1 => AwardSource::Code,
                2 => AwardSource::Manual,
                3 => AwardSource::Grandfathered,
                _ => return Err(self.damaged()),
            },
            revoked_at: self.optional_time()?,
            lapsed: self.flag()?,
            blocked: self.flag()?,
            paid: self.list(|input| Ok((input.narrow()?, input.narrow_signed()?)))?,
            holding_intervals: self.list(|input| {
                Ok(HoldingInterval {
                    from: input.time()?,
                    until: input.time()?,
                    event: input.text()?.into(),
                })
            })?,
        })
    }
}
