//! Pages for players and visitors.

use axum::Router;

use crate::site::App;

pub(crate) fn router() -> Router<App> {
    Router::new()
}
