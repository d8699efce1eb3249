//! Badge pages: list, details with earners, and awards to several players.

pub(super) mod award;
mod award_job;
mod award_list;
pub(super) mod undo_awards;

use accolade::{Audience, EarnerCursor};
use axum::extract::{Path, Query};
use serde::Serialize;

use super::forms::FormData;
use super::page::{AdminPage, AdminRequest, PageResult};
use crate::api::cursor;
use crate::models::{EarnerModel, GalleryBadgeModel};
use crate::problem::Problem;

/// Earners per page.
const PAGE_SIZE: usize = 50;

/// Page of all badges.
#[derive(Default, Serialize)]
pub(super) struct BadgesPage {
    pub(super) badges: Vec<GalleryBadgeModel>,
}

/// Page of a badge and its earners.
#[derive(Serialize)]
pub(super) struct BadgePage {
    pub(super) badge: GalleryBadgeModel,
    pub(super) earners: Vec<EarnerModel>,
    /// Cursor of the next page.
    pub(super) next: Option<String>,
}

impl AdminPage for BadgesPage {
    const TEMPLATE: &'static str = "admin/badges.html";
    const SECTION: &'static str = "badges";
}

impl AdminPage for BadgePage {
    const TEMPLATE: &'static str = "admin/badge.html";
    const SECTION: &'static str = "badges";
}

/// `GET /admin/badges`
pub(super) async fn show_badges_page(visit: AdminRequest) -> PageResult {
    let badges = visit
        .app()
        .engine
        .catalog()
        .list_gallery(Audience::Admin)
        .await?;
    let pictures = visit.app().picture_urls();
    visit.render_page(&BadgesPage {
        badges: badges
            .into_iter()
            .map(|badge| GalleryBadgeModel::from_badge(badge, &pictures))
            .collect(),
    })
}

/// `GET /admin/badges/{badge}`
pub(super) async fn show_badge_page(
    visit: AdminRequest,
    Path(id): Path<String>,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let engine = &visit.app().engine;
    let Some(badge) = engine
        .catalog()
        .find_gallery_badge(&id, Audience::Admin)
        .await?
    else {
        return Err(Problem::resource_not_found(format!("badge `{id}` not found")).into());
    };
    let after = cursor::decode_or_start::<EarnerCursor>(FormData::from_query(query).get("after"));
    let page = engine
        .catalog()
        .list_earners(&id, Audience::Admin, after, PAGE_SIZE)
        .await?;
    let pictures = visit.app().picture_urls();
    let earners = page.items.into_iter();
    visit.render_page(&BadgePage {
        badge: GalleryBadgeModel::from_badge(badge, &pictures),
        earners: earners
            .map(|earner| EarnerModel::from_view(earner, &pictures))
            .collect(),
        next: page.next.as_ref().map(cursor::encode_cursor),
    })
}
