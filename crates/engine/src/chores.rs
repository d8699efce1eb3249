//! Background work of the writer thread: it processes due timers (S10) and backfills players after
//! a publication (S14).

use std::time::{Duration, Instant};

use accolade_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::batch;
use crate::store::{Read, Reader, StoreError};
use crate::ticket::Reply;
use crate::writer::Workshop;
use crate::{Engine, Error, Ticket};

/// Interval at which an idle engine checks for work that another process left.
const LOOK: Duration = Duration::from_secs(2);
/// Players per transaction while requests are waiting. A slice this small delays them little.
const SLICE: usize = 16;
/// Players per transaction while the queue is empty.
const IDLE_SLICE: usize = 256;
/// Setting that holds the progress of the backfill.
const SWEEP: &str = "sweep";

/// Progress of the backfill after a publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SweepProgress {
    /// The catalog version that players are brought up to.
    pub version: i64,
    /// Number of players processed.
    pub done: u64,
    /// Number of all players.
    pub total: u64,
}

impl SweepProgress {
    /// Loads the progress of the running backfill; `None` if none is running.
    ///
    /// # Errors
    /// Returns an error if the database fails or the stored progress is damaged.
    pub fn under_way(reader: &mut dyn Reader) -> Result<Option<Self>, StoreError> {
        let Some(sweep) = Sweep::under_way(reader)? else {
            return Ok(None);
        };
        let total = match sweep.total {
            Some(total) => total,
            None => reader.player_count()?,
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
pub(crate) struct Sweep {
    pub(crate) version: i64,
    /// Id of the last player processed.
    after: Option<String>,
    done: u64,
    /// Number of all players, counted when the backfill starts.
    total: Option<u64>,
    over: bool,
}

impl Sweep {
    pub(crate) fn begin(version: i64) -> Self {
        Self {
            version,
            after: None,
            done: 0,
            total: None,
            over: false,
        }
    }

    /// Loads the running backfill, if there is one.
    pub(crate) fn under_way<R: Read + ?Sized>(store: &mut R) -> Result<Option<Self>, StoreError> {
        let Some(bytes) = store.setting(SWEEP)? else {
            return Ok(None);
        };
        let sweep: Self = serde_json::from_slice(&bytes)
            .map_err(|error| StoreError::Damaged(format!("progress of the backfill: {error}")))?;
        Ok(Some(sweep).filter(|sweep| !sweep.over))
    }

    /// Renders the name and value of the setting.
    pub(crate) fn setting(&self) -> (&'static str, Vec<u8>) {
        (
            SWEEP,
            serde_json::to_vec(self).expect("texts and numbers are JSON"),
        )
    }
}

/// Caller that waits for the end of the backfill.
pub(crate) struct Waiter {
    progress: Box<dyn FnMut(SweepProgress) + Send>,
    reply: Reply<SweepProgress>,
}

/// Schedule of the background work.
#[derive(Default)]
pub(crate) struct Chores {
    /// Earliest timer of any player, as far as known.
    due: Option<Timestamp>,
    sweeping: bool,
    waiters: Vec<Waiter>,
    /// Instant of the next check for work.
    look_at: Option<Instant>,
}

impl Chores {
    /// Lowers the next timer to one that a commit has set.
    pub(crate) fn expect(&mut self, due: Option<Timestamp>) {
        self.due = match (self.due, due) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }

    /// Starts a backfill.
    pub(crate) fn sweep(&mut self) {
        self.sweeping = true;
    }
}

impl Engine {
    /// Processes all timers that are due, such as those of expiring points, and returns the number
    /// of players processed.
    ///
    /// The engine does this on its own. Call it in tests that move the clock.
    pub fn wake(&self) -> Ticket<u64> {
        self.work(|workshop| Ok(workshop.wake_all()?))
    }

    /// Waits until all players are backfilled to the published catalog. Calls `progress` after each
    /// transaction.
    ///
    /// The backfill runs in the background in any case, and continues after a restart.
    pub fn sweep(
        &self,
        progress: impl FnMut(SweepProgress) + Send + 'static,
    ) -> Ticket<SweepProgress> {
        let (reply, ticket) = Ticket::new();
        let waiter = Waiter {
            progress: Box::new(progress),
            reply,
        };
        match self.writing() {
            Ok(writing) => writing.hand(move |workshop| workshop.await_sweep(waiter)),
            Err(error) => drop(waiter.reply.send(Err(error))),
        }
        ticket
    }
}

impl Workshop {
    /// Time to wait for a request before the next slice of background work.
    pub(crate) fn patience(&self) -> Duration {
        // A new engine has not read its schedule yet.
        if self.chores.sweeping || self.chores.look_at.is_none() {
            return Duration::ZERO;
        }
        let Some(due) = self.chores.due else {
            return LOOK;
        };
        // Bounded by the check interval, because another process may set an earlier timer.
        let micros = due.as_micros().saturating_sub(self.now().as_micros());
        Duration::from_micros(u64::try_from(micros).unwrap_or_default()).min(LOOK)
    }

    /// Runs one slice of background work, a small one while requests are waiting.
    pub(crate) fn tend(&mut self, busy: bool) {
        let slice = if busy { SLICE } else { IDLE_SLICE };
        if let Err(error) = self.tend_slice(slice) {
            // Requests will meet and report the same error; the background work retries later.
            self.chores.look_at = Some(Instant::now() + LOOK);
            self.chores.sweeping = false;
            for waiter in self.chores.waiters.drain(..) {
                drop(waiter.reply.send(Err(again(&error))));
            }
        }
    }

    fn tend_slice(&mut self, slice: usize) -> Result<(), StoreError> {
        if self.chores.look_at.is_none_or(|at| at <= Instant::now()) {
            self.look()?;
        }
        if self.chores.due.is_some_and(|due| due <= self.now()) {
            self.wake(slice)?;
        }
        if self.chores.sweeping {
            self.sweep(slice)?;
        }
        Ok(())
    }

    /// Reads the next timer and the state of the backfill from the database.
    fn look(&mut self) -> Result<(), StoreError> {
        self.chores.look_at = Some(Instant::now() + LOOK);
        self.chores.due = self
            .reader
            .due(Timestamp::LAST, 1)?
            .first()
            .map(|(due, _)| *due);
        // Without a backfill the sweep still runs once, to reply to the waiters.
        self.chores.sweeping =
            !self.chores.waiters.is_empty() || Sweep::under_way(&mut *self.reader)?.is_some();
        Ok(())
    }

    fn wake_all(&mut self) -> Result<u64, StoreError> {
        let mut woken = 0;
        loop {
            match self.wake(IDLE_SLICE)? {
                0 => return Ok(woken),
                more => woken += more,
            }
            // A player whose state cannot be read stays due, and would make the loop endless.
            if self.chores.due.is_none() {
                return Ok(woken);
            }
        }
    }

    /// Processes the due timers of up to `slice` players, earliest first.
    fn wake(&mut self, slice: usize) -> Result<u64, StoreError> {
        let now = self.now();
        let due: Vec<String> = self
            .reader
            .due(now, slice)?
            .into_iter()
            .map(|(_, player)| player)
            .collect();
        if !due.is_empty() {
            self.commit(|setting, cache, tx| {
                batch::refresh_players(setting, cache, tx, &due, true)
            })?;
        }
        let next = self.reader.due(Timestamp::LAST, 1)?.into_iter().next();
        // A player who is still first has failed; waiting for the next check avoids a busy loop.
        let is_stuck = next
            .as_ref()
            .is_some_and(|(at, player)| *at <= now && due.first() == Some(player));
        self.chores.due = next.filter(|_| !is_stuck).map(|(at, _)| at);
        Ok(due.len() as u64)
    }

    /// Reports to all waiters that the backfill is complete.
    fn answer_waiters(&mut self) -> Result<(), StoreError> {
        if self.chores.waiters.is_empty() {
            return Ok(());
        }
        let version = self.catalogs.refresh(&mut *self.reader)?.version;
        let total = self.reader.player_count()?;
        for waiter in self.chores.waiters.drain(..) {
            drop(waiter.reply.send(Ok(SweepProgress {
                version,
                done: total,
                total,
            })));
        }
        Ok(())
    }

    fn await_sweep(&mut self, waiter: Waiter) {
        self.chores.waiters.push(waiter);
        self.chores.sweeping = true;
    }

    /// Backfills the next `slice` players.
    fn sweep(&mut self, slice: usize) -> Result<(), StoreError> {
        let Some(sweep) = Sweep::under_way(&mut *self.reader)? else {
            self.chores.sweeping = false;
            return self.answer_waiters();
        };
        // Counted once. Players who join later start under the published catalog.
        let total = match sweep.total {
            Some(total) => total,
            None => self.reader.player_count()?,
        };
        let players = self.reader.players(sweep.after.as_deref(), slice)?;
        let names: Vec<String> = players.into_iter().map(|row| row.player).collect();
        let next = Sweep {
            after: names.last().cloned().or(sweep.after),
            done: sweep.done + names.len() as u64,
            over: names.len() < slice,
            total: Some(total),
            ..sweep
        };
        let (name, value) = next.setting();
        self.commit(|setting, cache, tx| {
            let done = batch::refresh_players(setting, cache, tx, &names, false)?;
            // Another process may have published since, and then its backfill replaces this one.
            if Sweep::under_way(tx)?.is_some_and(|now| now.version == next.version) {
                tx.put_setting(name, &value)?;
            }
            Ok(done)
        })?;
        let progress = SweepProgress {
            version: next.version,
            done: next.done,
            total: total.max(next.done),
        };
        for waiter in &mut self.chores.waiters {
            (waiter.progress)(progress.clone());
        }
        Ok(())
    }
}

fn again(error: &StoreError) -> Error {
    Error::Store(crate::answers::again(error))
}
