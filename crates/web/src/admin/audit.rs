//! Audit log page.

use axum::extract::Query;
use serde::Serialize;

use super::forms::FormData;
use super::page::{AdminPage, AdminRequest, PageResult};
use crate::models::AuditEntryModel;

/// Entries per page.
const PAGE_SIZE: usize = 100;

/// Part of the audit log, newest first.
#[derive(Default, Serialize)]
pub(super) struct AuditPage {
    pub(super) entries: Vec<AuditEntryModel>,
    /// Cursor of the next page: entries with lower numbers follow.
    pub(super) next: Option<i64>,
}

impl AdminPage for AuditPage {
    const TEMPLATE: &'static str = "admin/audit.html";
    const SECTION: &'static str = "audit";
}

/// `GET /admin/audit`
pub(super) async fn show_audit_page(
    visit: AdminRequest,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let before = FormData::from_query(query).get("before").parse().ok();
    let page = visit
        .app()
        .engine
        .service()
        .list_audit_entries(before, PAGE_SIZE)
        .await?;
    visit.render_page(&AuditPage {
        entries: page.items.into_iter().map(AuditEntryModel::from).collect(),
        next: page.next,
    })
}
