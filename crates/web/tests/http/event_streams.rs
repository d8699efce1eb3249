//! A stream of events that stalls: lines are recorded, and the response says so.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::world::World;

/// Creates a body to which a test appends.
fn open_body() -> (UnboundedSender<String>, Body) {
    let (sender, receiver) = unbounded_channel::<String>();
    let pieces = futures_util::stream::unfold(receiver, |mut receiver| async move {
        let piece = receiver.recv().await?;
        Some((Ok::<_, Infallible>(Bytes::from(piece)), receiver))
    });
    (sender, Body::from_stream(pieces))
}

fn line(id: usize) -> String {
    let event = json!({ "id": id.to_string(), "player": "ada", "name": "post.published" });
    format!("{event}\n")
}

async fn count_events(world: &World) -> u64 {
    let rows = world.engine.maintenance().count_rows().await;
    rows.unwrap().events
}

#[tokio::test]
async fn lines_are_recorded_while_the_stream_pauses() {
    let world = World::new().await;
    let (sender, body) = open_body();
    let request = world.admin_request("POST", "/v1/events/stream");
    let response = request.json_lines(body).send();
    tokio::pin!(response);
    let committed = world.engine.feed().changed();
    for id in 0..10 {
        sender.send(line(id)).unwrap();
    }
    tokio::select! {
        biased;
        () = committed => {}
        answer = &mut response => panic!("ended before the lines were recorded: {}", answer.text()),
    }
    assert_eq!(count_events(&world).await, 10);
    sender.send(line(10)).unwrap();
    drop(sender);
    let summary = response.await.assert_status(200).json();
    assert_eq!(
        (&summary["lines"], &summary["accepted"]),
        (&json!(11), &json!(11))
    );
}

#[tokio::test]
async fn a_stream_that_times_out_reports_what_it_recorded() {
    let world = World::with_settings(|settings| settings.server.idle_seconds = 1).await;
    let (sender, body) = open_body();
    for id in 0..10 {
        sender.send(line(id)).unwrap();
    }
    sender.send("{\"id\": \"unfinished".to_owned()).unwrap();
    let request = world.admin_request("POST", "/v1/events/stream");
    let answer = request.json_lines(body).send().await;
    answer.assert_problem(408, "timeout");
    assert_eq!(count_events(&world).await, 10);
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(
        detail.contains("lines processed: 10 (10 accepted"),
        "{detail}"
    );
}

#[tokio::test]
async fn a_stream_that_breaks_keeps_the_lines_before() {
    let world = World::new().await;
    let pieces = [
        Ok(Bytes::from(line(0) + &line(1))),
        Err(std::io::Error::other("the network")),
    ];
    let body = Body::from_stream(futures_util::stream::iter(pieces));
    let request = world.admin_request("POST", "/v1/events/stream");
    let answer = request.json_lines(body).send().await;
    answer.assert_problem(400, "malformed");
    assert_eq!(count_events(&world).await, 2);
    assert!(
        answer.text().contains("lines processed: 2 (2 accepted"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn lines_that_are_no_events_are_counted_in_the_metrics() {
    let world = World::new().await;
    let body = format!("{}{{\n{{}}\n", line(0));
    let request = world.admin_request("POST", "/v1/events/stream");
    request.json_lines(body).send().await.assert_status(200);
    let metrics = world.get("/metrics").await.text();
    for counted in [
        "accolade_events_total{status=\"accepted\"} 1",
        "accolade_events_total{status=\"rejected\"} 2",
    ] {
        assert!(metrics.contains(counted), "{metrics}");
    }
}
