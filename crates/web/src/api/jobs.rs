//! Background jobs: start, watch and cancel.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, At};
use super::wire::List;
use crate::auth::{Caller, Scope};
use crate::jobs::{Job, State as JobState, work};
use crate::problem::Problem;
use crate::site::App;

/// Maximum time that a request may wait for a job, in seconds.
const WAIT: u64 = 20;

/// Job that runs in the background.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Job)]
pub(crate) struct JobView {
    /// Id of the job.
    id: String,
    /// Kind of job, for example `plan`, `publish`, `verify` or `repair`.
    kind: &'static str,
    /// Actor that started the job.
    by: String,
    /// Progress and result.
    #[serde(flatten)]
    state: JobState,
}

impl From<&Arc<Job>> for JobView {
    fn from(job: &Arc<Job>) -> Self {
        Self {
            id: job.id.clone(),
            kind: job.kind,
            by: job.by.clone(),
            state: job.state(),
        }
    }
}

impl From<Arc<Job>> for JobView {
    /// Converts a job without its result, which may be large.
    fn from(job: Arc<Job>) -> Self {
        let view = Self::from(&job);
        Self {
            state: JobState {
                result: None,
                ..view.state
            },
            ..view
        }
    }
}

/// Response for a started job: 202 with its URL in `Location`.
pub(crate) struct Begun {
    place: String,
    view: JobView,
}

impl Begun {
    pub(crate) fn new(app: &App, job: &Arc<Job>) -> Self {
        Self {
            place: format!("{}/v1/jobs/{}", app.base(), job.id),
            view: job.into(),
        }
    }
}

impl IntoResponse for Begun {
    fn into_response(self) -> Response {
        (
            StatusCode::ACCEPTED,
            [(header::LOCATION, self.place)],
            Json(self.view),
        )
            .into_response()
    }
}

/// List background jobs.
///
/// Newest first, without results. Jobs are kept in memory: a restart forgets them. Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/jobs", tag = "jobs", operation_id = "list_jobs",
    responses((status = 200, description = "Running and recent jobs", body = List<JobView>)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<List<JobView>>, Problem> {
    caller.must(Scope::Admin)?;
    Ok(Json(List::whole(app.jobs.list())))
}

/// Query parameter of long polling.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Waiting {
    /// Time to wait for the end of the job, in seconds.
    #[param(minimum = 0, maximum = 20)]
    wait: Option<u64>,
}

/// Get a background job.
///
/// With `wait`, the response is delayed until the job ends or the time is over. Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/jobs/{job}", tag = "jobs", operation_id = "get_job",
    params(("job" = String, Path, description = "Job id"), Waiting),
    responses((status = 200, description = "The job", body = JobView)),
)]
pub(crate) async fn one(
    State(app): State<App>,
    caller: Caller,
    At(job): At<String>,
    Asked(waiting): Asked<Waiting>,
) -> Result<Json<JobView>, Problem> {
    caller.must(Scope::Admin)?;
    let wait = waiting.wait.unwrap_or(0);
    if wait > WAIT {
        return Err(Problem::malformed(format!(
            "invalid wait {wait}; use 0 to {WAIT}"
        )));
    }
    let job = find(&app, &job)?;
    job.wait(Duration::from_secs(wait)).await;
    Ok(Json(JobView::from(&job)))
}

/// Cancel a background job.
///
/// The job stops soon. Changes that it has committed remain. Scope: `admin`.
#[utoipa::path(
    delete, path = "/v1/jobs/{job}", tag = "jobs", operation_id = "cancel_job",
    params(("job" = String, Path, description = "Job id")),
    responses((status = 202, description = "Cancellation was requested", body = JobView)),
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    caller: Caller,
    At(job): At<String>,
) -> Result<(StatusCode, Json<JobView>), Problem> {
    caller.must(Scope::Admin)?;
    let job = find(&app, &job)?;
    job.cancel();
    Ok((StatusCode::ACCEPTED, Json(JobView::from(&job))))
}

/// Verify the database.
///
/// Recomputes every player and compares the result with the stored data. Read-only. Runs as a
/// background job: poll `Location`. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/verifications", tag = "jobs", operation_id = "start_verification",
    responses((status = 202, description = "The job was started", body = JobView,
        headers(("Location" = String, description = "URL of the job")))),
)]
pub(crate) async fn verify(State(app): State<App>, caller: Caller) -> Result<Begun, Problem> {
    caller.must(Scope::Admin)?;
    let job = work::verify(&app, &caller.name())?;
    Ok(Begun::new(&app, &job))
}

/// Repair the database.
///
/// Fixes the differences that a verification finds by rewriting derived data. Events are never
/// modified. Runs as a background job: poll `Location`. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/repairs", tag = "jobs", operation_id = "start_repair",
    responses((status = 202, description = "The job was started", body = JobView,
        headers(("Location" = String, description = "URL of the job")))),
)]
pub(crate) async fn repair(State(app): State<App>, caller: Caller) -> Result<Begun, Problem> {
    caller.must(Scope::Admin)?;
    let job = work::repair(&app, &caller.name())?;
    Ok(Begun::new(&app, &job))
}

fn find(app: &App, id: &str) -> Result<Arc<Job>, Problem> {
    app.jobs
        .get(id)
        .ok_or_else(|| Problem::unknown(format!("job `{id}` not found; a restart drops all jobs")))
}
