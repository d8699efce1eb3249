//! The difference between two states of a player: awards, unlockables and balances.

use std::collections::{BTreeMap, BTreeSet};

use super::holdings::{
    AwardHolding, AwardName, CellHolding, Holdings, UnlockableHolding, cell_holding,
};
use super::state::{PlayerState, TouchedCells};
use crate::catalog::rules::RuleSet;

/// The difference between two states.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StateDiff {
    /// Changed awards, in order of name.
    pub awards: Vec<AwardChange>,
    /// Changed unlockables, in order of id.
    pub unlockables: Vec<UnlockableChange>,
    /// Changed balances, in order of currency.
    pub balances: Vec<BalanceChange>,
}

/// An award that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct AwardChange {
    /// The identity of the award.
    pub name: AwardName,
    /// The award before the change, if it existed.
    pub before: Option<AwardHolding>,
    /// The award after the change, if it exists.
    pub after: Option<AwardHolding>,
}

impl AwardChange {
    /// Returns whether the award was held before, and whether it is held now.
    pub fn held_before_and_after(&self) -> (bool, bool) {
        let held = |award: &Option<AwardHolding>| award.as_ref().is_some_and(AwardHolding::is_held);
        (held(&self.before), held(&self.after))
    }
}

/// An unlockable that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct UnlockableChange {
    /// The id of the unlockable.
    pub unlockable: String,
    /// Its state before the change, if it had ever been open.
    pub before: Option<UnlockableHolding>,
    /// Its state after the change, if it has ever been open.
    pub after: Option<UnlockableHolding>,
}

impl UnlockableChange {
    /// Returns whether the unlockable was open before, and whether it is open now.
    pub fn open_before_and_after(&self) -> (bool, bool) {
        let open = |unlocked: &Option<UnlockableHolding>| {
            unlocked.as_ref().is_some_and(|unlocked| unlocked.open)
        };
        (open(&self.before), open(&self.after))
    }
}

/// A balance that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceChange {
    /// The id of the currency.
    pub currency: String,
    /// The balance before the change.
    pub before: i64,
    /// The balance after the change.
    pub after: i64,
}

impl StateDiff {
    /// True if nothing changed.
    pub fn is_empty(&self) -> bool {
        self.awards.is_empty() && self.unlockables.is_empty() && self.balances.is_empty()
    }
}

impl Holdings {
    /// Undoes changes: returns the holdings as they were before.
    #[must_use]
    pub fn before_changes(mut self, changes: &StateDiff) -> Self {
        fn put<K: Ord + Clone, V: Clone>(map: &mut BTreeMap<K, V>, key: &K, value: Option<V>) {
            match value {
                Some(value) => drop(map.insert(key.clone(), value)),
                None => drop(map.remove(key)),
            }
        }
        for change in &changes.awards {
            put(&mut self.awards, &change.name, change.before.clone());
        }
        for change in &changes.unlockables {
            put(&mut self.unlocks, &change.unlockable, change.before.clone());
        }
        for change in &changes.balances {
            put(
                &mut self.balances,
                &change.currency,
                // Holdings list no balance of zero.
                Some(change.before).filter(|balance| *balance != 0),
            );
        }
        self
    }

    /// Compares these holdings with later ones.
    pub fn diff_to(&self, after: &Self) -> StateDiff {
        let awards = diff_maps(&self.awards, &after.awards);
        let unlocks = diff_maps(&self.unlocks, &after.unlocks);
        let balances = diff_maps(&self.balances, &after.balances);
        StateDiff {
            awards: awards
                .map(|(name, before, after)| AwardChange {
                    name,
                    before,
                    after,
                })
                .collect(),
            unlockables: unlocks
                .map(|(unlockable, before, after)| UnlockableChange {
                    unlockable,
                    before,
                    after,
                })
                .collect(),
            balances: balances
                .map(|(currency, before, after)| BalanceChange {
                    currency,
                    before: before.unwrap_or_default(),
                    after: after.unwrap_or_default(),
                })
                .collect(),
        }
    }
}

fn diff_maps<K: Ord + Clone, V: PartialEq + Clone>(
    before: &BTreeMap<K, V>,
    after: &BTreeMap<K, V>,
) -> impl Iterator<Item = (K, Option<V>, Option<V>)> {
    let names: BTreeSet<&K> = before.keys().chain(after.keys()).collect();
    let pair = |name: &K| {
        (
            name.clone(),
            before.get(name).cloned(),
            after.get(name).cloned(),
        )
    };
    let pairs: Vec<_> = names
        .into_iter()
        .map(pair)
        .filter(|(_, before, after)| before != after)
        .collect();
    pairs.into_iter()
}

/// Compares the previous content of touched cells with their current content.
pub fn diff_touched_cells(
    rules: &RuleSet,
    touched: &TouchedCells,
    state: &PlayerState,
) -> StateDiff {
    let mut changed = StateDiff::default();
    for (id, before) in &touched.0 {
        // A cell can be written twice in a step, and end up as it was.
        let after = state.peek_cell(id);
        if before.as_ref() == after {
            continue;
        }
        let view = |cell| cell_holding(rules, id, cell);
        changed.record_change(before.as_ref().and_then(view), after.and_then(view));
    }
    // Cells are in order of slot, and retired badges have the last slots, whatever their ids.
    changed
        .awards
        .sort_by(|one, other| one.name.cmp(&other.name));
    changed
}

impl StateDiff {
    fn record_change(&mut self, before: Option<CellHolding>, after: Option<CellHolding>) {
        match (before, after) {
            (Some(CellHolding::Award(name, before)), Some(CellHolding::Award(_, after))) => {
                self.awards.push(AwardChange {
                    name,
                    before: Some(before),
                    after: Some(after),
                });
            }
            (Some(CellHolding::Award(name, before)), _) => {
                self.awards.push(AwardChange {
                    name,
                    before: Some(before),
                    after: None,
                });
            }
            (_, Some(CellHolding::Award(name, after))) => {
                self.awards.push(AwardChange {
                    name,
                    before: None,
                    after: Some(after),
                });
            }
            (
                Some(CellHolding::Unlock(unlockable, before)),
                Some(CellHolding::Unlock(_, after)),
            ) => {
                self.unlockables.push(UnlockableChange {
                    unlockable,
                    before: Some(before),
                    after: Some(after),
                });
            }
            (Some(CellHolding::Unlock(unlockable, before)), _) => {
                self.unlockables.push(UnlockableChange {
                    unlockable,
                    before: Some(before),
                    after: None,
                });
            }
            (_, Some(CellHolding::Unlock(unlockable, after))) => {
                self.unlockables.push(UnlockableChange {
                    unlockable,
                    before: None,
                    after: Some(after),
                });
            }
            (
                Some(CellHolding::Balance(currency, before)),
                Some(CellHolding::Balance(_, after)),
            ) => {
                self.balances.push(BalanceChange {
                    currency,
                    before,
                    after,
                });
            }
            (Some(CellHolding::Balance(currency, before)), None) => {
                self.balances.push(BalanceChange {
                    currency,
                    before,
                    after: 0,
                });
            }
            (None, Some(CellHolding::Balance(currency, after))) => {
                self.balances.push(BalanceChange {
                    currency,
                    before: 0,
                    after,
                });
            }
            (None, None) => {}
        }
    }
}
