//! The feed of outcomes: read by pages, or as it grows.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use accolade_core::time::Timestamp;
use serde_json::json;
use tokio::sync::oneshot;

use crate::{Engine, Error, Outcome, Ticket};

/// Outcomes read at a time.
const PAGE: usize = 256;

/// Tells those who wait for outcomes that there may be some.
#[derive(Default)]
pub(crate) struct Bell(Mutex<Vec<oneshot::Sender<()>>>);

impl Bell {
    /// Wakes everybody who waits.
    pub(crate) fn ring(&self) {
        let waiting = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for one in waiting {
            let _ = one.send(());
        }
    }

    /// Waits for the next ring.
    fn listen(&self) -> oneshot::Receiver<()> {
        let (ring, rung) = oneshot::channel();
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|one| !one.is_closed());
        waiting.push(ring);
        rung
    }
}

impl Engine {
    /// Lets go of the outcomes that were recorded before an instant, and says how many they were. Those who ask for what
    /// is gone are told so: [`Error::FeedGone`].
    pub fn prune_feed(&self, before: Timestamp) -> Ticket<u64> {
        let actor = self.actor.clone();
        self.work(move |workshop| {
            let now = workshop.now();
            workshop.transact(|tx, _| {
                let pruned = tx.prune_feed(before)?;
                if pruned > 0 {
                    let told = json!({ "before": before.to_string(), "outcomes": pruned });
                    actor.note(tx, now, "feed.prune", "", told)?;
                }
                Ok(pruned)
            })
        })
    }

    /// A page of the feed: outcomes with numbers above `after`, oldest first. After 0 means from the first that is kept.
    pub fn feed(&self, after: i64, limit: usize) -> Ticket<Vec<Outcome>> {
        self.inner.readers.run(move |reader| {
            let kept_after = reader.feed_start()?;
            if after < kept_after && after > 0 {
                return Err(Error::FeedGone { kept_after });
            }
            Ok(reader
                .feed(after, limit)?
                .into_iter()
                .map(|(seq, row)| Outcome::new(seq, row))
                .collect())
        })
    }

    /// The number of the latest outcome; 0 before the first.
    pub fn last_outcome(&self) -> Ticket<i64> {
        self.inner.readers.run(|reader| Ok(reader.last_outcome()?))
    }

    /// Is done when this process has committed something after the call, or the engine was closed. For those who follow
    /// the feed themselves: call it, read, and then wait for it.
    pub fn feed_grew(&self) -> impl Future<Output = ()> + Send + use<> {
        let rung = self.inner.bell.listen();
        async move { drop(rung.await) }
    }

    /// Follows the feed from behind an outcome on, or from now on. Nothing is lost however slow the reader is, because
    /// what was missed is read from the database. What other processes record on the same database is seen with the
    /// next commit of this one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn subscribe(&self, after: Option<i64>) -> Result<Subscription, Error> {
        let after = match after {
            Some(after) => after,
            None => self.read(|reader| reader.last_outcome()).wait()?,
        };
        Ok(Subscription {
            engine: self.clone(),
            after,
            ready: VecDeque::new(),
        })
    }
}

/// The feed as it grows.
pub struct Subscription {
    engine: Engine,
    after: i64,
    ready: VecDeque<Outcome>,
}

impl Subscription {
    /// The next outcome, as soon as there is one.
    ///
    /// # Errors
    /// When the database cannot be read, or the engine was closed.
    pub async fn next(&mut self) -> Result<Outcome, Error> {
        loop {
            let rung = self.engine.inner.bell.listen();
            if let Some(outcome) = self.ready.pop_front() {
                return Ok(outcome);
            }
            let page = self.engine.feed(self.after, PAGE).await?;
            if !self.take(page) {
                rung.await.map_err(|_| Error::Closed)?;
            }
        }
    }

    /// The next outcome; blocks until there is one.
    ///
    /// # Errors
    /// When the database cannot be read, or the engine was closed.
    pub fn next_blocking(&mut self) -> Result<Outcome, Error> {
        loop {
            let rung = self.engine.inner.bell.listen();
            if let Some(outcome) = self.ready.pop_front() {
                return Ok(outcome);
            }
            let page = self.engine.feed(self.after, PAGE).wait()?;
            if !self.take(page) {
                rung.blocking_recv().map_err(|_| Error::Closed)?;
            }
        }
    }

    /// The next outcome if there is one already.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn try_next(&mut self) -> Result<Option<Outcome>, Error> {
        if self.ready.is_empty() {
            let page = self.engine.feed(self.after, PAGE).wait()?;
            self.take(page);
        }
        Ok(self.ready.pop_front())
    }

    fn take(&mut self, page: Vec<Outcome>) -> bool {
        self.after = page.last().map_or(self.after, |outcome| outcome.seq);
        self.ready.extend(page);
        !self.ready.is_empty()
    }
}
