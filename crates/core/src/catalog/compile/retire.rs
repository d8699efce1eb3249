//! Compiles retired rules, which can no longer be earned (S15).

use super::compiler::CatalogCompiler;
use crate::catalog::retired::{RetiredBadge, RetiredRules, RetiredUnlockable};
use crate::catalog::rules::{
    AgainMode, BadgeRule, CriterionRule, CriterionRuleKind, RuleDisplay, RuleSet, TierRule,
    TimeBounds, UnlockableRule,
};
use crate::number::Decimal;

impl CatalogCompiler<'_> {
    /// Appends retired rules and tiers after all others.
    pub(super) fn append_retired(&mut self, retired: &RetiredRules, rules: &mut RuleSet) {
        // Lookups search the retired rules by id, so they are sorted here, whatever list was stored.
        let mut badges: Vec<_> = retired.badges.iter().collect();
        badges.sort_by_key(|badge| &badge.id);
        let mut unlockables: Vec<_> = retired.unlockables.iter().collect();
        unlockables.sort_by_key(|unlockable| &unlockable.id);
        for badge in badges {
            let tiers = badge.tiers.iter().map(|id| TierRule {
                id: id.clone(),
                criterion: None,
                points: Vec::new(),
                retired: true,
            });
            // Tiers are appended so that the positions of the others do not change.
            match rules.badges.iter_mut().find(|rule| rule.id == badge.id) {
                Some(heir) => {
                    let new: Vec<TierRule> = tiers
                        .filter(|tier| heir.tier_position(&tier.id).is_none())
                        .collect();
                    heir.tiers.extend(new);
                }
                None => {
                    let rule = self.compile_retired_badge(badge, tiers.collect());
                    rules.badges.push(rule);
                }
            }
        }
        for unlockable in unlockables {
            let rule = self.compile_retired_unlockable(unlockable);
            rules.unlockables.push(rule);
        }
    }

    fn compile_retired_badge(&mut self, badge: &RetiredBadge, tiers: Vec<TierRule>) -> BadgeRule {
        BadgeRule {
            id: badge.id.clone(),
            display: RuleDisplay::from(badge),
            visibility: badge.visibility,
            image_locked: None,
            image_unlocked: badge.image.clone(),
            image_secret: None,
            art: badge.art,
            slot: self.next_slot(),
            award_slot: self.next_slot(),
            tiers,
            key_property: None,
            repeat: badge.repeat,
            again_mode: AgainMode::Edges,
            has_numeric_criterion: false,
            requires: Vec::new(),
            bounds: TimeBounds::default(),
            dependents: Vec::new(),
            code_badge: None,
            temporary: false,
            retired: true,
        }
    }

    fn compile_retired_unlockable(&mut self, unlockable: &RetiredUnlockable) -> UnlockableRule {
        UnlockableRule {
            id: unlockable.id.clone(),
            display: RuleDisplay {
                name: unlockable.name.clone(),
                description: unlockable.description.clone(),
                category: None,
            },
            slot: self.next_slot(),
            detail_slot: self.next_slot(),
            criterion: CriterionRule {
                target: Decimal::ONE,
                // Always 0, so that it never opens again.
                kind: CriterionRuleKind::Manual,
            },
            relock: false,
            bounds: TimeBounds::default(),
            dependents: Vec::new(),
            retired: true,
        }
    }
}
