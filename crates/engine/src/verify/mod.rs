//! Verification: every player is refolded and compared with everything that is stored (S6). Repair
//! fixes the differences.

mod difference;
mod event_names;
pub(crate) mod expected_state;
mod ledger_and_feed;
mod parallel_verifier;
mod player_checker;
mod query_rows;
pub(crate) mod recorded;
mod repair;
mod report;
mod retractions_and_merges;
mod state;

use std::num::NonZero;
use std::sync::Mutex;
use std::thread;

use crate::store::StoreError;
use crate::{CancellationToken, Engine, Error, Maintenance, Ticket};

pub use difference::Difference;
use parallel_verifier::{
    PLAYERS_PER_PAGE, ParallelVerifier, PlayerSelection, ProgressReporter, VerifySummary,
};
pub(crate) use player_checker::is_known_currency;
pub use repair::RepairReport;
pub use report::{VerifyProgress, VerifyReport};

impl Maintenance<'_> {
    /// Verifies all stored data: refolds every player and compares the result with what is stored.
    ///
    /// Reads only, on all cores, and may run while events are recorded. `progress` is called after
    /// each player. An engine that can write waits for the backfill of a publication first (S14); a
    /// read-only one skips players who are not backfilled, and counts them. Code badges must be
    /// registered.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent};
    ///
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::open(store, Catalog::from_toml("")?)?;
    /// engine.record(NewEvent::new("ada", "visit")).wait()?;
    /// let report = engine.maintenance().verify(|_| {}).wait()?;
    /// assert_eq!((report.players, report.count), (1, 0));
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn verify(
        &self,
        progress: impl FnMut(VerifyProgress) + Send + 'static,
    ) -> Ticket<VerifyReport> {
        self.verify_with(CancellationToken::new(), progress)
    }

    /// Verifies like [`Maintenance::verify`], and stops with [`Error::Cancelled`] once cancellation is
    /// requested. A backfill that is running is waited for in any case.
    pub fn verify_with(
        &self,
        cancellation: CancellationToken,
        progress: impl FnMut(VerifyProgress) + Send + 'static,
    ) -> Ticket<VerifyReport> {
        self.verify_on_threads(default_threads(), cancellation, progress)
    }

    /// Verifies like [`Maintenance::verify_with`] on a number of threads, for tests.
    #[doc(hidden)]
    pub fn verify_on_threads(
        &self,
        threads: usize,
        cancellation: CancellationToken,
        progress: impl FnMut(VerifyProgress) + Send + 'static,
    ) -> Ticket<VerifyReport> {
        self.engine
            .run_in_background("accolade-verify", move |engine| {
                cancellation.check_cancelled()?;
                engine.finish_backfill()?;
                Ok(engine
                    .check_players(PlayerSelection::All, threads, &cancellation, progress)?
                    .report)
            })
    }
}

impl Engine {
    /// Waits for the backfill if this engine can write. A damaged player ends the backfill early
    /// and is counted as behind.
    fn finish_backfill(&self) -> Result<(), Error> {
        if self.writer_handle().is_err() {
            return Ok(());
        }
        match self.catalog().await_backfill(|_| {}).wait() {
            // Damage is what the verification is about to report.
            Ok(_) | Err(Error::Store(StoreError::Damaged(_))) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Checks the selected players.
    fn check_players(
        &self,
        selection: PlayerSelection,
        threads: usize,
        cancellation: &CancellationToken,
        progress: impl FnMut(VerifyProgress) + Send + 'static,
    ) -> Result<VerifySummary, Error> {
        let is_complete = matches!(selection, PlayerSelection::All);
        let total = match &selection {
            PlayerSelection::All => self.inner.store.open_reader()?.count_players()?,
            PlayerSelection::Only(players) => players.len() as u64,
        };
        // More threads than pages would only open idle connections.
        let threads =
            threads.min(1 + usize::try_from(total).unwrap_or(usize::MAX) / PLAYERS_PER_PAGE);
        let progress = ProgressReporter {
            current: VerifyProgress { done: 0, total },
            callback: Box::new(progress),
        };
        let (now, progress) = ((self.inner.clock)(), Mutex::new(progress));
        let mut summary = ParallelVerifier {
            engine: self,
            now,
            threads,
            cancellation,
            progress,
        }
        .check_selection(selection)?;
        if is_complete {
            let mut reader = self.inner.store.open_reader()?;
            summary.add_event_names(event_names::compare_event_names(&mut *reader)?);
        }
        Ok(summary)
    }
}

/// Returns the number of threads to verify with.
fn default_threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}
