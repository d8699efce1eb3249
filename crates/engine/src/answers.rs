//! The answering thread: it makes receipts of what the writing thread did, while that one goes on writing.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::batch::Verdict;
use crate::store::{Changes, StoreError};
use crate::ticket::Reply;
use crate::{Error, Receipt, Rejection};

/// Who waits for an answer.
pub(crate) enum Asker {
    One(Reply<Receipt>),
    Many(Reply<Vec<Result<Receipt, Rejection>>>),
}

/// What the writing thread did for some who asked.
pub(crate) struct Served {
    /// Who asked, and for how many items.
    pub(crate) askers: Vec<(usize, Asker)>,
    /// What became of their items, in order; fewer where the database failed.
    pub(crate) verdicts: Vec<Verdict>,
    /// How it failed.
    pub(crate) failed: Option<StoreError>,
    /// Rows that were written and are of no more use. There are many, and freeing them here keeps nobody waiting.
    pub(crate) spent: Vec<Vec<Changes>>,
}

/// The thread, as seen from the writing thread. It has answered everybody when this has been dropped.
pub(crate) struct Answers {
    served: Option<Sender<Served>>,
    thread: Option<JoinHandle<()>>,
}

impl Answers {
    /// Starts the thread.
    pub(crate) fn start() -> Result<Self, StoreError> {
        let (served, waiting) = channel();
        let spawned = std::thread::Builder::new()
            .name("accolade-answers".to_owned())
            .spawn(move || run(&waiting));
        let thread = spawned
            .map_err(|error| StoreError::Other(format!("no thread to answer with: {error}")))?;
        Ok(Self {
            served: Some(served),
            thread: Some(thread),
        })
    }

    /// Hands over what was done.
    pub(crate) fn give(&self, served: Served) {
        if let Some(sender) = &self.served {
            drop(sender.send(served));
        }
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.served = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn run(waiting: &Receiver<Served>) {
    for Served {
        askers,
        verdicts,
        failed,
        spent,
    } in waiting
    {
        let mut verdicts = verdicts.into_iter();
        for (count, asker) in askers {
            let own: Vec<Result<Receipt, Rejection>> = verdicts
                .by_ref()
                .take(count)
                .map(|verdict| verdict.map(Receipt::from))
                .collect();
            match (&failed, own.len() == count) {
                (_, true) => asker.answer(Ok(own)),
                (Some(error), false) => asker.answer(Err(again(error))),
                (None, false) => {
                    asker.answer(Err(StoreError::Other("a batch lost answers".to_owned())))
                }
            }
        }
        drop(spent);
    }
}

impl Asker {
    fn answer(self, receipts: Result<Vec<Result<Receipt, Rejection>>, StoreError>) {
        match self {
            Self::Many(reply) => drop(reply.send(receipts.map_err(Error::from))),
            Self::One(reply) => {
                let receipt = match receipts {
                    Ok(receipts) => receipts
                        .into_iter()
                        .next()
                        .map_or(Err(Error::Closed), |one| one.map_err(Error::from)),
                    Err(error) => Err(error.into()),
                };
                drop(reply.send(receipt));
            }
        }
    }
}

/// The same error for several who waited for one batch.
pub(crate) fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Busy => StoreError::Busy,
        StoreError::Full => StoreError::Full,
        StoreError::ReadOnly(text) => StoreError::ReadOnly(text.clone()),
        StoreError::NotADatabase(text) => StoreError::NotADatabase(text.clone()),
        StoreError::NewerSchema { found, known } => StoreError::NewerSchema {
            found: *found,
            known: *known,
        },
        StoreError::Damaged(text) => StoreError::Damaged(text.clone()),
        StoreError::Other(text) => StoreError::Other(text.clone()),
    }
}
