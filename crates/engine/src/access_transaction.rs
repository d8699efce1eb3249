//! Transactions over API keys, administrators and sessions.

use accolade_core::time::Timestamp;
use serde_json::Value;

use crate::Error;
use crate::audit::AuditActor;
use crate::batch::identity::{self, PlayerIdentity};
use crate::secret::{SERVICE_SECRET, SERVICE_URL, replace_secret};
use crate::store::{
    AdministratorRow, KeyRow, ReadStore, SessionKind, SessionRow, StoreError, Transaction,
};
use crate::ticket::ReplySender;

/// A transaction over API keys, administrators and sessions: see
/// [`service::ServiceData::change_access`](crate::service::ServiceData::change_access).
///
/// All methods fail with [`Error::Store`] if the database fails.
pub struct AccessTransaction<'a> {
    tx: &'a mut dyn Transaction,
    now: Timestamp,
    actor: &'a AuditActor,
}

impl<'a> AccessTransaction<'a> {
    pub(crate) fn new(tx: &'a mut dyn Transaction, now: Timestamp, actor: &'a AuditActor) -> Self {
        Self { tx, now, actor }
    }
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
    /// [`delete_sessions_of`](Self::delete_sessions_of).
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

    /// Deletes all sign-in sessions of an administrator.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database fails.
    pub fn delete_sessions_of(&mut self, administrator: &str) -> Result<(), Error> {
        Ok(self
            .tx
            .delete_sessions_of(SessionKind::SignIn, administrator)?)
    }

    /// Deletes all invitations that a person or program created.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database fails.
    pub fn delete_invitations_of(&mut self, author: &str) -> Result<(), Error> {
        Ok(self
            .tx
            .delete_sessions_of(SessionKind::Invitation, author)?)
    }

    /// Replaces the [secret](crate::service::ServiceData::load_secret) of this database.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database fails.
    pub fn replace_secret(&mut self) -> Result<(), Error> {
        replace_secret(self.tx, SERVICE_SECRET)?;
        Ok(())
    }

    /// Stores the URL at which the service is reachable, in place of any previous one.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database fails.
    pub fn put_url(&mut self, url: &str) -> Result<(), Error> {
        Ok(self.tx.put_setting(SERVICE_URL, url.as_bytes())?)
    }

    /// Deletes all sessions that have expired.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database fails.
    pub fn delete_expired_sessions(&mut self) -> Result<(), Error> {
        Ok(self.tx.delete_expired_sessions(self.now)?)
    }

    /// Appends an entry to the audit log, in the name of the engine's
    /// [actor](crate::Engine::on_behalf_of). Does nothing if it has none.
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

    /// Appends an entry about a player to the audit log, like
    /// [`record_audit_entry`](Self::record_audit_entry).
    ///
    /// Erasing the player also erases the player, the subject and the detail of the entry. The id
    /// of a merged guest is resolved to the player it was merged into.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database fails.
    pub fn record_player_audit_entry(
        &mut self,
        action: &str,
        player: &str,
        detail: Value,
    ) -> Result<(), Error> {
        // The entry of an erased player would bring the id back.
        let PlayerIdentity::Player(player) = identity::resolve_one(self.tx, player)? else {
            return self.record_audit_entry(action, "", serde_json::json!({}));
        };
        let player = Some(player.as_str());
        Ok(self
            .actor
            .record_player_action(self.tx, self.now, action, player, "", detail)?)
    }
}

/// Finds a session by the hash of its secret, unless it has expired.
pub(crate) fn find_unexpired_session<R: ReadStore + ?Sized>(
    store: &mut R,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<SessionRow>, StoreError> {
    Ok(store
        .find_session(hash)?
        // A session is invalid from its expiry instant on.
        .filter(|session| session.expires_at > now))
}

/// A change of access that the application requested. Its result has a type of the application,
/// which a job of the writer thread cannot name.
pub(crate) trait AccessChange: Send {
    /// Applies the change in a transaction, and keeps its result.
    fn apply_change(&mut self, access: &mut AccessTransaction<'_>) -> Result<(), Error>;

    /// Sends the result of the change after the commit, or the error that rolled it back.
    fn send_reply(self: Box<Self>, committed: Result<(), Error>);
}

/// A closure of the application and the sender of its result.
pub(crate) struct PendingChange<F, T> {
    /// Taken when it runs.
    work: Option<F>,
    result: Option<T>,
    reply: ReplySender<T>,
}

impl<F, T> PendingChange<F, T>
where
    F: FnOnce(&mut AccessTransaction<'_>) -> Result<T, Error> + Send + 'static,
    T: Send + 'static,
{
    /// Boxes a closure as a change.
    pub(crate) fn boxed(work: F, reply: ReplySender<T>) -> Box<dyn AccessChange> {
        Box::new(Self {
            work: Some(work),
            result: None,
            reply,
        })
    }
}

impl<F, T> AccessChange for PendingChange<F, T>
where
    F: FnOnce(&mut AccessTransaction<'_>) -> Result<T, Error> + Send,
    T: Send,
{
    fn apply_change(&mut self, access: &mut AccessTransaction<'_>) -> Result<(), Error> {
        if let Some(work) = self.work.take() {
            self.result = Some(work(access)?);
        }
        Ok(())
    }

    fn send_reply(self: Box<Self>, committed: Result<(), Error>) {
        let Self { result, reply, .. } = *self;
        let result = committed.and_then(|()| result.ok_or(Error::Closed));
        drop(reply.send(result));
    }
}
