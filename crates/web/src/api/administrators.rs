//! Administrators: list, invite and remove.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::extract::PathParams;
use crate::auth::{Caller, KeyScope, administrators, invitations};
use crate::models::List;
use crate::problem::Problem;
use crate::state::AppState;

/// Account of an administrator.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Administrator)]
pub(crate) struct AdministratorModel {
    /// Name of the administrator.
    name: String,
    /// Creation time of the account.
    #[schema(format = DateTime)]
    created_at: String,
    /// Actor that sent the invitation.
    created_by: String,
}

impl From<accolade::store::AdministratorRow> for AdministratorModel {
    fn from(row: accolade::store::AdministratorRow) -> Self {
        Self {
            name: row.name,
            created_at: row.created_at.to_string(),
            created_by: row.created_by,
        }
    }
}

/// Invitation for an administrator.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(crate) struct InvitationModel {
    /// Link that creates the account. It works once, within 24 hours, and is only shown here.
    link: String,
}

/// List all administrators.
///
/// Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/administrators",
    tag = "administration", operation_id = "list_administrators",
    responses((status = 200, description = "All administrators", body = List<AdministratorModel>)),
)]
pub(crate) async fn list_administrators(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<Json<List<AdministratorModel>>, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    Ok(Json(List::single_page(
        administrators::list_administrators(&app).await?,
    )))
}

/// Invite an administrator.
///
/// Returns a link for the new administrator to choose a name and a password. It ends when the API
/// key is revoked. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/administrators/invitations",
    tag = "administration", operation_id = "invite_administrator",
    responses((status = 201, description = "The invitation", body = InvitationModel)),
)]
pub(crate) async fn invite_administrator(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<(StatusCode, Json<InvitationModel>), Problem> {
    caller.require_scope(KeyScope::Admin)?;
    let secret = invitations::invite_another(&app, &caller.actor_name()).await?;
    let link = format!("{}/admin/welcome?invitation={secret}", app.external_url());
    Ok((StatusCode::CREATED, Json(InvitationModel { link })))
}

/// Remove an administrator.
///
/// Ends all their sessions, live streams and invitations. API keys that they created keep working:
/// see `created_by` in the list of keys. The last administrator cannot be removed. Scope: `admin`.
#[utoipa::path(
    delete, path = "/v1/administrators/{name}",
    tag = "administration", operation_id = "remove_administrator",
    params(("name" = String, Path, description = "Name of the administrator")),
    responses((status = 204, description = "The administrator was removed")),
)]
pub(crate) async fn remove_administrator(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(name): PathParams<String>,
) -> Result<StatusCode, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    // A key is not an administrator, so it has no account of its own to lose.
    administrators::remove_administrator(&app, &name, &caller.actor_name(), false).await?;
    Ok(StatusCode::NO_CONTENT)
}
