//! Goals of a badge: its tiers, for one key or for the keys nearest to it.

use std::cmp::Ordering;

use serde::Serialize;

use crate::catalog::document::RepeatMode;
use crate::catalog::rules::{AgainMode, BadgeRule};
use crate::fold::{Award, Look, Progress};
use crate::limits;
use crate::number::Decimal;

/// A goal of a badge: a tier, for a key if the badge is earned per key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Goal {
    /// True if the award is held.
    pub earned: bool,
    /// The current value and the target.
    #[serde(flatten)]
    pub progress: Progress,
    /// The difference between target and current value; at least zero.
    pub missing: Decimal,
    /// The part of the current value that was added manually.
    pub by_hand: Decimal,
    /// The position of the tier.
    #[serde(skip)]
    pub(super) position: usize,
}

impl Goal {
    fn new(position: usize, earned: bool, progress: Progress, by_hand: Decimal) -> Self {
        let missing = progress
            .target
            .checked_sub(progress.current)
            .unwrap_or(progress.target)
            .max(Decimal::ZERO);
        Self {
            earned,
            progress,
            missing,
            by_hand,
            position,
        }
    }
}

/// The awards of a badge that are to be explained.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The position of the badge.
    pub(super) badge: usize,
    /// The rule of the badge.
    pub(super) rule: &'a BadgeRule,
    /// The position of the tier; all tiers if absent.
    pub(super) tier: Option<usize>,
    /// The key; all keys if absent.
    pub(super) key: Option<&'a str>,
}

impl Asked<'_> {
    /// True if an award is in question.
    pub(super) fn covers(&self, tier: usize, key: &str) -> bool {
        self.tier.is_none_or(|asked| asked == tier) && self.key.is_none_or(|asked| asked == key)
    }

    /// Lists the tiers in question.
    pub(super) fn tiers(&self) -> impl Iterator<Item = usize> + use<> {
        match self.tier {
            Some(tier) => tier..tier + 1,
            None => 0..self.rule.tiers.len(),
        }
    }

    /// Returns the key of the awards, if it is known in advance.
    pub(super) fn fixed_key(&self) -> Option<&str> {
        match self.rule.repeat {
            RepeatMode::Once => Some(""),
            RepeatMode::PerKey | RepeatMode::Again => self.key,
        }
    }

    /// Lists the goals, the nearest first if there are keys.
    pub(super) fn goals(&self, look: &mut Look<'_, '_>) -> Vec<Goal> {
        match (self.rule.repeat, self.key) {
            (RepeatMode::Once, _) => self
                .tiers()
                .filter_map(|tier| self.once(look, tier))
                .collect(),
            (RepeatMode::PerKey, Some(key)) => self
                .tiers()
                .filter_map(|tier| self.at_key(look, tier, key))
                .collect(),
            (RepeatMode::PerKey, None) => self.at_nearest_keys(look),
            (RepeatMode::Again, _) => self.again(look).into_iter().collect(),
        }
    }

    fn once(&self, look: &mut Look<'_, '_>, tier: usize) -> Option<Goal> {
        let node = self.rule.tiers[tier].criterion.as_ref()?;
        let by_hand = look.offset(self.rule, "");
        let (key, current, target) = look.standing(node, by_hand);
        let earned = self.is_held(look, tier, "");
        Some(Goal::new(
            tier,
            earned,
            self.progress(tier, key, current, target),
            by_hand,
        ))
    }

    fn at_key(&self, look: &mut Look<'_, '_>, tier: usize, key: &str) -> Option<Goal> {
        let node = self.rule.tiers[tier].criterion.as_ref()?;
        let by_hand = look.offset(self.rule, key);
        let current = look.value(node, key, by_hand);
        let earned = self.is_held(look, tier, key);
        Some(Goal::new(
            tier,
            earned,
            self.progress(tier, Some(key.to_owned()), current, node.target),
            by_hand,
        ))
    }

    fn at_nearest_keys(&self, look: &mut Look<'_, '_>) -> Vec<Goal> {
        let mut goals = Vec::new();
        for key in look.keys_of(self.badge) {
            let stands = |award: &Award| award.is_held() || award.blocked;
            let mut open = self
                .tiers()
                .filter(|tier| !look.award(self.rule, *tier, &key).is_some_and(stands));
            let next = open.next();
            goals.extend(next.and_then(|tier| self.at_key(look, tier, &key)));
        }
        // A stable sort: keys with equal progress stay in order of key.
        goals.sort_by(|one, other| {
            other
                .progress
                .ratio()
                .partial_cmp(&one.progress.ratio())
                .unwrap_or(Ordering::Equal)
        });
        goals.truncate(limits::EXPLANATION_KEYS);
        if goals.is_empty() {
            goals.extend(self.tiers().next().and_then(|tier| self.at_zero(tier)));
        }
        goals
    }

    fn at_zero(&self, tier: usize) -> Option<Goal> {
        let target = self.rule.tiers[tier].criterion.as_ref()?.target;
        Some(Goal::new(
            tier,
            false,
            self.progress(tier, None, Decimal::ZERO, target),
            Decimal::ZERO,
        ))
    }

    fn again(&self, look: &mut Look<'_, '_>) -> Option<Goal> {
        let node = self.rule.tiers[0].criterion.as_ref()?;
        let by_hand = look.offset(self.rule, "");
        let (key, current, once) = look.standing(node, by_hand);
        let target = match self.rule.again_mode {
            AgainMode::Edges => once,
            AgainMode::Multiples => {
                let next = look.reached(self.rule).saturating_add(1);
                let time = self.key.and_then(|key| key.parse().ok()).unwrap_or(next);
                let time = Decimal::from_int(i64::try_from(time).unwrap_or(i64::MAX));
                once.checked_mul(time).unwrap_or(once)
            }
        };
        let earned = self.key.is_some_and(|key| self.is_held(look, 0, key));
        Some(Goal::new(
            0,
            earned,
            self.progress(0, key, current, target),
            by_hand,
        ))
    }

    fn progress(
        &self,
        tier: usize,
        key: Option<String>,
        current: Decimal,
        target: Decimal,
    ) -> Progress {
        Progress {
            tier: self.rule.tiers[tier].id.clone(),
            key,
            current,
            target,
        }
    }

    fn is_held(&self, look: &Look<'_, '_>, tier: usize, key: &str) -> bool {
        look.award(self.rule, tier, key).is_some_and(Award::is_held)
    }
}
