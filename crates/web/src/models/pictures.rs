//! URLs of pictures in results.

use std::sync::Arc;

use accolade::{Catalog, TierView};
use accolade_core::catalog::rules::BadgeRule;

use crate::artwork::{self, Metal};

/// Builds the URLs of pictures of badges, tiers and players.
///
/// A picture that the catalog names is used as it is. Otherwise, it is the picture that the service
/// generates.
#[derive(Debug, Clone, Default)]
pub struct PictureUrls {
    base: String,
    catalog: Option<Arc<Catalog>>,
}

impl PictureUrls {
    /// Creates a builder of URLs below `base`, the URL of the service without a slash at the end.
    ///
    /// The default builder, for results outside a service, builds paths. It does not know the
    /// pictures of the catalog.
    pub fn new(base: impl Into<String>, catalog: Arc<Catalog>) -> Self {
        Self {
            base: base.into(),
            catalog: Some(catalog),
        }
    }

    /// Returns the picture of a player.
    pub(super) fn avatar(&self, player: &str) -> String {
        artwork::avatar_url(&self.base, player)
    }

    /// Returns the picture of a badge in the metal of a tier.
    pub(super) fn badge(&self, badge: &str, tier: Option<&str>) -> String {
        let rule = self.find_badge(badge);
        match rule.and_then(|rule| rule.image_unlocked.clone()) {
            Some(image) => image,
            None => artwork::art_url(&self.base, Some(badge), self.metal(rule, tier), false),
        }
    }

    /// Returns the picture of a badge as a player sees it; one without an id is masked.
    pub(super) fn seen_badge(
        &self,
        badge: Option<&str>,
        image: Option<String>,
        tier: Option<&str>,
        locked: bool,
    ) -> String {
        image.unwrap_or_else(|| {
            let rule = badge.and_then(|badge| self.find_badge(badge));
            artwork::art_url(&self.base, badge, self.metal(rule, tier), locked)
        })
    }

    /// Returns the picture of a tier of a badge; a badge without an id is masked.
    pub(super) fn tier(&self, badge: Option<&str>, tier: &TierView) -> String {
        match badge {
            Some(badge) => self.badge(badge, Some(&tier.id)),
            None => artwork::art_url(&self.base, None, Metal::Plain, false),
        }
    }

    /// Returns the icon of a currency.
    pub(super) fn icon(&self, currency: &str) -> Option<String> {
        let mut all = self.catalog.as_ref()?.rules().currencies.iter();
        let rule = all.find(|rule| rule.id == currency)?;
        rule.icon.clone()
    }

    fn find_badge(&self, badge: &str) -> Option<&BadgeRule> {
        let mut all = self.catalog.as_ref()?.rules().badges.iter();
        all.find(|rule| rule.id == badge)
    }

    fn metal(&self, rule: Option<&BadgeRule>, tier: Option<&str>) -> Metal {
        let Some(tier) = tier else {
            return Metal::Plain;
        };
        let place = rule.and_then(|rule| rule.tiers.iter().position(|other| other.id == tier));
        Metal::from_tier(tier, place)
    }
}
