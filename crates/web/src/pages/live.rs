//! `GET /live`: outcomes as they happen, for scripts of pages.

use accolade::Audience;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::page::{Asked, Page};
use crate::live::{Filter, stream};

/// Whose outcomes.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Whose {
    /// `1` for those of the player who looks.
    mine: Option<String>,
}

pub(super) async fn get(page: Page, Asked(whose): Asked<Whose>, headers: HeaderMap) -> Response {
    let is_mine = whose.mine.as_deref() == Some("1");
    let filter = match (&page.viewer.0, is_mine) {
        (Some(player), true) => Filter { player: Some(player.clone()), audience: Audience::Player },
        _ => match page.must_see_others() {
            Ok(()) => Filter { player: None, audience: Audience::Others },
            // A script asks; it needs no page.
            Err(problem) => return problem.into_response(),
        },
    };
    let after = headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|id| id.parse().ok());
    stream(&page.app, filter, after).await.unwrap_or_else(IntoResponse::into_response)
}
