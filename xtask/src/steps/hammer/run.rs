//! State that the threads of a run share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::observations::Observations;
use super::workload::Workload;

/// Pause after a broken connection or an empty page.
const RETRY_PAUSE: Duration = Duration::from_millis(25);

/// State that workers, readers, killer and importer share.
pub(super) struct HammerRun {
    pub(super) workload: Workload,
    /// API key with the scopes of all requests.
    pub(super) key: String,
    /// Number of the next new event.
    pub(super) next_event: AtomicU64,
    /// Number of the next new action.
    pub(super) next_action: AtomicU64,
    observations: Mutex<Observations>,
    /// URLs of the servers that are up.
    urls: Mutex<Vec<Option<String>>>,
    urls_changed: Condvar,
    workers_stopped: AtomicBool,
    /// Number in the feed that readers must reach; the maximum until it is known.
    last_seq: AtomicU64,
    readers_stopped: AtomicBool,
}

impl HammerRun {
    pub(super) fn new(workload: Workload, key: String, urls: Vec<Option<String>>) -> Self {
        Self {
            workload,
            key,
            next_event: AtomicU64::new(0),
            next_action: AtomicU64::new(0),
            observations: Mutex::default(),
            urls: Mutex::new(urls),
            urls_changed: Condvar::new(),
            workers_stopped: AtomicBool::new(false),
            last_seq: AtomicU64::new(u64::MAX),
            readers_stopped: AtomicBool::new(false),
        }
    }

    pub(super) fn observe(&self) -> MutexGuard<'_, Observations> {
        lock(&self.observations)
    }

    pub(super) fn has_no_difference(&self) -> bool {
        self.observe().differences.is_empty()
    }

    pub(super) fn into_observations(self) -> Observations {
        self.observations
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes the URL of a server, or that it is down.
    pub(super) fn set_url(&self, server: usize, url: Option<String>) {
        lock(&self.urls)[server] = url;
        self.urls_changed.notify_all();
    }

    /// Chooses one of the servers that are up. Returns `None` after a short time without one.
    pub(super) fn choose_url(&self, random: &mut fastrand::Rng) -> Option<String> {
        let urls = lock(&self.urls);
        let (urls, _) = self
            .urls_changed
            .wait_timeout_while(urls, RETRY_PAUSE, |urls| urls.iter().all(Option::is_none))
            .unwrap_or_else(PoisonError::into_inner);
        let up: Vec<&String> = urls.iter().flatten().collect();
        random.choice(up).cloned()
    }

    pub(super) fn stop_workers(&self) {
        self.workers_stopped.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_working(&self) -> bool {
        !self.workers_stopped.load(Ordering::SeqCst)
    }

    /// Lets readers end at this number.
    pub(super) fn set_last_seq(&self, seq: u64) {
        self.last_seq.store(seq, Ordering::SeqCst);
    }

    /// Returns true if a reader that has received this number may end.
    pub(super) fn is_read(&self, seq: u64) -> bool {
        self.readers_stopped.load(Ordering::SeqCst) || seq >= self.last_seq.load(Ordering::SeqCst)
    }

    /// Ends all threads, whatever is missing.
    pub(super) fn stop_all(&self) {
        self.stop_workers();
        self.readers_stopped.store(true, Ordering::SeqCst);
    }
}

/// Guard that ends all threads when the main thread of the run returns or panics.
pub(super) struct StopGuard<'a>(pub(super) &'a HammerRun);

impl Drop for StopGuard<'_> {
    fn drop(&mut self) {
        self.0.stop_all();
    }
}

/// Pauses a thread of the run.
#[expect(
    clippy::disallowed_methods,
    reason = "paces kills and retries; nothing depends on the time"
)]
pub(super) fn pause_for(time: Duration) {
    thread::sleep(time);
}

/// Pauses before a retry, so that retries do not take the time of the servers.
pub(super) fn pause_before_retry() {
    pause_for(RETRY_PAUSE);
}

/// Locks a mutex, also after another thread has panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
