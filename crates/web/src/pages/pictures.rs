//! `GET /art/{id}.svg`, `GET /avatar/{player}.svg` and `GET /secret.svg`: generated pictures.

use accolade::Audience;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::page::{Asked, Page};
use crate::art::{self, Metal, Pin};
use crate::problem::Problem;

/// `Cache-Control` of pictures that are the same for all viewers.
const PUBLIC: &str = "public, max-age=86400";
/// `Cache-Control` of pictures that depend on the viewer.
const PRIVATE: &str = "private, max-age=600";

/// Query parameters of a badge picture.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Look {
    /// Name of the metal.
    tier: Option<String>,
    /// `1` for a badge that is not earned yet.
    locked: Option<String>,
}

/// Renders the picture of a badge.
///
/// Secret, invisible and nonexistent badges have the same picture and the same headers, so that
/// requests do not reveal which badges exist. Players see the secret badges they have earned.
pub(super) async fn badge(
    page: Page,
    Path(file): Path<String>,
    Asked(look): Asked<Look>,
) -> Response {
    let Look { tier, locked } = look;
    let id = file.strip_suffix(".svg").unwrap_or(&file);
    let metal = Metal::of_word(tier.as_deref().unwrap_or_default());
    let locked = locked.as_deref() == Some("1");
    let picture = |category: &str| {
        Pin {
            id,
            category,
            metal,
            locked,
        }
        .svg()
    };
    match category(&page, id).await {
        Ok(Known::ToAll(category)) if page.sees_others() => svg(picture(&category), PUBLIC),
        Ok(Known::ToAll(category) | Known::ToEarner(category)) => svg(picture(&category), PRIVATE),
        Ok(Known::Not) => svg(art::secret(), PRIVATE),
        Err(problem) => problem.into_response(),
    }
}

/// Renders the picture of secret badges.
pub(super) async fn secret() -> Response {
    svg(art::secret(), PUBLIC)
}

/// Renders the picture of a player. The initials come from the display name only if the viewer may
/// see it, and from the id otherwise.
pub(super) async fn avatar(page: Page, Path(file): Path<String>) -> Response {
    let player = file.strip_suffix(".svg").unwrap_or(&file);
    if !page.sees_others() && !page.viewer.is_player(player) {
        return svg(art::avatar(player, player), PRIVATE);
    }
    match page.app.engine.names(vec![player.to_owned()]).await {
        Ok(names) => {
            let name = names.into_iter().next().flatten();
            let caching = if page.sees_others() { PUBLIC } else { PRIVATE };
            svg(
                art::avatar(player, name.as_deref().unwrap_or(player)),
                caching,
            )
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

/// Visibility of a badge for the viewer, with its category.
enum Known {
    ToAll(String),
    ToEarner(String),
    Not,
}

async fn category(page: &Page, id: &str) -> Result<Known, Problem> {
    if page.must_be_let_in().is_err() {
        return Ok(Known::Not);
    }
    let engine = &page.app.engine;
    if let Some(badge) = engine.gallery_badge(id, Audience::Others).await? {
        return Ok(Known::ToAll(badge.category.unwrap_or_default()));
    }
    let Some(player) = &page.viewer.0 else {
        return Ok(Known::Not);
    };
    let Some(profile) = engine.profile(player, Audience::Player).await? else {
        return Ok(Known::Not);
    };
    let mut badges = profile.badges.into_iter();
    match badges.find(|badge| badge.id.as_deref() == Some(id) && !badge.earned.is_empty()) {
        Some(badge) => Ok(Known::ToEarner(badge.category.unwrap_or_default())),
        None => Ok(Known::Not),
    }
}

fn svg(picture: String, caching: &'static str) -> Response {
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
