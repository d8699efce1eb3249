//! Manual actions, single and in batches, and erasure.

use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn every_action_is_applied_once_and_retries_return_the_same_outcomes() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 2).await;
    world.record_events("guest", "post.published", 1).await;
    for (id, act, outcomes) in [
        (
            "1",
            json!({ "type": "award", "badge": "thanks", "reason": "thanks" }),
            &["badge.awarded"][..],
        ),
        (
            "2",
            json!({ "type": "revoke", "badge": "thanks" }),
            &["badge.revoked"],
        ),
        (
            "3",
            json!({ "type": "progress", "badge": "author", "add": 2.0 }),
            &["badge.awarded"],
        ),
        (
            "4",
            json!({ "type": "progress", "badge": "author", "set": 6 }),
            &["badge.awarded"],
        ),
        (
            "5",
            json!({ "type": "points", "currency": "xp", "amount": 10 }),
            &["points", "unlockable.opened"],
        ),
        (
            "6",
            json!({ "type": "points", "currency": "xp", "amount": -500, "overdraft": true }),
            &["points"],
        ),
        (
            "7",
            json!({ "type": "profile", "set": { "name": "Ada", "zone": "Europe/Berlin" } }),
            &[],
        ),
        (
            "8",
            json!({ "type": "retract", "events": ["post.published-2"] }),
            &["points"],
        ),
        (
            "9",
            json!({ "type": "restore", "events": ["post.published-2"] }),
            &["points"],
        ),
        (
            "10",
            json!({ "type": "merge", "guest": "guest" }),
            &["points"],
        ),
        (
            "11",
            json!({ "type": "unmerge", "guest": "guest" }),
            &["points"],
        ),
        (
            "12",
            json!({ "type": "award", "badge": "thanks", "at": "2026-03-01T11:00:00Z" }),
            &[],
        ),
        ("13", json!({ "type": "reset" }), &["badge.revoked"]),
    ] {
        world.advance_clock(60);
        let call = |act: &Value| {
            world
                .admin_request("POST", "/v1/players/ada/actions")
                .header("idempotency-key", id)
                .json(act.clone())
                .send()
        };
        let first = call(&act).await.assert_status(201).json();
        let kinds: Vec<&str> = first["outcomes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["kind"].as_str().unwrap())
            .collect();
        for kind in outcomes {
            assert!(kinds.contains(kind), "{act}: {kinds:?}");
        }
        assert_eq!(
            (first["id"].as_str(), first["status"].as_str()),
            (Some(id), Some("accepted")),
            "{act}"
        );
        let again = call(&act).await.assert_status(200).json();
        assert_eq!(again["status"], "duplicate", "{act}");
        assert_eq!(again["outcomes"], first["outcomes"], "{act}");
    }
}

#[tokio::test]
async fn an_impossible_action_is_refused_and_leaves_no_trace() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 1).await;
    let before = world.engine.maintenance().count_rows().await.unwrap();
    for (act, status, kind) in [
        (
            json!({ "type": "award", "badge": "nothing" }),
            422,
            "refused",
        ),
        (
            json!({ "type": "award", "badge": "author" }),
            422,
            "refused",
        ),
        (
            json!({ "type": "award", "badge": "thanks", "tier": "gold" }),
            422,
            "refused",
        ),
        (
            json!({ "type": "revoke", "badge": "thanks" }),
            422,
            "refused",
        ),
        (
            json!({ "type": "points", "currency": "xp", "amount": -11 }),
            422,
            "refused",
        ),
        (
            json!({ "type": "points", "currency": "nothing", "amount": 1 }),
            422,
            "refused",
        ),
        (
            json!({ "type": "points", "currency": "xp", "amount": 1.5 }),
            400,
            "malformed",
        ),
        (
            json!({ "type": "points", "currency": "xp", "amount": 9.3e18 }),
            400,
            "malformed",
        ),
        (
            json!({ "type": "progress", "badge": "author" }),
            422,
            "invalid",
        ),
        (
            json!({ "type": "progress", "badge": "author", "add": 1, "set": 1 }),
            422,
            "invalid",
        ),
        (
            json!({ "type": "progress", "badge": "author", "add": 1e300 }),
            422,
            "invalid",
        ),
        (
            json!({ "type": "reset", "at": "yesterday" }),
            422,
            "invalid",
        ),
        (json!({ "type": "retract", "events": [] }), 422, "refused"),
        (
            json!({ "type": "restore", "events": ["post.published-1"] }),
            409,
            "retraction",
        ),
        (json!({ "type": "merge", "guest": "ada" }), 409, "merge"),
        (json!({ "type": "unmerge", "guest": "guest" }), 409, "merge"),
        (json!({ "type": "dance" }), 400, "malformed"),
        (json!({}), 400, "malformed"),
    ] {
        let call = world
            .admin_request("POST", "/v1/players/ada/actions")
            .header("idempotency-key", "x")
            .json(act.clone());
        let answer = call.send().await;
        assert_eq!(answer.status, status, "{act}: {}", answer.text());
        answer.assert_problem(status, kind);
    }
    let call = world
        .admin_request("POST", "/v1/players/ada/actions")
        .json(json!({ "type": "reset" }));
    call.send().await.assert_problem(400, "idempotency-key");
    let call = world.admin_request("POST", "/v1/actions").json(json!([]));
    call.send().await.assert_problem(400, "idempotency-key");
    world
        .admin_request("DELETE", "/v1/players/ada")
        .send()
        .await
        .assert_problem(400, "idempotency-key");
    let after = world.engine.maintenance().count_rows().await.unwrap();
    assert_eq!((before.events, before.ledger), (after.events, after.ledger));
}

#[tokio::test]
async fn the_same_key_for_another_action_is_a_conflict() {
    let world = World::new().await;
    world
        .submit_action(
            "1",
            json!({ "type": "points", "currency": "xp", "amount": 1 }),
        )
        .await;
    let other = json!({ "type": "points", "currency": "xp", "amount": 2 });
    let call = world
        .admin_request("POST", "/v1/players/ada/actions")
        .header("idempotency-key", "1")
        .json(other);
    call.send().await.assert_problem(409, "conflict");
}

#[tokio::test]
async fn each_action_of_a_batch_succeeds_or_fails_independently() {
    let world = World::with_settings(|settings| settings.limits.batch_events = 4).await;
    let points = |player: &str| json!({ "player": player, "action": { "type": "points", "currency": "xp", "amount": 5, "create": true } });
    let refused = json!({ "player": "ada", "action": { "type": "award", "badge": "nothing" } });
    let own = json!({ "player": "eve", "id": "own", "action": { "type": "award", "badge": "thanks", "create": true } });
    let acts = json!([points("ada"), refused, points("bob"), own]);
    let send = |key: &'static str, acts: &Value| {
        world
            .admin_request("POST", "/v1/actions")
            .header("idempotency-key", key)
            .json(acts.clone())
            .send()
    };
    for expected in [
        ["accepted", "rejected", "accepted", "accepted"],
        ["duplicate", "rejected", "duplicate", "duplicate"],
    ] {
        let items = send("k", &acts).await.assert_status(200).json()["items"].clone();
        let items = items.as_array().unwrap();
        let statuses: Vec<&str> = items
            .iter()
            .map(|item| item["status"].as_str().unwrap())
            .collect();
        assert_eq!(statuses, expected);
        let ids: Vec<&str> = items
            .iter()
            .map(|item| item["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["k:0", "k:1", "k:2", "own"]);
        assert_eq!(items[1]["problem"]["type"], "urn:accolade:problem:refused");
    }
    let five: Value = (0..5).map(|_| points("ada")).collect();
    send("k2", &five).await.assert_problem(413, "too-large");
}

#[tokio::test]
async fn s45_an_action_on_an_unknown_player_is_refused_unless_it_says_create() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 1).await;
    let name = json!({ "type": "profile", "set": { "name": "Ada" } });
    let send = |act: &Value| {
        world
            .admin_request("POST", "/v1/players/adaa/actions")
            .header("idempotency-key", "name")
            .json(act.clone())
            .send()
    };
    let refused = send(&name).await;
    refused.assert_problem(404, "unknown-player");
    assert_eq!(
        refused.json()["detail"],
        "player `adaa` not found; did you mean `ada`? to create the player, set `create`"
    );
    world.get("/v1/players/adaa").await.assert_status(404);
    let mut create = name.clone();
    create["create"] = true.into();
    send(&create).await.assert_status(201);
    // It is not content: the retry is a duplicate without it.
    send(&name).await.assert_status(200);

    let batch = json!([{ "player": "bob", "action": { "type": "reset" } }]);
    let call = world.admin_request("POST", "/v1/actions").json(batch);
    let call = call.header("idempotency-key", "batch").send();
    let items = call.await.assert_status(200).json()["items"].clone();
    assert_eq!(
        items[0]["problem"]["type"],
        "urn:accolade:problem:unknown-player"
    );
}

#[tokio::test]
async fn s22_an_empty_player_is_deleted_without_blocking_the_id() {
    let world = World::new().await;
    let thanks = json!({ "type": "award", "badge": "thanks" });
    world.submit_action("1", thanks).await;
    let erase = || {
        world
            .admin_request("DELETE", "/v1/players/ada")
            .header("idempotency-key", "e")
            .send()
    };
    assert_eq!(erase().await.assert_status(200).json()["blocked"], false);
    erase().await.assert_problem(404, "unknown-player");
    world.record_events("ada", "post.published", 1).await;
}

#[tokio::test]
async fn s4_an_awarded_tier_includes_the_lower_tiers_in_one_receipt() {
    let world = World::new().await;
    let act =
        json!({ "type": "award", "badge": "author", "tier": "gold", "reason": "for the book" });
    let receipt = world.submit_action("1", act).await;
    let awarded: Vec<&Value> = receipt["outcomes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["kind"] == "badge.awarded")
        .map(|one| &one["detail"]["tier"])
        .collect();
    // Outcomes of one action are in order of id.
    assert_eq!(awarded, ["bronze", "gold", "silver"]);
    // The player learns the reason, an administrator also the author, and others neither.
    for (audience, reason, by) in [
        ("player", json!("for the book"), json!(null)),
        ("admin", json!("for the book"), json!("key:everything")),
        ("others", json!(null), json!(null)),
    ] {
        let profile = world.get(&format!("/v1/players/ada?as={audience}")).await;
        let profile = profile.assert_status(200).json();
        let badges = profile["badges"].as_array().unwrap();
        let author = badges.iter().find(|badge| badge["id"] == "author").unwrap();
        let award = &author["earned"][0];
        assert_eq!(
            (&award["reason"], &award["by"]),
            (&reason, &by),
            "{audience}"
        );
    }
}

#[tokio::test]
async fn an_erased_player_is_gone_for_good() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 3).await;
    world.record_events("guest", "post.published", 1).await;
    world
        .submit_action("merge", json!({ "type": "merge", "guest": "guest" }))
        .await;
    let erase = || {
        world
            .admin_request("DELETE", "/v1/players/ada")
            .header("idempotency-key", "e")
            .send()
    };
    let removed = erase().await.assert_status(200).json();
    assert_eq!(removed["blocked"], true);
    let ids: Vec<&Value> = removed["players"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["player"])
        .collect();
    assert!(
        ids.contains(&&json!("ada")) && ids.contains(&&json!("guest")),
        "{removed}"
    );
    assert_eq!(
        erase().await.assert_status(200).json(),
        json!({ "players": [], "blocked": true })
    );

    for player in ["ada", "guest"] {
        let event = json!({ "player": player, "name": "post.published" });
        world
            .post("/v1/events", event)
            .await
            .assert_problem(410, "erased");
        world
            .get(&format!("/v1/players/{player}"))
            .await
            .assert_problem(404, "unknown-player");
    }
    let act = json!({ "type": "points", "currency": "xp", "amount": 1 });
    let call = world
        .admin_request("POST", "/v1/players/ada/actions")
        .header("idempotency-key", "n")
        .json(act);
    call.send().await.assert_problem(410, "erased");
    let unknown = world
        .admin_request("DELETE", "/v1/players/unknown")
        .header("idempotency-key", "e")
        .send()
        .await;
    unknown.assert_problem(404, "unknown-player");
}

#[tokio::test]
async fn a_range_of_events_is_previewed_and_retracted_once() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 3).await;
    world.record_events("bob", "post.published", 1).await;
    let balance = async |player: &str| {
        let balances = world
            .get(&format!("/v1/players/{player}"))
            .await
            .assert_status(200)
            .json()["balances"]
            .clone();
        balances
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["currency"] == "xp")
            .unwrap()["balance"]
            .clone()
    };
    let range =
        json!({ "names": ["post.published"], "player": "ada", "from": "2026-03-01T12:02:00Z" });
    let seen = world
        .post("/v1/retractions/preview", range.clone())
        .await
        .assert_status(200)
        .json();
    assert_eq!(
        (&seen["events"], &seen["players"][0]["player"]),
        (&json!(2), &json!("ada")),
        "{seen}"
    );
    let xp = json!([{ "currency": "xp", "before": 30, "after": 10 }]);
    assert_eq!(seen["players"][0]["points"], xp, "{seen}");
    assert_eq!(balance("ada").await, 30, "a preview changes nothing");

    let retract = || {
        world
            .admin_request("POST", "/v1/retractions")
            .header("idempotency-key", "r")
            .json(range.clone())
            .send()
    };
    retract().await.assert_status(200);
    assert_eq!(balance("ada").await, 10);
    assert_eq!(balance("bob").await, 10, "other players are not affected");
    let before = world.get("/v1/feed").await.assert_status(200).json();
    retract().await.assert_status(200);
    assert_eq!(
        world.get("/v1/feed").await.assert_status(200).json(),
        before,
        "a retry changes nothing"
    );

    for (wrong, status, kind) in [
        (json!({}), 422, "invalid"),
        (json!({ "from": "yesterday" }), 422, "invalid"),
        (json!({ "condition": "event." }), 422, "invalid"),
        (json!({ "people": "all" }), 400, "malformed"),
    ] {
        world
            .post("/v1/retractions/preview", wrong.clone())
            .await
            .assert_problem(status, kind);
    }
    world
        .post("/v1/retractions", range)
        .await
        .assert_problem(400, "idempotency-key");
}
