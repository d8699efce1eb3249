//! The queue of the writer thread, which is bounded in jobs and in bytes.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use accolade_core::event::NewEvent;
use accolade_core::value::{Props, Value};

use super::job::WriterJob;
use crate::ticket::ReplySender;
use crate::{Error, Ticket};

/// Maximum number of jobs that wait. Nothing blocks while the queue is full: a request is refused,
/// or waits for a place.
const MAX_JOBS: usize = 4_096;
/// Maximum size of the events that wait, in bytes. The last event admitted may exceed it.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Places for jobs other than recording, so that administration works while the queue is full.
const RESERVED_JOBS: usize = 256;

/// Creates the queue.
pub(super) fn create_queue() -> (JobSender, JobReceiver) {
    let (sender, receiver) = channel();
    let load = Arc::default();
    (JobSender { sender, load }, JobReceiver(receiver))
}

/// Sending end of the queue.
pub(super) struct JobSender {
    sender: Sender<(WriterJob, QueueSlot)>,
    load: Arc<QueueLoad>,
}

/// Receiving end of the queue.
pub(crate) struct JobReceiver(Receiver<(WriterJob, QueueSlot)>);

/// The jobs that wait, and those who wait for a place.
#[derive(Default)]
struct QueueLoad(Mutex<LoadState>);

#[derive(Default)]
struct LoadState {
    jobs: usize,
    bytes: usize,
    waiters: VecDeque<ReplySender<QueueSlot>>,
}

/// A place in the queue. Dropping it hands it to the next waiter.
pub(crate) struct QueueSlot {
    load: Arc<QueueLoad>,
    bytes: usize,
}

impl JobSender {
    /// Queues a job, or fails with [`Error::QueueFull`]. If the writer thread has ended, the job is
    /// dropped with its reply sender.
    pub(super) fn send_job(&self, job: WriterJob) -> Result<(), Error> {
        let bytes = job_bytes(&job);
        let slot = {
            let mut state = self.load.lock_state();
            let has_room = match job {
                WriterJob::Record { .. } => state.has_room(),
                _ => state.jobs < MAX_JOBS + RESERVED_JOBS,
            };
            if !has_room {
                return Err(Error::QueueFull);
            }
            state.jobs += 1;
            state.bytes += bytes;
            let load = Arc::clone(&self.load);
            QueueSlot { load, bytes }
        };
        drop(self.sender.send((job, slot)));
        Ok(())
    }

    /// Queues a job in a reserved place.
    pub(super) fn send_reserved(&self, job: WriterJob, mut slot: QueueSlot) {
        let bytes = job_bytes(&job);
        self.load.lock_state().bytes += bytes;
        slot.bytes += bytes;
        drop(self.sender.send((job, slot)));
    }

    /// Reserves a place, first come, first served.
    pub(super) fn reserve_slot(&self) -> Ticket<QueueSlot> {
        let mut state = self.load.lock_state();
        if state.has_room() {
            state.jobs += 1;
            let load = Arc::clone(&self.load);
            return Ticket::with_result(Ok(QueueSlot { load, bytes: 0 }));
        }
        let (reply, ticket) = Ticket::new();
        state.waiters.push_back(reply);
        ticket
    }

    /// Ends the waiting of those without a place.
    pub(super) fn dismiss_waiters(&self) {
        let waiters = std::mem::take(&mut self.load.lock_state().waiters);
        // Their tickets report that the engine is closed.
        drop(waiters);
    }
}

impl JobReceiver {
    /// Takes the next job, and waits for one up to a timeout.
    pub(super) fn next_job(&self, timeout: Duration) -> Result<WriterJob, RecvTimeoutError> {
        self.0.recv_timeout(timeout).map(|(job, _)| job)
    }

    /// Takes the next job, if one is waiting.
    pub(super) fn next_waiting_job(&self) -> Option<WriterJob> {
        self.0.try_recv().ok().map(|(job, _)| job)
    }
}

impl QueueLoad {
    fn lock_state(&self) -> MutexGuard<'_, LoadState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LoadState {
    fn has_room(&self) -> bool {
        self.jobs < MAX_JOBS && self.bytes < MAX_BYTES
    }

    /// Takes the first waiter that has not given up, and counts its place.
    fn next_waiter(&mut self) -> Option<ReplySender<QueueSlot>> {
        if !self.has_room() {
            return None;
        }
        while let Some(waiter) = self.waiters.pop_front() {
            if !waiter.is_closed() {
                self.jobs += 1;
                return Some(waiter);
            }
        }
        None
    }
}

impl Drop for QueueSlot {
    fn drop(&mut self) {
        let waiter = {
            let mut state = self.load.lock_state();
            state.jobs -= 1;
            state.bytes -= self.bytes;
            state.next_waiter()
        };
        // Sent without the lock, because a waiter may give up now. Then its place is dropped here.
        if let Some(waiter) = waiter {
            let load = Arc::clone(&self.load);
            drop(waiter.send(Ok(QueueSlot { load, bytes: 0 })));
        }
    }
}

/// Returns the memory that the events of a job occupy, approximately.
fn job_bytes(job: &WriterJob) -> usize {
    match job {
        WriterJob::Record { items, .. } => items.iter().map(|item| event_bytes(&item.event)).sum(),
        _ => 0,
    }
}

fn event_bytes(event: &NewEvent) -> usize {
    let id = event.id.as_ref().map_or(0, |id| id.len());
    size_of::<NewEvent>() + id + event.player.len() + event.name.len() + props_bytes(&event.props)
}

fn props_bytes(props: &Props) -> usize {
    props
        .iter()
        .map(|(name, value)| name.len() + size_of::<(Box<str>, Value)>() + value_bytes(value))
        .sum()
}

/// Returns the memory of a value apart from the value itself.
fn value_bytes(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::List(items) => items
            .iter()
            .map(|item| size_of::<Value>() + value_bytes(item))
            .sum(),
        Value::Map(map) => props_bytes(map),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => 0,
    }
}
