//! The feed: pagination and long polling.

use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn resuming_from_the_last_number_loses_and_repeats_nothing() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 7).await;
    let whole = world.get("/v1/feed").await.assert_status(200).json();
    let whole: Vec<i64> = whole["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["seq"].as_i64().unwrap())
        .collect();
    assert!(
        whole.len() > 10 && whole.windows(2).all(|pair| pair[0] < pair[1]),
        "{whole:?}"
    );
    for limit in [1, 3, 200] {
        let (mut found, mut after) = (Vec::new(), 0);
        loop {
            let part = world
                .get(&format!("/v1/feed?after={after}&limit={limit}"))
                .await
                .assert_status(200)
                .json();
            let items = part["items"].as_array().unwrap();
            assert!(items.len() <= limit);
            found.extend(items.iter().map(|one| one["seq"].as_i64().unwrap()));
            if items.is_empty() {
                assert_eq!(
                    part["after"], after,
                    "without new outcomes, `after` does not change"
                );
                break;
            }
            after = part["after"].as_i64().unwrap();
        }
        assert_eq!(found, whole, "{limit} at a time");
    }
}

#[tokio::test]
async fn a_long_poll_is_answered_when_something_happens() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 1).await;
    let after = world.get("/v1/feed").await.json()["after"]
        .as_i64()
        .unwrap();
    let path = format!("/v1/feed?after={after}&wait=20");
    let (answer, ()) = tokio::join!(world.get(&path), async {
        world.record_events("bob", "post.published", 1).await;
    });
    let items = answer.assert_status(200).json()["items"].clone();
    assert_eq!(items[0]["player"], "bob", "{items}");
    assert!(items[0]["seq"].as_i64().unwrap() > after);
}

#[tokio::test]
async fn a_long_poll_without_outcomes_times_out() {
    let world = World::new().await;
    assert_eq!(
        world.get("/v1/feed?wait=1").await.assert_status(200).json(),
        json!({ "items": [], "after": 0 })
    );
    let (answer, ()) = tokio::join!(world.get("/v1/feed?wait=20"), async {
        world.site.begin_shutdown()
    });
    assert_eq!(
        answer.assert_status(200).json()["items"],
        Value::Array(Vec::new()),
        "shutdown completes waiting requests"
    );
}
