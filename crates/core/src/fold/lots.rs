//! Expiring points, held in lots: amounts that were earned and not spent, by the instant at which
//! they expire.
//!
//! A positive balance is the sum of its lots; a balance of zero or less has none. Instants never
//! decrease along a timeline, so the lots are a queue, stored in chunks like the entries of a
//! window: a gain touches the last chunk, and spending touches the first ones. While there is a
//! frame, there is one timer, at or before the instant at which the first lot expires.

use super::cell::{Cell, CellId, Entry};
use super::effects::Effect;
use super::state::Missing;
use super::step::Turn;
use super::window::{Frame, Tally};
use crate::catalog::rules::{CellSlot, ExpiryRule};
use crate::number::Decimal;
use crate::time::{TimeWindow, Timestamp};

impl Turn<'_> {
    /// Updates the lots after a change of the balance. Gains pay an overdraft before they form
    /// lots; spending takes from the lots that expire first (S11).
    pub(super) fn settle(
        &mut self,
        rule: ExpiryRule,
        before: Decimal,
        after: Decimal,
    ) -> Result<(), Missing> {
        let (before, after) = (before.max(Decimal::ZERO), after.max(Decimal::ZERO));
        if after > before {
            self.gain(rule, difference(after, before))
        } else {
            let mut left = difference(before, after);
            self.take(rule.slot, |lot| {
                let part = lot.value.min(left);
                left = difference(left, part);
                part
            })
        }
    }

    /// Removes the lots that expire at the instant of the event, and schedules the next timer.
    pub(super) fn expire(&mut self, currency: usize) -> Result<(), Missing> {
        let Some(ExpiryRule { slot, .. }) = self.rules.currencies[currency].expiry else {
            return Ok(());
        };
        let (now, mut expired) = (self.at, Decimal::ZERO);
        self.take(slot, |lot| {
            let part = if lot.at <= now {
                lot.value
            } else {
                Decimal::ZERO
            };
            expired = sum(expired, part);
            part
        })?;
        // Spending can have emptied the lot for which the timer was set. It then only moves on.
        match self.oldest(slot, "")? {
            Some(next) => self.schedule(next, slot, "")?,
            None => self.state.put(CellId::new(slot, ""), None),
        }
        let amount = expired
            .trunc()
            .expect("lots add up to at most their balance");
        if amount > 0 {
            self.effects.push(Effect::Expire { currency, amount });
        }
        Ok(())
    }

    fn gain(&mut self, rule: ExpiryRule, amount: Decimal) -> Result<(), Missing> {
        let slot = rule.slot;
        let at = self.expiry(rule.lifetime);
        let Some(frame) = self.frame(slot, "")? else {
            self.schedule(at, slot, "")?;
            return self.add_lot(slot, at, amount);
        };
        if frame.first == frame.next {
            return self.add_lot(slot, at, amount);
        }
        let mut chunk = self.chunk(slot, "", frame.next - 1)?;
        // Gains that expire together share a lot, so that "end of the month" needs one per month.
        match chunk.last_mut().filter(|lot| lot.at == at) {
            None => self.add_lot(slot, at, amount),
            Some(lot) => {
                lot.value = sum(lot.value, amount);
                self.put_chunk(slot, "", frame.next - 1, chunk);
                self.put_lots(
                    slot,
                    Frame {
                        total: sum(frame.total, amount),
                        ..frame
                    },
                );
                Ok(())
            }
        }
    }

    fn add_lot(&mut self, slot: CellSlot, at: Timestamp, value: Decimal) -> Result<(), Missing> {
        let fits = self.push(
            slot,
            "",
            Entry {
                at,
                value,
                text: Box::default(),
            },
            Tally::Sum,
        )?;
        debug_assert!(fits, "lots add up to at most their balance");
        Ok(())
    }

    /// Takes a part of each lot, in order of expiry, until a lot is not emptied.
    fn take(
        &mut self,
        slot: CellSlot,
        mut part: impl FnMut(&Entry) -> Decimal,
    ) -> Result<(), Missing> {
        let Some(mut frame) = self.frame(slot, "")? else {
            return Ok(());
        };
        while frame.first < frame.next {
            let mut chunk = self.chunk(slot, "", frame.first)?;
            let mut emptied = 0;
            for lot in &mut chunk {
                let taken = part(lot);
                // A negative part, or more than there is, would change the sum of the lots
                // unnoticed.
                debug_assert!(Decimal::ZERO <= taken && taken <= lot.value);
                lot.value = difference(lot.value, taken);
                frame.total = difference(frame.total, taken);
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
    fn put_lots(&mut self, slot: CellSlot, frame: Frame) {
        let Frame { total, first, next } = frame;
        self.state.put(
            CellId::new(slot, ""),
            Some(Cell::Window { total, first, next }),
        );
    }

    /// Returns the instant at which points expire that are earned now.
    fn expiry(&self, after: TimeWindow) -> Timestamp {
        match after {
            TimeWindow::Sliding(length) => self.at.plus_micros(length),
            TimeWindow::Calendar(calendar) => {
                calendar.period_start(self.period(calendar, false) + 1, &self.rules.zone)
            }
        }
    }
}

fn sum(one: Decimal, other: Decimal) -> Decimal {
    one.checked_add(other)
        .expect("lots add up to at most their balance, which fits")
}

fn difference(whole: Decimal, part: Decimal) -> Decimal {
    whole
        .checked_sub(part)
        .expect("a part is no greater than its whole")
}
