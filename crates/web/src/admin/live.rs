//! Live stream of all players' outcomes.

use accolade::Audience;
use axum::http::HeaderMap;

use super::page::{Answer, Visit};
use crate::live::{Filter, last_event_id, stream};

/// `GET /admin/live`: resumes after the last outcome that the browser received.
pub(super) async fn get(visit: Visit, headers: HeaderMap) -> Answer {
    let seen = last_event_id(&headers).unwrap_or_default();
    Ok(stream(
        visit.app(),
        Filter {
            player: None,
            audience: Audience::Admin,
        },
        seen,
    )
    .await?)
}
