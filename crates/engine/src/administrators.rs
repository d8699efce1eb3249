//! Access to a service built on the engine: API keys, administrators and their sessions.

use accolade_core::time::Timestamp;
use serde_json::Value;

use crate::audit::AuditActor;
use crate::store::{AdministratorRow, KeyRow, ReadStore, SessionRow, StoreError, Transaction};
use crate::{Engine, Error, Ticket};

/// Setting that holds the secret of a service.
const SERVICE_SECRET: &str = "service";

impl Engine {
    /// Lists all API keys, including revoked ones, in order of creation.
    pub fn list_api_keys(&self) -> Ticket<Vec<KeyRow>> {
        self.inner
            .readers
            .run_query(|reader| Ok(reader.list_api_keys()?))
    }

    /// Lists all administrators, in order of name.
    pub fn list_administrators(&self) -> Ticket<Vec<AdministratorRow>> {
        self.inner
            .readers
            .run_query(|reader| Ok(reader.list_administrators()?))
    }

    /// Finds a session by the SHA-256 hash of its secret; `None` if it is unknown or has expired.
    pub fn find_session(&self, hash: &[u8]) -> Ticket<Option<SessionRow>> {
        let (hash, now) = (hash.to_owned(), (self.inner.clock)());
        self.inner
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
    ///     engine.change_access(move |administration| {
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
        let actor = self.actor.clone();
        self.run_on_writer(move |workshop| {
            let now = workshop.now();
            workshop.run_transaction(|tx, _| {
                work(&mut AccessTransaction {
                    tx,
                    now,
                    actor: &actor,
                })
            })
        })
    }

    /// The secret of this database: 32 random bytes, created on first use and constant from then
    /// on. Services derive their keys from it.
    pub fn service_secret(&self) -> Ticket<Vec<u8>> {
        self.run_on_writer(|workshop| {
            workshop.run_transaction(|tx, _| Ok(load_or_create_secret(tx, SERVICE_SECRET)?))
        })
    }
}

/// A transaction over API keys, administrators and sessions: see [`Engine::change_access`].
///
/// All methods fail with [`Error::Store`] if the database fails.
pub struct AccessTransaction<'a> {
    tx: &'a mut dyn Transaction,
    now: Timestamp,
    actor: &'a AuditActor,
}

impl AccessTransaction<'_> {
    /// The current time by the engine's clock, fixed for the transaction.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Lists all API keys, including revoked ones, in order of creation.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database fails.
    pub fn list_api_keys(&mut self) -> Result<Vec<KeyRow>, Error> {
        Ok(self.tx.list_api_keys()?)
    }

    /// Lists all administrators, in order of name.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database fails.
    pub fn list_administrators(&mut self) -> Result<Vec<AdministratorRow>, Error> {
        Ok(self.tx.list_administrators()?)
    }

    /// Finds a session by the SHA-256 hash of its secret; `None` if it is unknown or has expired.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database fails.
    pub fn find_session(&mut self, hash: &[u8]) -> Result<Option<SessionRow>, Error> {
        Ok(find_unexpired_session(self.tx, hash, self.now)?)
    }

    /// Creates an API key, or replaces the one with the same id.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if another active key has the same name, or the database fails.
    pub fn put_api_key(&mut self, key: &KeyRow) -> Result<(), Error> {
        Ok(self.tx.put_api_key(key)?)
    }

    /// Creates an administrator, or replaces the one with the same name.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database fails.
    pub fn put_administrator(&mut self, administrator: &AdministratorRow) -> Result<(), Error> {
        Ok(self.tx.put_administrator(administrator)?)
    }

    /// Deletes an administrator. Their sessions stay valid: delete them with
    /// [`drop_sessions_of`](Self::delete_sessions_of).
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database fails.
    pub fn delete_administrator(&mut self, name: &str) -> Result<(), Error> {
        Ok(self.tx.delete_administrator(name)?)
    }

    /// Creates a session, or replaces the one with the same hash.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database fails.
    pub fn put_session(&mut self, session: &SessionRow) -> Result<(), Error> {
        Ok(self.tx.put_session(session)?)
    }

    /// Deletes a session. Returns true if it existed, expired or not.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database fails.
    pub fn delete_session(&mut self, hash: &[u8]) -> Result<bool, Error> {
        Ok(self.tx.delete_session(hash)?)
    }

    /// Deletes all sessions of an administrator.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database fails.
    pub fn delete_sessions_of(&mut self, administrator: &str) -> Result<(), Error> {
        Ok(self.tx.delete_sessions_of(administrator)?)
    }

    /// Deletes all sessions that have expired.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database fails.
    pub fn delete_expired_sessions(&mut self) -> Result<(), Error> {
        Ok(self.tx.delete_expired_sessions(self.now)?)
    }

    /// Appends an entry to the audit log, in the name of the engine's
    /// [actor](Engine::on_behalf_of). Does nothing if it has none.
    ///
    /// Neither `subject` nor `detail`, a JSON object, may contain data of a player: erasing a
    /// player does not search these entries.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database fails.
    pub fn record_audit_entry(
        &mut self,
        action: &str,
        subject: &str,
        detail: Value,
    ) -> Result<(), Error> {
        Ok(self
            .actor
            .record_action(self.tx, self.now, action, subject, detail)?)
    }
}

fn find_unexpired_session<R: ReadStore + ?Sized>(
    store: &mut R,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<SessionRow>, StoreError> {
    Ok(store
        .find_session(hash)?
        // A session is invalid from its expiry instant on.
        .filter(|session| session.expires_at > now))
}

/// Loads the named secret, or creates it on first use.
pub(crate) fn load_or_create_secret(
    tx: &mut dyn Transaction,
    name: &str,
) -> Result<Vec<u8>, StoreError> {
    if let Some(secret) = tx.load_setting(name)? {
        return Ok(secret);
    }
    // Two v4 UUIDs give 244 random bits without a dependency on a random number generator.
    let halves = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
    let secret: Vec<u8> = halves
        .iter()
        .flat_map(|half| half.as_bytes())
        .copied()
        .collect();
    tx.put_setting(name, &secret)?;
    Ok(secret)
}
