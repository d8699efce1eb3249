//! The badge gallery: all badges of the catalog, without the state of a player.

use std::sync::Arc;

use accolade_core::catalog::art::BadgeArt;
use accolade_core::catalog::document::{RepeatMode, Visibility};
use accolade_core::catalog::rules::{BadgeRule, RuleSet};
use accolade_core::ids::{BadgeId, CategoryId};

use super::badge_counts::{BadgeCountCache, BadgeCounts};
use super::tier_view::{TierView, list_tiers};
use super::visibility::{
    Audience, BadgeAppearance, SECRET_NAME, badge_appearance, find_visible_badge,
};
use crate::settings::ClockFn;
use crate::{Catalogs, Players, Ticket};

/// A badge in the gallery.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct GalleryBadge {
    /// The badge's id; `None` if it is masked.
    pub id: Option<BadgeId>,
    /// The display name.
    pub name: String,
    /// A description in one sentence, with the targets of all tiers.
    pub description: String,
    /// The id of the category.
    pub category: Option<CategoryId>,
    /// The image of the earned badge, or the secret image if it is masked.
    pub image: Option<String>,
    /// The choices for the drawn picture. The default if the badge is masked.
    pub art: BadgeArt,
    /// The visibility before it is earned.
    pub visibility: Visibility,
    /// The tiers that can be earned, lowest first. None of them counts as earned. Empty for a badge
    /// without tiers.
    pub tiers: Vec<TierView>,
    /// The number of times that it can be earned. `None` if it is masked.
    pub repeat: Option<RepeatMode>,
    /// True if the criterion is written in code. False if the badge is masked.
    pub in_code: bool,
    /// True if the published catalog no longer has the badge, so that it cannot be earned.
    pub retired: bool,
    /// The number of awards held. 0 if the badge is masked.
    pub awards: u64,
    /// The number of players who hold the badge. 0 if it is masked.
    pub players: u64,
    /// The share of all players who hold the badge, from 0 to 1. 0 if it is masked or there are no
    /// players.
    pub rarity: f64,
}

impl Catalogs<'_> {
    /// Lists all badges of the published catalog, in order of id.
    ///
    /// [`Audience::Player`] and [`Audience::Others`] get secret badges masked and no invisible
    /// ones, regardless of who has earned them. Masked badges come last, because their place in the
    /// order of ids would hint at their ids.
    ///
    /// With more than 10,000 awards and players, the counts may be outdated: by up to 4 seconds per
    /// million, or 20 times the time that counting takes.
    pub fn list_gallery(&self, audience: Audience) -> Ticket<Vec<GalleryBadge>> {
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        let (cache, clock) = self.count_cache();
        self.engine.inner.readers.run_query(move |reader| {
            let mut snapshot = reader.open_snapshot()?;
            let published = catalogs.load_current(&mut *snapshot)?;
            let rules = published.catalog.rules();
            let figures =
                cache.load_or_count(&*clock, || BadgeCounts::load_counts(&mut *snapshot))?;
            let (mut badges, mut masks) = (Vec::new(), Vec::new());
            for badge in rules.badges.iter().filter(|badge| !badge.retired) {
                match badge_appearance(badge, audience, false) {
                    BadgeAppearance::Shown => badges.push(show_badge(rules, badge, &figures)),
                    BadgeAppearance::Masked => masks.push(mask_badge(badge)),
                    BadgeAppearance::Hidden => {}
                }
            }
            badges.append(&mut masks);
            Ok(badges)
        })
    }

    /// Finds a badge of the gallery by its id or a former one. Returns `None` if it does not exist
    /// or is hidden from the audience.
    ///
    /// Unlike [`gallery`](Self::list_gallery), it also finds retired badges, which players may
    /// still hold.
    pub fn find_gallery_badge(
        &self,
        id: impl Into<BadgeId>,
        audience: Audience,
    ) -> Ticket<Option<GalleryBadge>> {
        let id = id.into();
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        let (cache, clock) = self.count_cache();
        self.engine.inner.readers.run_query(move |reader| {
            let mut snapshot = reader.open_snapshot()?;
            let published = catalogs.load_current(&mut *snapshot)?;
            let rules = published.catalog.rules();
            let Ok(badge) = find_visible_badge(rules, &id, audience) else {
                return Ok(None);
            };
            let figures =
                cache.load_or_count(&*clock, || BadgeCounts::load_counts(&mut *snapshot))?;
            Ok(Some(show_badge(rules, badge, &figures)))
        })
    }

    fn count_cache(&self) -> (Arc<BadgeCountCache>, Arc<ClockFn>) {
        let inner = &self.engine.inner;
        (Arc::clone(&inner.badge_counts), Arc::clone(&inner.clock))
    }
}

impl Players<'_> {
    /// Counts the players from the same cache as the gallery: see
    /// [`Catalogs::list_gallery`](crate::Catalogs::list_gallery).
    ///
    /// Unlike [`Players::count`], the cost does not depend on the number of players.
    pub fn approximate_count(&self) -> Ticket<u64> {
        let (cache, clock) = self.engine.catalog().count_cache();
        self.engine.inner.readers.run_query(move |reader| {
            // Opened first, as for the gallery: a store may let snapshots wait for each other.
            let mut snapshot = reader.open_snapshot()?;
            let count = || BadgeCounts::load_counts(&mut *snapshot);
            Ok(cache.load_or_count(&*clock, count)?.players())
        })
    }
}

fn show_badge(rules: &RuleSet, badge: &BadgeRule, figures: &BadgeCounts) -> GalleryBadge {
    let figure = figures.frequency_of(badge);
    let mut tiers = list_tiers(rules, badge, |_| false);
    for tier in &mut tiers {
        tier.players = figures.tier_holders(badge, &tier.id);
    }
    GalleryBadge {
        id: Some(badge.id.clone().into()),
        name: badge.display.name.clone(),
        description: badge.render_description(None),
        category: badge.display.category.clone().map(Into::into),
        image: badge.image_unlocked.clone(),
        art: badge.art,
        visibility: badge.visibility,
        tiers,
        repeat: Some(badge.repeat),
        in_code: badge.code_badge.is_some(),
        retired: badge.retired,
        awards: figure.awards,
        players: figure.players,
        rarity: figure.rarity,
    }
}

/// Renders a secret badge without anything that identifies it.
fn mask_badge(badge: &BadgeRule) -> GalleryBadge {
    GalleryBadge {
        id: None,
        name: SECRET_NAME.to_owned(),
        description: String::new(),
        category: None,
        image: badge.image_secret.clone(),
        art: BadgeArt::default(),
        visibility: badge.visibility,
        tiers: Vec::new(),
        repeat: None,
        in_code: false,
        retired: false,
        awards: 0,
        players: 0,
        rarity: 0.0,
    }
}
