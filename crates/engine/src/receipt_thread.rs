//! The thread that builds receipts, so that the writer thread can continue with the next batch.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::batch::ItemResult;
use crate::store::{ChangeSet, StoreError};
use crate::ticket::ReplySender;
use crate::{Error, Receipt, Rejection};

/// Sender of the receipts of one request.
pub(crate) enum ReplyTo {
    One(ReplySender<Receipt>),
    Many(ReplySender<Vec<Result<Receipt, Rejection>>>),
}

/// A batch of requests that the writer thread has completed.
pub(crate) struct CommittedBatch {
    /// Item count and reply sender of each request.
    pub(crate) requests: Vec<(usize, ReplyTo)>,
    /// Results of the items, in order; fewer than the items if the database failed.
    pub(crate) results: Vec<ItemResult>,
    /// Error that ended the batch.
    pub(crate) error: Option<StoreError>,
    /// Written rows that are no longer needed. Freeing them takes time that the writer thread need
    /// not spend.
    pub(crate) rows_to_free: Vec<Vec<ChangeSet>>,
}

/// Handle of the receipt thread. Dropping it waits until all replies are sent.
pub(crate) struct ReceiptThread {
    batches: Option<Sender<CommittedBatch>>,
    thread: Option<JoinHandle<()>>,
}

impl ReceiptThread {
    pub(crate) fn start_thread() -> Result<Self, StoreError> {
        let (served, waiting) = channel();
        let spawned = std::thread::Builder::new()
            .name("accolade-answers".to_owned())
            .spawn(move || build_receipts(&waiting));
        let thread = spawned.map_err(|error| {
            StoreError::Other(format!("cannot start a receipt thread: {error}"))
        })?;
        Ok(Self {
            batches: Some(served),
            thread: Some(thread),
        })
    }

    /// Queues a batch for its replies.
    pub(crate) fn enqueue_batch(&self, served: CommittedBatch) {
        if let Some(sender) = &self.batches {
            drop(sender.send(served));
        }
    }
}

impl Drop for ReceiptThread {
    fn drop(&mut self) {
        // Closing the channel first lets the thread end after the batches that are queued.
        self.batches = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn build_receipts(waiting: &Receiver<CommittedBatch>) {
    for CommittedBatch {
        requests,
        results,
        error,
        rows_to_free,
    } in waiting
    {
        let mut results = results.into_iter();
        for (count, reply) in requests {
            let own: Vec<ItemResult> = results.by_ref().take(count).collect();
            // A request with all of its results was committed before the failure of a later one.
            let receipts = match (&error, own.len() == count) {
                (_, true) => complete_receipts(own),
                (Some(error), false) => Err(error.clone()),
                (None, false) => Err(StoreError::Other("batch results are incomplete".to_owned())),
            };
            reply.send_receipts(receipts);
        }
        drop(rows_to_free);
    }
}

/// Completes the receipts of a request. Rejected items have none.
fn complete_receipts(
    results: Vec<ItemResult>,
) -> Result<Vec<Result<Receipt, Rejection>>, StoreError> {
    results
        .into_iter()
        .map(|result| match result {
            Ok(draft) => draft.into_receipt().map(Ok),
            Err(rejection) => Ok(Err(rejection)),
        })
        .collect()
}

impl ReplyTo {
    fn send_receipts(self, receipts: Result<Vec<Result<Receipt, Rejection>>, StoreError>) {
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
