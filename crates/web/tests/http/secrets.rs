//! Secret and invisible badges are never revealed to players who have not earned them.

use accolade_web::KeyScope;
use serde_json::json;

use crate::operations;
use crate::streams::EventReader;
use crate::world::World;

/// Texts that would reveal `riddle` or `phantom`.
const GIVEAWAYS: [&str; 8] = [
    "riddle",
    "phantom",
    "Sphinx",
    "Ghost",
    "four legs",
    "the unseen",
    "sphinx.svg",
    "ghost.svg",
];

#[track_caller]
fn assert_no_secrets(text: &str, place: &str) {
    for word in GIVEAWAYS {
        assert!(!text.contains(word), "{place} reveals `{word}`: {text}");
    }
}

/// All paths that show a player to themselves or to others.
fn profile_paths(player: &str) -> Vec<String> {
    let shown = ["", "/badges", "/unlockables"].map(|part| format!("/v1/players/{player}{part}"));
    let eyes = shown
        .iter()
        .flat_map(|path| ["player", "others"].map(|eyes| format!("{path}?as={eyes}")));
    eyes.chain(shown.clone())
        .chain([format!("/v1/players/{player}/progress")])
        .collect()
}

#[tokio::test]
async fn secrets_are_never_revealed_to_players_who_have_not_earned_them() {
    let world = World::new().await;
    let reader = world.create_key(KeyScope::Read).await;
    world.record_events("ada", "post.published", 5).await;
    world.record_events("bob", "post.published", 5).await;
    let token = world.site.issue_player_token("ada", 6_000);
    for earned_by_bob in [false, true] {
        if earned_by_bob {
            world.record_events("bob", "riddle.solved", 1).await;
            world.record_events("bob", "phantom.met", 1).await;
        }
        for place in profile_paths("ada") {
            let answer = world
                .anonymous_request("GET", &place)
                .key(&token)
                .send()
                .await
                .assert_status(200);
            assert_no_secrets(&answer.text(), &place);
            let answer = world
                .anonymous_request("GET", &place)
                .key(&reader)
                .send()
                .await
                .assert_status(200);
            assert_no_secrets(&answer.text(), &place);
        }
        let mut others: Vec<String> = profile_paths("bob")
            .into_iter()
            .filter(|place| place.contains("others"))
            .collect();
        others.extend(
            [
                "/v1/badges",
                "/v1/badges?as=player",
                "/v1/badges?as=others",
                "/v1/badges/author",
            ]
            .map(str::to_owned),
        );
        others.extend(
            [
                "/v1/currencies",
                "/v1/categories",
                "/v1/unlockables",
                "/openapi.json",
                "/docs",
            ]
            .map(str::to_owned),
        );
        for place in others {
            let answer = world
                .anonymous_request("GET", &place)
                .key(&reader)
                .send()
                .await
                .assert_status(200);
            assert_no_secrets(&answer.text(), &place);
        }
        // All other requests with a player token are refused, and the refusals reveal nothing
        // either.
        for operation in operations::all_operations()
            .iter()
            .filter(|operation| !operation.is_stream)
        {
            let answer = operation.example_request(&world).key(&token).send().await;
            assert_no_secrets(&answer.text(), &operation.id);
        }
    }
    let own = world.get("/v1/players/bob").await.assert_status(200).text();
    assert!(
        own.contains("Sphinx slayer") && own.contains("Ghost whisperer"),
        "bob has earned them: {own}"
    );
}

#[tokio::test]
async fn a_secret_badge_looks_like_an_unknown_one() {
    let world = World::new().await;
    world.record_events("bob", "riddle.solved", 1).await;
    world.record_events("bob", "phantom.met", 1).await;
    for eyes in ["player", "others"] {
        for badge in ["riddle", "phantom", "nothing"] {
            let answer = world.get(&format!("/v1/badges/{badge}?as={eyes}")).await;
            answer.assert_problem(404, "unknown");
            assert_eq!(
                answer.json()["detail"],
                format!("badge `{badge}` not found"),
                "as {eyes}"
            );
        }
    }
}

#[tokio::test]
async fn a_player_stream_has_only_outcomes_of_the_player() {
    let world = World::new().await;
    let token = world.site.issue_player_token("ada", 6_000);
    for after in [None, Some(0)] {
        let mut events = EventReader::open(&world, "/v1/players/ada/live", &token, after).await;
        let (riddle, phantom) = (format!("riddle.solved.{after:?}"), "phantom.met");
        world
            .post(
                "/v1/events",
                json!({ "player": "bob", "name": "riddle.solved", "id": riddle }),
            )
            .await
            .assert_status(201);
        world
            .post("/v1/events", json!({ "player": "bob", "name": phantom }))
            .await
            .assert_status(201);
        world
            .post(
                "/v1/events",
                json!({ "player": "ada", "name": "post.published" }),
            )
            .await
            .assert_status(201);
        let heard = events.next_event().await.unwrap();
        assert!(heard.data.contains("\"player\":\"ada\""), "{heard:?}");
        assert_no_secrets(&heard.data, "the stream");
    }
    let mut events = EventReader::open(&world, "/v1/players/ada/live", &token, None).await;
    world
        .post(
            "/v1/events",
            json!({ "player": "ada", "name": "riddle.solved" }),
        )
        .await
        .assert_status(201);
    assert!(
        events.next_event().await.unwrap().data.contains("riddle"),
        "her stream includes what she earned herself"
    );
}
