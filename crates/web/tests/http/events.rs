//! Recording of events: single, in batches, and streamed.

use axum::body::{Body, Bytes};
use serde_json::{Value, json};

use crate::world::World;

/// Builds an event of ada.
fn event(id: &str, name: &str) -> Value {
    json!({ "id": id, "player": "ada", "name": name, "at": "2026-03-01T11:00:00Z", "props": { "words": 100 } })
}

fn with_field(mut event: Value, key: &str, value: Value) -> Value {
    event[key] = value;
    event
}

#[tokio::test]
async fn an_event_is_recorded_once_however_often_it_is_sent() {
    let world = World::new().await;
    let first = world
        .post("/v1/events", event("1", "post.published"))
        .await
        .assert_status(201)
        .json();
    assert_eq!(
        (&first["id"], &first["status"]),
        (&json!("1"), &json!("accepted"))
    );
    let kinds: Vec<&Value> = first["outcomes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["kind"])
        .collect();
    assert_eq!(kinds, ["points", "points", "badge.awarded"], "{first}");

    let again = world
        .post("/v1/events", event("1", "post.published"))
        .await
        .assert_status(200)
        .json();
    assert_eq!(again["status"], "duplicate");
    assert_eq!(again["outcomes"], first["outcomes"]);

    for (key, value) in [
        ("name", json!("post.deleted")),
        ("at", json!("2026-03-01T11:00:01Z")),
        ("props", json!({ "words": 101 })),
        ("order", json!(1)),
    ] {
        let other = with_field(event("1", "post.published"), key, value);
        world
            .post("/v1/events", other)
            .await
            .assert_problem(409, "conflict");
    }
    let profile = world.get("/v1/players/ada").await.assert_status(200).json();
    assert_eq!(profile["events"], 1);
}

#[tokio::test]
async fn an_invalid_event_is_refused_and_leaves_no_trace() {
    let world = World::new().await;
    let deep = (0..40).fold(json!(1), |inner, _| json!({ "in": inner }));
    for (key, value) in [
        ("player", json!("")),
        ("player", json!("x".repeat(256))),
        ("player", json!("a\u{0}b")),
        ("name", json!("")),
        ("name", json!("accolade.points")),
        ("id", json!("")),
        ("id", json!("x".repeat(256))),
        ("at", json!("yesterday")),
        ("at", json!("2026-02-30T00:00:00Z")),
        ("at", json!("2030-01-01T00:00:00Z")),
        ("order", json!("first")),
        ("props", json!([])),
        ("props", json!({ "text": "x".repeat(70_000) })),
        ("props", deep),
        ("nickname", json!("an unknown field")),
    ] {
        let wrong = with_field(event("1", "post.published"), key, value);
        let answer = world.post("/v1/events", wrong).await;
        answer.assert_problem(422, "invalid-event");
    }
    world
        .post("/v1/events", json!(17))
        .await
        .assert_problem(422, "invalid-event");
    world
        .get("/v1/players/ada")
        .await
        .assert_problem(404, "unknown-player");
    assert_eq!(
        world
            .engine
            .maintenance()
            .count_rows()
            .await
            .unwrap()
            .events,
        0
    );
}

#[tokio::test]
async fn an_idempotency_key_is_the_default_id() {
    let world = World::new().await;
    let bare = json!({ "player": "ada", "name": "post.published" });
    let send = |key: &'static str, body: Value| {
        world
            .admin_request("POST", "/v1/events")
            .header("idempotency-key", key)
            .json(body)
            .send()
    };
    assert_eq!(
        send("k-1", bare.clone()).await.assert_status(201).json()["id"],
        "k-1"
    );
    assert_eq!(
        send("\"k-1\"", bare.clone())
            .await
            .assert_status(200)
            .json()["status"],
        "duplicate"
    );
    assert_eq!(
        send("k-2", event("own", "post.published"))
            .await
            .assert_status(201)
            .json()["id"],
        "own"
    );
    let batch = json!([bare, event("own", "post.published"), bare]);
    let first = send("k-3", batch.clone()).await.assert_status(200).json();
    let ids: Vec<&Value> = first["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["id"])
        .collect();
    assert_eq!(ids, ["k-3:0", "own", "k-3:2"]);
    let again = send("k-3", batch).await.assert_status(200).json();
    assert!(
        again["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|item| item["status"] == "duplicate"),
        "{again}"
    );
    for wrong in ["", "\"\"", &"x".repeat(256), "\u{fc}"] {
        let call = world
            .admin_request("POST", "/v1/events")
            .header("idempotency-key", wrong)
            .json(bare.clone());
        call.send().await.assert_problem(400, "malformed");
    }
}

#[tokio::test]
async fn each_event_of_a_batch_is_accepted_or_rejected_independently() {
    let world = World::new().await;
    world
        .post("/v1/events", event("old", "post.published"))
        .await
        .assert_status(201);
    let batch = json!([
        event("new", "post.published"),
        event("old", "post.published"),
        event("old", "post.deleted"),
        event("new", "post.published"),
        with_field(event("wrong", "post.published"), "player", json!("")),
        "no event",
        event("last", "post.published"),
    ]);
    let items = world
        .post("/v1/events", batch)
        .await
        .assert_status(200)
        .json()["items"]
        .clone();
    let actual: Vec<(&str, &str)> = items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            (
                item["status"].as_str().unwrap(),
                item["problem"]["type"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    let problem = |kind: &'static str| ("rejected", kind);
    assert_eq!(
        actual,
        [
            ("accepted", ""),
            ("duplicate", ""),
            problem("urn:accolade:problem:conflict"),
            ("duplicate", ""),
            problem("urn:accolade:problem:invalid-event"),
            problem("urn:accolade:problem:invalid-event"),
            ("accepted", ""),
        ],
        "{items}"
    );
    assert_eq!(
        world
            .post("/v1/events", json!([]))
            .await
            .assert_status(200)
            .json(),
        json!({ "items": [] })
    );
}

#[tokio::test]
async fn a_batch_over_the_limit_is_rejected_as_a_whole() {
    let world = World::with_settings(|settings| settings.limits.batch_events = 3).await;
    let batch = |size: usize| -> Value { (0..size).map(|n| event(&n.to_string(), "a")).collect() };
    world
        .post("/v1/events", batch(4))
        .await
        .assert_problem(413, "too-large");
    assert_eq!(
        world
            .engine
            .maintenance()
            .count_rows()
            .await
            .unwrap()
            .events,
        0
    );
    world.post("/v1/events", batch(3)).await.assert_status(200);
    assert_eq!(
        world
            .engine
            .maintenance()
            .count_rows()
            .await
            .unwrap()
            .events,
        3
    );
}

/// Builds lines of every kind: valid, empty, duplicate and invalid.
fn sample_lines() -> Vec<u8> {
    let mut lines = Vec::new();
    for line in [
        event("1", "post.published").to_string(),
        String::new(),
        with_field(
            event("2", "post.published"),
            "player",
            json!("bob \u{1f9ed}"),
        )
        .to_string(),
        "  ".to_owned(),
        "{".to_owned(),
        event("1", "post.published").to_string(),
        format!("{}\r", event("3", "post.published")),
        with_field(event("4", "post.published"), "name", json!("")).to_string(),
        event("1", "another").to_string(),
        event("5", "post.published").to_string(),
    ] {
        lines.extend_from_slice(line.as_bytes());
        lines.push(b'\n');
    }
    lines.pop();
    lines
}

/// Builds a body that arrives in pieces.
fn body_in_pieces(pieces: Vec<Vec<u8>>) -> Body {
    let pieces = pieces
        .into_iter()
        .map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece)));
    Body::from_stream(futures_util::stream::iter(pieces))
}

#[tokio::test]
async fn streamed_lines_count_the_same_wherever_they_are_cut() {
    let whole = sample_lines();
    for (size, batch_events) in [
        (1, 1),
        (1, 1_000),
        (2, 2),
        (7, 3),
        (64, 1),
        (100, 2),
        (10_000, 1),
        (10_000, 1_000),
    ] {
        let world =
            World::with_settings(|settings| settings.limits.batch_events = batch_events).await;
        let body = body_in_pieces(whole.chunks(size).map(<[u8]>::to_vec).collect());
        let answer = world
            .admin_request("POST", "/v1/events/stream")
            .json_lines(body)
            .send()
            .await
            .assert_status(200)
            .json();
        let count = |key: &str| answer[key].as_u64().unwrap();
        let counts = (
            count("lines"),
            count("accepted"),
            count("duplicates"),
            count("rejected"),
        );
        assert_eq!(
            counts,
            (8, 4, 1, 3),
            "in pieces of {size}, {batch_events} at a time: {answer}"
        );
        let rejects = answer["rejects"].as_array().unwrap();
        let numbers: Vec<u64> = rejects
            .iter()
            .map(|reject| reject["line"].as_u64().unwrap())
            .collect();
        assert_eq!(numbers, [5, 8, 9], "{answer}");
        assert_eq!(
            world
                .engine
                .maintenance()
                .count_rows()
                .await
                .unwrap()
                .events,
            4
        );
    }
}

#[tokio::test]
async fn the_line_limit_applies_wherever_a_stream_is_cut() {
    const MOST: usize = 1024 * 1024;
    let good = format!("{}\n", event("1", "a")).into_bytes();
    for (length, end, expected) in [
        (MOST, "\n", 200),
        (MOST, "", 200),
        (MOST + 1, "\n", 413),
        (MOST + 1, "", 413),
    ] {
        for size in [64 * 1024, 4 * MOST] {
            let world = World::with_settings(|settings| settings.limits.batch_events = 1).await;
            let mut body = good.clone();
            body.extend(std::iter::repeat_n(b'x', length));
            body.extend_from_slice(end.as_bytes());
            let body = body_in_pieces(body.chunks(size).map(<[u8]>::to_vec).collect());
            let answer = world
                .admin_request("POST", "/v1/events/stream")
                .json_lines(body)
                .send()
                .await;
            assert_eq!(
                answer.status,
                expected,
                "{length} bytes in pieces of {size}: {}",
                answer.text()
            );
            if expected == 413 {
                answer.assert_problem(413, "too-large");
                assert!(answer.text().contains("line 2"), "{}", answer.text());
            }
            assert_eq!(
                world
                    .engine
                    .maintenance()
                    .count_rows()
                    .await
                    .unwrap()
                    .events,
                1,
                "the lines before are recorded"
            );
        }
    }
}

#[tokio::test]
async fn a_stream_may_be_longer_than_any_other_body() {
    let world = World::with_settings(|settings| settings.limits.body_bytes = 1_000).await;
    let lines = (0..500).map(|n| format!("{}\n", event(&n.to_string(), "a")).into_bytes());
    let body = body_in_pieces(lines.collect());
    let answer = world
        .admin_request("POST", "/v1/events/stream")
        .json_lines(body)
        .send()
        .await
        .assert_status(200)
        .json();
    assert_eq!(answer["accepted"], 500);
    let long = with_field(
        event("x", "a"),
        "props",
        json!({ "text": "x".repeat(1_000) }),
    );
    world
        .post("/v1/events", long)
        .await
        .assert_problem(413, "too-large");
}

#[tokio::test]
async fn the_first_hundred_rejected_lines_are_reported() {
    let world = World::new().await;
    let body = "{}\n".repeat(250);
    let answer = world
        .admin_request("POST", "/v1/events/stream")
        .json_lines(body)
        .send()
        .await
        .assert_status(200)
        .json();
    assert_eq!(
        (
            answer["rejected"].as_u64(),
            answer["rejects"].as_array().unwrap().len()
        ),
        (Some(250), 100)
    );
    assert_eq!(answer["rejects"][99]["line"], 100);
}

#[tokio::test]
async fn an_aborted_stream_keeps_the_recorded_lines() {
    let world = World::with_settings(|settings| settings.limits.batch_events = 1).await;
    let line = format!("{}\n", event("1", "a"));
    let parts = [
        Ok(Bytes::from(line)),
        Err(std::io::Error::other("the network")),
    ];
    let body = Body::from_stream(futures_util::stream::iter(parts));
    world
        .admin_request("POST", "/v1/events/stream")
        .json_lines(body)
        .send()
        .await
        .assert_problem(400, "malformed");
    assert_eq!(
        world
            .engine
            .maintenance()
            .count_rows()
            .await
            .unwrap()
            .events,
        1
    );
}
