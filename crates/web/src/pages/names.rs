//! `GET /names?player=ada&badge=editor`: display names for scripts, because live outcomes contain
//! only ids.

use std::collections::BTreeMap;

use accolade::{Audience, PlayerId};
use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::display_names::{BadgeEntry, DisplayNames};
use super::page::{LenientQuery, PageRequest};
use super::url;
use crate::artwork::Metal;
use crate::problem::Problem;

/// Maximum number of ids per request. Further ids are ignored.
const MAX_IDS: usize = 50;

/// Display names by kind and id. Omits everything that is not visible to the viewer.
#[derive(Debug, Clone, Default, Serialize)]
struct NamesView {
    player: BTreeMap<String, String>,
    badge: BTreeMap<String, NamedBadge>,
    currency: BTreeMap<String, String>,
    unlockable: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Serialize)]
struct NamedBadge {
    name: String,
    url: String,
    /// URL of the picture without a tier.
    image: String,
    /// Share of players who have it, from 0 to 1; `None` if it is not public.
    rarity: Option<f64>,
    /// URL of the signed-in player's award page, which may not exist.
    award: Option<String>,
    /// True if visitors may see the award.
    is_shareable: bool,
    tiers: BTreeMap<String, NamedTier>,
}

#[derive(Debug, Clone, Serialize)]
struct NamedTier {
    metal: Metal,
    image: String,
}

pub(super) async fn get_names(
    page: PageRequest,
    // Pairs, because the same name occurs once for each id.
    LenientQuery(asked): LenientQuery<Vec<(String, String)>>,
) -> Response {
    match load_names(&page, asked).await {
        Ok(names) => Json(names).into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn load_names(
    page: &PageRequest,
    asked: Vec<(String, String)>,
) -> Result<NamesView, Problem> {
    page.check_access()?;
    let engine = &page.app.engine;
    let of = |kind: &str| -> Vec<String> {
        asked
            .iter()
            // Before the kinds are separated, so that the bound covers the whole request.
            .take(MAX_IDS)
            .filter(|(asked, _)| asked == kind)
            .map(|(_, id)| id.clone())
            .collect()
    };
    let mut names = NamesView::default();
    // With private pages, players may look up only their own name.
    let players: Vec<String> = of("player")
        .into_iter()
        .filter(|id| page.sees_others() || page.viewer.is_player(id))
        .collect();
    if !players.is_empty() {
        let found = engine
            .players()
            .display_names(players.iter().map(PlayerId::from).collect())
            .await?;
        let named = players
            .into_iter()
            .zip(found)
            .filter_map(|(id, name)| Some((id, name?)));
        names.player = named.collect();
    }
    let glossary = DisplayNames::load_public(&page.app).await?;
    for id in of("badge") {
        let badge = match glossary.find_badge(&id) {
            Some(badge) => Some(badge.clone()),
            None => find_own_badge(page, &id).await?,
        };
        let Some(badge) = badge else {
            continue;
        };
        let mut badge = NamedBadge::from_entry(page.base(), &id, badge);
        // Only the player celebrates, so that other viewers need not count.
        if let Some(player) = &page.viewer.0 {
            let found = engine.catalog().find_gallery_badge(&id, Audience::Others);
            badge.rarity = found.await?.map(|badge| badge.rarity);
            badge.award = Some(url::award_url(page.base(), player, &id));
            badge.is_shareable = badge.rarity.is_some() && page.sees_others();
        }
        names.badge.insert(id.clone(), badge);
    }
    names.currency = of("currency")
        .into_iter()
        .map(|id| (id.clone(), glossary.currency_name(&id)))
        .collect();
    names.unlockable = of("unlockable")
        .into_iter()
        .map(|id| (id.clone(), glossary.unlockable_name(&id)))
        .collect();
    Ok(names)
}

/// Finds a non-public badge that the signed-in player has earned.
async fn find_own_badge(page: &PageRequest, id: &str) -> Result<Option<BadgeEntry>, Problem> {
    let Some(player) = &page.viewer.0 else {
        return Ok(None);
    };
    let Some(profile) = page
        .app
        .engine
        .players()
        .load_profile(player, Audience::Player)
        .await?
    else {
        return Ok(None);
    };
    let mut badges = profile.badges.into_iter();
    let badge = badges.find(|badge| badge.id.as_deref() == Some(id) && !badge.earned.is_empty());
    Ok(badge.map(|badge| {
        let tiers = badge.tiers.into_iter().map(|tier| tier.id.into()).collect();
        BadgeEntry {
            name: badge.name,
            image: badge.image,
            tiers,
        }
    }))
}

impl NamedBadge {
    fn from_entry(base: &str, id: &str, badge: BadgeEntry) -> Self {
        let image = |metal| {
            badge
                .image
                .clone()
                .unwrap_or_else(|| url::art_url(base, Some(id), metal, false))
        };
        let tier = |(place, tier): (usize, &String)| {
            let metal = Metal::from_tier(tier, Some(place));
            (
                tier.clone(),
                NamedTier {
                    metal,
                    image: image(metal),
                },
            )
        };
        Self {
            url: url::badge_url(base, id),
            image: image(Metal::Plain),
            rarity: None,
            award: None,
            is_shareable: false,
            tiers: badge.tiers.iter().enumerate().map(tier).collect(),
            name: badge.name,
        }
    }
}
