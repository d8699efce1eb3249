//! What the writing thread does without being asked: it wakes players whom time alone changes (S10), and brings players
//! up to the catalog in force after a publication (S14).

use std::time::{Duration, Instant};

use accolade_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::batch;
use crate::store::{Read, Reader, StoreError};
use crate::ticket::Reply;
use crate::writer::Workshop;
use crate::{Engine, Error, Ticket};

/// How long an idle engine waits until it looks whether another process left it something to do.
const LOOK: Duration = Duration::from_secs(2);
/// Players taken care of in one transaction while others wait.
const SLICE: usize = 16;
/// Players taken care of in one transaction while nobody waits.
const IDLE_SLICE: usize = 256;
/// The name of the setting that says how far the sweep is.
const SWEEP: &str = "sweep";

/// How far the sweep after a publication is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SweepProgress {
    /// The version that players are brought up to.
    pub version: i64,
    /// Players who were looked at.
    pub done: u64,
    /// Players in all.
    pub total: u64,
}

impl SweepProgress {
    /// How far the sweep is, if one is under way.
    ///
    /// # Errors
    /// When the database cannot be read.
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

/// How far the sweep is, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sweep {
    pub(crate) version: i64,
    /// The last player who was looked at.
    after: Option<String>,
    done: u64,
    /// Players in all, counted when the sweep sets out.
    total: Option<u64>,
    over: bool,
}

impl Sweep {
    /// A sweep that begins.
    pub(crate) fn begin(version: i64) -> Self {
        Self {
            version,
            after: None,
            done: 0,
            total: None,
            over: false,
        }
    }

    /// The sweep that is under way, if one is.
    pub(crate) fn under_way<R: Read + ?Sized>(store: &mut R) -> Result<Option<Self>, StoreError> {
        let Some(bytes) = store.setting(SWEEP)? else {
            return Ok(None);
        };
        let sweep: Self = serde_json::from_slice(&bytes)
            .map_err(|error| StoreError::Damaged(format!("how far the sweep is: {error}")))?;
        Ok(Some(sweep).filter(|sweep| !sweep.over))
    }

    /// The name and value of the setting.
    pub(crate) fn setting(&self) -> (&'static str, Vec<u8>) {
        (
            SWEEP,
            serde_json::to_vec(self).expect("texts and numbers are JSON"),
        )
    }
}

/// Somebody who waits for the end of the sweep.
pub(crate) struct Waiter {
    progress: Box<dyn FnMut(SweepProgress) + Send>,
    reply: Reply<SweepProgress>,
}

/// What there is to do.
#[derive(Default)]
pub(crate) struct Chores {
    /// When somebody is due next, as far as known.
    due: Option<Timestamp>,
    sweeping: bool,
    waiters: Vec<Waiter>,
    /// When to look again what there is to do.
    look_at: Option<Instant>,
}

impl Chores {
    /// Takes note of when somebody is due.
    pub(crate) fn expect(&mut self, due: Option<Timestamp>) {
        self.due = match (self.due, due) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }

    /// Takes note of a publication.
    pub(crate) fn sweep(&mut self) {
        self.sweeping = true;
    }
}

impl Engine {
    /// Wakes everybody whom time alone changes up to now, and says how many they were. The engine does so by itself; a
    /// host that sets the clock calls this to see it done.
    pub fn wake(&self) -> Ticket<u64> {
        self.work(|workshop| Ok(workshop.wake_all()?))
    }

    /// Waits until all players are brought up to the catalog in force. `progress` hears of each slice. The sweep goes
    /// on in the background in any case, and after a restart.
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
    /// How long to wait for a job before looking after the chores.
    pub(crate) fn patience(&self) -> Duration {
        if self.chores.sweeping || self.chores.look_at.is_none() {
            return Duration::ZERO;
        }
        let Some(due) = self.chores.due else {
            return LOOK;
        };
        let micros = due.as_micros().saturating_sub(self.now().as_micros());
        Duration::from_micros(u64::try_from(micros).unwrap_or_default()).min(LOOK)
    }

    /// Does some of what there is to do: little while jobs wait.
    pub(crate) fn tend(&mut self, busy: bool) {
        let slice = if busy { SLICE } else { IDLE_SLICE };
        if let Err(error) = self.tend_slice(slice) {
            // Whatever it is, those who record will be told of it; chores wait for the next look.
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

    /// Looks what there is to do.
    fn look(&mut self) -> Result<(), StoreError> {
        self.chores.look_at = Some(Instant::now() + LOOK);
        self.chores.due = self
            .reader
            .due(Timestamp::LAST, 1)?
            .first()
            .map(|(due, _)| *due);
        // Those who wait are told by the sweep, even where there is none.
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
            // Those who cannot be read stay due.
            if self.chores.due.is_none() {
                return Ok(woken);
            }
        }
    }

    /// Wakes some of those who are due, the first ones first.
    fn wake(&mut self, slice: usize) -> Result<u64, StoreError> {
        let now = self.now();
        let due: Vec<String> = self
            .reader
            .due(now, slice)?
            .into_iter()
            .map(|(_, player)| player)
            .collect();
        if !due.is_empty() {
            self.commit(|setting, cache, tx| batch::touch(setting, cache, tx, &due, true))?;
        }
        let next = self.reader.due(Timestamp::LAST, 1)?.into_iter().next();
        let is_stuck = next
            .as_ref()
            .is_some_and(|(at, player)| *at <= now && due.first() == Some(player));
        self.chores.due = next.filter(|_| !is_stuck).map(|(at, _)| at);
        Ok(due.len() as u64)
    }

    /// Tells those who wait that everybody is up to date.
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

    /// Brings some players up to the catalog in force.
    fn sweep(&mut self, slice: usize) -> Result<(), StoreError> {
        let Some(sweep) = Sweep::under_way(&mut *self.reader)? else {
            self.chores.sweeping = false;
            return self.answer_waiters();
        };
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
            let done = batch::touch(setting, cache, tx, &names, false)?;
            // A publication in the meantime has begun a sweep of its own.
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
