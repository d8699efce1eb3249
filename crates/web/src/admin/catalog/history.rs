//! Page of all published catalog versions and their changes.

use accolade::BackfillProgress;
use serde::Serialize;

use crate::admin::health::load_backfill_progress;
use crate::admin::page::{AdminPage, AdminRequest, PageResult};
use crate::models::CatalogVersionModel;

/// Catalog versions page.
#[derive(Default, Serialize)]
pub(in crate::admin) struct HistoryPage {
    /// Newest first.
    pub(in crate::admin) versions: Vec<CatalogVersionModel>,
    /// The published version.
    pub(in crate::admin) published_version: i64,
    /// Progress of the running backfill, if there is one.
    pub(in crate::admin) backfill: Option<BackfillProgress>,
}

impl AdminPage for HistoryPage {
    const TEMPLATE: &'static str = "admin/history.html";
    const SECTION: &'static str = "catalog";
}

/// `GET /admin/catalog/history`
pub(in crate::admin) async fn show_history_page(visit: AdminRequest) -> PageResult {
    let engine = &visit.app().engine;
    let mut versions = engine.catalog().list_versions().await?;
    versions.reverse();
    // Taken from the list instead of the engine: another publication may happen in between.
    let published_version = versions
        .first()
        .map_or_else(|| engine.catalog().version(), |version| version.version);
    visit
        .render_page(&HistoryPage {
            published_version,
            versions: versions
                .into_iter()
                .map(CatalogVersionModel::from)
                .collect(),
            backfill: load_backfill_progress(engine).await?,
        })
        .await
}
