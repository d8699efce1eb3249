//! API keys, the audit log, and daily statistics.

use accolade::Timestamp;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::cursor;
use super::extract::{Asked, At, PageOf, Sent};
use super::wire::{Activity, AuditEntry, Key, List, NewKey};
use crate::auth::{Caller, KeyError, Scope, keys};
use crate::problem::Problem;
use crate::site::App;

/// API key to create.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApiKeyRequest)]
pub(crate) struct KeySent {
    /// Name of the key.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Scopes of the key.
    #[schema(min_items = 1)]
    scopes: Vec<Scope>,
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Engine(error) => error.into(),
            KeyError::Taken(_) => Self::conflict(error.to_string()),
            KeyError::Name | KeyError::NoScope => Self::invalid(error.to_string()),
        }
    }
}

/// List all API keys.
///
/// Secrets are not included, because they are not stored. Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/keys", tag = "administration", operation_id = "list_keys",
    responses((status = 200, description = "All keys, including revoked ones", body = List<Key>)),
)]
pub(crate) async fn list_keys(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<List<Key>>, Problem> {
    caller.must(Scope::Admin)?;
    Ok(Json(List::whole(app.engine.api_keys().await?)))
}

/// Create an API key.
///
/// The key is only shown in this response. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/keys", tag = "administration", operation_id = "create_key",
    request_body(content = KeySent, content_type = "application/json"),
    responses((status = 201, description = "The key", body = NewKey)),
)]
pub(crate) async fn create_key(
    State(app): State<App>,
    caller: Caller,
    Sent(sent): Sent<KeySent>,
) -> Result<(StatusCode, Json<NewKey>), Problem> {
    caller.must(Scope::Admin)?;
    let who = caller.name();
    let key = keys::create(&app.engine, &sent.name, &sent.scopes, &who).await?;
    app.guard.keys.forget();
    Ok((StatusCode::CREATED, Json(NewKey { key })))
}

/// Revoke an API key.
///
/// Takes effect immediately, and within five seconds in other processes on the same database.
/// Scope: `admin`.
#[utoipa::path(
    delete, path = "/v1/keys/{key}", tag = "administration", operation_id = "revoke_key",
    params(("key" = String, Path, description = "Key id")),
    responses((status = 204, description = "The key was revoked")),
)]
pub(crate) async fn revoke_key(
    State(app): State<App>,
    caller: Caller,
    At(key): At<String>,
) -> Result<StatusCode, Problem> {
    caller.must(Scope::Admin)?;
    let revoked = keys::revoke(&app.engine, &key, &caller.name()).await?;
    app.guard.keys.forget();
    match revoked {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::unknown(format!(
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
    params(PageOf),
    responses((status = 200, description = "A page of the audit log", body = List<AuditEntry>)),
)]
pub(crate) async fn audit(
    State(app): State<App>,
    caller: Caller,
    Asked(page): Asked<PageOf>,
) -> Result<Json<List<AuditEntry>>, Problem> {
    caller.must(Scope::Admin)?;
    let before = cursor::parse::<i64>(page.after.as_deref())?;
    Ok(Json(super::list(
        app.engine.audit(before, page.limit(&app)?).await?,
    )))
}

/// Time range of statistics.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Span {
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
    params(Span),
    responses((status = 200, description = "Statistics by day", body = List<Activity>)),
)]
pub(crate) async fn activity(
    State(app): State<App>,
    caller: Caller,
    Asked(span): Asked<Span>,
) -> Result<Json<List<Activity>>, Problem> {
    caller.must(Scope::Admin)?;
    let instant = |text: &str| {
        text.parse::<Timestamp>()
            .map_err(|error| Problem::malformed(error.to_string()))
    };
    Ok(Json(List::whole(
        app.engine
            .activity(instant(&span.from)?, instant(&span.to)?)
            .await?,
    )))
}
