//! Administrators: list, invite and remove.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::extract::At;
use super::wire::List;
use crate::auth::{Caller, Scope, administrators, invitations};
use crate::problem::Problem;
use crate::site::App;

/// Account of an administrator.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Administrator)]
pub(crate) struct AdministratorView {
    /// Name of the administrator.
    name: String,
    /// Creation time of the account.
    #[schema(format = DateTime)]
    created_at: String,
    /// Actor that sent the invitation.
    created_by: String,
}

impl From<accolade::store::AdministratorRow> for AdministratorView {
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
pub(crate) struct Invitation {
    /// Link that creates the account. It works once, within 24 hours, and is only shown here.
    link: String,
}

/// List all administrators.
///
/// Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/administrators",
    tag = "administration", operation_id = "list_administrators",
    responses((status = 200, description = "All administrators", body = List<AdministratorView>)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<List<AdministratorView>>, Problem> {
    caller.must(Scope::Admin)?;
    Ok(Json(List::whole(administrators::list(&app).await?)))
}

/// Invite an administrator.
///
/// Returns a link for the new administrator to choose a name and a password. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/administrators/invitations",
    tag = "administration", operation_id = "invite_administrator",
    responses((status = 201, description = "The invitation", body = Invitation)),
)]
pub(crate) async fn invite(
    State(app): State<App>,
    caller: Caller,
) -> Result<(StatusCode, Json<Invitation>), Problem> {
    caller.must(Scope::Admin)?;
    let secret = invitations::invite_another(&app, &caller.name()).await?;
    let link = format!("{}/admin/welcome?invitation={secret}", app.url());
    Ok((StatusCode::CREATED, Json(Invitation { link })))
}

/// Remove an administrator.
///
/// Ends all their sessions. The last administrator cannot be removed. Scope: `admin`.
#[utoipa::path(
    delete, path = "/v1/administrators/{name}",
    tag = "administration", operation_id = "remove_administrator",
    params(("name" = String, Path, description = "Name of the administrator")),
    responses((status = 204, description = "The administrator was removed")),
)]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    At(name): At<String>,
) -> Result<StatusCode, Problem> {
    caller.must(Scope::Admin)?;
    administrators::remove(&app, &name, &caller.name(), false).await?;
    Ok(StatusCode::NO_CONTENT)
}
