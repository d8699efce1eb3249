//! Mending what is derived and is not right. Events are never touched.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde_json::json;

use super::team::Whom;
use super::{Difference, VerifyProgress, threads};
use crate::batch;
use crate::batch::repair::Patient;
use crate::{Cancellation, Engine, Error, Ticket};

/// Players mended in one transaction.
const SLICE: usize = 16;

/// What mending came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RepairReport {
    /// Players looked at.
    pub players: u64,
    /// Players who have not passed through the latest publication yet, and were not looked at.
    pub behind: u64,
    /// How many differences there were.
    pub count: u64,
    /// The first thousand of them, in order of player.
    pub differences: Vec<Difference>,
    /// Players who were mended.
    pub mended: u64,
    /// How many differences are left.
    pub remaining_count: u64,
    /// The first thousand of those.
    pub remaining: Vec<Difference>,
}

impl Engine {
    /// Verifies everything, and mends what is not right. `progress` hears of each player who is looked at, and then of
    /// those who are mended, who are added to the total.
    ///
    /// Rows that are derived from events are written anew; to ledger and feed, which are only ever added to, what they
    /// lack is added, with the cause `repair`. Events are never touched: what is wrong with them is told, and remains.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent, memory::MemoryStore};
    ///
    /// let engine = Engine::open(MemoryStore::new(), Catalog::from_toml("")?)?;
    /// engine.record(NewEvent::new("ada", "visit")).wait()?;
    /// let report = engine.repair(|_| {}).wait()?;
    /// assert_eq!((report.mended, report.remaining_count), (0, 0));
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn repair(
        &self,
        progress: impl FnMut(VerifyProgress) + Send + 'static,
    ) -> Ticket<RepairReport> {
        self.repair_with(Cancellation::new(), progress)
    }

    /// The same, and gives up, with [`Error::Cancelled`], when somebody asks to: whoever was mended by then stays mended.
    /// It waits for the end of a sweep that is under way in any case.
    pub fn repair_with(
        &self,
        cancellation: Cancellation,
        progress: impl FnMut(VerifyProgress) + Send + 'static,
    ) -> Ticket<RepairReport> {
        self.mend(Whom::Everybody, cancellation, progress)
    }

    /// The same for these players only. To mend a guest who was merged, name the player, too.
    pub fn repair_players(&self, mut players: Vec<String>) -> Ticket<RepairReport> {
        players.sort_unstable();
        players.dedup();
        self.mend(Whom::These(players), Cancellation::new(), |_| {})
    }

    fn mend(
        &self,
        whom: Whom,
        cancellation: Cancellation,
        progress: impl FnMut(VerifyProgress) + Send + 'static,
    ) -> Ticket<RepairReport> {
        self.aside("accolade-repair", move |engine| {
            engine.writing()?;
            cancellation.check()?;
            engine.finish_sweep()?;
            let progress = Arc::new(Mutex::new(progress));
            let tell =
                move |so_far| progress.lock().unwrap_or_else(PoisonError::into_inner)(so_far);
            let found = engine.inspect(whom, threads(), &cancellation, tell.clone())?;
            let (mut done, total) = (
                found.report.players,
                found.report.players + found.patients.len() as u64,
            );
            for slice in found.patients.chunks(SLICE) {
                cancellation.check()?;
                engine.mend_slice(slice.to_vec()).wait()?;
                done += slice.len() as u64;
                tell(VerifyProgress { done, total });
            }
            let mended: Vec<String> = found
                .patients
                .into_iter()
                .map(|patient| patient.id)
                .collect();
            let again = engine
                .inspect(
                    Whom::These(mended.clone()),
                    threads(),
                    &cancellation,
                    |_| {},
                )?
                .report;
            let lasting = |one: &Difference| mended.binary_search(&one.player).is_err();
            let report = found.report;
            let mut remaining: Vec<Difference> = report
                .differences
                .iter()
                .filter(|one| lasting(one))
                .cloned()
                .collect();
            remaining.extend(again.differences);
            remaining.sort_by(|one, other| one.player.cmp(&other.player));
            Ok(RepairReport {
                players: report.players,
                behind: report.behind,
                count: report.count,
                differences: report.differences,
                mended: mended.len() as u64,
                remaining_count: found.lasting + again.count,
                remaining,
            })
        })
    }

    fn mend_slice(&self, patients: Vec<Patient>) -> Ticket<()> {
        let actor = self.actor.clone();
        self.work(move |workshop| {
            let mended = workshop.commit(|setting, cache, tx| {
                actor.note(
                    tx,
                    setting.now,
                    "players.repair",
                    "",
                    json!({ "players": patients.len() }),
                )?;
                batch::repair::mend(setting, cache, tx, &patients)
            });
            mended.map(drop).map_err(Error::from)
        })
    }
}
