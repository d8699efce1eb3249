//! Contexts in which queries run: a snapshot, or an open transaction.

use accolade::store::StoreError;

use crate::error::Error;
use crate::session::Session;

/// Context in which queries run.
pub(crate) trait Scope {
    /// Runs a function on a consistent state of the database.
    fn run<T>(&self, work: impl FnOnce(&Session) -> Result<T, Error>) -> Result<T, StoreError>;
}

/// For a reader, every call is a snapshot of its own.
impl Scope for Session {
    fn run<T>(&self, work: impl FnOnce(&Session) -> Result<T, Error>) -> Result<T, StoreError> {
        let once = || {
            // Several statements of one call must see the same state.
            let snapshot = self.connection().unchecked_transaction()?;
            let found = work(self)?;
            snapshot.commit()?;
            Ok(found)
        };
        once().map_err(|error: Error| error.about(&self.file))
    }
}

/// Snapshot for several calls. It is released on drop.
pub(crate) struct Snapshot<'a>(&'a Session);

impl<'a> Snapshot<'a> {
    /// Starts a snapshot. It shows the state at the first query.
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
            // If this fails, the transaction stays open, and the next BEGIN reports it.
            let _ = self.0.execute("ROLLBACK", &[]);
        }
    }
}

/// Open write transaction. It is rolled back on drop unless it was committed.
pub(crate) struct Held<'a> {
    pub(crate) session: &'a Session,
    pub(crate) others_wrote: bool,
    /// True if the log still contains erased data. It outlives the transaction.
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
            // If this fails, the transaction stays open, and the next BEGIN reports it.
            let _ = self.session.execute("ROLLBACK", &[]);
        }
    }
}

/// Queries of the store in a context.
pub(crate) struct Queries<S>(pub(crate) S);
