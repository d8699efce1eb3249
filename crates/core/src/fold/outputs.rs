//! What changed for a player, in terms of what people see: awards, unlockables, balances.

use super::holdings::{AwardName, HeldAward, Unlocked, View, cell_view};
use super::state::{State, Touched};
use crate::catalog::rules::Rules;

/// What changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outputs {
    /// Awards, in order of name.
    pub awards: Vec<AwardChange>,
    /// Unlockables, in order of id.
    pub unlocks: Vec<UnlockChange>,
    /// Balances, in order of currency.
    pub balances: Vec<BalanceChange>,
}

/// An award that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct AwardChange {
    /// Which.
    pub name: AwardName,
    /// As it was, if it was.
    pub before: Option<HeldAward>,
    /// As it is, if it is.
    pub after: Option<HeldAward>,
}

impl AwardChange {
    /// Whether it was held, and whether it is.
    pub fn held(&self) -> (bool, bool) {
        let held = |award: &Option<HeldAward>| award.as_ref().is_some_and(HeldAward::is_held);
        (held(&self.before), held(&self.after))
    }
}

/// An unlockable that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct UnlockChange {
    /// Which.
    pub unlockable: String,
    /// As it was, if it had ever been open.
    pub before: Option<Unlocked>,
    /// As it is, if it has ever been open.
    pub after: Option<Unlocked>,
}

impl UnlockChange {
    /// Whether it was open, and whether it is.
    pub fn open(&self) -> (bool, bool) {
        let open =
            |unlocked: &Option<Unlocked>| unlocked.as_ref().is_some_and(|unlocked| unlocked.open);
        (open(&self.before), open(&self.after))
    }
}

/// A balance that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceChange {
    /// Which currency.
    pub currency: String,
    /// As it was.
    pub before: i64,
    /// As it is.
    pub after: i64,
}

impl Outputs {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.awards.is_empty() && self.unlocks.is_empty() && self.balances.is_empty()
    }
}

/// What touched cells come to: each is compared with what it holds now.
pub fn outputs(rules: &Rules, touched: &Touched, state: &State) -> Outputs {
    let mut changed = Outputs::default();
    for (id, before) in &touched.0 {
        let after = state.peek(id);
        if before.as_ref() == after {
            continue;
        }
        let view = |cell| cell_view(rules, id, cell);
        changed.note(before.as_ref().and_then(view), after.and_then(view));
    }
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
