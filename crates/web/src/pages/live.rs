//! `GET /live`: live outcomes for the scripts of the pages.

use accolade::Audience;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use super::page::{LenientQuery, PageRequest};
use crate::auth::{ClientAddress, viewer};
use crate::live::{
    OutcomeFilter, StreamClient, StreamCredential, open_stream, parse_last_event_id,
};
use crate::problem::Problem;

/// Query parameters.
#[derive(Debug, Default, Deserialize)]
pub(super) struct LiveQuery {
    /// `1` for the outcomes of the signed-in player.
    mine: Option<String>,
    /// Sequence number to resume after, which a script remembers from the previous page.
    after: Option<i64>,
}

pub(super) async fn stream_live(
    page: PageRequest,
    address: ClientAddress,
    LenientQuery(whose): LenientQuery<LiveQuery>,
    jar: CookieJar,
    headers: HeaderMap,
) -> Response {
    let is_mine = whose.mine.as_deref() == Some("1");
    // The stream of everyone needs no credential.
    let credential = match (is_mine, &page.app.identify) {
        (true, None) => viewer::find_player_token(&page.app, &jar)
            .await
            .map_or(StreamCredential::None, StreamCredential::Token),
        _ => StreamCredential::None,
    };
    let filter = match (&page.viewer.0, is_mine) {
        (Some(player), true) => OutcomeFilter {
            player: Some(player.clone()),
            audience: Audience::Player,
        },
        (None, true) => return Problem::unauthorized("you are not signed in").into_response(),
        _ => match page.check_others_visible() {
            Ok(()) => OutcomeFilter {
                player: None,
                audience: Audience::Others,
            },
            // Scripts get the problem as JSON, not as a page.
            Err(problem) => return problem.into_response(),
        },
    };
    let after = match parse_last_event_id(&headers) {
        // The header is newer: the URL stays the same when a browser reconnects.
        Ok(seen) => seen.or(whose.after.filter(|after| *after >= 0)),
        Err(problem) => return problem.into_response(),
    };
    let client = match page.viewer.0 {
        Some(_) => StreamClient::Person(address.network()),
        None => StreamClient::Visitor(address.network()),
    };
    let place = match page.app.live.places.take_place(client) {
        Ok(place) => place,
        Err(problem) => return problem.into_response(),
    };
    open_stream(&page.app, credential, filter, after, place)
        .await
        .unwrap_or_else(IntoResponse::into_response)
}
