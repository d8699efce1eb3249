//! What a publication comes to in all.

use std::collections::{BTreeMap, BTreeSet};

use accolade_core::fold::Holdings;
use accolade_core::time::Timestamp;
use serde::Serialize;

use super::changes::{ChangeKind, PlayerChange};
use super::player::Prospect;
use crate::passenger::Passed;
use crate::receipt::optional_text;

/// What happens to a badge or one of its tiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BadgeTotals {
    /// The badge's id.
    pub badge: String,
    /// The tier; empty for a badge without tiers.
    pub tier: String,
    /// Awards that are earned.
    pub gained: u64,
    /// Awards that are no longer earned, and kept.
    pub kept: u64,
    /// Awards that are taken back.
    pub lost: u64,
    /// Who holds it.
    pub before: Earners,
    /// Who will hold it.
    pub after: Earners,
    /// Whom the new catalog gives it: those who will hold it without what is kept.
    pub earned: Earners,
}

/// How many hold a badge, and since when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Earners {
    /// Players who hold it at least once.
    pub players: u64,
    /// When the first of them earned it.
    #[serde(serialize_with = "optional_text")]
    pub first: Option<Timestamp>,
    /// When half of them had earned it.
    #[serde(serialize_with = "optional_text")]
    pub median: Option<Timestamp>,
}

/// What happens to the points of a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CurrencyTotals {
    /// The currency's id.
    pub currency: String,
    /// The sum of all balances.
    pub before: i128,
    /// What it will be.
    pub after: i128,
    /// Players whose balance changes.
    pub players: u64,
}

/// What happens to an unlockable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnlockableTotals {
    /// The unlockable's id.
    pub unlockable: String,
    /// For how many players it opens.
    pub opened: u64,
    /// For how many it would no longer open, and is kept open.
    pub kept: u64,
    /// For how many it shuts.
    pub shut: u64,
    /// For how many it is open.
    pub before: u64,
    /// For how many it will be open.
    pub after: u64,
}

/// A player for whom much changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Affected {
    /// The player's id.
    pub player: String,
    /// Changes of awards, unlockables and balances.
    pub changes: u64,
    /// Points that come and go, of all currencies.
    pub points: u128,
}

/// What is added up while players are looked at, in any order.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) players: u64,
    pub(super) events: u64,
    /// By earning and currency: players whose points differ, and the points of all before and after.
    pub(super) earnings: BTreeMap<(String, String), Rewritten>,
    badges: BTreeMap<(String, String), BadgeTally>,
    currencies: BTreeMap<String, [i128; 2]>,
    unlockables: BTreeMap<String, [u64; 2]>,
}

/// Points of an earning that differ.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rewritten {
    pub(super) players: u64,
    pub(super) before: i128,
    pub(super) after: i128,
}

/// Since when players hold a badge: before, after, and without what is kept.
#[derive(Default)]
struct BadgeTally([Vec<Timestamp>; 3]);

impl Tally {
    pub(super) fn add(&mut self, prospect: &Prospect) {
        self.players += 1;
        self.events += prospect.events;
        let Passed { held, has, earned } = &prospect.passed;
        for (side, holdings) in [held, has, earned].into_iter().enumerate() {
            self.add_awards(side, holdings);
        }
        for (side, holdings) in [held, has].into_iter().enumerate() {
            self.add_side(side, holdings);
        }
        let [before, after] = &prospect.paid;
        for name in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
            let paid = [before, after].map(|side| side.get(name).copied().unwrap_or_default());
            if paid[0] != paid[1] {
                let rewritten = self.earnings.entry(name.clone()).or_default();
                rewritten.players += 1;
                rewritten.before += paid[0];
                rewritten.after += paid[1];
            }
        }
    }

    fn add_awards(&mut self, side: usize, holdings: &Holdings) {
        let mut first: BTreeMap<(&str, &str), Timestamp> = BTreeMap::new();
        for (name, award) in holdings.awards.iter().filter(|(_, award)| award.is_held()) {
            first
                .entry((&name.badge, &name.tier))
                .and_modify(|at| *at = award.at.min(*at))
                .or_insert(award.at);
        }
        for ((badge, tier), at) in first {
            self.badges
                .entry((badge.to_owned(), tier.to_owned()))
                .or_default()
                .0[side]
                .push(at);
        }
    }

    fn add_side(&mut self, side: usize, holdings: &Holdings) {
        for (currency, balance) in &holdings.balances {
            self.currencies.entry(currency.clone()).or_default()[side] += i128::from(*balance);
        }
        for (unlockable, _) in holdings
            .unlocks
            .iter()
            .filter(|(_, unlocked)| unlocked.open)
        {
            self.unlockables.entry(unlockable.clone()).or_default()[side] += 1;
        }
    }

    /// Adds what somebody else added up.
    pub(super) fn absorb(&mut self, other: Self) {
        self.players += other.players;
        self.events += other.events;
        for (name, more) in other.earnings {
            let rewritten = self.earnings.entry(name).or_default();
            rewritten.players += more.players;
            rewritten.before += more.before;
            rewritten.after += more.after;
        }
        for (name, BadgeTally(more)) in other.badges {
            let BadgeTally(sides) = self.badges.entry(name).or_default();
            sides
                .iter_mut()
                .zip(more)
                .for_each(|(side, more)| side.extend(more));
        }
        for (name, more) in other.currencies {
            let sums = self.currencies.entry(name).or_default();
            sums.iter_mut()
                .zip(more)
                .for_each(|(sum, more)| *sum += more);
        }
        for (name, more) in other.unlockables {
            let counts = self.unlockables.entry(name).or_default();
            counts
                .iter_mut()
                .zip(more)
                .for_each(|(count, more)| *count += more);
        }
    }

    /// The badges that anybody holds before or after, in order of id and tier.
    pub(super) fn badges(&mut self, changes: &[PlayerChange]) -> Vec<BadgeTotals> {
        let counts = counts(changes, |change| {
            (change.subject.clone(), change.tier.clone())
        });
        let earners = |mut at: Vec<Timestamp>| {
            at.sort_unstable();
            Earners {
                players: at.len() as u64,
                first: at.first().copied(),
                median: at.get(at.len().saturating_sub(1) / 2).copied(),
            }
        };
        let total = |((badge, tier), BadgeTally([before, after, earned])): (
            (String, String),
            BadgeTally,
        )| {
            let name = (badge.clone(), tier.clone());
            let count = |kind| {
                counts
                    .get(&(kind, name.clone()))
                    .copied()
                    .unwrap_or_default()
            };
            BadgeTotals {
                gained: count(ChangeKind::AwardGained),
                kept: count(ChangeKind::AwardKept),
                lost: count(ChangeKind::AwardLost),
                before: earners(before),
                after: earners(after),
                earned: earners(earned),
                badge,
                tier,
            }
        };
        std::mem::take(&mut self.badges)
            .into_iter()
            .map(total)
            .collect()
    }

    /// The currencies of which anybody has points before or after, in order of id.
    pub(super) fn currencies(&self, changes: &[PlayerChange]) -> Vec<CurrencyTotals> {
        let counts = counts(changes, |change| change.subject.clone());
        let total = |(currency, [before, after]): (&String, &[i128; 2])| CurrencyTotals {
            currency: currency.clone(),
            before: *before,
            after: *after,
            players: counts
                .get(&(ChangeKind::Points, currency.clone()))
                .copied()
                .unwrap_or_default(),
        };
        self.currencies.iter().map(total).collect()
    }

    /// The unlockables that are open for anybody before or after, in order of id.
    pub(super) fn unlockables(&self, changes: &[PlayerChange]) -> Vec<UnlockableTotals> {
        let counts = counts(changes, |change| change.subject.clone());
        let total = |(unlockable, [before, after]): (&String, &[u64; 2])| {
            let count = |kind| {
                counts
                    .get(&(kind, unlockable.clone()))
                    .copied()
                    .unwrap_or_default()
            };
            UnlockableTotals {
                unlockable: unlockable.clone(),
                opened: count(ChangeKind::UnlockableOpened),
                kept: count(ChangeKind::UnlockableKept),
                shut: count(ChangeKind::UnlockableShut),
                before: *before,
                after: *after,
            }
        };
        self.unlockables.iter().map(total).collect()
    }
}

fn counts<K: Ord>(
    changes: &[PlayerChange],
    name: impl Fn(&PlayerChange) -> K,
) -> BTreeMap<(ChangeKind, K), u64> {
    let mut counts = BTreeMap::new();
    for change in changes {
        *counts.entry((change.kind, name(change))).or_default() += 1;
    }
    counts
}

/// The players for whom most changes, by number of changes, then by points.
pub(super) fn most_affected(changes: &[PlayerChange], most: usize) -> Vec<Affected> {
    let mut affected: Vec<Affected> = changes
        .chunk_by(|one, other| one.player == other.player)
        .map(|changes| Affected {
            player: changes[0].player.clone(),
            changes: changes.len() as u64,
            points: changes.iter().map(points).sum(),
        })
        .collect();
    affected.sort_by(|one, other| {
        (other.changes, other.points)
            .cmp(&(one.changes, one.points))
            .then_with(|| one.player.cmp(&other.player))
    });
    affected.truncate(most);
    affected
}

fn points(change: &PlayerChange) -> u128 {
    let amount = |side: &Option<String>| {
        side.as_ref()
            .and_then(|text| text.parse::<i128>().ok())
            .unwrap_or_default()
    };
    match change.kind {
        ChangeKind::Points => amount(&change.before).abs_diff(amount(&change.after)),
        _ => 0,
    }
}
