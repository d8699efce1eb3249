//! Names of events, with the rules that listen to them.

use accolade::{EventNameCursor, EventNameFilter};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::cursor;
use super::extract::{QueryParams, check_limit};
use crate::auth::{Caller, KeyScope};
use crate::models::{EventNameModel, List};
use crate::problem::Problem;
use crate::state::AppState;

/// Selection of event names.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = EventNameFilter)]
pub(crate) enum EventNameFilterModel {
    /// Recorded names, and those that rules listen to.
    #[default]
    All,
    /// Recorded names that no rule listens to.
    Unheard,
    /// Names that rules listen to and that were never recorded.
    Unseen,
}

/// Search for event names.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventNamesQuery {
    /// Selection of names. Default: `all`.
    #[param(inline)]
    filter: Option<EventNameFilterModel>,
    /// Text that the names contain. ASCII letters match in either case.
    contains: Option<String>,
    /// Cursor: the `next` value of the previous page.
    after: Option<String>,
    /// Maximum number of items. The service may return fewer.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// List event names.
///
/// Names of recorded events, most frequent first, with the rules that listen to each; then the
/// names that rules listen to and that were never recorded. Manual actions are left out.
/// Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/event-names",
    tag = "events", operation_id = "list_event_names",
    params(EventNamesQuery),
    responses((status = 200, description = "A page of event names", body = List<EventNameModel>)),
)]
pub(crate) async fn list_event_names(
    State(app): State<AppState>,
    caller: Caller,
    QueryParams(search): QueryParams<EventNamesQuery>,
) -> Result<Json<List<EventNameModel>>, Problem> {
    // The samples are data of players.
    caller.require_scope(KeyScope::Admin)?;
    let filter = match search.filter.unwrap_or_default() {
        EventNameFilterModel::All => EventNameFilter::All,
        EventNameFilterModel::Unheard => EventNameFilter::Unheard,
        EventNameFilterModel::Unseen => EventNameFilter::Unseen,
    };
    let after = cursor::decode_cursor::<EventNameCursor>(search.after.as_deref())?;
    let contains = search.contains.unwrap_or_default();
    let page = app
        .engine
        .catalog()
        .list_event_names(filter, &contains, after, check_limit(search.limit, &app)?)
        .await?;
    Ok(Json(cursor::page_response(page)))
}
