//! Contexts in which queries run: a snapshot, or an open transaction.

use accolade::store::StoreError;

use crate::error::Error;
use crate::session::DatabaseSession;

/// Context in which queries run.
pub(crate) trait ReadContext {
    /// Runs a function on a consistent state of the database.
    fn run<T>(
        &self,
        work: impl FnOnce(&DatabaseSession) -> Result<T, Error>,
    ) -> Result<T, StoreError>;
}

/// For a reader, every call is a snapshot of its own.
impl ReadContext for DatabaseSession {
    fn run<T>(
        &self,
        work: impl FnOnce(&DatabaseSession) -> Result<T, Error>,
    ) -> Result<T, StoreError> {
        let once = || {
            // Several statements of one call must see the same state.
            let snapshot = self.connection().unchecked_transaction()?;
            let found = work(self)?;
            snapshot.commit()?;
            Ok(found)
        };
        once().map_err(|error: Error| error.into_store_error(&self.file))
    }
}

/// Snapshot for several calls. It is released on drop.
pub(crate) struct ReadSnapshot<'a>(&'a DatabaseSession);

impl<'a> ReadSnapshot<'a> {
    /// Starts a snapshot. It shows the state at the first query.
    pub(crate) fn begin_snapshot(session: &'a DatabaseSession) -> Result<Self, StoreError> {
        session
            .execute_once("BEGIN", &[])
            .map_err(|error| error.into_store_error(&session.file))?;
        Ok(Self(session))
    }
}

impl ReadContext for ReadSnapshot<'_> {
    fn run<T>(
        &self,
        work: impl FnOnce(&DatabaseSession) -> Result<T, Error>,
    ) -> Result<T, StoreError> {
        work(self.0).map_err(|error| error.into_store_error(&self.0.file))
    }
}

impl Drop for ReadSnapshot<'_> {
    fn drop(&mut self) {
        if self.0.in_transaction() {
            // If this fails, the transaction stays open, and the next BEGIN reports it.
            let _ = self.0.execute_once("ROLLBACK", &[]);
        }
    }
}

/// Open write transaction. It is rolled back on drop unless it was committed.
pub(crate) struct OpenTransaction<'a> {
    pub(crate) session: &'a DatabaseSession,
    pub(crate) others_wrote: bool,
    /// True if the log still contains erased data. It outlives the transaction.
    pub(crate) log_has_erased_data: &'a mut bool,
}

impl ReadContext for OpenTransaction<'_> {
    fn run<T>(
        &self,
        work: impl FnOnce(&DatabaseSession) -> Result<T, Error>,
    ) -> Result<T, StoreError> {
        work(self.session).map_err(|error| error.into_store_error(&self.session.file))
    }
}

impl Drop for OpenTransaction<'_> {
    fn drop(&mut self) {
        if self.session.in_transaction() {
            // If this fails, the transaction stays open, and the next BEGIN reports it.
            let _ = self.session.execute_once("ROLLBACK", &[]);
        }
    }
}

/// Queries of the store in a context.
pub(crate) struct QueryHandle<S>(pub(crate) S);
