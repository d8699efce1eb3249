//! Catalogs: checking, planning, publishing and rolling back.

use serde_json::{Value, json};

use crate::world::{Answer, CATALOG, World};

/// Returns the catalog of the world with an easier badge.
fn easier() -> String {
    CATALOG.replace("tiers = [2, 4, 6]", "tiers = [1, 2, 3]")
}

async fn plan(world: &World, toml: &str) -> Value {
    let begun = world
        .post("/v1/catalog/plans", json!({ "catalog": { "toml": toml } }))
        .await
        .must(202);
    let place = begun.header("location").to_owned();
    assert_eq!(begun.json()["kind"], "plan");
    let job = world
        .get(&format!("{place}?wait=20"))
        .await
        .must(200)
        .json();
    assert_eq!(job["phase"], "done", "{job}");
    job["result"].clone()
}

async fn publish(world: &World, body: Value) -> Answer {
    world.post("/v1/catalog", body).await
}

#[tokio::test]
async fn a_catalog_is_read_as_it_was_written() {
    let world = World::new().await;
    for path in ["/v1/catalog", "/v1/catalog/versions/1"] {
        let found = world.get(path).await.must(200).json();
        assert_eq!(
            (&found["version"], &found["format"]),
            (&json!(1), &json!("toml"))
        );
        assert_eq!(found["source"], CATALOG);
    }
}

#[tokio::test]
async fn checking_names_every_error_at_its_place_and_changes_nothing() {
    let world = World::new().await;
    let good = world
        .post("/v1/catalog/check", json!({ "toml": easier() }))
        .await
        .must(200)
        .json();
    assert_eq!(
        good,
        json!({ "valid": true, "diagnostics": [], "tests": [] })
    );
    for (sent, line) in [
        (json!({ "toml": "[[badge]]\nid = \"x\"\ncolour = 1" }), 3),
        (
            json!({ "toml": "[[badge]]\nid = \"x\"\ncriterion = { count = \"a\", where = \"event.a >\" }" }),
            3,
        ),
        (json!({ "toml": "[[badge" }), 1),
        (
            json!({ "json": { "badge": [{ "id": "x", "colour": 1 }] } }),
            4,
        ),
    ] {
        let found = world
            .post("/v1/catalog/check", sent.clone())
            .await
            .must(200)
            .json();
        assert_eq!(found["valid"], false, "{sent}");
        assert_eq!(found["diagnostics"][0]["line"], line, "{sent}: {found}");
        assert!(
            !found["diagnostics"][0]["message"]
                .as_str()
                .unwrap()
                .is_empty()
        );
        let answer = publish(&world, json!({ "catalog": sent })).await;
        answer.must_be_problem(422, "invalid-catalog");
        assert_eq!(
            answer.json()["diagnostics"],
            found["diagnostics"],
            "publishing reports the same errors"
        );
        world
            .post("/v1/catalog/plans", json!({ "catalog": sent }))
            .await
            .must_be_problem(422, "invalid-catalog");
    }
    assert_eq!(world.engine.catalog_version(), 1);
}

#[tokio::test]
async fn a_catalogs_own_tests_are_run() {
    let world = World::new().await;
    let tests = r#"
        [[test]]
        name = "passes"
        given = [{ player = "ada", name = "post.published" }]
        expect = { ada = { badges = ["first-post"] } }

        [[test]]
        name = "fails"
        given = [{ player = "ada", name = "another" }]
        expect = { ada = { badges = ["first-post"] } }
    "#;
    let found = world
        .post(
            "/v1/catalog/check",
            json!({ "toml": format!("{CATALOG}{tests}") }),
        )
        .await
        .must(200)
        .json();
    let actual: Vec<(&Value, &Value)> = found["tests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|test| (&test["name"], &test["passed"]))
        .collect();
    assert_eq!(
        actual,
        [
            (&json!("passes"), &json!(true)),
            (&json!("fails"), &json!(false))
        ]
    );
    assert!(
        found["tests"][1]["failures"][0]["line"].as_u64().unwrap() > CATALOG.lines().count() as u64,
        "{found}"
    );
}

#[tokio::test]
async fn what_was_planned_is_published_and_what_was_overtaken_is_not() {
    let world = World::new().await;
    world.events("ada", "post.published", 3).await;
    let planned = plan(&world, &easier()).await;
    assert_eq!(
        (&planned["players"], &planned["changed"]),
        (&json!(1), &json!(1)),
        "{planned}"
    );
    assert_eq!(
        world.engine.catalog_version(),
        1,
        "planning changes nothing"
    );
    let token = planned["token"].as_str().unwrap();
    let other = json!({ "catalog": { "toml": "" }, "plan": token });
    publish(&world, other)
        .await
        .must_be_problem(409, "overtaken");
    let body = json!({ "catalog": { "toml": easier() }, "plan": token });
    let published = publish(&world, body.clone()).await.must(201).json();
    assert_eq!(
        (&published["version"], &published["new"]),
        (&json!(2), &json!(true))
    );
    assert!(!published["changes"].as_array().unwrap().is_empty());

    for (body, status, kind) in [
        (
            json!({ "catalog": { "toml": "" }, "expected_version": 1 }),
            409,
            "overtaken",
        ),
        (
            json!({ "catalog": { "toml": "" }, "plan": "nonsense" }),
            422,
            "invalid",
        ),
        (
            json!({ "catalog": { "toml": "" }, "version": 1 }),
            422,
            "invalid",
        ),
        (json!({}), 422, "invalid"),
        (json!({ "version": 17 }), 404, "unknown"),
    ] {
        publish(&world, body).await.must_be_problem(status, kind);
    }
    let again = publish(
        &world,
        json!({ "catalog": { "toml": easier() }, "expected_version": 2 }),
    )
    .await
    .must(200)
    .json();
    assert_eq!(
        (&again["version"], &again["new"]),
        (&json!(2), &json!(false))
    );
}

#[tokio::test]
async fn a_plan_that_something_overtook_is_not_published() {
    let world = World::new().await;
    world.events("ada", "post.published", 3).await;
    let token = plan(&world, &easier()).await["token"].clone();
    world.events("bob", "post.published", 3).await;
    let body = json!({ "catalog": { "toml": easier() }, "plan": token });
    publish(&world, body)
        .await
        .must_be_problem(409, "overtaken");
    assert_eq!(world.engine.catalog_version(), 1);
}

#[tokio::test]
async fn a_publication_that_is_held_to_a_plan_is_work_that_tells_how_far_it_is() {
    let world = World::new().await;
    for player in ["ada", "bob"] {
        world.events(player, "post.published", 3).await;
    }
    let token = plan(&world, &easier()).await["token"].clone();
    let body = json!({ "catalog": { "toml": easier() }, "plan": token });
    publish(&world, body).await.must(201);
    let jobs = world.get("/v1/jobs").await.must(200).json()["items"].clone();
    let field = |name: &str| jobs[0][name].clone();
    assert_eq!(
        [field("kind"), field("phase"), field("by")],
        ["publish", "done", "key:everything"]
    );
    assert_eq!((field("done"), field("total")), (json!(2), json!(2)));
}

#[tokio::test]
async fn going_back_is_a_publication_and_history_tells_who() {
    let world = World::new().await;
    publish(&world, json!({ "catalog": { "toml": easier() } }))
        .await
        .must(201);
    publish(&world, json!({ "version": 1, "revoke": true }))
        .await
        .must(201);
    let versions = world.get("/v1/catalog/versions").await.must(200).json()["items"].clone();
    let actual: Vec<(i64, &Value, &Value)> = versions
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["version"].as_i64().unwrap(), &one["by"], &one["revoke"]))
        .collect();
    let key = json!("key:everything");
    assert_eq!(
        actual,
        [
            (1, &Value::Null, &json!(false)),
            (2, &key, &json!(false)),
            (3, &key, &json!(true))
        ]
    );
    assert_eq!(versions[0]["fingerprint"], versions[2]["fingerprint"]);
    assert_eq!(
        world.get("/v1/catalog").await.must(200).json()["source"],
        CATALOG
    );
}

#[tokio::test]
async fn a_catalog_may_be_sent_as_json() {
    let world = World::new().await;
    let json = json!({ "badge": [{ "id": "x", "criterion": { "count": "a" } }] });
    publish(&world, json!({ "catalog": { "json": json } }))
        .await
        .must(201);
    let found = world.get("/v1/catalog").await.must(200).json();
    assert_eq!(found["format"], "json");
    assert_eq!(
        serde_json::from_str::<Value>(found["source"].as_str().unwrap()).unwrap(),
        json
    );
}
