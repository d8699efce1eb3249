//! `GET /art/{id}.svg`, `GET /avatar/{player}.svg` and `GET /secret.svg`: generated pictures.

use accolade::{Audience, BadgeArt};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::page::{LenientQuery, PageRequest};
use crate::artwork::{self, Metal, Pin};
use crate::problem::Problem;

/// `Cache-Control` of pictures that are the same for all viewers.
const CACHE_PUBLIC: &str = "public, max-age=86400";
/// `Cache-Control` of pictures that depend on the viewer.
// Shorter, because earning a secret badge changes its picture.
const CACHE_PRIVATE: &str = "private, max-age=600";

/// Query parameters of a badge picture.
#[derive(Debug, Default, Deserialize)]
pub(super) struct PictureQuery {
    /// Name of the metal.
    tier: Option<String>,
    /// `1` for a badge that is not earned yet.
    locked: Option<String>,
}

/// Renders the picture of a badge.
///
/// Secret, invisible and nonexistent badges have the same picture and the same headers, so that
/// requests do not reveal which badges exist. Players see the secret badges they have earned.
pub(super) async fn get_badge_picture(
    page: PageRequest,
    Path(file): Path<String>,
    LenientQuery(asked): LenientQuery<PictureQuery>,
) -> Response {
    let PictureQuery { tier, locked } = asked;
    let Some(id) = file.strip_suffix(".svg") else {
        return Problem::path_not_found().into_response();
    };
    let metal = Metal::parse_name(tier.as_deref().unwrap_or_default());
    let locked = locked.as_deref() == Some("1");
    let picture = |(category, art): (String, BadgeArt)| {
        Pin {
            id,
            category: &category,
            art,
            metal,
            locked,
        }
        .to_svg()
    };
    match load_visibility(&page, id).await {
        Ok(BadgeVisibility::Public(look)) if page.sees_others() => {
            svg_response(picture(look), CACHE_PUBLIC)
        }
        Ok(BadgeVisibility::Public(look) | BadgeVisibility::Earned(look)) => {
            svg_response(picture(look), CACHE_PRIVATE)
        }
        Ok(BadgeVisibility::Hidden) => svg_response(artwork::draw_secret(), CACHE_PRIVATE),
        Err(problem) => problem.into_response(),
    }
}

/// Renders the picture of secret badges.
pub(super) async fn get_secret_picture() -> Response {
    svg_response(artwork::draw_secret(), CACHE_PUBLIC)
}

/// Renders the picture of a player. The initials come from the display name only if the viewer may
/// see it, and from the id otherwise.
pub(super) async fn get_avatar(page: PageRequest, Path(file): Path<String>) -> Response {
    let Some(player) = file.strip_suffix(".svg") else {
        return Problem::path_not_found().into_response();
    };
    // The picture exists for every id, so that it does not reveal which players exist.
    if !page.sees_others() && !page.viewer.is_player(player) {
        return svg_response(artwork::draw_avatar(player, player), CACHE_PRIVATE);
    }
    match page
        .app
        .engine
        .players()
        .display_names(vec![player.into()])
        .await
    {
        Ok(names) => {
            let name = names.into_iter().next().flatten();
            let caching = if page.sees_others() {
                CACHE_PUBLIC
            } else {
                CACHE_PRIVATE
            };
            svg_response(
                artwork::draw_avatar(player, name.as_deref().unwrap_or(player)),
                caching,
            )
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

/// Visibility of a badge for the viewer, with its category and the choices of the catalog.
enum BadgeVisibility {
    Public((String, BadgeArt)),
    Earned((String, BadgeArt)),
    Hidden,
}

async fn load_visibility(page: &PageRequest, id: &str) -> Result<BadgeVisibility, Problem> {
    if page.check_access().is_err() {
        return Ok(BadgeVisibility::Hidden);
    }
    let engine = &page.app.engine;
    if let Some(badge) = engine
        .catalog()
        .find_badge_summary(id, Audience::Others)
        .await?
    {
        let category = badge.category.map(String::from).unwrap_or_default();
        return Ok(BadgeVisibility::Public((category, badge.art)));
    }
    let Some(player) = &page.viewer.0 else {
        return Ok(BadgeVisibility::Hidden);
    };
    let Some(profile) = engine
        .players()
        .load_profile(player, Audience::Player)
        .await?
    else {
        return Ok(BadgeVisibility::Hidden);
    };
    let mut badges = profile.badges.into_iter();
    match badges.find(|badge| badge.id.as_deref() == Some(id) && !badge.earned.is_empty()) {
        Some(badge) => {
            let category = badge.category.map(String::from).unwrap_or_default();
            Ok(BadgeVisibility::Earned((category, badge.art)))
        }
        None => Ok(BadgeVisibility::Hidden),
    }
}

pub(super) fn svg_response(picture: String, caching: &'static str) -> Response {
    // An SVG opened as a document could run scripts.
    let policy = "default-src 'none'; sandbox";
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("image/svg+xml"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(policy),
        ),
    ];
    (headers, picture).into_response()
}
