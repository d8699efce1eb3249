//! Live stream of all players' outcomes.

use accolade::Audience;
use axum::http::HeaderMap;

use super::page::{AdminRequest, PageResult};
use crate::live::{OutcomeFilter, open_stream, parse_last_event_id};

/// `GET /admin/live`: resumes after the last outcome that the browser received.
pub(super) async fn stream_outcomes(visit: AdminRequest, headers: HeaderMap) -> PageResult {
    let seen = parse_last_event_id(&headers).unwrap_or_default();
    Ok(open_stream(
        visit.app(),
        visit.administrator.clone().into(),
        OutcomeFilter {
            player: None,
            audience: Audience::Admin,
        },
        seen,
    )
    .await?)
}
