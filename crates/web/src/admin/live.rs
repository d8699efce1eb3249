//! Live stream of all players' outcomes.

use accolade::Audience;
use axum::http::HeaderMap;

use super::page::{AdminRequest, PageResult};
use crate::auth::ClientAddress;
use crate::live::{OutcomeFilter, StreamClient, open_stream, parse_last_event_id};

/// `GET /admin/live`: resumes after the last outcome that the browser received.
pub(super) async fn stream_outcomes(
    visit: AdminRequest,
    address: ClientAddress,
    headers: HeaderMap,
) -> PageResult {
    let seen = parse_last_event_id(&headers).unwrap_or_default();
    let client = StreamClient::Person(address.network());
    let place = visit.app().live.places.take_place(client)?;
    Ok(open_stream(
        visit.app(),
        visit.administrator.clone().into(),
        OutcomeFilter {
            player: None,
            audience: Audience::Admin,
        },
        seen,
        place,
    )
    .await?)
}
