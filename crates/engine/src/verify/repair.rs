//! Repair of derived data. Events are never modified.

use accolade_core::ids::PlayerId;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde_json::json;

use super::event_names::compare_event_names;
use super::parallel_verifier::{MAX_LISTED_DIFFERENCES, PlayerSelection};
use super::report::VerifyReport;
use super::{Difference, VerifyProgress, default_threads};
use crate::audit::AuditActor;
use crate::batch;
use crate::batch::repair::RepairTarget;
use crate::writer::{WriterJob, WriterThread};
use crate::{CancellationToken, Engine, Error, Maintenance, Ticket};

/// Number of players repaired in one transaction.
const PLAYERS_PER_TRANSACTION: usize = 16;

/// Result of a repair.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RepairReport {
    /// Number of players checked.
    pub players: u64,
    /// Number of players who are not yet backfilled to the published catalog, and were not checked.
    pub behind: u64,
    /// Number of differences found.
    pub count: u64,
    /// First 1,000 differences found, ordered by player.
    pub differences: Vec<Difference>,
    /// Number of players repaired.
    pub repaired: u64,
    /// Number of differences left.
    pub remaining_count: u64,
    /// First 1,000 differences left, ordered by player.
    pub remaining: Vec<Difference>,
}

/// The report of a repair that changed nothing.
impl From<VerifyReport> for RepairReport {
    fn from(found: VerifyReport) -> Self {
        Self {
            players: found.players,
            behind: found.behind,
            count: found.count,
            remaining: found.differences.clone(),
            differences: found.differences,
            repaired: 0,
            remaining_count: found.count,
        }
    }
}

impl Maintenance<'_> {
    /// Verifies all stored data and repairs the differences.
    ///
    /// Rows derived from events are rewritten. The ledger and the feed are append-only: missing
    /// entries and outcomes are appended, with the cause `repair`. Events are never modified; a
    /// damaged event is reported and remains.
    ///
    /// `progress` is called after each player checked, and then after each player repaired; the
    /// latter are added to the total.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent};
    ///
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::open(store, Catalog::from_toml("")?)?;
    /// engine.record(NewEvent::new("ada", "visit")).wait()?;
    /// let report = engine.maintenance().repair(|_| {}).wait()?;
    /// assert_eq!((report.repaired, report.remaining_count), (0, 0));
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn repair(
        &self,
        progress: impl FnMut(VerifyProgress) + Send + 'static,
    ) -> Ticket<RepairReport> {
        self.repair_with(CancellationToken::new(), progress)
    }

    /// Repairs like [`Maintenance::repair`], and stops with [`Error::Cancelled`] once cancellation is
    /// requested. Players repaired by then stay repaired. A backfill that is running is waited for
    /// in any case.
    pub fn repair_with(
        &self,
        cancellation: CancellationToken,
        progress: impl FnMut(VerifyProgress) + Send + 'static,
    ) -> Ticket<RepairReport> {
        self.engine
            .start_repair(PlayerSelection::All, cancellation, progress)
    }

    /// Repairs the given players only. To repair a merged guest, name the player as well.
    pub fn repair_players(&self, players: Vec<PlayerId>) -> Ticket<RepairReport> {
        let mut players: Vec<String> = players.into_iter().map(String::from).collect();
        players.sort_unstable();
        players.dedup();
        self.engine.start_repair(
            PlayerSelection::Only(players),
            CancellationToken::new(),
            |_| {},
        )
    }
}

impl Engine {
    fn start_repair(
        &self,
        selection: PlayerSelection,
        cancellation: CancellationToken,
        progress: impl FnMut(VerifyProgress) + Send + 'static,
    ) -> Ticket<RepairReport> {
        self.run_in_background("accolade-repair", move |engine| {
            engine.writer_handle()?;
            cancellation.check_cancelled()?;
            engine.finish_backfill()?;
            let progress = Arc::new(Mutex::new(progress));
            let tell =
                move |so_far| progress.lock().unwrap_or_else(PoisonError::into_inner)(so_far);
            let found =
                engine.check_players(selection, default_threads(), &cancellation, tell.clone())?;
            let (mut done, total) = (
                found.report.players,
                found.report.players + found.targets.len() as u64,
            );
            // Short transactions, so that recording goes on between them.
            for slice in found.targets.chunks(PLAYERS_PER_TRANSACTION) {
                cancellation.check_cancelled()?;
                engine.repair_slice(slice.to_vec()).wait()?;
                done += slice.len() as u64;
                tell(VerifyProgress { done, total });
            }
            if found.has_wrong_event_names {
                engine.repair_event_names().wait()?;
            }
            // In order of id, as the binary search below needs.
            let repaired: Vec<String> = found
                .targets
                .into_iter()
                .map(|patient| patient.player)
                .collect();
            // What is left is found by verifying again, not by trusting the repair.
            let mut again = engine.check_players(
                PlayerSelection::Only(repaired.clone()),
                default_threads(),
                &cancellation,
                |_| {},
            )?;
            if found.has_wrong_event_names {
                let mut reader = engine.inner.store.open_reader()?;
                again.add_event_names(compare_event_names(&mut *reader)?);
            }
            let again = again.report;
            // Players that were repaired, and event names, are covered by the second check.
            let remains = |one: &Difference| {
                one.player.as_ref().is_some_and(|player| {
                    repaired.binary_search_by(|id| (**id).cmp(player)).is_err()
                })
            };
            let report = found.report;
            let mut remaining: Vec<Difference> = report
                .differences
                .iter()
                .filter(|one| remains(one))
                .cloned()
                .collect();
            remaining.extend(again.differences);
            remaining.sort_by(|one, other| one.player.cmp(&other.player));
            // Both lists are limited on their own, so together they can exceed the limit.
            remaining.truncate(MAX_LISTED_DIFFERENCES);
            Ok(RepairReport {
                players: report.players,
                behind: report.behind,
                count: report.count,
                differences: report.differences,
                repaired: repaired.len() as u64,
                remaining_count: found.unrepairable_count + again.count,
                remaining,
            })
        })
    }

    fn repair_slice(&self, targets: Vec<RepairTarget>) -> Ticket<()> {
        let actor = self.actor.clone();
        self.enqueue_job(|reply| WriterJob::Repair {
            targets,
            actor,
            reply,
        })
    }
}

impl WriterThread {
    pub(crate) fn repair_players(
        &mut self,
        targets: &[RepairTarget],
        actor: &AuditActor,
    ) -> Result<(), Error> {
        let committed = self.commit_batch(|context, cache, tx| {
            // The audit entry commits or rolls back together with the repair.
            let detail = json!({ "players": targets.len() });
            actor.record_action(tx, context.now, "players.repair", "", detail)?;
            batch::repair::repair_players(context, cache, tx, targets)
        });
        committed.map(drop).map_err(Error::from)
    }
}
