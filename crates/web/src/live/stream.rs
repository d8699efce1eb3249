//! A stream of server-sent events: first missed outcomes, then live ones.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use accolade::{Audience, Outcome};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use tokio::sync::{broadcast, watch};

use super::credential::{CredentialCheck, StreamCredential};
use super::{PAGE_SIZE, StreamPlace};
use crate::models::OutcomeModel;
use crate::problem::Problem;
use crate::state::AppState;

/// Keep-alive interval, so that proxies do not close an idle stream.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(15);
/// Delay before a browser reconnects.
const RECONNECT_DELAY: Duration = Duration::from_secs(2);

/// Selection of the outcomes in a stream.
#[derive(Debug, Clone)]
pub(crate) struct OutcomeFilter {
    /// Player whose outcomes to include; `None` for all players.
    pub(crate) player: Option<String>,
    /// Audience that must be allowed to see an outcome.
    pub(crate) audience: Audience,
}

impl OutcomeFilter {
    fn matches_outcome(&self, app: &AppState, outcome: &Outcome) -> bool {
        self.player
            .as_ref()
            .is_none_or(|player| *player == outcome.player)
            && app.engine.feed().can_see(self.audience, outcome)
    }
}

/// Opens a stream that starts after an outcome, or now if `after` is `None`.
///
/// A browser that reconnects with the id of the last event it received gets every outcome exactly
/// once and in order. The stream ends with the credential.
pub(crate) async fn open_stream(
    app: &AppState,
    credential: StreamCredential,
    filter: OutcomeFilter,
    after: Option<i64>,
    place: StreamPlace,
) -> Result<Response, Problem> {
    // Subscribed before the database is read, so that no outcome is missed in between.
    let news = app.live.outcomes.subscribe();
    let after = match after {
        Some(after) => after,
        None => app.engine.feed().last_number().await?,
    };
    let credential = CredentialCheck::new(app, credential);
    app.metrics.streams.inc();
    let follower = OutcomeStream {
        app: app.clone(),
        credential,
        filter,
        last_seq: after,
        receiver: news,
        // The first read finds the outcomes between `after` and the subscription.
        has_missed: true,
        pending: VecDeque::new(),
        shutdown: app.shutdown_signal(),
        is_greeted: false,
        _place: place,
    };
    let events = futures_util::stream::unfold(follower, |mut follower| async move {
        let event = follower.next_event().await?;
        Some((Ok::<_, Infallible>(event), follower))
    });
    Ok(build_response(events))
}

fn build_response(
    events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static,
) -> Response {
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE_INTERVAL))
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
struct OutcomeStream {
    app: AppState,
    credential: CredentialCheck,
    filter: OutcomeFilter,
    /// Number of the last outcome that was processed, whether sent or filtered out.
    last_seq: i64,
    receiver: broadcast::Receiver<Arc<Outcome>>,
    /// True if the database may contain outcomes after `after`.
    has_missed: bool,
    pending: VecDeque<Arc<Outcome>>,
    shutdown: watch::Receiver<bool>,
    is_greeted: bool,
    _place: StreamPlace,
}

impl OutcomeStream {
    async fn next_event(&mut self) -> Option<Event> {
        if !self.is_greeted {
            self.is_greeted = true;
            // Carries an id, so that the browser can resume even if the connection breaks before
            // the first outcome.
            return Some(
                Event::default()
                    .event("ready")
                    .id(self.last_seq.to_string())
                    .retry(RECONNECT_DELAY)
                    .data("{}"),
            );
        }
        loop {
            // Before each outcome, so that none is sent after the end of the credential.
            if !self.credential.is_valid(&self.app).await {
                return None;
            }
            while let Some(outcome) = self.pending.pop_front() {
                // A broadcast may repeat outcomes that were already read from the database.
                if outcome.seq > self.last_seq {
                    self.last_seq = outcome.seq;
                    if self.filter.matches_outcome(&self.app, &outcome) {
                        return Some(build_event(&self.app, &outcome));
                    }
                }
            }
            if self.has_missed {
                self.read_missed().await?;
                continue;
            }
            let news = tokio::select! {
                // Shutdown wins over pending outcomes; otherwise a busy stream would delay it.
                biased;
                _ = self.shutdown.wait_for(|stop| *stop) => return None,
                () = self.credential.wait_until_due(&self.app) => continue,
                news = self.receiver.recv() => news,
            };
            match news {
                Ok(outcome) => self.pending.push_back(outcome),
                Err(broadcast::error::RecvError::Lagged(_)) => self.has_missed = true,
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    /// Reads a page of missed outcomes. Returns `None` to end the stream; the browser reconnects.
    async fn read_missed(&mut self) -> Option<()> {
        if *self.shutdown.borrow() {
            return None;
        }
        let page = match self.app.engine.feed().list(self.last_seq, PAGE_SIZE).await {
            Ok(page) => page,
            Err(accolade::Error::FeedPruned { kept_after }) => {
                self.last_seq = kept_after;
                return Some(());
            }
            Err(error) => {
                tracing::warn!(%error, "live stream closed: feed read failed");
                return None;
            }
        };
        self.has_missed = !page.is_empty();
        self.pending.extend(page.into_iter().map(Arc::new));
        Some(())
    }
}

impl Drop for OutcomeStream {
    fn drop(&mut self) {
        self.app.metrics.streams.dec();
    }
}

fn build_event(app: &AppState, outcome: &Outcome) -> Event {
    let model = OutcomeModel::from_outcome(outcome.clone(), &app.picture_urls());
    let data = serde_json::to_string(&model).expect("it has only text as keys");
    Event::default()
        .event("outcome")
        .id(outcome.seq.to_string())
        .data(data)
}
