//! Limits of connections and of what they send, on a real socket.

use accolade_web::KeyScope;
use serde_json::json;

use crate::socket::RunningService;
use crate::world::World;

#[tokio::test]
async fn request_heads_are_bounded_in_bytes_and_in_headers() {
    let served = RunningService::with_settings(|_| {}).await;
    let padded = |bytes: usize| {
        let padding = "a".repeat(bytes);
        format!("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nA: {padding}\r\n\r\n")
    };
    let headers: String = (0..150)
        .map(|number| format!("x-{number}: 1\r\n"))
        .collect();
    let many = format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
    for (request, expected) in [
        (padded(16 * 1024), "200"),
        (padded(200 * 1024), "431"),
        (many, "431"),
    ] {
        let heard = served.send_raw(request.as_bytes()).await;
        let length = request.len();
        assert!(
            heard.starts_with(&format!("HTTP/1.1 {expected} ")),
            "{length}: {heard}"
        );
    }
    served.assert_healthy().await;
    served.stop().await;
}

#[tokio::test]
async fn a_request_has_exactly_one_host() {
    let served = RunningService::with_settings(|_| {}).await;
    for (head, expected) in [
        (
            "GET /healthz HTTP/1.1\r\nConnection: close\r\n",
            "HTTP/1.1 400 ",
        ),
        (
            "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n",
            "HTTP/1.1 400 ",
        ),
        (
            "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n",
            "HTTP/1.1 200 ",
        ),
        // Only HTTP/1.1 requires it.
        ("GET /healthz HTTP/1.0\r\n", "HTTP/1.0 200 "),
    ] {
        let heard = served.send_raw(format!("{head}\r\n").as_bytes()).await;
        assert!(heard.starts_with(expected), "{head}: {heard}");
    }
    served.stop().await;
}

#[tokio::test]
async fn a_response_before_the_body_closes_the_connection_and_says_so() {
    let served = RunningService::with_settings(|settings| {
        settings.limits.requests_per_second = 1;
        settings.limits.requests_at_once = 10;
    })
    .await;
    let read = served.world.create_key(KeyScope::Read).await;
    let limited = served.world.create_key(KeyScope::Record).await;
    while served
        .world
        .anonymous_request("GET", "/v1/players")
        .key(&limited)
        .send()
        .await
        .status
        != 429
    {}
    let json = "Content-Type: application/json\r\n".to_owned();
    let bearer = |key: &str| format!("Authorization: Bearer {key}\r\n");
    for (headers, expected) in [
        (json.clone(), "401"),
        (json.clone() + &bearer(&read), "403"),
        (
            "Content-Type: text/plain\r\n".to_owned() + &bearer(&served.world.key),
            "415",
        ),
        (json + &bearer(&limited), "429"),
    ] {
        let head =
            format!("POST /v1/events HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: 27\r\n\r\n");
        let mut line = served.connect().await;
        line.write(head.as_bytes()).await;
        line.read_until("\r\n\r\n").await;
        let heard = line.text().to_lowercase();
        assert!(
            heard.starts_with(&format!("http/1.1 {expected} ")),
            "{heard}"
        );
        assert!(heard.contains("\r\nconnection: close\r\n"), "{heard}");
        line.read_to_end().await;
    }
    served.stop().await;
}

#[tokio::test]
async fn a_refused_request_whose_body_was_read_keeps_the_connection() {
    let served = RunningService::with_settings(|_| {}).await;
    let head = served.request_head("POST /v1/events");
    let mut line = served.connect().await;
    let invalid = format!("{head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}");
    line.write(invalid.as_bytes()).await;
    line.read_until("HTTP/1.1 422 ").await;
    line.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        .await;
    line.read_until("HTTP/1.1 200 ").await;
    assert!(!line.text().to_lowercase().contains("connection: close"));
    served.stop().await;
}

#[tokio::test]
async fn compressed_bodies_are_refused() {
    let world = World::new().await;
    let event = json!({ "player": "ada", "name": "post.published" }).to_string();
    for (path, kind) in [
        ("/v1/events", "application/json"),
        ("/v1/events/stream", "application/x-ndjson"),
        ("/v1/keys", "application/json"),
    ] {
        for (coding, refused) in [("gzip", true), ("identity, br", true), ("identity", false)] {
            let answer = world
                .admin_request("POST", path)
                .header("content-type", kind)
                .header("content-encoding", coding)
                .body(event.clone())
                .send()
                .await;
            assert_eq!(
                answer.status == 415,
                refused,
                "{path} {coding}: {}",
                answer.text()
            );
            if refused {
                answer.assert_problem(415, "unsupported-media-type");
            }
        }
    }
}

#[tokio::test]
async fn public_forms_are_small() {
    let world = World::new().await;
    let form = |bytes: usize| format!("name=ada&password={}", "x".repeat(bytes));
    for path in ["/admin/sign-in", "/admin/welcome"] {
        for (bytes, too_large) in [(10_000, false), (17_000, true), (1_900_000, true)] {
            let answer = world
                .anonymous_request("POST", path)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form(bytes))
                .send()
                .await;
            assert_eq!(
                answer.status == 413,
                too_large,
                "{path}, {bytes} bytes: {}",
                answer.status
            );
        }
    }
}

#[tokio::test]
async fn connections_of_an_address_are_bounded_but_not_those_of_a_trusted_proxy() {
    let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    for (proxies, is_bounded) in [(vec![], true), (vec!["127.0.0.1".parse().unwrap()], false)] {
        let served = RunningService::with_settings(|settings| {
            settings.server.connections_per_address = 3;
            settings.server.trusted_proxies = proxies;
        })
        .await;
        let mut open = Vec::new();
        for _ in 0..3 {
            let mut line = served.connect().await;
            line.write(request).await;
            line.read_until("HTTP/1.1 200 ").await;
            open.push(line);
        }
        let mut fourth = served.connect().await;
        fourth.write(request).await;
        if is_bounded {
            assert_eq!(fourth.read_to_end().await, "");
            // The others are not affected.
            let mut first = open.swap_remove(0);
            first.clear_received();
            first.write(request).await;
            first.read_until("HTTP/1.1 200 ").await;
        } else {
            fourth.read_until("HTTP/1.1 200 ").await;
        }
        served.stop().await;
    }
}

#[tokio::test]
async fn an_address_cannot_take_all_live_streams() {
    let world = World::with_settings(|settings| {
        settings.limits.streams = 10;
        settings.limits.streams_per_address = 2;
    })
    .await;
    let visit = |address: &'static str| {
        let request = world.anonymous_request("GET", "/live");
        request.peer_address(address).send_streaming()
    };
    let mut open = vec![visit("10.0.0.1").await, visit("10.0.0.1").await];
    let refused = world.anonymous_request("GET", "/live");
    let refused = refused.peer_address("10.0.0.1").send().await;
    refused.assert_problem(503, "too-many-streams");
    assert!(!refused.header("retry-after").is_empty());
    for address in [
        "10.0.0.2", "10.0.0.2", "10.0.0.3", "10.0.0.3", "10.0.0.4", "10.0.0.4",
    ] {
        open.push(visit(address).await);
    }
    assert!(open.iter().all(|response| response.status() == 200));
    // Visitors have taken all places that are theirs; two are reserved.
    assert_eq!(visit("10.0.0.5").await.status(), 503);
    let token = world.site.issue_player_token("ada", 600);
    world.record_events("ada", "post.published", 1).await;
    let own = world
        .anonymous_request("GET", "/v1/players/ada/live")
        .key(&token);
    let own = own.peer_address("10.0.0.6").send_streaming().await;
    let all = world
        .admin_request("GET", "/v1/live")
        .send_streaming()
        .await;
    assert_eq!((own.status().as_u16(), all.status().as_u16()), (200, 200));
}
