//! Pipeline of event batches into the engine, with results in order.

use std::collections::VecDeque;

use accolade::{Engine, NewEvent, Receipt, Rejection, Ticket};
use accolade_core::limits;

use crate::error::CommandError;
use crate::import::reject_reason::MalformedLine;

/// Maximum number of batches in flight. More than one keeps the engine busy while lines are parsed.
const MAX_BATCHES_IN_FLIGHT: usize = 4;
/// Size of the source text, in bytes, at which a batch is full before it has its number of events.
// A thousand events with properties of 64 KiB each would take 64 MiB, for each batch in flight.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// Result of an item that was sent.
pub(crate) enum ImportResult {
    /// The event is recorded, or is a duplicate.
    Recorded(Receipt),
    /// The engine rejected the event.
    Rejected(Rejection),
    /// The item is not an event, for this reason.
    Malformed(MalformedLine),
}

/// Pipeline of events, each with a tag that identifies its result.
pub(crate) struct EventPipeline<'e, Tag, Answered> {
    engine: &'e Engine,
    allow_actions: bool,
    on_result: Answered,
    batch: PendingBatch<Tag>,
    in_flight: VecDeque<BatchInFlight<Tag>>,
}

struct PendingBatch<Tag> {
    /// All items in order; an item that is not an event has a reason.
    items: Vec<(Tag, Option<MalformedLine>)>,
    events: Vec<NewEvent>,
    bytes: usize,
}

struct BatchInFlight<Tag> {
    items: Vec<(Tag, Option<MalformedLine>)>,
    ticket: Option<Ticket<Vec<Result<Receipt, Rejection>>>>,
}

impl<'e, Tag, Answered> EventPipeline<'e, Tag, Answered>
where
    Answered: FnMut(Tag, ImportResult) -> Result<(), CommandError>,
{
    /// Starts a pipeline into an engine. `answered` is called once for each item, in order. With
    /// `may_act`, exported actions are accepted without being checked again.
    pub(crate) fn new(engine: &'e Engine, may_act: bool, answered: Answered) -> Self {
        Self {
            engine,
            allow_actions: may_act,
            on_result: answered,
            batch: PendingBatch::new(),
            in_flight: VecDeque::new(),
        }
    }

    /// Sends an event, or the reason why there is none. `bytes` is the length of its source text.
    pub(crate) fn send(
        &mut self,
        tag: Tag,
        bytes: usize,
        event: Result<NewEvent, MalformedLine>,
    ) -> Result<(), CommandError> {
        match event {
            Ok(event) => {
                self.batch.items.push((tag, None));
                self.batch.events.push(event);
            }
            // Queued like an event, because results come in the order of the lines. It counts
            // toward the size of the batch, because its tag holds the line in memory.
            Err(reason) => self.batch.items.push((tag, Some(reason))),
        }
        self.batch.bytes += bytes;
        if self.batch.items.len() >= limits::BATCH_EVENTS || self.batch.bytes >= BATCH_BYTES {
            self.send_batch()?;
        }
        Ok(())
    }

    /// Sends the last batch and waits for all results.
    pub(crate) fn finish(mut self) -> Result<(), CommandError> {
        self.send_batch()?;
        while let Some(sent) = self.in_flight.pop_front() {
            self.await_batch(sent)?;
        }
        Ok(())
    }

    fn send_batch(&mut self) -> Result<(), CommandError> {
        let PendingBatch { items, events, .. } =
            std::mem::replace(&mut self.batch, PendingBatch::new());
        let ticket = if events.is_empty() {
            None
        } else {
            // Waits while the queue is full: an import has no reason to give up.
            let place = self.engine.await_queue_place().wait()?;
            Some(match self.allow_actions {
                // An export holds decided effects, which are not judged again (S3, S18).
                true => place.restore_events(events),
                false => place.record_many(events),
            })
        };
        self.in_flight.push_back(BatchInFlight { items, ticket });
        // Waiting only for the oldest batch keeps the queue full.
        if self.in_flight.len() > MAX_BATCHES_IN_FLIGHT
            && let Some(sent) = self.in_flight.pop_front()
        {
            self.await_batch(sent)?;
        }
        Ok(())
    }

    fn await_batch(&mut self, sent: BatchInFlight<Tag>) -> Result<(), CommandError> {
        let results = sent.ticket.map_or(Ok(Vec::new()), Ticket::wait)?;
        let mut results = results.into_iter();
        for (tag, reason) in sent.items {
            let answer = match reason {
                Some(reason) => ImportResult::Malformed(reason),
                None => match results
                    .next()
                    .expect("the engine returns a result for every event")
                {
                    Ok(receipt) => ImportResult::Recorded(receipt),
                    Err(rejection) => ImportResult::Rejected(rejection),
                },
            };
            (self.on_result)(tag, answer)?;
        }
        Ok(())
    }
}

impl<Tag> PendingBatch<Tag> {
    fn new() -> Self {
        Self {
            items: Vec::new(),
            events: Vec::new(),
            bytes: 0,
        }
    }
}
