//! The engine handle that an application holds.

use std::sync::Arc;
use std::time::Duration;

use accolade_core::catalog::Catalog;
use accolade_core::event::NewEvent;
use accolade_core::limits;
use accolade_core::time::Timestamp;

use crate::audit::AuditActor;
use crate::batch::{BatchItem, Permission};
use crate::catalog_cache::CatalogCache;
use crate::feed_notifier::FeedNotifier;
use crate::query::BadgeCountCache;
use crate::reader_pool::ReaderPool;
use crate::receipt_thread::ReplyTo;
use crate::settings::{ClockFn, EngineLimits, system_clock};
use crate::store::{Store, StoreError};
use crate::ticket::ReplySender;
use crate::writer::{WriterHandle, WriterJob};
use crate::{Action, Error, Receipt, Rejection, Ticket, open_catalog};

/// A gamification engine on a [`Store`], with the published catalog.
///
/// Cloning is cheap: all clones share one engine, and each keeps the actor set by
/// [`on_behalf_of`](Engine::on_behalf_of).
///
/// All writes go through one thread, which combines the requests that are waiting into one
/// transaction. Queries run on reader threads and see committed data. Calls return a [`Ticket`],
/// which works both async and blocking. No call blocks by itself: while too many writes wait, a
/// further one fails with [`Error::QueueFull`], unless it [waits for a place](Engine::await_queue_place).
///
/// ```
/// use accolade::{Catalog, Engine, NewEvent, OutcomeKind};
/// use accolade_sqlite::SqliteStore;
///
/// let catalog = Catalog::from_toml(r#"
///     [[badge]]
///     id = "regular"
///     criterion = { count = "visit", at_least = 2 }
/// "#)?;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("accolade.db");
/// let engine = Engine::open(SqliteStore::open(&path)?, catalog)?;
/// engine.record(NewEvent::new("ada", "visit").id("1")).wait()?;
/// let receipt = engine.record(NewEvent::new("ada", "visit").id("2")).wait()?;
/// assert_eq!(receipt.outcomes[0].kind, OutcomeKind::BadgeAwarded);
/// engine.close()?;
/// # Ok::<(), accolade::Error>(())
/// ```
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<EngineInner>,
    /// Actor of the audit log for calls through this handle.
    pub(crate) actor: AuditActor,
}

pub(crate) struct EngineInner {
    pub(crate) store: Box<dyn Store>,
    pub(crate) catalogs: Arc<CatalogCache>,
    pub(crate) readers: ReaderPool,
    /// One reader for short queries that must not wait behind long ones: API keys and readiness.
    pub(crate) urgent_reader: ReaderPool,
    pub(crate) feed_notifier: Arc<FeedNotifier>,
    pub(crate) badge_counts: Arc<BadgeCountCache>,
    pub(crate) clock: Arc<ClockFn>,
    writer: Option<WriterHandle>,
    location: String,
}

/// Options for opening an [`Engine`]: see [`Engine::builder`].
pub struct EngineBuilder {
    store: Box<dyn Store>,
    catalog: Option<Catalog>,
    code_badges: Vec<crate::CodeBadge>,
    clock: Arc<ClockFn>,
    tuning: EngineLimits,
    read_only: bool,
}

impl Engine {
    /// Opens an engine with a catalog.
    ///
    /// An empty database publishes the catalog as its version 1. A database that has a catalog must
    /// have the same one; use [`publish`](crate::Catalogs::publish) to change it.
    ///
    /// # Errors
    /// Returns [`Error::CatalogDiffers`] if another catalog is published, and [`Error::Store`] if
    /// the database cannot be used.
    pub fn open(store: impl Store, catalog: Catalog) -> Result<Self, Error> {
        Self::builder(store).catalog(catalog).open()
    }

    /// Starts to configure an engine on a store.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, Timestamp};
    ///
    /// let noon: Timestamp = "2026-06-01T12:00:00Z".parse().expect("a valid time");
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::builder(store)
    ///     .catalog(Catalog::from_toml("")?)
    ///     .clock(move || noon)
    ///     .open()?;
    /// assert_eq!(engine.now(), noon);
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn builder(store: impl Store) -> EngineBuilder {
        EngineBuilder {
            store: Box::new(store),
            catalog: None,
            code_badges: Vec::new(),
            clock: Arc::new(system_clock),
            tuning: EngineLimits {
                max_ahead_micros: limits::AHEAD_OF_CLOCK,
                checkpoint_interval: limits::CHECKPOINT_EVENTS,
            },
            read_only: false,
        }
    }

    /// The current time by the engine's clock.
    pub fn now(&self) -> Timestamp {
        (self.inner.clock)()
    }

    /// The URL of the database, such as `sqlite:accolade.db`.
    pub fn database_url(&self) -> &str {
        &self.inner.location
    }

    /// Records an event.
    ///
    /// When the ticket resolves, the event and all its effects are durable. Recording is
    /// idempotent: an event with a known id and the same content returns the outcomes of the first
    /// time, with [`ReceiptStatus::Duplicate`](crate::ReceiptStatus::Duplicate). The receipt also
    /// lists the rules that listen to the event but did not pay, with the reasons.
    ///
    /// # Errors
    /// The ticket fails with [`Error::Rejected`] if the event is invalid, its id is taken by other
    /// content, or the player was erased.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent, ReceiptStatus};
    ///
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::open(store, Catalog::from_toml("")?)?;
    /// let visit = NewEvent::new("ada", "visit").id("visit-1");
    /// assert_eq!(engine.record(visit.clone()).wait()?.status, ReceiptStatus::Accepted);
    /// assert_eq!(engine.record(visit).wait()?.status, ReceiptStatus::Duplicate);
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn record(&self, event: NewEvent) -> Ticket<Receipt> {
        self.submit_one(BatchItem::new(event, Permission::Record, true))
    }

    /// Records several events, each accepted or rejected on its own.
    ///
    /// Returns one result per event, in order. The receipts do not list the rules that did not pay;
    /// see [`record_many_explained`](Self::record_many_explained). Events of one call may span
    /// several transactions.
    ///
    /// # Errors
    /// The ticket fails if the database fails. Events whose transaction was committed before that
    /// stay recorded; sending all of them again is safe.
    pub fn record_many(&self, events: Vec<NewEvent>) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        self.submit_many(events, Permission::Record)
    }

    /// Records several events like [`record_many`](Self::record_many), and lists the rules that did
    /// not pay.
    pub fn record_many_explained(
        &self,
        events: Vec<NewEvent>,
    ) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        self.submit_items(
            events
                .into_iter()
                .map(|event| BatchItem::new(event, Permission::Record, true))
                .collect(),
        )
    }

    /// Submits a manual action, such as awarding a badge, granting points or merging a guest.
    ///
    /// The action is checked against the player's state when it is recorded. One that is not
    /// possible is rejected and leaves no trace, and so is one on an unknown player that does not
    /// say [`create`](Action::create). With an id, submitting it again returns the first receipt.
    ///
    /// # Errors
    /// The ticket fails with [`Error::Rejected`] if the action is not possible.
    ///
    /// ```
    /// use accolade::{Action, Catalog, Engine, NewEvent};
    ///
    /// let catalog = Catalog::from_toml("[[currency]]\nid = 'xp'")?;
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::open(store, catalog)?;
    /// engine.record(NewEvent::new("ada", "visit")).wait()?;
    /// let action = Action::points("ada", "xp", 50).id("thanks-1").reason("found a bug");
    /// engine.submit_action(action).wait()?;
    /// assert_eq!(engine.players().load_balances("ada").wait()?["xp"], 50);
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn submit_action(&self, act: Action) -> Ticket<Receipt> {
        self.submit_one(BatchItem::from_action(act, true).on_behalf_of(&self.actor))
    }

    /// Submits several manual actions, each accepted or rejected on its own. Returns one result per
    /// action, in order.
    pub fn submit_actions(&self, acts: Vec<Action>) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        let item = |act| BatchItem::from_action(act, false).on_behalf_of(&self.actor);
        self.submit_items(acts.into_iter().map(item).collect())
    }

    /// Returns a handle to the same engine whose actions are recorded in the audit log under a
    /// name, such as that of the administrator of a web interface.
    ///
    /// The log records accepted manual actions, publications, erasures, repairs, restored events
    /// and pruning. Duplicates, rejections and actions without an effect leave no entry, and
    /// recording events never does.
    ///
    /// ```
    /// use accolade::{Action, Catalog, Engine};
    ///
    /// let catalog = Catalog::from_toml("[[badge]]\nid = 'hero'\ncriterion = { manual = true }")?;
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::open(store, catalog)?;
    /// let action = Action::award("ada", "hero").id("thanks").create();
    /// engine.on_behalf_of("grace").submit_action(action).wait()?;
    /// let entry = &engine.service().list_audit_entries(None, 10).wait()?.items[0];
    /// assert_eq!((&*entry.actor, &*entry.action), ("grace", "accolade.award"));
    /// # Ok::<(), accolade::Error>(())
    /// ```
    #[doc(hidden)]
    #[must_use]
    pub fn on_behalf_of(&self, who: &str) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            actor: AuditActor::new(who),
        }
    }

    /// Completes all pending writes and stops the writer thread. Clones of this engine are closed
    /// as well.
    ///
    /// # Errors
    /// Returns [`Error::Closed`] if the writer thread has panicked.
    pub fn close(self) -> Result<(), Error> {
        self.inner
            .writer
            .as_ref()
            .map_or(Ok(()), WriterHandle::close)
    }

    /// The writer thread, unless the engine was opened read-only.
    pub(crate) fn writer_handle(&self) -> Result<&WriterHandle, Error> {
        self.inner.writer.as_ref().ok_or(Error::ReadOnly)
    }

    /// Queues a job for the writer thread. `job` builds it around the sender of its reply.
    pub(crate) fn enqueue_job<T>(
        &self,
        job: impl FnOnce(ReplySender<T>) -> WriterJob,
    ) -> Ticket<T> {
        match self.writer_handle() {
            Ok(writer) => {
                let (reply, ticket) = Ticket::new();
                match writer.enqueue_job(job(reply)) {
                    Ok(()) => ticket,
                    Err(error) => Ticket::with_result(Err(error)),
                }
            }
            Err(error) => Ticket::with_result(Err(error)),
        }
    }

    /// Runs a long operation on a thread of its own.
    pub(crate) fn run_in_background<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&Self) -> Result<T, Error> + Send + 'static,
    ) -> Ticket<T> {
        let (reply, ticket) = Ticket::new();
        let engine = self.clone();
        let spawned = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                let done = work(&engine);
                // Release the engine before replying: the receiver may close the database at once.
                drop(engine);
                drop(reply.send(done));
            });
        match spawned {
            Ok(_) => ticket,
            Err(error) => Ticket::with_result(Err(StoreError::Other(format!(
                "cannot start a background thread: {error}"
            ))
            .into())),
        }
    }

    fn submit_one(&self, item: BatchItem) -> Ticket<Receipt> {
        self.enqueue_job(|reply| WriterJob::Record {
            items: vec![item],
            reply: ReplyTo::One(reply),
        })
    }

    pub(crate) fn submit_many(
        &self,
        events: Vec<NewEvent>,
        permission: Permission,
    ) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        let item = |event| BatchItem::new(event, permission, false).on_behalf_of(&self.actor);
        self.submit_items(events.into_iter().map(item).collect())
    }

    fn submit_items(&self, items: Vec<BatchItem>) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        self.enqueue_job(|reply| WriterJob::Record {
            items,
            reply: ReplyTo::Many(reply),
        })
    }
}

impl EngineBuilder {
    /// Sets the catalog. An empty database publishes it; a database that has a catalog must have
    /// the same one. Without it, the database's own catalog is used.
    #[must_use]
    pub fn catalog(mut self, catalog: Catalog) -> Self {
        self.catalog = Some(catalog);
        self
    }

    /// Sets the code badges for the database's own catalog. A [`catalog`](Self::catalog) that has
    /// code badges overrides them. Default: the [collected](crate::registry::collect_badges) ones.
    #[must_use]
    pub fn code_badges(mut self, badges: Vec<crate::CodeBadge>) -> Self {
        self.code_badges = badges;
        self
    }

    /// Sets the clock, for tests. Default: the system clock.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the maximum distance of an event ahead of the clock. Events beyond it are rejected.
    /// Default: 5 minutes (S28).
    #[must_use]
    pub fn max_ahead_of_clock(mut self, ahead: Duration) -> Self {
        // Longer than the range of timestamps is the same as unlimited.
        self.tuning.max_ahead_micros = i64::try_from(ahead.as_micros()).unwrap_or(i64::MAX);
        self
    }

    /// Sets the minimum number of events between two checkpoints of a player, at least 1. A smaller
    /// number makes late events cheaper and the database larger. Default: 1,000.
    #[must_use]
    pub fn checkpoint_interval(mut self, events: u64) -> Self {
        self.tuning.checkpoint_interval = events.max(1);
        self
    }

    /// Opens the engine read-only: code badges need not be registered, and every write fails with
    /// [`Error::ReadOnly`].
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Opens the engine and starts its threads.
    ///
    /// # Errors
    /// - [`Error::NoCatalog`] if neither the database nor the caller has a catalog.
    /// - [`Error::CatalogDiffers`] if the given catalog is not the published one.
    /// - [`Error::MissingCode`] if a code badge of the published catalog is not registered and the
    ///   engine is not opened read-only.
    /// - [`Error::Store`] if the database cannot be used.
    pub fn open(self) -> Result<Engine, Error> {
        // The catalog's own code badges win: its fingerprint was computed with them.
        let code_badges = match &self.catalog {
            Some(catalog) if !catalog.code_badges().is_empty() => catalog.code_badges().to_vec(),
            _ => self.code_badges,
        };
        let published = open_catalog::resolve_catalog(
            &*self.store,
            self.catalog,
            &code_badges,
            &*self.clock,
            self.read_only,
        )?;
        let catalogs = Arc::new(CatalogCache::new(published, code_badges));
        let bell = Arc::new(FeedNotifier::default());
        let writing = match self.read_only {
            true => None,
            false => Some(WriterHandle::start_thread(
                &*self.store,
                &catalogs,
                &self.clock,
                self.tuning,
                &bell,
            )?),
        };
        let readers = ReaderPool::start_threads(&*self.store)?;
        let urgent_reader = ReaderPool::with_threads(&*self.store, 1)?;
        let location = self.store.database_url();
        let clock = self.clock;
        let store = self.store;
        let counted = Arc::default();
        let inner = EngineInner {
            store,
            catalogs,
            readers,
            urgent_reader,
            feed_notifier: bell,
            badge_counts: counted,
            clock,
            writer: writing,
            location,
        };
        Ok(Engine {
            inner: Arc::new(inner),
            actor: AuditActor::default(),
        })
    }
}
