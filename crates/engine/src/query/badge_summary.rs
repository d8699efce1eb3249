//! Names of badges, without counts and without the state of a player.

use std::sync::Arc;

use accolade_core::catalog::art::BadgeArt;
use accolade_core::catalog::rules::{BadgeRule, RuleSet};
use accolade_core::ids::{BadgeId, CategoryId, TierId};

use super::tier_view::list_tiers;
use super::visibility::{Audience, BadgeAppearance, badge_appearance, find_visible_badge};
use crate::{Catalogs, Ticket};

/// A badge, without counts and without the state of a player.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BadgeSummary {
    /// The badge's id.
    pub id: BadgeId,
    /// The display name.
    pub name: String,
    /// The id of the category.
    pub category: Option<CategoryId>,
    /// The image of the earned badge.
    pub image: Option<String>,
    /// The choices for the drawn picture.
    pub art: BadgeArt,
    /// The ids of the tiers that can be earned, lowest first. Empty for a badge without tiers.
    pub tiers: Vec<TierId>,
}

impl Catalogs<'_> {
    /// Lists the badges of the published catalog that the audience may identify, in order of id.
    ///
    /// Unlike [`list_gallery`](Self::list_gallery), it counts nothing and leaves masked badges out.
    pub fn list_badge_summaries(&self, audience: Audience) -> Ticket<Vec<BadgeSummary>> {
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        self.engine.inner.readers.run_query(move |reader| {
            let published = catalogs.load_current(reader)?;
            let rules = published.catalog.rules();
            let shown = |badge: &&BadgeRule| {
                let appearance = badge_appearance(badge, audience, false);
                !badge.retired && matches!(appearance, BadgeAppearance::Shown)
            };
            let badges = rules.badges.iter().filter(shown);
            Ok(badges.map(|badge| summarize_badge(rules, badge)).collect())
        })
    }

    /// Finds a badge by its id or a former one, retired ones included. Returns `None` if it does
    /// not exist or is hidden from the audience.
    pub fn find_badge_summary(
        &self,
        id: impl Into<BadgeId>,
        audience: Audience,
    ) -> Ticket<Option<BadgeSummary>> {
        let id = id.into();
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        self.engine.inner.readers.run_query(move |reader| {
            let published = catalogs.load_current(reader)?;
            let rules = published.catalog.rules();
            let found = find_visible_badge(rules, &id, audience).ok();
            Ok(found.map(|badge| summarize_badge(rules, badge)))
        })
    }
}

fn summarize_badge(rules: &RuleSet, badge: &BadgeRule) -> BadgeSummary {
    let tiers = list_tiers(rules, badge, |_| false);
    BadgeSummary {
        id: badge.id.clone().into(),
        name: badge.display.name.clone(),
        category: badge.display.category.clone().map(Into::into),
        image: badge.image_unlocked.clone(),
        art: badge.art,
        tiers: tiers.into_iter().map(|tier| tier.id).collect(),
    }
}
