//! Background jobs that both the API and the administration pages start.

use std::sync::Arc;
use std::time::Duration;

use accolade::{Catalog, PlanOptions, PlanProgress, PublishOptions, VerifyProgress};
use serde::Serialize;
use serde_json::Value;

use super::{Handle, Job};
use crate::problem::Problem;
use crate::site::App;

/// Maximum time that a request waits for a publication before it returns the running job.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Starts a verification of the database.
pub(crate) fn verify(app: &App, by: &str) -> Result<Arc<Job>, Problem> {
    let engine = app.engine.clone();
    app.jobs.begin("verify", by, move |handle| async move {
        result(
            &engine
                .verify_with(handle.cancellation(), looked_at(handle))
                .await?,
        )
    })
}

/// Starts a repair of the database.
pub(crate) fn repair(app: &App, by: &str) -> Result<Arc<Job>, Problem> {
    let engine = app.engine.on_behalf_of(by);
    app.jobs.begin("repair", by, move |handle| async move {
        result(
            &engine
                .repair_with(handle.cancellation(), looked_at(handle))
                .await?,
        )
    })
}

/// Starts to plan the publication of a catalog. `keep` converts the plan to the result of the job.
pub(crate) fn plan(
    app: &App,
    by: &str,
    catalog: Catalog,
    take_back: bool,
    keep: impl FnOnce(accolade::Plan) -> Result<Value, Problem> + Send + 'static,
) -> Result<Arc<Job>, Problem> {
    let engine = app.engine.clone();
    app.jobs.begin("plan", by, move |handle| async move {
        let planning = PlanOptions::default().cancelled_by(handle.cancellation());
        let planning = if take_back {
            planning.revoke()
        } else {
            planning
        };
        keep(engine.plan(catalog, planning, planned(handle)).await?)
    })
}

/// Starts to publish a catalog.
///
/// With a plan this can take a while, because every player is evaluated again to confirm the plan.
pub(crate) fn publish(
    app: &App,
    by: &str,
    catalog: Catalog,
    how: PublishOptions,
) -> Result<Arc<Job>, Problem> {
    let engine = app.engine.on_behalf_of(by);
    let how = how.by(by);
    app.jobs.begin("publish", by, move |handle| async move {
        let how = how.cancelled_by(handle.cancellation());
        result(&engine.publish_with(catalog, how, planned(handle)).await?)
    })
}

/// Serializes the result of a job.
pub(crate) fn result(result: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(result).map_err(|error| Problem::internal(&error))
}

fn looked_at(handle: Handle) -> impl FnMut(VerifyProgress) + Send + 'static {
    move |so_far| handle.progress(so_far.done, so_far.total)
}

fn planned(handle: Handle) -> impl FnMut(PlanProgress) + Send + 'static {
    move |so_far| handle.progress(so_far.done, so_far.total)
}
