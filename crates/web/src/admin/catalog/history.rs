//! Page of all published catalog versions and their changes.

use accolade::{SweepProgress, Version};
use serde::Serialize;

use crate::admin::health::sweep;
use crate::admin::page::{Answer, Page, Visit};

/// Catalog versions page.
#[derive(Default, Serialize)]
pub(in crate::admin) struct HistoryPage {
    /// Newest first.
    pub(in crate::admin) versions: Vec<Version>,
    /// The published version.
    pub(in crate::admin) in_force: i64,
    /// Progress of the running backfill, if there is one.
    pub(in crate::admin) sweep: Option<SweepProgress>,
}

impl Page for HistoryPage {
    const TEMPLATE: &'static str = "admin/history.html";
    const SECTION: &'static str = "catalog";
}

/// `GET /admin/catalog/history`
pub(in crate::admin) async fn get(visit: Visit) -> Answer {
    let engine = &visit.app().engine;
    let mut versions = engine.history().await?;
    versions.reverse();
    // Taken from the list instead of the engine: another publication may happen in between.
    let in_force = versions
        .first()
        .map_or_else(|| engine.catalog_version(), |version| version.version);
    visit.show(&HistoryPage {
        in_force,
        versions,
        sweep: sweep(engine).await?,
    })
}
