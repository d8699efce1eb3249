//! Code badges as stored with a catalog, so that a process without the code can show them (S17).

use accolade_core::catalog::document::Visibility;
use accolade_core::code::CodeBadge;
use serde::{Deserialize, Serialize};

use crate::store::{CatalogRow, StoreError};

/// A code badge without its code.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredCodeBadge {
    id: String,
    version: u32,
    name: String,
    description: String,
    category: Option<String>,
    visibility: Visibility,
    image_locked: Option<String>,
    image_unlocked: Option<String>,
    image_secret: Option<String>,
    events: Vec<String>,
    tiers: Vec<String>,
    /// Points per award, by currency id.
    // Rows written before this field existed lack it.
    #[serde(default)]
    points: Vec<(String, i64)>,
}

impl StoredCodeBadge {
    /// Parses the code badges of a catalog version.
    pub(crate) fn parse_row(row: &CatalogRow) -> Result<Vec<Self>, StoreError> {
        serde_json::from_str(&row.code).map_err(|error| {
            StoreError::Damaged(format!(
                "code badges of catalog version {}: {error}",
                row.version
            ))
        })
    }

    /// True if a registered badge has this id and version.
    pub(crate) fn matches_badge(&self, badge: &CodeBadge) -> bool {
        self.id == badge.id && self.version == badge.version
    }

    /// Renders the badge for messages: `night-owl (version 2)`.
    pub(crate) fn display_label(&self) -> String {
        format!("{} (version {})", self.id, self.version)
    }

    /// Creates a placeholder badge with the same texts that no event earns.
    pub(crate) fn into_placeholder(self) -> CodeBadge {
        let mut badge = CodeBadge::new(self.id, |_| None)
            .version(self.version)
            .name(self.name)
            .description(self.description)
            .events(self.events)
            .tiers(self.tiers);
        badge.category = self.category;
        badge.visibility = self.visibility;
        badge.image_locked = self.image_locked;
        badge.image_unlocked = self.image_unlocked;
        badge.image_secret = self.image_secret;
        badge.points = self.points;
        badge
    }
}

impl From<&CodeBadge> for StoredCodeBadge {
    fn from(badge: &CodeBadge) -> Self {
        Self {
            id: badge.id.clone(),
            version: badge.version,
            name: badge.name.clone(),
            description: badge.description.clone(),
            category: badge.category.clone(),
            visibility: badge.visibility,
            image_locked: badge.image_locked.clone(),
            image_unlocked: badge.image_unlocked.clone(),
            image_secret: badge.image_secret.clone(),
            events: badge.events.clone(),
            tiers: badge.tiers.clone(),
            points: badge.points.clone(),
        }
    }
}
