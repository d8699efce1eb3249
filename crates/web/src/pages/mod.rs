//! Pages for players and visitors.
//!
//! Each page has a typed context and a template. The engine decides visibility by the audience that
//! a page requests.

mod badge;
mod badges;
mod community;
mod happening;
mod live;
mod names;
mod page;
mod pictures;
mod profile;
mod shelf;
mod sign_in;
mod tile;
mod url;
mod words;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::{get, post};

use crate::site::AppState;

pub(crate) use page::Page;

/// Builds the router of all player pages. Signing out has CSRF protection.
pub(crate) fn router(app: &AppState) -> Router<AppState> {
    // Signing out is the only route that changes state.
    let leaving = Router::new()
        .route("/sign-out", post(sign_in::leave))
        .layer(crate::auth::csrf_layer(app));
    Router::new()
        .route("/", get(community::get))
        .route("/badges", get(badges::get))
        .route("/badges/{id}", get(badge::get))
        .route("/players/{player}", get(profile::get))
        .route("/sign-in", get(sign_in::get))
        .route("/live", get(live::get))
        .route("/names", get(names::get))
        .route("/art/{file}", get(pictures::badge))
        .route("/avatar/{file}", get(pictures::avatar))
        .route("/secret.svg", get(pictures::secret))
        .merge(leaving)
}
