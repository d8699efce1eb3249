//! Criteria that are evaluated per key, and aggregates over the keys for which they hold (S8).

use super::cell::{Cell, CellId};
use super::counters::OVERFLOW;
use super::state::MissingCells;
use super::step::{Occurrence, StepContext};
use crate::catalog::rules::{CellSlot, KeyAggregate, KeyOperator};
use crate::number::Decimal;

impl StepContext<'_> {
    /// Evaluates a criterion for one key, and updates aggregates and dependents if the result
    /// changed.
    pub(super) fn evaluate_key(
        &mut self,
        index: usize,
        key: &str,
        occurrence: &Occurrence<'_>,
    ) -> Result<(), MissingCells> {
        let keyed = &self.rules.keyed_criteria[index];
        let id = CellId::new(keyed.slot, key);
        let held = self.state.read_cell(&id)?.is_some();
        let holds = self.criterion_holds(&keyed.criterion, key, Decimal::ZERO)?;
        if held == holds {
            return Ok(());
        }
        self.state.put_cell(id, holds.then_some(Cell::Mark));
        self.add_to_count(keyed.slot, if holds { 1 } else { -1 });
        // Only on a change: a key that goes on to hold keeps the value of the event that made it
        // hold (S8).
        for &aggregate in &keyed.aggregates {
            let aggregate = &self.rules.key_aggregates[aggregate];
            if holds {
                self.carry_value(aggregate, key, occurrence)?
            } else {
                self.drop_carried_value(aggregate, key)?
            }
        }
        self.mark_dependents(&keyed.dependents);
        Ok(())
    }

    /// Reads the value that an aggregate carries from the event that made the criterion hold for a
    /// key.
    fn carry_value(
        &mut self,
        aggregate: &KeyAggregate,
        key: &str,
        occurrence: &Occurrence<'_>,
    ) -> Result<(), MissingCells> {
        // `put_cell` journals the previous content, so the cell must be loaded first.
        let id = CellId::new(aggregate.slot, key);
        self.state.read_cell(&id)?;
        let view = self.state_view();
        let env = view.expression_env(occurrence);
        let carried = match &aggregate.operator {
            KeyOperator::Count => return Ok(()),
            KeyOperator::Sum(of) => of.eval_number(&env).map(Cell::Number),
            KeyOperator::Distinct(of) => of.eval_key(&env).map(|text| Cell::Text((&*text).into())),
        };
        // The criterion holds for the key even if the key contributes no value.
        match carried {
            Err(error) => self.fail_owners(&aggregate.owners, &error.to_string()),
            Ok(Cell::Number(value)) => {
                match self.state.header_number(aggregate.slot).checked_add(value) {
                    None => self.fail_owners(&aggregate.owners, OVERFLOW),
                    Some(total) => {
                        self.state
                            .put_cell(CellId::new(aggregate.slot, ""), Some(Cell::Number(total)));
                        self.state.put_cell(id, Some(Cell::Number(value)));
                    }
                }
            }
            Ok(cell) => {
                if let Cell::Text(text) = &cell {
                    self.count_text_reference(aggregate.slot, text, 1)?;
                }
                self.state.put_cell(id, Some(cell));
            }
        }
        Ok(())
    }

    /// Drops the value that an aggregate carries for a key.
    fn drop_carried_value(
        &mut self,
        aggregate: &KeyAggregate,
        key: &str,
    ) -> Result<(), MissingCells> {
        let id = CellId::new(aggregate.slot, key);
        match self.state.read_cell(&id)?.cloned() {
            Some(Cell::Number(value)) => {
                let total = self
                    .state
                    .header_number(aggregate.slot)
                    .checked_sub(value)
                    .unwrap_or_default();
                self.state
                    .put_cell(CellId::new(aggregate.slot, ""), Some(Cell::Number(total)));
            }
            Some(Cell::Text(text)) => self.count_text_reference(aggregate.slot, &text, -1)?,
            _ => return Ok(()),
        }
        self.state.put_cell(id, None);
        Ok(())
    }

    /// Updates the number of keys that carry a text, and the number of different texts.
    fn count_text_reference(
        &mut self,
        slot: CellSlot,
        text: &str,
        by: i64,
    ) -> Result<(), MissingCells> {
        let id = CellId::for_part(slot, "", text);
        let before = match self.state.read_cell(&id)? {
            Some(Cell::Number(number)) => number.trunc().unwrap_or_default(),
            _ => 0,
        };
        let after = before + by;
        // Every carried text was counted when it was carried.
        debug_assert!(
            after >= 0,
            "a text is dropped as often as it is carried, at most"
        );
        self.state.put_cell(
            id,
            (after > 0).then(|| Cell::Number(Decimal::from_int(after))),
        );
        if before == 0 || after == 0 {
            self.add_to_count(slot, by);
        }
        Ok(())
    }

    /// Adds to a count in the header.
    fn add_to_count(&mut self, slot: CellSlot, by: i64) {
        let total = self
            .state
            .header_number(slot)
            .checked_add(Decimal::from_int(by))
            .expect("a count of keys is far from the limit");
        self.state
            .put_cell(CellId::new(slot, ""), Some(Cell::Number(total)));
    }
}
