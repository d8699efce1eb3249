//! Catalog editor page.

use axum::extract::Query;
use axum::http::StatusCode;
use serde::Serialize;

use super::draft::Draft;
use super::findings::{Finding, findings};
use crate::admin::forms::Posted;
use crate::admin::page::{Answer, Page, Visit};
use crate::catalogs::{self, CatalogTestResult};
use crate::problem::Problem;

/// Catalog editor page.
#[derive(Default, Serialize)]
pub(in crate::admin) struct EditorPage {
    pub(in crate::admin) draft: Draft,
    /// Published version.
    pub(in crate::admin) version: i64,
    /// Version of the text, if it is not the published one.
    pub(in crate::admin) earlier: Option<i64>,
    pub(in crate::admin) findings: Vec<Finding>,
    /// Results of the catalog's tests, if they were run.
    pub(in crate::admin) tests: Option<Vec<CatalogTestResult>>,
    /// Number of passed tests.
    pub(in crate::admin) passed: usize,
    /// True if the catalog was validated without errors.
    pub(in crate::admin) checked: bool,
    /// Error that is not about the text.
    pub(in crate::admin) error: String,
}

impl Page for EditorPage {
    const TEMPLATE: &'static str = "admin/catalog.html";
    const SECTION: &'static str = "catalog";
}

/// `GET /admin/catalog`: shows the published catalog, or that of `version` or `preview`.
pub(in crate::admin) async fn get(visit: Visit, query: Query<Vec<(String, String)>>) -> Answer {
    let asked = Posted::of_query(query);
    let engine = &visit.app().engine;
    let version = engine.catalog_version();
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
            Draft::of(&engine.version(earlier).await?)
        }
        (Err(_), Some(draft)) => (*draft).clone(),
        (Err(_), None) => Draft::of(&engine.catalog()),
    };
    visit.show(&page)
}

/// `POST /admin/catalog/check`: validates the catalog and, if it is valid, runs its tests.
pub(in crate::admin) async fn check(visit: Visit, posted: Posted) -> Answer {
    let draft = Draft::posted(&posted);
    let tested = match draft
        .read_with(visit.app(), |catalog| catalogs::run_tests(&catalog))
        .await?
    {
        Ok(tested) => tested,
        Err(found) => return wrong(&visit, draft, findings(&found)),
    };
    let page = EditorPage {
        version: visit.app().engine.catalog_version(),
        passed: tested.iter().filter(|test| test.passed).count(),
        tests: Some(tested),
        checked: true,
        draft,
        ..EditorPage::default()
    };
    visit.show(&page)
}

/// Renders the editor with the errors in the text.
pub(super) fn wrong(visit: &Visit, draft: Draft, findings: Vec<Finding>) -> Answer {
    let version = visit.app().engine.catalog_version();
    let page = EditorPage {
        draft,
        version,
        findings,
        ..EditorPage::default()
    };
    visit.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Renders the editor with an error that is not about the text.
pub(super) fn refused(visit: &Visit, draft: Draft, problem: &Problem) -> Answer {
    let version = visit.app().engine.catalog_version();
    let page = EditorPage {
        draft,
        version,
        error: problem.detail().to_owned(),
        ..EditorPage::default()
    };
    visit.show_as(problem.status_code(), &page)
}
