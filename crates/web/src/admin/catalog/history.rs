//! The catalogs that were in force, and what each changed.

use accolade::{SweepProgress, Version};
use serde::Serialize;

use crate::admin::health::sweep;
use crate::admin::page::{Answer, Page, Visit};

/// The catalogs that were in force.
#[derive(Default, Serialize)]
pub(in crate::admin) struct HistoryPage {
    /// Newest first.
    pub(in crate::admin) versions: Vec<Version>,
    /// The one in force.
    pub(in crate::admin) in_force: i64,
    /// The sweep that brings players up to it, if it is under way.
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
    let in_force = versions
        .first()
        .map_or_else(|| engine.catalog_version(), |version| version.version);
    visit.show(&HistoryPage {
        in_force,
        versions,
        sweep: sweep(engine).await?,
    })
}
