//! Page that lists, invites and removes administrators.

use axum::extract::Path;
use serde::Serialize;

use super::forms::Posted;
use super::handout;
use super::notice::Notice;
use super::page::{Answer, Page, Trouble, Visit};
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
    pub(super) is_oneself: bool,
}

impl Page for AdministratorsPage {
    const TEMPLATE: &'static str = "admin/administrators.html";
    const SECTION: &'static str = "administrators";
}

/// `GET /admin/administrators`
pub(super) async fn get(visit: Visit) -> Answer {
    let page = page(&visit).await?;
    visit.show(&page)
}

/// `POST /admin/administrators/invite`: creates an invitation link and shows it once.
pub(super) async fn invite(visit: Visit) -> Answer {
    let secret =
        invitations::invite_another(visit.app(), &visit.administrator.actor_name()).await?;
    let link = format!(
        "{}/admin/welcome?invitation={secret}",
        handout::url(visit.app())
    );
    let page = page(&visit).await?;
    visit.show(&AdministratorsPage {
        link: Some(link),
        ..page
    })
}

/// `POST /admin/administrators/{name}/remove`
pub(super) async fn remove(visit: Visit, Path(name): Path<String>, posted: Posted) -> Answer {
    let by = visit.administrator.actor_name();
    match administrators::remove_administrator(visit.app(), &name, &by, posted.has("oneself")).await
    {
        // The current session has ended.
        Ok(()) if name == visit.administrator.name => visit.go("/admin/sign-in"),
        Ok(()) => visit.done("/admin/administrators", Notice::AdministratorRemoved),
        Err(problem) => {
            let page = page(&visit).await?;
            visit.show_as(
                problem.status_code(),
                &AdministratorsPage {
                    error: problem.detail().to_owned(),
                    ..page
                },
            )
        }
    }
}

async fn page(visit: &Visit) -> Result<AdministratorsPage, Trouble> {
    let rows = administrators::list_administrators(visit.app()).await?;
    let lines = rows.into_iter().map(|row| AdministratorLine {
        is_oneself: row.name == visit.administrator.name,
        name: row.name,
        created_at: row.created_at.to_string(),
        created_by: row.created_by,
    });
    Ok(AdministratorsPage {
        administrators: lines.collect(),
        ..AdministratorsPage::default()
    })
}
