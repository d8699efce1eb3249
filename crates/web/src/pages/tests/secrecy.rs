//! Visibility of secret badges, other players and private pages.

use axum::http::StatusCode;

use super::{build_site, get_page};

#[tokio::test]
async fn secret_badges_are_visible_only_to_their_earners() {
    let site = build_site(|_| {}).await;
    let pages = [
        "/",
        "/badges",
        "/badges?show=secret",
        "/badges?show=next",
        "/badges/talker",
        "/players/ada",
        "/players/bob",
        "/names?badge=riddle&badge=ghost",
    ];
    for viewer in [None, Some("bob"), Some("stranger")] {
        for path in pages {
            let body = get_page(&site, path, viewer).await.body;
            for secret in ["Riddle", "riddle", "Ghost", "ghost", "Say something odd"] {
                assert!(
                    !body.contains(secret),
                    "{path} shows {secret} to {viewer:?}: {body}"
                );
            }
        }
    }
    let own = get_page(&site, "/players/ada", Some("ada")).await.body;
    assert!(
        own.contains("The Riddle") && own.contains("The Ghost"),
        "{own}"
    );
    let names = get_page(&site, "/names?badge=riddle&currency=xp", Some("ada"))
        .await
        .body;
    assert!(
        names.contains("The Riddle") && names.contains("Experience"),
        "{names}"
    );
}

#[tokio::test]
async fn a_hidden_badge_looks_like_a_nonexistent_one() {
    let site = build_site(|_| {}).await;
    for viewer in [None, Some("bob"), Some("stranger")] {
        let nothing = get_page(&site, "/badges/nothing", viewer).await;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND);
        for id in ["riddle", "ghost"] {
            let page = get_page(&site, &format!("/badges/{id}"), viewer).await;
            assert_eq!(
                (page.status, page.body),
                (nothing.status, nothing.body.clone()),
                "{id} to {viewer:?}"
            );
        }
    }
    for id in ["riddle", "ghost"] {
        let page = get_page(&site, &format!("/badges/{id}"), Some("ada")).await;
        assert_eq!(page.status, StatusCode::OK, "earners see its page");
        assert!(
            !page.body.contains("Earned by") && !page.body.contains("players have"),
            "its page does not show other earners"
        );
    }
}

#[tokio::test]
async fn pictures_do_not_reveal_which_badges_exist() {
    let site = build_site(|_| {}).await;
    let look = [
        "",
        "?tier=gold",
        "?locked=1",
        "?tier=%3Cscript%3E&locked=%00",
    ];
    for look in look {
        let path = |id: &str| format!("/art/{id}.svg{look}");
        let nothing = get_page(&site, &path("nothing"), Some("bob")).await;
        for id in [
            "riddle",
            "ghost",
            "no such thing".replace(' ', "%20").as_str(),
        ] {
            for viewer in [None, Some("bob")] {
                let art = get_page(&site, &path(id), viewer).await;
                assert_eq!(
                    (art.status, &art.body),
                    (StatusCode::OK, &nothing.body),
                    "{id}"
                );
                assert_eq!(
                    art.headers["cache-control"], nothing.headers["cache-control"],
                    "{id}"
                );
            }
        }
        let own = get_page(&site, &path("riddle"), Some("ada")).await;
        assert_ne!(own.body, nothing.body);
        assert!(
            own.headers["cache-control"]
                .to_str()
                .unwrap()
                .starts_with("private"),
            "shared caches must not store it"
        );
        let public = get_page(&site, &path("talker"), None).await;
        assert_ne!(public.body, nothing.body);
        assert_eq!(public.headers["cache-control"], "public, max-age=86400");
    }
}

#[tokio::test]
async fn only_players_themselves_see_what_they_can_still_earn() {
    let site = build_site(|_| {}).await;
    let others = get_page(&site, "/players/bob", None).await.body;
    assert!(
        others.contains("Talker") && others.contains("The club"),
        "{others}"
    );
    for own in ["The vault", "985 Experience to go", "Up next", "+10"] {
        assert!(!others.contains(own), "others see {own}");
        assert!(
            get_page(&site, "/players/bob", Some("bob"))
                .await
                .body
                .contains(own),
            "the player does not see {own}"
        );
    }
    let unknown = get_page(&site, "/players/stranger", None).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.body.contains("Player not found"));
    let pictured = get_page(&site, "/badges/pictured", None).await.body;
    assert!(
        pictured.contains("/own/picture.png"),
        "a picture in the catalog replaces the generated one"
    );
}

#[tokio::test]
async fn private_pages_show_players_only_their_own_data() {
    let site = build_site(|settings| settings.players.public_pages = false).await;
    for (path, viewer, status) in [
        ("/", None, StatusCode::FORBIDDEN),
        ("/", Some("bob"), StatusCode::SEE_OTHER),
        ("/badges", None, StatusCode::FORBIDDEN),
        ("/badges", Some("bob"), StatusCode::OK),
        ("/badges/talker", None, StatusCode::FORBIDDEN),
        ("/badges/talker", Some("bob"), StatusCode::OK),
        ("/badges/nothing", None, StatusCode::FORBIDDEN),
        ("/players/bob", None, StatusCode::FORBIDDEN),
        ("/players/bob", Some("bob"), StatusCode::OK),
        ("/players/ada", Some("bob"), StatusCode::FORBIDDEN),
        ("/players/stranger", None, StatusCode::FORBIDDEN),
        ("/players", None, StatusCode::FORBIDDEN),
        ("/players?q=ada", Some("bob"), StatusCode::FORBIDDEN),
        ("/live", None, StatusCode::FORBIDDEN),
        ("/live", Some("bob"), StatusCode::FORBIDDEN),
        ("/live?mine=1", None, StatusCode::UNAUTHORIZED),
        ("/names?player=ada", None, StatusCode::FORBIDDEN),
        ("/sign-in", None, StatusCode::UNAUTHORIZED),
        ("/secret.svg", None, StatusCode::OK),
    ] {
        let answer = get_page(&site, path, viewer).await;
        assert_eq!(answer.status, status, "{path} to {viewer:?}");
        assert!(
            !answer.body.contains("Ada L."),
            "{path} names a player to {viewer:?}"
        );
    }
    assert!(
        get_page(&site, "/badges", None)
            .await
            .body
            .contains("Members only")
    );
    let badge = get_page(&site, "/badges/talker", Some("bob")).await.body;
    assert!(
        !badge.contains("/players/ada") && !badge.contains("Earned by"),
        "{badge}"
    );
    assert!(
        !get_page(&site, "/names?player=ada", Some("bob"))
            .await
            .body
            .contains("Ada L.")
    );
    assert!(
        !get_page(&site, "/avatar/ada.svg", Some("bob"))
            .await
            .body
            .contains("AL")
    );
    assert_eq!(
        get_page(&site, "/art/talker.svg", None).await.body,
        get_page(&site, "/art/nothing.svg", None).await.body
    );
}
