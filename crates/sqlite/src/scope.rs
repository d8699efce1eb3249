//! What statements happen in: a snapshot of their own, or the transaction that is under way.

use accolade::store::StoreError;

use crate::error::Error;
use crate::session::Session;

/// Something that statements can happen in.
pub(crate) trait Scope {
    /// Lets a function work on one state of the database.
    fn run<T>(&self, work: impl FnOnce(&Session) -> Result<T, Error>) -> Result<T, StoreError>;
}

/// A connection that reads: every call is a snapshot of its own.
impl Scope for Session {
    fn run<T>(&self, work: impl FnOnce(&Session) -> Result<T, Error>) -> Result<T, StoreError> {
        let once = || {
            let snapshot = self.connection().unchecked_transaction()?;
            let found = work(self)?;
            snapshot.commit()?;
            Ok(found)
        };
        once().map_err(|error: Error| error.about(&self.file))
    }
}

/// One state of the database for several calls. Dropped, it is let go.
pub(crate) struct Snapshot<'a>(&'a Session);

impl<'a> Snapshot<'a> {
    /// The state as of the first call.
    pub(crate) fn begin(session: &'a Session) -> Result<Self, StoreError> {
        session
            .execute("BEGIN", &[])
            .map_err(|error| error.about(&session.file))?;
        Ok(Self(session))
    }
}

impl Scope for Snapshot<'_> {
    fn run<T>(&self, work: impl FnOnce(&Session) -> Result<T, Error>) -> Result<T, StoreError> {
        work(self.0).map_err(|error| error.about(&self.0.file))
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        if self.0.in_transaction() {
            // A failure leaves it open, and the next one tells of it when it cannot begin.
            let _ = self.0.execute("ROLLBACK", &[]);
        }
    }
}

/// A write transaction that is under way. Dropped before its commit, it is undone.
pub(crate) struct Held<'a> {
    pub(crate) session: &'a Session,
    pub(crate) others_wrote: bool,
    /// Whether the log still holds what was erased; it outlives the transaction.
    pub(crate) log_tells: &'a mut bool,
}

impl Scope for Held<'_> {
    fn run<T>(&self, work: impl FnOnce(&Session) -> Result<T, Error>) -> Result<T, StoreError> {
        work(self.session).map_err(|error| error.about(&self.session.file))
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if self.session.in_transaction() {
            // A failure leaves the transaction open, and the next one tells of it when it cannot begin.
            let _ = self.session.execute("ROLLBACK", &[]);
        }
    }
}

/// The queries of a store, within a scope.
pub(crate) struct Queries<S>(pub(crate) S);
