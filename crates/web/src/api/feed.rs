//! The feed: everything that changes, numbered.

use std::time::Duration;

use accolade::Audience;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, limit};
use super::wire::Outcome;
use crate::auth::{Caller, Scope};
use crate::live::{self, Filter};
use crate::problem::Problem;
use crate::site::App;

/// Seconds that a request may wait for something to happen, at the most.
const WAIT: u64 = 20;

/// Which part of the feed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// Outcomes with numbers above this; from the first that is kept where it is left out.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// Outcomes at once, at the most; less where the service allows less.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// Seconds to wait where there is none yet.
    #[param(minimum = 0, maximum = 20)]
    wait: Option<u64>,
}

/// A part of the feed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Outcomes {
    /// What changed, in order of number.
    items: Vec<Outcome>,
    /// What to send as `after` to go on.
    after: i64,
}

/// Read the feed.
///
/// Every change has a number; no number is ever skipped by going on from the last one seen, so nothing is lost, however
/// long ago that was. With `wait`, the answer comes as soon as there is something (long polling). Scope: `read`.
#[utoipa::path(
    get, path = "/v1/feed", tag = "live", operation_id = "read_feed", params(Part),
    responses((status = 200, description = "A part of the feed", body = Outcomes))
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    Asked(part): Asked<Part>,
) -> Result<Json<Outcomes>, Problem> {
    caller.must(Scope::Read)?;
    let (after, wait) = (part.after.unwrap_or(0), part.wait.unwrap_or(0));
    if after < 0 || wait > WAIT {
        return Err(Problem::malformed(format!(
            "after is not negative, and wait lies between 0 and {WAIT}"
        )));
    }
    let limit = limit(part.limit, &app)?;
    let mut outcomes = app.engine.feed(after, limit).await?;
    if outcomes.is_empty() && wait > 0 {
        live::wait(&app, after, Duration::from_secs(wait)).await;
        outcomes = app.engine.feed(after, limit).await?;
    }
    let after = outcomes.last().map_or(after, |outcome| outcome.seq);
    Ok(Json(Outcomes {
        items: outcomes.into_iter().map(Outcome::from).collect(),
        after,
    }))
}

/// Follow everything live.
///
/// Server-sent events named `outcome`, each with its number as id. Send the last one as `Last-Event-ID` to go on without
/// loss or repeats. Scope: `read`.
#[utoipa::path(
    get, path = "/v1/live", tag = "live", operation_id = "follow_feed",
    params(("Last-Event-ID" = Option<String>, Header, description = "The number of the last outcome seen")),
    responses((status = 200, description = "Outcomes as they happen", body = String, content_type = "text/event-stream"))
)]
pub(crate) async fn live(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.must(Scope::Read)?;
    let after = live::last_event_id(&headers)?;
    live::stream(
        &app,
        Filter {
            player: None,
            audience: Audience::Admin,
        },
        after,
    )
    .await
}
