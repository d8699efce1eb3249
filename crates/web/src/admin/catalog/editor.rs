//! The text of a catalog, to look at, change and check.

use axum::extract::Query;
use axum::http::StatusCode;
use serde::Serialize;

use super::draft::Draft;
use super::findings::{Finding, findings};
use crate::admin::forms::Posted;
use crate::admin::page::{Answer, Page, Visit};
use crate::catalogs::{self, Tested};
use crate::problem::Problem;

/// The editor.
#[derive(Default, Serialize)]
pub(in crate::admin) struct EditorPage {
    pub(in crate::admin) draft: Draft,
    /// The version in force.
    pub(in crate::admin) version: i64,
    /// The earlier version whose text this is.
    pub(in crate::admin) earlier: Option<i64>,
    pub(in crate::admin) findings: Vec<Finding>,
    /// What the catalog's own tests came to, once they were run.
    pub(in crate::admin) tests: Option<Vec<Tested>>,
    /// How many of them passed.
    pub(in crate::admin) passed: usize,
    /// Whether the text was checked and nothing is wrong with it.
    pub(in crate::admin) checked: bool,
    /// What went wrong besides.
    pub(in crate::admin) error: String,
}

impl Page for EditorPage {
    const TEMPLATE: &'static str = "admin/catalog.html";
    const SECTION: &'static str = "catalog";
}

/// `GET /admin/catalog`: the text in force; with `version`, an earlier one; with `preview`, the one that was previewed.
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
        visit.app().desk.drafts.get(asked.get("preview")),
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

/// `POST /admin/catalog/check`: tells what is wrong, and runs the catalog's own tests where nothing is.
pub(in crate::admin) async fn check(visit: Visit, posted: Posted) -> Answer {
    let draft = Draft::posted(&posted);
    let tested = match draft
        .read_with(visit.app(), |catalog| catalogs::test(&catalog))
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

/// The editor with what is wrong with the text.
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

/// The editor with what went wrong besides.
pub(super) fn refused(visit: &Visit, draft: Draft, problem: &Problem) -> Answer {
    let version = visit.app().engine.catalog_version();
    let page = EditorPage {
        draft,
        version,
        error: problem.detail().to_owned(),
        ..EditorPage::default()
    };
    visit.show_as(problem.status(), &page)
}
