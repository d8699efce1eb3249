//! Background jobs: start, watch and cancel.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::extract::{PathParams, QueryParams};
use crate::auth::{Caller, KeyScope};
use crate::jobs::{BackgroundJob, JobKind, JobPhase, JobState, tasks};
use crate::models::{
    AwardJobResult, List, PlanResult, PublicationModel, RepairResult, VerificationResult,
};
use crate::problem::Problem;
use crate::state::AppState;

/// Maximum time that a request may wait for a job, in seconds.
// Below the default of `server.request_seconds`, which would end the request with an error.
const MAX_WAIT_SECONDS: u64 = 20;

/// Job that runs in the background. Its `kind` determines its `result`.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[schema(as = Job)]
pub(crate) enum JobModel {
    /// Plan of a publication.
    Plan(JobFields<PlanResult>),
    /// Publication of a catalog.
    Publish(JobFields<PublicationModel>),
    /// Verification of the database.
    Verify(JobFields<VerificationResult>),
    /// Repair of the database.
    Repair(JobFields<RepairResult>),
    /// Award of a badge to several players, started in the administration.
    Award(JobFields<AwardJobResult>),
    /// Undo of an award to several players, started in the administration.
    UndoAward(JobFields<AwardJobResult>),
}

/// Fields of a background job.
#[derive(Serialize, ToSchema)]
#[serde(bound = "")]
pub(crate) struct JobFields<R> {
    /// Id of the job.
    id: String,
    /// Actor that started the job.
    started_by: String,
    /// Phase of the job.
    phase: JobPhase,
    /// Number of completed steps.
    done: u64,
    /// Total number of steps.
    total: u64,
    /// Result of a completed job. Null otherwise, and in lists.
    #[schema(value_type = Option<R>)]
    result: Option<Arc<Value>>,
    /// Error of a failed job. Null otherwise.
    problem: Option<Problem>,
    #[serde(skip)]
    #[schema(ignore)]
    marker: PhantomData<R>,
}

impl<R> JobFields<R> {
    fn new(job: &BackgroundJob, state: JobState) -> Self {
        Self {
            id: job.id.clone(),
            started_by: job.started_by.clone(),
            phase: state.phase,
            done: state.done,
            total: state.total,
            result: state.result,
            problem: state.problem,
            marker: PhantomData,
        }
    }
}

impl JobModel {
    fn from_state(job: &BackgroundJob, state: JobState) -> Self {
        match job.kind {
            JobKind::Plan => Self::Plan(JobFields::new(job, state)),
            JobKind::Publish => Self::Publish(JobFields::new(job, state)),
            JobKind::Verify => Self::Verify(JobFields::new(job, state)),
            JobKind::Repair => Self::Repair(JobFields::new(job, state)),
            JobKind::Award => Self::Award(JobFields::new(job, state)),
            JobKind::UndoAward => Self::UndoAward(JobFields::new(job, state)),
        }
    }
}

impl From<&Arc<BackgroundJob>> for JobModel {
    fn from(job: &Arc<BackgroundJob>) -> Self {
        Self::from_state(job, job.current_state())
    }
}

impl From<Arc<BackgroundJob>> for JobModel {
    /// Converts a job without its result, which may be large.
    fn from(job: Arc<BackgroundJob>) -> Self {
        let state = JobState {
            result: None,
            ..job.current_state()
        };
        Self::from_state(&job, state)
    }
}

/// Response for a started job: 202 with its URL in `Location`.
pub(crate) struct StartedJob {
    location: String,
    job: JobModel,
}

impl StartedJob {
    pub(crate) fn new(app: &AppState, job: &Arc<BackgroundJob>) -> Self {
        Self {
            location: format!("{}/v1/jobs/{}", app.path_prefix(), job.id),
            job: job.into(),
        }
    }
}

impl IntoResponse for StartedJob {
    fn into_response(self) -> Response {
        (
            StatusCode::ACCEPTED,
            [(header::LOCATION, self.location)],
            Json(self.job),
        )
            .into_response()
    }
}

/// List background jobs.
///
/// Newest first, without results. Jobs are kept in memory: a restart forgets them. Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/jobs", tag = "jobs", operation_id = "list_jobs",
    responses((status = 200, description = "Running and recent jobs", body = List<JobModel>)),
)]
pub(crate) async fn list_jobs(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<Json<List<JobModel>>, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    Ok(Json(List::single_page(app.jobs.list_jobs())))
}

/// Query parameter of long polling.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WaitQuery {
    /// Time to wait for the end of the job, in seconds.
    #[param(minimum = 0, maximum = 20)]
    wait: Option<u64>,
}

/// Get a background job.
///
/// With `wait`, the response is delayed until the job ends or the time is over. Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/jobs/{job}", tag = "jobs", operation_id = "get_job",
    params(("job" = String, Path, description = "Job id"), WaitQuery),
    responses((status = 200, description = "The job", body = JobModel)),
)]
pub(crate) async fn get_job(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(job): PathParams<String>,
    QueryParams(waiting): QueryParams<WaitQuery>,
) -> Result<Json<JobModel>, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    let wait = waiting.wait.unwrap_or(0);
    if wait > MAX_WAIT_SECONDS {
        return Err(Problem::bad_request(format!(
            "invalid wait {wait}; use 0 to {MAX_WAIT_SECONDS}"
        )));
    }
    let job = find_job(&app, &job)?;
    job.wait_until_finished(Duration::from_secs(wait)).await;
    Ok(Json(JobModel::from(&job)))
}

/// Cancel a background job.
///
/// The job stops soon. Changes that it has committed remain. Scope: `admin`.
#[utoipa::path(
    delete, path = "/v1/jobs/{job}", tag = "jobs", operation_id = "cancel_job",
    params(("job" = String, Path, description = "Job id")),
    responses((status = 202, description = "Cancellation was requested", body = JobModel)),
)]
pub(crate) async fn cancel_job(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(job): PathParams<String>,
) -> Result<(StatusCode, Json<JobModel>), Problem> {
    caller.require_scope(KeyScope::Admin)?;
    let job = find_job(&app, &job)?;
    job.request_cancellation();
    Ok((StatusCode::ACCEPTED, Json(JobModel::from(&job))))
}

/// Verify the database.
///
/// Recomputes every player and compares the result with the stored data. Read-only. Runs as a
/// background job: poll `Location`. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/verifications", tag = "jobs", operation_id = "start_verification",
    responses((status = 202, description = "The job was started", body = JobModel,
        headers(("Location" = String, description = "URL of the job")))),
)]
pub(crate) async fn start_verification(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<StartedJob, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    let job = tasks::start_verification(&app, &caller.actor_name())?;
    Ok(StartedJob::new(&app, &job))
}

/// Repair the database.
///
/// Fixes the differences that a verification finds by rewriting derived data. Events are never
/// modified. Runs as a background job: poll `Location`. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/repairs", tag = "jobs", operation_id = "start_repair",
    responses((status = 202, description = "The job was started", body = JobModel,
        headers(("Location" = String, description = "URL of the job")))),
)]
pub(crate) async fn start_repair(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<StartedJob, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    let job = tasks::start_repair(&app, &caller.actor_name())?;
    Ok(StartedJob::new(&app, &job))
}

fn find_job(app: &AppState, id: &str) -> Result<Arc<BackgroundJob>, Problem> {
    app.jobs.get(id).ok_or_else(|| {
        Problem::resource_not_found(format!("job `{id}` not found; a restart drops all jobs"))
    })
}
