//! Rules of earlier catalogs that the published catalog no longer defines. They are kept so that
//! existing awards can still be shown (S15).

use serde::{Deserialize, Serialize};

use super::art::BadgeArt;
use super::document::{RepeatMode, Visibility};
use super::rules::RuleDisplay;

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
    /// Choices for the drawn picture.
    pub art: BadgeArt,
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

impl From<&RetiredBadge> for RuleDisplay {
    fn from(badge: &RetiredBadge) -> Self {
        Self {
            name: badge.name.clone(),
            description: badge.description.clone(),
            category: None,
        }
    }
}
