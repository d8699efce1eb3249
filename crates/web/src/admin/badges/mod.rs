//! Badge pages: list, details with earners, and awards to several players.

pub(super) mod award;
mod award_job;
mod award_list;
pub(super) mod undo_awards;

use std::collections::BTreeSet;

use accolade::{Audience, EarnerCursor, compare_naturally};
use axum::extract::{Path, Query};
use serde::Serialize;

use super::forms::FormData;
use super::jobs::{JobLine, list_jobs_about};
use super::page::{AdminPage, AdminRequest, PageResult};
use super::sorting::SortChoice;
use crate::api::cursor;
use crate::models::{EarnerModel, GalleryBadgeModel};
use crate::problem::Problem;

/// Earners per page.
const PAGE_SIZE: usize = 50;

/// Page of all badges.
#[derive(Default, Serialize)]
pub(super) struct BadgesPage {
    pub(super) badges: Vec<GalleryBadgeModel>,
    pub(super) sort: SortChoice,
}

/// Page of a badge and its earners.
#[derive(Serialize)]
pub(super) struct BadgePage {
    pub(super) badge: GalleryBadgeModel,
    pub(super) earners: Vec<EarnerModel>,
    /// Awards to several players, and their undos, newest first.
    pub(super) jobs: Vec<JobLine>,
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

    fn list_players(&self) -> BTreeSet<String> {
        self.earners.iter().map(|one| one.player.clone()).collect()
    }
}

/// `GET /admin/badges`
pub(super) async fn show_badges_page(
    visit: AdminRequest,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let sort = SortChoice::from_query(&FormData::from_query(query), ("name", false));
    let mut badges = visit
        .app()
        .engine
        .catalog()
        .list_gallery(Audience::Admin)
        .await?;
    let pictures = visit.app().picture_urls();
    // By name first, so that badges with the same value are in order of name.
    badges.sort_by(|one, other| compare_naturally(&one.name, &other.name));
    sort.sort_by(&mut badges, |one, other| match &*sort.key {
        "awards" => one.awards.cmp(&other.awards),
        "players" => one.players.cmp(&other.players),
        "category" => one.category.cmp(&other.category),
        _ => compare_naturally(&one.name, &other.name),
    });
    visit
        .render_page(&BadgesPage {
            sort,
            badges: badges
                .into_iter()
                .map(|badge| GalleryBadgeModel::from_badge(badge, &pictures))
                .collect(),
        })
        .await
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
    visit
        .render_page(&BadgePage {
            badge: GalleryBadgeModel::from_badge(badge, &pictures),
            jobs: list_jobs_about(&visit, &id),
            earners: page
                .items
                .into_iter()
                .map(|earner| EarnerModel::from_view(earner, &pictures))
                .collect(),
            next: page.next.as_ref().map(cursor::encode_cursor),
        })
        .await
}
