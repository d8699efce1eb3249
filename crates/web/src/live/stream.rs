//! One stream of server-sent events: first what was missed, then what happens.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use accolade::{Audience, Outcome};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use tokio::sync::{OwnedSemaphorePermit, broadcast, watch};

use super::PAGE;
use crate::api::wire;
use crate::problem::Problem;
use crate::site::App;

/// How often a stream on which nothing happens says that it is alive, so that proxies keep it open.
const ALIVE: Duration = Duration::from_secs(15);
/// How long a browser waits before it connects again, in milliseconds.
const RETRY: Duration = Duration::from_secs(2);

/// Which outcomes a stream shows.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    /// Of this player; of all where there is none.
    pub(crate) player: Option<String>,
    /// Those that this audience may see.
    pub(crate) audience: Audience,
}

impl Filter {
    fn takes(&self, app: &App, outcome: &Outcome) -> bool {
        self.player
            .as_ref()
            .is_none_or(|player| *player == outcome.player)
            && app.engine.may_see(self.audience, outcome)
    }
}

/// A stream from behind an outcome on, or from now on. Every outcome comes once, in order, however often the browser
/// connects again with the id of the last one that it saw.
pub(crate) async fn stream(
    app: &App,
    filter: Filter,
    after: Option<i64>,
) -> Result<Response, Problem> {
    let place = Arc::clone(&app.live.places).try_acquire_owned();
    let place = place
        .map_err(|_| Problem::unavailable("too-many-streams", "too many live streams are open"))?;
    // Listening begins before the database is read, so that nothing falls in between.
    let news = app.live.outcomes.subscribe();
    let after = match after {
        Some(after) => after,
        None => app.engine.last_outcome().await?,
    };
    app.metrics.streams.inc();
    let follower = Follower {
        app: app.clone(),
        filter,
        after,
        news,
        behind: true,
        ready: VecDeque::new(),
        stopping: app.stopping(),
        greeted: false,
        _place: place,
    };
    let events = futures_util::stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok::<_, Infallible>(event), follower))
    });
    Ok(answer(events))
}

fn answer(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(ALIVE))
        .into_response();
    let headers = response.headers_mut();
    // nginx would hold events back.
    headers.insert(
        "x-accel-buffering",
        axum::http::HeaderValue::from_static("no"),
    );
    response
}

/// Who stands behind a stream.
struct Follower {
    app: App,
    filter: Filter,
    /// The last outcome that was looked at.
    after: i64,
    news: broadcast::Receiver<Arc<Outcome>>,
    /// Whether there is more in the database than what was looked at.
    behind: bool,
    ready: VecDeque<Arc<Outcome>>,
    stopping: watch::Receiver<bool>,
    greeted: bool,
    _place: OwnedSemaphorePermit,
}

impl Follower {
    async fn next(&mut self) -> Option<Event> {
        if !self.greeted {
            self.greeted = true;
            // The id is where to go on even if nothing happens before the connection breaks.
            return Some(
                Event::default()
                    .event("ready")
                    .id(self.after.to_string())
                    .retry(RETRY)
                    .data("{}"),
            );
        }
        loop {
            while let Some(outcome) = self.ready.pop_front() {
                if outcome.seq > self.after {
                    self.after = outcome.seq;
                    if self.filter.takes(&self.app, &outcome) {
                        return Some(event(&outcome));
                    }
                }
            }
            if self.behind {
                self.catch_up().await?;
                continue;
            }
            let news = tokio::select! {
                biased;
                _ = self.stopping.wait_for(|stop| *stop) => return None,
                news = self.news.recv() => news,
            };
            match news {
                Ok(outcome) => self.ready.push_back(outcome),
                Err(broadcast::error::RecvError::Lagged(_)) => self.behind = true,
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    /// Reads what was missed, a page at a time. A stream that cannot go on ends; the browser asks again.
    async fn catch_up(&mut self) -> Option<()> {
        if *self.stopping.borrow() {
            return None;
        }
        let page = match self.app.engine.feed(self.after, PAGE).await {
            Ok(page) => page,
            Err(accolade::Error::FeedGone { kept_after }) => {
                self.after = kept_after;
                return Some(());
            }
            Err(error) => {
                tracing::warn!(%error, "a live stream could not be caught up");
                return None;
            }
        };
        self.behind = !page.is_empty();
        self.ready.extend(page.into_iter().map(Arc::new));
        Some(())
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.app.metrics.streams.dec();
    }
}

fn event(outcome: &Arc<Outcome>) -> Event {
    let data = serde_json::to_string(&wire::Outcome::from((**outcome).clone()))
        .expect("it has only text as keys");
    Event::default()
        .event("outcome")
        .id(outcome.seq.to_string())
        .data(data)
}
