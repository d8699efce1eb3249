//! Compression of responses.

use crate::world::World;

#[tokio::test]
async fn large_texts_are_compressed_as_the_client_accepts() {
    let world = World::new().await;
    let mut sizes = Vec::new();
    for (accepts, encoding) in [
        ("", ""),
        ("identity", ""),
        ("gzip", "gzip"),
        ("gzip, br", "br"),
        ("zstd", ""),
    ] {
        let mut request = world.anonymous_request("GET", "/badges");
        if !accepts.is_empty() {
            request = request.header("accept-encoding", accepts);
        }
        let page = request.send().await.assert_status(200);
        assert_eq!(page.header("content-encoding"), encoding, "{accepts}");
        assert_eq!(page.header("vary"), "accept-encoding", "{accepts}");
        sizes.push(page.body.len());
    }
    assert!(
        sizes[2] * 3 < sizes[0] && sizes[3] * 3 < sizes[0],
        "{sizes:?}"
    );
}

#[tokio::test]
async fn small_bodies_and_streams_are_not_compressed() {
    let world = World::new().await;
    for path in ["/healthz", "/robots.txt", "/assets/icon-192.png"] {
        let request = world.anonymous_request("GET", path);
        let answer = request.header("accept-encoding", "gzip, br").send().await;
        assert_eq!(answer.header("content-encoding"), "", "{path}");
    }
    let stream = world.anonymous_request("GET", "/live");
    let stream = stream.header("accept-encoding", "gzip, br");
    let response = stream.send_streaming().await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert!(!response.headers().contains_key("content-encoding"));
}

#[tokio::test]
async fn an_etag_is_valid_for_every_encoding() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 5).await;
    let load = |accepts: &'static str, known: String| {
        let request = world.admin_request("GET", "/v1/players/ada");
        let request = request.header("accept-encoding", accepts);
        request.header("if-none-match", &known).send()
    };
    let plain = load("identity", "\"x\"".to_owned())
        .await
        .assert_status(200);
    let packed = load("gzip", "\"x\"".to_owned()).await.assert_status(200);
    assert_eq!(packed.header("content-encoding"), "gzip");
    let tag = packed.header("etag").to_owned();
    assert!(
        tag.starts_with("W/"),
        "bytes differ, so the tag is weak: {tag}"
    );
    assert_eq!(plain.header("etag"), tag);
    for accepts in ["identity", "gzip", "br"] {
        let answer = load(accepts, tag.clone()).await;
        assert_eq!(answer.status, 304, "{accepts}");
    }
}
