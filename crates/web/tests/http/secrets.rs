//! Secret and invisible badges are never revealed to players who have not earned them.

use accolade_web::Scope;
use serde_json::json;

use crate::operations;
use crate::streams::Events;
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
fn must_tell_nothing(text: &str, place: &str) {
    for word in GIVEAWAYS {
        assert!(!text.contains(word), "{place} reveals `{word}`: {text}");
    }
}

/// All paths that show a player to themselves or to others.
fn places(player: &str) -> Vec<String> {
    let shown = ["", "/badges", "/unlockables"].map(|part| format!("/v1/players/{player}{part}"));
    let eyes = shown
        .iter()
        .flat_map(|path| ["player", "others"].map(|eyes| format!("{path}?as={eyes}")));
    eyes.chain(shown.clone())
        .chain([format!("/v1/players/{player}/progress")])
        .collect()
}

#[tokio::test]
async fn secrets_are_told_to_nobody_who_has_not_earned_them() {
    let world = World::new().await;
    let reader = world.key_of(Scope::Read).await;
    world.events("ada", "post.published", 5).await;
    world.events("bob", "post.published", 5).await;
    let token = world.site.player_token("ada", 6_000);
    for earned_by_bob in [false, true] {
        if earned_by_bob {
            world.events("bob", "riddle.solved", 1).await;
            world.events("bob", "phantom.met", 1).await;
        }
        for place in places("ada") {
            let answer = world.bare("GET", &place).key(&token).send().await.must(200);
            must_tell_nothing(&answer.text(), &place);
            let answer = world
                .bare("GET", &place)
                .key(&reader)
                .send()
                .await
                .must(200);
            must_tell_nothing(&answer.text(), &place);
        }
        let mut others: Vec<String> = places("bob")
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
                .bare("GET", &place)
                .key(&reader)
                .send()
                .await
                .must(200);
            must_tell_nothing(&answer.text(), &place);
        }
        // All other requests with a player token are refused, and the refusals reveal nothing
        // either.
        for operation in operations::all()
            .iter()
            .filter(|operation| !operation.is_stream)
        {
            let answer = operation.call(&world).key(&token).send().await;
            must_tell_nothing(&answer.text(), &operation.id);
        }
    }
    let own = world.get("/v1/players/bob").await.must(200).text();
    assert!(
        own.contains("Sphinx slayer") && own.contains("Ghost whisperer"),
        "bob has earned them: {own}"
    );
}

#[tokio::test]
async fn asking_for_a_secret_by_its_id_tells_no_more_than_asking_for_nothing() {
    let world = World::new().await;
    world.events("bob", "riddle.solved", 1).await;
    world.events("bob", "phantom.met", 1).await;
    for eyes in ["player", "others"] {
        for badge in ["riddle", "phantom", "nothing"] {
            let answer = world.get(&format!("/v1/badges/{badge}?as={eyes}")).await;
            answer.must_be_problem(404, "unknown");
            assert_eq!(
                answer.json()["detail"],
                format!("badge `{badge}` not found"),
                "as {eyes}"
            );
        }
    }
}

#[tokio::test]
async fn a_players_stream_tells_only_what_is_the_players() {
    let world = World::new().await;
    let token = world.site.player_token("ada", 6_000);
    for after in [None, Some(0)] {
        let mut events = Events::open(&world, "/v1/players/ada/live", &token, after).await;
        let (riddle, phantom) = (format!("riddle.solved.{after:?}"), "phantom.met");
        world
            .post(
                "/v1/events",
                json!({ "player": "bob", "name": "riddle.solved", "id": riddle }),
            )
            .await
            .must(201);
        world
            .post("/v1/events", json!({ "player": "bob", "name": phantom }))
            .await
            .must(201);
        world
            .post(
                "/v1/events",
                json!({ "player": "ada", "name": "post.published" }),
            )
            .await
            .must(201);
        let heard = events.next().await.unwrap();
        assert!(heard.data.contains("\"player\":\"ada\""), "{heard:?}");
        must_tell_nothing(&heard.data, "the stream");
    }
    let mut events = Events::open(&world, "/v1/players/ada/live", &token, None).await;
    world
        .post(
            "/v1/events",
            json!({ "player": "ada", "name": "riddle.solved" }),
        )
        .await
        .must(201);
    assert!(
        events.next().await.unwrap().data.contains("riddle"),
        "her stream includes what she earned herself"
    );
}
