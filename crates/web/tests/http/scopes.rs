//! Authorization: every operation with every scope.

use accolade_web::KeyScope;

use crate::operations;
use crate::world::World;

#[tokio::test]
async fn a_key_reaches_what_its_scope_allows_and_nothing_else() {
    let world = World::new().await;
    let mut keys = Vec::new();
    for scope in KeyScope::ALL {
        keys.push((scope, world.create_key(scope).await));
    }
    for operation in operations::all_operations() {
        for (scope, key) in &keys {
            // Some operations erase the player, so it is recorded again before each.
            world
                .engine
                .record(accolade::NewEvent::new("ada", "a"))
                .await
                .ok();
            let answer = operation
                .example_request(&world)
                .key(key)
                .send_headers_only()
                .await;
            let allowed = operation
                .scope
                .is_none_or(|needed| needed == *scope || *scope == KeyScope::Admin);
            let found = (
                answer.status != 403,
                answer.status != 401,
                answer.status < 500,
            );
            assert_eq!(
                found,
                (allowed, true, true),
                "{} with `{scope}`: {}",
                operation.id,
                answer.status
            );
        }
    }
}

#[tokio::test]
async fn without_a_key_there_is_nothing_but_health() {
    let world = World::new().await;
    for operation in operations::all_operations() {
        let answer = operation.example_request(&world).send_headers_only().await;
        let expected = if operation.scope.is_none() { 200 } else { 401 };
        assert_eq!(answer.status, expected, "{}", operation.id);
        if expected == 401 {
            assert_eq!(
                answer.header("www-authenticate"),
                "Bearer realm=\"accolade\"",
                "{}",
                operation.id
            );
        }
    }
}

#[tokio::test]
async fn a_player_token_reads_its_own_player_and_nothing_else() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 1).await;
    world.record_events("bob", "post.published", 1).await;
    let ada = world.site.issue_player_token("ada", 60);
    let own = ["", "/badges", "/progress", "/unlockables", "/live"]
        .map(|part| format!("/v1/players/{{player}}{part}"));
    for operation in operations::all_operations()
        .iter()
        .filter(|operation| operation.scope.is_some())
    {
        let may = operation.method == "GET" && own.contains(&operation.path);
        let answer = operation
            .example_request(&world)
            .key(&ada)
            .send_headers_only()
            .await;
        assert_eq!(
            answer.status,
            if may { 200 } else { 403 },
            "{} on herself",
            operation.id
        );
        if may {
            let others = operation.example_path().replace("ada", "bob");
            assert_eq!(
                world
                    .anonymous_request("GET", &others)
                    .key(&ada)
                    .send_headers_only()
                    .await
                    .status,
                403,
                "{others}"
            );
            let unknown = operation.example_path().replace("ada", "unknown");
            assert_eq!(
                world
                    .anonymous_request("GET", &unknown)
                    .key(&ada)
                    .send_headers_only()
                    .await
                    .status,
                403,
                "{unknown}"
            );
        }
    }
    for part in ["", "/badges", "/unlockables"] {
        for (eyes, expected) in [("player", 200), ("others", 200), ("admin", 403)] {
            let path = format!("/v1/players/ada{part}?as={eyes}");
            assert_eq!(
                world
                    .anonymous_request("GET", &path)
                    .key(&ada)
                    .send()
                    .await
                    .status,
                expected,
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn everything_is_shown_to_administrators_only() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 1).await;
    let reader = world.create_key(KeyScope::Read).await;
    for path in [
        "/v1/players/ada",
        "/v1/players/ada/badges",
        "/v1/badges",
        "/v1/badges/author",
        "/v1/badges/riddle",
    ] {
        let path = format!("{path}?as=admin");
        world
            .anonymous_request("GET", &path)
            .key(&world.key)
            .send()
            .await
            .assert_status(200);
        let answer = world
            .anonymous_request("GET", &path)
            .key(&reader)
            .send()
            .await;
        answer.assert_problem(403, "forbidden");
    }
}
