//! The handle of the writer thread, and its queue.

mod job;
mod queue;
mod thread;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

pub(crate) use job::WriterJob;
pub(crate) use queue::QueueSlot;
use queue::{JobSender, create_queue};
pub(crate) use thread::WriterThread;

use crate::catalog_cache::CatalogCache;
use crate::feed_notifier::FeedNotifier;
use crate::settings::{ClockFn, EngineLimits};
use crate::store::{Store, StoreError};
use crate::{Error, Ticket};

/// Handle of the writer thread.
pub(crate) struct WriterHandle {
    jobs: Mutex<Option<JobSender>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl WriterHandle {
    pub(crate) fn start_thread(
        store: &dyn Store,
        catalogs: &Arc<CatalogCache>,
        clock: &Arc<ClockFn>,
        limits: EngineLimits,
        feed_notifier: &Arc<FeedNotifier>,
    ) -> Result<Self, Error> {
        let (jobs, queue) = create_queue();
        let mut state = WriterThread::new(store, catalogs, clock, limits, feed_notifier)?;
        let spawned = std::thread::Builder::new()
            .name("accolade-writer".to_owned())
            .spawn(move || state.run_jobs(&queue));
        let thread = spawned
            .map_err(|error| StoreError::Other(format!("cannot start a writer thread: {error}")))?;
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Queues a job, or fails with [`Error::QueueFull`]. Never blocks. Once the engine is closed,
    /// the job is dropped with its reply sender, which the ticket reports as [`Error::Closed`].
    pub(crate) fn enqueue_job(&self, job: WriterJob) -> Result<(), Error> {
        match &*self.lock_jobs() {
            Some(jobs) => jobs.send_job(job),
            None => Ok(()),
        }
    }

    /// Queues a job in a reserved place.
    pub(crate) fn enqueue_reserved(&self, job: WriterJob, slot: QueueSlot) {
        if let Some(jobs) = &*self.lock_jobs() {
            jobs.send_reserved(job, slot);
        }
    }

    /// Reserves a place in the queue.
    pub(crate) fn reserve_slot(&self) -> Ticket<QueueSlot> {
        match &*self.lock_jobs() {
            Some(jobs) => jobs.reserve_slot(),
            None => Ticket::with_result(Err(Error::Closed)),
        }
    }

    /// Stops accepting jobs, and waits until the queued ones are done.
    pub(crate) fn close(&self) -> Result<(), Error> {
        if let Some(jobs) = self.lock_jobs().take() {
            jobs.dismiss_waiters();
        }
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        thread.map_or(Ok(()), |thread| thread.join().map_err(|_| Error::Closed))
    }

    fn lock_jobs(&self) -> MutexGuard<'_, Option<JobSender>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for WriterHandle {
    fn drop(&mut self) {
        drop(self.close());
    }
}
