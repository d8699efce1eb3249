//! Reader threads, which run queries.

use std::num::NonZero;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::store::{Store, StoreError, StoreReader};
use crate::{Error, Ticket};

/// Minimum and maximum number of queries that run at the same time.
const THREADS: (usize, usize) = (2, 8);

type QueryTask = Box<dyn FnOnce(&mut dyn StoreReader) + Send>;

/// Handle of the reader threads. Dropping it ends them and closes their connections.
pub(crate) struct ReaderPool {
    queue: Option<Mutex<Sender<QueryTask>>>,
    threads: Vec<JoinHandle<()>>,
}

impl ReaderPool {
    /// Starts a reader thread for each core, within bounds.
    pub(crate) fn start_threads(store: &dyn Store) -> Result<Self, Error> {
        let cores = std::thread::available_parallelism().map_or(THREADS.0, NonZero::get);
        Self::with_threads(store, cores.clamp(THREADS.0, THREADS.1))
    }

    /// Starts a number of reader threads.
    pub(crate) fn with_threads(store: &dyn Store, count: usize) -> Result<Self, Error> {
        let (work, waiting) = channel::<QueryTask>();
        // The receiver has one owner; with the mutex, idle threads take turns waiting for work.
        let waiting = Arc::new(Mutex::new(waiting));
        let mut threads = Vec::with_capacity(count);
        for _ in 0..count {
            let mut reader = store.open_reader()?;
            let waiting = Arc::clone(&waiting);
            let name = "accolade-reader".to_owned();
            let spawned = std::thread::Builder::new()
                .name(name)
                .spawn(move || run_queries(&mut *reader, &waiting));
            threads.push(spawned.map_err(|error| {
                StoreError::Other(format!("cannot start a reader thread: {error}"))
            })?);
        }
        Ok(Self {
            queue: Some(Mutex::new(work)),
            threads,
        })
    }

    /// Queues a query.
    pub(crate) fn run_query<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut dyn StoreReader) -> Result<T, Error> + Send + 'static,
    ) -> Ticket<T> {
        let (reply, ticket) = Ticket::new();
        let work: QueryTask = Box::new(move |reader| drop(reply.send(query(reader))));
        if let Some(queue) = &self.queue {
            drop(
                queue
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .send(work),
            );
        }
        ticket
    }
}

impl Drop for ReaderPool {
    fn drop(&mut self) {
        self.queue = None;
        // A query may hold the last clone of the engine. Then this runs on a reader thread, which
        // cannot join itself.
        for thread in self
            .threads
            .drain(..)
            .filter(|thread| thread.thread().id() != std::thread::current().id())
        {
            drop(thread.join());
        }
    }
}

fn run_queries(reader: &mut dyn StoreReader, waiting: &Mutex<Receiver<QueryTask>>) {
    loop {
        let work = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        match work {
            Ok(work) => work(reader),
            Err(_) => return,
        }
    }
}
