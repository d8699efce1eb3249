//! Events on their way into the engine: in batches, a few at a time, answered in order.

use std::collections::VecDeque;

use accolade::core::limits;
use accolade::{Engine, NewEvent, Receipt, Rejection, Ticket};

use crate::failure::Failure;

/// Batches that may be on their way at a time.
const AT_A_TIME: usize = 4;
/// Bytes of source that make a batch full before it has its number of events.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// What became of something that was sent.
pub(crate) enum Answer {
    /// It is recorded.
    Recorded(Receipt),
    /// The engine refused it.
    Rejected(Rejection),
    /// It was no event to begin with, for this reason.
    Malformed(String),
}

/// A conveyor of events, each with a tag by which its answer is known.
pub(crate) struct Pipeline<'e, Tag, Answered> {
    engine: &'e Engine,
    may_act: bool,
    answered: Answered,
    batch: Batch<Tag>,
    sent: VecDeque<Sent<Tag>>,
}

struct Batch<Tag> {
    /// Everything in order; what is no event says why.
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
    /// A conveyor into an engine. `answered` is called once for each thing sent, in order. With `may_act`, acts by hand
    /// are taken as they were exported.
    pub(crate) fn new(engine: &'e Engine, may_act: bool, answered: Answered) -> Self {
        Self {
            engine,
            may_act,
            answered,
            batch: Batch::new(),
            sent: VecDeque::new(),
        }
    }

    /// Sends an event, or passes on why there is none. `bytes` is the length of what it was read from.
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

    /// Sends what is left and waits for all answers.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.dispatch()?;
        while let Some(sent) = self.sent.pop_front() {
            self.receive(sent)?;
        }
        Ok(())
    }

    fn dispatch(&mut self) -> Result<(), Failure> {
        let Batch { items, events, .. } = std::mem::replace(&mut self.batch, Batch::new());
        let ticket = match (events.is_empty(), self.may_act) {
            (true, _) => None,
            (false, true) => Some(self.engine.restore_many(events)),
            (false, false) => Some(self.engine.record_many(events)),
        };
        self.sent.push_back(Sent { items, ticket });
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
                None => match results.next().expect("the engine answers for every event") {
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
