//! Pages of background jobs: progress, result and cancellation.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::Path;
use serde::Serialize;
use serde_json::Value;

use super::links;
use super::links::actor_label;
use super::notice::Notice;
use super::page::{AdminPage, AdminRequest, PageError, PageResult};
use crate::jobs::{BackgroundJob, JobKind, JobPhase};
use crate::problem::Problem;

/// Page of a background job.
#[derive(Serialize)]
pub(super) struct JobPage {
    pub(super) job: JobLine,
    pub(super) result: Option<Arc<Value>>,
    /// Error message of a failed job; empty otherwise.
    pub(super) error: String,
}

/// Summary of a background job.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct JobLine {
    pub(super) id: String,
    pub(super) kind: &'static str,
    /// Display name of the kind.
    pub(super) title: &'static str,
    /// Name of the administrator who started it.
    pub(super) started_by: String,
    pub(super) phase: JobPhase,
    pub(super) done: u64,
    pub(super) total: u64,
    /// Path of its page. Previews have their own.
    pub(super) path: String,
}

impl AdminPage for JobPage {
    const TEMPLATE: &'static str = "admin/job.html";
    const SECTION: &'static str = "health";

    fn list_players(&self) -> BTreeSet<String> {
        let result = self.result.as_deref();
        let lists = ["players", "differences", "remaining"];
        let listed = lists.iter().filter_map(|list| result?[*list].as_array());
        let ids = listed.flatten().filter_map(|one| one["player"].as_str());
        ids.map(str::to_owned).collect()
    }
}

impl JobLine {
    /// Summarizes the current state of a job.
    pub(super) fn from_job(job: &BackgroundJob) -> Self {
        let state = job.current_state();
        let title = match job.kind {
            JobKind::Plan => "Catalog preview",
            JobKind::Publish => "Catalog publication",
            JobKind::Verify => "Data verification",
            JobKind::Repair => "Data repair",
            JobKind::Award => "Award to several players",
            JobKind::UndoAward => "Undo of an award to several players",
        };
        let path = match job.kind {
            JobKind::Plan => format!("/admin/catalog/previews/{}", job.id),
            _ => links::job_path(&job.id),
        };
        let (id, kind, by) = (
            job.id.clone(),
            job.kind.as_str(),
            actor_label(&job.started_by),
        );
        Self {
            id,
            kind,
            title,
            started_by: by,
            phase: state.phase,
            done: state.done,
            total: state.total,
            path,
        }
    }
}

/// `GET /admin/jobs/{job}`
pub(super) async fn show_job_page(visit: AdminRequest, Path(id): Path<String>) -> PageResult {
    let job = find_job(&visit, &id)?;
    render_job_page(&visit, &job).await
}

/// Renders the page of a job.
pub(super) async fn render_job_page(visit: &AdminRequest, job: &BackgroundJob) -> PageResult {
    let state = job.current_state();
    let error = state
        .problem
        .map(|problem| problem.detail().to_owned())
        .unwrap_or_default();
    visit
        .render_page(&JobPage {
            job: JobLine::from_job(job),
            result: state.result,
            error,
        })
        .await
}

/// `POST /admin/jobs/{job}/cancel`
pub(super) async fn cancel_job(visit: AdminRequest, Path(id): Path<String>) -> PageResult {
    let job = find_job(&visit, &id)?;
    job.request_cancellation();
    visit.redirect_with_notice(&JobLine::from_job(&job).path, Notice::Cancelling)
}

/// Lists the jobs about an object, newest first.
pub(super) fn list_jobs_about(visit: &AdminRequest, subject: &str) -> Vec<JobLine> {
    let jobs = visit.app().jobs.list_jobs();
    let jobs = jobs.iter().filter(|job| job.subject == subject);
    jobs.map(|job| JobLine::from_job(job)).collect()
}

/// Finds a job by id.
pub(super) fn find_job(visit: &AdminRequest, id: &str) -> Result<Arc<BackgroundJob>, PageError> {
    let gone = || {
        Problem::resource_not_found(format!(
            "job `{id}` not found; only recent jobs are kept, and a restart removes all of them"
        ))
    };
    visit.app().jobs.get(id).ok_or_else(|| PageError(gone()))
}
