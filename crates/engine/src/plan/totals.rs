//! Totals of a publication over all players.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use accolade_core::catalog::rules::RuleRef;
use accolade_core::fold::Holdings;
use accolade_core::ids::{BadgeId, CurrencyId, PlayerId, TierId, UnlockableId};
use accolade_core::time::Timestamp;
use serde::Serialize;

use super::changes::{ChangeKind, PlayerChange};
use super::player_plan::PlayerPlan;
use crate::backfill::{BackfillStep, FailureTotal};
use crate::records::optional_id;

/// Totals of a badge or one of its tiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BadgeTotals {
    /// Id of the badge.
    pub badge: BadgeId,
    /// Tier; `None` for a badge without tiers.
    pub tier: Option<TierId>,
    /// Number of awards gained.
    pub gained: u64,
    /// Number of awards that are no longer earned and are grandfathered.
    pub kept: u64,
    /// Number of awards revoked.
    pub lost: u64,
    /// Holders before the publication.
    pub before: EarnerTotals,
    /// Holders after the publication.
    pub after: EarnerTotals,
    /// Holders after the publication, without grandfathered awards.
    pub earned: EarnerTotals,
}

/// Number of holders of a badge, and times at which they earned it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EarnerTotals {
    /// Number of players who hold it at least once.
    pub players: u64,
    /// Time of the first award.
    pub first: Option<Timestamp>,
    /// Time by which half of the holders had earned it.
    pub median: Option<Timestamp>,
}

/// Totals of a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CurrencyTotals {
    /// Id of the currency.
    pub currency: CurrencyId,
    /// Sum of all balances before.
    pub before: i128,
    /// Sum of all balances after.
    pub after: i128,
    /// Number of players whose balance changes.
    pub players: u64,
}

/// Totals of an unlockable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnlockableTotals {
    /// Id of the unlockable.
    pub unlockable: UnlockableId,
    /// Number of players for whom it opens.
    pub opened: u64,
    /// Number of players for whom it would close and is grandfathered.
    pub kept: u64,
    /// Number of players for whom it closes.
    pub closed: u64,
    /// Number of players for whom it is open before.
    pub before: u64,
    /// Number of players for whom it is open after.
    pub after: u64,
}

/// A player with many changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AffectedPlayer {
    /// Id of the player.
    pub player: PlayerId,
    /// Number of changes to awards, unlockables and balances.
    pub changes: u64,
    /// Points gained, over all currencies.
    pub points_gained: u128,
    /// Points lost, over all currencies.
    pub points_lost: u128,
}

/// Totals collected while players are evaluated. The order of players does not matter.
#[derive(Default)]
pub(super) struct PlanTotals {
    pub(super) players: u64,
    pub(super) events: u64,
    /// Players whose points differ, and total points before and after, by earning and currency.
    pub(super) earnings: BTreeMap<(String, String), RewrittenPoints>,
    /// Players and evaluations that fail under the planned catalog.
    pub(super) failures: BTreeMap<RuleRef, (u64, FailureTotal)>,
    badges: BTreeMap<(String, String), EarnedTimes>,
    currencies: BTreeMap<String, [i128; 2]>,
    unlockables: BTreeMap<String, [u64; 2]>,
}

/// Points of an earning that a publication changes retroactively.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RewrittenPoints {
    pub(super) players: u64,
    pub(super) before: i128,
    pub(super) after: i128,
}

/// Times at which players earned a badge: before, after, and without grandfathered awards.
#[derive(Default)]
struct EarnedTimes([Vec<Timestamp>; 3]);

impl PlanTotals {
    /// Adds one player.
    pub(super) fn add_player(&mut self, prospect: &PlayerPlan) {
        self.players += 1;
        self.events += prospect.events;
        let BackfillStep {
            before: held,
            after: has,
            earned,
        } = &prospect.step;
        for (side, holdings) in [held, has, earned].into_iter().enumerate() {
            self.add_awards(side, holdings);
        }
        for (side, holdings) in [held, has].into_iter().enumerate() {
            self.add_balances_and_unlocks(side, holdings);
        }
        for (rule, total) in &prospect.failures {
            self.add_failures(*rule, 1, total.clone());
        }
        let [before, after] = &prospect.earnings_paid;
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

    fn add_failures(&mut self, rule: RuleRef, players: u64, total: FailureTotal) {
        match self.failures.entry(rule) {
            Entry::Vacant(place) => drop(place.insert((players, total))),
            Entry::Occupied(mut place) => {
                let (sum, before) = place.get_mut();
                *sum += players;
                before.merge(total);
            }
        }
    }

    /// Adds the first award of each tier: a player counts once, no matter how many keys they hold.
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

    fn add_balances_and_unlocks(&mut self, side: usize, holdings: &Holdings) {
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

    /// Adds the totals of another thread.
    pub(super) fn add_totals(&mut self, other: Self) {
        self.players += other.players;
        self.events += other.events;
        for (name, more) in other.earnings {
            let rewritten = self.earnings.entry(name).or_default();
            rewritten.players += more.players;
            rewritten.before += more.before;
            rewritten.after += more.after;
        }
        for (rule, (players, total)) in other.failures {
            self.add_failures(rule, players, total);
        }
        for (name, EarnedTimes(more)) in other.badges {
            let EarnedTimes(sides) = self.badges.entry(name).or_default();
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

    /// Builds the totals of all badges held before or after, ordered by id and tier.
    pub(super) fn badge_totals(&mut self, changes: &[PlayerChange]) -> Vec<BadgeTotals> {
        let counts = count_changes(changes, |change| {
            (change.subject.clone(), change.tier.clone())
        });
        let earners = |mut at: Vec<Timestamp>| {
            at.sort_unstable();
            EarnerTotals {
                players: at.len() as u64,
                first: at.first().copied(),
                // The lower median: the time of a real award, not a mean of two.
                median: at.get(at.len().saturating_sub(1) / 2).copied(),
            }
        };
        let total = |((badge, tier), EarnedTimes([before, after, earned])): (
            (String, String),
            EarnedTimes,
        )| {
            let tier: Option<TierId> = optional_id(tier);
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
                badge: badge.into(),
                tier,
            }
        };
        std::mem::take(&mut self.badges)
            .into_iter()
            .map(total)
            .collect()
    }

    /// Builds the totals of all currencies with points before or after, ordered by id.
    pub(super) fn currency_totals(&self, changes: &[PlayerChange]) -> Vec<CurrencyTotals> {
        let counts = count_changes(changes, |change| change.subject.clone());
        let total = |(currency, [before, after]): (&String, &[i128; 2])| CurrencyTotals {
            currency: currency.into(),
            before: *before,
            after: *after,
            players: counts
                .get(&(ChangeKind::Points, currency.clone()))
                .copied()
                .unwrap_or_default(),
        };
        self.currencies.iter().map(total).collect()
    }

    /// Builds the totals of all unlockables open before or after, ordered by id.
    pub(super) fn unlockable_totals(&self, changes: &[PlayerChange]) -> Vec<UnlockableTotals> {
        let counts = count_changes(changes, |change| change.subject.clone());
        let total = |(unlockable, [before, after]): (&String, &[u64; 2])| {
            let count = |kind| {
                counts
                    .get(&(kind, unlockable.clone()))
                    .copied()
                    .unwrap_or_default()
            };
            UnlockableTotals {
                unlockable: unlockable.into(),
                opened: count(ChangeKind::UnlockableOpened),
                kept: count(ChangeKind::UnlockableKept),
                closed: count(ChangeKind::UnlockableClosed),
                before: *before,
                after: *after,
            }
        };
        self.unlockables.iter().map(total).collect()
    }
}

fn count_changes<K: Ord>(
    changes: &[PlayerChange],
    name: impl Fn(&PlayerChange) -> K,
) -> BTreeMap<(ChangeKind, K), u64> {
    let mut counts = BTreeMap::new();
    for change in changes {
        *counts.entry((change.kind, name(change))).or_default() += 1;
    }
    counts
}

/// Ranks the players with the most changes, by number of changes, then by points.
pub(super) fn rank_affected_players(changes: &[PlayerChange], most: usize) -> Vec<AffectedPlayer> {
    let mut affected: Vec<AffectedPlayer> = changes
        // The changes are ordered by player.
        .chunk_by(|one, other| one.player == other.player)
        .map(|changes| {
            let moved = changes.iter().map(moved_points);
            AffectedPlayer {
                player: changes[0].player.clone(),
                changes: changes.len() as u64,
                points_gained: moved
                    .clone()
                    .filter(|moved| *moved > 0)
                    .map(i128::unsigned_abs)
                    .sum(),
                points_lost: moved
                    .filter(|moved| *moved < 0)
                    .map(i128::unsigned_abs)
                    .sum(),
            }
        })
        .collect();
    affected.sort_by(|one, other| {
        let weight = |one: &AffectedPlayer| (one.changes, one.points_gained + one.points_lost);
        weight(other)
            .cmp(&weight(one))
            .then_with(|| one.player.cmp(&other.player))
    });
    affected.truncate(most);
    affected
}

/// Returns the number of points that a change adds, negative if it removes points.
fn moved_points(change: &PlayerChange) -> i128 {
    // A change holds formatted values only.
    let amount = |side: &Option<String>| {
        side.as_ref()
            .and_then(|text| text.parse::<i128>().ok())
            .unwrap_or_default()
    };
    match change.kind {
        ChangeKind::Points => amount(&change.after) - amount(&change.before),
        _ => 0,
    }
}
