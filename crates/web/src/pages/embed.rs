//! Small pages that other sites embed in a frame, and shields for READMEs.
//!
//! They show what visitors may see, regardless of the viewer.

use accolade::Audience;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::badge_card::BadgeCard;
use super::display_names::DisplayNames;
use super::page::{LenientQuery, PageRequest, not_found_problem};
use super::player_badges::PlayerBadgeCard;
use super::share::describe_rarity;
use super::url;
use crate::artwork::draw_shield;
use crate::filters::format_thousands;
use crate::layers::FrameAncestors;
use crate::problem::Problem;

/// Number of badges on the card of a player.
const SHOWN_BADGES: usize = 6;
/// `Cache-Control` of cards and shields, which many visitors load.
const CACHING: &str = "public, max-age=300";

/// Context of `embed.html`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct EmbedPage {
    /// Name of the player or of the badge.
    pub(super) heading: String,
    /// URL of the page that the card links to.
    pub(super) url: String,
    pub(super) image: String,
    /// True if the picture is round.
    pub(super) is_player: bool,
    pub(super) text: String,
    /// Facts below the name, such as `1,240 Experience`.
    pub(super) facts: Vec<String>,
    /// Latest badges of a player.
    pub(super) badges: Vec<PlayerBadgeCard>,
}

/// Query parameters of a shield.
#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct ShieldQuery {
    /// Id of the currency to show instead of the number of badges.
    currency: Option<String>,
}

/// `GET /embed/players/{player}`
pub(super) async fn show_player_card(page: PageRequest, Path(player): Path<String>) -> Response {
    let page = page.into_visitor();
    let result = build_player_card(&page, &player).await;
    respond_with_card(&page, result).await
}

/// `GET /embed/badges/{badge}`
pub(super) async fn show_badge_card(page: PageRequest, Path(badge): Path<String>) -> Response {
    let page = page.into_visitor();
    let result = build_badge_card(&page, &badge).await;
    respond_with_card(&page, result).await
}

async fn respond_with_card(page: &PageRequest, card: Result<EmbedPage, Problem>) -> Response {
    let result = match card {
        Ok(card) => page.render_page("embed.html", &card).await,
        Err(problem) => Err(problem),
    };
    let is_found = result.is_ok();
    let mut response = page.render_result(result).await;
    if is_found {
        let origins = page.app.settings.pages.embed_origins.clone();
        response.extensions_mut().insert(FrameAncestors(origins));
        let caching = HeaderValue::from_static(CACHING);
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, caching);
    }
    response
}

async fn build_player_card(page: &PageRequest, player: &str) -> Result<EmbedPage, Problem> {
    page.check_others_visible()?;
    let engine = &page.app.engine;
    let profile = engine.players().load_profile(player, Audience::Others);
    let Some(profile) = profile.await? else {
        let detail = "They may not have done anything yet.";
        return Err(not_found_problem("Player not found", detail));
    };
    let glossary = DisplayNames::load_public(&page.app).await?;
    let (base, now) = (page.base(), engine.now());
    let mut badges: Vec<PlayerBadgeCard> = profile
        .badges
        .iter()
        .filter(|badge| badge.id.is_some() && !badge.earned.is_empty())
        .map(|badge| PlayerBadgeCard::from_view(base, badge, &glossary, now))
        .collect();
    badges.sort_by_key(|badge| std::cmp::Reverse(badge.last_earned_at));
    let balances = profile.balances.iter().filter(|one| one.balance != 0);
    let balances = balances.map(|one| format!("{} {}", format_thousands(one.balance), one.name));
    let facts = std::iter::once(count_badges(badges.len())).chain(balances);
    let facts = facts.collect();
    badges.truncate(SHOWN_BADGES);
    Ok(EmbedPage {
        heading: profile.name.unwrap_or_else(|| profile.player.to_string()),
        url: url::player_url(base, &profile.player),
        image: url::avatar_url(base, &profile.player),
        is_player: true,
        text: String::new(),
        facts,
        badges,
    })
}

async fn build_badge_card(page: &PageRequest, id: &str) -> Result<EmbedPage, Problem> {
    page.check_others_visible()?;
    let catalog = page.app.engine.catalog();
    let found = catalog.find_gallery_badge(id, Audience::Others).await?;
    let glossary = DisplayNames::load_public(&page.app).await?;
    let card = found.map(|badge| BadgeCard::from_gallery(page.base(), &badge, &glossary));
    let Some((card, url)) = card.and_then(|card| card.url.clone().map(|url| (card, url))) else {
        let detail = "It may have been renamed or removed.";
        return Err(not_found_problem("Badge not found", detail));
    };
    let rarity = describe_rarity(card.players, card.rarity);
    Ok(EmbedPage {
        heading: card.name,
        url,
        image: card.image,
        is_player: false,
        text: card.description,
        facts: Some(rarity)
            .filter(|rarity| !rarity.is_empty())
            .into_iter()
            .collect(),
        badges: Vec::new(),
    })
}

/// `GET /shields/players/{player}.svg`
pub(super) async fn get_player_shield(
    page: PageRequest,
    Path(file): Path<String>,
    LenientQuery(query): LenientQuery<ShieldQuery>,
) -> Response {
    let Some(player) = file.strip_suffix(".svg").filter(|_| page.sees_others()) else {
        return Problem::path_not_found().into_response();
    };
    let players = page.app.engine.players();
    let profile = match players.load_profile(player, Audience::Others).await {
        Ok(Some(profile)) => profile,
        Ok(None) => return Problem::path_not_found().into_response(),
        Err(error) => return Problem::from(error).into_response(),
    };
    let balance = query
        .currency
        .and_then(|id| profile.balances.iter().find(|one| *one.currency == *id));
    let (label, message) = match balance {
        Some(balance) => (balance.name.clone(), format_thousands(balance.balance)),
        None => {
            let held = profile
                .badges
                .iter()
                .filter(|badge| badge.id.is_some() && !badge.earned.is_empty());
            (page.app.site_title(), count_badges(held.count()))
        }
    };
    respond_with_shield(&label, &message)
}

/// `GET /shields/badges/{badge}.svg`
pub(super) async fn get_badge_shield(page: PageRequest, Path(file): Path<String>) -> Response {
    let Some(id) = file.strip_suffix(".svg").filter(|_| page.sees_others()) else {
        return Problem::path_not_found().into_response();
    };
    let catalog = page.app.engine.catalog();
    match catalog.find_gallery_badge(id, Audience::Others).await {
        Ok(Some(badge)) if badge.id.is_some() => {
            let players = i64::try_from(badge.players).unwrap_or(i64::MAX);
            let noun = if players == 1 { "player" } else { "players" };
            respond_with_shield(
                &badge.name,
                &format!("{} {noun}", format_thousands(players)),
            )
        }
        Ok(_) => Problem::path_not_found().into_response(),
        Err(error) => Problem::from(error).into_response(),
    }
}

fn count_badges(number: usize) -> String {
    let noun = if number == 1 { "badge" } else { "badges" };
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    format!("{} {noun}", format_thousands(number))
}

fn respond_with_shield(label: &str, message: &str) -> Response {
    super::pictures::svg_response(draw_shield(label, message), CACHING)
}
