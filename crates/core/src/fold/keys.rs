//! Criteria that are evaluated per key, and aggregates over the keys for which they hold (S8).

use super::cell::{Cell, CellId};
use super::counters::OVERFLOW;
use super::state::Missing;
use super::step::{Occurrence, Turn};
use crate::catalog::rules::{CellSlot, KeyAggregate, KeyOperator};
use crate::number::Decimal;

impl Turn<'_> {
    /// Evaluates a criterion for one key, and updates aggregates and dependents if the result
    /// changed.
    pub(super) fn judge_key(
        &mut self,
        index: usize,
        key: &str,
        occurrence: &Occurrence<'_>,
    ) -> Result<(), Missing> {
        let keyed = &self.rules.keyed_criteria[index];
        let id = CellId::new(keyed.slot, key);
        let held = self.state.get(&id)?.is_some();
        let holds = self.holds(&keyed.criterion, key, Decimal::ZERO)?;
        if held == holds {
            return Ok(());
        }
        self.state.put(id, holds.then_some(Cell::Mark));
        self.shift(keyed.slot, if holds { 1 } else { -1 });
        for &aggregate in &keyed.aggregates {
            let aggregate = &self.rules.key_aggregates[aggregate];
            if holds {
                self.carry(aggregate, key, occurrence)?
            } else {
                self.let_go(aggregate, key)?
            }
        }
        self.mark(&keyed.dependents);
        Ok(())
    }

    /// Reads the value that an aggregate carries from the event that made the criterion hold for a
    /// key.
    fn carry(
        &mut self,
        aggregate: &KeyAggregate,
        key: &str,
        occurrence: &Occurrence<'_>,
    ) -> Result<(), Missing> {
        // `put` journals the previous content, so the cell must be loaded first.
        let id = CellId::new(aggregate.slot, key);
        self.state.get(&id)?;
        let view = self.view();
        let env = view.env(occurrence);
        let carried = match &aggregate.operator {
            KeyOperator::Count => return Ok(()),
            KeyOperator::Sum(of) => of.number(&env).map(Cell::Number),
            KeyOperator::Distinct(of) => of.key(&env).map(|text| Cell::Text((&*text).into())),
        };
        // The criterion holds for the key even if the key contributes no value.
        match carried {
            Err(error) => self.blame(&aggregate.owners, &error.to_string()),
            Ok(Cell::Number(value)) => match self.state.number(aggregate.slot).checked_add(value) {
                None => self.blame(&aggregate.owners, OVERFLOW),
                Some(total) => {
                    self.state
                        .put(CellId::new(aggregate.slot, ""), Some(Cell::Number(total)));
                    self.state.put(id, Some(Cell::Number(value)));
                }
            },
            Ok(cell) => {
                if let Cell::Text(text) = &cell {
                    self.refer(aggregate.slot, text, 1)?;
                }
                self.state.put(id, Some(cell));
            }
        }
        Ok(())
    }

    /// Drops the value that an aggregate carries for a key.
    fn let_go(&mut self, aggregate: &KeyAggregate, key: &str) -> Result<(), Missing> {
        let id = CellId::new(aggregate.slot, key);
        match self.state.get(&id)?.cloned() {
            Some(Cell::Number(value)) => {
                let total = self
                    .state
                    .number(aggregate.slot)
                    .checked_sub(value)
                    .unwrap_or_default();
                self.state
                    .put(CellId::new(aggregate.slot, ""), Some(Cell::Number(total)));
            }
            Some(Cell::Text(text)) => self.refer(aggregate.slot, &text, -1)?,
            _ => return Ok(()),
        }
        self.state.put(id, None);
        Ok(())
    }

    /// Updates the number of keys that carry a text, and the number of different texts.
    fn refer(&mut self, slot: CellSlot, text: &str, by: i64) -> Result<(), Missing> {
        let id = CellId::part(slot, "", text);
        let before = match self.state.get(&id)? {
            Some(Cell::Number(number)) => number.trunc().unwrap_or_default(),
            _ => 0,
        };
        let after = before + by;
        // Every carried text was counted when it was carried.
        debug_assert!(after >= 0);
        self.state.put(
            id,
            (after > 0).then(|| Cell::Number(Decimal::from_int(after))),
        );
        if before == 0 || after == 0 {
            self.shift(slot, by);
        }
        Ok(())
    }

    /// Adds to a count in the header.
    fn shift(&mut self, slot: CellSlot, by: i64) {
        let total = self
            .state
            .number(slot)
            .checked_add(Decimal::from_int(by))
            .expect("a count of keys is far from the limit");
        self.state
            .put(CellId::new(slot, ""), Some(Cell::Number(total)));
    }
}
