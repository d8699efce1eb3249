//! Background work of the writer thread: it processes due timers (S10) and backfills players after
//! a publication (S14).

use std::time::{Duration, Instant};

use accolade_core::time::Timestamp;

use crate::backfill_progress::{BackfillProgress, StoredBackfill};
use crate::background_schedule::BackfillWaiter;
use crate::batch;
use crate::store::StoreError;
use crate::writer::{WriterJob, WriterThread};
use crate::{Catalogs, Error, Maintenance, Ticket};

/// Interval at which an idle engine checks for work that another process left.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);
/// Players per transaction while requests are waiting. A slice this small delays them little.
const BUSY_SLICE: usize = 16;
/// Players per transaction while the queue is empty.
const IDLE_SLICE: usize = 256;
impl Maintenance<'_> {
    /// Processes all timers that are due, such as those of expiring points, and returns the number
    /// of players processed.
    ///
    /// The engine does this on its own. Call it in tests that move the clock.
    pub fn process_due_timers(&self) -> Ticket<u64> {
        self.engine
            .enqueue_job(|reply| WriterJob::ProcessTimers { reply })
    }
}

impl Catalogs<'_> {
    /// Loads the progress of the backfill of a publication; `None` if none is running.
    pub fn backfill_progress(&self) -> Ticket<Option<BackfillProgress>> {
        self.engine
            .inner
            .readers
            .run_query(|reader| Ok(BackfillProgress::load_running(reader)?))
    }

    /// Waits until all players are backfilled to the published catalog. Calls `progress` after each
    /// transaction.
    ///
    /// The backfill runs in the background in any case, and continues after a restart.
    pub fn await_backfill(
        &self,
        progress: impl FnMut(BackfillProgress) + Send + 'static,
    ) -> Ticket<BackfillProgress> {
        self.engine.enqueue_job(|reply| WriterJob::AwaitBackfill {
            waiter: BackfillWaiter {
                progress: Box::new(progress),
                reply,
            },
        })
    }
}

impl WriterThread {
    /// Time to wait for a request before the next slice of background work.
    pub(crate) fn idle_timeout(&self) -> Duration {
        // A new engine has not read its schedule yet.
        if self.schedule.is_backfilling || self.schedule.next_check.is_none() {
            return Duration::ZERO;
        }
        let Some(due) = self.schedule.next_timer else {
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
            self.schedule.next_check = Some(Instant::now() + CHECK_INTERVAL);
            self.schedule.is_backfilling = false;
            for waiter in self.schedule.waiters.drain(..) {
                drop(waiter.reply.send(Err(Error::Store(error.clone()))));
            }
        }
    }

    fn run_background_slice(&mut self, slice: usize) -> Result<(), StoreError> {
        if self
            .schedule
            .next_check
            .is_none_or(|at| at <= Instant::now())
        {
            self.refresh_schedule()?;
        }
        if self
            .schedule
            .next_timer
            .is_some_and(|due| due <= self.now())
        {
            self.process_timers(slice)?;
        }
        if self.schedule.is_backfilling {
            self.run_backfill_slice(slice)?;
        }
        Ok(())
    }

    /// Reads the next timer and the state of the backfill from the database.
    fn refresh_schedule(&mut self) -> Result<(), StoreError> {
        self.schedule.next_check = Some(Instant::now() + CHECK_INTERVAL);
        self.schedule.next_timer = self
            .reader
            .list_due_players(Timestamp::LAST, 1)?
            .first()
            .map(|(due, _)| *due);
        // Without a backfill, the loop still runs once, to reply to the waiters.
        self.schedule.is_backfilling = !self.schedule.waiters.is_empty()
            || StoredBackfill::load_running(&mut *self.reader)?.is_some();
        Ok(())
    }

    pub(crate) fn process_all_timers(&mut self) -> Result<u64, Error> {
        let mut processed = 0;
        loop {
            match self.process_timers(IDLE_SLICE)? {
                0 => return Ok(processed),
                more => processed += more,
            }
            // A player whose state cannot be read stays due, and would make the loop endless.
            if self.schedule.next_timer.is_none() {
                return Ok(processed);
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
        self.schedule.next_timer = next.filter(|_| !is_stuck).map(|(at, _)| at);
        Ok(due.len() as u64)
    }

    /// Reports to all waiters that the backfill is complete.
    fn reply_to_waiters(&mut self) -> Result<(), StoreError> {
        if self.schedule.waiters.is_empty() {
            return Ok(());
        }
        let version = self.catalogs.load_current(&mut *self.reader)?.version;
        let total = self.reader.count_players()?;
        for waiter in self.schedule.waiters.drain(..) {
            drop(waiter.reply.send(Ok(BackfillProgress {
                version,
                done: total,
                total,
            })));
        }
        Ok(())
    }

    pub(crate) fn add_backfill_waiter(&mut self, waiter: BackfillWaiter) {
        self.schedule.waiters.push(waiter);
        self.schedule.is_backfilling = true;
    }

    /// Backfills the next `slice` players.
    fn run_backfill_slice(&mut self, slice: usize) -> Result<(), StoreError> {
        let Some(stored) = StoredBackfill::load_running(&mut *self.reader)? else {
            self.schedule.is_backfilling = false;
            return self.reply_to_waiters();
        };
        // Counted once. Players who join later start under the published catalog.
        let total = match stored.total {
            Some(total) => total,
            None => self.reader.count_players()?,
        };
        let players = self
            .reader
            .list_players(stored.last_player.as_deref(), slice)?;
        let names: Vec<String> = players.into_iter().map(|row| row.player).collect();
        let next = StoredBackfill {
            last_player: names.last().cloned().or(stored.last_player),
            done: stored.done + names.len() as u64,
            finished: names.len() < slice,
            total: Some(total),
            ..stored
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
        for waiter in &mut self.schedule.waiters {
            (waiter.progress)(progress.clone());
        }
        Ok(())
    }
}
