//! The writer thread. Requests that arrive while a batch is being written form the next batch
//! (group commit). While the queue is empty, it does background work: timers and backfill.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use accolade_core::limits;
use accolade_core::time::Timestamp;

use crate::background::BackgroundWork;
use crate::batch::{self, BatchContext, BatchItem, ItemResult, PlayerCache, UncommittedBatch};
use crate::catalog_cache::CatalogCache;
use crate::change_tracker::ChangeTracker;
use crate::feed_notifier::FeedNotifier;
use crate::receipt_thread::{CommittedBatch, ReceiptThread, ReplyTo};
use crate::settings::{ClockFn, EngineLimits};
use crate::store::{ChangeSet, Store, StoreError, StoreReader, StoreWriter, Transaction};
use crate::{Error, Receipt, Rejection, Ticket};

/// Capacity of the queue. Senders block while it is full, which is the backpressure of the engine.
const QUEUE_CAPACITY: usize = 4_096;

/// Handle of the writer thread.
pub(crate) struct WriterHandle {
    jobs: Mutex<Option<SyncSender<WriterJob>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

enum WriterJob {
    /// Events and manual actions to record.
    Record(Vec<BatchItem>, ReplyTo),
    /// Any other write.
    Work(Box<dyn FnOnce(&mut WriterThread) + Send>),
}

impl WriterHandle {
    pub(crate) fn start_thread(
        store: &dyn Store,
        catalogs: &Arc<CatalogCache>,
        clock: &Arc<ClockFn>,
        tuning: EngineLimits,
        bell: &Arc<FeedNotifier>,
    ) -> Result<Self, Error> {
        let (jobs, waiting) = sync_channel(QUEUE_CAPACITY);
        let mut workshop = WriterThread {
            writer: store.open_writer()?,
            reader: store.open_reader()?,
            catalogs: Arc::clone(catalogs),
            clock: Arc::clone(clock),
            limits: tuning,
            feed_notifier: Arc::clone(bell),
            cache: PlayerCache::default(),
            background: BackgroundWork::default(),
            change_tracker: ChangeTracker::default(),
            receipt_thread: ReceiptThread::start_thread()?,
        };
        let spawned = std::thread::Builder::new()
            .name("accolade-writer".to_owned())
            .spawn(move || workshop.run_jobs(&waiting));
        let thread = spawned
            .map_err(|error| StoreError::Other(format!("cannot start a writer thread: {error}")))?;
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Queues one item.
    pub(crate) fn submit_one(&self, item: BatchItem) -> Ticket<Receipt> {
        let (reply, ticket) = Ticket::new();
        self.send_job(WriterJob::Record(vec![item], ReplyTo::One(reply)));
        ticket
    }

    /// Queues several items as one request.
    pub(crate) fn submit_many(
        &self,
        items: Vec<BatchItem>,
    ) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        let (reply, ticket) = Ticket::new();
        self.send_job(WriterJob::Record(items, ReplyTo::Many(reply)));
        ticket
    }

    /// Runs a closure on the writer thread, after all earlier requests.
    pub(crate) fn run_closure<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut WriterThread) -> Result<T, Error> + Send + 'static,
    ) -> Ticket<T> {
        let (reply, ticket) = Ticket::new();
        self.send_job(WriterJob::Work(Box::new(move |workshop| {
            drop(reply.send(work(workshop)))
        })));
        ticket
    }

    /// Queues a closure that sends its own reply.
    pub(crate) fn enqueue_closure(&self, work: impl FnOnce(&mut WriterThread) + Send + 'static) {
        self.send_job(WriterJob::Work(Box::new(work)));
    }

    /// Queues a job. Once the engine is closed, the job is dropped with its reply sender, which the
    /// ticket reports as [`Error::Closed`].
    fn send_job(&self, job: WriterJob) {
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

/// State of the writer thread.
pub(crate) struct WriterThread {
    writer: Box<dyn StoreWriter>,
    /// Connection for background work, which looks for work outside of a transaction.
    pub(crate) reader: Box<dyn StoreReader>,
    pub(crate) catalogs: Arc<CatalogCache>,
    pub(crate) clock: Arc<ClockFn>,
    limits: EngineLimits,
    feed_notifier: Arc<FeedNotifier>,
    cache: PlayerCache,
    pub(crate) background: BackgroundWork,
    pub(crate) change_tracker: ChangeTracker,
    receipt_thread: ReceiptThread,
}

impl WriterThread {
    fn run_jobs(&mut self, waiting: &Receiver<WriterJob>) {
        let mut next = None;
        loop {
            let first = match next.take() {
                Some(job) => Ok(job),
                None => waiting.recv_timeout(self.idle_timeout()),
            };
            match first {
                Ok(WriterJob::Work(work)) => work(self),
                Ok(WriterJob::Record(items, asker)) => {
                    next = self.drain_queue(waiting, items, asker)
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            // After every job, so that a busy queue cannot starve the background work.
            self.run_background_work(next.is_some());
        }
    }

    /// Adds waiting requests to the batch and serves it. Returns a job that did not fit.
    fn drain_queue(
        &mut self,
        waiting: &Receiver<WriterJob>,
        items: Vec<BatchItem>,
        asker: ReplyTo,
    ) -> Option<WriterJob> {
        let mut count = items.len();
        let mut jobs = vec![(items, asker)];
        let mut next = None;
        while count < limits::BATCH_EVENTS {
            match waiting.try_recv() {
                Ok(WriterJob::Record(items, asker))
                    if count + items.len() <= limits::BATCH_EVENTS =>
                {
                    count += items.len();
                    jobs.push((items, asker));
                }
                // Jobs keep their order: a closure must see everything that was sent before it.
                Ok(job) => {
                    next = Some(job);
                    break;
                }
                Err(_) => break,
            }
        }
        self.commit_requests(jobs);
        next
    }

    /// Records the items of several requests and hands them to the receipt thread. A request larger
    /// than a batch takes several transactions.
    fn commit_requests(&mut self, jobs: Vec<(Vec<BatchItem>, ReplyTo)>) {
        let mut items = Vec::new();
        let mut askers = Vec::with_capacity(jobs.len());
        for (own, asker) in jobs {
            askers.push((own.len(), asker));
            items.extend(own);
        }
        let mut verdicts = Vec::with_capacity(items.len());
        let mut spent = Vec::new();
        let mut failed = None;
        while !items.is_empty() {
            let rest = items.split_off(batch::next_chunk_len(&items));
            let portion = std::mem::replace(&mut items, rest);
            match self
                .commit_batch(|setting, cache, tx| batch::run_batch(setting, cache, tx, portion))
            {
                Ok((answers, written)) => {
                    verdicts.extend(answers);
                    spent.push(written);
                }
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        self.receipt_thread.enqueue_batch(CommittedBatch {
            requests: askers,
            results: verdicts,
            error: failed,
            rows_to_free: spent,
        });
    }

    /// Runs a batch in one transaction. Returns the results of its items and the written rows.
    pub(crate) fn commit_batch(
        &mut self,
        work: impl for<'s> FnOnce(
            &'s BatchContext<'_>,
            &mut PlayerCache,
            &mut dyn Transaction,
        ) -> Result<UncommittedBatch<'s>, StoreError>,
    ) -> Result<(Vec<ItemResult>, Vec<ChangeSet>), StoreError> {
        let mut tx = self.writer.begin_transaction(&[])?;
        // Another process has written, so no cached state can be trusted (S23).
        if tx.others_wrote() {
            self.cache.clear();
            self.change_tracker.record_any_player();
        }
        let in_force = self.catalogs.load_current(&mut *tx)?;
        in_force
            // Another process may have published a catalog whose code badges this one lacks.
            .require_code()
            .map_err(|error| StoreError::Other(error.to_string()))?;
        let EngineLimits {
            max_ahead_micros: ahead,
            checkpoint_interval: checkpoint_every,
        } = self.limits;
        let setting = BatchContext {
            catalogs: &self.catalogs,
            published: in_force,
            now: (self.clock)(),
            max_ahead_micros: ahead,
            checkpoint_every,
        };
        let done = work(&setting, &mut self.cache, &mut *tx)?;
        tx.commit()?;
        // The cache takes the new states only after the commit: on failure it must stay as it was.
        self.background.note_due(done.next_timer());
        let (verdicts, written) = done.commit_to_cache(&mut self.cache);
        self.change_tracker.record_batch(&written);
        if !written.is_empty() {
            self.feed_notifier.notify_all();
        }
        Ok((verdicts, written))
    }

    /// Runs any other write in one transaction.
    pub(crate) fn run_transaction<T>(
        &mut self,
        work: impl FnOnce(&mut dyn Transaction, &mut PlayerCache) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut tx = self.writer.begin_transaction(&[])?;
        if tx.others_wrote() {
            self.cache.clear();
            self.change_tracker.record_any_player();
        }
        let done = work(&mut *tx, &mut self.cache)?;
        tx.commit()?;
        self.feed_notifier.notify_all();
        Ok(done)
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }
}
