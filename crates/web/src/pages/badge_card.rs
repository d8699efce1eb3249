//! Badges of the gallery, as several pages show them.

use accolade::GalleryBadge;
use serde::Serialize;

use super::display_names::DisplayNames;
use super::player_badges::PlayerBadgeCard;
use super::tier_card::{TierCard, build_tiers};
use super::url;
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
    /// URL of its picture: in the metal of the lowest tier, or as the viewer has it.
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
    /// The badge of the signed-in player, if the badge can be earned by that player.
    pub(super) own: Option<PlayerBadgeCard>,
}

impl BadgeCard {
    /// Builds the context from a badge of the gallery.
    pub(super) fn from_gallery(base: &str, badge: &GalleryBadge, glossary: &DisplayNames) -> Self {
        let id = badge.id.as_deref();
        let tiers = build_tiers(base, id, &badge.tiers, badge.image.as_deref(), glossary);
        let metal = tiers.first().map_or(Metal::Plain, |tier| tier.metal);
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
            own: None,
        }
    }

    /// Adds the badge of the signed-in player: the card then shows what the player has, and the
    /// next step.
    pub(super) fn with_own(mut self, own: PlayerBadgeCard) -> Self {
        // Both lists contain the same tiers in the same order.
        for (tier, earned) in self.tiers.iter_mut().zip(&own.tiers) {
            tier.is_earned = earned.is_earned;
        }
        self.image.clone_from(&own.image);
        self.description.clone_from(&own.description);
        self.own = Some(own);
        self
    }

    /// Builds the card of a badge that is not public, which the signed-in player has earned.
    /// It contains nothing about other players.
    pub(super) fn from_own(own: PlayerBadgeCard) -> Self {
        Self {
            id: own.id.clone(),
            url: own.url.clone(),
            name: own.name.clone(),
            description: own.description.clone(),
            image: own.image.clone(),
            is_secret: false,
            tiers: own.tiers.clone(),
            players: 0,
            rarity: 0.0,
            rarity_word: None,
            own: Some(own),
        }
    }
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
