//! Pages for administrators.

use axum::Router;

use crate::site::App;

pub(crate) fn router(_app: &App) -> Router<App> {
    Router::new()
}
