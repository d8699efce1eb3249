//! Evaluation of a publication for all players, in parallel.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use super::changes::{PlayerChange, digest_of};
use super::player::Scene;
use super::totals::Tally;
use super::{PlanOptions, PlanProgress};
use crate::store::{Read, Reader, Store, StoreError};
use crate::{Cancellation, Error};

/// Number of players that a thread takes at a time.
const PAGE: usize = 64;

/// Effect of a publication on all players.
#[derive(Default)]
pub(super) struct Survey {
    pub(super) tally: Tally,
    /// Changes by player, for players with at least one.
    pub(super) changes: BTreeMap<String, Vec<PlayerChange>>,
    /// Digest of all changes: equal for equal changes.
    pub(super) digest: u128,
}

/// State shared by the threads.
struct Shared<'s> {
    /// Last player of the previous page; `None` once all pages are taken.
    cursor: Mutex<Option<Option<String>>>,
    survey: Mutex<(Survey, u64)>,
    total: u64,
    cancellation: Cancellation,
    progress: Mutex<&'s mut (dyn FnMut(PlanProgress) + Send)>,
}

impl Survey {
    /// Evaluates every player.
    pub(super) fn make(
        store: &dyn Store,
        scene: &Scene,
        options: &PlanOptions,
        progress: &mut (dyn FnMut(PlanProgress) + Send),
    ) -> Result<Self, Error> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let threads = options.threads.unwrap_or(cores).max(1);
        // One connection for each thread, opened up front so that a failure is reported before any
        // work starts.
        let mut readers = (0..threads)
            .map(|_| store.reader())
            .collect::<Result<Vec<_>, _>>()?;
        let total = readers
            .first_mut()
            .map_or(Ok(0), |reader| reader.player_count())?;
        let shared = Shared {
            cursor: Mutex::new(Some(None)),
            survey: Mutex::default(),
            total,
            cancellation: options.cancellation.clone().unwrap_or_default(),
            progress: Mutex::new(progress),
        };
        thread::scope(|scope| {
            let shared = &shared;
            let work =
                |mut reader: Box<dyn Reader>| scope.spawn(move || shared.work(&mut *reader, scene));
            let threads: Vec<_> = readers.into_iter().map(work).collect();
            threads.into_iter().try_for_each(|thread| {
                let failed = || StoreError::Other("a planning thread panicked".to_owned());
                thread.join().unwrap_or_else(|_| Err(failed().into()))
            })
        })?;
        let (survey, _) = shared
            .survey
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        Ok(survey)
    }

    /// Evaluates some players again and replaces their changes.
    pub(super) fn look_again<'n, R: Read + ?Sized>(
        &mut self,
        store: &mut R,
        scene: &Scene,
        players: impl IntoIterator<Item = &'n String>,
    ) -> Result<(), StoreError> {
        for player in players {
            let changes = scene
                .prospect(store, player)?
                .map(|prospect| prospect.changes)
                .unwrap_or_default();
            if let Some(before) = self.changes.remove(player) {
                self.digest = self.digest.wrapping_sub(digest_of(&before));
            }
            self.put(player, changes);
        }
        Ok(())
    }

    fn put(&mut self, player: &str, changes: Vec<PlayerChange>) {
        if !changes.is_empty() {
            self.digest = self.digest.wrapping_add(digest_of(&changes));
            self.changes.insert(player.to_owned(), changes);
        }
    }
}

impl Shared<'_> {
    /// Evaluates players page by page until none are left.
    fn work(&self, reader: &mut dyn Reader, scene: &Scene) -> Result<(), Error> {
        while let Some(page) = self.next_page(reader)? {
            // Each page is collected without a lock and merged once.
            let mut own = Survey::default();
            for player in &page {
                self.cancellation.check()?;
                if let Some(prospect) = scene.prospect(&mut *reader.snapshot()?, player)? {
                    own.tally.add(&prospect);
                    own.put(player, prospect.changes);
                }
            }
            self.note(own, page.len() as u64);
        }
        Ok(())
    }

    fn next_page(&self, reader: &mut dyn Reader) -> Result<Option<Vec<String>>, Error> {
        self.cancellation.check()?;
        // Held while the page is read, so that no two threads take the same page.
        let mut cursor = lock(&self.cursor);
        let Some(after) = cursor.take() else {
            return Ok(None);
        };
        let page: Vec<String> = reader
            .players(after.as_deref(), PAGE)?
            .into_iter()
            .map(|row| row.player)
            .collect();
        *cursor = page.last().map(|last| Some(last.clone()));
        Ok(if page.is_empty() { None } else { Some(page) })
    }

    fn note(&self, own: Survey, players: u64) {
        let done = {
            let (survey, done) = &mut *lock(&self.survey);
            survey.tally.absorb(own.tally);
            survey.changes.extend(own.changes);
            survey.digest = survey.digest.wrapping_add(own.digest);
            *done += players;
            *done
        };
        (lock(&self.progress))(PlanProgress {
            done,
            // Players may have been added since they were counted.
            total: self.total.max(done),
        });
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic on another thread is reported by `join`; the data itself stays consistent.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
