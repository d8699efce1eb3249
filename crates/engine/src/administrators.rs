//! Access to a service built on the engine: API keys, administrators and their sessions.

use crate::access_transaction::{
    AccessChange, AccessTransaction, PendingChange, find_unexpired_session,
};
use crate::audit::AuditActor;
use crate::batch::identity::{self, PlayerIdentity};
use crate::secret::{SERVICE_SECRET, SERVICE_URL, load_or_create_secret};
use crate::service::ServiceData;
use crate::store::{AdministratorRow, KeyRow, SessionRow};
use crate::writer::{WriterJob, WriterThread};
use crate::{Error, Ticket};

impl ServiceData<'_> {
    /// Lists all API keys, including revoked ones, in order of creation.
    pub fn list_api_keys(&self) -> Ticket<Vec<KeyRow>> {
        self.engine
            .inner
            .urgent_reader
            .run_query(|reader| Ok(reader.list_api_keys()?))
    }

    /// Lists all administrators, in order of name.
    pub fn list_administrators(&self) -> Ticket<Vec<AdministratorRow>> {
        self.engine
            .inner
            .readers
            .run_query(|reader| Ok(reader.list_administrators()?))
    }

    /// Finds a session by the SHA-256 hash of its secret; `None` if it is unknown or has expired.
    pub fn find_session(&self, hash: &[u8]) -> Ticket<Option<SessionRow>> {
        let (hash, now) = (hash.to_owned(), (self.engine.inner.clock)());
        self.engine
            .inner
            .readers
            .run_query(move |reader| Ok(find_unexpired_session(reader, &hash, now)?))
    }

    /// Reads and changes API keys, administrators and sessions in one transaction.
    ///
    /// No other write happens between the reads and the changes. If `work` fails, the transaction
    /// is rolled back.
    ///
    /// ```
    /// use accolade::store::AdministratorRow;
    /// use accolade::{Catalog, Engine};
    ///
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::open(store, Catalog::from_toml("")?)?;
    /// let first = |name: &'static str| {
    ///     engine.service().change_access(move |administration| {
    ///         if !administration.list_administrators()?.is_empty() {
    ///             return Ok(false);
    ///         }
    ///         administration.put_administrator(&AdministratorRow {
    ///             name: name.to_owned(),
    ///             password: "$argon2id$…".to_owned(),
    ///             created_at: administration.now(),
    ///             created_by: name.to_owned(),
    ///         })?;
    ///         Ok(true)
    ///     })
    /// };
    /// assert!(first("grace").wait()?);
    /// assert!(!first("mallory").wait()?);
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn change_access<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut AccessTransaction<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Ticket<T> {
        let actor = self.engine.actor.clone();
        self.engine.enqueue_job(|reply| WriterJob::ChangeAccess {
            change: PendingChange::boxed(work, reply),
            actor,
        })
    }

    /// The secret of this database: 32 random bytes, created on first use and constant until
    /// [`replace_secret`](crate::service::AccessTransaction::replace_secret). Services derive
    /// their keys from it.
    pub fn load_secret(&self) -> Ticket<Vec<u8>> {
        self.engine
            .enqueue_job(|reply| WriterJob::LoadServiceSecret { reply })
    }

    /// Finds the secret of this database without a write; `None` before its first use.
    pub fn find_secret(&self) -> Ticket<Option<Vec<u8>>> {
        self.engine
            .inner
            .readers
            .run_query(|reader| Ok(reader.load_setting(SERVICE_SECRET)?))
    }

    /// Finds the URL at which a service on this database was last started; `None` before the first
    /// start.
    pub fn find_url(&self) -> Ticket<Option<String>> {
        self.engine.inner.readers.run_query(|reader| {
            let url = reader.load_setting(SERVICE_URL)?;
            Ok(url.and_then(|url| String::from_utf8(url).ok()))
        })
    }

    /// Returns true if an id is that of a guest who was merged into another player.
    ///
    /// Queries resolve such an id to that player, so a credential of the guest must not be used.
    pub fn is_merged_guest(&self, player: &str) -> Ticket<bool> {
        let player = player.to_owned();
        self.engine.inner.readers.run_query(move |reader| {
            let identity = identity::resolve_one(reader, &player)?;
            Ok(matches!(identity, PlayerIdentity::Player(into) if into != player))
        })
    }
}

impl WriterThread {
    pub(crate) fn change_access(&mut self, mut change: Box<dyn AccessChange>, actor: &AuditActor) {
        let now = self.now();
        let result = self.run_transaction(|tx, _| {
            change.apply_change(&mut AccessTransaction::new(tx, now, actor))
        });
        change.send_reply(result);
    }

    pub(crate) fn load_service_secret(&mut self) -> Result<Vec<u8>, Error> {
        self.run_transaction(|tx, _| Ok(load_or_create_secret(tx, SERVICE_SECRET)?))
    }
}
