//! Evaluation of criteria.

use super::state::Missing;
use super::step::Turn;
use crate::catalog::rules::{KeyOperator, Node, NodeKind};
use crate::number::Decimal;

impl Turn<'_> {
    /// True if a criterion holds, for a key if it has keys. `offset` is the sum of `progress`
    /// actions.
    pub(super) fn holds(
        &mut self,
        node: &Node,
        key: &str,
        offset: Decimal,
    ) -> Result<bool, Missing> {
        Ok(self.value(node, key, offset)? >= node.target)
    }

    /// Returns the current value of a criterion.
    pub(super) fn value(
        &mut self,
        node: &Node,
        key: &str,
        offset: Decimal,
    ) -> Result<Decimal, Missing> {
        let value = match &node.kind {
            NodeKind::Counter(counter) => self.counter_value(*counter, key)?,
            NodeKind::Keys(aggregate) => {
                let aggregate = &self.rules.key_aggregates[*aggregate];
                match aggregate.operator {
                    KeyOperator::Count => self.state.number(self.rules.keyed[aggregate.keyed].slot),
                    KeyOperator::Sum(_) | KeyOperator::Distinct(_) => {
                        self.state.number(aggregate.slot)
                    }
                }
            }
            NodeKind::Held { badge, tier } => {
                let held = self
                    .state
                    .badge(self.rules.badges[*badge].slot)
                    .map_or(0, |cell| cell.count(*tier));
                Decimal::from_int(i64::try_from(held).unwrap_or(i64::MAX))
            }
            NodeKind::Points(currency) => self.state.number(self.rules.currencies[*currency].slot),
            NodeKind::Open(unlockable) => {
                truth(self.state.is_open(self.rules.unlockables[*unlockable].slot))
            }
            NodeKind::Age(unit) => Decimal::from_int(self.age(*unit)),
            NodeKind::Manual => Decimal::ZERO,
            // Offsets are for the criterion as a whole. Badges with a composite criterion have
            // none.
            NodeKind::Some(nodes) => {
                let mut holding = 0;
                for node in nodes {
                    holding += i64::from(self.holds(node, key, Decimal::ZERO)?);
                }
                Decimal::from_int(holding)
            }
            NodeKind::Not(node) => truth(!self.holds(node, key, Decimal::ZERO)?),
        };
        Ok(value.checked_add(offset).unwrap_or(value))
    }
}

fn truth(holds: bool) -> Decimal {
    if holds { Decimal::ONE } else { Decimal::ZERO }
}
