//! Page that lists, invites and removes administrators.

use accolade::store::KeyRow;
use axum::extract::Path;
use serde::Serialize;

use super::forms::FormData;
use super::notice::Notice;
use super::page::{AdminPage, AdminRequest, PageError, PageResult};
use crate::auth::{administrators, invitations, sessions};

/// Administrators page.
#[derive(Default, Serialize)]
pub(super) struct AdministratorsPage {
    pub(super) administrators: Vec<AdministratorLine>,
    /// Active API keys of administrators who were removed.
    pub(super) orphaned_keys: Vec<OrphanedKeyLine>,
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
    /// Names of the active API keys that the administrator created.
    pub(super) keys: Vec<String>,
    /// True for the signed-in administrator.
    pub(super) is_self: bool,
}

/// Table row of an API key whose administrator was removed.
#[derive(Serialize)]
pub(super) struct OrphanedKeyLine {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) scopes: Vec<String>,
    /// Actor that created the key.
    pub(super) created_by: String,
}

impl AdminPage for AdministratorsPage {
    const TEMPLATE: &'static str = "admin/administrators.html";
    const SECTION: &'static str = "administrators";
}

/// `GET /admin/administrators`
pub(super) async fn show_administrators_page(visit: AdminRequest) -> PageResult {
    let page = load_administrators_page(&visit).await?;
    visit.render_page(&page).await
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
    visit
        .render_page(&AdministratorsPage {
            link: Some(link),
            ..page
        })
        .await
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
            visit
                .render_page_with_status(
                    problem.status_code(),
                    &AdministratorsPage {
                        error: problem.detail().to_owned(),
                        ..page
                    },
                )
                .await
        }
    }
}

async fn load_administrators_page(visit: &AdminRequest) -> Result<AdministratorsPage, PageError> {
    let rows = administrators::list_administrators(visit.app()).await?;
    let mut keys = visit.app().engine.service().list_api_keys().await?;
    keys.retain(|key| key.revoked_at.is_none());
    let mut lines = Vec::new();
    for row in rows {
        let actor = sessions::administrator_actor(&row.name);
        let own = keys.extract_if(.., |key| key.created_by == actor);
        lines.push(AdministratorLine {
            keys: own.map(|key| key.name).collect(),
            is_self: row.name == visit.administrator.name,
            name: row.name,
            created_at: row.created_at.to_string(),
            created_by: row.created_by,
        });
    }
    // The keys that are left have no administrator. Other actors, such as the command line, were
    // never one.
    let orphaned = keys
        .into_iter()
        .filter(|key| key.created_by.starts_with(sessions::ACTOR_PREFIX));
    Ok(AdministratorsPage {
        administrators: lines,
        orphaned_keys: orphaned.map(OrphanedKeyLine::from).collect(),
        ..AdministratorsPage::default()
    })
}

impl From<KeyRow> for OrphanedKeyLine {
    fn from(row: KeyRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            scopes: row.scopes.split(',').map(str::to_owned).collect(),
            created_by: row.created_by,
        }
    }
}
