//! Badges, categories, currencies and unlockables of the published catalog.

use accolade::store::EarnerCursor;
use axum::Json;
use axum::extract::State;

use super::cursor;
use super::extract::{AudienceParam, AudienceQuery, PageQuery, PathParams, QueryParams};
use crate::auth::{Caller, KeyScope};
use crate::models::{
    CategoryModel, CurrencyModel, EarnerModel, GalleryBadgeModel, List, UnlockableModel,
};
use crate::problem::Problem;
use crate::state::AppState;

/// List all badges.
///
/// Includes the number of awards and players of each. Scope: `read`; for `as=admin`, the scope
/// `admin`.
#[utoipa::path(
    get, path = "/v1/badges",
    tag = "badges", operation_id = "list_badges",
    params(AudienceQuery),
    responses((status = 200, description = "All visible badges", body = List<GalleryBadgeModel>)),
)]
pub(crate) async fn list_badges(
    State(app): State<AppState>,
    caller: Caller,
    QueryParams(eyes): QueryParams<AudienceQuery>,
) -> Result<Json<List<GalleryBadgeModel>>, Problem> {
    caller.require_scope(eyes.audience.required_scope())?;
    let badges = app.engine.catalog().list_gallery(eyes.audience.into());
    let (badges, pictures) = (badges.await?, app.picture_urls());
    Ok(Json(List::from_items(badges.into_iter().map(|badge| {
        GalleryBadgeModel::from_badge(badge, &pictures)
    }))))
}

/// Get a badge.
///
/// Scope: `read`; for `as=admin`, the scope `admin`.
#[utoipa::path(
    get, path = "/v1/badges/{badge}", tag = "badges", operation_id = "get_badge",
    params(("badge" = String, Path, description = "Badge id"), AudienceQuery),
    responses((status = 200, description = "The badge", body = GalleryBadgeModel))
)]
pub(crate) async fn get_badge(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(badge): PathParams<String>,
    QueryParams(eyes): QueryParams<AudienceQuery>,
) -> Result<Json<GalleryBadgeModel>, Problem> {
    caller.require_scope(eyes.audience.required_scope())?;
    let found = app
        .engine
        .catalog()
        .find_gallery_badge(&badge, eyes.audience.into())
        .await?;
    found
        .map(|badge| Json(GalleryBadgeModel::from_badge(badge, &app.picture_urls())))
        .ok_or_else(|| Problem::resource_not_found(format!("badge `{badge}` not found")))
}

/// List the earners of a badge.
///
/// In the order in which they earned it. Works for secret and invisible badges too. Scope: `read`.
#[utoipa::path(
    get, path = "/v1/badges/{badge}/earners",
    tag = "badges", operation_id = "list_earners",
    params(("badge" = String, Path, description = "Badge id"), PageQuery),
    responses((status = 200, description = "A page of earners", body = List<EarnerModel>)),
)]
pub(crate) async fn list_earners(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(badge): PathParams<String>,
    QueryParams(page): QueryParams<PageQuery>,
) -> Result<Json<List<EarnerModel>>, Problem> {
    caller.require_scope(KeyScope::Read)?;
    let after = cursor::decode_cursor::<EarnerCursor>(page.after.as_deref())?;
    // Keys belong to servers, which may see everything; player tokens have no scope.
    let everything = AudienceParam::Admin.into();
    let page = app
        .engine
        .catalog()
        .list_earners(&badge, everything, after, page.page_size(&app)?)
        .await?;
    let pictures = app.picture_urls();
    Ok(Json(cursor::convert_page(page, |earner| {
        EarnerModel::from_view(earner, &pictures)
    })))
}

/// List all categories.
///
/// Scope: `read`.
#[utoipa::path(
    get, path = "/v1/categories", tag = "badges", operation_id = "list_categories",
    responses((status = 200, description = "All categories", body = List<CategoryModel>))
)]
pub(crate) async fn list_categories(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<Json<List<CategoryModel>>, Problem> {
    caller.require_scope(KeyScope::Read)?;
    Ok(Json(List::single_page(
        app.engine.catalog().list_categories(),
    )))
}

/// List all currencies.
///
/// Scope: `read`.
#[utoipa::path(
    get, path = "/v1/currencies", tag = "badges", operation_id = "list_currencies",
    responses((status = 200, description = "All currencies", body = List<CurrencyModel>))
)]
pub(crate) async fn list_currencies(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<Json<List<CurrencyModel>>, Problem> {
    caller.require_scope(KeyScope::Read)?;
    Ok(Json(List::single_page(
        app.engine.catalog().list_currencies(),
    )))
}

/// List all unlockables.
///
/// Scope: `read`.
#[utoipa::path(
    get, path = "/v1/unlockables", tag = "badges", operation_id = "list_unlockables",
    responses((status = 200, description = "All unlockables", body = List<UnlockableModel>))
)]
pub(crate) async fn list_unlockables(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<Json<List<UnlockableModel>>, Problem> {
    caller.require_scope(KeyScope::Read)?;
    Ok(Json(List::single_page(
        app.engine.catalog().list_unlockables(),
    )))
}
