//! Long work: how far it is, and stopping it.

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

/// Seconds that a request may wait for a job, at the most.
const WAIT: u64 = 20;

/// A piece of long work.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Job)]
pub(crate) struct JobView {
    /// Its id.
    id: String,
    /// `plan`, `verify` or what else it is.
    kind: &'static str,
    /// Who began it.
    by: String,
    /// How far it is.
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
    /// Without its result, which may be large.
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

/// The answer that a job was begun.
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

/// List long work.
///
/// Newest first, without results. It is kept in memory: a restart forgets it. Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/jobs", tag = "jobs", operation_id = "list_jobs",
    responses((status = 200, description = "What is under way or was done lately", body = List<JobView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<List<JobView>>, Problem> {
    caller.must(Scope::Admin)?;
    Ok(Json(List::whole(app.jobs.list())))
}

/// How long to wait.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Waiting {
    /// Seconds to wait for its end.
    #[param(minimum = 0, maximum = 20)]
    wait: Option<u64>,
}

/// Look at long work.
///
/// Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/jobs/{job}", tag = "jobs", operation_id = "get_job",
    params(("job" = String, Path, description = "Its id"), Waiting),
    responses((status = 200, description = "How far it is, and what came of it", body = JobView))
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
            "wait lies between 0 and {WAIT}"
        )));
    }
    let job = find(&app, &job)?;
    job.wait(Duration::from_secs(wait)).await;
    Ok(Json(JobView::from(&job)))
}

/// Cancel long work.
///
/// It stops at the next opportunity; what it has written by then stays. Scope: `admin`.
#[utoipa::path(
    delete, path = "/v1/jobs/{job}", tag = "jobs", operation_id = "cancel_job",
    params(("job" = String, Path, description = "Its id")),
    responses((status = 202, description = "It is told to stop", body = JobView))
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
/// Folds every player again and compares with all that is stored, as a job. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/verifications", tag = "jobs", operation_id = "verify",
    responses((status = 202, description = "It is being verified", body = JobView,
        headers(("Location" = String, description = "Where the job is"))))
)]
pub(crate) async fn verify(State(app): State<App>, caller: Caller) -> Result<Begun, Problem> {
    caller.must(Scope::Admin)?;
    let job = work::verify(&app, &caller.name())?;
    Ok(Begun::new(&app, &job))
}

/// Repair the database.
///
/// Mends what verifying finds, as a job: what is derived is written anew, and events are never touched. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/repairs", tag = "jobs", operation_id = "repair",
    responses((status = 202, description = "It is being repaired", body = JobView,
        headers(("Location" = String, description = "Where the job is"))))
)]
pub(crate) async fn repair(State(app): State<App>, caller: Caller) -> Result<Begun, Problem> {
    caller.must(Scope::Admin)?;
    let job = work::repair(&app, &caller.name())?;
    Ok(Begun::new(&app, &job))
}

fn find(app: &App, id: &str) -> Result<Arc<Job>, Problem> {
    app.jobs
        .get(id)
        .ok_or_else(|| Problem::unknown(format!("there is no job `{id}`, or it was forgotten")))
}
