//! The JSON API under `/v1`, its OpenAPI document, health and metrics.

mod actions;
mod administration;
mod administrators;
mod badges;
mod catalog;
pub(crate) mod cursor;
mod event_names;
mod events;
mod extract;
mod feed;
mod health;
mod jobs;
mod middleware;
mod openapi;
mod players;
mod retractions;

use std::sync::Arc;

use axum::routing::get;
use axum::{Extension, Router};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;
pub(crate) use events::STREAM_PATH;

/// Registers all routes that require authentication.
fn authenticated_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::base_document())
        .routes(routes!(events::record_events))
        .routes(routes!(events::stream_events))
        .routes(routes!(event_names::list_event_names))
        .routes(routes!(players::list_players))
        .routes(routes!(players::get_player, actions::erase_player))
        .routes(routes!(players::list_player_badges))
        .routes(routes!(players::list_player_progress))
        .routes(routes!(players::list_player_unlockables))
        .routes(routes!(players::list_ledger_entries))
        .routes(routes!(players::list_timeline_events))
        .routes(routes!(players::get_explanation))
        .routes(routes!(players::export_personal_data))
        .routes(routes!(players::create_player_token))
        .routes(routes!(players::stream_player_outcomes))
        .routes(routes!(actions::submit_action))
        .routes(routes!(actions::submit_actions))
        .routes(routes!(badges::list_badges))
        .routes(routes!(badges::get_badge))
        .routes(routes!(badges::list_earners))
        .routes(routes!(badges::list_categories))
        .routes(routes!(badges::list_currencies))
        .routes(routes!(badges::list_unlockables))
        .routes(routes!(catalog::get_catalog, catalog::publish_catalog))
        .routes(routes!(catalog::list_catalog_versions))
        .routes(routes!(catalog::get_catalog_version))
        .routes(routes!(catalog::check_catalog))
        .routes(routes!(catalog::plan_publication))
        .routes(routes!(feed::read_feed))
        .routes(routes!(feed::stream_outcomes))
        .routes(routes!(
            administration::list_keys,
            administration::create_key
        ))
        .routes(routes!(administration::revoke_key))
        .routes(routes!(administration::list_audit_entries))
        .routes(routes!(administration::list_activity))
        .routes(routes!(administrators::list_administrators))
        .routes(routes!(administrators::invite_administrator))
        .routes(routes!(administrators::remove_administrator))
        .routes(routes!(retractions::preview_retraction))
        .routes(routes!(retractions::retract_events))
        .routes(routes!(jobs::list_jobs))
        .routes(routes!(jobs::get_job, jobs::cancel_job))
        .routes(routes!(jobs::start_verification))
        .routes(routes!(jobs::start_repair))
        .routes(routes!(health::get_status))
        .routes(routes!(health::get_metrics))
}

/// Registers the documented routes that require no authentication.
fn public_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(health::check_liveness))
        .routes(routes!(health::check_readiness))
}

/// Builds the OpenAPI document for an API under a path prefix; an empty prefix means none.
pub fn openapi_document(prefix: &str) -> Value {
    let (_, document) = authenticated_routes()
        .merge(public_routes())
        .split_for_parts();
    openapi::complete_document(document, prefix)
}

/// Builds the router of the API.
pub(crate) fn build_router(app: &AppState) -> Router<AppState> {
    let (keyed, _) = authenticated_routes().split_for_parts();
    let (open, _) = public_routes().split_for_parts();
    let open = open
        .route("/openapi.json", get(openapi::get_openapi_document))
        .route("/docs", get(openapi::show_reference_start))
        .route("/docs/{section}", get(openapi::show_reference_section))
        .route("/docs/schemas/{name}", get(openapi::show_reference_schema))
        // Built once: the document depends on the routes and the prefix only.
        .layer(Extension(Arc::new(openapi_document(app.path_prefix()))));
    middleware::wrap_routes(keyed, app).merge(open)
}
