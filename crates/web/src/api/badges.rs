//! Badges, categories, currencies and unlockables of the published catalog.

use accolade::store::EarnerCursor;
use axum::Json;
use axum::extract::State;

use super::cursor;
use super::extract::{As, Asked, At, Eyes, PageOf};
use super::wire::{Category, Currency, Earner, GalleryBadge, List, Unlockable};
use crate::auth::{Caller, Scope};
use crate::problem::Problem;
use crate::site::App;

/// List all badges.
///
/// Includes the number of awards and players of each. Scope: `read`.
#[utoipa::path(
    get, path = "/v1/badges",
    tag = "badges", operation_id = "list_badges",
    params(Eyes),
    responses((status = 200, description = "All visible badges", body = List<GalleryBadge>)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(eyes): Asked<Eyes>,
) -> Result<Json<List<GalleryBadge>>, Problem> {
    caller.must(Scope::Read)?;
    Ok(Json(List::whole(
        app.engine.gallery(eyes.shown.into()).await?,
    )))
}

/// Get a badge.
///
/// Scope: `read`.
#[utoipa::path(
    get, path = "/v1/badges/{badge}", tag = "badges", operation_id = "get_badge",
    params(("badge" = String, Path, description = "Badge id"), Eyes),
    responses((status = 200, description = "The badge", body = GalleryBadge))
)]
pub(crate) async fn one(
    State(app): State<App>,
    caller: Caller,
    At(badge): At<String>,
    Asked(eyes): Asked<Eyes>,
) -> Result<Json<GalleryBadge>, Problem> {
    caller.must(Scope::Read)?;
    let found = app.engine.gallery_badge(&badge, eyes.shown.into()).await?;
    found
        .map(|badge| Json(badge.into()))
        .ok_or_else(|| Problem::unknown(format!("badge `{badge}` not found")))
}

/// List the earners of a badge.
///
/// In the order in which they earned it. Works for secret and invisible badges too. Scope: `read`.
#[utoipa::path(
    get, path = "/v1/badges/{badge}/earners",
    tag = "badges", operation_id = "list_earners",
    params(("badge" = String, Path, description = "Badge id"), PageOf),
    responses((status = 200, description = "A page of earners", body = List<Earner>)),
)]
pub(crate) async fn earners(
    State(app): State<App>,
    caller: Caller,
    At(badge): At<String>,
    Asked(page): Asked<PageOf>,
) -> Result<Json<List<Earner>>, Problem> {
    caller.must(Scope::Read)?;
    let after = cursor::parse::<EarnerCursor>(page.after.as_deref())?;
    let everything = As::Admin.into();
    Ok(Json(super::list(
        app.engine
            .earners_for(&badge, everything, after, page.limit(&app)?)
            .await?,
    )))
}

/// List all categories.
///
/// Scope: `read`.
#[utoipa::path(
    get, path = "/v1/categories", tag = "badges", operation_id = "list_categories",
    responses((status = 200, description = "All categories", body = List<Category>))
)]
pub(crate) async fn categories(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<List<Category>>, Problem> {
    caller.must(Scope::Read)?;
    Ok(Json(List::whole(app.engine.categories())))
}

/// List all currencies.
///
/// Scope: `read`.
#[utoipa::path(
    get, path = "/v1/currencies", tag = "badges", operation_id = "list_currencies",
    responses((status = 200, description = "All currencies", body = List<Currency>))
)]
pub(crate) async fn currencies(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<List<Currency>>, Problem> {
    caller.must(Scope::Read)?;
    Ok(Json(List::whole(app.engine.currencies())))
}

/// List all unlockables.
///
/// Scope: `read`.
#[utoipa::path(
    get, path = "/v1/unlockables", tag = "badges", operation_id = "list_unlockables",
    responses((status = 200, description = "All unlockables", body = List<Unlockable>))
)]
pub(crate) async fn unlockables(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<List<Unlockable>>, Problem> {
    caller.must(Scope::Read)?;
    Ok(Json(List::whole(app.engine.unlockables())))
}
