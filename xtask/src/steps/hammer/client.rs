//! HTTP client of workers and readers.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

/// Maximum time of a request. It only ends the run if the service hangs.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// Client with an API key and connections of its own.
pub(super) struct ServiceClient {
    agent: Agent,
    authorization: String,
}

/// Complete response.
#[derive(Debug)]
pub(super) struct ClientResponse {
    pub(super) status: u64,
    /// JSON of the body; a text if it is not JSON.
    pub(super) body: Value,
}

impl ServiceClient {
    pub(super) fn with_key(key: &str) -> Self {
        let configuration = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(REQUEST_TIMEOUT))
            .proxy(None)
            .build();
        Self {
            agent: configuration.into(),
            authorization: format!("Bearer {key}"),
        }
    }

    /// Sends a body. Returns `None` if there is no complete response.
    pub(super) fn post(
        &self,
        url: &str,
        media_type: &str,
        idempotency_key: Option<&str>,
        body: &str,
    ) -> Option<ClientResponse> {
        let mut request = self
            .agent
            .post(url)
            .header("Authorization", &self.authorization)
            .header("Content-Type", media_type);
        if let Some(key) = idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        read_response(request.send(body).ok()?)
    }

    /// Requests a resource. Returns `None` if there is no complete response.
    pub(super) fn get(&self, url: &str) -> Option<ClientResponse> {
        let request = self
            .agent
            .get(url)
            .header("Authorization", &self.authorization);
        read_response(request.call().ok()?)
    }

    /// Opens a stream of server-sent events after a number, which this side cuts after a time.
    /// Returns the status and the lines.
    pub(super) fn open_stream(
        &self,
        url: &str,
        last_event: u64,
        cut_after: Duration,
    ) -> Option<(u64, impl Iterator<Item = String> + use<>)> {
        let response = self
            .agent
            .get(url)
            .config()
            .timeout_global(Some(cut_after))
            .build()
            .header("Authorization", &self.authorization)
            .header("Last-Event-ID", last_event.to_string())
            .call()
            .ok()?;
        let status = response.status().as_u16().into();
        // The line at which the stream is cut is incomplete, and ends the iterator with an error.
        let lines = BufReader::new(response.into_body().into_reader()).lines();
        Some((status, lines.map_while(Result::ok)))
    }
}

fn read_response(mut response: ureq::http::Response<ureq::Body>) -> Option<ClientResponse> {
    let status = response.status().as_u16().into();
    let text = response
        .body_mut()
        .with_config()
        .limit(u64::MAX)
        .read_to_string()
        .ok()?;
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Some(ClientResponse { status, body })
}
