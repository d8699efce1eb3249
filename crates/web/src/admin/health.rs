//! Health page: database, backfill, rule errors and background jobs.

use std::collections::BTreeSet;

use crate::models::RuleErrorModel;
use accolade::{BackfillProgress, Engine};
use serde::Serialize;

use super::jobs::JobLine;
use super::links;
use super::page::{AdminPage, AdminRequest, PageError, PageResult};
use crate::jobs::tasks;

/// Health page.
#[derive(Default, Serialize)]
pub(super) struct HealthPage {
    /// Database URL.
    pub(super) location: String,
    pub(super) schema: i64,
    /// Published catalog version.
    pub(super) catalog: i64,
    /// Progress of the running backfill, if there is one.
    pub(super) backfill: Option<BackfillProgress>,
    pub(super) errors: Vec<RuleErrorModel>,
    /// Number of open live streams.
    pub(super) streams: i64,
    pub(super) jobs: Vec<JobLine>,
}

impl AdminPage for HealthPage {
    const TEMPLATE: &'static str = "admin/health.html";
    const SECTION: &'static str = "health";

    fn list_players(&self) -> BTreeSet<String> {
        self.errors
            .iter()
            .map(|error| error.player.clone())
            .collect()
    }
}

/// `GET /admin/health`
pub(super) async fn show_health_page(visit: AdminRequest) -> PageResult {
    let app = visit.app();
    let engine = &app.engine;
    let page = HealthPage {
        location: engine.database_url().to_owned(),
        schema: engine.maintenance().schema_version().await?,
        catalog: engine.catalog().version(),
        backfill: load_backfill_progress(engine).await?,
        errors: load_rule_errors(engine).await?,
        streams: app.metrics.streams.get(),
        jobs: app
            .jobs
            .list_jobs()
            .iter()
            .map(|job| JobLine::from_job(job))
            .collect(),
    };
    visit.render_page(&page).await
}

/// `POST /admin/health/verify`
pub(super) async fn start_verification(visit: AdminRequest) -> PageResult {
    let begun = tasks::start_verification(visit.app(), &visit.administrator.actor_name());
    visit.redirect_to(&links::job_path(&begun?.id))
}

/// `POST /admin/health/repair`
pub(super) async fn start_repair(visit: AdminRequest) -> PageResult {
    let begun = tasks::start_repair(visit.app(), &visit.administrator.actor_name());
    visit.redirect_to(&links::job_path(&begun?.id))
}

/// Loads the progress of the running backfill, if there is one.
pub(super) async fn load_backfill_progress(
    engine: &Engine,
) -> Result<Option<BackfillProgress>, PageError> {
    Ok(engine.catalog().backfill_progress().await?)
}

/// Loads the rule errors, most frequent first.
pub(super) async fn load_rule_errors(engine: &Engine) -> Result<Vec<RuleErrorModel>, PageError> {
    let mut rows = engine.catalog().list_rule_errors().await?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.count));
    Ok(rows.into_iter().map(RuleErrorModel::from).collect())
}
