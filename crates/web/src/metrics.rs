//! Figures for Prometheus. Their names are part of the interface; `docs/http.md` lists them.

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

/// Bounds of the times that requests take, in seconds.
const SECONDS: [f64; 11] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0,
];

/// All figures of a process.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Histogram,
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
            seconds: Histogram::new(SECONDS),
            events: Family::default(),
            outcomes: Family::default(),
            streams: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register(
            "http_requests",
            "Requests by method, route and status",
            metrics.requests.clone(),
        );
        registry.register(
            "http_request_seconds",
            "Time from request to answer",
            metrics.seconds.clone(),
        );
        registry.register(
            "events",
            "Events received by what became of them",
            metrics.events.clone(),
        );
        registry.register(
            "outcomes",
            "Outcomes seen in the feed by kind",
            metrics.outcomes.clone(),
        );
        registry.register(
            "live_streams",
            "Live streams that are open",
            metrics.streams.clone(),
        );
        Self {
            registry,
            ..metrics
        }
    }

    /// Counts a request that was answered.
    pub(crate) fn count_request(
        &self,
        method: &Method,
        route: &str,
        status: StatusCode,
        took: Duration,
    ) {
        let labels = RequestLabels {
            method: word(method),
            route: route.to_owned(),
            status: status.as_u16(),
        };
        self.requests.get_or_create(&labels).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    /// Counts events that were received: `accepted`, `duplicate` or `rejected`.
    pub(crate) fn count_events(&self, status: &'static str, events: u64) {
        self.events
            .get_or_create(&StatusLabels { status })
            .inc_by(events);
    }

    /// Counts an outcome.
    pub(crate) fn count_outcome(&self, kind: &str) {
        self.outcomes
            .get_or_create(&KindLabels {
                kind: kind.to_owned(),
            })
            .inc();
    }

    /// All figures, as OpenMetrics has them.
    ///
    /// # Errors
    /// Never, as long as text can be written to memory.
    pub(crate) fn write(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// A method as a label. Those that callers make up share one, so that nobody can fill the memory with them.
fn word(method: &Method) -> &'static str {
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
