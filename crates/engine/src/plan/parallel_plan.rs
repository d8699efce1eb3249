//! Evaluation of a publication for all players, in parallel.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use super::changes::{PlayerChange, compute_digest};
use super::options::{PlanOptions, PlanProgress};
use super::player_plan::PlanContext;
use super::totals::PlanTotals;
use crate::store::{ReadStore, Store, StoreError, StoreReader};
use crate::{CancellationToken, Error};

/// Number of players that a thread takes at a time.
const PLAYERS_PER_PAGE: usize = 64;

/// Effect of a publication on all players.
#[derive(Default)]
pub(super) struct ParallelPlan {
    pub(super) totals: PlanTotals,
    /// Changes by player, for players with at least one.
    pub(super) changes: BTreeMap<String, Vec<PlayerChange>>,
    /// Digest of all changes: equal for equal changes.
    pub(super) digest: u128,
}

/// State shared by the threads.
struct SharedPlan<'s> {
    /// Last player of the previous page; `None` once all pages are taken.
    cursor: Mutex<Option<Option<String>>>,
    collected: Mutex<(ParallelPlan, u64)>,
    total: u64,
    cancellation: CancellationToken,
    progress: Mutex<&'s mut (dyn FnMut(PlanProgress) + Send)>,
}

impl ParallelPlan {
    /// Evaluates every player.
    pub(super) fn run(
        store: &dyn Store,
        scene: &PlanContext,
        options: &PlanOptions,
        progress: &mut (dyn FnMut(PlanProgress) + Send),
    ) -> Result<Self, Error> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let threads = options.threads.unwrap_or(cores).max(1);
        // One connection for each thread, opened up front so that a failure is reported before any
        // work starts.
        let mut readers = (0..threads)
            .map(|_| store.open_reader())
            .collect::<Result<Vec<_>, _>>()?;
        let total = readers
            .first_mut()
            .map_or(Ok(0), |reader| reader.count_players())?;
        let shared = SharedPlan {
            cursor: Mutex::new(Some(None)),
            collected: Mutex::default(),
            total,
            cancellation: options.cancellation.clone().unwrap_or_default(),
            progress: Mutex::new(progress),
        };
        thread::scope(|scope| {
            let shared = &shared;
            let work = |mut reader: Box<dyn StoreReader>| {
                scope.spawn(move || shared.run_worker(&mut *reader, scene))
            };
            let threads: Vec<_> = readers.into_iter().map(work).collect();
            threads.into_iter().try_for_each(|thread| {
                let failed = || StoreError::Other("a planning thread panicked".to_owned());
                thread.join().unwrap_or_else(|_| Err(failed().into()))
            })
        })?;
        let (evaluation, _) = shared
            .collected
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        Ok(evaluation)
    }

    /// Evaluates some players again and replaces their changes.
    pub(super) fn replan_players<'n, R: ReadStore + ?Sized>(
        &mut self,
        store: &mut R,
        scene: &PlanContext,
        players: impl IntoIterator<Item = &'n String>,
    ) -> Result<(), StoreError> {
        for player in players {
            let changes = scene
                .plan_player(store, player)?
                .map(|prospect| prospect.changes)
                .unwrap_or_default();
            if let Some(before) = self.changes.remove(player) {
                self.digest = self.digest.wrapping_sub(compute_digest(&before));
            }
            self.insert_changes(player, changes);
        }
        Ok(())
    }

    fn insert_changes(&mut self, player: &str, changes: Vec<PlayerChange>) {
        if !changes.is_empty() {
            self.digest = self.digest.wrapping_add(compute_digest(&changes));
            self.changes.insert(player.to_owned(), changes);
        }
    }
}

impl SharedPlan<'_> {
    /// Evaluates players page by page until none are left.
    fn run_worker(&self, reader: &mut dyn StoreReader, scene: &PlanContext) -> Result<(), Error> {
        while let Some(page) = self.take_next_page(reader)? {
            // Each page is collected without a lock and merged once.
            let mut own = ParallelPlan::default();
            for player in &page {
                self.cancellation.check_cancelled()?;
                if let Some(prospect) = scene.plan_player(&mut *reader.open_snapshot()?, player)? {
                    own.totals.add_player(&prospect);
                    own.insert_changes(player, prospect.changes);
                }
            }
            self.merge_page(own, page.len() as u64);
        }
        Ok(())
    }

    fn take_next_page(&self, reader: &mut dyn StoreReader) -> Result<Option<Vec<String>>, Error> {
        self.cancellation.check_cancelled()?;
        // Held while the page is read, so that no two threads take the same page.
        let mut cursor = lock_ignoring_poison(&self.cursor);
        let Some(after) = cursor.take() else {
            return Ok(None);
        };
        let page: Vec<String> = reader
            .list_players(after.as_deref(), PLAYERS_PER_PAGE)?
            .into_iter()
            .map(|row| row.player)
            .collect();
        *cursor = page.last().map(|last| Some(last.clone()));
        Ok(if page.is_empty() { None } else { Some(page) })
    }

    fn merge_page(&self, own: ParallelPlan, players: u64) {
        let done = {
            let (evaluation, done) = &mut *lock_ignoring_poison(&self.collected);
            evaluation.totals.add_totals(own.totals);
            evaluation.changes.extend(own.changes);
            evaluation.digest = evaluation.digest.wrapping_add(own.digest);
            *done += players;
            *done
        };
        (lock_ignoring_poison(&self.progress))(PlanProgress {
            done,
            // Players may have been added since they were counted.
            total: self.total.max(done),
        });
    }
}

fn lock_ignoring_poison<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic on another thread is reported by `join`; the data itself stays consistent.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
