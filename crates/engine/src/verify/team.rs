//! Verification on several threads, each with a connection of its own.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use accolade_core::time::Timestamp;

use super::difference::{Difference, Findings};
use super::player::{Eye, Seen};
use super::{VerifyProgress, VerifyReport};
use crate::batch::repair::Patient;
use crate::store::Reader;
use crate::{Cancellation, Engine, Error};

/// Maximum number of differences listed in a report. Further ones are only counted.
const MOST_KEPT: usize = 1_000;
/// Number of players that a thread takes at a time.
pub(super) const PAGE: usize = 256;

/// Selection of the players to check.
pub(super) enum Whom {
    /// All ids with stored data.
    Everybody,
    /// The given ids, in order.
    These(Vec<String>),
}

/// Summary of the checked players.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) report: VerifyReport,
    /// Players with differences that can be repaired.
    pub(super) patients: Vec<Patient>,
    /// Number of differences of all other players.
    pub(super) lasting: u64,
    strays: Vec<String>,
    guests: BTreeSet<String>,
}

impl Tally {
    fn note(&mut self, player: &str, seen: Seen) {
        match seen {
            Seen::Player {
                events,
                guests,
                found,
            } => {
                self.report.players += 1;
                self.report.events += events;
                self.guests.extend(guests);
                self.found(player, found, false);
            }
            Seen::Other(found) => self.found(player, found, true),
            Seen::Behind => self.report.behind += 1,
            Seen::Stray => self.strays.push(player.to_owned()),
        }
    }

    fn found(&mut self, player: &str, found: Findings, nobody: bool) {
        if found
            .differences
            .iter()
            .any(|difference| difference.mendable)
        {
            self.patients.push(Patient {
                id: player.to_owned(),
                nobody,
            });
        } else {
            self.lasting += found.differences.len() as u64;
        }
        self.report.count += found.differences.len() as u64;
        self.keep(found.differences);
    }

    /// Lists the first differences, ordered by player. Every thread visits its players in that
    /// order.
    fn keep(&mut self, differences: Vec<Difference>) {
        let room = MOST_KEPT.saturating_sub(self.report.differences.len());
        self.report
            .differences
            .extend(differences.into_iter().take(room));
    }

    /// Adds the summary of another thread.
    fn absorb(&mut self, other: Self) {
        let VerifyReport {
            players,
            events,
            behind,
            count,
            differences,
        } = other.report;
        self.report.players += players;
        self.report.events += events;
        self.report.behind += behind;
        self.report.count += count;
        self.report.differences.extend(differences);
        self.report
            .differences
            .sort_by(|one, other| one.player.cmp(&other.player));
        // Each thread lists its first differences, so the first ones of all are among them, no
        // matter how the players were distributed.
        self.report.differences.truncate(MOST_KEPT);
        self.patients.extend(other.patients);
        self.patients.sort();
        self.lasting += other.lasting;
        self.strays.extend(other.strays);
        self.strays.sort_unstable();
        self.guests.extend(other.guests);
    }
}

/// Progress over all threads, and its callback.
pub(super) struct Progress {
    pub(super) so_far: VerifyProgress,
    pub(super) tell: Box<dyn FnMut(VerifyProgress) + Send>,
}

/// A verification that runs on several threads.
pub(super) struct Team<'a> {
    pub(super) engine: &'a Engine,
    pub(super) now: Timestamp,
    pub(super) threads: usize,
    pub(super) cancellation: &'a Cancellation,
    pub(super) progress: Mutex<Progress>,
}

impl Team<'_> {
    /// Checks the selected players, and after all others the ids without a row and a state.
    pub(super) fn look(&self, whom: Whom) -> Result<Tally, Error> {
        let mut tally = self.share(whom, None)?;
        // Whether such an id is a guest is known only once the merges of all players were read.
        let strays = std::mem::take(&mut tally.strays);
        if !strays.is_empty() {
            let guests = std::mem::take(&mut tally.guests);
            tally.absorb(self.share(Whom::These(strays), Some(&guests))?);
        }
        Ok(tally)
    }

    /// Distributes the selection over the threads and sums up their results.
    fn share(&self, whom: Whom, guests: Option<&BTreeSet<String>>) -> Result<Tally, Error> {
        let pages = Mutex::new(Pages { whom, after: None });
        let over = AtomicBool::new(false);
        let work = || {
            let done = self.work(&pages, &over, guests);
            // The flag only saves work. The error itself is passed on by `join`, so no ordering is
            // needed.
            over.fetch_or(done.is_err(), Ordering::Relaxed);
            done
        };
        let done: Vec<Result<Tally, Error>> = thread::scope(|scope| {
            let hands: Vec<_> = (0..self.threads).map(|_| scope.spawn(work)).collect();
            let join = |hand: thread::ScopedJoinHandle<'_, _>| {
                hand.join()
                    // A panic is a bug in a check, and must not look like a clean report.
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            hands.into_iter().map(join).collect()
        });
        let mut tally = Tally::default();
        for part in done {
            tally.absorb(part?);
        }
        Ok(tally)
    }

    /// Runs one thread: checks pages until none are left or another thread has failed.
    fn work(
        &self,
        pages: &Mutex<Pages>,
        over: &AtomicBool,
        guests: Option<&BTreeSet<String>>,
    ) -> Result<Tally, Error> {
        let mut reader = self.engine.inner.store.reader()?;
        let mut tally = Tally::default();
        while !over.load(Ordering::Relaxed) {
            let page = pages
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .next(&mut *reader)?;
            if page.is_empty() {
                break;
            }
            for player in page {
                self.cancellation.check()?;
                let catalogs = &self.engine.inner.catalogs;
                let seen = Eye {
                    reader: &mut *reader,
                    catalogs,
                    now: self.now,
                    guests,
                }
                .look(&player)?;
                let stray = matches!(seen, Seen::Stray);
                tally.note(&player, seen);
                // An orphan is checked a second time, and must not be counted twice.
                if !stray {
                    self.tell();
                }
            }
        }
        Ok(tally)
    }

    fn tell(&self) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        let Progress { so_far, tell } = &mut *progress;
        so_far.done += 1;
        // Players may have been added since they were counted.
        so_far.total = so_far.total.max(so_far.done);
        tell(*so_far);
    }
}

/// Ids that are still to be checked.
struct Pages {
    whom: Whom,
    after: Option<String>,
}

impl Pages {
    fn next(&mut self, reader: &mut dyn Reader) -> Result<Vec<String>, Error> {
        let page = match &mut self.whom {
            Whom::Everybody => reader.owners(self.after.as_deref(), PAGE)?,
            Whom::These(ids) => {
                let rest = ids.split_off(ids.len().min(PAGE));
                std::mem::replace(ids, rest)
            }
        };
        if let Some(last) = page.last() {
            self.after = Some(last.clone());
        }
        Ok(page)
    }
}
