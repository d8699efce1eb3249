//! Names of events, and events that no rule listens to.

use accolade_web::KeyScope;
use serde_json::{Value, json};

use crate::world::World;

fn event(id: &str, name: &str) -> Value {
    json!({ "id": id, "player": "ada", "name": name, "props": { "words": 100 } })
}

const HINT: &str = "no rule listens to `post.publishd`; did you mean `post.published`?";

#[tokio::test]
async fn a_response_says_that_no_rule_listens_to_the_event_and_suggests_a_name() {
    let world = World::new().await;
    for status in [201, 200] {
        let answer = world.post("/v1/events", event("1", "post.publishd")).await;
        let receipt = answer.assert_status(status).json();
        assert_eq!(
            (&receipt["heard"], &receipt["hint"]),
            (&json!(false), &json!(HINT)),
            "{receipt}"
        );
    }
    let answer = world.post("/v1/events", event("2", "post.published")).await;
    let receipt = answer.assert_status(201).json();
    assert_eq!(
        (&receipt["heard"], receipt.get("hint")),
        (&json!(true), Some(&json!(null)))
    );
    let action = json!({ "type": "award", "badge": "thanks" });
    let receipt = world.submit_action("a", action).await;
    assert_eq!(receipt["heard"], json!(true), "{receipt}");
}

#[tokio::test]
async fn each_event_of_a_batch_has_its_own_hint() {
    let world = World::new().await;
    let batch = json!([
        event("1", "post.publishd"),
        event("2", "post.published"),
        { "player": "ada" },
    ]);
    let results = world
        .post("/v1/events", batch)
        .await
        .assert_status(200)
        .json();
    let heard: Vec<_> = results["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item.get("heard"), item.get("hint")))
        .collect();
    assert_eq!(
        heard,
        [
            (Some(&json!(false)), Some(&json!(HINT))),
            (Some(&json!(true)), Some(&json!(null))),
            (Some(&json!(null)), Some(&json!(null)))
        ]
    );
}

#[tokio::test]
async fn a_stream_counts_the_events_that_no_rule_listens_to() {
    let world = World::new().await;
    let mut lines = String::new();
    for number in 0..3 {
        lines += &format!("{}\n", event(&format!("typo {number}"), "post.publishd"));
    }
    for number in 0..120 {
        lines += &format!(
            "{}\n",
            event(&format!("other {number}"), &format!("name {number}"))
        );
    }
    lines += &format!("{}\n", event("heard", "post.published"));
    let request = world.admin_request("POST", "/v1/events/stream");
    let summary = request
        .json_lines(lines)
        .send()
        .await
        .assert_status(200)
        .json();
    assert_eq!(summary["accepted"], json!(124), "{summary}");
    let unheard = &summary["unheard"];
    assert_eq!(unheard["events"], json!(123));
    assert_eq!(
        unheard["names"][0],
        json!({ "name": "post.publishd", "events": 3, "hint": HINT })
    );
    assert_eq!(unheard["names"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn event_names_are_listed_with_the_rules_that_listen() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 2).await;
    world.post("/v1/events", event("x", "post.publishd")).await;
    let list = async |query: &str| {
        let path = format!("/v1/event-names?{query}");
        world.get(&path).await.assert_status(200).json()["items"].clone()
    };
    let all = list("").await;
    let names: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["name"].as_str().unwrap(),
                one["events"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        names,
        [
            ("post.published", 2),
            ("post.publishd", 1),
            ("phantom.met", 0),
            ("riddle.solved", 0)
        ]
    );
    let rules: Vec<_> = all[0]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["posted", "author", "first-post"]);
    let unheard = list("filter=unheard").await;
    assert_eq!(
        (
            &unheard[0]["heard"],
            &unheard[0]["suggestion"],
            &unheard[0]["sample"]
        ),
        (
            &json!(false),
            &json!("post.published"),
            &json!({ "words": 100 })
        )
    );
    assert_eq!(unheard.as_array().unwrap().len(), 1);
    assert_eq!(
        list("filter=unseen&contains=RIDDLE")
            .await
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let pages = world.load_all_pages("/v1/event-names", 1).await;
    assert_eq!(json!(pages), all);
}

#[tokio::test]
async fn samples_are_for_administrators_only() {
    let world = World::new().await;
    let reader = world.create_key(KeyScope::Read).await;
    let request = world
        .anonymous_request("GET", "/v1/event-names")
        .key(&reader);
    request.send().await.assert_problem(403, "forbidden");
}
