//! Outcomes of all players as they happen.

use accolade::Audience;
use axum::http::HeaderMap;

use super::page::{Answer, Visit};
use crate::live::{Filter, stream};

/// `GET /admin/live`: goes on behind the last outcome that the browser saw.
pub(super) async fn get(visit: Visit, headers: HeaderMap) -> Answer {
    let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    Ok(stream(visit.app(), Filter { player: None, audience: Audience::Everything }, seen).await?)
}
