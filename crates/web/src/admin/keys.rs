//! Page that lists, creates and revokes API keys.

use accolade::compare_naturally;
use accolade::store::KeyRow;
use axum::extract::{Path, Query};
use serde::Serialize;

use super::forms::FormData;
use super::notice::Notice;
use super::page::{AdminPage, AdminRequest, PageError, PageResult};
use super::setup::find_event_name;
use super::sorting::SortChoice;
use crate::auth::{KeyError, KeyScope, keys};
use crate::problem::Problem;

/// API keys page with the form for a new key.
#[derive(Default, Serialize)]
pub(super) struct ApiKeysPage {
    pub(super) keys: Vec<ApiKeyLine>,
    pub(super) sort: SortChoice,
    pub(super) scopes: Vec<ScopeChoice>,
    /// Submitted name.
    pub(super) name: String,
    pub(super) error: String,
    /// Text of the API key that was just created. It is shown only once.
    pub(super) new_key: Option<String>,
    /// URL of the service, for an example with the new key.
    pub(super) url: String,
    /// Name of an event that a rule listens to.
    pub(super) event_name: String,
}

/// Table row of an API key.
#[derive(Serialize)]
pub(super) struct ApiKeyLine {
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
    pub(super) name: &'static str,
    pub(super) text: &'static str,
    pub(super) ticked: bool,
}

impl AdminPage for ApiKeysPage {
    const TEMPLATE: &'static str = "admin/keys.html";
    const SECTION: &'static str = "keys";
}

/// `GET /admin/keys`
pub(super) async fn show_api_keys_page(
    visit: AdminRequest,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let mut page = load_api_keys_page(&visit, &FormData::default()).await?;
    page.sort = SortChoice::from_query(&FormData::from_query(query), ("created", true));
    let sort = page.sort.clone();
    sort.sort_by(&mut page.keys, |one, other| match &*sort.key {
        "name" => compare_naturally(&one.name, &other.name),
        "used" => one.last_used_at.cmp(&other.last_used_at),
        _ => one.created_at.cmp(&other.created_at),
    });
    // The sort is stable, so revoked keys follow in the same order.
    page.keys.sort_by_key(|key| key.revoked_at.is_some());
    visit.render_page(&page).await
}

/// `POST /admin/keys`: creates an API key and shows it once.
pub(super) async fn create_api_key(visit: AdminRequest, posted: FormData) -> PageResult {
    let scopes: Vec<KeyScope> = posted
        .get_all("scope")
        .filter_map(|word| word.parse().ok())
        .collect();
    let by = visit.administrator.actor_name();
    match keys::create_key(&visit.engine(), posted.get("name"), &scopes, &by).await {
        Ok(text) => {
            visit.app().auth.keys.invalidate_cache();
            let page = load_api_keys_page(&visit, &FormData::default()).await?;
            // Rendered instead of redirected to, because only a hash of the secret is stored.
            visit
                .render_page(&ApiKeysPage {
                    new_key: Some(text),
                    url: visit.app().external_url(),
                    event_name: find_event_name(visit.app()),
                    ..page
                })
                .await
        }
        Err(KeyError::Engine(error)) => Err(error.into()),
        Err(error) => {
            let page = load_api_keys_page(&visit, &posted).await?;
            let status = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
            visit
                .render_page_with_status(
                    status,
                    &ApiKeysPage {
                        error: error.to_string(),
                        ..page
                    },
                )
                .await
        }
    }
}

/// `POST /admin/keys/{key}/revoke`
pub(super) async fn revoke_api_key(visit: AdminRequest, Path(key): Path<String>) -> PageResult {
    let revoked =
        keys::revoke_key(&visit.app().engine, &key, &visit.administrator.actor_name()).await?;
    visit.app().auth.keys.invalidate_cache();
    visit.app().auth.signal_revocation();
    match revoked {
        true => visit.redirect_with_notice("/admin/keys", Notice::KeyRevoked),
        false => Err(Problem::resource_not_found(
            "the API key was not found or is already revoked",
        )
        .into()),
    }
}

async fn load_api_keys_page(
    visit: &AdminRequest,
    posted: &FormData,
) -> Result<ApiKeysPage, PageError> {
    let mut keys: Vec<ApiKeyLine> = visit
        .app()
        .engine
        .service()
        .list_api_keys()
        .await?
        .into_iter()
        .map(build_key_line)
        .collect();
    // Newest first; the stable sort then moves revoked keys to the end.
    keys.reverse();
    keys.sort_by_key(|key| key.revoked_at.is_some());
    let choice = |scope: KeyScope| ScopeChoice {
        name: scope.as_str(),
        text: describe_scope(scope),
        ticked: posted.get_all("scope").any(|word| word == scope.as_str()),
    };
    let scopes = KeyScope::ALL.into_iter().map(choice).collect();
    Ok(ApiKeysPage {
        keys,
        scopes,
        name: posted.get("name").to_owned(),
        ..ApiKeysPage::default()
    })
}

fn build_key_line(row: KeyRow) -> ApiKeyLine {
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
    ApiKeyLine {
        id,
        name,
        scopes: scopes.split(',').map(str::to_owned).collect(),
        created_at: created_at.to_string(),
        created_by,
        last_used_at: last_used_at.map(|at| at.to_string()),
        revoked_at: revoked_at.map(|at| at.to_string()),
    }
}

fn describe_scope(scope: KeyScope) -> &'static str {
    match scope {
        KeyScope::Record => "record events",
        KeyScope::Read => "read players, badges and the feed, and create player tokens",
        KeyScope::Actions => "perform manual actions on players",
        KeyScope::Admin => "everything an administrator can do",
    }
}
