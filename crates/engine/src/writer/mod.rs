//! The handle of the writer thread, and its queue.

mod job;
mod thread;

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

pub(crate) use job::WriterJob;
pub(crate) use thread::WriterThread;

use crate::Error;
use crate::catalog_cache::CatalogCache;
use crate::feed_notifier::FeedNotifier;
use crate::settings::{ClockFn, EngineLimits};
use crate::store::{Store, StoreError};

/// Capacity of the queue. Senders block while it is full, which is the backpressure of the engine.
const QUEUE_CAPACITY: usize = 4_096;

/// Handle of the writer thread.
pub(crate) struct WriterHandle {
    jobs: Mutex<Option<SyncSender<WriterJob>>>,
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
        let (jobs, queue) = sync_channel(QUEUE_CAPACITY);
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

    /// Queues a job. Once the engine is closed, the job is dropped with its reply sender, which the
    /// ticket reports as [`Error::Closed`].
    pub(crate) fn enqueue_job(&self, job: WriterJob) {
        let jobs = self
            .jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(jobs) = jobs {
            drop(jobs.send(job));
        }
    }

    /// Stops accepting jobs, and waits until the queued ones are done.
    pub(crate) fn close(&self) -> Result<(), Error> {
        drop(
            self.jobs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        thread.map_or(Ok(()), |thread| thread.join().map_err(|_| Error::Closed))
    }
}

impl Drop for WriterHandle {
    fn drop(&mut self) {
        drop(self.close());
    }
}
