//! Outcomes as they happen: one reader of the feed for all streams.

mod stream;

use std::sync::Arc;
use std::time::Duration;

use accolade::{Error, Outcome};
use axum::http::HeaderMap;
use tokio::sync::{Semaphore, broadcast};

pub(crate) use stream::{Filter, stream};

use crate::Settings;
use crate::problem::Problem;
use crate::site::App;

/// Outcomes that a slow stream may be behind before it reads them from the database instead.
const BEHIND: usize = 1_024;
/// Outcomes read at a time.
const PAGE: usize = 256;
/// How often the feed is looked at when this process recorded nothing: others may have.
const OTHERS: Duration = Duration::from_secs(1);

/// What streams listen to.
pub(crate) struct Live {
    outcomes: broadcast::Sender<Arc<Outcome>>,
    places: Arc<Semaphore>,
}

impl Live {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            outcomes: broadcast::Sender::new(BEHIND),
            places: Arc::new(Semaphore::new(settings.limits.streams)),
        }
    }
}

/// Reads the feed from now on, and tells everybody who listens, until the service stops.
pub(crate) async fn follow(app: &App) -> Result<(), Error> {
    let mut after = app.engine.last_outcome().await?;
    let app = app.clone();
    let mut stopping = app.stopping();
    tokio::spawn(async move {
        loop {
            let rung = app.engine.feed_grew();
            match app.engine.feed(after, PAGE).await {
                Ok(page) if !page.is_empty() => {
                    for outcome in page {
                        after = outcome.seq;
                        app.metrics.count_outcome(&outcome.kind);
                        // Nobody may be listening.
                        let _ = app.live.outcomes.send(Arc::new(outcome));
                    }
                    continue;
                }
                Ok(_) => {}
                Err(Error::FeedGone { kept_after }) => after = after.max(kept_after),
                Err(Error::Closed) => return,
                Err(error) => tracing::warn!(%error, "the feed could not be read; trying again"),
            }
            tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => return,
                _ = tokio::time::timeout(OTHERS, rung) => {}
            }
        }
    });
    Ok(())
}

/// The header by which a browser goes on where it was.
const LAST_EVENT_ID: &str = "last-event-id";

/// Where a stream goes on, if the browser says so.
pub(crate) fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let number = value
        .to_str()
        .ok()
        .and_then(|text| text.parse().ok())
        .filter(|number: &i64| *number >= 0);
    number
        .map(Some)
        .ok_or_else(|| Problem::malformed("Last-Event-ID is no number of an outcome"))
}

/// Waits until there is an outcome with a greater number, for some time at the most.
pub(crate) async fn wait(app: &App, after: i64, time: Duration) {
    let mut news = app.live.outcomes.subscribe();
    let mut stopping = app.stopping();
    let newer = async {
        if app
            .engine
            .last_outcome()
            .await
            .is_ok_and(|last| last > after)
        {
            return;
        }
        while let Ok(outcome) = news.recv().await {
            if outcome.seq > after {
                return;
            }
        }
    };
    tokio::select! {
        _ = stopping.wait_for(|stop| *stop) => {}
        _ = tokio::time::timeout(time, newer) => {}
    }
}
