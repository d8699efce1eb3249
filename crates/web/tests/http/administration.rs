//! API keys, the audit log, jobs, statistics and health.

use accolade_web::KeyScope;
use serde_json::{Value, json};

use crate::socket::within;
use crate::world::World;

/// Splits a key into its head, such as `acc_1b…`, and its secret, which may contain `_` itself.
fn split_key(key: &str) -> (&str, &str) {
    let end = key
        .match_indices('_')
        .nth(1)
        .expect("a key has three parts")
        .0;
    (&key[..end], &key[end + 1..])
}

#[tokio::test]
async fn a_key_is_shown_once_and_works_until_it_is_revoked() {
    let world = World::new().await;
    let made = world
        .post(
            "/v1/keys",
            json!({ "name": "shop", "scopes": ["read", "read", "record"] }),
        )
        .await
        .assert_status(201);
    let key = made.json()["key"].as_str().unwrap().to_owned();
    assert_eq!(made.header("cache-control"), "no-store");
    world
        .anonymous_request("GET", "/v1/players")
        .key(&key)
        .send()
        .await
        .assert_status(200);

    let list = world.get("/v1/keys").await.assert_status(200);
    let (_, secret) = split_key(&key);
    assert!(
        !list.text().contains(secret),
        "only the first response contains the secret"
    );
    let shop = list.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "shop")
        .unwrap()
        .clone();
    assert_eq!(
        (&shop["scopes"], &shop["created_by"]),
        (&json!(["record", "read"]), &json!("key:everything"))
    );
    world
        .post("/v1/keys", json!({ "name": "shop", "scopes": ["read"] }))
        .await
        .assert_problem(409, "conflict");

    let place = format!("/v1/keys/{}", shop["id"].as_str().unwrap());
    assert!(
        world
            .admin_request("DELETE", &place)
            .send()
            .await
            .assert_status(204)
            .body
            .is_empty()
    );
    world
        .anonymous_request("GET", "/v1/players")
        .key(&key)
        .send()
        .await
        .assert_problem(401, "unauthenticated");
    world
        .admin_request("DELETE", &place)
        .send()
        .await
        .assert_problem(404, "unknown");
    world
        .post("/v1/keys", json!({ "name": "shop", "scopes": ["read"] }))
        .await
        .assert_status(201);
}

#[tokio::test]
async fn invalid_keys_are_not_created() {
    let world = World::new().await;
    for wrong in [
        json!({ "name": "", "scopes": ["read"] }),
        json!({ "name": "  ", "scopes": ["read"] }),
        json!({ "name": "x".repeat(101), "scopes": ["read"] }),
        json!({ "name": "a\nb", "scopes": ["read"] }),
        json!({ "name": "x", "scopes": [] }),
    ] {
        world
            .post("/v1/keys", wrong.clone())
            .await
            .assert_problem(422, "invalid");
    }
}

#[tokio::test]
async fn a_key_must_match_completely() {
    let world = World::new().await;
    let key = world.key.clone();
    let (head, secret) = split_key(&key);
    let mut wrong = vec![
        String::new(),
        "acc_".to_owned(),
        head.to_owned(),
        format!("{head}_"),
        format!("{key}A"),
    ];
    wrong.extend(
        (1..secret.len())
            .step_by(7)
            .map(|length| format!("{head}_{}", &secret[..length])),
    );
    wrong.push(format!("acc_000000000000_{secret}"));
    wrong.push(key.to_uppercase());
    for (number, wrong) in wrong.iter().enumerate() {
        let call = world
            .anonymous_request("GET", "/v1/players")
            .key(wrong)
            .peer_address(&format!("10.0.0.{number}"));
        call.send().await.assert_problem(401, "unauthenticated");
    }
    for (header, expected) in [
        (format!("Bearer {key}"), 200),
        (format!("bearer {key}"), 200),
        (format!("Basic {key}"), 401),
        (key.clone(), 401),
        (format!("Bearer{key}"), 401),
    ] {
        let answer = world
            .anonymous_request("GET", "/v1/players")
            .header("authorization", &header)
            .send()
            .await;
        assert_eq!(answer.status, expected, "{}", header.replace(secret, "…"));
    }
}

#[tokio::test]
async fn the_audit_log_records_actor_and_action() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 1).await;
    world
        .submit_action(
            "1",
            json!({ "type": "award", "badge": "thanks", "reason": "thanks" }),
        )
        .await;
    world
        .post(
            "/v1/catalog",
            json!({ "catalog": { "format": "toml", "source": "" } }),
        )
        .await
        .assert_status(201);
    world
        .post("/v1/keys", json!({ "name": "shop", "scopes": ["read"] }))
        .await
        .assert_status(201);
    let keys = world.get("/v1/keys").await.json();
    let shop = keys["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "shop")
        .unwrap()["id"]
        .clone();
    world
        .admin_request("DELETE", &format!("/v1/keys/{}", shop.as_str().unwrap()))
        .send()
        .await
        .assert_status(204);
    world
        .admin_request("DELETE", "/v1/players/ada")
        .header("idempotency-key", "e")
        .send()
        .await
        .assert_status(200);

    let entries = world.get("/v1/audit").await.assert_status(200).json()["items"].clone();
    let logged: Vec<(&str, &str)> = entries
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["actor"].as_str().unwrap(),
                one["action"].as_str().unwrap(),
            )
        })
        .collect();
    let me = "key:everything";
    assert_eq!(
        logged,
        [
            (me, "player.erase"),
            (me, "key.revoke"),
            (me, "key.create"),
            (me, "catalog.publish"),
            (me, "accolade.award"),
            ("tests", "key.create"),
        ],
        "{entries}"
    );
    assert!(
        !entries.to_string().contains("ada"),
        "the log does not name the erased player: {entries}"
    );
}

#[tokio::test]
async fn background_jobs_are_awaited_listed_and_cancelled() {
    let world = World::with_settings(|settings| settings.server.prefix = "/game".to_owned()).await;
    world.record_events("ada", "post.published", 3).await;
    let begun = world
        .post("/v1/verifications", Value::Null)
        .await
        .assert_status(202);
    let id = begun.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(begun.header("location"), format!("/game/v1/jobs/{id}"));
    let done = world
        .get(&format!("/v1/jobs/{id}?wait=20"))
        .await
        .assert_status(200)
        .json();
    assert_eq!(
        (
            &done["phase"],
            &done["result"]["count"],
            &done["started_by"]
        ),
        (&json!("done"), &json!(0), &json!("key:everything"))
    );

    let cancelled = world
        .admin_request("DELETE", &format!("/v1/jobs/{id}"))
        .send()
        .await
        .assert_status(202)
        .json();
    assert_eq!(cancelled["phase"], "done", "a finished job stays finished");
    let listed = world.get("/v1/jobs").await.assert_status(200).json();
    assert_eq!(listed["items"][0]["id"], json!(id));
    assert_eq!(
        listed["items"][0].get("result"),
        Some(&json!(null)),
        "results may be large"
    );
}

#[tokio::test]
async fn the_number_of_background_jobs_is_limited() {
    let world = World::with_settings(|settings| settings.limits.jobs = 0).await;
    let answer = world.post("/v1/verifications", Value::Null).await;
    answer.assert_problem(503, "busy");
    assert_eq!(answer.header("retry-after"), "1");
}

#[tokio::test]
async fn statistics_count_what_happened() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 3).await;
    let days = world
        .get("/v1/activity?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z")
        .await
        .assert_status(200)
        .json();
    let day = &days["items"][0];
    assert_eq!(
        (&day["events"], &day["players"], &day["points_issued"]["xp"]),
        (&json!(3), &json!(1), &json!(30)),
        "{days}"
    );
    let status = world.get("/v1/status").await.assert_status(200).json();
    assert_eq!(
        (&status["catalog_version"], &status["totals"]["events"]),
        (&json!(1), &json!(3))
    );
}

#[tokio::test]
async fn the_metrics_match_the_documentation() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 1).await;
    let reader = world.create_key(KeyScope::Read).await;
    let read = async || {
        world
            .anonymous_request("GET", "/metrics")
            .key(&reader)
            .send()
            .await
            .assert_status(200)
    };
    // Outcomes are counted when the feed task reads them.
    let answer = within("an outcome", async {
        loop {
            let answer = read().await;
            if answer.text().contains("accolade_outcomes") {
                break answer;
            }
            // Polling without a pause would exceed the rate limit.
            world
                .get("/v1/feed?after=1000&wait=1")
                .await
                .assert_status(200);
        }
    })
    .await;
    assert!(
        answer
            .header("content-type")
            .starts_with("application/openmetrics-text")
    );
    let text = answer.text();
    let documented = include_str!("../../../../docs/http.md");
    let mut names: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    names.sort_unstable();
    let documented = documented
        .lines()
        .filter_map(|line| line.strip_prefix("| `accolade_")?.split('`').next());
    let mut documented: Vec<String> = documented.map(|name| format!("accolade_{name}")).collect();
    documented.sort_unstable();
    // OpenMetrics adds `_total` to counters, but not in the TYPE line.
    let documented: Vec<&str> = documented
        .iter()
        .map(|name| name.trim_end_matches("_total"))
        .collect();
    assert_eq!(names, documented);
    assert!(
        text.contains("accolade_events_total{status=\"accepted\"} 1\n"),
        "{text}"
    );
}

#[tokio::test]
async fn invented_methods_and_paths_do_not_grow_the_metrics() {
    let world = World::new().await;
    for number in 0..50 {
        world
            .anonymous_request(&format!("BREW{number}"), &format!("/made/up/{number}"))
            .send()
            .await;
        world
            .anonymous_request(&format!("BREW{number}"), "/v1/players/ada")
            .send()
            .await;
    }
    let text = world.get("/metrics").await.assert_status(200).text();
    let lines = text
        .lines()
        .filter(|line| line.starts_with("accolade_http_requests_total"))
        .count();
    assert!(lines < 10, "{text}");
    assert!(!text.contains("BREW"), "{text}");
}

#[tokio::test]
async fn health_checks_follow_the_state_of_the_service() {
    let world = World::new().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(
            world
                .anonymous_request("GET", path)
                .send()
                .await
                .assert_status(200)
                .json(),
            json!({ "status": "ok" })
        );
    }
    world.site.begin_shutdown();
    world
        .anonymous_request("GET", "/healthz")
        .send()
        .await
        .assert_status(200);
    let answer = world.anonymous_request("GET", "/readyz").send().await;
    answer.assert_problem(503, "stopping");
}
