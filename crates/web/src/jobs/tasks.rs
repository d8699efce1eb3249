//! Background jobs that both the API and the administration pages start.

use std::sync::Arc;
use std::time::Duration;

use crate::auth::audit;
use crate::models::PublicationModel;
use accolade::{Catalog, Engine, PlanOptions, PlanProgress, PublishOptions, VerifyProgress};
use serde::Serialize;
use serde_json::Value;

use super::{BackgroundJob, JobHandle, JobKind};
use crate::problem::Problem;
use crate::state::AppState;

/// Maximum time that a request waits for a publication before it returns the running job.
// Below the default of `server.request_seconds`, which would end the request with an error.
pub(crate) const PUBLISH_WAIT: Duration = Duration::from_secs(10);

/// Starts a verification of the database.
pub(crate) fn start_verification(app: &AppState, by: &str) -> Result<Arc<BackgroundJob>, Problem> {
    let engine = app.engine.on_behalf_of(by);
    app.jobs
        .start_job(JobKind::Verify, by, move |handle| async move {
            record_start(&engine, "database.verify").await;
            serialize_result(
                &engine
                    .maintenance()
                    .verify_with(handle.cancellation_token(), verification_progress(handle))
                    .await?,
            )
        })
}

/// Starts a repair of the database.
pub(crate) fn start_repair(app: &AppState, by: &str) -> Result<Arc<BackgroundJob>, Problem> {
    let engine = app.engine.on_behalf_of(by);
    app.jobs
        .start_job(JobKind::Repair, by, move |handle| async move {
            record_start(&engine, "database.repair").await;
            serialize_result(
                &engine
                    .maintenance()
                    .repair_with(handle.cancellation_token(), verification_progress(handle))
                    .await?,
            )
        })
}

/// Records the start of a job in the audit log.
async fn record_start(engine: &Engine, action: &'static str) {
    // A damaged database may not be writable, and must be verified nevertheless.
    if let Err(error) = audit::record_action(engine, action).await {
        tracing::warn!(%error, action, "audit entry not written");
    }
}

/// Starts to plan the publication of a catalog. `keep` converts the plan to the result of the job.
pub(crate) fn start_plan(
    app: &AppState,
    by: &str,
    catalog: Catalog,
    take_back: bool,
    keep: impl FnOnce(accolade::Plan) -> Result<Value, Problem> + Send + 'static,
) -> Result<Arc<BackgroundJob>, Problem> {
    let engine = app.engine.clone();
    app.jobs
        .start_job(JobKind::Plan, by, move |handle| async move {
            let planning = PlanOptions::default().cancelled_by(handle.cancellation_token());
            let planning = if take_back {
                planning.revoke()
            } else {
                planning
            };
            keep(
                engine
                    .catalog()
                    .plan(catalog, planning, plan_progress(handle))
                    .await?,
            )
        })
}

/// Starts to publish a catalog.
///
/// With a plan this can take a while, because every player is evaluated again to confirm the plan.
pub(crate) fn start_publication(
    app: &AppState,
    by: &str,
    catalog: Catalog,
    how: PublishOptions,
) -> Result<Arc<BackgroundJob>, Problem> {
    let engine = app.engine.on_behalf_of(by);
    // Stored with the version, and not only in the audit log.
    let how = how.by(by);
    app.jobs
        .start_job(JobKind::Publish, by, move |handle| async move {
            let how = how.cancelled_by(handle.cancellation_token());
            let published = engine
                .catalog()
                .publish_with_progress(catalog, how, plan_progress(handle))
                .await?;
            serialize_result(&PublicationModel::from(published))
        })
}

/// Serializes the result of a job.
pub(crate) fn serialize_result(result: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(result).map_err(|error| Problem::internal_error(&error))
}

fn verification_progress(handle: JobHandle) -> impl FnMut(VerifyProgress) + Send + 'static {
    move |so_far| handle.report_progress(so_far.done, so_far.total)
}

fn plan_progress(handle: JobHandle) -> impl FnMut(PlanProgress) + Send + 'static {
    move |so_far| handle.report_progress(so_far.done, so_far.total)
}
