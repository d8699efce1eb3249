//! Tests of the player pages, on an engine in memory.

mod community;
mod gallery;
mod hostile;
mod profile;
mod secrecy;
mod sharing;
mod signing;
mod templates;
mod why;

use accolade::{Action, Catalog, Engine, NewEvent};
use accolade_testing::MemoryStore;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::{Settings, Site};

const CATALOG: &str = r#"
    [[category]]
    id = "talk"
    name = "Talking"
    description = "Taking part"

    [[currency]]
    id = "xp"
    name = "Experience"
    icon = "★"

    [[earning]]
    id = "said"
    on = "said"
    points = { xp = 10 }

    [[badge]]
    id = "talker"
    name = "Talker"
    description = "Say {target} things"
    category = "talk"
    criterion = { count = "said" }
    tiers = [{ id = "bronze", at = 1, points = { xp = 5 } }, { id = "silver", at = 10 }]

    [[badge]]
    id = "pictured"
    name = "Pictured"
    images = { unlocked = "/own/picture.png" }
    criterion = { count = "said" }

    [[badge]]
    id = "riddle"
    name = "The Riddle"
    description = "Say something odd"
    visibility = "secret"
    criterion = { count = "odd" }

    [[badge]]
    id = "ghost"
    name = "The Ghost"
    visibility = "invisible"
    criterion = { count = "odd" }

    [[unlockable]]
    id = "club"
    name = "The club"
    criterion = { points = "xp", at_least = 10 }

    [[unlockable]]
    id = "vault"
    name = "The vault"
    criterion = { points = "xp", at_least = 1000 }
"#;

/// Creates a site on which Ada has everything, Bob only public holdings, and Carol nothing.
async fn build_site(change: impl FnOnce(&mut Settings)) -> Site {
    build_site_with_catalog(CATALOG, change).await
}

async fn build_site_with_catalog(catalog: &str, change: impl FnOnce(&mut Settings)) -> Site {
    let engine = Engine::open(MemoryStore::new(), Catalog::from_toml(catalog).unwrap()).unwrap();
    for (player, name) in [
        ("ada", "said"),
        ("ada", "odd"),
        ("bob", "said"),
        ("carol", "arrived"),
    ] {
        engine
            .record(NewEvent::new(player, name).id(format!("{player}-{name}")))
            .await
            .unwrap();
    }
    engine
        .submit_action(Action::profile(
            "ada",
            accolade::props! { "name" => "Ada L." },
        ))
        .await
        .unwrap();
    let mut settings = Settings::default();
    change(&mut settings);
    Site::builder(engine)
        .settings(settings)
        .build()
        .await
        .unwrap()
}

/// Creates a site without players.
async fn build_empty_site(catalog: &str) -> Site {
    let engine = Engine::open(MemoryStore::new(), Catalog::from_toml(catalog).unwrap()).unwrap();
    Site::builder(engine).build().await.unwrap()
}

struct PageResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

/// Requests a page as a visitor or as a signed-in player.
async fn get_page(site: &Site, path: &str, player: Option<&str>) -> PageResponse {
    let mut request = Request::get(path);
    if let Some(player) = player {
        request = request.header(
            "cookie",
            format!("accolade_player={}", site.issue_player_token(player, 60)),
        );
    }
    send_request(site, request.body(Body::empty()).unwrap()).await
}

async fn send_request(site: &Site, request: Request<Body>) -> PageResponse {
    let response = site.router().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    // Templates escape slashes, but tests look for URLs.
    let body = body.replace("&#x2f;", "/");
    PageResponse {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}
