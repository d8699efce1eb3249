//! Administration pages.

mod access;
mod account;
mod activity;
mod activity_charts;
mod administrators;
mod audit;
mod badges;
mod catalog;
mod chart;
mod events;
mod filters;
mod forms;
mod health;
mod jobs;
mod keys;
mod labels;
mod links;
mod live;
mod notice;
mod overview;
mod page;
mod players;
mod routes;
mod setup;
mod sorting;
mod state;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::http::{Response, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use tower_http::csrf::ProtectionError;

use crate::auth::csrf_layer;
use crate::problem::Problem;
use crate::state::AppState;

pub(crate) use filters::add_admin_filters as add_filters;
pub(crate) use state::AdminState;

/// Builds the router of all pages under `/admin`, with CSRF protection.
pub(crate) fn router(app: &AppState) -> Router<AppState> {
    let mut router = Router::new();
    for route in routes::list_routes() {
        router = router.route(route.path, route.handlers);
    }
    let guard = csrf_layer(app).with_rejection_response(|_: ProtectionError| reject_cross_site());
    // The error pages are the outermost layer, so that rejections of the CSRF guard become pages,
    // too.
    router
        .layer(guard)
        .layer(from_fn_with_state(app.clone(), page::render_errors))
}

fn reject_cross_site() -> Response<axum::body::Body> {
    let detail = "the request came from another site, or through an address that the service \
        does not recognize as its own; reload the page here and retry. Behind a proxy, set \
        server.public_url";
    page::PageError(Problem::new(
        StatusCode::FORBIDDEN,
        "cross-site",
        "Cross-site request",
        detail,
    ))
    .into_response()
}
