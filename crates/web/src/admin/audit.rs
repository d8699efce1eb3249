//! Audit log page.

use accolade::AuditEntry;
use axum::extract::Query;
use serde::Serialize;

use super::forms::Posted;
use super::page::{Answer, Page, Visit};

/// Entries per page.
const ITEMS: usize = 100;

/// Part of the audit log, newest first.
#[derive(Default, Serialize)]
pub(super) struct AuditPage {
    pub(super) entries: Vec<AuditEntry>,
    /// Cursor of the next page: entries with lower numbers follow.
    pub(super) next: Option<i64>,
}

impl Page for AuditPage {
    const TEMPLATE: &'static str = "admin/audit.html";
    const SECTION: &'static str = "audit";
}

/// `GET /admin/audit`
pub(super) async fn get(visit: Visit, query: Query<Vec<(String, String)>>) -> Answer {
    let before = Posted::of_query(query).get("before").parse().ok();
    let page = visit.app().engine.audit(before, ITEMS).await?;
    visit.show(&AuditPage {
        entries: page.items,
        next: page.next,
    })
}
