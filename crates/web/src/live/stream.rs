//! A stream of server-sent events: first missed outcomes, then live ones.

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

/// Keep-alive interval, so that proxies do not close an idle stream.
const ALIVE: Duration = Duration::from_secs(15);
/// Delay before a browser reconnects.
const RETRY: Duration = Duration::from_secs(2);

/// Selection of the outcomes in a stream.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    /// Player whose outcomes to include; `None` for all players.
    pub(crate) player: Option<String>,
    /// Audience that must be allowed to see an outcome.
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

/// Opens a stream that starts after an outcome, or now if `after` is `None`.
///
/// A browser that reconnects with the id of the last event it received gets every outcome exactly
/// once and in order.
pub(crate) async fn stream(
    app: &App,
    filter: Filter,
    after: Option<i64>,
) -> Result<Response, Problem> {
    let place = Arc::clone(&app.live.places).try_acquire_owned();
    let place = place
        .map_err(|_| Problem::unavailable("too-many-streams", "too many open live streams"))?;
    // Subscribed before the database is read, so that no outcome is missed in between.
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
    // nginx would otherwise buffer events.
    headers.insert(
        "x-accel-buffering",
        axum::http::HeaderValue::from_static("no"),
    );
    response
}

/// State of an open stream.
struct Follower {
    app: App,
    filter: Filter,
    /// Number of the last outcome that was processed, whether sent or filtered out.
    after: i64,
    news: broadcast::Receiver<Arc<Outcome>>,
    /// True if the database may contain outcomes after `after`.
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
            // Carries an id, so that the browser can resume even if the connection breaks before
            // the first outcome.
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
                // A broadcast may repeat outcomes that were already read from the database.
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
                // Shutdown wins over pending outcomes; otherwise a busy stream would delay it.
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

    /// Reads a page of missed outcomes. Returns `None` to end the stream; the browser reconnects.
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
                tracing::warn!(%error, "live stream closed: feed read failed");
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
