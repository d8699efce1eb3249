//! What earlier catalogs defined and the one in force does not: kept, so that awards of it stay readable (S15).

use serde::{Deserialize, Serialize};

use super::Catalog;
use super::document::{Repeat, Visibility};
use super::rules::{BadgeRule, Display};

/// Definitions of earlier catalogs that somebody may still hold something of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// Badges, or tiers of badges, in order of id.
    pub badges: Vec<RetiredBadge>,
    /// Unlockables, in order of id.
    pub unlockables: Vec<RetiredUnlockable>,
}

/// A badge of which all or some tiers are gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetiredBadge {
    /// Its id; where only tiers are gone, the one that the badge has now.
    pub id: String,
    /// How people read it.
    pub name: String,
    /// One sentence about it.
    pub description: String,
    /// Who saw it before it was earned.
    pub visibility: Visibility,
    /// Its picture.
    pub image: Option<String>,
    /// How often it could be earned.
    pub repeat: Repeat,
    /// The tiers that are gone; the unnamed one of a badge without tiers is an empty text.
    pub tiers: Vec<String>,
}

/// An unlockable that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetiredUnlockable {
    /// Its id.
    pub id: String,
    /// How people read it.
    pub name: String,
    /// One sentence about it.
    pub description: String,
}

impl Catalog {
    /// What this catalog defines, or has retired already, and the next one does not define.
    pub fn retired_by(&self, next: &Self) -> Retired {
        let badges = self.rules().badges.iter().filter_map(|badge| {
            let heir = next
                .rules()
                .badge(&badge.id)
                .map(|index| &next.rules().badges[index]);
            retired_badge(badge, heir)
        });
        let unlockables = self.rules().unlockables.iter();
        let gone =
            unlockables.filter(|unlockable| next.rules().unlockable(&unlockable.id).is_none());
        let unlockables = gone.map(|unlockable| RetiredUnlockable {
            id: unlockable.id.clone(),
            name: unlockable.display.name.clone(),
            description: unlockable.display.description.clone(),
        });
        Retired {
            badges: badges.collect(),
            unlockables: unlockables.collect(),
        }
    }
}

fn retired_badge(badge: &BadgeRule, heir: Option<&BadgeRule>) -> Option<RetiredBadge> {
    let is_gone = |tier: &String| heir.is_none_or(|heir| heir.tier(tier).is_none());
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
        image: badge.image_unlocked.clone(),
        repeat: badge.repeat,
        tiers,
    })
}

impl From<&RetiredBadge> for Display {
    fn from(badge: &RetiredBadge) -> Self {
        Self {
            name: badge.name.clone(),
            description: badge.description.clone(),
            category: None,
        }
    }
}
