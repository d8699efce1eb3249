//! Background jobs that can be watched and cancelled: plans, verifications, bulk actions.

pub(crate) mod tasks;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use accolade::CancellationToken;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::auth::random_id;
use crate::problem::Problem;

/// Maximum number of jobs to remember; the oldest finished ones are dropped first.
const MAX_REMEMBERED: usize = 50;

/// Registry of running and finished jobs.
///
/// It lives in memory, so a restart forgets it. That is safe, because every job writes whole
/// transactions.
pub(crate) struct JobRegistry {
    limit: usize,
    jobs: Mutex<BTreeMap<String, Arc<BackgroundJob>>>,
}

/// Job that runs in the background.
pub(crate) struct BackgroundJob {
    pub(crate) id: String,
    pub(crate) kind: JobKind,
    pub(crate) started_by: String,
    /// Id of the object that the job is about; empty for none.
    pub(crate) subject: String,
    // Ids are random, so a running number provides the order.
    number: u64,
    cancellation: CancellationToken,
    state: watch::Sender<JobState>,
}

/// Kind of a background job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobKind {
    /// Plan of a publication.
    Plan,
    /// Publication of a catalog.
    Publish,
    /// Verification of the database.
    Verify,
    /// Repair of the database.
    Repair,
    /// Award of a badge to several players.
    Award,
    /// Undo of an award to several players.
    UndoAward,
}

impl JobKind {
    /// Returns the name in JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Publish => "publish",
            Self::Verify => "verify",
            Self::Repair => "repair",
            Self::Award => "award",
            Self::UndoAward => "undo-award",
        }
    }
}

/// Progress and result of a background job.
#[derive(Debug, Clone, Default)]
pub(crate) struct JobState {
    /// Phase of the job.
    pub phase: JobPhase,
    /// Number of completed steps.
    pub done: u64,
    /// Total number of steps.
    pub total: u64,
    /// Result of a completed job.
    pub result: Option<Arc<Value>>,
    /// Error of a failed job.
    pub problem: Option<Problem>,
}

/// Phase of a background job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = JobPhase)]
pub(crate) enum JobPhase {
    /// The job is running.
    #[default]
    Running,
    /// The job completed; `result` is set.
    Done,
    /// The job failed; `problem` is set.
    Failed,
    /// The job was cancelled. Changes that it had committed before remain.
    Cancelled,
}

/// Handle with which a job reports progress and notices cancellation.
#[derive(Clone)]
pub(crate) struct JobHandle(Arc<BackgroundJob>);

impl JobHandle {
    /// Reports the progress of the job.
    pub(crate) fn report_progress(&self, done: u64, total: u64) {
        self.0
            .state
            .send_modify(|state| (state.done, state.total) = (done, total));
    }

    /// Returns a token that is cancelled together with the job.
    pub(crate) fn cancellation_token(&self) -> CancellationToken {
        self.0.cancellation.clone()
    }
}

impl BackgroundJob {
    /// Returns the current state.
    pub(crate) fn current_state(&self) -> JobState {
        self.state.borrow().clone()
    }

    /// Waits until the job is finished, for at most `time`, and returns its state.
    pub(crate) async fn wait_until_finished(&self, time: std::time::Duration) -> JobState {
        let mut state = self.state.subscribe();
        let over = state.wait_for(|state| state.phase != JobPhase::Running);
        // A timeout is not an error: the state then says that the job is running.
        let _ = tokio::time::timeout(time, over).await;
        self.current_state()
    }

    /// Requests cancellation. The job stops at its next check.
    pub(crate) fn request_cancellation(&self) {
        self.cancellation.cancel();
    }
}

impl JobRegistry {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            jobs: Mutex::default(),
        }
    }

    /// Starts a job in the background.
    pub(crate) fn start_job<F>(
        &self,
        kind: JobKind,
        by: &str,
        work: impl FnOnce(JobHandle) -> F,
    ) -> Result<Arc<BackgroundJob>, Problem>
    where
        F: Future<Output = Result<Value, Problem>> + Send + 'static,
    {
        self.start_job_about(kind, "", by, work)
    }

    /// Starts a job about an object, such as a badge.
    pub(crate) fn start_job_about<F>(
        &self,
        kind: JobKind,
        subject: &str,
        by: &str,
        work: impl FnOnce(JobHandle) -> F,
    ) -> Result<Arc<BackgroundJob>, Problem>
    where
        F: Future<Output = Result<Value, Problem>> + Send + 'static,
    {
        let job = self.register_job(kind, subject, by)?;
        let work = work(JobHandle(Arc::clone(&job)));
        let doing = Arc::clone(&job);
        // Detached from the request, which can end earlier.
        tokio::spawn(async move {
            // On a task of its own, because a panic must not leave the job running forever.
            let done = tokio::spawn(work)
                .await
                .unwrap_or_else(|error| Err(Problem::internal_error(&error)));
            doing.state.send_modify(|state| match done {
                Ok(result) => {
                    (state.phase, state.result) = (JobPhase::Done, Some(Arc::new(result)))
                }
                // A cancelled job fails with some error, which is not worth reporting.
                Err(_) if doing.cancellation.is_cancelled() => state.phase = JobPhase::Cancelled,
                Err(problem) => (state.phase, state.problem) = (JobPhase::Failed, Some(problem)),
            });
        });
        Ok(job)
    }

    /// Finds a job by id.
    pub(crate) fn get(&self, id: &str) -> Option<Arc<BackgroundJob>> {
        self.lock_jobs().get(id).cloned()
    }

    /// Lists all remembered jobs, newest first.
    pub(crate) fn list_jobs(&self) -> Vec<Arc<BackgroundJob>> {
        let mut all: Vec<_> = self.lock_jobs().values().cloned().collect();
        all.sort_by_key(|job| std::cmp::Reverse(job.number));
        all
    }

    fn register_job(
        &self,
        kind: JobKind,
        subject: &str,
        by: &str,
    ) -> Result<Arc<BackgroundJob>, Problem> {
        // Held from the check to the insertion; otherwise parallel requests could exceed the limit.
        let mut all = self.lock_jobs();
        let is_running = |job: &Arc<BackgroundJob>| job.state.borrow().phase == JobPhase::Running;
        if all.values().filter(|job| is_running(job)).count() >= self.limit {
            let detail = format!(
                "{} background jobs are already running; cancel one, or retry later",
                self.limit
            );
            return Err(Problem::service_unavailable("busy", detail));
        }
        let number = all
            .values()
            .map(|job| job.number + 1)
            .max()
            .unwrap_or_default();
        let job = Arc::new(BackgroundJob {
            id: random_id(),
            kind,
            started_by: by.to_owned(),
            subject: subject.to_owned(),
            number,
            cancellation: CancellationToken::new(),
            state: watch::Sender::default(),
        });
        all.insert(job.id.clone(), Arc::clone(&job));
        // A running job is never dropped, because it could no longer be cancelled.
        while all.len() > MAX_REMEMBERED {
            let oldest = all
                .values()
                .filter(|job| !is_running(job))
                .min_by_key(|job| job.number);
            let Some(oldest) = oldest.map(|job| job.id.clone()) else {
                break;
            };
            all.remove(&oldest);
        }
        Ok(job)
    }

    fn lock_jobs(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<BackgroundJob>>> {
        // A panic cannot leave the map inconsistent, so a poisoned lock remains usable.
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_job_that_panics_fails_and_frees_its_place() {
        let registry = JobRegistry::new(1);
        let job = registry.start_job(JobKind::Plan, "tests", |_| async { panic!("a defect") });
        let job = job.unwrap();
        let state = job.wait_until_finished(Duration::from_secs(60)).await;
        assert_eq!(state.phase, JobPhase::Failed);
        let next = registry.start_job(JobKind::Plan, "tests", |_| async { Ok(Value::Null) });
        let next = next.unwrap();
        let state = next.wait_until_finished(Duration::from_secs(60)).await;
        assert_eq!(state.phase, JobPhase::Done);
    }
}
