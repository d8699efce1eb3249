//! Page that lists, invites and removes administrators.

use axum::extract::Path;
use serde::Serialize;

use super::forms::FormData;
use super::notice::Notice;
use super::page::{AdminPage, AdminRequest, PageError, PageResult};
use crate::auth::{administrators, invitations};

/// Administrators page.
#[derive(Default, Serialize)]
pub(super) struct AdministratorsPage {
    pub(super) administrators: Vec<AdministratorLine>,
    /// Invitation link that was just created. It is shown only once.
    pub(super) link: Option<String>,
    pub(super) error: String,
}

/// Table row of an administrator.
#[derive(Serialize)]
pub(super) struct AdministratorLine {
    pub(super) name: String,
    pub(super) created_at: String,
    pub(super) created_by: String,
    /// True for the signed-in administrator.
    pub(super) is_self: bool,
}

impl AdminPage for AdministratorsPage {
    const TEMPLATE: &'static str = "admin/administrators.html";
    const SECTION: &'static str = "administrators";
}

/// `GET /admin/administrators`
pub(super) async fn show_administrators_page(visit: AdminRequest) -> PageResult {
    let page = load_administrators_page(&visit).await?;
    visit.render_page(&page)
}

/// `POST /admin/administrators/invite`: creates an invitation link and shows it once.
pub(super) async fn invite_administrator(visit: AdminRequest) -> PageResult {
    let secret =
        invitations::invite_another(visit.app(), &visit.administrator.actor_name()).await?;
    let link = format!(
        "{}/admin/welcome?invitation={secret}",
        visit.app().external_url()
    );
    let page = load_administrators_page(&visit).await?;
    // Rendered instead of redirected to, because only a hash of the secret is stored.
    visit.render_page(&AdministratorsPage {
        link: Some(link),
        ..page
    })
}

/// `POST /admin/administrators/{name}/remove`
pub(super) async fn remove_administrator(
    visit: AdminRequest,
    Path(name): Path<String>,
    posted: FormData,
) -> PageResult {
    let by = visit.administrator.actor_name();
    match administrators::remove_administrator(visit.app(), &name, &by, posted.has_field("oneself"))
        .await
    {
        // The current session has ended.
        Ok(()) if name == visit.administrator.name => visit.redirect_to("/admin/sign-in"),
        Ok(()) => visit.redirect_with_notice("/admin/administrators", Notice::AdministratorRemoved),
        Err(problem) => {
            let page = load_administrators_page(&visit).await?;
            visit.render_page_with_status(
                problem.status_code(),
                &AdministratorsPage {
                    error: problem.detail().to_owned(),
                    ..page
                },
            )
        }
    }
}

async fn load_administrators_page(visit: &AdminRequest) -> Result<AdministratorsPage, PageError> {
    let rows = administrators::list_administrators(visit.app()).await?;
    let lines = rows.into_iter().map(|row| AdministratorLine {
        is_self: row.name == visit.administrator.name,
        name: row.name,
        created_at: row.created_at.to_string(),
        created_by: row.created_by,
    });
    Ok(AdministratorsPage {
        administrators: lines.collect(),
        ..AdministratorsPage::default()
    })
}
