//! Compiles retired rules, which can no longer be earned (S15).

use super::Compiler;
use crate::catalog::retired::{Retired, RetiredBadge, RetiredUnlockable};
use crate::catalog::rules::{
    Again, BadgeRule, Bounds, Display, Node, NodeKind, Rules, TierRule, UnlockableRule,
};
use crate::number::Decimal;

impl Compiler<'_> {
    /// Appends retired rules and tiers after all others.
    pub(super) fn retire(&mut self, retired: &Retired, rules: &mut Rules) {
        for badge in &retired.badges {
            let tiers = badge.tiers.iter().map(|id| TierRule {
                id: id.clone(),
                node: None,
                points: Vec::new(),
                retired: true,
            });
            // Tiers are appended so that the positions of the others do not change.
            match rules.badges.iter_mut().find(|rule| rule.id == badge.id) {
                Some(heir) => {
                    let new: Vec<TierRule> =
                        tiers.filter(|tier| heir.tier(&tier.id).is_none()).collect();
                    heir.tiers.extend(new);
                }
                None => {
                    let rule = self.retired_badge(badge, tiers.collect());
                    rules.badges.push(rule);
                }
            }
        }
        for unlockable in &retired.unlockables {
            let rule = self.retired_unlockable(unlockable);
            rules.unlockables.push(rule);
        }
    }

    fn retired_badge(&mut self, badge: &RetiredBadge, tiers: Vec<TierRule>) -> BadgeRule {
        BadgeRule {
            id: badge.id.clone(),
            display: Display::from(badge),
            visibility: badge.visibility,
            image_locked: None,
            image_unlocked: badge.image.clone(),
            image_secret: None,
            slot: self.slot(),
            award_slot: self.slot(),
            tiers,
            repeat: badge.repeat,
            again: Again::Edges,
            is_number: false,
            requires: Vec::new(),
            bounds: Bounds::default(),
            dependents: Vec::new(),
            code: None,
            temporary: false,
            retired: true,
        }
    }

    fn retired_unlockable(&mut self, unlockable: &RetiredUnlockable) -> UnlockableRule {
        UnlockableRule {
            id: unlockable.id.clone(),
            display: Display {
                name: unlockable.name.clone(),
                description: unlockable.description.clone(),
                category: None,
            },
            slot: self.slot(),
            detail_slot: self.slot(),
            criterion: Node {
                target: Decimal::ONE,
                // Always 0, so that it never opens again.
                kind: NodeKind::Manual,
            },
            relock: false,
            bounds: Bounds::default(),
            dependents: Vec::new(),
            retired: true,
        }
    }
}
