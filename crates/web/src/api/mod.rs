//! The JSON API under `/v1`, its OpenAPI document, health and metrics.

mod acts;
mod administration;
mod badges;
mod catalog;
pub(crate) mod cursor;
mod events;
mod extract;
mod feed;
mod gate;
mod health;
mod jobs;
mod openapi;
mod people;
mod players;
mod retractions;
pub(crate) mod wire;

use accolade::Page;
use axum::Router;
use axum::routing::get;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::site::App;
use cursor::Cursor;
pub(crate) use events::STREAM;
use wire::List;

/// Registers all routes that require authentication.
fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(events::record))
        .routes(routes!(events::stream))
        .routes(routes!(players::list))
        .routes(routes!(players::profile, acts::erase))
        .routes(routes!(players::badges))
        .routes(routes!(players::progress))
        .routes(routes!(players::unlockables))
        .routes(routes!(players::ledger))
        .routes(routes!(players::timeline))
        .routes(routes!(players::why))
        .routes(routes!(players::dossier))
        .routes(routes!(players::token))
        .routes(routes!(players::live))
        .routes(routes!(acts::act))
        .routes(routes!(acts::act_on_many))
        .routes(routes!(badges::list))
        .routes(routes!(badges::one))
        .routes(routes!(badges::earners))
        .routes(routes!(badges::categories))
        .routes(routes!(badges::currencies))
        .routes(routes!(badges::unlockables))
        .routes(routes!(catalog::current, catalog::publish))
        .routes(routes!(catalog::versions))
        .routes(routes!(catalog::version))
        .routes(routes!(catalog::check))
        .routes(routes!(catalog::plan))
        .routes(routes!(feed::read))
        .routes(routes!(feed::live))
        .routes(routes!(
            administration::list_keys,
            administration::create_key
        ))
        .routes(routes!(administration::revoke_key))
        .routes(routes!(administration::audit))
        .routes(routes!(administration::activity))
        .routes(routes!(people::list))
        .routes(routes!(people::invite))
        .routes(routes!(people::remove))
        .routes(routes!(retractions::preview))
        .routes(routes!(retractions::retract))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::one, jobs::cancel))
        .routes(routes!(jobs::verify))
        .routes(routes!(jobs::repair))
        .routes(routes!(health::status))
        .routes(routes!(health::metrics))
}

/// Registers the documented routes that require no authentication.
fn open_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
}

/// Builds the OpenAPI document for an API under a path prefix; an empty prefix means none.
pub fn openapi(prefix: &str) -> OpenApi {
    let (_, document) = routes().merge(open_routes()).split_for_parts();
    openapi::complete(document, prefix)
}

/// Builds the router of the API.
pub(crate) fn router(app: &App) -> Router<App> {
    let (keyed, _) = routes().split_for_parts();
    let (open, _) = open_routes().split_for_parts();
    let open = open
        .route("/openapi.json", get(openapi::json))
        .route("/docs", get(openapi::page));
    gate::around(keyed, app).merge(open)
}

/// Converts a page of the engine to a response.
fn list<T, S, C>(page: Page<S, C>) -> List<T>
where
    T: From<S>,
    C: Cursor,
{
    let next = page.next.as_ref().map(cursor::text);
    List {
        items: page.items.into_iter().map(T::from).collect(),
        next,
    }
}
