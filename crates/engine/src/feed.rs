//! The feed of outcomes: reading pages, following new outcomes and pruning.

use std::collections::VecDeque;

use accolade_core::time::Timestamp;
use serde_json::json;

use crate::audit::AuditActor;
use crate::writer::{WriterJob, WriterThread};
use crate::{Engine, Error, Outcome, Ticket};

/// Outcomes per query of a subscription.
const PAGE: usize = 256;

/// The ordered list of all outcomes: see [`Engine::feed`].
#[derive(Clone, Copy)]
pub struct Feed<'a> {
    pub(crate) engine: &'a Engine,
}

impl Engine {
    /// The feed of outcomes: reading, following and pruning.
    pub fn feed(&self) -> Feed<'_> {
        Feed { engine: self }
    }
}

impl Feed<'_> {
    /// Deletes the outcomes recorded before an instant, and returns their number.
    ///
    /// Balances, awards and unlockables are unaffected. Readers that ask for deleted outcomes get
    /// [`Error::FeedPruned`].
    pub fn prune(&self, before: Timestamp) -> Ticket<u64> {
        let actor = self.engine.actor.clone();
        self.engine.enqueue_job(|reply| WriterJob::PruneFeed {
            before,
            actor,
            reply,
        })
    }

    /// Lists the feed by page, oldest first: at most `limit` outcomes with numbers above `after`.
    /// Use 0 to begin with the oldest one that is kept.
    ///
    /// # Errors
    /// The ticket fails with [`Error::FeedPruned`] if outcomes after `after` were pruned.
    pub fn list(&self, after: i64, limit: usize) -> Ticket<Vec<Outcome>> {
        self.engine.inner.readers.run_query(move |reader| {
            let kept_after = reader.feed_start()?;
            // 0 asks for whatever is left, so it never fails.
            if after < kept_after && after > 0 {
                return Err(Error::FeedPruned { kept_after });
            }
            let rows = reader.list_outcomes(after, limit)?;
            Ok(Outcome::from_rows(rows)?)
        })
    }

    /// The number of the latest outcome; 0 if there is none. Does not wait behind other queries.
    pub fn last_number(&self) -> Ticket<i64> {
        self.engine
            .inner
            .urgent_reader
            .run_query(|reader| Ok(reader.last_outcome_seq()?))
    }

    /// Returns a future that completes with the next commit of this process, or when the engine is
    /// closed.
    ///
    /// To follow the feed without a [`FeedSubscription`], call this first, then read the feed, then
    /// await the future. In any other order, a commit in between can be missed.
    pub fn changed(&self) -> impl Future<Output = ()> + Send + use<> {
        let rung = self.engine.inner.feed_notifier.next_commit();
        async move { drop(rung.await) }
    }

    /// Follows the feed after the outcome with the number `after`, or from now on for `None`.
    ///
    /// A slow reader loses nothing: outcomes are read from the database. Outcomes that other
    /// processes record on the same database arrive with the next commit of this process.
    ///
    /// Blocks for a short query if `after` is `None`, so call it outside of an async runtime then.
    ///
    /// # Errors
    /// Returns [`Error::Store`] if the database cannot be read.
    ///
    /// ```
    /// use accolade::{Action, Catalog, Engine};
    ///
    /// let catalog = Catalog::from_toml("[[currency]]\nid = 'xp'")?;
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::open(store, catalog)?;
    /// let mut subscription = engine.feed().subscribe(Some(0))?;
    /// engine.submit_action(Action::points("ada", "xp", 5).create()).wait()?;
    /// assert_eq!(subscription.next_blocking()?.subject, "xp");
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn subscribe(&self, after: Option<i64>) -> Result<FeedSubscription, Error> {
        let after = match after {
            Some(after) => after,
            None => self
                .engine
                .maintenance()
                .query_store(|reader| reader.last_outcome_seq())
                .wait()?,
        };
        Ok(FeedSubscription {
            engine: self.engine.clone(),
            after,
            buffered: VecDeque::new(),
        })
    }
}

impl WriterThread {
    pub(crate) fn prune_feed(
        &mut self,
        before: Timestamp,
        actor: &AuditActor,
    ) -> Result<u64, Error> {
        let now = self.now();
        self.run_transaction(|tx, _| {
            let pruned = tx.prune_feed(before)?;
            // Like every action without an effect, an empty pruning leaves no entry.
            if pruned > 0 {
                let detail = json!({ "before": before.to_string(), "outcomes": pruned });
                actor.record_action(tx, now, "feed.prune", "", detail)?;
            }
            Ok(pruned)
        })
    }
}

/// A reader that follows the feed: see [`Feed::subscribe`].
pub struct FeedSubscription {
    engine: Engine,
    after: i64,
    buffered: VecDeque<Outcome>,
}

impl FeedSubscription {
    /// Waits for the next outcome.
    ///
    /// # Errors
    /// Returns [`Error::Closed`] if the engine is closed, [`Error::FeedPruned`] if the next
    /// outcomes were pruned, and [`Error::Store`] if the database cannot be read.
    pub async fn next(&mut self) -> Result<Outcome, Error> {
        loop {
            // Registering before reading closes the gap in which a commit would go unnoticed.
            let rung = self.engine.inner.feed_notifier.next_commit();
            if let Some(outcome) = self.buffered.pop_front() {
                return Ok(outcome);
            }
            let page = self.engine.feed().list(self.after, PAGE).await?;
            if !self.buffer_page(page) {
                rung.await.map_err(|_| Error::Closed)?;
            }
        }
    }

    /// Blocks until the next outcome.
    ///
    /// # Errors
    /// The same as [`next`](Self::next).
    pub fn next_blocking(&mut self) -> Result<Outcome, Error> {
        loop {
            let rung = self.engine.inner.feed_notifier.next_commit();
            if let Some(outcome) = self.buffered.pop_front() {
                return Ok(outcome);
            }
            let page = self.engine.feed().list(self.after, PAGE).wait()?;
            if !self.buffer_page(page) {
                rung.blocking_recv().map_err(|_| Error::Closed)?;
            }
        }
    }

    /// Returns the next outcome if there is one already. Blocks for a short query.
    ///
    /// # Errors
    /// The same as [`next`](Self::next).
    pub fn try_next(&mut self) -> Result<Option<Outcome>, Error> {
        if self.buffered.is_empty() {
            let page = self.engine.feed().list(self.after, PAGE).wait()?;
            self.buffer_page(page);
        }
        Ok(self.buffered.pop_front())
    }

    fn buffer_page(&mut self, page: Vec<Outcome>) -> bool {
        self.after = page.last().map_or(self.after, |outcome| outcome.seq);
        self.buffered.extend(page);
        !self.buffered.is_empty()
    }
}
