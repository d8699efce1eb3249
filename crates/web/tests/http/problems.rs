//! All errors are problem details (RFC 9457).

use serde_json::json;

use crate::operations;
use crate::world::World;

#[tokio::test]
async fn all_errors_are_problem_details() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 1).await;
    for (method, path, status, kind) in [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/v2/players", 404, "not-found"),
        ("GET", "/v1", 404, "not-found"),
        ("GET", "/v1/players/", 404, "not-found"),
        ("GET", "/v1/players//ledger", 404, "unknown-player"),
        ("GET", "/v1/players/nobody", 404, "unknown-player"),
        ("GET", "/v1/players/nobody/badges", 404, "unknown-player"),
        ("GET", "/v1/players/nobody/ledger", 404, "unknown-player"),
        ("GET", "/v1/players/nobody/timeline", 404, "unknown-player"),
        (
            "GET",
            "/v1/players/nobody/personal-data",
            404,
            "unknown-player",
        ),
        (
            "GET",
            "/v1/players/nobody/why?about=author",
            404,
            "unknown-player",
        ),
        ("GET", "/v1/players/ada/why?about=nothing", 422, "invalid"),
        ("GET", "/v1/players/ada/why", 400, "malformed"),
        ("GET", "/v1/players/%ff", 400, "malformed"),
        ("GET", "/v1/players/ada?as=mother", 400, "malformed"),
        ("GET", "/v1/players/ada?eyes=open", 400, "malformed"),
        ("GET", "/v1/players/ada/ledger?after=x", 400, "malformed"),
        (
            "GET",
            "/v1/players/ada/timeline?after=bnVsbA",
            400,
            "malformed",
        ),
        ("GET", "/v1/players?limit=0", 400, "malformed"),
        ("GET", "/v1/players?limit=1001", 400, "malformed"),
        ("GET", "/v1/players?limit=-1", 400, "malformed"),
        (
            "GET",
            "/v1/players?limit=99999999999999999999",
            400,
            "malformed",
        ),
        ("GET", "/v1/badges/nothing", 404, "unknown"),
        ("GET", "/v1/badges/nothing/earners", 404, "unknown"),
        ("GET", "/v1/catalog/versions/2", 404, "unknown"),
        ("GET", "/v1/catalog/versions/one", 400, "malformed"),
        ("GET", "/v1/catalog/versions/-1", 404, "unknown"),
        ("GET", "/v1/jobs/none", 404, "unknown"),
        ("DELETE", "/v1/jobs/none", 404, "unknown"),
        ("GET", "/v1/jobs/none?wait=21", 400, "malformed"),
        ("DELETE", "/v1/keys/none", 404, "unknown"),
        ("GET", "/v1/feed?after=-1", 400, "malformed"),
        ("GET", "/v1/feed?wait=21", 400, "malformed"),
        ("GET", "/v1/feed?after=x", 400, "malformed"),
        ("GET", "/v1/activity", 400, "malformed"),
        (
            "GET",
            "/v1/activity?from=today&to=tomorrow",
            400,
            "malformed",
        ),
        ("GET", "/v1/audit?after=x", 400, "malformed"),
        ("PUT", "/v1/players/ada", 405, "method-not-allowed"),
        ("DELETE", "/v1/events", 405, "method-not-allowed"),
        ("PATCH", "/healthz", 405, "method-not-allowed"),
        ("BREW", "/v1/badges", 405, "method-not-allowed"),
    ] {
        let answer = world.admin_request(method, path).send().await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
        answer.assert_problem(status, kind);
        assert_eq!(
            answer.header("allow").is_empty(),
            status != 405,
            "{method} {path} lists the allowed methods"
        );
    }
    world
        .admin_request("GET", "/v1/live")
        .header("last-event-id", "x")
        .send()
        .await
        .assert_problem(400, "malformed");
}

#[tokio::test]
async fn unsupported_media_types_are_refused_everywhere() {
    let world = World::new().await;
    for operation in operations::all_operations()
        .iter()
        .filter(|operation| operation.media_type.is_some())
    {
        let kind = operation.media_type.as_deref().unwrap();
        let call = |content: &str| {
            operation
                .example_request(&world)
                .key(&world.key)
                .header("content-type", content)
        };
        for other in [
            "text/plain",
            "application/xml",
            "",
            "application/jsonp",
            "multipart/form-data; boundary=x",
        ] {
            call(other)
                .send()
                .await
                .assert_problem(415, "unsupported-media-type");
        }
        // Parameters are accepted, and case does not matter (RFC 9110, 8.3.1).
        for same in [format!("{kind}; charset=utf-8"), kind.to_uppercase()] {
            assert_ne!(
                call(&same).send_headers_only().await.status,
                415,
                "{}: {same}",
                operation.id
            );
        }
    }
}

#[tokio::test]
async fn malformed_bodies_are_refused_everywhere() {
    let world = World::with_settings(|settings| settings.limits.body_bytes = 100_000).await;
    let bomb = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    for operation in operations::all_operations()
        .iter()
        .filter(|one| one.media_type.as_deref() == Some("application/json"))
    {
        let send = |body: Vec<u8>| {
            operation
                .example_request(&world)
                .key(&world.key)
                .body(body)
                .send()
        };
        for wrong in [
            &b""[..],
            b"{",
            b"\xff\xfe",
            b"null true",
            b"{\"a\": 1e999}x",
            &bomb.as_bytes()[..49_000],
        ] {
            let answer = send(wrong.to_vec()).await;
            assert_eq!(answer.status, 400, "{}: {}", operation.id, answer.text());
            answer.assert_problem(400, "malformed");
        }
        let answer = send(bomb.clone().into_bytes()).await;
        // It is a valid batch of a single invalid item, which is rejected separately.
        assert!(answer.status < 500, "{}: {}", operation.id, answer.text());
        send(vec![b' '; 100_001])
            .await
            .assert_problem(413, "too-large");
    }
}

#[tokio::test]
async fn unknown_fields_are_refused() {
    let world = World::new().await;
    for (path, body) in [
        ("/v1/players/ada/tokens", json!({ "minutes": 5 })),
        (
            "/v1/players/ada/actions",
            json!({ "type": "reset", "hard": true }),
        ),
        (
            "/v1/actions",
            json!([{ "player": "ada", "action": { "type": "reset" }, "else": 1 }]),
        ),
        (
            "/v1/keys",
            json!({ "name": "x", "scopes": ["read"], "until": "2027" }),
        ),
        ("/v1/keys", json!({ "name": "x", "scopes": ["root"] })),
        ("/v1/catalog", json!({ "version": 1, "force": true })),
        (
            "/v1/catalog/check",
            json!({ "format": "toml", "source": "", "strict": true }),
        ),
        (
            "/v1/catalog/plans",
            json!({ "catalog": { "format": "toml", "source": "" }, "quick": true }),
        ),
    ] {
        let answer = world
            .admin_request("POST", path)
            .header("idempotency-key", "1")
            .json(body)
            .send()
            .await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text());
        answer.assert_problem(400, "malformed");
    }
}
