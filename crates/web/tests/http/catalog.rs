//! Catalogs: checking, planning, publishing and rolling back.

use serde_json::{Value, json};

use crate::world::{CATALOG, TestResponse, World};

/// Returns the catalog of the world with an easier badge.
fn easier_catalog() -> String {
    CATALOG.replace("tiers = [2, 4, 6]", "tiers = [1, 2, 3]")
}

async fn run_plan(world: &World, toml: &str) -> Value {
    let begun = world
        .post(
            "/v1/catalog/plans",
            json!({ "catalog": { "format": "toml", "source": toml } }),
        )
        .await
        .assert_status(202);
    let place = begun.header("location").to_owned();
    assert_eq!(begun.json()["kind"], "plan");
    let job = world
        .get(&format!("{place}?wait=20"))
        .await
        .assert_status(200)
        .json();
    assert_eq!(job["phase"], "done", "{job}");
    job["result"].clone()
}

async fn publish_catalog(world: &World, body: Value) -> TestResponse {
    world.post("/v1/catalog", body).await
}

#[tokio::test]
async fn a_publication_keeps_its_note() {
    let world = World::new().await;
    let body = json!({ "catalog": { "format": "toml", "source": easier_catalog() }, "note": "easier for newcomers" });
    publish_catalog(&world, body).await.assert_status(201);
    let versions = world
        .get("/v1/catalog/versions")
        .await
        .assert_status(200)
        .json();
    let notes: Vec<&Value> = versions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["note"])
        .collect();
    assert_eq!(notes, [&Value::Null, &json!("easier for newcomers")]);
}

#[tokio::test]
async fn a_catalog_is_read_as_it_was_written() {
    let world = World::new().await;
    for path in ["/v1/catalog", "/v1/catalog/versions/1"] {
        let found = world.get(path).await.assert_status(200).json();
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
        .post(
            "/v1/catalog/check",
            json!({ "format": "toml", "source": easier_catalog() }),
        )
        .await
        .assert_status(200)
        .json();
    assert_eq!(
        good,
        json!({
            "valid": true, "error_count": 0, "diagnostics": [], "warnings": [], "tests": []
        })
    );
    let badge = |n| format!("[[badge]]\nid = \"b{n}\"\ncriterion = {{ badge = \"x{n}\" }}\n");
    let many: String = (0..1_400).map(badge).collect();
    let found = world
        .post(
            "/v1/catalog/check",
            json!({ "format": "toml", "source": many }),
        )
        .await
        .assert_status(200)
        .json();
    let shown = found["diagnostics"].as_array().map(Vec::len);
    assert_eq!((&found["error_count"], shown), (&json!(1_400), Some(200)));
    for (sent, line) in [
        (
            json!({ "format": "toml", "source": "[[badge]]\nid = \"x\"\ncolour = 1" }),
            3,
        ),
        (
            json!({ "format": "toml", "source": "[[badge]]\nid = \"x\"\ncriterion = { count = \"a\", where = \"event.a >\" }" }),
            3,
        ),
        (json!({ "format": "toml", "source": "[[badge" }), 1),
        (
            json!({ "format": "json", "source": { "badge": [{ "id": "x", "colour": 1 }] } }),
            4,
        ),
    ] {
        let found = world
            .post("/v1/catalog/check", sent.clone())
            .await
            .assert_status(200)
            .json();
        assert_eq!(found["valid"], false, "{sent}");
        assert_eq!(found["diagnostics"][0]["line"], line, "{sent}: {found}");
        assert!(
            !found["diagnostics"][0]["message"]
                .as_str()
                .unwrap()
                .is_empty()
        );
        let answer = publish_catalog(&world, json!({ "catalog": sent })).await;
        answer.assert_problem(422, "invalid-catalog");
        assert_eq!(
            answer.json()["diagnostics"],
            found["diagnostics"],
            "publishing reports the same errors"
        );
        world
            .post("/v1/catalog/plans", json!({ "catalog": sent }))
            .await
            .assert_problem(422, "invalid-catalog");
    }
    assert_eq!(world.engine.catalog().version(), 1);
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
            json!({ "format": "toml", "source": format!("{CATALOG}{tests}") }),
        )
        .await
        .assert_status(200)
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
async fn a_plan_publishes_exactly_its_changes_or_nothing() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 3).await;
    let planned = run_plan(&world, &easier_catalog()).await;
    assert_eq!(
        (&planned["players"], &planned["changed"]),
        (&json!(1), &json!(1)),
        "{planned}"
    );
    assert_eq!(
        world.engine.catalog().version(),
        1,
        "planning changes nothing"
    );
    let token = planned["token"].as_str().unwrap();
    let other = json!({ "catalog": { "format": "toml", "source": "" }, "plan": token });
    publish_catalog(&world, other)
        .await
        .assert_problem(409, "overtaken");
    let body =
        json!({ "catalog": { "format": "toml", "source": easier_catalog() }, "plan": token });
    let published = publish_catalog(&world, body.clone())
        .await
        .assert_status(201)
        .json();
    assert_eq!(
        (&published["version"], &published["is_new"]),
        (&json!(2), &json!(true))
    );
    assert!(!published["changes"].as_array().unwrap().is_empty());

    for (body, status, kind) in [
        (
            json!({ "catalog": { "format": "toml", "source": "" }, "expected_version": 1 }),
            409,
            "overtaken",
        ),
        (
            json!({ "catalog": { "format": "toml", "source": "" }, "plan": "nonsense" }),
            422,
            "invalid",
        ),
        (
            json!({ "catalog": { "format": "toml", "source": "" }, "version": 1 }),
            422,
            "invalid",
        ),
        (json!({}), 422, "invalid"),
        (json!({ "version": 17 }), 404, "unknown"),
    ] {
        publish_catalog(&world, body)
            .await
            .assert_problem(status, kind);
    }
    let again = publish_catalog(
        &world,
        json!({ "catalog": { "format": "toml", "source": easier_catalog() }, "expected_version": 2 }),
    )
    .await
    .assert_status(200)
    .json();
    assert_eq!(
        (&again["version"], &again["is_new"]),
        (&json!(2), &json!(false))
    );
}

#[tokio::test]
async fn a_stale_plan_is_not_published() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 3).await;
    let token = run_plan(&world, &easier_catalog()).await["token"].clone();
    world.record_events("bob", "post.published", 3).await;
    let body =
        json!({ "catalog": { "format": "toml", "source": easier_catalog() }, "plan": token });
    publish_catalog(&world, body)
        .await
        .assert_problem(409, "overtaken");
    assert_eq!(world.engine.catalog().version(), 1);
}

#[tokio::test]
async fn a_publication_with_a_plan_is_a_job_with_progress() {
    let world = World::new().await;
    for player in ["ada", "bob"] {
        world.record_events(player, "post.published", 3).await;
    }
    let token = run_plan(&world, &easier_catalog()).await["token"].clone();
    let body =
        json!({ "catalog": { "format": "toml", "source": easier_catalog() }, "plan": token });
    publish_catalog(&world, body).await.assert_status(201);
    let jobs = world.get("/v1/jobs").await.assert_status(200).json()["items"].clone();
    let field = |name: &str| jobs[0][name].clone();
    assert_eq!(
        [field("kind"), field("phase"), field("started_by")],
        ["publish", "done", "key:everything"]
    );
    assert_eq!((field("done"), field("total")), (json!(2), json!(2)));
}

#[tokio::test]
async fn a_rollback_is_a_publication_and_history_names_its_actor() {
    let world = World::new().await;
    publish_catalog(
        &world,
        json!({ "catalog": { "format": "toml", "source": easier_catalog() } }),
    )
    .await
    .assert_status(201);
    publish_catalog(&world, json!({ "version": 1, "revoke": true }))
        .await
        .assert_status(201);
    let versions = world
        .get("/v1/catalog/versions")
        .await
        .assert_status(200)
        .json()["items"]
        .clone();
    let actual: Vec<(i64, &Value, &Value)> = versions
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["version"].as_i64().unwrap(),
                &one["published_by"],
                &one["revoke"],
            )
        })
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
        world.get("/v1/catalog").await.assert_status(200).json()["source"],
        CATALOG
    );
}

#[tokio::test]
async fn a_catalog_may_be_sent_as_json() {
    let world = World::new().await;
    let json = json!({ "badge": [{ "id": "x", "criterion": { "count": "a" } }] });
    publish_catalog(
        &world,
        json!({ "catalog": { "format": "json", "source": json } }),
    )
    .await
    .assert_status(201);
    let found = world.get("/v1/catalog").await.assert_status(200).json();
    assert_eq!(found["format"], "json");
    assert_eq!(
        serde_json::from_str::<Value>(found["source"].as_str().unwrap()).unwrap(),
        json
    );
}
