//! How the service and its database are.

use accolade::{Engine, SweepProgress};
use serde::Serialize;

use super::jobs::JobLine;
use super::links;
use super::page::{Answer, Page, Trouble, Visit};
use crate::jobs::work;

/// How the service is.
#[derive(Default, Serialize)]
pub(super) struct HealthPage {
    /// Where the data is.
    pub(super) location: String,
    pub(super) schema: i64,
    /// The version of the catalog in force.
    pub(super) catalog: i64,
    /// The sweep after a publication, if one is under way.
    pub(super) sweep: Option<SweepProgress>,
    pub(super) errors: Vec<RuleError>,
    /// Live streams that are open.
    pub(super) streams: i64,
    pub(super) jobs: Vec<JobLine>,
}

/// A rule that could not be evaluated.
#[derive(Serialize)]
pub(super) struct RuleError {
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) count: u64,
    /// What the latest said.
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
        jobs: app.jobs.list().iter().map(|job| JobLine::of(job)).collect(),
    };
    visit.show(&page)
}

/// `POST /admin/health/verify`
pub(super) async fn verify(visit: Visit) -> Answer {
    let begun = work::verify(visit.app(), &visit.administrator.actor());
    visit.go(&links::job(&begun?.id))
}

/// `POST /admin/health/repair`
pub(super) async fn repair(visit: Visit) -> Answer {
    let begun = work::repair(visit.app(), &visit.administrator.actor());
    visit.go(&links::job(&begun?.id))
}

/// The sweep that is under way.
pub(super) async fn sweep(engine: &Engine) -> Result<Option<SweepProgress>, Trouble> {
    Ok(engine
        .read(|reader| SweepProgress::under_way(reader))
        .await?)
}

/// The rules that could not be evaluated, the most frequent first.
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
