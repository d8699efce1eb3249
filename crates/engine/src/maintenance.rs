//! The handle for the upkeep of a database.

use accolade_core::event::NewEvent;

use crate::batch::Permission;
use crate::store::{StoreError, StoreReader};
use crate::{Engine, Receipt, Rejection, Ticket};

/// Verification, repair, statistics and imports: see [`Engine::maintenance`].
#[derive(Clone, Copy)]
pub struct Maintenance<'a> {
    pub(crate) engine: &'a Engine,
}

impl Engine {
    /// Upkeep of the database: verification, repair, statistics and imports.
    pub fn maintenance(&self) -> Maintenance<'_> {
        Maintenance { engine: self }
    }
}

impl Maintenance<'_> {
    /// Records exported events and manual actions as they are, without checking the actions again.
    ///
    /// Expose it only to callers who may submit manual actions.
    pub fn restore_events(&self, events: Vec<NewEvent>) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        self.engine.submit_many(events, Permission::Restore)
    }

    /// Runs a query on the rows of the store, for tests that compare them.
    ///
    /// They are as current as the last write for each player. All other methods also account for
    /// elapsed time and for a backfill that is not finished.
    #[doc(hidden)]
    pub fn query_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn StoreReader) -> Result<T, StoreError> + Send + 'static,
    ) -> Ticket<T> {
        self.engine
            .inner
            .readers
            .run_query(move |reader| Ok(work(reader)?))
    }
}
