//! Retirement of rules that the next catalog does not define (S15).

use super::Catalog;
use super::retired::{RetiredBadge, RetiredRules, RetiredUnlockable};
use super::rules::BadgeRule;

impl Catalog {
    /// Lists the rules that this catalog defines, or has retired already, and `next` does not
    /// define.
    pub fn retired_by(&self, next: &Self) -> RetiredRules {
        let mut badges: Vec<_> = self
            .rules()
            .badges
            .iter()
            .filter_map(|badge| {
                // Looked up by former ids too, because a renamed badge is not retired (S15).
                let heir = next
                    .rules()
                    .badge_position(&badge.id)
                    .map(|index| &next.rules().badges[index]);
                retired_badge(badge, heir)
            })
            .collect();
        let unlockables = self.rules().unlockables.iter();
        let gone = unlockables
            .filter(|unlockable| next.rules().unlockable_position(&unlockable.id).is_none());
        let mut unlockables: Vec<_> = gone
            .map(|unlockable| RetiredUnlockable {
                id: unlockable.id.clone(),
                name: unlockable.display.name.clone(),
                description: unlockable.display.description.clone(),
            })
            .collect();
        // The rules of this catalog come before those that it had retired already, so the ids are
        // not in order yet.
        badges.sort_by(|one, other| one.id.cmp(&other.id));
        unlockables.sort_by(|one, other| one.id.cmp(&other.id));
        RetiredRules {
            badges,
            unlockables,
        }
    }
}

fn retired_badge(badge: &BadgeRule, heir: Option<&BadgeRule>) -> Option<RetiredBadge> {
    let is_gone = |tier: &String| heir.is_none_or(|heir| heir.tier_position(tier).is_none());
    let tiers: Vec<String> = badge
        .tiers
        .iter()
        .map(|tier| tier.id.clone())
        .filter(is_gone)
        .collect();
    if tiers.is_empty() {
        return None;
    }
    Some(RetiredBadge {
        id: heir.map_or(&badge.id, |heir| &heir.id).clone(),
        name: badge.display.name.clone(),
        description: badge.display.description.clone(),
        visibility: badge.visibility,
        // Only holders still see a retired badge, so the other images are not needed.
        image: badge.image_unlocked.clone(),
        art: badge.art,
        repeat: badge.repeat,
        tiers,
    })
}
