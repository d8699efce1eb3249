//! Health page: database, backfill, rule errors and background jobs.

use accolade::{Engine, SweepProgress};
use serde::Serialize;

use super::jobs::JobLine;
use super::links;
use super::page::{Answer, Page, Trouble, Visit};
use crate::jobs::work;

/// Health page.
#[derive(Default, Serialize)]
pub(super) struct HealthPage {
    /// Database URL.
    pub(super) location: String,
    pub(super) schema: i64,
    /// Published catalog version.
    pub(super) catalog: i64,
    /// Progress of the running backfill, if there is one.
    pub(super) sweep: Option<SweepProgress>,
    pub(super) errors: Vec<RuleError>,
    /// Number of open live streams.
    pub(super) streams: i64,
    pub(super) jobs: Vec<JobLine>,
}

/// Table row of a rule whose evaluation failed.
#[derive(Serialize)]
pub(super) struct RuleError {
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) count: u64,
    /// Latest error message.
    pub(super) message: String,
    pub(super) player: String,
    pub(super) event: String,
}

impl Page for HealthPage {
    const TEMPLATE: &'static str = "admin/health.html";
    const SECTION: &'static str = "health";
}

/// `GET /admin/health`
pub(super) async fn get(visit: Visit) -> Answer {
    let app = visit.app();
    let engine = &app.engine;
    let page = HealthPage {
        location: engine.location().to_owned(),
        schema: engine.read(|reader| reader.schema_version()).await?,
        catalog: engine.catalog_version(),
        sweep: sweep(engine).await?,
        errors: errors(engine).await?,
        streams: app.metrics.streams.get(),
        jobs: app
            .jobs
            .list_jobs()
            .iter()
            .map(|job| JobLine::of(job))
            .collect(),
    };
    visit.show(&page)
}

/// `POST /admin/health/verify`
pub(super) async fn verify(visit: Visit) -> Answer {
    let begun = work::start_verification(visit.app(), &visit.administrator.actor_name());
    visit.go(&links::job(&begun?.id))
}

/// `POST /admin/health/repair`
pub(super) async fn repair(visit: Visit) -> Answer {
    let begun = work::start_repair(visit.app(), &visit.administrator.actor_name());
    visit.go(&links::job(&begun?.id))
}

/// Loads the progress of the running backfill, if there is one.
pub(super) async fn sweep(engine: &Engine) -> Result<Option<SweepProgress>, Trouble> {
    Ok(engine
        .read(|reader| SweepProgress::under_way(reader))
        .await?)
}

/// Loads the rule errors, most frequent first.
pub(super) async fn errors(engine: &Engine) -> Result<Vec<RuleError>, Trouble> {
    let mut rows = engine.rule_errors().await?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.count));
    let error = |row: accolade::store::RuleErrorRow| {
        let accolade::store::RuleErrorRow {
            kind,
            id,
            count,
            message,
            player,
            event,
        } = row;
        RuleError {
            kind,
            id,
            count,
            message,
            player,
            event,
        }
    };
    Ok(rows.into_iter().map(error).collect())
}
