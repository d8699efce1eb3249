//! A badge as several pages show it: its picture, its tiers and how rare it is.

use accolade::{GalleryBadge, TierView};
use serde::Serialize;

use super::happening::Glossary;
use super::{url, words};
use crate::art::Metal;

/// A badge of the gallery.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Tile {
    /// Its id; none where it is secret.
    pub(super) id: Option<String>,
    /// Where its page is; none where it is secret.
    pub(super) url: Option<String>,
    /// How people read it.
    pub(super) name: String,
    /// One sentence about it.
    pub(super) description: String,
    /// Its picture, as one has it who holds its highest tier.
    pub(super) image: String,
    /// Whether it is shown as a mystery.
    pub(super) is_secret: bool,
    /// Its tiers, lowest first.
    pub(super) tiers: Vec<Tier>,
    /// Players who hold it.
    pub(super) players: u64,
    /// Those players as a part of all, from 0 to 1.
    pub(super) rarity: f64,
    /// How rare that is, in a word: `legendary`, `rare`, `uncommon` or `common`; none while nobody holds it.
    pub(super) rarity_word: Option<&'static str>,
}

/// A tier.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Tier {
    /// Its name.
    pub(super) name: String,
    /// `bronze`, `silver`, `gold`, `diamond` or `plain`.
    pub(super) metal: Metal,
    /// What must be reached.
    pub(super) target: Option<String>,
    /// What it pays: `+50 Reputation`.
    pub(super) points: Vec<String>,
    /// Whether the player who looks, or is looked at, holds it.
    pub(super) is_earned: bool,
    /// Its picture.
    pub(super) image: String,
}

impl Tile {
    /// A badge of the gallery.
    pub(super) fn of(base: &str, badge: &GalleryBadge, glossary: &Glossary) -> Self {
        let id = badge.id.as_deref();
        let tiers = tiers(base, id, &badge.tiers, badge.image.as_deref(), glossary);
        let metal = tiers.last().map_or(Metal::Plain, |tier| tier.metal);
        Self {
            url: id.map(|id| url::badge(base, id)),
            name: badge.name.clone(),
            description: badge.description.clone(),
            image: badge
                .image
                .clone()
                .unwrap_or_else(|| url::art(base, id, metal, false)),
            is_secret: id.is_none(),
            tiers,
            players: badge.players,
            rarity: badge.rarity,
            rarity_word: rarity_word(badge.players, badge.rarity),
            id: badge.id.clone(),
        }
    }
}

/// The tiers of a badge, with its own image where it has one.
pub(super) fn tiers(
    base: &str,
    badge: Option<&str>,
    tiers: &[TierView],
    image: Option<&str>,
    glossary: &Glossary,
) -> Vec<Tier> {
    let points = |tier: &TierView| {
        let all = tier.points.iter().filter(|(_, amount)| **amount != 0);
        all.map(|(id, amount)| format!("{} {}", words::change(*amount), glossary.currency(id)))
            .collect()
    };
    let tier = |(place, tier): (usize, &TierView)| {
        let metal = Metal::of_tier(&tier.id, Some(place));
        Tier {
            name: tier.id.clone(),
            metal,
            target: tier.target.map(words::amount),
            points: points(tier),
            is_earned: tier.earned,
            image: image.map_or_else(|| url::art(base, badge, metal, false), str::to_owned),
        }
    };
    tiers.iter().enumerate().map(tier).collect()
}

/// How rare a badge is, in a word.
pub(super) fn rarity_word(players: u64, rarity: f64) -> Option<&'static str> {
    match rarity {
        _ if players == 0 => None,
        share if share < 0.01 => Some("legendary"),
        share if share < 0.1 => Some("rare"),
        share if share < 0.3 => Some("uncommon"),
        _ => Some("common"),
    }
}
