//! Badge pages: list, details with earners, and awards to several players.

pub(super) mod award;

use accolade::store::EarnerCursor;
use accolade::{Audience, EarnerView, GalleryBadge};
use axum::extract::{Path, Query};
use serde::Serialize;

use super::forms::Posted;
use super::page::{Answer, Page, Visit};
use crate::api::cursor;
use crate::problem::Problem;

/// Earners per page.
const ITEMS: usize = 50;

/// Page of all badges.
#[derive(Default, Serialize)]
pub(super) struct BadgesPage {
    pub(super) badges: Vec<GalleryBadge>,
}

/// Page of a badge and its earners.
#[derive(Serialize)]
pub(super) struct BadgePage {
    pub(super) badge: GalleryBadge,
    pub(super) earners: Vec<EarnerView>,
    /// Cursor of the next page.
    pub(super) next: Option<String>,
}

impl Page for BadgesPage {
    const TEMPLATE: &'static str = "admin/badges.html";
    const SECTION: &'static str = "badges";
}

impl Page for BadgePage {
    const TEMPLATE: &'static str = "admin/badge.html";
    const SECTION: &'static str = "badges";
}

/// `GET /admin/badges`
pub(super) async fn list(visit: Visit) -> Answer {
    let badges = visit.app().engine.gallery(Audience::Admin).await?;
    visit.show(&BadgesPage { badges })
}

/// `GET /admin/badges/{badge}`
pub(super) async fn get(
    visit: Visit,
    Path(id): Path<String>,
    query: Query<Vec<(String, String)>>,
) -> Answer {
    let engine = &visit.app().engine;
    let Some(badge) = engine.gallery_badge(&id, Audience::Admin).await? else {
        return Err(Problem::resource_not_found(format!("badge `{id}` not found")).into());
    };
    let after = cursor::decode_or_start::<EarnerCursor>(Posted::of_query(query).get("after"));
    let page = engine
        .earners_for(&id, Audience::Admin, after, ITEMS)
        .await?;
    visit.show(&BadgePage {
        badge,
        earners: page.items,
        next: page.next.as_ref().map(cursor::encode_cursor),
    })
}
