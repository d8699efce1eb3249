//! Recording events: one, a batch, or as many as can be streamed.

use std::time::Duration;

use accolade::{NewEvent, Rejection};
use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::extract::{Idempotency, Whole, must_be};
use super::wire::{Item, ItemStatus, Receipt, StreamSummary};
use crate::auth::{Caller, Scope};
use crate::problem::Problem;
use crate::site::App;

/// The end of the path of streamed events.
pub(crate) const STREAM: &str = "/v1/events/stream";
/// Bytes of a line, at the most.
const LINE_BYTES: usize = 1024 * 1024;

/// An event, as it is sent. What is not listed here is refused. It is the schema of what `NewEvent::from_json` reads.
#[derive(Serialize, ToSchema)]
#[schema(as = Event)]
pub(crate) struct EventSent {
    /// Makes sending it again harmless. Made up where it is left out; then `Idempotency-Key` does the same.
    #[schema(min_length = 1, max_length = 255)]
    #[schema(required = false, nullable = true)]
    id: Option<String>,
    /// Who did it: the application's own id.
    #[schema(min_length = 1, max_length = 255)]
    player: String,
    /// What was done, such as `post.published`. `accolade.` is reserved.
    #[schema(min_length = 1, max_length = 128)]
    name: String,
    /// When, as RFC 3339; now where it is left out.
    #[schema(format = DateTime)]
    at: Option<String>,
    /// Its rank among events at the same instant.
    order: Option<i64>,
    /// What is known of it: at most 64 KiB, and 16 levels deep.
    #[schema(value_type = Option<Object>)]
    props: Option<serde_json::Value>,
}

/// One event, or a batch of them.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is a schema only")]
#[schema(as = EventOrBatch)]
pub(crate) enum OneOrMore {
    #[schema(title = "One event")]
    One(EventSent),
    #[schema(title = "A batch")]
    More(Vec<EventSent>),
}

/// What became of the events of a batch, each at its position.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Batch {
    /// What became of each.
    items: Vec<Item>,
}

/// Record an event, or a batch of them.
///
/// When the answer is there, what it says was accepted is durable, with all its consequences. An event with an id that was
/// recorded before changes nothing, and is answered with what it changed the first time. Each event of a batch is taken
/// or rejected on its own. Scope: `record`.
#[utoipa::path(
    post,
    path = "/v1/events",
    tag = "events", operation_id = "record_events",
    params(("Idempotency-Key" = Option<String>, Header, description = "The id of an event without one; of a batch, what ids are made of")),
    request_body(content = OneOrMore, content_type = "application/json"),
    responses(
        (status = 200, description = "A batch was looked at, or the event was a duplicate", body = RecordedBody),
        (status = 201, description = "The event is recorded", body = Receipt),
    )
)]
pub(crate) async fn record(
    State(app): State<App>,
    caller: Caller,
    idempotency: Idempotency,
    request: Request,
) -> Result<Response, Problem> {
    caller.must(Scope::Record)?;
    must_be(&request, "application/json")?;
    let Whole(body) = Whole::from_request(request, &app).await?;
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => record_batch(&app, &body, idempotency).await,
        _ => record_one(&app, &body, idempotency).await,
    }
}

/// A receipt, or those of a batch.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is a schema only")]
pub(crate) enum RecordedBody {
    #[schema(title = "Of a duplicate")]
    One(Receipt),
    #[schema(title = "Of a batch")]
    More(Batch),
}

async fn record_one(app: &App, body: &[u8], idempotency: Idempotency) -> Result<Response, Problem> {
    let event = read(body, idempotency.0);
    let receipt = match event {
        Ok(event) => app.engine.record(event).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    app.metrics
        .count_events(word(receipt.as_ref().map(|receipt| receipt.status).ok()), 1);
    let receipt = receipt?;
    Ok(Receipt::from(receipt).into_response())
}

async fn record_batch(
    app: &App,
    body: &[u8],
    idempotency: Idempotency,
) -> Result<Response, Problem> {
    let sent: Vec<&RawValue> = serde_json::from_slice(body)
        .map_err(|error| Problem::malformed(format!("the body: {error}")))?;
    let most = app.settings.limits.batch_events;
    if sent.len() > most {
        let told = format!(
            "a batch has at most {most} events; this one has {}: send several",
            sent.len()
        );
        return Err(Problem::too_large(told));
    }
    let id = |position: usize| {
        idempotency
            .0
            .as_ref()
            .map(|key| format!("{key}:{position}"))
    };
    let read = sent
        .iter()
        .enumerate()
        .map(|(position, event)| read(event.get().as_bytes(), id(position)));
    let items = record_each(app, read.collect()).await?;
    Ok(Json(Batch { items }).into_response())
}

/// Records those that could be read, and answers each at its position.
async fn record_each(
    app: &App,
    events: Vec<Result<NewEvent, Problem>>,
) -> Result<Vec<Item>, Problem> {
    let ids: Vec<Option<String>> = events
        .iter()
        .map(|event| event.as_ref().ok()?.id.clone())
        .collect();
    let (read, failed): (Vec<_>, Vec<_>) = events.into_iter().map(split).unzip();
    let answers = app
        .engine
        .record_many_explained(read.into_iter().flatten().collect())
        .await?;
    let mut answers = answers.into_iter();
    let items: Vec<Item> = failed
        .into_iter()
        .zip(ids)
        .map(|(failed, id)| match failed {
            Some(problem) => Item::rejected(id, problem),
            None => match answers.next() {
                Some(Ok(receipt)) => receipt.into(),
                Some(Err(rejection)) => Item::rejected(id, rejection.into()),
                None => Item::rejected(id, Problem::internal(&"an event has no answer")),
            },
        })
        .collect();
    for (word, status) in [
        ("accepted", ItemStatus::Accepted),
        ("duplicate", ItemStatus::Duplicate),
        ("rejected", ItemStatus::Rejected),
    ] {
        let count = items.iter().filter(|item| item.status() == status).count() as u64;
        if count > 0 {
            app.metrics.count_events(word, count);
        }
    }
    Ok(items)
}

fn split(event: Result<NewEvent, Problem>) -> (Option<NewEvent>, Option<Problem>) {
    match event {
        Ok(event) => (Some(event), None),
        Err(problem) => (None, Some(problem)),
    }
}

/// Record events that are streamed in, one JSON object a line.
///
/// Lines are recorded as they come, a batch at a time, however many there are; a line may have 1 MiB. The answer comes at
/// the end. When the connection breaks before, send everything again with the same ids. Scope: `record`.
#[utoipa::path(
    post,
    path = "/v1/events/stream",
    tag = "events", operation_id = "stream_events",
    request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 200, description = "What became of the lines", body = StreamSummary))
)]
pub(crate) async fn stream(
    State(app): State<App>,
    caller: Caller,
    request: Request,
) -> Result<Json<StreamSummary>, Problem> {
    caller.must(Scope::Record)?;
    must_be(&request, "application/x-ndjson")?;
    let idle = Duration::from_secs(app.settings.server.idle_seconds);
    let mut body = request.into_body();
    let mut lines = Lines::new(app.settings.limits.batch_events);
    loop {
        let frame = tokio::time::timeout(idle, body.frame())
            .await
            .map_err(|_| stalled())?;
        let Some(frame) = frame else { break };
        let frame =
            frame.map_err(|error| Problem::malformed(format!("the body broke off: {error}")))?;
        for byte_run in frame.into_data().iter() {
            lines.take(&app, byte_run).await?;
        }
    }
    lines.finish(&app).await.map(Json)
}

fn stalled() -> Problem {
    let told = "nothing came for too long; what came before is recorded: send everything again with the same ids";
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "timeout",
        "It took too long",
        told,
    )
}

/// Lines that come in pieces, recorded a batch at a time.
struct Lines {
    /// The beginning of a line whose end has not come.
    rest: Vec<u8>,
    number: u64,
    batch: Vec<(u64, NewEvent)>,
    batch_events: usize,
    summary: StreamSummary,
}

impl Lines {
    fn new(batch_events: usize) -> Self {
        let batch_events = batch_events.max(1);
        Self {
            rest: Vec::new(),
            number: 0,
            batch: Vec::new(),
            batch_events,
            summary: StreamSummary::default(),
        }
    }

    async fn take(&mut self, app: &App, bytes: &[u8]) -> Result<(), Problem> {
        let mut pieces = bytes.split(|byte| *byte == b'\n');
        let mut piece = pieces.next().unwrap_or_default();
        for next in pieces {
            self.rest.extend_from_slice(piece);
            let line = std::mem::take(&mut self.rest);
            self.line(app, &line).await?;
            piece = next;
        }
        self.rest.extend_from_slice(piece);
        within(&self.rest, self.number + 1)
    }

    async fn line(&mut self, app: &App, line: &[u8]) -> Result<(), Problem> {
        self.number += 1;
        within(line, self.number)?;
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        match read(line, None) {
            Ok(event) => self.batch.push((self.number, event)),
            Err(problem) => self.summary.count(self.number, Err(problem)),
        }
        if self.batch.len() >= self.batch_events {
            self.record(app).await
        } else {
            Ok(())
        }
    }

    async fn record(&mut self, app: &App) -> Result<(), Problem> {
        let (numbers, events): (Vec<u64>, Vec<NewEvent>) =
            std::mem::take(&mut self.batch).into_iter().unzip();
        let answers = app.engine.record_many(events).await?;
        for (number, answer) in numbers.into_iter().zip(answers) {
            app.metrics
                .count_events(word(answer.as_ref().map(|receipt| receipt.status).ok()), 1);
            self.summary.count(
                number,
                answer.map(|receipt| receipt.status).map_err(Problem::from),
            );
        }
        Ok(())
    }

    async fn finish(mut self, app: &App) -> Result<StreamSummary, Problem> {
        let line = std::mem::take(&mut self.rest);
        self.line(app, &line).await?;
        self.record(app).await?;
        self.summary
            .rejects
            .sort_by_key(super::wire::RejectedLine::line);
        Ok(self.summary)
    }
}

/// Refuses a line that is too long, or the beginning of one.
fn within(line: &[u8], number: u64) -> Result<(), Problem> {
    match line.len() <= LINE_BYTES {
        true => Ok(()),
        false => Err(Problem::too_large(format!(
            "line {number} has more than {LINE_BYTES} bytes"
        ))),
    }
}

/// Reads an event. One without an id gets this one.
fn read(json: &[u8], id: Option<String>) -> Result<NewEvent, Problem> {
    let event = NewEvent::from_json(json).map_err(|error| {
        match serde_json::from_slice::<&RawValue>(json) {
            Ok(_) => Problem::from(Rejection::Invalid(error)),
            Err(_) => Problem::malformed(error.to_string()),
        }
    })?;
    Ok(NewEvent {
        id: event.id.or(id),
        ..event
    })
}

fn word(status: Option<accolade::Status>) -> &'static str {
    match status {
        Some(accolade::Status::Accepted) => "accepted",
        Some(accolade::Status::Duplicate) => "duplicate",
        None => "rejected",
    }
}
