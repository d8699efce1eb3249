//! Previews of shared links: tags for social networks, and the images that they show.

use accolade::{Audience, BadgeArt, GalleryBadge};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::activity_item::PlayerLink;
use super::badge_card::BadgeCard;
use super::display_names::DisplayNames;
use super::page::{PageRequest, not_found_problem};
use super::player_badges::PlayerBadgeCard;
use super::url;
use crate::artwork::{Metal, Pin, SHARE_SIZE, ShareCard};
use crate::filters::{encode_segment, format_percent};
use crate::problem::Problem;

/// Share of players up to which a badge is called rare.
const RARE: f64 = 0.1;
/// `Cache-Control` of share images. They change with the catalog and with names.
const CACHING: &str = "public, max-age=3600";

/// Tags for social networks and messengers. All URLs are absolute.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ShareTags {
    title: String,
    description: String,
    /// URL that is shared, without query.
    pub(super) url: String,
    /// URL of the image.
    image: String,
    image_alt: String,
    width: u32,
    height: u32,
}

impl ShareTags {
    fn new(title: String, description: String, url: String, image: String) -> Self {
        Self {
            image_alt: format!("{title}. {description}"),
            title,
            description,
            url,
            image,
            width: SHARE_SIZE.0,
            height: SHARE_SIZE.1,
        }
    }

    /// Builds the tags of a badge's page; `None` if visitors may not see it.
    pub(super) fn for_badge(page: &PageRequest, badge: &BadgeCard) -> Option<Self> {
        let id = badge.id.as_deref().filter(|_| page.sees_others())?;
        let site = page.app.external_url();
        Some(Self::new(
            badge.name.clone(),
            describe_badge(&badge.description, badge.players, badge.rarity),
            url::badge_url(&site, id),
            format!("{site}/share/badges/{}.png", encode_segment(id)),
        ))
    }

    /// Builds the tags of an award's page; `None` if visitors may not see it.
    pub(super) fn for_award(page: &PageRequest, award: &Award) -> Option<Self> {
        let rarity = award.rarity.as_ref().filter(|_| page.sees_others())?;
        let id = award.badge.id.as_deref()?;
        let site = page.app.external_url();
        let (player, badge) = (encode_segment(&award.player.id), encode_segment(id));
        Some(Self::new(
            award.title(),
            describe_badge(&award.badge.description, rarity.players, rarity.share),
            url::award_url(&site, &award.player.id, id),
            format!("{site}/share/players/{player}/badges/{badge}.png"),
        ))
    }
}

/// Badge that a player has earned.
pub(super) struct Award {
    pub(super) player: PlayerLink,
    pub(super) badge: PlayerBadgeCard,
    /// Choices of the catalog for the generated picture.
    pub(super) art: BadgeArt,
    /// Number of players who have the badge; `None` if it is not public.
    pub(super) rarity: Option<AwardRarity>,
}

/// Frequency of a badge.
#[derive(Debug, Clone, Copy)]
pub(super) struct AwardRarity {
    pub(super) players: u64,
    /// Share of all players, from 0 to 1.
    pub(super) share: f64,
}

impl Award {
    /// Loads an award as the audience may see it.
    ///
    /// Secret badges that the audience may not see, badges that the player does not have, and
    /// unknown players have the same error.
    pub(super) async fn load(
        page: &PageRequest,
        player: &str,
        badge: &str,
        audience: Audience,
    ) -> Result<Self, Problem> {
        let not_found = || {
            let detail = "The player may not have this badge, or no longer.";
            not_found_problem("Award not found", detail)
        };
        let engine = &page.app.engine;
        let profile = engine.players().load_profile(player, audience).await?;
        let profile = profile.ok_or_else(not_found)?;
        let view = profile
            .badges
            .iter()
            .find(|view| view.id.as_deref() == Some(badge) && !view.earned.is_empty());
        let view = view.ok_or_else(not_found)?;
        let gallery = engine.catalog().find_gallery_badge(badge, Audience::Others);
        let rarity = gallery.await?.map(|badge| AwardRarity {
            players: badge.players,
            share: badge.rarity,
        });
        let glossary = DisplayNames::load_public(&page.app).await?;
        let base = page.base();
        let mut card = PlayerBadgeCard::from_view(base, view, &glossary, engine.now());
        describe_held_tier(page, badge, &mut card);
        Ok(Self {
            badge: card,
            art: view.art,
            player: PlayerLink::new(base, profile.player.into(), profile.name),
            rarity,
        })
    }

    /// Returns the award in words: `Denis earned Necromancer (gold)`.
    pub(super) fn title(&self) -> String {
        let tier = match self.badge.tier.as_str() {
            "" => String::new(),
            tier => format!(" ({tier})"),
        };
        format!("{} earned {}{tier}", self.player.name, self.badge.name)
    }
}

/// Describes the tier that is held. The description of the profile is that of the next tier.
fn describe_held_tier(page: &PageRequest, badge: &str, card: &mut PlayerBadgeCard) {
    let held = card.tiers.iter().find(|tier| tier.name == card.tier);
    let Some(target) = held.and_then(|tier| tier.target.clone()) else {
        return;
    };
    let catalog = page.app.engine.catalog().published();
    let rules = catalog.rules();
    if let Some(position) = rules.badge_position(badge) {
        let template = &rules.badges[position].display.description;
        card.description = template.replace("{target}", &target);
    }
}

/// Describes how rare a badge is; empty if no player has it.
pub(super) fn describe_rarity(players: u64, share: f64) -> String {
    match share {
        _ if players == 0 => String::new(),
        share if share < RARE => format!("Only {} of players have it", format_percent(share)),
        share => format!("{} of players have it", format_percent(share)),
    }
}

fn describe_badge(description: &str, players: u64, share: f64) -> String {
    let rarity = describe_rarity(players, share);
    let sentences = [description, rarity.as_str()];
    let sentences = sentences.map(|sentence| sentence.trim().trim_end_matches('.'));
    let sentences: Vec<&str> = sentences
        .into_iter()
        .filter(|one| !one.is_empty())
        .collect();
    sentences.join(". ")
}

/// `GET /share/badges/{id}.png`
pub(super) async fn get_badge_image(page: PageRequest, Path(file): Path<String>) -> Response {
    let Some(id) = file.strip_suffix(".png").filter(|_| page.sees_others()) else {
        return Problem::path_not_found().into_response();
    };
    draw_badge(&page, id)
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

async fn draw_badge(page: &PageRequest, id: &str) -> Result<Response, Problem> {
    let catalog = page.app.engine.catalog();
    let badge = catalog.find_gallery_badge(id, Audience::Others).await?;
    let badge = badge.filter(|badge| badge.id.is_some());
    let badge = badge.ok_or_else(Problem::path_not_found)?;
    let metal = highest_metal(&badge);
    let category = badge.category.clone().map(String::from);
    let picture = draw_pin(id, &category, badge.art, metal);
    let rarity = describe_rarity(badge.players, badge.rarity);
    let card = ShareCard {
        kicker: "",
        title: &badge.name,
        tier: ("", metal),
        description: &badge.description,
        rarity: &rarity,
        site: &page.app.site_title(),
        picture: &picture,
    };
    respond_with_image(page, &card).await
}

/// `GET /share/players/{player}/badges/{badge}.png`
pub(super) async fn get_award_image(
    page: PageRequest,
    Path((player, file)): Path<(String, String)>,
) -> Response {
    let Some(badge) = file.strip_suffix(".png").filter(|_| page.sees_others()) else {
        return Problem::path_not_found().into_response();
    };
    draw_award(&page, &player, badge)
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

async fn draw_award(page: &PageRequest, player: &str, badge: &str) -> Result<Response, Problem> {
    // As a visitor, because networks cache the image for everyone.
    let award = Award::load(page, player, badge, Audience::Others).await?;
    let Some(rarity) = award.rarity else {
        return Err(Problem::path_not_found());
    };
    let category = Some(award.badge.category.clone());
    let picture = draw_pin(badge, &category, award.art, award.badge.metal);
    let kicker = format!("{} earned", award.player.name);
    let rarity = describe_rarity(rarity.players, rarity.share);
    let card = ShareCard {
        kicker: &kicker,
        title: &award.badge.name,
        tier: (&award.badge.tier, award.badge.metal),
        description: &award.badge.description,
        rarity: &rarity,
        site: &page.app.site_title(),
        picture: &picture,
    };
    respond_with_image(page, &card).await
}

async fn respond_with_image(page: &PageRequest, card: &ShareCard<'_>) -> Result<Response, Problem> {
    let png = page.app.share_images.load_png(card.to_svg()).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CACHE_CONTROL, HeaderValue::from_static(CACHING)),
    ];
    Ok((headers, png.to_vec()).into_response())
}

/// Draws the picture of a badge. Images of the catalog are URLs, which are not fetched.
fn draw_pin(id: &str, category: &Option<String>, art: BadgeArt, metal: Metal) -> String {
    Pin {
        id,
        category: category.as_deref().unwrap_or_default(),
        art,
        metal,
        locked: false,
    }
    .to_svg()
}

fn highest_metal(badge: &GalleryBadge) -> Metal {
    let highest = badge.tiers.iter().enumerate().next_back();
    highest.map_or(Metal::Plain, |(place, tier)| {
        Metal::from_tier(&tier.id, Some(place))
    })
}
