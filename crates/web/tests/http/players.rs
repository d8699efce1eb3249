//! Player profiles, lists, explanations and tokens.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn a_profile_that_has_not_changed_is_not_sent_again() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 1).await;
    let first = world.get("/v1/players/ada").await.assert_status(200);
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\"") && tag.ends_with('"'), "{tag}");
    let strong = tag.trim_start_matches("W/").to_owned();
    assert_eq!(first.header("cache-control"), "private, no-cache");
    let other = format!("\"{}\"", "0".repeat(32));
    for (known, expected) in [
        (tag.clone(), 304),
        (strong.clone(), 304),
        (format!("{other}, {tag}"), 304),
        ("*".to_owned(), 304),
        (other, 200),
        (strong.trim_matches('"').to_owned(), 200),
        (String::new(), 200),
    ] {
        let answer = world
            .admin_request("GET", "/v1/players/ada")
            .header("if-none-match", &known)
            .send()
            .await;
        assert_eq!(answer.status, expected, "{known}");
        assert_eq!(answer.header("etag"), tag, "{known}");
        assert_eq!(answer.body.is_empty(), expected == 304, "{known}");
    }
    let own = world
        .get("/v1/players/ada?as=others")
        .await
        .assert_status(200);
    assert_ne!(
        own.header("etag"),
        tag,
        "other players see a different profile"
    );
    world.record_events("ada", "another", 1).await;
    let answer = world
        .admin_request("GET", "/v1/players/ada")
        .header("if-none-match", &tag)
        .send()
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_profile_shows_what_a_player_has() {
    let world = World::new().await;
    world
        .submit_action(
            "name",
            json!({ "type": "profile", "set": { "name": "Ada L.", "zone": "UTC" } }),
        )
        .await;
    world.record_events("ada", "post.published", 3).await;
    let profile = world.get("/v1/players/ada").await.assert_status(200).json();
    assert_eq!(
        (&profile["player"], &profile["name"], &profile["events"]),
        (&json!("ada"), &json!("Ada L."), &json!(3))
    );
    let balances: Vec<(&str, i64)> = profile["balances"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["currency"].as_str().unwrap(),
                one["balance"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(balances, [("gems", 5), ("xp", 30)]);
    assert_eq!(profile["attributes"]["zone"], "UTC");
    let others = world
        .get("/v1/players/ada?as=others")
        .await
        .assert_status(200)
        .json();
    assert_eq!(others["attributes"], json!({}));

    let progress = world
        .get("/v1/players/ada/progress")
        .await
        .assert_status(200)
        .json();
    let author = progress["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["badge"] == "author")
        .unwrap();
    assert_eq!(
        (
            &author["progress"]["current"],
            &author["progress"]["target"]
        ),
        (&json!(3), &json!(4))
    );
    let unlockables = world
        .get("/v1/players/ada/unlockables")
        .await
        .assert_status(200)
        .json();
    assert_eq!(
        (
            &unlockables["items"][0]["id"],
            &unlockables["items"][0]["open"]
        ),
        (&json!("signature"), &json!(true))
    );
}

#[tokio::test]
async fn pages_hold_everything_exactly_once() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 13).await;
    for number in 0..17 {
        let event = json!({ "id": "1", "player": format!("p/{number} \u{1f9ed}"), "name": "post.published" });
        world.post("/v1/events", event).await.assert_status(201);
    }
    let unique = |items: &[Value], key: &str| {
        items
            .iter()
            .map(|item| item[key].to_string())
            .collect::<BTreeSet<_>>()
            .len()
    };
    for limit in [1, 2, 5, 13, 14, 200] {
        let ledger = world.load_all_pages("/v1/players/ada/ledger", limit).await;
        assert_eq!((ledger.len(), unique(&ledger, "seq")), (14, 14), "{limit}");
        let timeline = world
            .load_all_pages("/v1/players/ada/timeline", limit)
            .await;
        assert_eq!(
            (timeline.len(), unique(&timeline, "id")),
            (13, 13),
            "{limit}"
        );
        let earners = world
            .load_all_pages("/v1/badges/first-post/earners", limit)
            .await;
        assert_eq!(
            (earners.len(), unique(&earners, "player")),
            (18, 18),
            "{limit}"
        );
        let players = world.load_all_pages("/v1/players", limit).await;
        assert_eq!(
            (players.len(), unique(&players, "player")),
            (18, 18),
            "{limit}"
        );
        let audit = world.load_all_pages("/v1/audit", limit).await;
        assert_eq!(audit.len(), unique(&audit, "seq"), "{limit}");
    }
    let newest_first: Vec<String> = world
        .load_all_pages("/v1/players/ada/timeline", 4)
        .await
        .iter()
        .map(|one| one["at"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        newest_first.windows(2).all(|pair| pair[0] >= pair[1]),
        "{newest_first:?}"
    );
    let found = world
        .get("/v1/players?prefix=p%2F1")
        .await
        .assert_status(200)
        .json();
    assert_eq!(
        found["items"].as_array().unwrap().len(),
        8,
        "p/1 and p/10 to p/16"
    );
}

#[tokio::test]
async fn players_are_searched_by_a_part_of_their_id_or_name_by_page() {
    let world = World::new().await;
    for player in ["m-2", "m-10", "ada"] {
        world.record_events(player, "post.published", 1).await;
    }
    let named = json!({ "type": "profile", "set": { "name": "A Member" } });
    world.submit_action("name", named).await;
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/v1/players?search=M&limit=1{after}");
        let page = world.get(&path).await.assert_status(200).json();
        found.push(page["items"][0]["player"].as_str().unwrap().to_owned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(found, ["m-2", "m-10", "ada"]);
    let both = world.get("/v1/players?search=a&prefix=a").await;
    both.assert_status(422);
}

#[tokio::test]
async fn a_page_is_never_longer_than_the_service_allows() {
    let world = World::with_settings(|settings| settings.limits.page_items = 3).await;
    world.record_events("ada", "post.published", 5).await;
    for query in ["", "?limit=1000"] {
        let page = world
            .get(&format!("/v1/players/ada/timeline{query}"))
            .await
            .assert_status(200)
            .json();
        assert_eq!(page["items"].as_array().unwrap().len(), 3);
        assert!(page["next"].is_string());
    }
}

#[tokio::test]
async fn why_names_the_events_behind_everything() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 3).await;
    let entry = world
        .get("/v1/players/ada/ledger?limit=1")
        .await
        .assert_status(200)
        .json()["items"][0]["seq"]
        .to_string();
    for about in [
        "author",
        "author:bronze",
        "first-post",
        "currency:xp",
        "unlockable:signature",
        &format!("entry:{entry}"),
    ] {
        let why = world
            .get(&format!("/v1/players/ada/why?about={about}"))
            .await
            .assert_status(200)
            .json();
        assert!(
            why["text"].as_str().unwrap().contains("post.published-"),
            "{about}: {why}"
        );
        let structure = match about.starts_with("entry:") {
            true => &why["entry"],
            false => &why["explanation"],
        };
        assert!(structure.is_object(), "{about}: {why}");
    }
}

#[tokio::test]
async fn a_personal_data_export_has_all_data_of_the_player() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 2).await;
    world.record_events("bob", "secret.of-bob", 1).await;
    let export = world
        .get("/v1/players/ada/personal-data")
        .await
        .assert_status(200)
        .text();
    assert!(
        export.contains("post.published-2") && export.contains("author"),
        "{export}"
    );
    assert!(!export.contains("bob"), "{export}");
}

#[tokio::test]
async fn ids_of_any_characters_work_in_paths() {
    let world = World::new().await;
    for (id, encoded) in [
        ("a b", "a%20b"),
        ("a/b", "a%2Fb"),
        ("../etc", "..%2Fetc"),
        ("\u{1f9ed}", "%F0%9F%A7%AD"),
        ("100%", "100%25"),
        ("a?b#c", "a%3Fb%23c"),
        ("<script>", "%3Cscript%3E"),
        ("a+b", "a+b"),
    ] {
        world
            .post(
                "/v1/events",
                json!({ "id": "1", "player": id, "name": "post.published" }),
            )
            .await
            .assert_status(201);
        let profile = world
            .get(&format!("/v1/players/{encoded}"))
            .await
            .assert_status(200)
            .json();
        assert_eq!(profile["player"], id);
    }
}

#[tokio::test]
async fn a_token_is_valid_for_its_player_until_it_expires() {
    let world = World::with_settings(|settings| settings.players.token_seconds = 900).await;
    world.record_events("ada", "post.published", 1).await;
    let made = world
        .post("/v1/players/ada/tokens", json!({ "seconds": 60 }))
        .await
        .assert_status(201)
        .json();
    let token = made["token"].as_str().unwrap();
    assert_eq!(made["expires_at"], "2026-03-01T12:02:00Z");
    let look = |token: &str| {
        world
            .anonymous_request("GET", "/v1/players/ada")
            .key(token)
            .send()
    };
    look(token).await.assert_status(200);
    world.advance_clock(59);
    look(token).await.assert_status(200);
    world.advance_clock(1);
    look(token).await.assert_problem(401, "unauthenticated");

    for wrong in [
        json!({ "seconds": 0 }),
        json!({ "seconds": 901 }),
        json!({ "seconds": u64::MAX }),
    ] {
        world
            .post("/v1/players/ada/tokens", wrong)
            .await
            .assert_problem(422, "invalid");
    }
    let long = "x".repeat(256);
    world
        .post(&format!("/v1/players/{long}/tokens"), json!({}))
        .await
        .assert_problem(422, "invalid");
}

#[tokio::test]
async fn the_longest_id_has_a_token_that_works() {
    let world = World::new().await;
    for id in [
        "x".repeat(255),
        "\\".repeat(255),
        "\"".repeat(255),
        "\u{1f9ed}".repeat(63),
    ] {
        world
            .post(
                "/v1/events",
                json!({ "id": "1", "player": id, "name": "post.published" }),
            )
            .await
            .assert_status(201);
        let token = world.site.issue_player_token(&id, 60);
        let encoded: String = id.bytes().map(|byte| format!("%{byte:02x}")).collect();
        world
            .anonymous_request("GET", &format!("/v1/players/{encoded}"))
            .key(&token)
            .send()
            .await
            .assert_status(200);
    }
}

#[tokio::test]
async fn a_modified_token_is_rejected() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 1).await;
    let elsewhere = World::new().await.site.issue_player_token("ada", 60);
    let token = world.site.issue_player_token("ada", 60);
    let mut wrong = vec![elsewhere, format!("{token}A"), format!("{token}.")];
    wrong.extend((1..token.len()).map(|length| token[..length].to_owned()));
    wrong.extend((0..token.len()).map(|position| {
        let mut bytes = token.clone().into_bytes();
        bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    }));
    for (number, wrong) in wrong.iter().enumerate() {
        // Each from a different address, to avoid the rate limit.
        let address = format!("10.0.{}.{}", number / 250, number % 250);
        let answer = world
            .anonymous_request("GET", "/v1/players/ada")
            .key(wrong)
            .peer_address(&address)
            .send()
            .await;
        answer.assert_problem(401, "unauthenticated");
    }
}
