//! `GET /players/{player}/badges/{badge}`: page of an award, which players share.

use accolade::Audience;
use axum::extract::Path;
use axum::response::Response;
use serde::Serialize;

use super::activity_item::PlayerLink;
use super::page::PageRequest;
use super::player_badges::PlayerBadgeCard;
use super::share::{Award, ShareTags, describe_rarity};
use super::url;
use crate::problem::Problem;

/// Context of `award.html`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PlayerAwardPage {
    pub(super) player: PlayerLink,
    pub(super) badge: PlayerBadgeCard,
    /// The award in words, such as `Denis earned Necromancer (gold)`.
    pub(super) award_title: String,
    /// Rarity in words; empty if the badge is not public.
    pub(super) rarity: String,
    /// True if the viewer is the player.
    pub(super) is_own: bool,
    /// URL of the explanation, for the player.
    pub(super) why_url: Option<String>,
    /// Tags for social networks; `None` if visitors may not see the award.
    pub(super) share: Option<ShareTags>,
}

pub(super) async fn show_award_page(
    page: PageRequest,
    Path((player, badge)): Path<(String, String)>,
) -> Response {
    // As on the profile: with private pages, players see only their own.
    let is_own = page.viewer.is_player(&player);
    let may_look = match is_own {
        true => Ok(()),
        false => page.check_others_visible(),
    };
    let result = match may_look {
        Ok(()) => render_award_page(&page, &player, &badge, is_own).await,
        Err(problem) => Err(problem),
    };
    page.render_result(result).await
}

async fn render_award_page(
    page: &PageRequest,
    player: &str,
    badge: &str,
    is_own: bool,
) -> Result<Response, Problem> {
    let audience = match is_own {
        true => Audience::Player,
        false => Audience::Others,
    };
    let mut award = Award::load(page, player, badge, audience).await?;
    if award.rarity.is_none() && !is_own {
        award.badge.url = None;
    }
    let rarity = award
        .rarity
        .map(|rarity| describe_rarity(rarity.players, rarity.share));
    let context = PlayerAwardPage {
        award_title: award.title(),
        rarity: rarity.unwrap_or_default(),
        is_own,
        why_url: is_own.then(|| url::why_url(page.base(), player, "badges", badge)),
        share: ShareTags::for_award(page, &award),
        player: award.player,
        badge: award.badge,
    };
    page.render_page("award.html", &context).await
}
