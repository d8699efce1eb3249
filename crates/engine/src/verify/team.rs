//! Several threads that look at players, each with a connection of its own.

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

/// Differences kept of one run; those beyond it are only counted.
const MOST_KEPT: usize = 1_000;
/// Players taken at a time.
pub(super) const PAGE: usize = 256;

/// Who is to be looked at.
pub(super) enum Whom {
    /// Everybody of whom anything is stored.
    Everybody,
    /// These, in order.
    These(Vec<String>),
}

/// What a look at players came to.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) report: VerifyReport,
    /// Whom something can be mended of.
    pub(super) patients: Vec<Patient>,
    /// How many differences concern players of whom nothing can be mended.
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

    /// Keeps the first differences in order of player. Every thread comes by its players in that order.
    fn keep(&mut self, differences: Vec<Difference>) {
        let room = MOST_KEPT.saturating_sub(self.report.differences.len());
        self.report
            .differences
            .extend(differences.into_iter().take(room));
    }

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
        self.report.differences.truncate(MOST_KEPT);
        self.patients.extend(other.patients);
        self.patients.sort();
        self.lasting += other.lasting;
        self.strays.extend(other.strays);
        self.strays.sort_unstable();
        self.guests.extend(other.guests);
    }
}

/// How far all threads together are, and who hears of it.
pub(super) struct Progress {
    pub(super) so_far: VerifyProgress,
    pub(super) tell: Box<dyn FnMut(VerifyProgress) + Send>,
}

/// The threads and what they share.
pub(super) struct Team<'a> {
    pub(super) engine: &'a Engine,
    pub(super) now: Timestamp,
    pub(super) threads: usize,
    pub(super) cancellation: &'a Cancellation,
    pub(super) progress: Mutex<Progress>,
}

impl Team<'_> {
    /// Looks at players, and after all others at those who have no row and no state.
    pub(super) fn look(&self, whom: Whom) -> Result<Tally, Error> {
        let mut tally = self.share(whom, None)?;
        let strays = std::mem::take(&mut tally.strays);
        if !strays.is_empty() {
            let guests = std::mem::take(&mut tally.guests);
            tally.absorb(self.share(Whom::These(strays), Some(&guests))?);
        }
        Ok(tally)
    }

    fn share(&self, whom: Whom, guests: Option<&BTreeSet<String>>) -> Result<Tally, Error> {
        let pages = Mutex::new(Pages { whom, after: None });
        let over = AtomicBool::new(false);
        let work = || {
            let done = self.work(&pages, &over, guests);
            over.fetch_or(done.is_err(), Ordering::Relaxed);
            done
        };
        let done: Vec<Result<Tally, Error>> = thread::scope(|scope| {
            let hands: Vec<_> = (0..self.threads).map(|_| scope.spawn(work)).collect();
            let join = |hand: thread::ScopedJoinHandle<'_, _>| {
                hand.join()
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

    /// What one thread does: takes pages until there are none, or until another thread has failed.
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
        so_far.total = so_far.total.max(so_far.done);
        tell(*so_far);
    }
}

/// Who is still to be looked at.
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
