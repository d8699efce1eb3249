//! Background work of the writer thread: it processes due timers (S10) and backfills players after
//! a publication (S14).

use std::time::{Duration, Instant};

use accolade_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::batch;
use crate::store::{ReadStore, StoreError, StoreReader};
use crate::ticket::ReplySender;
use crate::writer::WriterThread;
use crate::{Engine, Error, Ticket};

/// Interval at which an idle engine checks for work that another process left.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);
/// Players per transaction while requests are waiting. A slice this small delays them little.
const BUSY_SLICE: usize = 16;
/// Players per transaction while the queue is empty.
const IDLE_SLICE: usize = 256;
/// Setting that holds the progress of the backfill.
const BACKFILL_SETTING: &str = "backfill";

/// Progress of the backfill after a publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackfillProgress {
    /// The catalog version that players are brought up to.
    pub version: i64,
    /// Number of players processed.
    pub done: u64,
    /// Number of all players.
    pub total: u64,
}

impl BackfillProgress {
    /// Loads the progress of the running backfill; `None` if none is running.
    ///
    /// # Errors
    /// Returns an error if the database fails or the stored progress is damaged.
    pub fn load_running(reader: &mut dyn StoreReader) -> Result<Option<Self>, StoreError> {
        let Some(sweep) = StoredBackfill::load_running(reader)? else {
            return Ok(None);
        };
        let total = match sweep.total {
            Some(total) => total,
            None => reader.count_players()?,
        };
        Ok(Some(Self {
            version: sweep.version,
            done: sweep.done,
            total,
        }))
    }
}

/// Progress of the backfill as stored, so that it continues after a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredBackfill {
    pub(crate) version: i64,
    /// Id of the last player processed.
    last_player: Option<String>,
    done: u64,
    /// Number of all players, counted when the backfill starts.
    total: Option<u64>,
    finished: bool,
}

impl StoredBackfill {
    pub(crate) fn new(version: i64) -> Self {
        Self {
            version,
            last_player: None,
            done: 0,
            total: None,
            finished: false,
        }
    }

    /// Loads the running backfill, if there is one.
    pub(crate) fn load_running<R: ReadStore + ?Sized>(
        store: &mut R,
    ) -> Result<Option<Self>, StoreError> {
        let Some(bytes) = store.load_setting(BACKFILL_SETTING)? else {
            return Ok(None);
        };
        let sweep: Self = serde_json::from_slice(&bytes)
            .map_err(|error| StoreError::Damaged(format!("progress of the backfill: {error}")))?;
        Ok(Some(sweep).filter(|sweep| !sweep.finished))
    }

    /// Renders the name and value of the setting.
    pub(crate) fn to_setting(&self) -> (&'static str, Vec<u8>) {
        (
            BACKFILL_SETTING,
            serde_json::to_vec(self).expect("texts and numbers are JSON"),
        )
    }
}

/// Caller that waits for the end of the backfill.
pub(crate) struct BackfillWaiter {
    progress: Box<dyn FnMut(BackfillProgress) + Send>,
    reply: ReplySender<BackfillProgress>,
}

/// Schedule of the background work.
#[derive(Default)]
pub(crate) struct BackgroundWork {
    /// Earliest timer of any player, as far as known.
    next_timer: Option<Timestamp>,
    is_backfilling: bool,
    waiters: Vec<BackfillWaiter>,
    /// Instant of the next check for work.
    next_check: Option<Instant>,
}

impl BackgroundWork {
    /// Lowers the next timer to one that a commit has set.
    pub(crate) fn note_due(&mut self, due: Option<Timestamp>) {
        self.next_timer = match (self.next_timer, due) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }

    /// Starts a backfill.
    pub(crate) fn request_backfill(&mut self) {
        self.is_backfilling = true;
    }
}

impl Engine {
    /// Processes all timers that are due, such as those of expiring points, and returns the number
    /// of players processed.
    ///
    /// The engine does this on its own. Call it in tests that move the clock.
    pub fn process_due_timers(&self) -> Ticket<u64> {
        self.run_on_writer(|workshop| Ok(workshop.process_all_timers()?))
    }

    /// Waits until all players are backfilled to the published catalog. Calls `progress` after each
    /// transaction.
    ///
    /// The backfill runs in the background in any case, and continues after a restart.
    pub fn await_backfill(
        &self,
        progress: impl FnMut(BackfillProgress) + Send + 'static,
    ) -> Ticket<BackfillProgress> {
        let (reply, ticket) = Ticket::new();
        let waiter = BackfillWaiter {
            progress: Box::new(progress),
            reply,
        };
        match self.writer_handle() {
            Ok(writing) => {
                writing.enqueue_closure(move |workshop| workshop.add_backfill_waiter(waiter))
            }
            Err(error) => drop(waiter.reply.send(Err(error))),
        }
        ticket
    }
}

impl WriterThread {
    /// Time to wait for a request before the next slice of background work.
    pub(crate) fn idle_timeout(&self) -> Duration {
        // A new engine has not read its schedule yet.
        if self.background.is_backfilling || self.background.next_check.is_none() {
            return Duration::ZERO;
        }
        let Some(due) = self.background.next_timer else {
            return CHECK_INTERVAL;
        };
        // Bounded by the check interval, because another process may set an earlier timer.
        let micros = due.as_micros().saturating_sub(self.now().as_micros());
        Duration::from_micros(u64::try_from(micros).unwrap_or_default()).min(CHECK_INTERVAL)
    }

    /// Runs one slice of background work, a small one while requests are waiting.
    pub(crate) fn run_background_work(&mut self, busy: bool) {
        let slice = if busy { BUSY_SLICE } else { IDLE_SLICE };
        if let Err(error) = self.run_background_slice(slice) {
            // Requests will meet and report the same error; the background work retries later.
            self.background.next_check = Some(Instant::now() + CHECK_INTERVAL);
            self.background.is_backfilling = false;
            for waiter in self.background.waiters.drain(..) {
                drop(waiter.reply.send(Err(Error::Store(error.clone()))));
            }
        }
    }

    fn run_background_slice(&mut self, slice: usize) -> Result<(), StoreError> {
        if self
            .background
            .next_check
            .is_none_or(|at| at <= Instant::now())
        {
            self.refresh_schedule()?;
        }
        if self
            .background
            .next_timer
            .is_some_and(|due| due <= self.now())
        {
            self.process_timers(slice)?;
        }
        if self.background.is_backfilling {
            self.run_backfill_slice(slice)?;
        }
        Ok(())
    }

    /// Reads the next timer and the state of the backfill from the database.
    fn refresh_schedule(&mut self) -> Result<(), StoreError> {
        self.background.next_check = Some(Instant::now() + CHECK_INTERVAL);
        self.background.next_timer = self
            .reader
            .list_due_players(Timestamp::LAST, 1)?
            .first()
            .map(|(due, _)| *due);
        // Without a backfill, the loop still runs once, to reply to the waiters.
        self.background.is_backfilling = !self.background.waiters.is_empty()
            || StoredBackfill::load_running(&mut *self.reader)?.is_some();
        Ok(())
    }

    fn process_all_timers(&mut self) -> Result<u64, StoreError> {
        let mut woken = 0;
        loop {
            match self.process_timers(IDLE_SLICE)? {
                0 => return Ok(woken),
                more => woken += more,
            }
            // A player whose state cannot be read stays due, and would make the loop endless.
            if self.background.next_timer.is_none() {
                return Ok(woken);
            }
        }
    }

    /// Processes the due timers of up to `slice` players, earliest first.
    fn process_timers(&mut self, slice: usize) -> Result<u64, StoreError> {
        let now = self.now();
        let due: Vec<String> = self
            .reader
            .list_due_players(now, slice)?
            .into_iter()
            .map(|(_, player)| player)
            .collect();
        if !due.is_empty() {
            self.commit_batch(|setting, cache, tx| {
                batch::refresh_players(setting, cache, tx, &due, true)
            })?;
        }
        let next = self
            .reader
            .list_due_players(Timestamp::LAST, 1)?
            .into_iter()
            .next();
        // A player who is still first has failed; waiting for the next check avoids a busy loop.
        let is_stuck = next
            .as_ref()
            .is_some_and(|(at, player)| *at <= now && due.first() == Some(player));
        self.background.next_timer = next.filter(|_| !is_stuck).map(|(at, _)| at);
        Ok(due.len() as u64)
    }

    /// Reports to all waiters that the backfill is complete.
    fn reply_to_waiters(&mut self) -> Result<(), StoreError> {
        if self.background.waiters.is_empty() {
            return Ok(());
        }
        let version = self.catalogs.load_current(&mut *self.reader)?.version;
        let total = self.reader.count_players()?;
        for waiter in self.background.waiters.drain(..) {
            drop(waiter.reply.send(Ok(BackfillProgress {
                version,
                done: total,
                total,
            })));
        }
        Ok(())
    }

    fn add_backfill_waiter(&mut self, waiter: BackfillWaiter) {
        self.background.waiters.push(waiter);
        self.background.is_backfilling = true;
    }

    /// Backfills the next `slice` players.
    fn run_backfill_slice(&mut self, slice: usize) -> Result<(), StoreError> {
        let Some(sweep) = StoredBackfill::load_running(&mut *self.reader)? else {
            self.background.is_backfilling = false;
            return self.reply_to_waiters();
        };
        // Counted once. Players who join later start under the published catalog.
        let total = match sweep.total {
            Some(total) => total,
            None => self.reader.count_players()?,
        };
        let players = self
            .reader
            .list_players(sweep.last_player.as_deref(), slice)?;
        let names: Vec<String> = players.into_iter().map(|row| row.player).collect();
        let next = StoredBackfill {
            last_player: names.last().cloned().or(sweep.last_player),
            done: sweep.done + names.len() as u64,
            finished: names.len() < slice,
            total: Some(total),
            ..sweep
        };
        let (name, value) = next.to_setting();
        self.commit_batch(|setting, cache, tx| {
            let done = batch::refresh_players(setting, cache, tx, &names, false)?;
            // Another process may have published since, and then its backfill replaces this one.
            if StoredBackfill::load_running(tx)?.is_some_and(|now| now.version == next.version) {
                tx.put_setting(name, &value)?;
            }
            Ok(done)
        })?;
        let progress = BackfillProgress {
            version: next.version,
            done: next.done,
            total: total.max(next.done),
        };
        for waiter in &mut self.background.waiters {
            (waiter.progress)(progress.clone());
        }
        Ok(())
    }
}
