//! Test fixture: a site in memory with a controllable clock, and a request builder.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use accolade::store::Store;
use accolade::{Catalog, Engine, NewEvent, Timestamp};
use accolade_testing::MemoryStore;
use accolade_web::{KeyScope, Settings, Site};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::conformance::assert_documented;

/// Catalog of every world. `riddle` is secret, `phantom` invisible.
pub(crate) const CATALOG: &str = include_str!("world.toml");
/// Start time of every world.
pub(crate) const START: &str = "2026-03-01T12:00:00Z";

pub(crate) struct World {
    pub(crate) site: Site,
    pub(crate) engine: Engine,
    /// API key with the scope `admin`.
    pub(crate) key: String,
    router: Router,
    clock: Arc<AtomicI64>,
}

/// Request builder.
pub(crate) struct RequestBuilder<'w> {
    world: &'w World,
    method: String,
    path: String,
    headers: HeaderMap,
    body: Body,
    peer: Option<SocketAddr>,
}

/// Response of the service.
#[derive(Debug)]
pub(crate) struct TestResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with_settings(|_| {}).await
    }

    /// Creates a world with changed settings.
    pub(crate) async fn with_settings(change: impl FnOnce(&mut Settings)) -> Self {
        Self::on_store(MemoryStore::new(), Vec::new(), change).await
    }

    /// Creates a world on a store, with events that are recorded before the service starts.
    pub(crate) async fn on_store(
        store: impl Store,
        events: Vec<NewEvent>,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        Self::with_catalog(CATALOG, store, events, change).await
    }

    /// Creates a world with another catalog.
    pub(crate) async fn with_catalog(
        catalog: &str,
        store: impl Store,
        events: Vec<NewEvent>,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let mut settings = Settings::default();
        change(&mut settings);
        let clock = Arc::new(AtomicI64::new(
            START.parse::<Timestamp>().unwrap().as_micros(),
        ));
        let hands = Arc::clone(&clock);
        let now = move || Timestamp::from_micros(hands.load(Ordering::Relaxed)).unwrap();
        let catalog = Catalog::from_toml(catalog).unwrap_or_else(|found| panic!("{found}"));
        let engine = Engine::builder(store)
            .catalog(catalog)
            .clock(now)
            .open()
            .unwrap();
        for some in events.chunks(1_000) {
            engine.record_many(some.to_vec()).await.unwrap();
        }
        let site = Site::builder(engine.clone())
            .settings(settings)
            .build()
            .await
            .unwrap();
        let key = accolade_web::create_key(&engine, "everything", &[KeyScope::Admin], "tests")
            .await
            .unwrap();
        Self {
            router: site.router(),
            site,
            engine,
            key,
            clock,
        }
    }

    /// Advances the clock by seconds.
    pub(crate) fn advance_clock(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    /// Builds a request with the admin key.
    pub(crate) fn admin_request(&self, method: &str, path: &str) -> RequestBuilder<'_> {
        self.anonymous_request(method, path).key(&self.key)
    }

    /// Builds a request without a key.
    pub(crate) fn anonymous_request(&self, method: &str, path: &str) -> RequestBuilder<'_> {
        let (method, path) = (method.to_owned(), path.to_owned());
        RequestBuilder {
            world: self,
            method,
            path,
            headers: HeaderMap::new(),
            body: Body::empty(),
            peer: None,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> TestResponse {
        self.admin_request("GET", path).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> TestResponse {
        self.admin_request("POST", path).json(body).send().await
    }

    /// Submits an action on ada, which must succeed. It creates her if needed.
    pub(crate) async fn submit_action(&self, id: &str, mut act: Value) -> Value {
        if act["type"] != "unmerge" {
            act["create"] = true.into();
        }
        let answer = self
            .admin_request("POST", "/v1/players/ada/actions")
            .header("idempotency-key", id)
            .json(act)
            .send()
            .await;
        answer.assert_status(201).json()
    }

    /// Records events of a player, `{name}-1`, `{name}-2` …, a minute apart.
    pub(crate) async fn record_events(&self, player: &str, name: &str, times: usize) {
        for number in 1..=times {
            self.advance_clock(60);
            let event = json!({ "id": format!("{name}-{number}"), "player": player, "name": name });
            self.post("/v1/events", event).await.assert_status(201);
        }
    }

    /// Creates a key with one scope.
    pub(crate) async fn create_key(&self, scope: KeyScope) -> String {
        let made = self
            .post(
                "/v1/keys",
                json!({ "name": scope.as_str(), "scopes": [scope] }),
            )
            .await
            .assert_status(201)
            .json();
        made["key"].as_str().unwrap().to_owned()
    }

    /// Loads all items of a list, `limit` per page.
    pub(crate) async fn load_all_pages(&self, path: &str, limit: usize) -> Vec<Value> {
        let (mut items, mut after) = (Vec::new(), String::new());
        loop {
            let page = self
                .get(&format!("{path}?limit={limit}{after}"))
                .await
                .assert_status(200)
                .json();
            let found = page["items"].as_array().unwrap();
            assert!(found.len() <= limit, "{page}");
            items.extend(found.iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return items,
            }
        }
    }
}

impl RequestBuilder<'_> {
    pub(crate) fn key(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.headers
            .insert(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        self
    }

    pub(crate) fn json(self, body: Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    pub(crate) fn json_lines(self, body: impl Into<Body>) -> Self {
        self.header("content-type", "application/x-ndjson")
            .body(body)
    }

    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets the peer address.
    pub(crate) fn peer_address(mut self, address: &str) -> Self {
        self.peer = Some(SocketAddr::new(address.parse().unwrap(), 4_711));
        self
    }

    /// Sends the request and returns the response with a streaming body.
    pub(crate) async fn send_streaming(self) -> axum::response::Response {
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(&self.path)
            .body(self.body)
            .unwrap();
        *request.headers_mut() = self.headers;
        if let Some(from) = self.peer {
            request.extensions_mut().insert(ConnectInfo(from));
        }
        self.world.router.clone().oneshot(request).await.unwrap()
    }

    /// Sends the request. The response must be one that the OpenAPI document describes.
    pub(crate) async fn send(self) -> TestResponse {
        let (method, path) = (self.method.clone(), self.path.clone());
        let (parts, body) = self.send_streaming().await.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        let kind = parts.headers.get("content-type");
        let kind = kind.map_or("", |kind| kind.to_str().unwrap());
        // The document describes what a client sees after decompression.
        if !parts.headers.contains_key("content-encoding") {
            assert_documented(&method, &path, parts.status.as_u16(), kind, &body);
        }
        TestResponse {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        }
    }

    /// Sends the request and drops the body, because streams do not end.
    pub(crate) async fn send_headers_only(self) -> TestResponse {
        let (parts, _) = self.send_streaming().await.into_parts();
        TestResponse {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: Vec::new(),
        }
    }
}

impl TestResponse {
    #[track_caller]
    pub(crate) fn assert_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts that the response is a problem (RFC 9457) of this status and type.
    #[track_caller]
    pub(crate) fn assert_problem(&self, status: u16, kind: &str) {
        let text = self.text();
        assert_eq!(self.status, status, "{text}");
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{text}"
        );
        let problem = self.json();
        assert_eq!(
            problem["type"],
            format!("urn:accolade:problem:{kind}"),
            "{text}"
        );
        assert_eq!(problem["status"], status, "{text}");
        assert!(
            problem["title"]
                .as_str()
                .is_some_and(|title| !title.is_empty()),
            "{text}"
        );
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty()),
            "{text}"
        );
    }
}
