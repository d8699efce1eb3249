//! API keys, the audit log, and daily statistics.

use accolade::Timestamp;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::cursor;
use super::extract::{JsonBody, PageQuery, PathParams, QueryParams};
use crate::auth::{Caller, KeyError, KeyScope, keys};
use crate::models::{AuditEntryModel, CreateKeyResponse, DailyActivityModel, KeyModel, List};
use crate::problem::Problem;
use crate::state::AppState;

/// API key to create.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApiKeyRequest)]
pub(crate) struct CreateKeyRequest {
    /// Name of the key.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Scopes of the key.
    #[schema(min_items = 1)]
    scopes: Vec<KeyScope>,
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Engine(error) => error.into(),
            KeyError::NameTaken(_) => Self::conflict(error.to_string()),
            KeyError::InvalidName | KeyError::MissingScope => {
                Self::unprocessable_content(error.to_string())
            }
        }
    }
}

/// List all API keys.
///
/// Secrets are not included, because they are not stored. Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/keys", tag = "administration", operation_id = "list_keys",
    responses((status = 200, description = "All keys, including revoked ones", body = List<KeyModel>)),
)]
pub(crate) async fn list_keys(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<Json<List<KeyModel>>, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    Ok(Json(List::single_page(
        app.engine.service().list_api_keys().await?,
    )))
}

/// Create an API key.
///
/// The key is only shown in this response. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/keys", tag = "administration", operation_id = "create_key",
    request_body(content = CreateKeyRequest, content_type = "application/json"),
    responses((status = 201, description = "The key", body = CreateKeyResponse)),
)]
pub(crate) async fn create_key(
    State(app): State<AppState>,
    caller: Caller,
    JsonBody(sent): JsonBody<CreateKeyRequest>,
) -> Result<(StatusCode, Json<CreateKeyResponse>), Problem> {
    caller.require_scope(KeyScope::Admin)?;
    let who = caller.actor_name();
    let key = keys::create_key(&app.engine, &sent.name, &sent.scopes, &who).await?;
    // Otherwise the key would depend on the reload for unknown keys, which is limited.
    app.auth.keys.invalidate_cache();
    Ok((StatusCode::CREATED, Json(CreateKeyResponse { key })))
}

/// Revoke an API key.
///
/// Takes effect immediately, and within five seconds in other processes on the same database. Ends
/// live streams that were opened with the key, and invitations that were created with it.
/// Scope: `admin`.
#[utoipa::path(
    delete, path = "/v1/keys/{key}", tag = "administration", operation_id = "revoke_key",
    params(("key" = String, Path, description = "Key id")),
    responses((status = 204, description = "The key was revoked")),
)]
pub(crate) async fn revoke_key(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(key): PathParams<String>,
) -> Result<StatusCode, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    let revoked = keys::revoke_key(&app.engine, &key, &caller.actor_name()).await?;
    // Otherwise this process would accept the key for up to five more seconds.
    app.auth.keys.invalidate_cache();
    app.auth.signal_revocation();
    match revoked {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::resource_not_found(format!(
            "API key `{key}` not found, or already revoked"
        ))),
    }
}

/// List the audit log.
///
/// Manual actions and administrative changes with actor and time, newest first. Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/audit",
    tag = "administration", operation_id = "list_audit_entries",
    params(PageQuery),
    responses((status = 200, description = "A page of the audit log", body = List<AuditEntryModel>)),
)]
pub(crate) async fn list_audit_entries(
    State(app): State<AppState>,
    caller: Caller,
    QueryParams(page): QueryParams<PageQuery>,
) -> Result<Json<List<AuditEntryModel>>, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    let before = cursor::decode_cursor::<i64>(page.after.as_deref())?;
    Ok(Json(cursor::page_response(
        app.engine
            .service()
            .list_audit_entries(before, page.page_size(&app)?)
            .await?,
    )))
}

/// Time range of statistics.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ActivityQuery {
    /// Start of the range, inclusive.
    #[param(format = DateTime)]
    from: String,
    /// End of the range, exclusive.
    #[param(format = DateTime)]
    to: String,
}

/// List daily statistics.
///
/// Events, active players, awards and points of each day (UTC) with activity. Reads all data in the
/// range, which can take a while in a large database. Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/activity",
    tag = "administration", operation_id = "list_activity",
    params(ActivityQuery),
    responses((status = 200, description = "Statistics by day", body = List<DailyActivityModel>)),
)]
pub(crate) async fn list_activity(
    State(app): State<AppState>,
    caller: Caller,
    QueryParams(span): QueryParams<ActivityQuery>,
) -> Result<Json<List<DailyActivityModel>>, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    let instant = |text: &str| {
        text.parse::<Timestamp>()
            .map_err(|error| Problem::bad_request(error.to_string()))
    };
    Ok(Json(List::single_page(
        app.engine
            .maintenance()
            .count_daily_activity(instant(&span.from)?, instant(&span.to)?)
            .await?,
    )))
}
