//! Rules of earlier catalogs that the published catalog no longer defines. They are kept so that
//! existing awards can still be shown (S15).

use serde::{Deserialize, Serialize};

use super::Catalog;
use super::document::{RepeatMode, Visibility};
use super::rules::{BadgeRule, RuleDisplay};

/// Rules of earlier catalogs that players may still have holdings of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetiredRules {
    /// Badges with retired tiers, in order of id.
    pub badges: Vec<RetiredBadge>,
    /// Unlockables, in order of id.
    pub unlockables: Vec<RetiredUnlockable>,
}

/// A badge of which all or some tiers are retired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetiredBadge {
    /// The id; the current one where the badge still exists and only tiers are retired.
    pub id: String,
    /// The display name.
    pub name: String,
    /// A description of one sentence.
    pub description: String,
    /// The visibility before it was earned.
    pub visibility: Visibility,
    /// The image of the earned badge.
    pub image: Option<String>,
    /// The number of times that it could be earned.
    pub repeat: RepeatMode,
    /// The ids of the retired tiers; an empty string for the unnamed tier of a badge without tiers.
    pub tiers: Vec<String>,
}

/// A retired unlockable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetiredUnlockable {
    /// The last id.
    pub id: String,
    /// The display name.
    pub name: String,
    /// A description of one sentence.
    pub description: String,
}

impl Catalog {
    /// Lists the rules that this catalog defines, or has retired already, and `next` does not
    /// define.
    pub fn retired_by(&self, next: &Self) -> RetiredRules {
        let badges = self.rules().badges.iter().filter_map(|badge| {
            let heir = next
                .rules()
                .badge_position(&badge.id)
                .map(|index| &next.rules().badges[index]);
            retired_badge(badge, heir)
        });
        let unlockables = self.rules().unlockables.iter();
        let gone = unlockables
            .filter(|unlockable| next.rules().unlockable_position(&unlockable.id).is_none());
        let unlockables = gone.map(|unlockable| RetiredUnlockable {
            id: unlockable.id.clone(),
            name: unlockable.display.name.clone(),
            description: unlockable.display.description.clone(),
        });
        RetiredRules {
            badges: badges.collect(),
            unlockables: unlockables.collect(),
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
        repeat: badge.repeat,
        tiers,
    })
}

impl From<&RetiredBadge> for RuleDisplay {
    fn from(badge: &RetiredBadge) -> Self {
        Self {
            name: badge.name.clone(),
            description: badge.description.clone(),
            category: None,
        }
    }
}
