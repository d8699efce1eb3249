//! Pages for administrators.

mod access;
mod account;
mod administrators;
mod audit;
mod badges;
mod catalog;
mod chart;
mod figures;
mod filters;
mod forms;
mod handout;
mod health;
mod jobs;
mod keys;
mod links;
mod live;
mod notice;
mod overview;
mod page;
mod players;
mod routes;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::http::{Response, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use tower_http::csrf::ProtectionError;

use crate::auth::own_site;
use crate::problem::Problem;
use crate::site::App;

pub(crate) use filters::add as add_filters;

/// What the pages keep in memory between requests.
#[derive(Default)]
pub(crate) struct Desk {
    /// What happened lately, counted a while ago.
    figures: figures::Figures,
    /// The catalogs that previews are about.
    drafts: catalog::Drafts,
}

/// All pages under `/admin`. What changes something is refused to scripts and forms of other sites.
pub(crate) fn router(app: &App) -> Router<App> {
    let mut router = Router::new();
    for route in routes::all() {
        router = router.route(route.path, route.handlers);
    }
    let guard = own_site(app).with_rejection_response(|_: ProtectionError| foreign());
    router
        .layer(guard)
        .layer(from_fn_with_state(app.clone(), page::tell_troubles))
}

fn foreign() -> Response<axum::body::Body> {
    let detail = "this was sent from another site, or from an address that this service does not know as its own; \
        open the page here and send it again. Behind a proxy, set server.public_url";
    page::Trouble(Problem::new(
        StatusCode::FORBIDDEN,
        "cross-site",
        "Not from another site",
        detail,
    ))
    .into_response()
}
