//! The pages that explain badges and unlockables to players.

use accolade::NewEvent;
use axum::http::StatusCode;

use super::{build_site, build_site_with_catalog, get_page};

const CATALOG: &str = r#"
    [[currency]]
    id = "xp"
    name = "Experience"

    [[earning]]
    id = "said"
    on = "said"
    points = { xp = 10 }

    [[badge]]
    id = "odd-talker"
    name = "Odd talker"
    criterion = { count = "said", where = "has(event.volume) && event.volume > 9000", at_least = 2 }

    [[badge]]
    id = "riddle"
    name = "The Riddle"
    visibility = "secret"
    criterion = { count = "odd" }

    [[badge]]
    id = "collector"
    name = "Collector"
    criterion = { badge = "riddle" }

    [[unlockable]]
    id = "club"
    name = "The club"
    criterion = { points = "xp", at_least = 20 }
"#;

#[tokio::test]
async fn only_players_themselves_see_why() {
    let site = build_site(|_| {}).await;
    let mut refused = Vec::new();
    for path in [
        "/players/ada/why/badges/talker",
        "/players/ada/why/badges/riddle",
        "/players/ada/why/badges/nothing",
        "/players/ada/why/unlockables/club",
        "/players/stranger/why/badges/talker",
    ] {
        for viewer in [None, Some("bob")] {
            let page = get_page(&site, path, viewer).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} to {viewer:?}");
            assert!(page.body.contains("Not your page"));
            if viewer.is_none() {
                refused.push(page.body);
            }
        }
    }
    refused.dedup();
    assert_eq!(refused.len(), 1, "the page reveals what exists");
    let own = get_page(&site, "/players/ada/why/badges/talker", Some("ada")).await;
    assert!(
        own.body
            .contains("You have Talker (bronze); next is silver: 1 of the 10 said events needed."),
        "{}",
        own.body
    );
}

#[tokio::test]
async fn players_do_not_learn_of_secret_badges() {
    let site = build_site(|_| {}).await;
    let nothing = get_page(&site, "/players/bob/why/badges/nothing", Some("bob")).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    for badge in ["riddle", "ghost"] {
        let path = format!("/players/bob/why/badges/{badge}");
        let page = get_page(&site, &path, Some("bob")).await;
        assert_eq!(
            (page.status, page.body),
            (nothing.status, nothing.body.clone())
        );
        let path = format!("/players/ada/why/badges/{badge}");
        let earned = get_page(&site, &path, Some("ada")).await;
        assert_eq!(earned.status, StatusCode::OK, "its earner sees why");
    }
    let site = build_site_with_catalog(CATALOG, |_| {}).await;
    let path = "/players/bob/why/badges/collector";
    let page = get_page(&site, path, Some("bob")).await;
    assert!(
        page.body
            .contains("You do not have Collector yet: another badge is needed."),
        "{}",
        page.body
    );
    assert!(!page.body.contains("iddle"), "{}", page.body);
}

#[tokio::test]
async fn players_get_words_instead_of_conditions_and_ids() {
    let site = build_site_with_catalog(CATALOG, |_| {}).await;
    let path = "/players/bob/why/badges/odd-talker";
    let page = get_page(&site, path, Some("bob")).await.body;
    for shown in [
        "How do I get this?",
        "You do not have Odd talker yet: 0 of the 2 said events needed.",
        "1 said event does not count: something about them did not match.",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    for internal in ["event.volume", "9000", "bob-said", "condition"] {
        assert!(!page.contains(internal), "{internal}: {page}");
    }
    let path = "/players/bob/why/unlockables/club";
    let page = get_page(&site, path, Some("bob")).await.body;
    assert!(
        page.contains("You have not unlocked The club yet: 10 of the 20 Experience needed."),
        "{page}"
    );
}

#[tokio::test]
async fn profile_and_badge_page_link_to_the_explanation_of_the_player_only() {
    let site = build_site(|_| {}).await;
    for (path, link) in [
        ("/badges/talker", "/players/ada/why/badges/talker"),
        ("/players/ada", "/players/ada/why/unlockables/vault"),
    ] {
        let own = get_page(&site, path, Some("ada")).await.body;
        assert!(own.contains(link), "{own}");
        for viewer in [None, Some("bob")] {
            let page = get_page(&site, path, viewer).await.body;
            assert!(!page.contains("/players/ada/why"), "{path} to {viewer:?}");
        }
    }
}

#[tokio::test]
async fn items_have_their_titles_and_links_on_the_pages_of_an_award() {
    let catalog = r#"
        [[badge]]
        id = "liked"
        name = "Liked"
        repeat = "per-key"
        criterion = { count = "like.received", per = "event.post" }

        [[key]]
        property = "post"
        label = "{event.title}"
        link = "https://forum.example.org/posts/{key}"
    "#;
    let site = build_site_with_catalog(catalog, |_| {}).await;
    let engine = &site.app_state().engine;
    for (post, title) in [(7, Some("<b>Rye</b> & wheat")), (8, None)] {
        let event = NewEvent::new("ada", "like.received").prop("post", post);
        let event = match title {
            Some(title) => event.prop("title", title),
            None => event,
        };
        engine.record(event).await.unwrap();
    }
    let titled = "<a href=\"https://forum.example.org/posts/7\"><bdi>&lt;b&gt;Rye&lt;/b&gt; &amp; \
        wheat</bdi></a>";
    let untitled = "<a href=\"https://forum.example.org/posts/8\"><bdi>post 8</bdi></a>";
    for (path, viewer) in [
        ("/players/ada/badges/liked", None),
        ("/players/ada/badges/liked", Some("ada")),
        ("/players/ada/why/badges/liked", Some("ada")),
    ] {
        let page = get_page(&site, path, viewer).await.body;
        for item in [titled, untitled] {
            assert!(page.contains(item), "{path} {item}: {page}");
        }
    }
}
