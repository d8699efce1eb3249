//! Is the database right? Every player is folded anew and compared with what is stored (S6); and what is not right is
//! mended.

mod acts;
mod books;
mod difference;
pub(crate) mod fold;
pub(crate) mod past;
mod player;
mod repair;
mod rows;
mod state;
mod team;
#[cfg(test)]
mod tests;

use std::num::NonZero;
use std::sync::Mutex;
use std::thread;

use serde::Serialize;

use crate::store::StoreError;
use crate::{Cancellation, Engine, Error, Ticket};

pub use difference::Difference;
pub(crate) use player::is_currency;
pub use repair::RepairReport;
use team::{PAGE, Progress, Tally, Team, Whom};

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyProgress {
    /// Players looked at.
    pub done: u64,
    /// Players in all.
    pub total: u64,
}

/// What it found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// Players compared.
    pub players: u64,
    /// Events folded.
    pub events: u64,
    /// Players who have not passed through the latest publication yet, and were not compared.
    pub behind: u64,
    /// How many differences there are.
    pub count: u64,
    /// The first thousand of them, in order of player.
    pub differences: Vec<Difference>,
}

impl Engine {
    /// Folds every player anew and compares the result with everything that is stored. `progress` hears of each player.
    ///
    /// It reads only, on as many threads as the machine has, and may run while events are recorded. An engine that can
    /// write finishes the sweep after a publication first (S14); one that was opened to read only passes over players
    /// who are behind, and counts them. Badges in code must be there: it folds.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent, memory::MemoryStore};
    ///
    /// let engine = Engine::open(MemoryStore::new(), Catalog::from_toml("")?)?;
    /// engine.record(NewEvent::new("ada", "visit")).wait()?;
    /// let report = engine.verify(|_| {}).wait()?;
    /// assert_eq!((report.players, report.count), (1, 0));
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn verify(
        &self,
        progress: impl FnMut(VerifyProgress) + Send + 'static,
    ) -> Ticket<VerifyReport> {
        self.verify_with(Cancellation::new(), progress)
    }

    /// The same, and gives up, with [`Error::Cancelled`], when somebody asks to. It waits for the end of a sweep that is
    /// under way in any case.
    pub fn verify_with(
        &self,
        cancellation: Cancellation,
        progress: impl FnMut(VerifyProgress) + Send + 'static,
    ) -> Ticket<VerifyReport> {
        self.aside("accolade-verify", move |engine| {
            cancellation.check()?;
            engine.finish_sweep()?;
            Ok(engine
                .inspect(Whom::Everybody, threads(), &cancellation, progress)?
                .report)
        })
    }

    /// Does something long on a thread of its own.
    fn aside<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&Self) -> Result<T, Error> + Send + 'static,
    ) -> Ticket<T> {
        let engine = self.clone();
        let (reply, ticket) = Ticket::new();
        let work = move || {
            let done = work(&engine);
            // Whoever gets the answer may close the database.
            drop(engine);
            drop(reply.send(done));
        };
        match thread::Builder::new().name(name.to_owned()).spawn(work) {
            Ok(_) => ticket,
            Err(error) => Ticket::ready(Err(StoreError::Other(format!(
                "no thread to work on: {error}"
            ))
            .into())),
        }
    }

    /// Waits for the sweep where this engine can write. One that stumbles over what is damaged leaves players behind.
    fn finish_sweep(&self) -> Result<(), Error> {
        if self.writing().is_err() {
            return Ok(());
        }
        match self.sweep(|_| {}).wait() {
            Ok(_) | Err(Error::Store(StoreError::Damaged(_))) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn inspect(
        &self,
        whom: Whom,
        threads: usize,
        cancellation: &Cancellation,
        progress: impl FnMut(VerifyProgress) + Send + 'static,
    ) -> Result<Tally, Error> {
        let total = match &whom {
            Whom::Everybody => self.inner.store.reader()?.player_count()?,
            Whom::These(players) => players.len() as u64,
        };
        // A thread for each page of players is enough.
        let threads = threads.min(1 + usize::try_from(total).unwrap_or(usize::MAX) / PAGE);
        let progress = Progress {
            so_far: VerifyProgress { done: 0, total },
            tell: Box::new(progress),
        };
        let (now, progress) = ((self.inner.clock)(), Mutex::new(progress));
        Team {
            engine: self,
            now,
            threads,
            cancellation,
            progress,
        }
        .look(whom)
    }
}

/// How many threads look at players.
fn threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}
