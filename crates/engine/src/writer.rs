//! The writing thread: whatever waits while a batch is being written goes into the next one (group commit). When there
//! is a moment, it does what nobody asked for: it lets time pass, and goes on with the sweep after a publication.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use accolade_core::limits;
use accolade_core::time::Timestamp;

use crate::answers::{Answers, Asker, Served};
use crate::batch::{self, Cache, Done, Item, Setting, Verdict};
use crate::catalogs::Catalogs;
use crate::chores::Chores;
use crate::feed::Bell;
use crate::settings::{Clock, Tuning};
use crate::store::{Changes, Reader, Store, StoreError, Transaction, Writer};
use crate::watch::Watch;
use crate::{Error, Receipt, Rejection, Ticket};

/// Jobs that may wait; who sends more waits for a place.
const QUEUE: usize = 4_096;

/// The writing thread, as seen from outside.
pub(crate) struct Writing {
    jobs: Mutex<Option<SyncSender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

enum Job {
    /// Events and acts to record.
    Record(Vec<Item>, Asker),
    /// Anything else that writes.
    Work(Box<dyn FnOnce(&mut Workshop) + Send>),
}

impl Writing {
    /// Starts the thread.
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
            cache: Cache::default(),
            chores: Chores::default(),
            watch: Watch::default(),
            answers: Answers::start()?,
        };
        let spawned = std::thread::Builder::new()
            .name("accolade-writer".to_owned())
            .spawn(move || workshop.run(&waiting));
        let thread = spawned
            .map_err(|error| StoreError::Other(format!("no thread to write with: {error}")))?;
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Records one item.
    pub(crate) fn one(&self, item: Item) -> Ticket<Receipt> {
        let (reply, ticket) = Ticket::new();
        self.send(Job::Record(vec![item], Asker::One(reply)));
        ticket
    }

    /// Records several.
    pub(crate) fn many(&self, items: Vec<Item>) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        let (reply, ticket) = Ticket::new();
        self.send(Job::Record(items, Asker::Many(reply)));
        ticket
    }

    /// Does something else on the writing thread, after everything that was sent before.
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

    /// Hands over something that answers by itself.
    pub(crate) fn hand(&self, work: impl FnOnce(&mut Workshop) + Send + 'static) {
        self.send(Job::Work(Box::new(work)));
    }

    /// Hands a job over. After the end its reply is dropped, which answers that the engine is closed.
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

    /// Takes no more jobs, and waits until those that wait are done.
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

/// What the writing thread works with.
pub(crate) struct Workshop {
    writer: Box<dyn Writer>,
    /// For a look at what there is to do, outside of a transaction.
    pub(crate) reader: Box<dyn Reader>,
    pub(crate) catalogs: Arc<Catalogs>,
    pub(crate) clock: Arc<Clock>,
    tuning: Tuning,
    bell: Arc<Bell>,
    cache: Cache,
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
            self.tend(next.is_some());
        }
    }

    /// Takes what else waits into the batch, and serves it. Returns a job that found no place.
    fn gather(&mut self, waiting: &Receiver<Job>, items: Vec<Item>, asker: Asker) -> Option<Job> {
        let mut count = items.len();
        let mut jobs = vec![(items, asker)];
        let mut next = None;
        while count < limits::BATCH_EVENTS {
            match waiting.try_recv() {
                Ok(Job::Record(items, asker)) if count + items.len() <= limits::BATCH_EVENTS => {
                    count += items.len();
                    jobs.push((items, asker));
                }
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

    /// Records the items of several jobs and answers each. A job that is larger than a batch takes several.
    fn serve(&mut self, jobs: Vec<(Vec<Item>, Asker)>) {
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
            let rest = items.split_off(batch::portion(&items));
            let portion = std::mem::replace(&mut items, rest);
            match self.commit(|setting, cache, tx| batch::run(setting, cache, tx, portion)) {
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

    /// One transaction over batches: what became of the items, and what was written.
    pub(crate) fn commit(
        &mut self,
        work: impl for<'s> FnOnce(
            &'s Setting<'_>,
            &mut Cache,
            &mut dyn Transaction,
        ) -> Result<Done<'s>, StoreError>,
    ) -> Result<(Vec<Verdict>, Vec<Changes>), StoreError> {
        let mut tx = self.writer.begin(&[])?;
        if tx.others_wrote() {
            self.cache.clear();
            self.watch.note_anybody();
        }
        let in_force = self.catalogs.refresh(&mut *tx)?;
        in_force
            .folds()
            .map_err(|error| StoreError::Other(error.to_string()))?;
        let Tuning {
            ahead,
            checkpoint_every,
        } = self.tuning;
        let setting = Setting {
            catalogs: &self.catalogs,
            in_force,
            now: (self.clock)(),
            ahead,
            checkpoint_every,
        };
        let done = work(&setting, &mut self.cache, &mut *tx)?;
        tx.commit()?;
        self.chores.expect(done.due());
        let (verdicts, written) = done.settle(&mut self.cache);
        self.watch.note(&written);
        if !written.is_empty() {
            self.bell.ring();
        }
        Ok((verdicts, written))
    }

    /// One transaction over anything else.
    pub(crate) fn transact<T>(
        &mut self,
        work: impl FnOnce(&mut dyn Transaction, &mut Cache) -> Result<T, Error>,
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

    /// The time.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }
}
