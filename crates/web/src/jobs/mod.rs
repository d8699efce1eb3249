//! Background jobs that can be watched and cancelled: plans, verifications, bulk actions.

pub(crate) mod work;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use accolade::Cancellation;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::auth::request_id;
use crate::problem::Problem;

/// Maximum number of jobs to remember; the oldest finished ones are dropped first.
const KEPT: usize = 50;

/// Registry of running and finished jobs.
///
/// It lives in memory, so a restart forgets it. That is safe, because every job writes whole
/// transactions.
pub(crate) struct Jobs {
    limit: usize,
    all: Mutex<BTreeMap<String, Arc<Job>>>,
}

/// Job that runs in the background.
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) by: String,
    // Ids are random, so a running number provides the order.
    number: u64,
    cancellation: Cancellation,
    state: watch::Sender<State>,
}

/// Progress and result of a background job.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = JobState)]
pub(crate) struct State {
    /// Phase of the job.
    pub phase: Phase,
    /// Number of completed steps.
    pub done: u64,
    /// Total number of steps.
    pub total: u64,
    /// Result of a completed job.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub result: Option<Arc<Value>>,
    /// Error of a failed job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// Phase of a background job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = JobPhase)]
pub(crate) enum Phase {
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
pub(crate) struct Handle(Arc<Job>);

impl Handle {
    /// Reports the progress of the job.
    pub(crate) fn progress(&self, done: u64, total: u64) {
        self.0
            .state
            .send_modify(|state| (state.done, state.total) = (done, total));
    }

    /// Returns a token that is cancelled together with the job.
    pub(crate) fn cancellation(&self) -> Cancellation {
        self.0.cancellation.clone()
    }
}

impl Job {
    /// Returns the current state.
    pub(crate) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// Waits until the job is finished, for at most `time`, and returns its state.
    pub(crate) async fn wait(&self, time: std::time::Duration) -> State {
        let mut state = self.state.subscribe();
        let over = state.wait_for(|state| state.phase != Phase::Running);
        let _ = tokio::time::timeout(time, over).await;
        self.state()
    }

    /// Requests cancellation. The job stops at its next check.
    pub(crate) fn cancel(&self) {
        self.cancellation.cancel();
    }
}

impl Jobs {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            all: Mutex::default(),
        }
    }

    /// Starts a job in the background.
    pub(crate) fn begin<F>(
        &self,
        kind: &'static str,
        by: &str,
        work: impl FnOnce(Handle) -> F,
    ) -> Result<Arc<Job>, Problem>
    where
        F: Future<Output = Result<Value, Problem>> + Send + 'static,
    {
        let job = self.enter(kind, by)?;
        let work = work(Handle(Arc::clone(&job)));
        let doing = Arc::clone(&job);
        tokio::spawn(async move {
            let done = work.await;
            doing.state.send_modify(|state| match done {
                Ok(result) => (state.phase, state.result) = (Phase::Done, Some(Arc::new(result))),
                // A cancelled job fails with some error, which is not worth reporting.
                Err(_) if doing.cancellation.is_cancelled() => state.phase = Phase::Cancelled,
                Err(problem) => (state.phase, state.problem) = (Phase::Failed, Some(problem)),
            });
        });
        Ok(job)
    }

    /// Finds a job by id.
    pub(crate) fn get(&self, id: &str) -> Option<Arc<Job>> {
        self.lock().get(id).cloned()
    }

    /// Lists all remembered jobs, newest first.
    pub(crate) fn list(&self) -> Vec<Arc<Job>> {
        let mut all: Vec<_> = self.lock().values().cloned().collect();
        all.sort_by_key(|job| std::cmp::Reverse(job.number));
        all
    }

    fn enter(&self, kind: &'static str, by: &str) -> Result<Arc<Job>, Problem> {
        // Held from the check to the insertion; otherwise parallel requests could exceed the limit.
        let mut all = self.lock();
        let is_running = |job: &Arc<Job>| job.state.borrow().phase == Phase::Running;
        if all.values().filter(|job| is_running(job)).count() >= self.limit {
            let detail = format!(
                "{} background jobs are already running; cancel one, or retry later",
                self.limit
            );
            return Err(Problem::unavailable("busy", detail));
        }
        let number = all
            .values()
            .map(|job| job.number + 1)
            .max()
            .unwrap_or_default();
        let job = Arc::new(Job {
            id: request_id(),
            kind,
            by: by.to_owned(),
            number,
            cancellation: Cancellation::new(),
            state: watch::Sender::default(),
        });
        all.insert(job.id.clone(), Arc::clone(&job));
        while all.len() > KEPT {
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

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<Job>>> {
        // A panic cannot leave the map inconsistent, so a poisoned lock remains usable.
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
