//! Verification on several threads, each with a connection of its own.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use accolade_core::time::Timestamp;

use super::difference::{Difference, PlayerDifferences};
use super::player_checker::{CheckResult, PlayerChecker};
use super::report::{VerifyProgress, VerifyReport};
use crate::batch::repair::RepairTarget;
use crate::store::StoreReader;
use crate::{CancellationToken, Engine, Error};

/// Maximum number of differences listed in a report. Further ones are only counted.
pub(super) const MAX_LISTED_DIFFERENCES: usize = 1_000;
/// Number of players that a thread takes at a time.
pub(super) const PLAYERS_PER_PAGE: usize = 256;

/// Selection of the players to check.
pub(super) enum PlayerSelection {
    /// All ids with stored data.
    All,
    /// The given ids, in order.
    Only(Vec<String>),
}

/// Summary of the checked players.
#[derive(Default)]
pub(super) struct VerifySummary {
    pub(super) report: VerifyReport,
    /// Players with differences that can be repaired.
    pub(super) targets: Vec<RepairTarget>,
    /// Number of differences of all other players.
    pub(super) unrepairable_count: u64,
    /// True if a number of events by name is wrong.
    pub(super) has_wrong_event_names: bool,
    orphans: Vec<String>,
    guests: BTreeSet<String>,
}

impl VerifySummary {
    fn add_result(&mut self, player: &str, seen: CheckResult) {
        match seen {
            CheckResult::Player {
                events,
                guests,
                found,
            } => {
                self.report.players += 1;
                self.report.events += events;
                self.guests.extend(guests);
                self.add_differences(player, found, false);
            }
            CheckResult::NotAPlayer(found) => self.add_differences(player, found, true),
            CheckResult::Behind => self.report.behind += 1,
            CheckResult::Orphan => self.orphans.push(player.to_owned()),
        }
    }

    fn add_differences(&mut self, player: &str, found: PlayerDifferences, has_no_events: bool) {
        if found.list.iter().any(|difference| difference.repairable) {
            self.targets.push(RepairTarget {
                player: player.to_owned(),
                has_no_events,
            });
        } else {
            self.unrepairable_count += found.list.len() as u64;
        }
        self.report.count += found.list.len() as u64;
        self.list_first(found.list);
    }

    /// Adds differences that concern no single player.
    pub(super) fn add_event_names(&mut self, found: Vec<Difference>) {
        self.has_wrong_event_names |= !found.is_empty();
        self.report.count += found.len() as u64;
        // They come first, because the list is limited.
        let listed = &mut self.report.differences;
        listed.splice(0..0, found);
        listed.truncate(MAX_LISTED_DIFFERENCES);
    }

    /// Lists the first differences, ordered by player. Every thread visits its players in that
    /// order.
    fn list_first(&mut self, differences: Vec<Difference>) {
        let room = MAX_LISTED_DIFFERENCES.saturating_sub(self.report.differences.len());
        self.report
            .differences
            .extend(differences.into_iter().take(room));
    }

    /// Adds the summary of another thread.
    fn add_summary(&mut self, other: Self) {
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
        self.report.differences.truncate(MAX_LISTED_DIFFERENCES);
        self.targets.extend(other.targets);
        self.targets.sort();
        self.unrepairable_count += other.unrepairable_count;
        self.orphans.extend(other.orphans);
        self.orphans.sort_unstable();
        self.guests.extend(other.guests);
    }
}

/// Progress over all threads, and its callback.
pub(super) struct ProgressReporter {
    pub(super) current: VerifyProgress,
    pub(super) callback: Box<dyn FnMut(VerifyProgress) + Send>,
}

/// A verification that runs on several threads.
pub(super) struct ParallelVerifier<'a> {
    pub(super) engine: &'a Engine,
    pub(super) now: Timestamp,
    pub(super) threads: usize,
    pub(super) cancellation: &'a CancellationToken,
    pub(super) progress: Mutex<ProgressReporter>,
}

impl ParallelVerifier<'_> {
    /// Checks the selected players, and after all others the ids without a row and a state.
    pub(super) fn check_selection(
        &self,
        selection: PlayerSelection,
    ) -> Result<VerifySummary, Error> {
        let mut summary = self.run_threads(selection, None)?;
        // Whether such an id is a guest is known only once the merges of all players were read.
        let orphans = std::mem::take(&mut summary.orphans);
        if !orphans.is_empty() {
            let guests = std::mem::take(&mut summary.guests);
            summary.add_summary(self.run_threads(PlayerSelection::Only(orphans), Some(&guests))?);
        }
        Ok(summary)
    }

    /// Distributes the selection over the threads and sums up their results.
    fn run_threads(
        &self,
        selection: PlayerSelection,
        guests: Option<&BTreeSet<String>>,
    ) -> Result<VerifySummary, Error> {
        let pages = Mutex::new(PageQueue {
            selection,
            after: None,
        });
        let over = AtomicBool::new(false);
        let work = || {
            let done = self.run_worker(&pages, &over, guests);
            // The flag only saves work. The error itself is passed on by `join`, so no ordering is
            // needed.
            over.fetch_or(done.is_err(), Ordering::Relaxed);
            done
        };
        let done: Vec<Result<VerifySummary, Error>> = thread::scope(|scope| {
            let hands: Vec<_> = (0..self.threads).map(|_| scope.spawn(work)).collect();
            let join = |hand: thread::ScopedJoinHandle<'_, _>| {
                hand.join()
                    // A panic is a bug in a check, and must not look like a clean report.
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            hands.into_iter().map(join).collect()
        });
        let mut summary = VerifySummary::default();
        for part in done {
            summary.add_summary(part?);
        }
        Ok(summary)
    }

    /// Runs one thread: checks pages until none are left or another thread has failed.
    fn run_worker(
        &self,
        pages: &Mutex<PageQueue>,
        over: &AtomicBool,
        guests: Option<&BTreeSet<String>>,
    ) -> Result<VerifySummary, Error> {
        let mut reader = self.engine.inner.store.open_reader()?;
        let mut summary = VerifySummary::default();
        while !over.load(Ordering::Relaxed) {
            let page = pages
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take_next(&mut *reader)?;
            if page.is_empty() {
                break;
            }
            for player in page {
                self.cancellation.check_cancelled()?;
                let catalogs = &self.engine.inner.catalogs;
                let seen = PlayerChecker {
                    reader: &mut *reader,
                    catalogs,
                    now: self.now,
                    guests,
                }
                .check_player(&player)?;
                let stray = matches!(seen, CheckResult::Orphan);
                summary.add_result(&player, seen);
                // An orphan is checked a second time, and must not be counted twice.
                if !stray {
                    self.report_progress();
                }
            }
        }
        Ok(summary)
    }

    fn report_progress(&self) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        let ProgressReporter {
            current: so_far,
            callback: tell,
        } = &mut *progress;
        so_far.done += 1;
        // Players may have been added since they were counted.
        so_far.total = so_far.total.max(so_far.done);
        tell(*so_far);
    }
}

/// Ids that are still to be checked.
struct PageQueue {
    selection: PlayerSelection,
    after: Option<String>,
}

impl PageQueue {
    fn take_next(&mut self, reader: &mut dyn StoreReader) -> Result<Vec<String>, Error> {
        let page = match &mut self.selection {
            PlayerSelection::All => reader.list_owners(self.after.as_deref(), PLAYERS_PER_PAGE)?,
            PlayerSelection::Only(ids) => {
                let rest = ids.split_off(ids.len().min(PLAYERS_PER_PAGE));
                std::mem::replace(ids, rest)
            }
        };
        if let Some(last) = page.last() {
            self.after = Some(last.clone());
        }
        Ok(page)
    }
}
