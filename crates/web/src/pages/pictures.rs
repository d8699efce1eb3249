//! `GET /art/{id}.svg`, `GET /avatar/{player}.svg` and `GET /secret.svg`: pictures that are made, not stored.

use accolade::Audience;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::page::{Asked, Page};
use crate::art::{self, Metal, Pin};
use crate::problem::Problem;

/// For everybody, and for those who keep copies for others.
const PUBLIC: &str = "public, max-age=86400";
/// For whoever asked: it depends on who that is.
const PRIVATE: &str = "private, max-age=600";

/// How a badge is to look.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Look {
    /// The metal.
    tier: Option<String>,
    /// `1` for one that is still to be earned.
    locked: Option<String>,
}

/// A badge's picture. What is secret, invisible, unknown or no badge at all has one and the same picture and the same
/// headers; only who has earned a secret badge sees what it looks like.
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

/// The picture of secret badges.
pub(super) async fn secret() -> Response {
    svg(art::secret(), PUBLIC)
}

/// A player's picture. It says no more than the address does, but for the initials of those whom whoever asks may know.
pub(super) async fn avatar(page: Page, Path(file): Path<String>) -> Response {
    let player = file.strip_suffix(".svg").unwrap_or(&file);
    if !page.sees_others() && !page.viewer.is(player) {
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

/// What whoever asks may know of a badge: its category.
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
    // Whoever opens it by itself gets a picture, and nothing that runs.
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
