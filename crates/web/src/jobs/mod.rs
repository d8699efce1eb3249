//! Long work, which people watch and may cancel: plans, verifying, acts on many players.

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

/// Finished work whose results are kept; the oldest go first.
const KEPT: usize = 50;

/// What is under way, and what came of what is done. It is kept in memory: a restart forgets it, and nothing is half done
/// then, because every job writes whole transactions or nothing.
pub(crate) struct Jobs {
    limit: usize,
    all: Mutex<BTreeMap<String, Arc<Job>>>,
}

/// A piece of long work.
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) by: String,
    number: u64,
    cancellation: Cancellation,
    state: watch::Sender<State>,
}

/// How far a job is.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct State {
    /// Where it is.
    pub phase: Phase,
    /// Steps done.
    pub done: u64,
    /// Steps in all.
    pub total: u64,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub result: Option<Arc<Value>>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Phase {
    /// At work.
    #[default]
    Running,
    /// Done; there is a result.
    Done,
    /// Failed; there is a problem.
    Failed,
    /// Cancelled; what was done by then stays done.
    Cancelled,
}

/// What a job uses to tell how far it is, and to learn that it is to stop.
#[derive(Clone)]
pub(crate) struct Handle(Arc<Job>);

impl Handle {
    /// Tells how far it is.
    pub(crate) fn progress(&self, done: u64, total: u64) {
        self.0
            .state
            .send_modify(|state| (state.done, state.total) = (done, total));
    }

    /// Becomes cancelled when somebody cancels the job.
    pub(crate) fn cancellation(&self) -> Cancellation {
        self.0.cancellation.clone()
    }
}

impl Job {
    /// How far it is now.
    pub(crate) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// Waits until it is over, for some time at the most.
    pub(crate) async fn wait(&self, time: std::time::Duration) -> State {
        let mut state = self.state.subscribe();
        let over = state.wait_for(|state| state.phase != Phase::Running);
        let _ = tokio::time::timeout(time, over).await;
        self.state()
    }

    /// Lets it stop at the next opportunity.
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

    /// Begins a job.
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
                Err(_) if doing.cancellation.is_cancelled() => state.phase = Phase::Cancelled,
                Err(problem) => (state.phase, state.problem) = (Phase::Failed, Some(problem)),
            });
        });
        Ok(job)
    }

    /// The job of an id.
    pub(crate) fn get(&self, id: &str) -> Option<Arc<Job>> {
        self.lock().get(id).cloned()
    }

    /// All that are kept, newest first.
    pub(crate) fn list(&self) -> Vec<Arc<Job>> {
        let mut all: Vec<_> = self.lock().values().cloned().collect();
        all.sort_by_key(|job| std::cmp::Reverse(job.number));
        all
    }

    fn enter(&self, kind: &'static str, by: &str) -> Result<Arc<Job>, Problem> {
        let mut all = self.lock();
        let is_running = |job: &Arc<Job>| job.state.borrow().phase == Phase::Running;
        if all.values().filter(|job| is_running(job)).count() >= self.limit {
            let told = format!(
                "{} pieces of long work are under way already; wait, or cancel one",
                self.limit
            );
            return Err(Problem::unavailable("busy", told));
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
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
