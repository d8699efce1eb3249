//! Places in the queue of writes, for callers that wait instead of retrying.

use accolade_core::event::NewEvent;

use crate::batch::{BatchItem, Permission};
use crate::receipt_thread::ReplyTo;
use crate::writer::{QueueSlot, WriterJob};
use crate::{Engine, Receipt, Rejection, Ticket};

/// A place in the queue of writes: see [`Engine::await_queue_place`]. Dropping it gives the place
/// back.
#[must_use = "it occupies a place in the queue"]
pub struct QueuePlace {
    engine: Engine,
    slot: QueueSlot,
}

impl Engine {
    /// Waits for a place in the queue of writes.
    ///
    /// Other calls fail with [`Error::QueueFull`](crate::Error::QueueFull) while the queue is full. A caller that has many
    /// events, such as an import, waits for a place for each batch, which slows it down to the speed
    /// of the database.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent};
    ///
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::open(store, Catalog::from_toml("")?)?;
    /// let batch = vec![NewEvent::new("ada", "visit").id("1"), NewEvent::new("bob", "visit").id("1")];
    /// let results = engine.await_queue_place().wait()?.record_many(batch).wait()?;
    /// assert!(results.iter().all(Result::is_ok));
    /// # Ok::<(), accolade::Error>(())
    /// ```
    ///
    /// # Errors
    /// The ticket fails with [`Error::ReadOnly`](crate::Error::ReadOnly) or [`Error::Closed`](crate::Error::Closed).
    pub fn await_queue_place(&self) -> Ticket<QueuePlace> {
        let engine = self.clone();
        match self.writer_handle() {
            Ok(writer) => writer
                .reserve_slot()
                .map(move |slot| QueuePlace { engine, slot }),
            Err(error) => Ticket::with_result(Err(error)),
        }
    }
}

impl QueuePlace {
    /// Records several events like [`Engine::record_many`].
    pub fn record_many(self, events: Vec<NewEvent>) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        self.submit_many(events, Permission::Record)
    }

    /// Records exported events and manual actions like
    /// [`Maintenance::restore_events`](crate::Maintenance::restore_events).
    pub fn restore_events(self, events: Vec<NewEvent>) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        self.submit_many(events, Permission::Restore)
    }

    fn submit_many(
        self,
        events: Vec<NewEvent>,
        permission: Permission,
    ) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        let Self { engine, slot } = self;
        let item = |event| BatchItem::new(event, permission, false).on_behalf_of(&engine.actor);
        let items = events.into_iter().map(item).collect();
        let (reply, ticket) = Ticket::new();
        let reply = ReplyTo::Many(reply);
        match engine.writer_handle() {
            Ok(writer) => writer.enqueue_reserved(WriterJob::Record { items, reply }, slot),
            Err(error) => return Ticket::with_result(Err(error)),
        }
        ticket
    }
}
