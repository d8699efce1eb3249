//! All badges as a catalogue, without a player.

use std::sync::Arc;

use accolade_core::catalog::document::Repeat;
use accolade_core::catalog::rules::{BadgeRule, Rules};
use serde::Serialize;

use super::figures::Figure;
use super::secrecy::{Appearance, Audience, SECRET_NAME, appearance, known_badge, word};
use super::tier_view::{TierView, described, last_target, tiers};
use crate::{Engine, Ticket};

/// A badge in the gallery.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GalleryBadge {
    /// Its id; `None` where the badge is masked.
    pub id: Option<String>,
    /// How people read it.
    pub name: String,
    /// One sentence about it, with the target of its highest tier.
    pub description: String,
    /// Its category's id.
    pub category: Option<String>,
    /// The picture of one that is earned, or the secret one where the badge is masked.
    pub image: Option<String>,
    /// `public`, `secret` or `invisible`.
    pub visibility: &'static str,
    /// Its tiers, lowest first, without those that are retired; none in a badge without tiers. None counts as earned.
    pub tiers: Vec<TierView>,
    /// How often it can be earned: `once`, `per-key` or `again`; `None` where the badge is masked.
    pub repeat: Option<&'static str>,
    /// Whether its criterion is written in code; false where the badge is masked.
    pub in_code: bool,
    /// Whether the catalog in force no longer has it, so that nobody can earn it any more.
    pub retired: bool,
    /// Awards that are held; 0 where the badge is masked.
    pub awards: u64,
    /// Players who hold one or more; 0 where the badge is masked.
    pub players: u64,
    /// Those players as a part of all, from 0 to 1; 0 where the badge is masked or there are no players.
    pub rarity: f64,
}

impl Engine {
    /// All badges of the catalog in force, in order of id. Nobody is taken to have earned one: for
    /// [`Audience::Player`] as for [`Audience::Others`] secret badges are masked, which says nothing of them but that
    /// they are there, and invisible ones left out. Those that are masked come last, for their place among the ids would
    /// tell something of theirs.
    ///
    /// Where there are more than 10,000 players, the figures may be a little old: four seconds for a million.
    pub fn gallery(&self, audience: Audience) -> Ticket<Vec<GalleryBadge>> {
        let catalogs = Arc::clone(&self.inner.catalogs);
        let (counted, now) = (Arc::clone(&self.inner.counted), self.now());
        self.inner.readers.run(move |reader| {
            let mut snapshot = reader.snapshot()?;
            let in_force = catalogs.refresh(&mut *snapshot)?;
            let rules = in_force.catalog.rules();
            let figures = counted.figures(&mut *snapshot, now)?;
            let (mut badges, mut masks) = (Vec::new(), Vec::new());
            for badge in rules.badges.iter().filter(|badge| !badge.retired) {
                match appearance(badge, audience, false) {
                    Appearance::Shown => badges.push(shown(rules, badge, figures.of(badge))),
                    Appearance::Masked => masks.push(masked(badge)),
                    Appearance::Hidden => {}
                }
            }
            badges.append(&mut masks);
            Ok(badges)
        })
    }

    /// One badge of the gallery by its id, or by one that it had before; `None` where there is none, or none that the
    /// audience may know of without having earned it. A badge that is retired, and so not in the gallery, is found, for
    /// somebody may still hold it.
    pub fn gallery_badge(&self, id: &str, audience: Audience) -> Ticket<Option<GalleryBadge>> {
        let id = id.to_owned();
        let catalogs = Arc::clone(&self.inner.catalogs);
        let (counted, now) = (Arc::clone(&self.inner.counted), self.now());
        self.inner.readers.run(move |reader| {
            let mut snapshot = reader.snapshot()?;
            let in_force = catalogs.refresh(&mut *snapshot)?;
            let rules = in_force.catalog.rules();
            let Ok(badge) = known_badge(rules, &id, audience) else {
                return Ok(None);
            };
            let figures = counted.figures(&mut *snapshot, now)?;
            Ok(Some(shown(rules, badge, figures.of(badge))))
        })
    }
}

fn shown(rules: &Rules, badge: &BadgeRule, figure: Figure) -> GalleryBadge {
    GalleryBadge {
        id: Some(badge.id.clone()),
        name: badge.display.name.clone(),
        description: described(badge, last_target(badge)),
        category: badge.display.category.clone(),
        image: badge.image_unlocked.clone(),
        visibility: word(badge.visibility),
        tiers: tiers(rules, badge, |_| false),
        repeat: Some(repeat(badge.repeat)),
        in_code: badge.code.is_some(),
        retired: badge.retired,
        awards: figure.awards,
        players: figure.players,
        rarity: figure.rarity,
    }
}

/// A secret badge, with nothing that gives it away.
fn masked(badge: &BadgeRule) -> GalleryBadge {
    GalleryBadge {
        id: None,
        name: SECRET_NAME.to_owned(),
        description: String::new(),
        category: None,
        image: badge.image_secret.clone(),
        visibility: word(badge.visibility),
        tiers: Vec::new(),
        repeat: None,
        in_code: false,
        retired: false,
        awards: 0,
        players: 0,
        rarity: 0.0,
    }
}

fn repeat(repeat: Repeat) -> &'static str {
    match repeat {
        Repeat::Once => "once",
        Repeat::PerKey => "per-key",
        Repeat::Again => "again",
    }
}
