//! Credentials end: streams close with them, and merged guests lose their tokens.

use std::sync::mpsc::Sender;
use std::time::Duration;

use accolade_web::KeyScope;
use axum::body::Body;
use serde_json::json;

use crate::socket::{TEST_TIMEOUT, within};
use crate::streams::EventReader;
use crate::world::World;

/// Interval at which a stream checks its credential.
const CHECK_INTERVAL: Duration = Duration::from_secs(15);

/// Pauses the time of the runtime, until the result is dropped. It then changes only by `advance`.
fn pause_time() -> Sender<()> {
    let (paused, end) = std::sync::mpsc::channel();
    // An idle runtime advances a paused clock by itself, but not while a blocking task runs.
    tokio::task::spawn_blocking(move || end.recv_timeout(TEST_TIMEOUT));
    tokio::time::pause();
    paused
}

/// Creates an administrator. Returns the session cookie.
pub(crate) async fn create_administrator(world: &World, name: &str) -> String {
    let link = world.site.create_invitation_link("tests").await.unwrap();
    let invitation = link.split_once("invitation=").unwrap().1;
    let form = format!("invitation={invitation}&name={name}&password=correct+horse+battery");
    let answer = world
        .anonymous_request("POST", "/admin/welcome")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .assert_status(303);
    let cookie = answer.header("set-cookie").split(';').next();
    cookie.unwrap().to_owned()
}

/// Opens a stream with a cookie.
async fn open_with_cookie(world: &World, path: &str, cookie: &str) -> EventReader {
    let request = world
        .anonymous_request("GET", path)
        .header("cookie", cookie);
    EventReader::from_body(open_body(request).await).await
}

async fn open_body(request: crate::world::RequestBuilder<'_>) -> Body {
    let response = request.send_streaming().await;
    assert_eq!(response.status(), 200);
    response.into_body()
}

async fn record_post(world: &World, id: &str) {
    let event = json!({ "player": "ada", "name": "post.published", "id": id });
    world.post("/v1/events", event).await.assert_status(201);
}

#[tokio::test]
async fn a_player_stream_ends_when_its_token_expires() {
    let world = World::new().await;
    let token = world.site.issue_player_token("ada", 60);
    let path = "/v1/players/ada/live";
    let mut api = EventReader::open(&world, path, &token, None).await;
    let cookie = format!("accolade_player={token}");
    let mut page = open_with_cookie(&world, "/live?mine=1", &cookie).await;
    let mut visitors = open_with_cookie(&world, "/live", &cookie).await;

    record_post(&world, "before").await;
    for stream in [&mut api, &mut page, &mut visitors] {
        let heard = stream.next_event().await.unwrap();
        assert!(heard.data.contains("before"), "{heard:?}");
    }
    world.advance_clock(60);
    record_post(&world, "after").await;
    for stream in [&mut api, &mut page] {
        let heard = within("the end of a stream", stream.skip_until("after")).await;
        assert_eq!(heard, None, "the token has expired");
    }
    let heard = visitors.skip_until("after").await;
    assert!(heard.is_some(), "everyone sees this stream");
}

#[tokio::test]
async fn a_silent_player_stream_ends_when_its_token_expires() {
    let _time = pause_time();
    let world = World::new().await;
    let token = world.site.issue_player_token("ada", 60);
    let path = "/v1/players/ada/live";
    let mut stream = EventReader::open(&world, path, &token, None).await;
    world.advance_clock(60);
    tokio::time::advance(CHECK_INTERVAL).await;
    assert_eq!(within("the end", stream.next_event()).await, None);
}

#[tokio::test]
async fn a_stream_ends_at_once_when_its_key_is_revoked() {
    let world = World::new().await;
    let key = world.create_key(KeyScope::Read).await;
    let mut everyone = EventReader::open(&world, "/v1/live", &key, None).await;
    let path = "/v1/players/ada/live";
    let mut player = EventReader::open(&world, path, &key, None).await;
    let mut other = EventReader::open(&world, "/v1/live", &world.key, None).await;
    let id = key.split('_').nth(1).unwrap();
    world
        .admin_request("DELETE", &format!("/v1/keys/{id}"))
        .send()
        .await
        .assert_status(204);
    assert_eq!(within("the end", everyone.next_event()).await, None);
    assert_eq!(within("the end", player.next_event()).await, None);
    record_post(&world, "after").await;
    assert!(other.skip_until("after").await.is_some());
}

#[tokio::test]
async fn a_stream_ends_when_another_process_revokes_its_key() {
    let _time = pause_time();
    let world = World::new().await;
    let key = world.create_key(KeyScope::Read).await;
    let mut stream = EventReader::open(&world, "/v1/live", &key, None).await;
    // Without the site, which would tell the stream.
    let revoked = accolade_web::revoke_key(&world.engine, "read", "the command line");
    assert!(revoked.await.unwrap());
    tokio::time::advance(CHECK_INTERVAL).await;
    assert_eq!(within("the end", stream.next_event()).await, None);
}

#[tokio::test]
async fn a_new_secret_ends_all_tokens_and_their_streams() {
    let _time = pause_time();
    let world = World::new().await;
    record_post(&world, "first").await;
    let path = "/v1/players/ada/live";
    let read = async |token: &str| {
        let request = world.anonymous_request("GET", "/v1/players/ada").key(token);
        request.send().await.status
    };
    let token = world.site.issue_player_token("ada", 6_000);
    let mut stream = EventReader::open(&world, path, &token, None).await;
    let mut keyed = EventReader::open(&world, path, &world.key, None).await;
    let rotated = accolade_web::rotate_token_secret(&world.engine, "the command line");
    rotated.await.unwrap();
    // A second more than the interval, because timers are late by up to a millisecond.
    tokio::time::advance(Duration::from_secs(6)).await;
    assert_eq!(within("the end", stream.next_event()).await, None);
    assert_eq!(read(&token).await, 401);
    assert_eq!(read(&world.site.issue_player_token("ada", 60)).await, 200);
    record_post(&world, "after").await;
    assert!(keyed.skip_until("after").await.is_some());
}

#[tokio::test]
async fn an_administrators_stream_ends_with_the_session() {
    let world = World::new().await;
    let end = async |path: &str, cookie: &str, key: &str, method: &str| {
        let request = world
            .anonymous_request(method, path)
            .header("cookie", cookie);
        let answer = request.key(key).send().await;
        assert!(
            [204, 303].contains(&answer.status),
            "{path}: {}",
            answer.text()
        );
    };
    for (name, method, path) in [
        ("eve", "DELETE", "/v1/administrators/eve"),
        ("dora", "POST", "/admin/sign-out"),
        ("carol", "POST", "/admin/sign-out-everywhere"),
    ] {
        let cookie = create_administrator(&world, name).await;
        let other = create_administrator(&world, &format!("{name}2")).await;
        let mut stream = open_with_cookie(&world, "/admin/live", &cookie).await;
        let mut others = open_with_cookie(&world, "/admin/live", &other).await;
        end(path, &cookie, &world.key, method).await;
        assert_eq!(within(path, stream.next_event()).await, None);
        record_post(&world, name).await;
        assert!(others.skip_until(name).await.is_some(), "{path}");
    }
    let cookie = create_administrator(&world, "frieda").await;
    let mut stream = open_with_cookie(&world, "/admin/live", &cookie).await;
    let hours = i64::try_from(world.site.settings().administrators.session_seconds).unwrap();
    world.advance_clock(hours);
    record_post(&world, "expired").await;
    assert_eq!(within("the end", stream.skip_until("expired")).await, None);
}

#[tokio::test]
async fn the_token_of_a_merged_guest_does_not_read_the_player() {
    let world = World::new().await;
    world.record_events("ada", "riddle.solved", 1).await;
    world.record_events("guest9", "post.published", 1).await;
    let token = world.site.issue_player_token("guest9", 6_000);
    let places = ["", "/badges", "/progress", "/unlockables", "/live"];
    let places = places.map(|part| format!("/v1/players/guest9{part}"));
    let read = async |path: &str| {
        let request = world.anonymous_request("GET", path).key(&token);
        request.send_headers_only().await.status
    };
    for place in &places {
        assert_eq!(read(place).await, 200, "{place}");
    }
    world
        .submit_action("m", json!({ "type": "merge", "guest": "guest9" }))
        .await;
    for place in &places {
        assert_eq!(read(place).await, 403, "{place}");
    }
    let refused = world.anonymous_request("GET", &places[0]).key(&token);
    let refused = refused.send().await;
    refused.assert_problem(403, "forbidden");
    assert!(
        !refused.text().contains("ada") && refused.text().contains("request a token"),
        "{}",
        refused.text()
    );
    // On pages, the guest is a visitor.
    let cookie = format!("accolade_player={token}");
    let page = async |path: &str| {
        let request = world.anonymous_request("GET", path);
        request
            .header("cookie", &cookie)
            .send_headers_only()
            .await
            .status
    };
    assert_eq!(page("/live?mine=1").await, 401);
    let profile = world
        .anonymous_request("GET", "/players/guest9")
        .header("cookie", &cookie)
        .send()
        .await
        .assert_status(200);
    assert!(!profile.text().contains("Sphinx"), "{}", profile.text());

    world
        .submit_action("u", json!({ "type": "unmerge", "guest": "guest9" }))
        .await;
    assert_eq!(read(&places[0]).await, 200, "the guest is a player again");
}

#[tokio::test]
async fn tokens_and_personal_data_exports_are_in_the_audit_log() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 1).await;
    for player in ["ada", "bob", "carol"] {
        let path = format!("/v1/players/{player}/tokens");
        world.post(&path, json!({})).await.assert_status(201);
    }
    let path = "/v1/players/ada/personal-data";
    world.get(path).await.assert_status(200);
    let unknown = world.get("/v1/players/unknown/personal-data").await;
    unknown.assert_status(404);
    let log = world.get("/v1/audit").await.assert_status(200).json();
    let entry = |number: usize| {
        let entry = &log["items"][number];
        (
            entry["actor"].as_str().unwrap(),
            entry["action"].as_str().unwrap(),
            entry["player"].as_str(),
            entry["detail"].clone(),
        )
    };
    let actor = "key:everything";
    assert_eq!(entry(0), (actor, "player.export", Some("ada"), json!({})));
    let count = json!({ "count_in_this_hour": 1 });
    assert_eq!(entry(1), (actor, "token.issue", None, count), "{log}");
    assert_eq!(entry(2).1, "key.create", "one entry for three tokens");

    world
        .admin_request("DELETE", "/v1/players/ada")
        .header("idempotency-key", "e")
        .send()
        .await
        .assert_status(200);
    let log = world.get("/v1/audit").await.assert_status(200).text();
    assert!(
        !log.contains("ada"),
        "the entries of an erased player: {log}"
    );
}
