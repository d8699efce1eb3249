//! The writer thread. Requests that arrive while a batch is being written form the next batch
//! (group commit). While the queue is empty, it does background work: timers and backfill.
//!
//! [`WriterThread::run_job`] lists all jobs. A job other than recording is implemented next to the
//! method of the engine that submits it.

use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;

use accolade_core::limits;
use accolade_core::time::Timestamp;

use super::job::WriterJob;
use super::queue::JobReceiver;
use crate::Error;
use crate::background_schedule::BackgroundSchedule;
use crate::batch::{self, BatchContext, BatchItem, ItemResult, PlayerCache, UncommittedBatch};
use crate::catalog_cache::CatalogCache;
use crate::change_tracker::ChangeTracker;
use crate::feed_notifier::FeedNotifier;
use crate::receipt_thread::{CommittedBatch, ReceiptThread, ReplyTo};
use crate::settings::{ClockFn, EngineLimits};
use crate::store::{ChangeSet, Store, StoreError, StoreReader, StoreWriter, Transaction};

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
    pub(crate) schedule: BackgroundSchedule,
    pub(crate) change_tracker: ChangeTracker,
    receipt_thread: ReceiptThread,
}

impl WriterThread {
    pub(super) fn new(
        store: &dyn Store,
        catalogs: &Arc<CatalogCache>,
        clock: &Arc<ClockFn>,
        limits: EngineLimits,
        feed_notifier: &Arc<FeedNotifier>,
    ) -> Result<Self, Error> {
        Ok(Self {
            writer: store.open_writer()?,
            reader: store.open_reader()?,
            catalogs: Arc::clone(catalogs),
            clock: Arc::clone(clock),
            limits,
            feed_notifier: Arc::clone(feed_notifier),
            cache: PlayerCache::default(),
            schedule: BackgroundSchedule::default(),
            change_tracker: ChangeTracker::default(),
            receipt_thread: ReceiptThread::start_thread()?,
        })
    }

    /// Runs jobs until the engine is closed, and background work between them.
    pub(super) fn run_jobs(&mut self, queue: &JobReceiver) {
        let mut next = None;
        loop {
            let first = match next.take() {
                Some(job) => Ok(job),
                None => queue.next_job(self.idle_timeout()),
            };
            match first {
                Ok(WriterJob::Record { items, reply }) => {
                    next = self.drain_queue(queue, items, reply)
                }
                Ok(job) => self.run_job(job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            // After every job, so that a busy queue cannot starve the background work.
            self.run_background_work(next.is_some());
        }
    }

    /// Runs one job and sends its reply. A receiver that gave up does not matter: the job is done.
    fn run_job(&mut self, job: WriterJob) {
        match job {
            WriterJob::Record { items, reply } => self.commit_requests(vec![(items, reply)]),
            WriterJob::Publish {
                catalog,
                options,
                reply,
            } => drop(reply.send(self.publish_catalog(&catalog, &options))),
            WriterJob::StartTracking { reply } => {
                drop(reply.send(Ok(self.change_tracker.start_tracking())));
            }
            WriterJob::RestartTracking { reply } => drop(reply.send(self.restart_tracking())),
            WriterJob::PublishPlanned {
                planned,
                max_players,
                reply,
            } => drop(reply.send(self.publish_if_unchanged(planned, max_players))),
            WriterJob::Repair {
                targets,
                actor,
                reply,
            } => drop(reply.send(self.repair_players(&targets, &actor))),
            WriterJob::RepairEventNames { actor, reply } => {
                drop(reply.send(self.recount_event_names(&actor)));
            }
            WriterJob::ErasePlayer {
                player,
                actor,
                reply,
            } => drop(reply.send(self.erase_player(&player, &actor))),
            WriterJob::PruneFeed {
                before,
                actor,
                reply,
            } => drop(reply.send(self.prune_feed(before, &actor))),
            WriterJob::ChangeAccess { change, actor } => self.change_access(change, &actor),
            WriterJob::LoadServiceSecret { reply } => {
                drop(reply.send(self.load_service_secret()));
            }
            WriterJob::ProcessTimers { reply } => drop(reply.send(self.process_all_timers())),
            WriterJob::AwaitBackfill { waiter } => self.add_backfill_waiter(waiter),
        }
    }

    /// Adds waiting requests to the batch and serves it. Returns a job that did not fit.
    fn drain_queue(
        &mut self,
        queue: &JobReceiver,
        items: Vec<BatchItem>,
        reply: ReplyTo,
    ) -> Option<WriterJob> {
        let mut count = items.len();
        let mut requests = vec![(items, reply)];
        let mut next = None;
        while count < limits::BATCH_EVENTS {
            match queue.next_waiting_job() {
                Some(WriterJob::Record { items, reply })
                    if count + items.len() <= limits::BATCH_EVENTS =>
                {
                    count += items.len();
                    requests.push((items, reply));
                }
                // Jobs keep their order: a publication must see everything that was sent before it.
                Some(job) => {
                    next = Some(job);
                    break;
                }
                None => break,
            }
        }
        self.commit_requests(requests);
        next
    }

    /// Records the items of several requests and hands them to the receipt thread. A request larger
    /// than a batch takes several transactions.
    fn commit_requests(&mut self, jobs: Vec<(Vec<BatchItem>, ReplyTo)>) {
        let mut items = Vec::new();
        let mut requests = Vec::with_capacity(jobs.len());
        for (own, reply) in jobs {
            requests.push((own.len(), reply));
            items.extend(own);
        }
        let mut results = Vec::with_capacity(items.len());
        let mut rows_to_free = Vec::new();
        let mut error = None;
        while !items.is_empty() {
            let rest = items.split_off(batch::next_chunk_len(&items));
            let chunk = std::mem::replace(&mut items, rest);
            match self
                .commit_batch(|context, cache, tx| batch::run_batch(context, cache, tx, chunk))
            {
                Ok((own, written)) => {
                    results.extend(own);
                    rows_to_free.push(written);
                }
                Err(failure) => {
                    error = Some(failure);
                    break;
                }
            }
        }
        self.receipt_thread.enqueue_batch(CommittedBatch {
            requests,
            results,
            error,
            rows_to_free,
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
        let published = self.catalogs.load_current(&mut *tx)?;
        published
            // Another process may have published a catalog whose code badges this one lacks.
            .require_code()
            .map_err(|error| StoreError::Other(error.to_string()))?;
        let context = BatchContext {
            catalogs: &self.catalogs,
            published,
            now: (self.clock)(),
            max_ahead_micros: self.limits.max_ahead_micros,
            checkpoint_every: self.limits.checkpoint_interval,
        };
        let done = work(&context, &mut self.cache, &mut *tx)?;
        tx.commit()?;
        // The cache takes the new states only after the commit: on failure it must stay as it was.
        self.schedule.note_due(done.next_timer());
        let (results, written) = done.commit_to_cache(&mut self.cache);
        self.change_tracker.record_batch(&written);
        if !written.is_empty() {
            self.feed_notifier.notify_all();
        }
        Ok((results, written))
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
