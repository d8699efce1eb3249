//! Awards, previews of shared links, cards for other sites, and shields.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::{build_site, get_page};
use crate::Site;

/// Paths that show an award or a badge; `{}` is the id of the badge.
const PATHS: [&str; 5] = [
    "/players/ada/badges/{}",
    "/share/badges/{}.png",
    "/share/players/ada/badges/{}.png",
    "/embed/badges/{}",
    "/shields/badges/{}.svg",
];

/// Requests a picture, whose body is not text. Returns status, media type and size.
async fn get_picture(site: &Site, path: &str) -> (StatusCode, String, usize) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = site.router().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let kind = headers["content-type"].to_str().unwrap().to_owned();
    (status, kind, body.len())
}

#[tokio::test]
async fn an_award_has_a_public_page_with_tags_for_social_networks() {
    let site = build_site(|settings| {
        settings.server.public_url = "https://play.example".to_owned();
    })
    .await;
    for viewer in [None, Some("bob"), Some("ada")] {
        let page = get_page(&site, "/players/ada/badges/talker", viewer).await;
        assert_eq!(page.status, StatusCode::OK);
        for shown in [
            "content=\"Ada L. earned Talker (bronze)\"",
            "content=\"https://play.example/players/ada/badges/talker\"",
            "content=\"https://play.example/share/players/ada/badges/talker.png\"",
            "content=\"summary_large_image\"",
            "content=\"1200\"",
            "data-share=\"https://play.example/players/ada/badges/talker\"",
        ] {
            assert!(page.body.contains(shown), "{shown}: {}", page.body);
        }
        let is_own = viewer == Some("ada");
        assert_eq!(page.body.contains("Why do I have this?"), is_own);
    }
    let badge = get_page(&site, "/badges/talker", None).await.body;
    assert!(
        badge.contains("content=\"https://play.example/share/badges/talker.png\""),
        "{badge}"
    );
}

#[tokio::test]
async fn share_images_are_pngs_with_the_name_of_the_badge() {
    let site = build_site(|_| {}).await;
    let (status, kind, size) = get_picture(&site, "/share/badges/talker.png").await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "image/png"));
    assert!(size > 5_000, "{size}");
    let path = "/share/players/ada/badges/talker.png";
    let (status, kind, size_of_award) = get_picture(&site, path).await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "image/png"));
    assert_ne!(size, size_of_award);
}

#[tokio::test]
async fn secret_badges_look_like_nonexistent_ones_wherever_links_are_shared() {
    let site = build_site(|_| {}).await;
    for path in PATHS {
        let nothing = get_page(&site, &path.replace("{}", "nothing"), None).await;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND, "{path}");
        for badge in ["riddle", "ghost"] {
            for viewer in [None, Some("bob")] {
                let page = get_page(&site, &path.replace("{}", badge), viewer).await;
                let nothing = get_page(&site, &path.replace("{}", "nothing"), viewer).await;
                assert_eq!(
                    (page.status, page.body),
                    (nothing.status, nothing.body),
                    "{path} shows {badge} to {viewer:?}"
                );
            }
        }
    }
    // Not even the player can share it, because the image would be public.
    let own = get_page(&site, "/players/ada/badges/riddle", Some("ada")).await;
    assert_eq!(own.status, StatusCode::OK);
    assert!(
        own.body.contains("The Riddle") && !own.body.contains("og:image"),
        "{}",
        own.body
    );
    let image = get_page(&site, "/share/players/ada/badges/riddle.png", Some("ada")).await;
    assert_eq!(image.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_badge_that_is_not_held_has_no_award() {
    let site = build_site(|_| {}).await;
    for path in [
        "/players/carol/badges/talker",
        "/players/stranger/badges/talker",
        "/share/players/carol/badges/talker.png",
        "/share/players/stranger/badges/talker.png",
    ] {
        for viewer in [None, Some("carol")] {
            let page = get_page(&site, path, viewer).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}

#[tokio::test]
async fn private_pages_share_nothing() {
    let site = build_site(|settings| settings.players.public_pages = false).await;
    for path in PATHS {
        let path = path.replace("{}", "talker");
        for viewer in [None, Some("bob")] {
            let page = get_page(&site, &path, viewer).await;
            assert!(page.status.is_client_error(), "{path} to {viewer:?}");
            assert!(!page.body.contains("Ada L."), "{path} to {viewer:?}");
        }
    }
    for path in ["/embed/players/ada", "/shields/players/ada.svg"] {
        let page = get_page(&site, path, Some("bob")).await;
        assert!(page.status.is_client_error(), "{path}");
    }
    let own = get_page(&site, "/players/ada/badges/talker", Some("ada")).await;
    assert_eq!(own.status, StatusCode::OK);
    assert!(!own.body.contains("og:image"), "{}", own.body);
}

#[tokio::test]
async fn only_cards_can_be_embedded_and_only_by_listed_origins() {
    let listed = build_site(|settings| {
        settings.pages.embed_origins = vec!["https://blog.example".to_owned()];
    })
    .await;
    let unlisted = build_site(|_| {}).await;
    for path in ["/embed/players/ada", "/embed/badges/talker"] {
        let page = get_page(&listed, path, None).await;
        assert_eq!(page.status, StatusCode::OK);
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.ends_with("frame-ancestors https://blog.example"),
            "{policy}"
        );
        assert!(!policy.contains("script-src"), "{policy}");
        assert!(!page.headers.contains_key("x-frame-options"));
        let page = get_page(&unlisted, path, None).await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
        assert_eq!(page.headers["x-frame-options"], "DENY");
    }
    for path in [
        "/",
        "/badges/talker",
        "/players/ada",
        "/embed/badges/nothing",
    ] {
        let page = get_page(&listed, path, None).await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.ends_with("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert_eq!(page.headers["x-frame-options"], "DENY");
    }
}

#[tokio::test]
async fn cards_and_shields_show_the_same_to_everyone() {
    let site = build_site(|_| {}).await;
    for path in ["/embed/players/ada", "/shields/players/ada.svg"] {
        let visitor = get_page(&site, path, None).await;
        let own = get_page(&site, path, Some("ada")).await;
        assert_eq!((visitor.status, &visitor.body), (own.status, &own.body));
        for secret in ["Riddle", "Ghost"] {
            assert!(!own.body.contains(secret), "{path} shows {secret}");
        }
        assert_eq!(visitor.headers["cache-control"], "public, max-age=300");
    }
    let shield = get_page(&site, "/shields/players/ada.svg", None).await.body;
    assert!(shield.contains("2 badges"), "{shield}");
    let points = get_page(&site, "/shields/players/ada.svg?currency=xp", None).await;
    assert!(points.body.contains("Experience"), "{}", points.body);
    let badge = get_page(&site, "/shields/badges/talker.svg", None)
        .await
        .body;
    assert!(badge.contains("2 players"), "{badge}");
}

#[tokio::test]
async fn pictures_have_only_their_own_extension() {
    let site = build_site(|_| {}).await;
    for path in [
        "/art/talker.png",
        "/art/talker",
        "/art/riddle.png",
        "/avatar/ada.png",
        "/avatar/ada",
        "/share/badges/talker.svg",
        "/share/players/ada/badges/talker.svg",
        "/shields/players/ada.png",
        "/shields/badges/talker.png",
    ] {
        let page = get_page(&site, path, None).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!page.body.contains("<svg"), "{path}");
    }
}
