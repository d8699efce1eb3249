//! Holdings: everything that a player has, by ids of rules, so that it can be compared across
//! catalogs.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::{AwardCell, AwardSource, Cell, CellId, HoldingInterval};
use super::state::{MissingCells, PlayerState};
use crate::catalog::rules::{CellSlot, RuleSet};
use crate::time::Timestamp;

/// The identity of an award of a player (S4).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AwardName {
    /// The id of the badge.
    pub badge: String,
    /// The id of the tier; empty for a badge without tiers.
    pub tier: String,
    /// The key: the value of `per`, or the occurrence number (1, 2, …) of a repeatable badge; empty
    /// for `once`.
    pub key: String,
}

impl AwardName {
    /// Returns the same award under the current id of the badge (S15).
    #[must_use]
    pub fn with_current_badge(&self, rules: &RuleSet) -> Self {
        Self {
            badge: rules.current_badge(&self.badge).to_owned(),
            ..self.clone()
        }
    }
}

impl std::fmt::Display for AwardName {
    /// Writes `badge:tier@key`, as catalogs and the command line do.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.badge)?;
        if !self.tier.is_empty() {
            write!(f, ":{}", self.tier)?;
        }
        if !self.key.is_empty() {
            write!(f, "@{}", self.key)?;
        }
        Ok(())
    }
}

/// An award that is or was held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardHolding {
    /// Instant at which it was earned.
    pub at: Timestamp,
    /// Id of the event or action that caused it.
    pub event: String,
    /// The source of the award.
    pub source: AwardSource,
    /// Instant at which it was revoked or lapsed.
    pub revoked_at: Option<Timestamp>,
    /// True if it ended because the criterion of a temporary badge no longer held.
    pub lapsed: bool,
    /// Earlier times during which it was held, oldest first, for temporary badges.
    pub holding_intervals: Vec<HoldingInterval>,
    /// True if a revoke prevents the criterion from awarding it again.
    pub blocked: bool,
    /// Points that it paid and that were not deducted since, by id of the currency.
    pub paid: BTreeMap<String, i64>,
}

impl AwardHolding {
    fn new(rules: &RuleSet, award: &AwardCell) -> Self {
        // A damaged state can name a currency that does not exist.
        let known = |(currency, amount): &(usize, i64)| {
            Some((rules.currencies.get(*currency)?.id.clone(), *amount))
        };
        let paid = award.paid.iter().filter_map(known);
        Self {
            at: award.at,
            event: award.event.to_string(),
            source: award.source,
            revoked_at: award.revoked_at,
            lapsed: award.lapsed,
            holding_intervals: award.holding_intervals.clone(),
            blocked: award.blocked,
            paid: paid.collect(),
        }
    }

    /// True if the award is held.
    pub fn is_held(&self) -> bool {
        self.revoked_at.is_none()
    }
}

/// Renames the keys of a map. An entry keeps its key if another entry has the new one already.
fn rename_keys<K: Ord + Clone, V>(
    things: BTreeMap<K, V>,
    rename: impl Fn(&K) -> K,
) -> impl Iterator<Item = (K, V)> {
    // Entries that keep their key are reserved first, so that a renamed one cannot displace them.
    let mut taken: BTreeSet<K> = things
        .keys()
        .filter(|name| rename(name) == **name)
        .cloned()
        .collect();
    things.into_iter().map(move |(name, thing)| {
        let new = rename(&name);
        if taken.insert(new.clone()) {
            (new, thing)
        } else {
            (name, thing)
        }
    })
}

/// Adds up amounts under the current ids of their currencies.
fn sum_by_current_id(rules: &RuleSet, amounts: BTreeMap<String, i64>) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for (currency, amount) in amounts {
        let sum: &mut i64 = sums
            .entry(rules.current_currency(&currency).to_owned())
            .or_default();
        // Two currencies that became one can add up to more than 64 bits hold.
        *sum = sum.saturating_add(amount);
    }
    sums
}

/// The state of an unlockable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlockableHolding {
    /// True if it is open.
    pub open: bool,
    /// Instant at which it last opened or closed.
    pub at: Timestamp,
    /// Id of the event or action that caused this.
    pub event: String,
}

/// Everything that a player has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Holdings {
    /// Awards, including those that are no longer held.
    pub awards: BTreeMap<AwardName, AwardHolding>,
    /// Unlockables that have ever been open, by id.
    pub unlocks: BTreeMap<String, UnlockableHolding>,
    /// Balances that are not zero, by id of the currency.
    pub balances: BTreeMap<String, i64>,
}

impl Holdings {
    /// Collects the holdings of a state, of which every cell must be loaded.
    pub(super) fn from_state(rules: &RuleSet, state: &PlayerState) -> Result<Self, MissingCells> {
        // `cell_holding` finds the badge of a cell by binary search. The compiler assigns slots in
        // the order of the rules.
        debug_assert!(
            rules.badges.is_sorted_by_key(|badge| badge.award_slot),
            "slots are in the order of the rules"
        );
        let mut holdings = Self::default();
        for (id, cell) in state.all_cells()? {
            match cell_holding(rules, &id, cell) {
                Some(CellHolding::Award(name, award)) => drop(holdings.awards.insert(name, award)),
                Some(CellHolding::Unlock(unlockable, unlocked)) => {
                    drop(holdings.unlocks.insert(unlockable, unlocked))
                }
                // A balance of zero equals that of a player who never had any, also across
                // catalogs.
                Some(CellHolding::Balance(currency, balance)) if balance != 0 => {
                    holdings.balances.insert(currency, balance);
                }
                _ => {}
            }
        }
        Ok(holdings)
    }

    /// Returns the same holdings under the current ids of their rules (S15).
    ///
    /// If two rules became one and a player has holdings of both, one of them stays under its
    /// former id, as a holding of a removed rule.
    #[must_use]
    pub fn with_current_ids(self, rules: &RuleSet) -> Self {
        let paid = |mut award: AwardHolding| {
            award.paid = sum_by_current_id(rules, award.paid);
            award
        };
        let mut balances = sum_by_current_id(rules, self.balances);
        balances.retain(|_, balance| *balance != 0);
        Self {
            awards: rename_keys(self.awards, |name| name.with_current_badge(rules))
                .map(|(name, award)| (name, paid(award)))
                .collect(),
            unlocks: rename_keys(self.unlocks, |id| rules.current_unlockable(id).to_owned())
                .collect(),
            balances,
        }
    }
}

/// A cell that represents a holding or a balance.
pub(super) enum CellHolding {
    Award(AwardName, AwardHolding),
    Unlock(String, UnlockableHolding),
    Balance(String, i64),
}

/// Reads the holding or balance that a cell represents, if any.
pub(super) fn cell_holding(rules: &RuleSet, id: &CellId, cell: &Cell) -> Option<CellHolding> {
    match cell {
        Cell::Award(award) => Some(CellHolding::Award(
            award_name_of(rules, id)?,
            AwardHolding::new(rules, award),
        )),
        Cell::Unlock { open, at, event } => {
            let by_slot = |slot: CellSlot| {
                rules
                    .unlockables
                    .binary_search_by_key(&slot, |rule| rule.detail_slot)
                    .ok()
            };
            let unlockable = rules.unlockables[by_slot(id.slot)?].id.clone();
            Some(CellHolding::Unlock(
                unlockable,
                UnlockableHolding {
                    open: *open,
                    at: *at,
                    event: event.to_string(),
                },
            ))
        }
        Cell::Number(number) => {
            // Counters are numbers, too, and their slots belong to no currency.
            let position = rules
                .currencies
                .binary_search_by_key(&id.slot, |rule| rule.slot)
                .ok()?;
            Some(CellHolding::Balance(
                rules.currencies[position].id.clone(),
                number.trunc().unwrap_or_default(),
            ))
        }
        _ => None,
    }
}

/// Returns the name of the award whose details are stored in a cell.
fn award_name_of(rules: &RuleSet, id: &CellId) -> Option<AwardName> {
    let badge = rules
        .badges
        .binary_search_by_key(&id.slot, |badge| badge.award_slot)
        .ok()?;
    let badge = &rules.badges[badge];
    // The first NUL is the only one: neither tiers nor keys contain one (S12).
    let (tier, key) = id.key.split_once('\0')?;
    badge.tier_position(tier)?;
    Some(AwardName {
        badge: badge.id.clone(),
        tier: tier.to_owned(),
        key: key.to_owned(),
    })
}
