//! Catalog editor page.

use accolade::Catalog;
use accolade_core::catalog::diagnostic::Diagnostics;
use axum::extract::Query;
use axum::http::StatusCode;
use serde::Serialize;

use super::draft::CatalogDraft;
use super::findings::{CatalogFinding, list_findings, list_warnings};
use crate::admin::forms::FormData;
use crate::admin::page::{AdminPage, AdminRequest, PageResult};
use crate::catalogs::{self, CatalogTestResult};
use crate::problem::Problem;

/// Catalog editor page.
#[derive(Default, Serialize)]
pub(in crate::admin) struct EditorPage {
    pub(in crate::admin) draft: CatalogDraft,
    /// Published version.
    pub(in crate::admin) version: i64,
    /// Version of the text, if it is not the published one.
    pub(in crate::admin) earlier: Option<i64>,
    pub(in crate::admin) findings: Vec<CatalogFinding>,
    /// Number of errors, including those beyond the findings.
    pub(in crate::admin) error_count: usize,
    /// Warnings about a catalog without errors.
    pub(in crate::admin) warnings: Vec<CatalogFinding>,
    /// Results of the catalog's tests, if they were run.
    pub(in crate::admin) tests: Option<Vec<CatalogTestResult>>,
    /// Number of passed tests.
    pub(in crate::admin) passed: usize,
    /// True if the catalog was validated without errors.
    pub(in crate::admin) checked: bool,
    /// Error that is not about the text.
    pub(in crate::admin) error: String,
}

impl AdminPage for EditorPage {
    const TEMPLATE: &'static str = "admin/catalog.html";
    const SECTION: &'static str = "catalog";
}

/// `GET /admin/catalog`: shows the published catalog, or that of `version` or `preview`.
pub(in crate::admin) async fn show_catalog_editor(
    visit: AdminRequest,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let asked = FormData::from_query(query);
    let engine = &visit.app().engine;
    let version = engine.catalog().version();
    let mut page = EditorPage {
        version,
        ..EditorPage::default()
    };
    page.draft = match (
        asked.get("version").parse(),
        visit.app().admin.drafts.get(asked.get("preview")),
    ) {
        (Ok(earlier), _) => {
            page.earlier = Some(earlier).filter(|earlier| *earlier != version);
            CatalogDraft::from_catalog(&engine.catalog().load_version(earlier).await?)
        }
        (Err(_), Some(draft)) => (*draft).clone(),
        (Err(_), None) => CatalogDraft::from_catalog(&engine.catalog().published()),
    };
    visit.render_page(&page).await
}

/// `POST /admin/catalog/check`: validates the catalog and, if it is valid, runs its tests.
pub(in crate::admin) async fn validate_catalog(
    visit: AdminRequest,
    posted: FormData,
) -> PageResult {
    let draft = CatalogDraft::from_form(&posted);
    let check = |catalog: Catalog| (list_warnings(&catalog), catalogs::run_tests(&catalog));
    let (warnings, tested) = match draft.parse_catalog_with(&visit.app().engine, check).await? {
        Ok(checked) => checked,
        Err(found) => return show_findings(&visit, draft, &found).await,
    };
    let page = EditorPage {
        version: visit.app().engine.catalog().version(),
        passed: tested.iter().filter(|test| test.passed).count(),
        tests: Some(tested),
        warnings,
        checked: true,
        draft,
        ..EditorPage::default()
    };
    visit.render_page(&page).await
}

/// Renders the editor with the errors in the text.
pub(super) async fn show_findings(
    visit: &AdminRequest,
    draft: CatalogDraft,
    found: &Diagnostics,
) -> PageResult {
    let version = visit.app().engine.catalog().version();
    let page = EditorPage {
        draft,
        version,
        findings: list_findings(found),
        error_count: found.total_count(),
        ..EditorPage::default()
    };
    visit
        .render_page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
        .await
}

/// Renders the editor with an error that is not about the text.
pub(super) async fn show_problem(
    visit: &AdminRequest,
    draft: CatalogDraft,
    problem: &Problem,
) -> PageResult {
    let version = visit.app().engine.catalog().version();
    let page = EditorPage {
        draft,
        version,
        error: problem.detail().to_owned(),
        ..EditorPage::default()
    };
    visit
        .render_page_with_status(problem.status_code(), &page)
        .await
}
