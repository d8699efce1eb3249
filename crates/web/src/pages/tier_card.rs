//! Tiers of a badge, as several pages show them.

use accolade::TierView;
use serde::Serialize;

use super::display_names::DisplayNames;
use super::{format, url};
use crate::artwork::Metal;

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
    /// Number of players who hold it, in the gallery.
    pub(super) players: u64,
    /// URL of its picture.
    pub(super) image: String,
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
            players: tier.players,
            image: image.map_or_else(|| url::art_url(base, badge, metal, false), str::to_owned),
        }
    };
    tiers.iter().enumerate().map(tier).collect()
}
