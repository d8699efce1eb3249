//! Rate limits, CORS and security headers.

use accolade_web::KeyScope;
use axum::http::HeaderMap;

use crate::world::World;

/// Returns the rate limit headers of a response.
fn rate_limit_headers(headers: &HeaderMap) -> (&str, &str) {
    let text = |name: &str| {
        headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    };
    (text("ratelimit"), text("ratelimit-policy"))
}

#[tokio::test]
async fn responses_report_the_rate_limit_and_excess_requests_are_rejected() {
    let world = World::with_settings(|settings| {
        settings.limits.requests_per_second = 1;
        settings.limits.requests_at_once = 3;
    })
    .await;
    let other = accolade_web::create_key(&world.engine, "other", &[KeyScope::Read], "tests")
        .await
        .unwrap();
    for expected in ["\"default\";r=2", "\"default\";r=1", "\"default\";r=0"] {
        let answer = world.get("/v1/currencies").await.assert_status(200);
        assert_eq!(
            rate_limit_headers(&answer.headers),
            (expected, "\"default\";q=3;w=3")
        );
    }
    let refused = world.get("/v1/currencies").await;
    refused.assert_problem(429, "too-many-requests");
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=2).contains(&seconds), "{seconds}");
    assert_eq!(
        refused.header("ratelimit"),
        format!("\"default\";r=0;t={seconds}")
    );

    // Other keys, player tokens, and addresses without a key have their own limits.
    world
        .anonymous_request("GET", "/v1/currencies")
        .key(&other)
        .send()
        .await
        .assert_status(200);
    let token = world.site.issue_player_token("ada", 60);
    let answer = world
        .anonymous_request("GET", "/v1/players/ada")
        .key(&token)
        .send()
        .await
        .assert_status(404);
    assert_eq!(rate_limit_headers(&answer.headers).0, "\"default\";r=2");
    for (address, expected) in [
        ("10.0.0.1", 401),
        ("10.0.0.1", 401),
        ("10.0.0.1", 401),
        ("10.0.0.1", 429),
        ("10.0.0.2", 401),
        ("2001:db8::1", 401),
        ("2001:db8::2", 401),
        ("2001:db8::ffff:0:0:1", 401),
        ("2001:db8::3", 429),
        ("2001:db8:0:1::1", 401),
    ] {
        let answer = world
            .anonymous_request("GET", "/v1/currencies")
            .peer_address(address)
            .send()
            .await;
        assert_eq!(answer.status, expected, "{address}");
    }
    world
        .anonymous_request("GET", "/healthz")
        .send()
        .await
        .assert_status(200);
}

#[tokio::test]
async fn guessing_keys_or_tokens_is_rate_limited_by_address() {
    let world = World::new().await;
    let token = world.site.issue_player_token("ada", 60);
    let wrong = [
        format!("{}x", world.key),
        format!("{token}x"),
        "acc_nothing".to_owned(),
        "nonsense".to_owned(),
    ];
    let guess = |number: usize, address: &'static str| {
        world
            .anonymous_request("GET", "/v1/players")
            .key(&wrong[number % wrong.len()])
            .peer_address(address)
            .send()
    };
    let mut statuses = Vec::new();
    for number in 0..100 {
        statuses.push(guess(number, "10.0.0.1").await.status);
    }
    assert!(
        statuses[..20].iter().all(|status| *status == 401),
        "{statuses:?}"
    );
    assert!(
        statuses[30..]
            .iter()
            .filter(|status| **status == 429)
            .count()
            > 60,
        "{statuses:?}"
    );
    let refused = guess(0, "10.0.0.1").await;
    refused.assert_problem(429, "too-many-requests");
    assert_eq!(refused.header("retry-after"), "60");
    guess(0, "10.0.0.2")
        .await
        .assert_problem(401, "unauthenticated");
    // A valid key is not affected by invalid ones from the same address.
    world
        .admin_request("GET", "/v1/players")
        .peer_address("10.0.0.1")
        .send()
        .await
        .assert_status(200);
}

#[tokio::test]
async fn only_configured_origins_may_read_from_browsers() {
    let shop = "https://shop.example.com";
    let world =
        World::with_settings(|settings| settings.players.origins = vec![shop.to_owned()]).await;
    world.record_events("ada", "post.published", 1).await;
    let token = world.site.issue_player_token("ada", 60);
    for (origin, allowed) in [
        (shop, true),
        ("https://shop.example.com.evil.example", false),
        ("http://shop.example.com", false),
        ("https://SHOP.example.com", false),
        ("null", false),
        ("*", false),
    ] {
        let asks = world
            .anonymous_request("OPTIONS", "/v1/players/ada")
            .header("origin", origin);
        let asks = asks
            .header("access-control-request-method", "GET")
            .send()
            .await;
        assert_eq!(asks.status, if allowed { 204 } else { 401 }, "{origin}");
        let answer = world
            .anonymous_request("GET", "/v1/players/ada")
            .key(&token)
            .header("origin", origin)
            .send()
            .await
            .assert_status(200);
        for answer in [&asks, &answer] {
            assert_eq!(
                answer.header("access-control-allow-origin"),
                if allowed { origin } else { "" },
                "{origin}"
            );
            assert_eq!(
                answer.header("access-control-allow-credentials"),
                "",
                "cookies are never shared"
            );
            assert_eq!(
                answer.header("vary").to_lowercase().contains("origin"),
                allowed,
                "{origin}"
            );
        }
        if allowed {
            assert!(
                asks.header("access-control-allow-headers")
                    .contains("authorization")
            );
        }
    }
    let refused = world
        .anonymous_request("GET", "/v1/players/ada")
        .header("origin", shop)
        .send()
        .await;
    refused.assert_problem(401, "unauthenticated");
    assert_eq!(
        refused.header("access-control-allow-origin"),
        shop,
        "a script can read the reason of the refusal"
    );
}

#[tokio::test]
async fn every_response_has_security_headers_and_a_request_id() {
    let world = World::new().await;
    for path in [
        "/v1/currencies",
        "/nothing",
        "/healthz",
        "/openapi.json",
        "/docs",
    ] {
        let answer = world.get(path).await;
        assert_eq!(
            answer.status,
            if path == "/nothing" { 404 } else { 200 },
            "{path}: {}",
            answer.text()
        );
        for (name, expected) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), expected, "{path}");
        }
        assert!(
            answer
                .header("content-security-policy")
                .contains("default-src 'none'"),
            "{path}"
        );
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
    }
    for (given, kept) in [("abc-123", true), ("a b", false), (&*"x".repeat(65), false)] {
        let answer = world
            .admin_request("GET", "/healthz")
            .header("x-request-id", given)
            .send()
            .await;
        assert_eq!(answer.header("x-request-id") == given, kept, "{given}");
    }
}

#[tokio::test]
async fn a_key_just_created_by_another_process_is_accepted() {
    let world = World::new().await;
    world.get("/v1/badges").await.assert_status(200);
    let key = accolade_web::create_key(&world.engine, "new", &[KeyScope::Read], "tests")
        .await
        .unwrap();
    world
        .anonymous_request("GET", "/v1/badges")
        .key(&key)
        .send()
        .await
        .assert_status(200);
}
