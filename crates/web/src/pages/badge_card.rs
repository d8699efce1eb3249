//! Badges of the gallery, as several pages show them.

use accolade::{GalleryBadge, TierView};
use serde::Serialize;

use super::activity_item::DisplayNames;
use super::{format, url};
use crate::artwork::Metal;

/// Badge of the gallery.
#[derive(Debug, Clone, Serialize)]
pub(super) struct BadgeCard {
    /// Id; `None` if the badge is secret.
    pub(super) id: Option<String>,
    /// URL of its page; `None` if the badge is secret.
    pub(super) url: Option<String>,
    /// Display name.
    pub(super) name: String,
    pub(super) description: String,
    /// URL of its picture, in the metal of the highest tier.
    pub(super) image: String,
    /// True if the badge is secret.
    pub(super) is_secret: bool,
    /// Tiers, lowest first.
    pub(super) tiers: Vec<TierCard>,
    /// Number of players who hold it.
    pub(super) players: u64,
    /// Share of players who hold it, from 0 to 1.
    pub(super) rarity: f64,
    /// `legendary`, `rare`, `uncommon` or `common`; `None` if no player holds it.
    pub(super) rarity_word: Option<&'static str>,
}

/// Tier of a badge.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TierCard {
    pub(super) name: String,
    /// `bronze`, `silver`, `gold`, `diamond` or `plain`.
    pub(super) metal: Metal,
    /// Formatted target value.
    pub(super) target: Option<String>,
    /// Formatted points, such as `+50 Reputation`.
    pub(super) points: Vec<String>,
    /// True if the player holds it: the owner of the profile, or else the viewer.
    pub(super) is_earned: bool,
    /// URL of its picture.
    pub(super) image: String,
}

impl BadgeCard {
    /// Builds the context from a badge of the gallery.
    pub(super) fn from_gallery(base: &str, badge: &GalleryBadge, glossary: &DisplayNames) -> Self {
        let id = badge.id.as_deref();
        let tiers = build_tiers(base, id, &badge.tiers, badge.image.as_deref(), glossary);
        let metal = tiers.last().map_or(Metal::Plain, |tier| tier.metal);
        Self {
            url: id.map(|id| url::badge_url(base, id)),
            name: badge.name.clone(),
            description: badge.description.clone(),
            image: badge
                .image
                .clone()
                .unwrap_or_else(|| url::art_url(base, id, metal, false)),
            is_secret: id.is_none(),
            tiers,
            players: badge.players,
            rarity: badge.rarity,
            rarity_word: classify_rarity(badge.players, badge.rarity),
            id: badge.id.as_ref().map(ToString::to_string),
        }
    }
}

/// Builds the tiers of a badge. Without an image of its own, each tier gets a generated picture.
pub(super) fn build_tiers(
    base: &str,
    badge: Option<&str>,
    tiers: &[TierView],
    image: Option<&str>,
    glossary: &DisplayNames,
) -> Vec<TierCard> {
    let points = |tier: &TierView| {
        let all = tier.points.iter().filter(|(_, amount)| **amount != 0);
        all.map(|(id, amount)| {
            format!(
                "{} {}",
                format::format_change(*amount),
                glossary.currency_name(id)
            )
        })
        .collect()
    };
    let tier = |(place, tier): (usize, &TierView)| {
        let metal = Metal::from_tier(&tier.id, Some(place));
        TierCard {
            name: tier.id.to_string(),
            metal,
            target: tier.target.map(format::format_amount),
            points: points(tier),
            is_earned: tier.earned,
            image: image.map_or_else(|| url::art_url(base, badge, metal, false), str::to_owned),
        }
    };
    tiers.iter().enumerate().map(tier).collect()
}

/// Classifies the rarity of a badge. Returns `None` if no player holds it.
pub(super) fn classify_rarity(players: u64, rarity: f64) -> Option<&'static str> {
    match rarity {
        _ if players == 0 => None,
        share if share < 0.01 => Some("legendary"),
        share if share < 0.1 => Some("rare"),
        share if share < 0.3 => Some("uncommon"),
        _ => Some("common"),
    }
}
