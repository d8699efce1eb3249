//! What changed between two states of a player, in terms of what people see: awards, unlockables, balances.

use super::cell::{Award, Cell, CellId};
use super::state::{State, Touched};
use crate::catalog::rules::{Rules, Slot};

/// What changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outputs {
    /// Awards, in order of badge, tier and key.
    pub awards: Vec<AwardChange>,
    /// Unlockables, in order.
    pub unlocks: Vec<UnlockChange>,
    /// Balances, in order of currency.
    pub balances: Vec<BalanceChange>,
}

/// An award that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct AwardChange {
    /// Of which badge.
    pub badge: usize,
    /// Which tier.
    pub tier: usize,
    /// Which key.
    pub key: Box<str>,
    /// As it was, if it was.
    pub before: Option<Award>,
    /// As it is, if it is.
    pub after: Option<Award>,
}

/// An unlockable that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct UnlockChange {
    /// Which.
    pub unlockable: usize,
    /// Whether it was open.
    pub was_open: bool,
    /// As it is: open or not, since when, because of which event. `None` when it never opened.
    pub after: Option<(bool, crate::time::Timestamp, Box<str>)>,
}

/// A balance that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceChange {
    /// Which currency.
    pub currency: usize,
    /// As it was.
    pub before: i64,
    /// As it is.
    pub after: i64,
}

/// What touched cells come to: each is compared with what it holds now.
pub fn outputs(rules: &Rules, touched: &Touched, state: &State) -> Outputs {
    let mut changed = Outputs::default();
    for (id, before) in &touched.0 {
        let after = state.peek(id);
        if before.as_ref() != after {
            changed.note(rules, id, before.as_ref(), after);
        }
    }
    changed.awards.sort_by(|one, other| (one.badge, one.tier, &one.key).cmp(&(other.badge, other.tier, &other.key)));
    changed
}

impl Outputs {
    fn note(&mut self, rules: &Rules, id: &CellId, before: Option<&Cell>, after: Option<&Cell>) {
        let award = |cell: Option<&Cell>| match cell {
            Some(Cell::Award(award)) => Some(award.clone()),
            _ => None,
        };
        match (before, after) {
            (Some(Cell::Award(_)), _) | (_, Some(Cell::Award(_))) => {
                let Some((badge, tier, key)) = award_at(rules, id) else { return };
                self.awards.push(AwardChange {
                    badge,
                    tier,
                    key: key.into(),
                    before: award(before),
                    after: award(after),
                });
            }
            (Some(Cell::Unlock { .. }), _) | (_, Some(Cell::Unlock { .. })) => {
                let by_slot = |slot: Slot| rules.unlockables.binary_search_by_key(&slot, |rule| rule.detail_slot).ok();
                let Some(unlockable) = by_slot(id.slot) else { return };
                let was_open = matches!(before, Some(Cell::Unlock { open: true, .. }));
                let after = match after {
                    Some(Cell::Unlock { open, at, event }) => Some((*open, *at, event.clone())),
                    _ => None,
                };
                self.unlocks.push(UnlockChange { unlockable, was_open, after });
            }
            _ => {
                let Ok(currency) = rules.currencies.binary_search_by_key(&id.slot, |rule| rule.slot) else { return };
                let balance = |cell: Option<&Cell>| match cell {
                    Some(Cell::Number(number)) => number.trunc().unwrap_or_default(),
                    _ => 0,
                };
                self.balances.push(BalanceChange { currency, before: balance(before), after: balance(after) });
            }
        }
    }
}

/// Badge, tier and key of the award whose particulars are at a place.
pub fn award_at<'i>(rules: &Rules, id: &'i CellId) -> Option<(usize, usize, &'i str)> {
    let badge = rules.badges.binary_search_by_key(&id.slot, |badge| badge.award_slot).ok()?;
    let (tier, key) = id.key.split_once('\0')?;
    Some((badge, rules.badges[badge].tier(tier)?, key))
}
