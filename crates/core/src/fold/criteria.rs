//! Evaluation of criteria.

use super::state::MissingCells;
use super::step::StepContext;
use crate::catalog::rules::{CriterionRule, CriterionRuleKind, KeyOperator};
use crate::number::Decimal;

impl StepContext<'_> {
    /// True if a criterion holds, for a key if it has keys. `offset` is the sum of `progress`
    /// actions.
    pub(super) fn criterion_holds(
        &mut self,
        node: &CriterionRule,
        key: &str,
        offset: Decimal,
    ) -> Result<bool, MissingCells> {
        Ok(self.criterion_value(node, key, offset)? >= node.target)
    }

    /// Returns the current value of a criterion.
    pub(super) fn criterion_value(
        &mut self,
        node: &CriterionRule,
        key: &str,
        offset: Decimal,
    ) -> Result<Decimal, MissingCells> {
        let value = match &node.kind {
            CriterionRuleKind::Counter(counter) => self.counter_value(*counter, key)?,
            CriterionRuleKind::KeyAggregate(aggregate) => {
                let aggregate = &self.rules.key_aggregates[*aggregate];
                match aggregate.operator {
                    // The number of keys is stored once per criterion, for all aggregates over it.
                    KeyOperator::Count => {
                        let keyed = &self.rules.keyed_criteria[aggregate.keyed_criterion];
                        self.state.header_number(keyed.slot)
                    }
                    KeyOperator::Sum(_) | KeyOperator::Distinct(_) => {
                        self.state.header_number(aggregate.slot)
                    }
                }
            }
            CriterionRuleKind::HeldAwards { badge, tier } => {
                let held = self
                    .state
                    .badge_cell(self.rules.badges[*badge].slot)
                    .map_or(0, |cell| cell.held_count(*tier));
                Decimal::from_int(i64::try_from(held).unwrap_or(i64::MAX))
            }
            CriterionRuleKind::Balance(currency) => self
                .state
                .header_number(self.rules.currencies[*currency].slot),
            CriterionRuleKind::Unlocked(unlockable) => {
                bool_to_decimal(self.state.is_open(self.rules.unlockables[*unlockable].slot))
            }
            CriterionRuleKind::Age(unit) => Decimal::from_int(self.player_age(*unit)),
            CriterionRuleKind::Manual => Decimal::ZERO,
            // Offsets are for the criterion as a whole. Badges with a composite criterion have
            // none.
            CriterionRuleKind::SomeOf(nodes) => {
                let mut holding = 0;
                for node in nodes {
                    holding += i64::from(self.criterion_holds(node, key, Decimal::ZERO)?);
                }
                Decimal::from_int(holding)
            }
            CriterionRuleKind::Not(node) => {
                bool_to_decimal(!self.criterion_holds(node, key, Decimal::ZERO)?)
            }
        };
        Ok(value.checked_add(offset).unwrap_or(value))
    }
}

fn bool_to_decimal(holds: bool) -> Decimal {
    if holds { Decimal::ONE } else { Decimal::ZERO }
}
