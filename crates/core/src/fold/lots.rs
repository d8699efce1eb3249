//! Expiring points, held in lots: amounts that were earned and not spent, by the instant at which
//! they expire.
//!
//! A positive balance is the sum of its lots; a balance of zero or less has none. Instants never
//! decrease along a timeline, so the lots are a queue, stored in chunks like the entries of a
//! window: a gain touches the last chunk, and spending touches the first ones. Only grandfathered
//! awards, which keep the expiry of their points, insert a lot before others. While there is a
//! frame, there is a timer, at or before the instant at which the first lot expires.

use super::cell::{Cell, CellId, WindowEntry};
use super::effect::Effect;
use super::sliding_window::{CHUNK_LEN, WindowAggregate, WindowFrame, chunk_id};
use super::state::MissingCells;
use super::step::StepContext;
use crate::catalog::rules::{CellSlot, ExpiryRule};
use crate::number::Decimal;
use crate::time::{TimeWindow, Timestamp};

impl StepContext<'_> {
    /// Updates the lots after a change of the balance by points that were earned at an instant.
    /// Gains pay an overdraft before they form lots; spending takes from the lots that expire first
    /// (S11).
    pub(super) fn update_lots(
        &mut self,
        rule: ExpiryRule,
        before: Decimal,
        after: Decimal,
        earned_at: Timestamp,
    ) -> Result<(), MissingCells> {
        // An overdraft has no lots, so only the part above zero matters.
        let (before, after) = (before.max(Decimal::ZERO), after.max(Decimal::ZERO));
        // Checked before a change, which covers the change before it. Nothing else touches lots
        // but expiry, which takes as much from the balance in the same step.
        debug_assert!(
            self.window_frame(rule.slot, "")
                .is_ok_and(|frame| frame.map_or(Decimal::ZERO, |frame| frame.total) == before),
            "the lots add up to the positive part of the balance"
        );
        if after > before {
            self.add_gain(rule, subtract_exactly(after, before), earned_at)
        } else {
            let mut left = subtract_exactly(before, after);
            self.take_from_lots(rule.slot, |lot| {
                let part = lot.value.min(left);
                left = subtract_exactly(left, part);
                part
            })
        }
    }

    /// Removes the lots that expire at the instant of the event, and schedules the next timer.
    pub(super) fn expire_lots(&mut self, currency: usize) -> Result<(), MissingCells> {
        let Some(ExpiryRule { slot, .. }) = self.rules.currencies[currency].expiry else {
            return Ok(());
        };
        let amount = self.remove_expired_lots(slot)?;
        if amount > 0 {
            self.effects.push(Effect::Expire { currency, amount });
        }
        Ok(())
    }

    /// Removes the lots that have expired, schedules the next timer, and returns the points that
    /// were in them. The balance still contains these.
    pub(super) fn remove_expired_lots(&mut self, slot: CellSlot) -> Result<i64, MissingCells> {
        let (now, mut expired) = (self.at, Decimal::ZERO);
        self.take_from_lots(slot, |lot| {
            let part = if lot.at <= now {
                lot.value
            } else {
                Decimal::ZERO
            };
            expired = add_exactly(expired, part);
            part
        })?;
        // Spending can have emptied the lot for which the timer was set. It then only moves on.
        match self.oldest_entry_at(slot, "")? {
            Some(next) => self.schedule_timer(next, slot, "")?,
            None => self.state.put_cell(CellId::new(slot, ""), None),
        }
        Ok(expired
            .trunc()
            .expect("lots add up to at most their balance"))
    }

    fn add_gain(
        &mut self,
        rule: ExpiryRule,
        amount: Decimal,
        earned_at: Timestamp,
    ) -> Result<(), MissingCells> {
        let slot = rule.slot;
        let at = self.expiry_of_gain(rule.lifetime, earned_at);
        if earned_at < self.at {
            return self.insert_lot(slot, at, amount);
        }
        let Some(frame) = self.window_frame(slot, "")? else {
            self.schedule_timer(at, slot, "")?;
            return self.add_lot(slot, at, amount);
        };
        // Everything was spent, but the timer of the spent lots is still set. It fires no later
        // than this lot expires, and then moves on.
        if frame.first == frame.next {
            return self.add_lot(slot, at, amount);
        }
        let mut chunk = self.load_chunk(slot, "", frame.next - 1)?;
        // Gains that expire together share a lot, so that "end of the month" needs one per month.
        match chunk.last_mut().filter(|lot| lot.at == at) {
            None => self.add_lot(slot, at, amount),
            Some(lot) => {
                lot.value = add_exactly(lot.value, amount);
                self.put_chunk(slot, "", frame.next - 1, chunk);
                self.put_lots(
                    slot,
                    WindowFrame {
                        total: add_exactly(frame.total, amount),
                        ..frame
                    },
                );
                Ok(())
            }
        }
    }

    /// Inserts a lot in order of expiry. Rewrites all lots, which few steps do.
    fn insert_lot(
        &mut self,
        slot: CellSlot,
        at: Timestamp,
        value: Decimal,
    ) -> Result<(), MissingCells> {
        let (total, first, next) = self
            .window_frame(slot, "")?
            .map_or((Decimal::ZERO, 0, 0), |frame| {
                (frame.total, frame.first, frame.next)
            });
        let mut lots = Vec::new();
        for number in first..next {
            lots.extend(self.load_chunk(slot, "", number)?);
        }
        let place = lots.partition_point(|lot| lot.at < at);
        match lots.get_mut(place).filter(|lot| lot.at == at) {
            Some(lot) => lot.value = add_exactly(lot.value, value),
            None => lots.insert(
                place,
                WindowEntry {
                    at,
                    value,
                    text: Box::default(),
                },
            ),
        }
        let mut number = first;
        for chunk in lots.chunks(CHUNK_LEN) {
            // `put_cell` journals the previous content, so even a new chunk must be known.
            self.state.read_cell(&chunk_id(slot, "", number))?;
            self.put_chunk(slot, "", number, chunk.to_vec());
            number += 1;
        }
        for emptied in number..next {
            self.put_chunk(slot, "", emptied, Vec::new());
        }
        self.put_lots(
            slot,
            WindowFrame {
                total: add_exactly(total, value),
                first,
                next: number,
            },
        );
        // The caller removes a lot that has expired already.
        if self.at < at {
            self.schedule_timer(at, slot, "")?;
        }
        Ok(())
    }

    fn add_lot(
        &mut self,
        slot: CellSlot,
        at: Timestamp,
        value: Decimal,
    ) -> Result<(), MissingCells> {
        let fits = self.push_entry(
            slot,
            "",
            WindowEntry {
                at,
                value,
                text: Box::default(),
            },
            WindowAggregate::Sum,
        )?;
        debug_assert!(fits, "lots add up to at most their balance");
        Ok(())
    }

    /// Takes a part of each lot, in order of expiry, until a lot is not emptied.
    fn take_from_lots(
        &mut self,
        slot: CellSlot,
        mut part: impl FnMut(&WindowEntry) -> Decimal,
    ) -> Result<(), MissingCells> {
        let Some(mut frame) = self.window_frame(slot, "")? else {
            return Ok(());
        };
        while frame.first < frame.next {
            let mut chunk = self.load_chunk(slot, "", frame.first)?;
            let mut emptied = 0;
            for lot in &mut chunk {
                let taken = part(lot);
                // A negative part, or more than there is, would change the sum of the lots
                // unnoticed.
                debug_assert!(
                    Decimal::ZERO <= taken && taken <= lot.value,
                    "at most the whole of a lot is taken"
                );
                lot.value = subtract_exactly(lot.value, taken);
                frame.total = subtract_exactly(frame.total, taken);
                if lot.value > Decimal::ZERO {
                    break;
                }
                emptied += 1;
            }
            chunk.drain(..emptied);
            let is_empty = chunk.is_empty();
            self.put_chunk(slot, "", frame.first, chunk);
            if !is_empty {
                break;
            }
            frame.first += 1;
        }
        self.put_lots(slot, frame);
        Ok(())
    }

    /// Writes the frame even if no lot is left, because it also says that there is a timer.
    fn put_lots(&mut self, slot: CellSlot, frame: WindowFrame) {
        let WindowFrame { total, first, next } = frame;
        self.state.put_cell(
            CellId::new(slot, ""),
            Some(Cell::Window { total, first, next }),
        );
    }

    /// Returns the instant at which points expire that were earned at another one.
    pub(super) fn expiry_of_gain(&self, after: TimeWindow, earned_at: Timestamp) -> Timestamp {
        match after {
            TimeWindow::Sliding(length) => earned_at.plus_micros(length),
            TimeWindow::Calendar(calendar) => {
                // Expiry uses the catalog's zone, also for a player who has one (S26).
                let zone = &self.rules.zone;
                calendar.period_start(calendar.period_at(earned_at, zone) + 1, zone)
            }
        }
    }
}

fn add_exactly(one: Decimal, other: Decimal) -> Decimal {
    one.checked_add(other)
        .expect("lots add up to at most their balance, which fits")
}

fn subtract_exactly(whole: Decimal, part: Decimal) -> Decimal {
    whole
        .checked_sub(part)
        .expect("a part is no greater than its whole")
}
