//! A state carried from one catalog to another, for a past whose events are gone (S22). Slots mean something under one
//! catalog only, so every cell finds its place by what it stands for: ids, and the addresses of what is computed.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::{Award, BadgeCell, Cell, CellId};
use super::state::{Header, Missing, State};
use super::time::{read_timer_key, timer_key};
use crate::catalog::rules::{BadgeRule, KeyOperator, LimitRule, Most, RuleRef, Rules, Slot};

/// A state under another catalog.
#[derive(Debug, Clone)]
pub struct Ported {
    /// The state; [`resume`](super::resume()) lets it go on.
    pub state: State,
    /// What could not be carried over or derived again, a sentence each.
    pub lost: Vec<String>,
}

/// Carries a whole state from one catalog to another.
///
/// Balances, awards, unlockables, the use of limits, cooldowns and whatever both catalogs compute alike are found again.
/// What the new catalog computes in another way begins anew, and what it does not know is dropped.
///
/// # Errors
/// When not all cells are at hand.
pub fn port(from: &Rules, to: &Rules, state: &State) -> Result<Ported, Missing> {
    let places = Places::new(from, to);
    let mut header = Header {
        cells: BTreeMap::new(),
        next: None,
        ..state.header.clone()
    };
    let mut cells = Vec::new();
    for (id, cell) in state.all()? {
        for (id, cell) in places.carry(&id, cell) {
            if id.slot == to.timers {
                let at = read_timer_key(&id.key).map(|(at, ..)| at);
                header.next = header.next.into_iter().chain(at).min();
            }
            if id.key.is_empty() {
                header.cells.insert(id.slot, cell);
            } else {
                cells.push((id, cell));
            }
        }
    }
    Ok(Ported {
        state: State::whole(header, cells),
        lost: lost(from, to, state),
    })
}

/// Where what lies in the slots of one catalog lies in those of another.
struct Places<'r> {
    from: &'r Rules,
    to: &'r Rules,
    slots: BTreeMap<Slot, Vec<Slot>>,
    /// Badges by the slots of what is held of them, and of their awards.
    badges: BTreeMap<Slot, (&'r BadgeRule, &'r BadgeRule)>,
}

impl<'r> Places<'r> {
    fn new(from: &'r Rules, to: &'r Rules) -> Self {
        let mut places = Self {
            from,
            to,
            slots: BTreeMap::new(),
            badges: BTreeMap::new(),
        };
        for old in &from.currencies {
            let Some(new) = to.currency(&old.id).map(|index| &to.currencies[index]) else {
                continue;
            };
            places.pair(old.slot, new.slot);
            if let (Some(old), Some(new)) = (old.expiry, new.expiry)
                && old.after == new.after
            {
                places.pair(old.slot, new.slot);
            }
        }
        places.pair_limits();
        for new in &to.earnings {
            let old = from.earnings.iter().find(|old| old.id == new.id);
            if let (Some((_, old)), Some((_, new))) =
                (old.and_then(|old| old.cooldown), new.cooldown)
            {
                places.pair(old, new);
            }
        }
        for old in &from.badges {
            let Some(new) = to.badge(&old.id).map(|index| &to.badges[index]) else {
                continue;
            };
            for (old_slot, new_slot) in [(old.slot, new.slot), (old.award_slot, new.award_slot)] {
                places.pair(old_slot, new_slot);
                places.badges.insert(old_slot, (old, new));
            }
        }
        for old in &from.unlockables {
            let Some(new) = to.unlockable(&old.id).map(|index| &to.unlockables[index]) else {
                continue;
            };
            places.pair(old.slot, new.slot);
            places.pair(old.detail_slot, new.detail_slot);
        }
        let [old, new] = [from, to].map(computed);
        for (address, slots) in new {
            // Several that compute the same hold the same.
            let Some(old) = old.get(&address).and_then(|slots| slots.first()) else {
                continue;
            };
            slots.into_iter().for_each(|new| places.pair(*old, new));
        }
        places
    }

    fn pair(&mut self, old: Slot, new: Slot) {
        self.slots.entry(old).or_default().push(new);
    }

    fn pair_limits(&mut self) {
        let (from, to) = (self.from, self.to);
        for new in &to.limits {
            let Some(old) = from.limits.iter().find(|old| old.address == new.address) else {
                continue;
            };
            if let Most::Times(_) = new.most {
                self.pair(old.slot, new.slot);
                continue;
            }
            for (before, currency) in from.currencies.iter().enumerate() {
                if let Some(after) = to.currency(&currency.id) {
                    self.pair(slot_of(old, before), slot_of(new, after));
                }
            }
        }
    }

    /// A cell in its new places; none where nothing stands for it.
    fn carry(&self, id: &CellId, cell: &Cell) -> Vec<(CellId, Cell)> {
        if id.slot == self.from.timers {
            return self.carry_timer(&id.key);
        }
        let Some(cell) = self.translate(id.slot, &id.key, cell) else {
            return Vec::new();
        };
        let slots = self
            .slots
            .get(&id.slot)
            .map(Vec::as_slice)
            .unwrap_or_default();
        slots
            .iter()
            .map(|slot| (CellId::new(*slot, &id.key), cell.clone()))
            .collect()
    }

    fn carry_timer(&self, key: &str) -> Vec<(CellId, Cell)> {
        let Some((at, slot, key)) = read_timer_key(key) else {
            return Vec::new();
        };
        let slots = self.slots.get(&slot).map(Vec::as_slice).unwrap_or_default();
        let wanted = slots.iter().filter(|slot| self.to.timed(**slot).is_some());
        wanted
            .map(|slot| {
                (
                    CellId::new(self.to.timers, &timer_key(at, *slot, key)),
                    Cell::Mark,
                )
            })
            .collect()
    }

    /// What a cell holds, in terms of the new catalog.
    fn translate(&self, slot: Slot, key: &str, cell: &Cell) -> Option<Cell> {
        match (cell, self.badges.get(&slot)) {
            (Cell::Badge(cell), Some((old, new))) => Some(Cell::Badge(held(cell, old, new))),
            (Cell::Award(award), Some((_, new))) => {
                let (tier, _) = key.split_once('\0')?;
                new.tier(tier)?;
                Some(Cell::Award(self.paid(award)))
            }
            _ => Some(cell.clone()),
        }
    }

    fn paid(&self, award: &Award) -> Award {
        let known = |(old, amount): &(usize, i64)| {
            Some((self.to.currency(&self.from.currencies[*old].id)?, *amount))
        };
        Award {
            paid: award.paid.iter().filter_map(known).collect(),
            ..award.clone()
        }
    }
}

/// What is held of a badge, by the tiers of its new self.
fn held(cell: &BadgeCell, old: &BadgeRule, new: &BadgeRule) -> BadgeCell {
    let mut carried = BadgeCell {
        held: vec![0; new.tiers.len()],
        settled: 0,
        ..cell.clone()
    };
    for (position, tier) in old.tiers.iter().enumerate() {
        let Some(heir) = new.tier(&tier.id) else {
            continue;
        };
        carried.held[heir] = cell.count(Some(position));
        if cell.settled >> position & 1 == 1 && !new.tiers[heir].retired {
            carried.settled |= 1 << heir;
        }
    }
    carried
}

/// Whatever is computed or waited for, by its address.
fn computed(rules: &Rules) -> BTreeMap<String, Vec<Slot>> {
    let counters = rules
        .counters
        .iter()
        .map(|counter| (counter.address.clone(), counter.slot));
    let keyed = rules
        .keyed
        .iter()
        .map(|keyed| (format!("keys for which {}", keyed.address), keyed.slot));
    let aggregates = rules
        .key_aggregates
        .iter()
        .map(|aggregate| (aggregate.address.clone(), aggregate.slot));
    let ages = rules.ages.iter();
    let ages = ages.map(|age| {
        (
            format!("age {:?} {} {}", age.unit, age.target, age.again),
            age.slot,
        )
    });
    let mut computed: BTreeMap<String, Vec<Slot>> = BTreeMap::new();
    for (address, slot) in counters.chain(keyed).chain(aggregates).chain(ages) {
        computed.entry(address).or_default().push(slot);
    }
    computed
}

fn slot_of(limit: &LimitRule, currency: usize) -> Slot {
    limit.slot + Slot::try_from(currency).expect("a catalog has few currencies")
}

/// What the new catalog asks for and nothing of the old state tells, and balances without a currency.
fn lost(from: &Rules, to: &Rules, state: &State) -> Vec<String> {
    let mut lost = Vec::new();
    let known: BTreeSet<&str> = from
        .counters
        .iter()
        .map(|counter| counter.address.as_str())
        .collect();
    for counter in to
        .counters
        .iter()
        .filter(|counter| !known.contains(counter.address.as_str()))
    {
        let owners: Vec<String> = counter
            .owners
            .iter()
            .map(|owner| named(to, *owner))
            .collect();
        let (events, owners) = (counter.events.join(", "), owners.join(", "));
        lost.push(format!(
            "{events} cannot be counted again: {owners} counts from there on"
        ));
    }
    let known: BTreeSet<&str> = from
        .key_aggregates
        .iter()
        .map(|aggregate| aggregate.address.as_str())
        .collect();
    for aggregate in to
        .key_aggregates
        .iter()
        .filter(|aggregate| !known.contains(aggregate.address.as_str()))
    {
        let owners: Vec<String> = aggregate
            .owners
            .iter()
            .map(|owner| named(to, *owner))
            .collect();
        if !matches!(aggregate.operator, KeyOperator::Count) {
            lost.push(format!(
                "what keys brought cannot be read again: {} adds up from there on",
                owners.join(", ")
            ));
        }
    }
    if from.zone != to.zone {
        lost.push("periods that had begun were counted in another zone".to_owned());
    }
    for currency in from
        .currencies
        .iter()
        .filter(|currency| to.currency(&currency.id).is_none())
    {
        let balance = state.balance(currency.slot);
        if balance != 0 {
            lost.push(format!(
                "{balance} {} have no currency any more",
                currency.id
            ));
        }
    }
    lost.sort_unstable();
    lost.dedup();
    lost
}

fn named(rules: &Rules, rule: RuleRef) -> String {
    let (kind, id) = rules.name_of(rule);
    format!("{kind} `{id}`")
}
