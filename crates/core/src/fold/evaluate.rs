//! Evaluation of criteria.

use super::state::Missing;
use super::step::Turn;
use crate::catalog::rules::{CriterionRule, CriterionRuleKind, KeyOperator};
use crate::number::Decimal;

impl Turn<'_> {
    /// True if a criterion holds, for a key if it has keys. `offset` is the sum of `progress`
    /// actions.
    pub(super) fn holds(
        &mut self,
        node: &CriterionRule,
        key: &str,
        offset: Decimal,
    ) -> Result<bool, Missing> {
        Ok(self.value(node, key, offset)? >= node.target)
    }

    /// Returns the current value of a criterion.
    pub(super) fn value(
        &mut self,
        node: &CriterionRule,
        key: &str,
        offset: Decimal,
    ) -> Result<Decimal, Missing> {
        let value = match &node.kind {
            CriterionRuleKind::Counter(counter) => self.counter_value(*counter, key)?,
            CriterionRuleKind::KeyAggregate(aggregate) => {
                let aggregate = &self.rules.key_aggregates[*aggregate];
                match aggregate.operator {
                    // The number of keys is stored once per criterion, for all aggregates over it.
                    KeyOperator::Count => {
                        let keyed = &self.rules.keyed_criteria[aggregate.keyed_criterion];
                        self.state.number(keyed.slot)
                    }
                    KeyOperator::Sum(_) | KeyOperator::Distinct(_) => {
                        self.state.number(aggregate.slot)
                    }
                }
            }
            CriterionRuleKind::HeldAwards { badge, tier } => {
                let held = self
                    .state
                    .badge(self.rules.badges[*badge].slot)
                    .map_or(0, |cell| cell.count(*tier));
                Decimal::from_int(i64::try_from(held).unwrap_or(i64::MAX))
            }
            CriterionRuleKind::Balance(currency) => {
                self.state.number(self.rules.currencies[*currency].slot)
            }
            CriterionRuleKind::Unlocked(unlockable) => {
                truth(self.state.is_open(self.rules.unlockables[*unlockable].slot))
            }
            CriterionRuleKind::Age(unit) => Decimal::from_int(self.age(*unit)),
            CriterionRuleKind::Manual => Decimal::ZERO,
            // Offsets are for the criterion as a whole. Badges with a composite criterion have
            // none.
            CriterionRuleKind::SomeOf(nodes) => {
                let mut holding = 0;
                for node in nodes {
                    holding += i64::from(self.holds(node, key, Decimal::ZERO)?);
                }
                Decimal::from_int(holding)
            }
            CriterionRuleKind::Not(node) => truth(!self.holds(node, key, Decimal::ZERO)?),
        };
        Ok(value.checked_add(offset).unwrap_or(value))
    }
}

fn truth(holds: bool) -> Decimal {
    if holds { Decimal::ONE } else { Decimal::ZERO }
}
