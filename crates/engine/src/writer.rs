//! The writing thread: whatever waits while a batch is being written goes into the next one (group commit).

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use accolade_core::catalog::Catalog;
use accolade_core::limits;

use crate::answers::{Answers, Asker, Served};
use crate::batch::{self, Cache, Item, Setting, Verdict};
use crate::feed::Bell;
use crate::settings::{Clock, Tuning};
use crate::store::{Changes, Store, StoreError, Writer};
use crate::{Error, Receipt, Rejection, Ticket};

/// Jobs that may wait; who sends more waits for a place.
const QUEUE: usize = 4_096;

/// The writing thread, as seen from outside.
pub(crate) struct Writing {
    jobs: Mutex<Option<SyncSender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Job {
    items: Vec<Item>,
    asker: Asker,
}

impl Writing {
    /// Starts the thread.
    pub(crate) fn start(
        store: &dyn Store,
        catalog: &Arc<Catalog>,
        clock: &Arc<Clock>,
        tuning: Tuning,
        bell: &Arc<Bell>,
    ) -> Result<Self, Error> {
        let (jobs, waiting) = sync_channel(QUEUE);
        let mut thread = Thread {
            writer: store.writer()?,
            catalog: Arc::clone(catalog),
            clock: Arc::clone(clock),
            tuning,
            bell: Arc::clone(bell),
            cache: Cache::default(),
            answers: Answers::start()?,
        };
        let spawned =
            std::thread::Builder::new().name("accolade-writer".to_owned()).spawn(move || thread.run(&waiting));
        let thread = spawned.map_err(|error| StoreError::Other(format!("no thread to write with: {error}")))?;
        Ok(Self { jobs: Mutex::new(Some(jobs)), thread: Mutex::new(Some(thread)) })
    }

    /// Records one item.
    pub(crate) fn one(&self, item: Item) -> Ticket<Receipt> {
        let (reply, ticket) = Ticket::new();
        self.send(Job { items: vec![item], asker: Asker::One(reply) });
        ticket
    }

    /// Records several.
    pub(crate) fn many(&self, items: Vec<Item>) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        let (reply, ticket) = Ticket::new();
        self.send(Job { items, asker: Asker::Many(reply) });
        ticket
    }

    /// Hands a job over. After the end its reply is dropped, which answers that the engine is closed.
    fn send(&self, job: Job) {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(jobs) = jobs {
            drop(jobs.send(job));
        }
    }

    /// Takes no more jobs, and waits until those that wait are done.
    pub(crate) fn close(&self) -> Result<(), Error> {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        thread.map_or(Ok(()), |thread| thread.join().map_err(|_| Error::Closed))
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        drop(self.close());
    }
}

struct Thread {
    writer: Box<dyn Writer>,
    catalog: Arc<Catalog>,
    clock: Arc<Clock>,
    tuning: Tuning,
    bell: Arc<Bell>,
    cache: Cache,
    answers: Answers,
}

impl Thread {
    fn run(&mut self, waiting: &Receiver<Job>) {
        let mut next = None;
        while let Some(first) = next.take().or_else(|| waiting.recv().ok()) {
            let mut count = first.items.len();
            let mut jobs = vec![first];
            while count < limits::BATCH_EVENTS {
                let Ok(job) = waiting.try_recv() else { break };
                if count + job.items.len() > limits::BATCH_EVENTS {
                    next = Some(job);
                    break;
                }
                count += job.items.len();
                jobs.push(job);
            }
            self.serve(jobs);
        }
    }

    /// Records the items of several jobs and answers each. A job that is larger than a batch takes several.
    fn serve(&mut self, jobs: Vec<Job>) {
        let mut items = Vec::new();
        let mut askers = Vec::with_capacity(jobs.len());
        for job in jobs {
            askers.push((job.items.len(), job.asker));
            items.extend(job.items);
        }
        let mut verdicts = Vec::with_capacity(items.len());
        let mut spent = Vec::new();
        let mut failed = None;
        while !items.is_empty() {
            let rest = items.split_off(items.len().min(limits::BATCH_EVENTS));
            match self.commit(std::mem::replace(&mut items, rest)) {
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
        self.answers.give(Served { askers, verdicts, failed, spent });
    }

    /// One transaction: what became of the items, and what was written.
    fn commit(&mut self, items: Vec<Item>) -> Result<(Vec<Verdict>, Vec<Changes>), StoreError> {
        let Tuning { ahead, checkpoint_every } = self.tuning;
        let setting = Setting { catalog: &self.catalog, now: (self.clock)(), ahead, checkpoint_every };
        let mut players: Vec<String> = items.iter().map(|item| item.event.player.clone()).collect();
        players.sort_unstable();
        players.dedup();
        let players: Vec<&str> = players.iter().map(String::as_str).collect();
        let mut tx = self.writer.begin(&players)?;
        let done = batch::run(&setting, &mut self.cache, &mut *tx, items)?;
        tx.commit()?;
        let (verdicts, written) = done.settle(&mut self.cache);
        if !written.is_empty() {
            self.bell.ring();
        }
        Ok((verdicts, written))
    }
}
