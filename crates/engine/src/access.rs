//! Who may use a service that sits on the engine: keys for programs, administrators and their sessions.

use accolade_core::time::Timestamp;
use serde_json::Value;

use crate::audit::Actor;
use crate::store::{AdministratorRow, KeyRow, Read, SessionRow, StoreError, Transaction};
use crate::{Engine, Error, Ticket};

/// The name of the setting under which a service's own secret is kept.
const SERVICE: &str = "service";

impl Engine {
    /// All keys, revoked ones included, in order of when they were made.
    pub fn api_keys(&self) -> Ticket<Vec<KeyRow>> {
        self.inner.readers.run(|reader| Ok(reader.api_keys()?))
    }

    /// All administrators, in order of name.
    pub fn administrators(&self) -> Ticket<Vec<AdministratorRow>> {
        self.inner
            .readers
            .run(|reader| Ok(reader.administrators()?))
    }

    /// The session of a hash; `None` when there is none, or it has expired.
    pub fn session(&self, hash: &[u8]) -> Ticket<Option<SessionRow>> {
        let (hash, now) = (hash.to_owned(), (self.inner.clock)());
        self.inner
            .readers
            .run(move |reader| Ok(unexpired(reader, &hash, now)?))
    }

    /// Looks at keys, administrators and sessions and changes them, in one transaction: nobody else writes between the
    /// look and the change. When `work` fails, nothing is changed.
    ///
    /// ```
    /// use accolade::store::AdministratorRow;
    /// use accolade::{Catalog, Engine, memory::MemoryStore};
    ///
    /// let engine = Engine::open(MemoryStore::new(), Catalog::from_toml("")?)?;
    /// let first = |name: &'static str| {
    ///     engine.administer(move |administration| {
    ///         if !administration.administrators()?.is_empty() {
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
    pub fn administer<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Administration<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Ticket<T> {
        let actor = self.actor.clone();
        self.work(move |workshop| {
            let now = workshop.now();
            workshop.transact(|tx, _| {
                work(&mut Administration {
                    tx,
                    now,
                    actor: &actor,
                })
            })
        })
    }

    /// Random bytes, 32 of them, that are the database's own: made at first use, and the same ever after. For a service
    /// to derive keys from.
    pub fn secret(&self) -> Ticket<Vec<u8>> {
        self.work(|workshop| workshop.transact(|tx, _| Ok(secret(tx, SERVICE)?)))
    }
}

/// A transaction over keys, administrators and sessions: see [`Engine::administer`].
pub struct Administration<'a> {
    tx: &'a mut dyn Transaction,
    now: Timestamp,
    actor: &'a Actor,
}

impl Administration<'_> {
    /// The engine's time, at which all of this happens.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// All keys, revoked ones included, in order of when they were made.
    ///
    /// # Errors
    /// When the database fails, here and below.
    pub fn api_keys(&mut self) -> Result<Vec<KeyRow>, Error> {
        Ok(self.tx.api_keys()?)
    }

    /// All administrators, in order of name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn administrators(&mut self) -> Result<Vec<AdministratorRow>, Error> {
        Ok(self.tx.administrators()?)
    }

    /// The session of a hash; `None` when there is none, or it has expired.
    ///
    /// # Errors
    /// When the database fails.
    pub fn session(&mut self, hash: &[u8]) -> Result<Option<SessionRow>, Error> {
        Ok(unexpired(self.tx, hash, self.now)?)
    }

    /// Puts a key, in place of the one with its id.
    ///
    /// # Errors
    /// When another key that is not revoked has its name, and when the database fails.
    pub fn put_api_key(&mut self, key: &KeyRow) -> Result<(), Error> {
        Ok(self.tx.put_api_key(key)?)
    }

    /// Puts an administrator, in place of the one with their name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put_administrator(&mut self, administrator: &AdministratorRow) -> Result<(), Error> {
        Ok(self.tx.put_administrator(administrator)?)
    }

    /// Drops an administrator. Their sessions stay until they are dropped, too.
    ///
    /// # Errors
    /// When the database fails.
    pub fn drop_administrator(&mut self, name: &str) -> Result<(), Error> {
        Ok(self.tx.drop_administrator(name)?)
    }

    /// Puts a session, in place of the one with its hash.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put_session(&mut self, session: &SessionRow) -> Result<(), Error> {
        Ok(self.tx.put_session(session)?)
    }

    /// Drops a session, and says whether there was one, expired or not.
    ///
    /// # Errors
    /// When the database fails.
    pub fn drop_session(&mut self, hash: &[u8]) -> Result<bool, Error> {
        Ok(self.tx.drop_session(hash)?)
    }

    /// Drops all sessions that stand for an administrator.
    ///
    /// # Errors
    /// When the database fails.
    pub fn drop_sessions_of(&mut self, administrator: &str) -> Result<(), Error> {
        Ok(self.tx.drop_sessions_of(administrator)?)
    }

    /// Drops all sessions that have expired.
    ///
    /// # Errors
    /// When the database fails.
    pub fn drop_expired_sessions(&mut self) -> Result<(), Error> {
        Ok(self.tx.drop_expired_sessions(self.now)?)
    }

    /// Notes in the audit log what is done here, if this engine acts [on somebody's behalf](Engine::on_behalf_of).
    /// Neither `subject` nor `detail`, a JSON object, may name a player: erasing one does not look for them there.
    ///
    /// # Errors
    /// When the database fails.
    pub fn note(&mut self, action: &str, subject: &str, detail: Value) -> Result<(), Error> {
        Ok(self
            .actor
            .note(self.tx, self.now, action, subject, detail)?)
    }
}

/// The session of a hash, unless it has expired.
fn unexpired<R: Read + ?Sized>(
    store: &mut R,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<SessionRow>, StoreError> {
    Ok(store
        .session(hash)?
        .filter(|session| session.expires_at > now))
}

/// Random bytes that are kept under a name, made at first use.
pub(crate) fn secret(tx: &mut dyn Transaction, name: &str) -> Result<Vec<u8>, StoreError> {
    if let Some(secret) = tx.setting(name)? {
        return Ok(secret);
    }
    let halves = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
    let secret: Vec<u8> = halves
        .iter()
        .flat_map(|half| half.as_bytes())
        .copied()
        .collect();
    tx.put_setting(name, &secret)?;
    Ok(secret)
}
