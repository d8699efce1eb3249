//! The difference between two states of a player: awards, unlockables and balances.

use super::holdings::{AwardName, HeldAward, Unlocked, View, cell_view};
use super::state::{State, Touched};
use crate::catalog::rules::RuleSet;

/// The difference between two states.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outputs {
    /// Changed awards, in order of name.
    pub awards: Vec<AwardChange>,
    /// Changed unlockables, in order of id.
    pub unlocks: Vec<UnlockChange>,
    /// Changed balances, in order of currency.
    pub balances: Vec<BalanceChange>,
}

/// An award that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct AwardChange {
    /// The identity of the award.
    pub name: AwardName,
    /// The award before the change, if it existed.
    pub before: Option<HeldAward>,
    /// The award after the change, if it exists.
    pub after: Option<HeldAward>,
}

impl AwardChange {
    /// Returns whether the award was held before, and whether it is held now.
    pub fn held(&self) -> (bool, bool) {
        let held = |award: &Option<HeldAward>| award.as_ref().is_some_and(HeldAward::is_held);
        (held(&self.before), held(&self.after))
    }
}

/// An unlockable that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct UnlockChange {
    /// The id of the unlockable.
    pub unlockable: String,
    /// Its state before the change, if it had ever been open.
    pub before: Option<Unlocked>,
    /// Its state after the change, if it has ever been open.
    pub after: Option<Unlocked>,
}

impl UnlockChange {
    /// Returns whether the unlockable was open before, and whether it is open now.
    pub fn open(&self) -> (bool, bool) {
        let open =
            |unlocked: &Option<Unlocked>| unlocked.as_ref().is_some_and(|unlocked| unlocked.open);
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

impl Outputs {
    /// True if nothing changed.
    pub fn is_empty(&self) -> bool {
        self.awards.is_empty() && self.unlocks.is_empty() && self.balances.is_empty()
    }
}

/// Compares the previous content of touched cells with their current content.
pub fn outputs(rules: &RuleSet, touched: &Touched, state: &State) -> Outputs {
    let mut changed = Outputs::default();
    for (id, before) in &touched.0 {
        // A cell can be written twice in a step, and end up as it was.
        let after = state.peek(id);
        if before.as_ref() == after {
            continue;
        }
        let view = |cell| cell_view(rules, id, cell);
        changed.note(before.as_ref().and_then(view), after.and_then(view));
    }
    // Cells are in order of slot, and retired badges have the last slots, whatever their ids.
    changed
        .awards
        .sort_by(|one, other| one.name.cmp(&other.name));
    changed
}

impl Outputs {
    fn note(&mut self, before: Option<View>, after: Option<View>) {
        match (before, after) {
            (Some(View::Award(name, before)), Some(View::Award(_, after))) => {
                self.awards.push(AwardChange {
                    name,
                    before: Some(before),
                    after: Some(after),
                });
            }
            (Some(View::Award(name, before)), _) => {
                self.awards.push(AwardChange {
                    name,
                    before: Some(before),
                    after: None,
                });
            }
            (_, Some(View::Award(name, after))) => {
                self.awards.push(AwardChange {
                    name,
                    before: None,
                    after: Some(after),
                });
            }
            (Some(View::Unlock(unlockable, before)), Some(View::Unlock(_, after))) => {
                self.unlocks.push(UnlockChange {
                    unlockable,
                    before: Some(before),
                    after: Some(after),
                });
            }
            (Some(View::Unlock(unlockable, before)), _) => {
                self.unlocks.push(UnlockChange {
                    unlockable,
                    before: Some(before),
                    after: None,
                });
            }
            (_, Some(View::Unlock(unlockable, after))) => {
                self.unlocks.push(UnlockChange {
                    unlockable,
                    before: None,
                    after: Some(after),
                });
            }
            (Some(View::Balance(currency, before)), Some(View::Balance(_, after))) => {
                self.balances.push(BalanceChange {
                    currency,
                    before,
                    after,
                });
            }
            (Some(View::Balance(currency, before)), None) => {
                self.balances.push(BalanceChange {
                    currency,
                    before,
                    after: 0,
                });
            }
            (None, Some(View::Balance(currency, after))) => {
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
