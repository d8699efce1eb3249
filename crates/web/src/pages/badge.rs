//! `GET /badges/{id}`: page of a badge and its earners.

use accolade::{Audience, GalleryBadge, HolderView, RepeatMode, Timestamp};
use axum::extract::Path;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::activity_item::PlayerLink;
use super::badge_card::BadgeCard;
use super::display_names::DisplayNames;
use super::format;
use super::page::{LenientQuery, PageRequest, not_found_problem};
use super::player_badges::PlayerBadgeCard;
use super::share::ShareTags;
use super::tier_card::TierCard;
use super::url;
use crate::api::cursor;
use crate::artwork::Metal;
use crate::problem::Problem;

/// Earners per page.
const PAGE_SIZE: usize = 24;

/// Query parameters.
#[derive(Debug, Default, Deserialize)]
pub(super) struct EarnersQuery {
    after: Option<String>,
}

/// Context of `badge.html`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct BadgeDetailsPage {
    pub(super) badge: BadgeCard,
    /// Name of its category.
    pub(super) category: Option<String>,
    /// Repetition: `once`, `per-key` or `again`.
    pub(super) repeat: Option<&'static str>,
    /// True if it can no longer be earned.
    pub(super) is_retired: bool,
    /// False for a secret badge, which is shown only to players who have earned it.
    pub(super) is_public: bool,
    /// The badge of the signed-in player.
    pub(super) own: Option<PlayerBadgeCard>,
    /// Players who hold it, each once, the latest award first.
    pub(super) earners: Vec<EarnerCard>,
    /// True if the viewer may see the earners.
    pub(super) shows_earners: bool,
    /// True on the first page of earners.
    pub(super) is_first: bool,
    /// URL of the next page of earners.
    pub(super) next: Option<String>,
    /// URL of the explanation, for the signed-in player.
    pub(super) why_url: Option<String>,
    /// URL of the signed-in player's award, if the badge is earned.
    pub(super) award_url: Option<String>,
    /// Tags for social networks; `None` if visitors may not see the badge.
    pub(super) share: Option<ShareTags>,
}

/// Player who holds a badge.
#[derive(Debug, Clone, Serialize)]
pub(super) struct EarnerCard {
    pub(super) player: PlayerLink,
    /// Highest tier held; empty for none.
    pub(super) tier: String,
    /// Metal of the tier.
    pub(super) metal: Metal,
    /// Number of times that it was earned.
    pub(super) times: u64,
    /// Instant at which it was last earned.
    pub(super) at: String,
    /// Relative time at which it was last earned.
    pub(super) ago: String,
}

pub(super) async fn show_badge_page(
    page: PageRequest,
    Path(id): Path<String>,
    LenientQuery(place): LenientQuery<EarnersQuery>,
) -> Response {
    let result = match page.check_access() {
        Ok(()) => render_badge_page(&page, &id, place).await,
        Err(problem) => Err(problem),
    };
    page.render_result(result).await
}

async fn render_badge_page(
    page: &PageRequest,
    id: &str,
    place: EarnersQuery,
) -> Result<Response, Problem> {
    let engine = &page.app.engine;
    let glossary = DisplayNames::load_public(&page.app).await?;
    let found = engine
        .catalog()
        .find_gallery_badge(id, Audience::Others)
        .await?;
    // A renamed badge is also found by its former id, but profiles contain only the current one.
    let current = found
        .as_ref()
        .and_then(|badge| badge.id.clone())
        .map_or_else(|| id.to_owned(), String::from);
    let own = find_own_badge(page, &current, &glossary).await?;
    let mut context = match (found, own) {
        (Some(badge), own) => build_public_page(page, badge, own, place, &glossary).await?,
        // A secret badge has a page only for players who have earned it.
        (None, Some(own)) if own.is_earned => build_secret_page(page, own),
        (None, _) => {
            return Err(not_found_problem(
                "Badge not found",
                "It may have been renamed or removed.",
            ));
        }
    };
    add_own_links(page, &current, &mut context);
    page.render_page("badge.html", &context).await
}

/// Adds the links to the signed-in player's award and explanation.
fn add_own_links(page: &PageRequest, id: &str, context: &mut BadgeDetailsPage) {
    let (Some(player), Some(own)) = (&page.viewer.0, &context.own) else {
        return;
    };
    context.why_url = Some(url::why_url(page.base(), player, "badges", id));
    context.award_url = own
        .is_earned
        .then(|| url::award_url(page.base(), player, id));
}

/// Loads the badge of the signed-in player.
async fn find_own_badge(
    page: &PageRequest,
    id: &str,
    glossary: &DisplayNames,
) -> Result<Option<PlayerBadgeCard>, Problem> {
    let Some(player) = &page.viewer.0 else {
        return Ok(None);
    };
    let engine = &page.app.engine;
    let Some(profile) = engine
        .players()
        .load_profile(player, Audience::Player)
        .await?
    else {
        return Ok(None);
    };
    let badge = profile
        .badges
        .iter()
        .find(|badge| badge.id.as_deref() == Some(id));
    Ok(badge.map(|badge| PlayerBadgeCard::from_view(page.base(), badge, glossary, engine.now())))
}

async fn build_public_page(
    page: &PageRequest,
    badge: GalleryBadge,
    own: Option<PlayerBadgeCard>,
    place: EarnersQuery,
    glossary: &DisplayNames,
) -> Result<BadgeDetailsPage, Problem> {
    let engine = &page.app.engine;
    let mut card = BadgeCard::from_gallery(page.base(), &badge, glossary);
    if let Some(own) = own.clone() {
        card = card.with_own(own);
    }
    let (mut earners, mut next) = (Vec::new(), None);
    // With private pages, a badge does not reveal its holders.
    if let (true, Some(id)) = (page.sees_others(), &badge.id) {
        let after = cursor::decode_cursor(place.after.as_deref())?;
        let found = engine
            .catalog()
            .list_holders(id, Audience::Others, after, PAGE_SIZE)
            .await?;
        let now = engine.now();
        earners = found
            .items
            .into_iter()
            .map(|row| EarnerCard::from_view(page.base(), row, &card.tiers, now))
            .collect();
        let address = card.url.as_deref().unwrap_or_default();
        next = found
            .next
            .map(|next| format!("{address}?after={}#earners", cursor::encode_cursor(&next)));
    }
    let categories = engine.catalog().list_categories();
    let category = categories
        .into_iter()
        .find(|category| badge.category.as_ref() == Some(&category.id));
    Ok(BadgeDetailsPage {
        share: ShareTags::for_badge(page, &card),
        why_url: None,
        award_url: None,
        badge: card,
        category: category.map(|category| category.name),
        repeat: badge.repeat.map(RepeatMode::as_str),
        is_retired: badge.retired,
        is_public: true,
        own,
        earners,
        shows_earners: page.sees_others(),
        is_first: place.after.is_none(),
        next,
    })
}

/// Builds the page of a secret badge, without any information about other players.
fn build_secret_page(page: &PageRequest, own: PlayerBadgeCard) -> BadgeDetailsPage {
    let categories = page.app.engine.catalog().list_categories();
    let category = categories
        .into_iter()
        .find(|category| own.category == category.id);
    BadgeDetailsPage {
        badge: BadgeCard::from_own(own.clone()),
        category: category.map(|category| category.name),
        repeat: None,
        is_retired: false,
        is_public: false,
        own: Some(own),
        earners: Vec::new(),
        shows_earners: false,
        is_first: true,
        next: None,
        share: None,
        why_url: None,
        award_url: None,
    }
}

impl EarnerCard {
    fn from_view(base: &str, row: HolderView, tiers: &[TierCard], now: Timestamp) -> Self {
        let place = tiers
            .iter()
            .position(|tier| row.tier.as_deref() == Some(&tier.name));
        Self {
            times: row.times,
            metal: Metal::from_tier(row.tier.as_deref().unwrap_or_default(), place),
            player: PlayerLink::new(base, row.player.into(), row.name),
            tier: row.tier.map(String::from).unwrap_or_default(),
            at: row.at.to_string(),
            ago: format::format_ago(row.at, now),
        }
    }
}
