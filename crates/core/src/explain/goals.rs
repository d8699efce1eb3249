//! Goals of a badge: its tiers, for one key or for the keys nearest to it.

use std::cmp::Ordering;

use serde::Serialize;

use crate::catalog::document::RepeatMode;
use crate::catalog::rules::{AgainMode, BadgeRule};
use crate::fold::{AwardCell, StateInspector, TierProgress};
use crate::limits;
use crate::number::Decimal;

/// A goal of a badge: a tier, for a key if the badge is earned per key.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BadgeGoal {
    /// True if the award is held.
    pub earned: bool,
    /// The current value and the target.
    #[serde(flatten)]
    pub progress: TierProgress,
    /// The difference between target and current value; at least zero.
    pub missing: Decimal,
    /// The part of the current value that was added manually.
    pub manual: Decimal,
    /// The position of the tier.
    #[serde(skip)]
    pub(super) position: usize,
}

impl BadgeGoal {
    /// Creates a goal for the criterion of a rule without tiers.
    pub(super) fn for_criterion(key: Option<String>, current: Decimal, target: Decimal) -> Self {
        let progress = TierProgress {
            tier: None,
            key,
            current,
            target,
        };
        Self::new(0, current >= target, progress, Decimal::ZERO)
    }

    fn new(position: usize, earned: bool, progress: TierProgress, by_hand: Decimal) -> Self {
        let missing = progress
            .target
            .checked_sub(progress.current)
            .unwrap_or(progress.target)
            .max(Decimal::ZERO);
        Self {
            earned,
            progress,
            missing,
            manual: by_hand,
            position,
        }
    }
}

/// The awards of a badge that are to be explained.
#[derive(Clone, Copy)]
pub(super) struct BadgeQuery<'a> {
    /// The position of the badge.
    pub(super) badge: usize,
    /// The rule of the badge.
    pub(super) rule: &'a BadgeRule,
    /// The position of the tier; all tiers if absent.
    pub(super) tier: Option<usize>,
    /// The key; all keys if absent.
    pub(super) key: Option<&'a str>,
}

impl BadgeQuery<'_> {
    /// True if an award is in question.
    pub(super) fn covers_award(&self, tier: usize, key: &str) -> bool {
        self.tier.is_none_or(|asked| asked == tier) && self.key.is_none_or(|asked| asked == key)
    }

    /// Lists the tiers in question.
    pub(super) fn asked_tiers(&self) -> impl Iterator<Item = usize> + use<> {
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
    pub(super) fn list_goals(&self, look: &mut StateInspector<'_, '_>) -> Vec<BadgeGoal> {
        match (self.rule.repeat, self.key) {
            (RepeatMode::Once, _) => self
                .asked_tiers()
                .filter_map(|tier| self.once_goal(look, tier))
                .collect(),
            (RepeatMode::PerKey, Some(key)) => self
                .asked_tiers()
                .filter_map(|tier| self.key_goal(look, tier, key))
                .collect(),
            (RepeatMode::PerKey, None) => self.nearest_key_goals(look),
            (RepeatMode::Again, _) => self.repeat_goal(look).into_iter().collect(),
        }
    }

    /// Returns the goal of a tier for an award, whether it is held or not.
    pub(super) fn award_goal(
        &self,
        look: &mut StateInspector<'_, '_>,
        tier: usize,
        key: Option<&str>,
    ) -> Option<BadgeGoal> {
        match (self.rule.repeat, key) {
            (RepeatMode::PerKey, Some(key)) => self.key_goal(look, tier, key),
            (RepeatMode::Once, _) => self.once_goal(look, tier),
            _ => None,
        }
    }

    fn once_goal(&self, look: &mut StateInspector<'_, '_>, tier: usize) -> Option<BadgeGoal> {
        let node = self.rule.tiers[tier].criterion.as_ref()?;
        let by_hand = look.progress_offset(self.rule, "");
        let (key, current, target) = look.criterion_progress(node, by_hand);
        let earned = self.is_held(look, tier, "");
        Some(BadgeGoal::new(
            tier,
            earned,
            self.goal_progress(tier, key, current, target),
            by_hand,
        ))
    }

    fn key_goal(
        &self,
        look: &mut StateInspector<'_, '_>,
        tier: usize,
        key: &str,
    ) -> Option<BadgeGoal> {
        let node = self.rule.tiers[tier].criterion.as_ref()?;
        let by_hand = look.progress_offset(self.rule, key);
        let current = look.criterion_value(node, key, by_hand);
        let earned = self.is_held(look, tier, key);
        Some(BadgeGoal::new(
            tier,
            earned,
            self.goal_progress(tier, Some(key.to_owned()), current, node.target),
            by_hand,
        ))
    }

    fn nearest_key_goals(&self, look: &mut StateInspector<'_, '_>) -> Vec<BadgeGoal> {
        let mut goals = Vec::new();
        for key in look.badge_keys(self.badge) {
            let stands = |award: &AwardCell| award.is_held() || award.blocked;
            let mut open = self
                .asked_tiers()
                .filter(|tier| !look.find_award(self.rule, *tier, &key).is_some_and(stands));
            // Tiers above it are further away.
            let next = open.next();
            goals.extend(next.and_then(|tier| self.key_goal(look, tier, &key)));
        }
        // A stable sort: keys with equal progress stay in order of key.
        goals.sort_by(|one, other| {
            other
                .progress
                .completion_ratio()
                .partial_cmp(&one.progress.completion_ratio())
                .unwrap_or(Ordering::Equal)
        });
        goals.truncate(limits::EXPLANATION_KEYS);
        // Before the first event there are no keys, but the target is known.
        if goals.is_empty() {
            goals.extend(
                self.asked_tiers()
                    .next()
                    .and_then(|tier| self.zero_goal(tier)),
            );
        }
        goals
    }

    fn zero_goal(&self, tier: usize) -> Option<BadgeGoal> {
        let target = self.rule.tiers[tier].criterion.as_ref()?.target;
        Some(BadgeGoal::new(
            tier,
            false,
            self.goal_progress(tier, None, Decimal::ZERO, target),
            Decimal::ZERO,
        ))
    }

    fn repeat_goal(&self, look: &mut StateInspector<'_, '_>) -> Option<BadgeGoal> {
        let node = self.rule.tiers[0].criterion.as_ref()?;
        let by_hand = look.progress_offset(self.rule, "");
        let (key, current, once) = look.criterion_progress(node, by_hand);
        let target = match self.rule.again_mode {
            AgainMode::Edges => once,
            AgainMode::Multiples => {
                let next = look.next_time(self.rule);
                // The key of a repeatable badge is the number of a time.
                let time = self.key.and_then(|key| key.parse().ok()).unwrap_or(next);
                let time = Decimal::from_int(i64::try_from(time).unwrap_or(i64::MAX));
                once.checked_mul(time).unwrap_or(once)
            }
        };
        let earned = self.key.is_some_and(|key| self.is_held(look, 0, key));
        Some(BadgeGoal::new(
            0,
            earned,
            self.goal_progress(0, key, current, target),
            by_hand,
        ))
    }

    fn goal_progress(
        &self,
        tier: usize,
        key: Option<String>,
        current: Decimal,
        target: Decimal,
    ) -> TierProgress {
        TierProgress {
            tier: self.rule.tiers[tier].named_id(),
            key,
            current,
            target,
        }
    }

    fn is_held(&self, look: &StateInspector<'_, '_>, tier: usize, key: &str) -> bool {
        look.find_award(self.rule, tier, key)
            .is_some_and(AwardCell::is_held)
    }
}
