//! The writer thread. Requests that arrive while a batch is being written form the next batch
//! (group commit). While the queue is empty, it does background work: timers and backfill.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use accolade_core::limits;
use accolade_core::time::Timestamp;

use crate::answers::{Answers, Asker, Served};
use crate::batch::{self, BatchContext, BatchItem, ItemResult, PlayerCache, UncommittedBatch};
use crate::catalogs::Catalogs;
use crate::chores::Chores;
use crate::feed::Bell;
use crate::settings::{Clock, Tuning};
use crate::store::{Changes, Reader, Store, StoreError, Transaction, Writer};
use crate::watch::Watch;
use crate::{Error, Receipt, Rejection, Ticket};

/// Capacity of the queue. Senders block while it is full, which is the backpressure of the engine.
const QUEUE: usize = 4_096;

/// Handle of the writer thread.
pub(crate) struct Writing {
    jobs: Mutex<Option<SyncSender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

enum Job {
    /// Events and manual actions to record.
    Record(Vec<BatchItem>, Asker),
    /// Any other write.
    Work(Box<dyn FnOnce(&mut Workshop) + Send>),
}

impl Writing {
    pub(crate) fn start(
        store: &dyn Store,
        catalogs: &Arc<Catalogs>,
        clock: &Arc<Clock>,
        tuning: Tuning,
        bell: &Arc<Bell>,
    ) -> Result<Self, Error> {
        let (jobs, waiting) = sync_channel(QUEUE);
        let mut workshop = Workshop {
            writer: store.writer()?,
            reader: store.reader()?,
            catalogs: Arc::clone(catalogs),
            clock: Arc::clone(clock),
            tuning,
            bell: Arc::clone(bell),
            cache: PlayerCache::default(),
            chores: Chores::default(),
            watch: Watch::default(),
            answers: Answers::start()?,
        };
        let spawned = std::thread::Builder::new()
            .name("accolade-writer".to_owned())
            .spawn(move || workshop.run(&waiting));
        let thread = spawned
            .map_err(|error| StoreError::Other(format!("cannot start a writer thread: {error}")))?;
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Queues one item.
    pub(crate) fn one(&self, item: BatchItem) -> Ticket<Receipt> {
        let (reply, ticket) = Ticket::new();
        self.send(Job::Record(vec![item], Asker::One(reply)));
        ticket
    }

    /// Queues several items as one request.
    pub(crate) fn many(&self, items: Vec<BatchItem>) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        let (reply, ticket) = Ticket::new();
        self.send(Job::Record(items, Asker::Many(reply)));
        ticket
    }

    /// Runs a closure on the writer thread, after all earlier requests.
    pub(crate) fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Workshop) -> Result<T, Error> + Send + 'static,
    ) -> Ticket<T> {
        let (reply, ticket) = Ticket::new();
        self.send(Job::Work(Box::new(move |workshop| {
            drop(reply.send(work(workshop)))
        })));
        ticket
    }

    /// Queues a closure that sends its own reply.
    pub(crate) fn hand(&self, work: impl FnOnce(&mut Workshop) + Send + 'static) {
        self.send(Job::Work(Box::new(work)));
    }

    /// Queues a job. Once the engine is closed, the job is dropped with its reply sender, which the
    /// ticket reports as [`Error::Closed`].
    fn send(&self, job: Job) {
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

impl Drop for Writing {
    fn drop(&mut self) {
        drop(self.close());
    }
}

/// State of the writer thread.
pub(crate) struct Workshop {
    writer: Box<dyn Writer>,
    /// Connection for background work, which looks for work outside of a transaction.
    pub(crate) reader: Box<dyn Reader>,
    pub(crate) catalogs: Arc<Catalogs>,
    pub(crate) clock: Arc<Clock>,
    tuning: Tuning,
    bell: Arc<Bell>,
    cache: PlayerCache,
    pub(crate) chores: Chores,
    pub(crate) watch: Watch,
    answers: Answers,
}

impl Workshop {
    fn run(&mut self, waiting: &Receiver<Job>) {
        let mut next = None;
        loop {
            let first = match next.take() {
                Some(job) => Ok(job),
                None => waiting.recv_timeout(self.patience()),
            };
            match first {
                Ok(Job::Work(work)) => work(self),
                Ok(Job::Record(items, asker)) => next = self.gather(waiting, items, asker),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            // After every job, so that a busy queue cannot starve the background work.
            self.tend(next.is_some());
        }
    }

    /// Adds waiting requests to the batch and serves it. Returns a job that did not fit.
    fn gather(
        &mut self,
        waiting: &Receiver<Job>,
        items: Vec<BatchItem>,
        asker: Asker,
    ) -> Option<Job> {
        let mut count = items.len();
        let mut jobs = vec![(items, asker)];
        let mut next = None;
        while count < limits::BATCH_EVENTS {
            match waiting.try_recv() {
                Ok(Job::Record(items, asker)) if count + items.len() <= limits::BATCH_EVENTS => {
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
        self.serve(jobs);
        next
    }

    /// Records the items of several requests and hands them to the receipt thread. A request larger
    /// than a batch takes several transactions.
    fn serve(&mut self, jobs: Vec<(Vec<BatchItem>, Asker)>) {
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
            match self.commit(|setting, cache, tx| batch::run_batch(setting, cache, tx, portion)) {
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
        self.answers.give(Served {
            askers,
            verdicts,
            failed,
            spent,
        });
    }

    /// Runs a batch in one transaction. Returns the results of its items and the written rows.
    pub(crate) fn commit(
        &mut self,
        work: impl for<'s> FnOnce(
            &'s BatchContext<'_>,
            &mut PlayerCache,
            &mut dyn Transaction,
        ) -> Result<UncommittedBatch<'s>, StoreError>,
    ) -> Result<(Vec<ItemResult>, Vec<Changes>), StoreError> {
        let mut tx = self.writer.begin(&[])?;
        // Another process has written, so no cached state can be trusted (S23).
        if tx.others_wrote() {
            self.cache.clear();
            self.watch.note_anybody();
        }
        let in_force = self.catalogs.refresh(&mut *tx)?;
        in_force
            // Another process may have published a catalog whose code badges this one lacks.
            .folds()
            .map_err(|error| StoreError::Other(error.to_string()))?;
        let Tuning {
            ahead,
            checkpoint_every,
        } = self.tuning;
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
        self.chores.expect(done.next_timer());
        let (verdicts, written) = done.commit_to_cache(&mut self.cache);
        self.watch.note(&written);
        if !written.is_empty() {
            self.bell.ring();
        }
        Ok((verdicts, written))
    }

    /// Runs any other write in one transaction.
    pub(crate) fn transact<T>(
        &mut self,
        work: impl FnOnce(&mut dyn Transaction, &mut PlayerCache) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut tx = self.writer.begin(&[])?;
        if tx.others_wrote() {
            self.cache.clear();
            self.watch.note_anybody();
        }
        let done = work(&mut *tx, &mut self.cache)?;
        tx.commit()?;
        self.bell.ring();
        Ok(done)
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }
}
