//! Administrators: who they are, inviting another, and removing one.

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

/// An administrator.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Administrator)]
pub(crate) struct AdministratorView {
    /// The name.
    name: String,
    /// Since when.
    #[schema(format = DateTime)]
    created_at: String,
    /// Who invited them.
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

/// A link that makes an administrator.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Invitation {
    /// It works once, within a day. It is shown only here.
    link: String,
}

/// List the administrators.
///
/// Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/administrators", tag = "administration", operation_id = "list_administrators",
    responses((status = 200, description = "All administrators", body = List<AdministratorView>))
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
/// Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/administrators/invitations", tag = "administration", operation_id = "invite_administrator",
    responses((status = 201, description = "A link to hand on", body = Invitation))
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
/// They are signed out everywhere. The last one stays. Scope: `admin`.
#[utoipa::path(
    delete, path = "/v1/administrators/{name}", tag = "administration", operation_id = "remove_administrator",
    params(("name" = String, Path, description = "The name")),
    responses((status = 204, description = "They are removed"))
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
