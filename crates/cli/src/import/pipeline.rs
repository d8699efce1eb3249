//! Pipeline of event batches into the engine, with results in order.

use std::collections::VecDeque;

use accolade::core::limits;
use accolade::{Engine, NewEvent, Receipt, Rejection, Ticket};

use crate::failure::Failure;

/// Maximum number of batches in flight. More than one keeps the engine busy while lines are parsed.
const AT_A_TIME: usize = 4;
/// Size of the source text, in bytes, at which a batch is full before it has its number of events.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// Result of an item that was sent.
pub(crate) enum Answer {
    /// The event is recorded, or is a duplicate.
    Recorded(Receipt),
    /// The engine rejected the event.
    Rejected(Rejection),
    /// The item is not an event, for this reason.
    Malformed(String),
}

/// Pipeline of events, each with a tag that identifies its result.
pub(crate) struct Pipeline<'e, Tag, Answered> {
    engine: &'e Engine,
    allow_actions: bool,
    answered: Answered,
    batch: Batch<Tag>,
    sent: VecDeque<Sent<Tag>>,
}

struct Batch<Tag> {
    /// All items in order; an item that is not an event has a reason.
    items: Vec<(Tag, Option<String>)>,
    events: Vec<NewEvent>,
    bytes: usize,
}

struct Sent<Tag> {
    items: Vec<(Tag, Option<String>)>,
    ticket: Option<Ticket<Vec<Result<Receipt, Rejection>>>>,
}

impl<'e, Tag, Answered> Pipeline<'e, Tag, Answered>
where
    Answered: FnMut(Tag, Answer) -> Result<(), Failure>,
{
    /// Starts a pipeline into an engine. `answered` is called once for each item, in order. With
    /// `may_act`, exported actions are accepted without being checked again.
    pub(crate) fn new(engine: &'e Engine, may_act: bool, answered: Answered) -> Self {
        Self {
            engine,
            allow_actions: may_act,
            answered,
            batch: Batch::new(),
            sent: VecDeque::new(),
        }
    }

    /// Sends an event, or the reason why there is none. `bytes` is the length of its source text.
    pub(crate) fn send(
        &mut self,
        tag: Tag,
        bytes: usize,
        event: Result<NewEvent, String>,
    ) -> Result<(), Failure> {
        match event {
            Ok(event) => {
                self.batch.items.push((tag, None));
                self.batch.events.push(event);
            }
            Err(reason) => self.batch.items.push((tag, Some(reason))),
        }
        self.batch.bytes += bytes;
        if self.batch.items.len() >= limits::BATCH_EVENTS || self.batch.bytes >= BATCH_BYTES {
            self.dispatch()?;
        }
        Ok(())
    }

    /// Sends the last batch and waits for all results.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.dispatch()?;
        while let Some(sent) = self.sent.pop_front() {
            self.receive(sent)?;
        }
        Ok(())
    }

    fn dispatch(&mut self) -> Result<(), Failure> {
        let Batch { items, events, .. } = std::mem::replace(&mut self.batch, Batch::new());
        let ticket = match (events.is_empty(), self.allow_actions) {
            (true, _) => None,
            (false, true) => Some(self.engine.restore_many(events)),
            (false, false) => Some(self.engine.record_many(events)),
        };
        self.sent.push_back(Sent { items, ticket });
        // Waiting only for the oldest batch keeps the queue full.
        if self.sent.len() > AT_A_TIME
            && let Some(sent) = self.sent.pop_front()
        {
            self.receive(sent)?;
        }
        Ok(())
    }

    fn receive(&mut self, sent: Sent<Tag>) -> Result<(), Failure> {
        let results = sent.ticket.map_or(Ok(Vec::new()), Ticket::wait)?;
        let mut results = results.into_iter();
        for (tag, reason) in sent.items {
            let answer = match reason {
                Some(reason) => Answer::Malformed(reason),
                None => match results
                    .next()
                    .expect("the engine returns a result for every event")
                {
                    Ok(receipt) => Answer::Recorded(receipt),
                    Err(rejection) => Answer::Rejected(rejection),
                },
            };
            (self.answered)(tag, answer)?;
        }
        Ok(())
    }
}

impl<Tag> Batch<Tag> {
    fn new() -> Self {
        Self {
            items: Vec::new(),
            events: Vec::new(),
            bytes: 0,
        }
    }
}
