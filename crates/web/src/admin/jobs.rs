//! Long work: how far it is, what came of it, and stopping it.

use std::sync::Arc;

use axum::extract::Path;
use serde::Serialize;
use serde_json::Value;

use super::links;
use super::notice::Notice;
use super::page::{Answer, Page, Trouble, Visit};
use crate::jobs::{Job, Phase};
use crate::problem::Problem;

/// A piece of long work.
#[derive(Serialize)]
pub(super) struct JobPage {
    pub(super) job: JobLine,
    /// What came of it.
    pub(super) result: Option<Arc<Value>>,
    /// Why it failed.
    pub(super) error: String,
}

/// A piece of long work, in a list.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct JobLine {
    pub(super) id: String,
    pub(super) kind: &'static str,
    /// What it does, in words.
    pub(super) title: &'static str,
    pub(super) by: String,
    pub(super) phase: Phase,
    pub(super) done: u64,
    pub(super) total: u64,
    /// Where its page is: a preview has one of its own.
    pub(super) path: String,
}

impl Page for JobPage {
    const TEMPLATE: &'static str = "admin/job.html";
    const SECTION: &'static str = "health";
}

impl JobLine {
    /// A piece of work as it is now.
    pub(super) fn of(job: &Job) -> Self {
        let state = job.state();
        let title = match job.kind {
            "plan" => "Preview of a catalog",
            "publish" => "Publication",
            "verify" => "Verification",
            "repair" => "Repair",
            "award" => "Award to a list",
            other => other,
        };
        let path = match job.kind {
            "plan" => format!("/admin/catalog/previews/{}", job.id),
            _ => links::job(&job.id),
        };
        let (id, kind, by) = (job.id.clone(), job.kind, job.by.clone());
        Self {
            id,
            kind,
            title,
            by,
            phase: state.phase,
            done: state.done,
            total: state.total,
            path,
        }
    }
}

/// `GET /admin/jobs/{job}`
pub(super) async fn get(visit: Visit, Path(id): Path<String>) -> Answer {
    let job = find(&visit, &id)?;
    show(&visit, &job)
}

/// The page of a job.
pub(super) fn show(visit: &Visit, job: &Job) -> Answer {
    let state = job.state();
    let error = state
        .problem
        .map(|problem| problem.detail().to_owned())
        .unwrap_or_default();
    visit.show(&JobPage {
        job: JobLine::of(job),
        result: state.result,
        error,
    })
}

/// `POST /admin/jobs/{job}/cancel`
pub(super) async fn cancel(visit: Visit, Path(id): Path<String>) -> Answer {
    let job = find(&visit, &id)?;
    job.cancel();
    visit.done(&JobLine::of(&job).path, Notice::Cancelling)
}

/// The job of an id.
pub(super) fn find(visit: &Visit, id: &str) -> Result<Arc<Job>, Trouble> {
    let gone = || {
        Problem::unknown(
            "there is no such work any more; a restart forgets it, and the oldest goes first",
        )
    };
    visit.app().jobs.get(id).ok_or_else(|| Trouble(gone()))
}
