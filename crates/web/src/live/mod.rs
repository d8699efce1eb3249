//! Live outcomes: one task reads the feed and broadcasts it to all streams.

mod credential;
mod feed;
mod places;
mod stream;

use std::sync::Arc;
use std::time::Duration;

use accolade::Error;
use axum::http::HeaderMap;

pub(crate) use credential::StreamCredential;
pub(crate) use feed::LiveFeed;
pub(crate) use places::{StreamClient, StreamPlace};
pub(crate) use stream::{OutcomeFilter, open_stream};

use crate::auth::{Caller, ClientAddress};
use crate::problem::Problem;
use crate::state::AppState;

/// Maximum number of outcomes per read of the feed.
const PAGE_SIZE: usize = 256;
/// Polling interval for outcomes that other processes recorded.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Spawns the task that broadcasts new outcomes until shutdown.
// One reader serves all streams: a read per stream would multiply the load of each outcome.
pub(crate) async fn spawn_broadcaster(app: &AppState) -> Result<(), Error> {
    let mut after = app.engine.feed().last_number().await?;
    let app = app.clone();
    let mut stopping = app.shutdown_signal();
    tokio::spawn(async move {
        loop {
            // Taken before the read, so that outcomes recorded in between are not missed.
            let rung = app.engine.feed().changed();
            match app.engine.feed().list(after, PAGE_SIZE).await {
                Ok(page) if !page.is_empty() => {
                    for outcome in page {
                        after = outcome.seq;
                        // Counted here, because each outcome passes exactly once.
                        app.metrics.count_outcome(outcome.kind.as_str());
                        // Sending fails if there are no streams, which is fine.
                        let _ = app.live.outcomes.send(Arc::new(outcome));
                    }
                    // There may be another page.
                    continue;
                }
                Ok(_) => {}
                // Pruned outcomes cannot be delivered any more.
                Err(Error::FeedPruned { kept_after }) => after = after.max(kept_after),
                Err(Error::Closed) => return,
                Err(error) => tracing::warn!(%error, "feed read failed"),
            }
            tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => return,
                _ = tokio::time::timeout(POLL_INTERVAL, rung) => {}
            }
        }
    });
    Ok(())
}

/// Header with which a browser resumes a stream.
const LAST_EVENT_ID: &str = "last-event-id";

/// Parses the `Last-Event-ID` header, if present.
pub(crate) fn parse_last_event_id(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let number = value
        .to_str()
        .ok()
        .and_then(|text| text.parse().ok())
        .filter(|number: &i64| *number >= 0);
    number.map(Some).ok_or_else(|| {
        Problem::bad_request("invalid `Last-Event-ID`; send the number of an outcome")
    })
}

/// Returns the client of an API request that opens a stream.
pub(crate) fn api_client(caller: &Caller, address: ClientAddress) -> StreamClient {
    match caller {
        Caller::Key(_) => StreamClient::Server,
        Caller::Player(_) => StreamClient::Person(address.network()),
    }
}

/// Returns an error if a stream that resumes after an outcome would miss pruned ones.
pub(crate) async fn check_resumable(app: &AppState, after: Option<i64>) -> Result<(), Problem> {
    if let Some(after) = after {
        app.engine.feed().list(after, 1).await?;
    }
    Ok(())
}

/// Waits until there is an outcome with a number above `after`, for at most `time`.
pub(crate) async fn wait_for_outcome(app: &AppState, after: i64, time: Duration) {
    // Subscribed before the check, so that an outcome in between is not missed.
    let mut news = app.live.outcomes.subscribe();
    let mut stopping = app.shutdown_signal();
    let newer = async {
        if app
            .engine
            .feed()
            .last_number()
            .await
            .is_ok_and(|last| last > after)
        {
            return;
        }
        // A receiver that fell behind has missed outcomes, so there is something to read.
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
