//! Hostile requests get a 4xx response or a closed connection, and do not affect other clients.

use axum::body::Body;
use serde_json::json;

use crate::operations;
use crate::socket::RunningService;
use crate::world::World;

/// Parses the status line of a response. Returns `None` if the connection closed without one.
fn parse_status(heard: &str) -> Option<u16> {
    heard
        .strip_prefix("HTTP/1.1 ")
        .or(heard.strip_prefix("HTTP/1.0 "))?
        .get(..3)?
        .parse()
        .ok()
}

#[track_caller]
fn assert_refused(heard: &str, what: &str) {
    let status = parse_status(heard);
    assert!(
        status.is_none_or(|status| (400..500).contains(&status)),
        "{what}: {heard}"
    );
}

#[tokio::test]
async fn malformed_requests_are_refused_or_disconnected() {
    let served = RunningService::with_settings(|settings| settings.server.head_seconds = 1).await;
    let long = "x".repeat(600_000);
    let many: String = (0..300)
        .map(|number| format!("x-{number}: 1\r\n"))
        .collect();
    let requests: Vec<(&str, Vec<u8>)> = vec![
        ("garbage", b"\x00\xff\xfe\r\n\r\n".to_vec()),
        (
            "a greeting of TLS",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        ),
        (
            "HTTP/2 without asking",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        ),
        ("another version", b"GET /healthz HTTP/9.9\r\n\r\n".to_vec()),
        (
            "a path that is long",
            format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n").into_bytes(),
        ),
        (
            "a header that is long",
            format!("GET /v1/players HTTP/1.1\r\nx: {long}\r\n\r\n").into_bytes(),
        ),
        (
            "a flood of headers",
            format!("GET /v1/players HTTP/1.1\r\n{many}\r\n").into_bytes(),
        ),
        (
            "a space in a name",
            b"GET /v1/players HTTP/1.1\r\nx y: 1\r\n\r\n".to_vec(),
        ),
        (
            "NUL in a header",
            b"GET /v1/players HTTP/1.1\r\nx: a\0b\r\n\r\n".to_vec(),
        ),
        (
            "NUL in a path",
            b"GET /v1/\0players HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
        ),
        (
            "two lengths",
            b"POST /v1/events HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"
                .to_vec(),
        ),
        (
            "a negative length",
            b"POST /v1/events HTTP/1.1\r\nContent-Length: -1\r\n\r\n".to_vec(),
        ),
        (
            "a length of its own kind",
            b"POST /v1/events HTTP/1.1\r\nContent-Length: 1e3\r\n\r\n".to_vec(),
        ),
        (
            "an unknown encoding",
            b"POST /v1/events HTTP/1.1\r\nTransfer-Encoding: zip\r\n\r\nx".to_vec(),
        ),
        (
            "another host's address",
            b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n".to_vec(),
        ),
    ];
    for (what, request) in requests {
        assert_refused(&served.send_raw(&request).await, what);
        served.assert_healthy().await;
    }
    assert_eq!(served.stop().await, 0);
}

#[tokio::test]
async fn odd_paths_are_refused() {
    let served = RunningService::with_settings(|_| {}).await;
    for path in [
        "/v1/players/%ff%fe",
        "/v1/players/%00",
        "/v1/players/%",
        "/v1/players/%zz/badges",
        "/v1/players/a%0d%0aset-cookie:%20x",
        "/v1/players/../../etc/passwd",
        "/v1/catalog/versions/99999999999999999999999999",
        "/v1/catalog/versions/1e3",
        "/v1/players?limit=1e3",
        "/v1/players?limit=%ff",
        "/v1/players?after=%00",
        "/v1/players?limit=1&limit=2",
        "/v1/feed?after=9223372036854775808",
        "/v1/audit?after=LTkyMjMzNzIwMzY4NTQ3NzU4MDg5",
        "/assets/..%2f..%2fCargo.toml",
        "/assets/%2e%2e%2fsite.rs",
        "//v1/players",
        "/v1/players;x=1",
    ] {
        let request = format!(
            "{}Connection: close\r\n\r\n",
            served.request_head(&format!("GET {path}"))
        );
        let heard = served.send_raw(request.as_bytes()).await;
        let status = parse_status(&heard).unwrap_or_default();
        assert!((400..500).contains(&status), "{path}: {heard}");
        assert!(!heard.contains("\nset-cookie"), "{heard}");
    }
    for path in [
        "/v1/feed?after=9223372036854775807",
        "/v1/players?prefix=%00",
        "/v1/players?prefix=%F0%9F%A7%AD",
    ] {
        let request = format!(
            "{}Connection: close\r\n\r\n",
            served.request_head(&format!("GET {path}"))
        );
        let heard = served.send_raw(request.as_bytes()).await;
        assert!(
            parse_status(&heard).is_some_and(|status| status < 500),
            "{path}: {heard}"
        );
    }
    served.assert_healthy().await;
}

#[tokio::test]
async fn incomplete_headers_time_out() {
    let served = RunningService::with_settings(|settings| settings.server.head_seconds = 1).await;
    for begun in ["", "GET", "GET /v1/players HTTP/1.1\r\nHost: x\r\nx-slow: "] {
        assert_refused(&served.send_raw(begun.as_bytes()).await, begun);
    }
    // An idle keep-alive connection is closed as well.
    let mut line = served.connect().await;
    line.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        .await;
    line.read_until("\"ok\"").await;
    line.read_to_end().await;
    served.assert_healthy().await;
}

#[tokio::test]
async fn an_incomplete_body_times_out() {
    let served = RunningService::with_settings(|settings| {
        settings.server.idle_seconds = 1;
        settings.server.request_seconds = 1;
    })
    .await;
    let event = json!({ "id": "1", "player": "ada", "name": "a" }).to_string();
    let line = format!("{event}\n");
    let streamed = format!(
        "{}Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{line}\r\n",
        served.request_head("POST /v1/events/stream"),
        line.len()
    );
    let plain = format!(
        "{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
        served.request_head("POST /v1/events"),
        event.len(),
        &event[..5]
    );
    for (what, request) in [("a stream", streamed), ("an event", plain)] {
        let heard = served.send_raw(request.as_bytes()).await;
        assert_eq!(parse_status(&heard), Some(408), "{what}: {heard}");
        assert!(
            heard.contains("urn:accolade:problem:timeout"),
            "{what}: {heard}"
        );
    }
    served.assert_healthy().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_early() {
    let served = RunningService::with_settings(|settings| settings.limits.body_bytes = 1_000).await;
    for (what, headers, body) in [
        (
            "a declared length",
            "Content-Length: 1000000000000\r\n".to_owned(),
            Vec::new(),
        ),
        (
            "chunked",
            "Transfer-Encoding: chunked\r\n".to_owned(),
            format!("{:x}\r\n{}\r\n", 2_000, "x".repeat(2_000)).into_bytes(),
        ),
        (
            "a chunk without end",
            "Transfer-Encoding: chunked\r\n".to_owned(),
            b"ffffffffffffffff1\r\nx".to_vec(),
        ),
    ] {
        let head = served.request_head("POST /v1/events");
        let mut request =
            format!("{head}Content-Type: application/json\r\nConnection: close\r\n{headers}\r\n")
                .into_bytes();
        request.extend(body);
        assert_refused(&served.send_raw(&request).await, what);
    }
    served.assert_healthy().await;
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order_until_one_is_invalid() {
    let served = RunningService::with_settings(|settings| settings.server.head_seconds = 1).await;
    let mut bytes = Vec::new();
    for _ in 0..50 {
        bytes.extend_from_slice(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    bytes.extend_from_slice(b"GARBAGE\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    let heard = served.send_raw(&bytes).await;
    assert_eq!(heard.matches("HTTP/1.1 200 ").count(), 50, "{heard}");
    assert_refused(
        heard.rsplit("{\"status\":\"ok\"}").next().unwrap(),
        "the garbage",
    );
    // A request that is smuggled in a body is not processed.
    let smuggled = b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 44\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let heard = served.send_raw(smuggled).await;
    assert_eq!(heard.matches("HTTP/1.1 200 ").count(), 0, "{heard}");
    served.assert_healthy().await;
}

#[tokio::test]
async fn all_paths_are_below_the_prefix() {
    let served =
        RunningService::with_settings(|settings| settings.server.prefix = "/game".to_owned()).await;
    for (path, expected) in [
        ("/game/v1/players", 200),
        ("/v1/players", 404),
        ("/game/healthz", 200),
        ("/healthz", 404),
    ] {
        let request = format!(
            "{}Connection: close\r\n\r\n",
            served.request_head(&format!("GET {path}"))
        );
        let heard = served.send_raw(request.as_bytes()).await;
        assert_eq!(parse_status(&heard), Some(expected), "{path}: {heard}");
        assert!(
            expected == 200 || heard.contains("application/problem+json"),
            "{path}: {heard}"
        );
    }
}

/// Pseudorandom numbers from a seed (SplitMix64).
struct RandomInput(u64);

impl RandomInput {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn draw_below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    fn draw_one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.draw_below(of.len())].clone()
    }

    /// Draws pieces of JSON in any order, or random bytes.
    fn draw_body(&mut self) -> Vec<u8> {
        const PIECES: [&str; 26] = [
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "null",
            "true",
            "-",
            "1e308",
            "9223372036854775808",
            "0.1",
            "\\u0000",
            "\u{1f9ed}",
            "\"player\":",
            "\"ada\"",
            "\"name\":",
            "\"act\":",
            "\"points\"",
            "\"toml\":",
            "\"props\":{",
            "\"scopes\":[",
            "\"catalog\":",
            "\n",
            " ",
        ];
        let length = self.draw_below(40);
        match self.draw_below(3) {
            0 => (0..length).map(|_| self.next().to_le_bytes()[0]).collect(),
            _ => (0..length)
                .flat_map(|_| self.draw_one(&PIECES).as_bytes().to_vec())
                .collect(),
        }
    }

    /// Draws a text for a path or a query.
    fn draw_text(&mut self) -> String {
        const TEXTS: [&str; 14] = [
            "ada",
            "author",
            "1",
            "-1",
            "0",
            "99999999999999999999",
            "%00",
            "%ff",
            "%F0%9F%A7%AD",
            "..%2f",
            "bnVsbA",
            "WzAsMF0",
            "everything",
            "2026-03-01T00:00:00Z",
        ];
        match self.draw_below(4) {
            0 => (0..self.draw_below(20))
                .map(|_| format!("%{:02x}", self.next() % 256))
                .collect(),
            _ => self.draw_one(&TEXTS).to_owned(),
        }
    }
}

#[tokio::test]
async fn random_requests_never_cause_a_server_error() {
    const NAMES: [&str; 9] = [
        "after", "limit", "as", "about", "from", "to", "prefix", "x", "",
    ];
    let seed = std::env::var("TEST_FIRST_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let rounds = std::env::var("TEST_SEEDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(40);
    let world = World::with_settings(|settings| {
        // Refusals because of limits would hide the errors that this test looks for.
        settings.limits.jobs = 1_000_000;
        settings.limits.requests_at_once = 1_000_000;
    })
    .await;
    let operations = operations::all_operations();
    for seed in seed..seed + rounds {
        let mut draws = RandomInput(seed);
        for operation in &operations {
            let mut path = operation.path.clone();
            while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
                path.replace_range(from..=to, &draws.draw_text());
            }
            let queries: Vec<String> = (0..draws.draw_below(3))
                .map(|_| format!("{}={}", draws.draw_one(&NAMES), draws.draw_text()))
                .collect();
            let path = format!("{path}?{}", queries.join("&"));
            let kinds =
                ["application/json", "application/x-ndjson", "text/plain"].map(str::to_owned);
            let kind = match draws.draw_below(5) {
                0 => draws.draw_one(&kinds),
                _ => operation.media_type.clone().unwrap_or_default(),
            };
            let key = draws.draw_text().replace('%', "_");
            let call = world
                .admin_request(&operation.method, &path)
                .header("content-type", &kind);
            let call = call
                .header("idempotency-key", &format!("{key}x"))
                .header("if-none-match", &key);
            let body = draws.draw_body();
            let request = format!(
                "seed {seed}: {} {path} {kind} {}",
                operation.method,
                String::from_utf8_lossy(&body)
            );
            let answer = call.body(Body::from(body)).send_headers_only().await;
            assert!(answer.status < 500, "{request}: {}", answer.status);
        }
    }
    assert_eq!(
        world
            .engine
            .maintenance()
            .verify(|_| ())
            .await
            .unwrap()
            .count,
        0
    );
}
