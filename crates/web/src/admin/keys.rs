//! Page that lists, creates and revokes API keys.

use accolade::store::KeyRow;
use axum::extract::Path;
use serde::Serialize;

use super::forms::Posted;
use super::notice::Notice;
use super::page::{Answer, Page, Trouble, Visit};
use crate::auth::{KeyError, KeyScope, keys};
use crate::problem::Problem;

/// API keys page with the form for a new key.
#[derive(Default, Serialize)]
pub(super) struct KeysPage {
    pub(super) keys: Vec<KeyLine>,
    pub(super) scopes: Vec<ScopeChoice>,
    /// Submitted name.
    pub(super) name: String,
    pub(super) error: String,
    /// Text of the API key that was just created. It is shown only once.
    pub(super) made: Option<String>,
}

/// Table row of an API key.
#[derive(Serialize)]
pub(super) struct KeyLine {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) scopes: Vec<String>,
    pub(super) created_at: String,
    pub(super) created_by: String,
    pub(super) last_used_at: Option<String>,
    pub(super) revoked_at: Option<String>,
}

/// Checkbox for a scope.
#[derive(Serialize)]
pub(super) struct ScopeChoice {
    pub(super) word: &'static str,
    pub(super) text: &'static str,
    pub(super) ticked: bool,
}

impl Page for KeysPage {
    const TEMPLATE: &'static str = "admin/keys.html";
    const SECTION: &'static str = "keys";
}

/// `GET /admin/keys`
pub(super) async fn get(visit: Visit) -> Answer {
    let page = page(&visit, &Posted::default()).await?;
    visit.show(&page)
}

/// `POST /admin/keys`: creates an API key and shows it once.
pub(super) async fn create(visit: Visit, posted: Posted) -> Answer {
    let scopes: Vec<KeyScope> = posted
        .all("scope")
        .filter_map(|word| word.parse().ok())
        .collect();
    let by = visit.administrator.actor_name();
    match keys::create_key(&visit.engine(), posted.get("name"), &scopes, &by).await {
        Ok(text) => {
            visit.app().auth.keys.invalidate_cache();
            let page = page(&visit, &Posted::default()).await?;
            visit.show(&KeysPage {
                made: Some(text),
                ..page
            })
        }
        Err(KeyError::Engine(error)) => Err(error.into()),
        Err(error) => {
            let page = page(&visit, &posted).await?;
            let status = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
            visit.show_as(
                status,
                &KeysPage {
                    error: error.to_string(),
                    ..page
                },
            )
        }
    }
}

/// `POST /admin/keys/{key}/revoke`
pub(super) async fn revoke(visit: Visit, Path(key): Path<String>) -> Answer {
    let revoked =
        keys::revoke_key(&visit.app().engine, &key, &visit.administrator.actor_name()).await?;
    visit.app().auth.keys.invalidate_cache();
    match revoked {
        true => visit.done("/admin/keys", Notice::KeyRevoked),
        false => Err(Problem::resource_not_found(
            "the API key was not found or is already revoked",
        )
        .into()),
    }
}

async fn page(visit: &Visit, posted: &Posted) -> Result<KeysPage, Trouble> {
    let mut keys: Vec<KeyLine> = visit
        .app()
        .engine
        .api_keys()
        .await?
        .into_iter()
        .map(line)
        .collect();
    // Newest first; the stable sort then moves revoked keys to the end.
    keys.reverse();
    keys.sort_by_key(|key| key.revoked_at.is_some());
    let choice = |scope: KeyScope| ScopeChoice {
        word: scope.as_str(),
        text: says(scope),
        ticked: posted.all("scope").any(|word| word == scope.as_str()),
    };
    let scopes = KeyScope::ALL.into_iter().map(choice).collect();
    Ok(KeysPage {
        keys,
        scopes,
        name: posted.get("name").to_owned(),
        ..KeysPage::default()
    })
}

fn line(row: KeyRow) -> KeyLine {
    let KeyRow {
        id,
        name,
        scopes,
        created_at,
        created_by,
        last_used_at,
        revoked_at,
        ..
    } = row;
    KeyLine {
        id,
        name,
        scopes: scopes.split(',').map(str::to_owned).collect(),
        created_at: created_at.to_string(),
        created_by,
        last_used_at: last_used_at.map(|at| at.to_string()),
        revoked_at: revoked_at.map(|at| at.to_string()),
    }
}

fn says(scope: KeyScope) -> &'static str {
    match scope {
        KeyScope::Record => "record events",
        KeyScope::Read => "read players, badges and the feed, and create player tokens",
        KeyScope::Actions => "perform manual actions on players",
        KeyScope::Admin => "everything an administrator can do",
    }
}
