//! The change feed, with long polling and live streams.

use std::time::Duration;

use accolade::Audience;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{QueryParams, check_limit};
use crate::auth::{Caller, ClientAddress, KeyScope};
use crate::live::{self, OutcomeFilter};
use crate::models::OutcomeModel;
use crate::problem::Problem;
use crate::state::AppState;

/// Maximum time that a request may wait for an outcome, in seconds.
// Below the default of `server.request_seconds`, which would end the request with an error.
const MAX_WAIT_SECONDS: u64 = 20;

/// Query parameters of the feed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FeedQuery {
    /// Return outcomes with numbers above this one. Default: from the oldest available outcome.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// Maximum number of outcomes. The service may return fewer.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// Time to wait for an outcome if there is none yet, in seconds.
    #[param(minimum = 0, maximum = 20)]
    wait: Option<u64>,
}

/// Part of the feed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FeedPage)]
pub(crate) struct FeedPageModel {
    /// Outcomes, sorted by number.
    items: Vec<OutcomeModel>,
    /// Value of `after` for the next request.
    after: i64,
}

/// Read the feed.
///
/// Outcomes are numbered in the order of their commits. A reader that continues from the last
/// number it has seen receives every later outcome; pruned ranges return 410. With `wait`, the
/// response is delayed until there is an outcome (long polling). Scope: `read`.
#[utoipa::path(
    get, path = "/v1/feed", tag = "live", operation_id = "read_feed", params(FeedQuery),
    responses((status = 200, description = "Part of the feed", body = FeedPageModel)),
)]
pub(crate) async fn read_feed(
    State(app): State<AppState>,
    caller: Caller,
    QueryParams(part): QueryParams<FeedQuery>,
) -> Result<Json<FeedPageModel>, Problem> {
    caller.require_scope(KeyScope::Read)?;
    // 0 asks for the oldest outcome that is left, so that a first request never fails as pruned.
    let (after, wait) = (part.after.unwrap_or(0), part.wait.unwrap_or(0));
    if after < 0 || wait > MAX_WAIT_SECONDS {
        return Err(Problem::bad_request(format!(
            "invalid after or wait; use an after of at least 0 and a wait of 0 to {MAX_WAIT_SECONDS}"
        )));
    }
    let limit = check_limit(part.limit, &app)?;
    let mut outcomes = app.engine.feed().list(after, limit).await?;
    if outcomes.is_empty() && wait > 0 {
        // Waiting only says that there may be something, so the feed is read again.
        live::wait_for_outcome(&app, after, Duration::from_secs(wait)).await;
        outcomes = app.engine.feed().list(after, limit).await?;
    }
    let after = outcomes.last().map_or(after, |outcome| outcome.seq);
    let pictures = app.picture_urls();
    let outcomes = outcomes.into_iter();
    Ok(Json(FeedPageModel {
        items: outcomes
            .map(|outcome| OutcomeModel::from_outcome(outcome, &pictures))
            .collect(),
        after,
    }))
}

/// Stream all outcomes.
///
/// Server-sent events. The first is named `ready`, with empty data. The others are named `outcome`:
/// their data is the JSON of the schema `Outcome`, and their id its number. Send the last id as
/// `Last-Event-ID` to resume without loss or duplicates; 410 if later outcomes were pruned.
/// Scope: `read`.
#[utoipa::path(
    get, path = "/v1/live", tag = "live", operation_id = "stream_outcomes",
    params(("Last-Event-ID" = Option<String>, Header,
        description = "Number of the last outcome received")),
    responses((
        status = 200, description = "Outcomes as they are recorded",
        body = String, content_type = "text/event-stream",
    )),
)]
pub(crate) async fn stream_outcomes(
    State(app): State<AppState>,
    caller: Caller,
    address: ClientAddress,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.require_scope(KeyScope::Read)?;
    let after = live::parse_last_event_id(&headers)?;
    live::check_resumable(&app, after).await?;
    let client = live::api_client(&caller, address);
    let place = app.live.places.take_place(client)?;
    live::open_stream(
        &app,
        caller.into(),
        OutcomeFilter {
            player: None,
            audience: Audience::Admin,
        },
        after,
        place,
    )
    .await
}
