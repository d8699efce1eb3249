//! Recording of events: single, in batches, or streamed.

use std::time::Duration;

use accolade::{EventId, NewEvent, Rejection};
use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout_at};
use utoipa::ToSchema;

use super::extract::{IdempotencyKey, RawBody, require_media_type};
use crate::auth::{Caller, KeyScope};
use crate::models::{BatchItemModel, ItemStatus, ReceiptModel, StreamSummary};
use crate::problem::Problem;
use crate::state::AppState;

/// Suffix of the path for streamed events.
pub(crate) const STREAM_PATH: &str = "/v1/events/stream";
/// Maximum length of a line, in bytes.
const MAX_LINE_BYTES: usize = 1024 * 1024;
/// Time without data after which the lines that wait for a full batch are recorded.
const FLUSH_DELAY: Duration = Duration::from_millis(200);

/// Event to record. Unknown fields are rejected.
// Describes the schema only: `NewEvent::from_json` parses the request.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Event)]
pub(crate) struct RecordEventRequest {
    /// Event id, unique per player, which makes retries safe. Default: the `Idempotency-Key`, or a
    /// generated id.
    #[schema(min_length = 1, max_length = 255)]
    #[schema(required = false, nullable = true)]
    id: Option<String>,
    /// Player id, as in your application.
    #[schema(min_length = 1, max_length = 255)]
    player: String,
    /// Event name, for example `post.published`. The prefix `accolade.` is reserved.
    #[schema(min_length = 1, max_length = 128)]
    name: String,
    /// Time of the event, in RFC 3339 format. Default: now.
    #[schema(format = DateTime)]
    at: Option<String>,
    /// Order among events with the same time.
    order: Option<i64>,
    /// Properties: at most 64 KiB and 16 levels of nesting.
    #[schema(value_type = Option<Object>)]
    props: Option<serde_json::Value>,
}

/// An event or a batch of events.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only describes a schema")]
#[schema(as = EventOrBatch)]
pub(crate) enum RecordEventsRequest {
    #[schema(title = "Event")]
    One(RecordEventRequest),
    #[schema(title = "Batch of events")]
    More(Vec<RecordEventRequest>),
}

/// Results of a batch of events.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = BatchResults)]
pub(crate) struct BatchResponse {
    /// Results in the order of the request.
    items: Vec<BatchItemModel>,
}

/// Record an event or a batch of events.
///
/// A 2xx response means that accepted events and their effects are durable. An event whose id was
/// recorded before is a duplicate: it changes nothing, and the response lists the outcomes of the
/// first request. Each event of a batch is accepted or rejected independently. Scope: `record`.
#[utoipa::path(
    post,
    path = "/v1/events",
    tag = "events", operation_id = "record_events",
    params(("Idempotency-Key" = Option<String>, Header,
        description = "Default id of an event, or prefix of the default ids in a batch")),
    request_body(content = RecordEventsRequest, content_type = "application/json"),
    responses(
        (status = 200, description = "The results of a batch, or of a duplicate event",
            body = RecordEventsResponse),
        (status = 201, description = "The event was recorded", body = ReceiptModel),
    )
)]
pub(crate) async fn record_events(
    State(app): State<AppState>,
    caller: Caller,
    idempotency: IdempotencyKey,
    request: Request,
) -> Result<Response, Problem> {
    caller.require_scope(KeyScope::Record)?;
    require_media_type(&request, "application/json")?;
    // Raw, because the events of a batch are parsed one by one.
    let RawBody(body) = RawBody::from_request(request, &app).await?;
    // The first character tells a batch from an event without parsing the body twice.
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => record_batch(&app, &body, idempotency).await,
        _ => record_one(&app, &body, idempotency).await,
    }
}

/// Result of a duplicate event or of a batch.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only describes a schema")]
#[schema(as = EventOrBatchResults)]
pub(crate) enum RecordEventsResponse {
    #[schema(title = "Duplicate event")]
    One(ReceiptModel),
    #[schema(title = "Results of a batch")]
    More(BatchResponse),
}

async fn record_one(
    app: &AppState,
    body: &[u8],
    idempotency: IdempotencyKey,
) -> Result<Response, Problem> {
    let event = parse_event(body, idempotency.0);
    let receipt = match event {
        Ok(event) => app.engine.record(event).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    // Counted before the error is returned, because rejected events have a count, too.
    app.metrics.count_events(
        status_label(receipt.as_ref().map(|receipt| receipt.status).ok()),
        1,
    );
    let receipt = receipt?;
    Ok(ReceiptModel::from_receipt(receipt, &app.picture_urls()).into_response())
}

async fn record_batch(
    app: &AppState,
    body: &[u8],
    idempotency: IdempotencyKey,
) -> Result<Response, Problem> {
    // Split first and parsed one by one, so that an invalid event does not reject the batch.
    let sent: Vec<&RawValue> = serde_json::from_slice(body)
        .map_err(|error| Problem::bad_request(format!("invalid body: {error}")))?;
    let most = app.settings.limits.batch_events;
    if sent.len() > most {
        let detail = format!(
            "a batch has at most {most} events, this one {}; split it into several requests",
            sent.len()
        );
        return Err(Problem::payload_too_large(detail));
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
        .map(|(position, event)| parse_event(event.get().as_bytes(), id(position)));
    let items = record_each(app, read.collect()).await?;
    Ok(Json(BatchResponse { items }).into_response())
}

/// Records the valid events of a batch. Returns all results in the order of the request.
async fn record_each(
    app: &AppState,
    events: Vec<Result<NewEvent, Problem>>,
) -> Result<Vec<BatchItemModel>, Problem> {
    let ids: Vec<Option<String>> = events
        .iter()
        .map(|event| event.as_ref().ok()?.id.clone().map(String::from))
        .collect();
    // Invalid events are set aside, and their results are put back in order below.
    let (read, failed): (Vec<_>, Vec<_>) = events.into_iter().map(split_result).unzip();
    let answers = app
        .engine
        .record_many_explained(read.into_iter().flatten().collect())
        .await?;
    let mut answers = answers.into_iter();
    let pictures = app.picture_urls();
    let items: Vec<BatchItemModel> = failed
        .into_iter()
        .zip(ids)
        .map(|(failed, id)| match failed {
            Some(problem) => BatchItemModel::from_problem(id, problem),
            None => match answers.next() {
                Some(Ok(receipt)) => BatchItemModel::from_receipt(receipt, &pictures),
                Some(Err(rejection)) => BatchItemModel::from_problem(id, rejection.into()),
                None => BatchItemModel::from_problem(
                    id,
                    Problem::internal_error(&"missing result of an event"),
                ),
            },
        })
        .collect();
    for (word, status) in [
        ("accepted", ItemStatus::Accepted),
        ("duplicate", ItemStatus::Duplicate),
        ("rejected", ItemStatus::Rejected),
    ] {
        let count = items.iter().filter(|item| item.status() == status).count() as u64;
        // A count of zero would create an empty time series.
        if count > 0 {
            app.metrics.count_events(word, count);
        }
    }
    Ok(items)
}

fn split_result(event: Result<NewEvent, Problem>) -> (Option<NewEvent>, Option<Problem>) {
    match event {
        Ok(event) => (Some(event), None),
        Err(problem) => (None, Some(problem)),
    }
}

/// Record a stream of events, one JSON object per line.
///
/// Each line is the JSON of the schema `Event`. Lines are recorded in batches as they arrive, at
/// the latest when no data arrives for 200 ms. The number of lines is not limited; a line may have
/// up to 1 MiB. The response follows after the last line. An error after the first line says how
/// many lines were processed before it. If the connection breaks, send all lines again with the
/// same ids. Scope: `record`.
#[utoipa::path(
    post,
    path = "/v1/events/stream",
    tag = "events", operation_id = "stream_events",
    request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 200, description = "Summary of the results", body = StreamSummary))
)]
pub(crate) async fn stream_events(
    State(app): State<AppState>,
    caller: Caller,
    request: Request,
) -> Result<Json<StreamSummary>, Problem> {
    caller.require_scope(KeyScope::Record)?;
    require_media_type(&request, "application/x-ndjson")?;
    let idle = Duration::from_secs(app.settings.server.idle_seconds);
    let mut lines = LineRecorder::new(app.settings.limits.batch_events);
    match receive_lines(&app, request.into_body(), idle, &mut lines).await {
        Ok(()) => lines.finish_stream(&app).await.map(Json),
        Err(problem) => {
            // The lines before the error are recorded, as the response says.
            lines.flush_batch(&app).await?;
            Err(problem.with_more_detail(&lines.describe_progress()))
        }
    }
}

/// Receives the lines of a stream until its end.
async fn receive_lines(
    app: &AppState,
    mut body: Body,
    idle: Duration,
    lines: &mut LineRecorder,
) -> Result<(), Problem> {
    loop {
        // The timeout starts again with each frame, so that slow but steady clients succeed.
        let deadline = Instant::now() + idle;
        let mut frame = None;
        if lines.has_waiting_events() {
            let pause = deadline.min(Instant::now() + FLUSH_DELAY);
            frame = timeout_at(pause, body.frame()).await.ok();
            if frame.is_none() {
                lines.flush_batch(app).await?;
            }
        }
        let frame = match frame {
            Some(frame) => frame,
            None => timeout_at(deadline, body.frame())
                .await
                .map_err(|_| stream_timeout())?,
        };
        let Some(frame) = frame else { return Ok(()) };
        let frame = frame
            .map_err(|error| Problem::bad_request(format!("the body is incomplete: {error}")))?;
        // Frames without data are trailers.
        for byte_run in frame.into_data().iter() {
            lines.push_bytes(app, byte_run).await?;
        }
    }
}

fn stream_timeout() -> Problem {
    let detail = "no data received for too long; send all lines again with the same ids";
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "timeout",
        "Request timeout",
        detail,
    )
    // The client may still be sending, which must not be read as another request.
    .with_header(header::CONNECTION, HeaderValue::from_static("close"))
}

/// Splits a stream into lines and records them in batches.
struct LineRecorder {
    /// Incomplete line at the end of the received bytes.
    partial_line: Vec<u8>,
    line_number: u64,
    batch: Vec<(u64, NewEvent)>,
    batch_events: usize,
    summary: StreamSummary,
}

impl LineRecorder {
    fn new(batch_events: usize) -> Self {
        let batch_events = batch_events.max(1);
        Self {
            partial_line: Vec::new(),
            line_number: 0,
            batch: Vec::new(),
            batch_events,
            summary: StreamSummary::default(),
        }
    }

    async fn push_bytes(&mut self, app: &AppState, bytes: &[u8]) -> Result<(), Problem> {
        let mut pieces = bytes.split(|byte| *byte == b'\n');
        let mut piece = pieces.next().unwrap_or_default();
        for next in pieces {
            self.partial_line.extend_from_slice(piece);
            let line = std::mem::take(&mut self.partial_line);
            self.push_line(app, &line).await?;
            piece = next;
        }
        self.partial_line.extend_from_slice(piece);
        // Checked without waiting for the newline, so that a line cannot exhaust the memory.
        check_line_length(&self.partial_line, self.line_number + 1)
    }

    async fn push_line(&mut self, app: &AppState, line: &[u8]) -> Result<(), Problem> {
        self.line_number += 1;
        check_line_length(line, self.line_number)?;
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        match parse_event(line, None) {
            Ok(event) => self.batch.push((self.line_number, event)),
            Err(problem) => {
                app.metrics.count_events(status_label(None), 1);
                self.summary.count_line(self.line_number, Err(problem));
            }
        }
        if self.batch.len() >= self.batch_events {
            self.flush_batch(app).await
        } else {
            Ok(())
        }
    }

    /// True if lines wait for a full batch.
    fn has_waiting_events(&self) -> bool {
        !self.batch.is_empty()
    }

    /// Describes what was done with the lines so far.
    fn describe_progress(&self) -> String {
        let StreamSummary {
            lines,
            accepted,
            duplicates,
            rejected,
            ..
        } = &self.summary;
        format!(
            "lines processed: {lines} ({accepted} accepted, {duplicates} duplicate, \
             {rejected} rejected)"
        )
    }

    async fn flush_batch(&mut self, app: &AppState) -> Result<(), Problem> {
        let (numbers, events): (Vec<u64>, Vec<NewEvent>) =
            std::mem::take(&mut self.batch).into_iter().unzip();
        if events.is_empty() {
            return Ok(());
        }
        // Waits while the queue is full: a stream can wait, which slows its client down. The
        // summary has no room for skipped rules, so they are not explained.
        let answers = app
            .engine
            .await_queue_place()
            .await?
            .record_many(events)
            .await?;
        for (number, answer) in numbers.into_iter().zip(answers) {
            app.metrics.count_events(
                status_label(answer.as_ref().map(|receipt| receipt.status).ok()),
                1,
            );
            self.summary
                .count_line(number, answer.map_err(Problem::from));
        }
        Ok(())
    }

    async fn finish_stream(mut self, app: &AppState) -> Result<StreamSummary, Problem> {
        // The last line can lack its line break.
        let line = std::mem::take(&mut self.partial_line);
        self.push_line(app, &line).await?;
        self.flush_batch(app).await?;
        // Parse errors are counted at once, rejections after their batch, so the order is mixed.
        self.summary
            .rejects
            .sort_by_key(crate::models::RejectedLine::line_number);
        Ok(self.summary)
    }
}

/// Returns an error if a line, or the received part of it, is too long.
fn check_line_length(line: &[u8], number: u64) -> Result<(), Problem> {
    match line.len() <= MAX_LINE_BYTES {
        true => Ok(()),
        false => Err(Problem::payload_too_large(format!(
            "line {number} exceeds {MAX_LINE_BYTES} bytes"
        ))),
    }
}

/// Parses an event. `id` is the default for its id.
fn parse_event(json: &[u8], id: Option<String>) -> Result<NewEvent, Problem> {
    // Invalid JSON is a malformed request (400); valid JSON that is no event is invalid (422).
    let event = NewEvent::from_json(json).map_err(|error| {
        match serde_json::from_slice::<&RawValue>(json) {
            Ok(_) => Problem::from(Rejection::Invalid(error)),
            Err(_) => Problem::bad_request(error.to_string()),
        }
    })?;
    Ok(NewEvent {
        id: event.id.or(id.map(EventId::from)),
        ..event
    })
}

fn status_label(status: Option<accolade::ReceiptStatus>) -> &'static str {
    match status {
        Some(accolade::ReceiptStatus::Accepted) => "accepted",
        Some(accolade::ReceiptStatus::Duplicate) => "duplicate",
        None => "rejected",
    }
}
