//! Prometheus metrics. Their names are part of the public interface; `docs/http.md` lists them.

use std::fmt;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Histogram buckets of request durations, in seconds.
const DURATION_BUCKETS: [f64; 11] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0,
];

/// Metrics of this process.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_durations: Histogram,
    events: Family<StatusLabels, Counter>,
    outcomes: Family<KindLabels, Counter>,
    pub(crate) streams: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatusLabels {
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabels {
    kind: String,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("accolade");
        let metrics = Self {
            requests: Family::default(),
            request_durations: Histogram::new(DURATION_BUCKETS),
            events: Family::default(),
            outcomes: Family::default(),
            streams: Gauge::default(),
            // Placeholder, because registration needs the other fields.
            registry: Registry::default(),
        };
        registry.register(
            "http_requests",
            "Requests by method, route and status",
            metrics.requests.clone(),
        );
        registry.register(
            "http_request_duration_seconds",
            "Time from request to the start of the response",
            metrics.request_durations.clone(),
        );
        registry.register(
            "events",
            "Events received by status",
            metrics.events.clone(),
        );
        registry.register(
            "outcomes",
            "Outcomes read from the feed by kind",
            metrics.outcomes.clone(),
        );
        registry.register("live_streams", "Open live streams", metrics.streams.clone());
        Self {
            registry,
            ..metrics
        }
    }

    /// Counts a completed request and records its duration.
    pub(crate) fn count_request(
        &self,
        method: &Method,
        route: &str,
        status: StatusCode,
        took: Duration,
    ) {
        let labels = RequestLabels {
            method: method_label(method),
            route: route.to_owned(),
            status: status.as_u16(),
        };
        self.requests.get_or_create(&labels).inc();
        self.request_durations.observe(took.as_secs_f64());
    }

    /// Counts received events by status: `accepted`, `duplicate` or `rejected`.
    pub(crate) fn count_events(&self, status: &'static str, events: u64) {
        self.events
            .get_or_create(&StatusLabels { status })
            .inc_by(events);
    }

    /// Counts an outcome by its kind.
    pub(crate) fn count_outcome(&self, kind: &str) {
        // Kinds come from the engine and not from requests, so the number of label values is
        // bounded.
        self.outcomes
            .get_or_create(&KindLabels {
                kind: kind.to_owned(),
            })
            .inc();
    }

    /// Renders all metrics in the OpenMetrics text format.
    ///
    /// # Errors
    /// Returns an error only if formatting to a string fails.
    pub(crate) fn render_openmetrics(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// Returns the label of a method.
///
/// Unknown methods share a label, because each distinct label value allocates a time series.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
