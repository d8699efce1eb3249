//! The engine: the one handle that an application holds.

use std::sync::Arc;

use accolade_core::catalog::Catalog;
use accolade_core::event::NewEvent;
use accolade_core::limits;
use accolade_core::time::Timestamp;

use crate::audit::Actor;
use crate::batch::{Item, Right};
use crate::catalogs::Catalogs;
use crate::feed::Bell;
use crate::query::Counted;
use crate::readers::Readers;
use crate::settings::{Clock, Tuning, system_clock};
use crate::store::{Reader, Store, StoreError};
use crate::writer::{Workshop, Writing};
use crate::{Act, Error, Receipt, Rejection, Ticket, install};

/// Accolade on a store, with the catalog in force. Cloning it is cheap, and all clones are the same engine, on the same
/// [behalf](Engine::on_behalf_of).
///
/// Recording goes through one writing thread that puts whatever waits into one transaction; queries go to reading
/// threads. Every method returns a [`Ticket`], which can be awaited or waited for.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
    /// On whose behalf this handle is used.
    pub(crate) actor: Actor,
}

pub(crate) struct Inner {
    pub(crate) store: Box<dyn Store>,
    pub(crate) catalogs: Arc<Catalogs>,
    pub(crate) readers: Readers,
    pub(crate) bell: Arc<Bell>,
    pub(crate) counted: Arc<Counted>,
    pub(crate) clock: Arc<Clock>,
    writing: Option<Writing>,
    location: String,
}

/// How an engine is opened.
pub struct Builder {
    store: Box<dyn Store>,
    catalog: Option<Catalog>,
    code_badges: Vec<crate::CodeBadge>,
    clock: Arc<Clock>,
    tuning: Tuning,
    read_only: bool,
}

impl Engine {
    /// Opens an engine. An empty database takes the catalog; one that has a catalog must have this one.
    ///
    /// # Errors
    /// When the database cannot be used, or another catalog is in force.
    pub fn open(store: impl Store, catalog: Catalog) -> Result<Self, Error> {
        Self::builder(store).catalog(catalog).open()
    }

    /// Says more about how to open it.
    pub fn builder(store: impl Store) -> Builder {
        Builder {
            store: Box::new(store),
            catalog: None,
            code_badges: Vec::new(),
            clock: Arc::new(system_clock),
            tuning: Tuning {
                ahead: limits::AHEAD_OF_CLOCK,
                checkpoint_every: limits::CHECKPOINT_EVENTS,
            },
            read_only: false,
        }
    }

    /// The catalog in force, as far as this process knows: one that another process puts in force is seen with the next
    /// recording.
    pub fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.inner.catalogs.current().catalog)
    }

    /// Its version: 1 for the first, and so on.
    pub fn catalog_version(&self) -> i64 {
        self.inner.catalogs.current().version
    }

    /// What its clock says.
    pub fn now(&self) -> Timestamp {
        (self.inner.clock)()
    }

    /// Where the data is: `sqlite:accolade.db`.
    pub fn location(&self) -> &str {
        &self.inner.location
    }

    /// Records an event. When the ticket is answered, the event and all of its consequences are durable. The receipt
    /// names the rules that listened but did not pay, with the reasons.
    pub fn record(&self, event: NewEvent) -> Ticket<Receipt> {
        self.one(Item::new(event, Right::Record, true))
    }

    /// Records events, each of which is taken or rejected on its own. One answer for each, in order; the rules that did
    /// not pay are not named.
    pub fn record_many(&self, events: Vec<NewEvent>) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        self.many(events, Right::Record)
    }

    /// Records events as [`record_many`](Self::record_many) does, and names the rules that did not pay.
    pub fn record_many_explained(
        &self,
        events: Vec<NewEvent>,
    ) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        self.send_many(
            events
                .into_iter()
                .map(|event| Item::new(event, Right::Record, true))
                .collect(),
        )
    }

    /// Records events and acts that were exported, as they were decided. It takes the right to act, so do not let
    /// strangers call it.
    pub fn restore_many(&self, events: Vec<NewEvent>) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        self.many(events, Right::Restore)
    }

    /// Acts by hand: awards, takes away, grants, retracts, merges … An act that cannot be done is rejected, and leaves no
    /// trace.
    pub fn act(&self, act: Act) -> Ticket<Receipt> {
        self.one(Item::new(act.0, Right::Act, true).on_behalf_of(&self.actor))
    }

    /// Acts by hand several times. One answer for each, in order.
    pub fn act_many(&self, acts: Vec<Act>) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        self.many(acts.into_iter().map(|act| act.0).collect(), Right::Act)
    }

    /// Reads with a connection of the store, for what has no method of its own.
    pub fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Ticket<T> {
        self.inner.readers.run(move |reader| Ok(work(reader)?))
    }

    /// Waits until everything that was sent is recorded, and ends the engine's threads. Clones are closed, too.
    ///
    /// # Errors
    /// When the writing thread has failed.
    pub fn close(self) -> Result<(), Error> {
        self.inner.writing.as_ref().map_or(Ok(()), Writing::close)
    }

    /// The writing thread, unless the engine was opened to read only.
    pub(crate) fn writing(&self) -> Result<&Writing, Error> {
        self.inner.writing.as_ref().ok_or(Error::ReadOnly)
    }

    /// Does something on the writing thread.
    pub(crate) fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Workshop) -> Result<T, Error> + Send + 'static,
    ) -> Ticket<T> {
        match self.writing() {
            Ok(writing) => writing.work(work),
            Err(error) => Ticket::ready(Err(error)),
        }
    }

    fn one(&self, item: Item) -> Ticket<Receipt> {
        match self.writing() {
            Ok(writing) => writing.one(item),
            Err(error) => Ticket::ready(Err(error)),
        }
    }

    fn many(&self, events: Vec<NewEvent>, right: Right) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        let item = |event| Item::new(event, right, false).on_behalf_of(&self.actor);
        self.send_many(events.into_iter().map(item).collect())
    }

    fn send_many(&self, items: Vec<Item>) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        match self.writing() {
            Ok(writing) => writing.many(items),
            Err(error) => Ticket::ready(Err(error)),
        }
    }
}

impl Builder {
    /// The catalog: what an empty database takes, and what one that has a catalog must have.
    #[must_use]
    pub fn catalog(mut self, catalog: Catalog) -> Self {
        self.catalog = Some(catalog);
        self
    }

    /// Badges in code for the database's own catalog. A catalog that is given brings its own.
    #[must_use]
    pub fn code_badges(mut self, badges: Vec<crate::CodeBadge>) -> Self {
        self.code_badges = badges;
        self
    }

    /// Where the time comes from, for tests; the system's clock when not called.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How many microseconds ahead of the clock an event may be; five minutes when not called (S10).
    #[must_use]
    pub fn ahead_of_clock(mut self, micros: i64) -> Self {
        self.tuning.ahead = micros;
        self
    }

    /// How many events lie between two checkpoints of a player at the least; a thousand when not called. Fewer make
    /// late events cheaper and the database larger.
    #[must_use]
    pub fn checkpoint_every(mut self, events: u64) -> Self {
        self.tuning.checkpoint_every = events.max(1);
        self
    }

    /// Opens to read only: badges in code need not be there, and nothing can be recorded.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Opens the engine.
    ///
    /// # Errors
    /// When the database cannot be used, has no catalog and none is given, or has another one than is given.
    pub fn open(self) -> Result<Engine, Error> {
        let code_badges = match &self.catalog {
            Some(catalog) if !catalog.code_badges().is_empty() => catalog.code_badges().to_vec(),
            _ => self.code_badges,
        };
        let in_force = install::catalog(
            &*self.store,
            self.catalog,
            &code_badges,
            &*self.clock,
            self.read_only,
        )?;
        let catalogs = Arc::new(Catalogs::new(in_force, code_badges));
        let bell = Arc::new(Bell::default());
        let writing = match self.read_only {
            true => None,
            false => Some(Writing::start(
                &*self.store,
                &catalogs,
                &self.clock,
                self.tuning,
                &bell,
            )?),
        };
        let readers = Readers::start(&*self.store)?;
        let location = self.store.location();
        let clock = self.clock;
        let store = self.store;
        let counted = Arc::default();
        let inner = Inner {
            store,
            catalogs,
            readers,
            bell,
            counted,
            clock,
            writing,
            location,
        };
        Ok(Engine {
            inner: Arc::new(inner),
            actor: Actor::default(),
        })
    }
}
