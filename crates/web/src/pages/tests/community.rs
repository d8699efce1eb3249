//! The community page, the list of players, and the files of the site.

use accolade::{Catalog, NewEvent, PublishOptions};
use axum::http::StatusCode;

use super::{CATALOG, build_empty_site, build_site, get_page};

const LATER_BADGE: &str = r#"
    [[badge]]
    id = "early-bird"
    name = "Early Bird"
    criterion = { count = "said" }
"#;

#[tokio::test]
async fn a_publication_is_one_item() {
    let site = build_site(|_| {}).await;
    let engine = &site.app_state().engine;
    let catalog = Catalog::from_toml(&format!("{CATALOG}{LATER_BADGE}")).unwrap();
    let published = engine.catalog().publish(catalog, PublishOptions::default());
    published.await.unwrap();
    engine.catalog().await_backfill(|_| {}).await.unwrap();
    let body = get_page(&site, "/", None).await.body;
    let feed = body.split("data-feed").nth(2).unwrap();
    assert_eq!(feed.matches("Early Bird").count(), 1, "{feed}");
    assert!(
        feed.contains("<strong class=\"number\">2</strong> players have"),
        "{feed}"
    );
    let own = get_page(&site, "/players/bob", Some("bob")).await.body;
    let recent = own.split("id=\"recent-title\"").nth(1).unwrap();
    assert!(recent.contains("New rules:"), "{recent}");
}

#[tokio::test]
async fn feeds_say_when_something_was_announced_and_cards_when_it_was_earned() {
    let site = build_site(|_| {}).await;
    let at = "2020-02-03T00:00:00Z".parse().unwrap();
    let engine = &site.app_state().engine;
    engine
        .record(NewEvent::new("carol", "said").at(at))
        .await
        .unwrap();
    let feed = get_page(&site, "/", None).await.body;
    assert!(feed.contains("carol") && !feed.contains("2020"), "{feed}");
    let profile = get_page(&site, "/players/carol", None).await.body;
    let (cards, recent) = profile.split_once("id=\"recent-title\"").unwrap();
    assert!(cards.contains("3 Feb 2020"), "{cards}");
    assert!(!recent.contains("2020"), "{recent}");
}

#[tokio::test]
async fn an_empty_community_counts_all_badges_of_the_gallery_and_leads_there() {
    let catalog = "[[badge]]\nid = 'open'\ncriterion = { count = 'said' }\n\
        [[badge]]\nid = 'hidden'\nvisibility = 'secret'\ncriterion = { count = 'said' }";
    let site = build_empty_site(catalog).await;
    let gallery = get_page(&site, "/badges", None).await.body;
    assert!(
        gallery.contains("2 badges, including 1 secret"),
        "{gallery}"
    );
    let community = get_page(&site, "/", None).await.body;
    let count = "<dt>badges</dt><dd class=\"number\">2</dd>";
    assert!(community.contains(count), "{community}");
    assert!(!community.contains("role=\"search\""), "{community}");
    for path in ["/", "/players"] {
        let page = get_page(&site, path, None).await.body;
        let content = page.split("<main").nth(1).unwrap();
        assert!(content.contains("See all badges</a>"), "{path}: {content}");
    }
}

#[tokio::test]
async fn awards_of_one_commit_are_one_item() {
    let site = build_site(|_| {}).await;
    let body = get_page(&site, "/", None).await.body;
    let items: Vec<&str> = body.split("<li class=\"activity-item\"").skip(1).collect();
    let of_bob: Vec<&&str> = items
        .iter()
        .filter(|item| item.contains("/players/bob\"") && item.contains("earned"))
        .collect();
    assert_eq!(of_bob.len(), 1, "{of_bob:?}");
    assert!(of_bob[0].contains("Talker") && of_bob[0].contains("Pictured"));
}

#[tokio::test]
async fn players_are_found_by_name_and_by_id() {
    let site = build_site(|_| {}).await;
    for (path, found, missing) in [
        ("/players", "/players/bob\"", "No player has"),
        ("/players?q=ada%20l", "Ada L.", "/players/bob\""),
        ("/players?q=bo", "/players/bob\"", "Ada L."),
        ("/players?q=zz", "No player has a name", "Ada L."),
        ("/players?q=%3Cscript%3E", "&lt;script&gt;", "<script>"),
    ] {
        let body = get_page(&site, path, None).await.body;
        assert!(body.contains(found), "{path}: no {found}: {body}");
        assert!(!body.contains(missing), "{path} shows {missing}: {body}");
    }
}

#[tokio::test]
async fn the_menu_of_narrow_screens_needs_no_script() {
    let site = build_site(|_| {}).await;
    let body = get_page(&site, "/", Some("ada")).await.body;
    let menu = body.split("<details class=\"menu\">").nth(1).unwrap();
    let menu = menu.split("</details>").next().unwrap();
    for shown in ["/badges", "/players", "Sign out"] {
        assert!(menu.contains(shown), "no {shown}: {menu}");
    }
}

#[tokio::test]
async fn browsers_and_crawlers_get_their_files() {
    let site = build_site(|settings| settings.server.prefix = "/game".to_owned()).await;
    for (path, kind, shown) in [
        ("/robots.txt", "text/plain", "Disallow: /game/admin"),
        ("/site.webmanifest", "application/manifest+json", "/game/"),
    ] {
        let answer = get_page(&site, path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let found = answer.headers["content-type"].to_str().unwrap();
        assert!(found.starts_with(kind), "{path}: {found}");
        assert!(answer.body.contains(shown), "{path}: {}", answer.body);
    }
    let private = build_site(|settings| settings.players.public_pages = false).await;
    let robots = get_page(&private, "/robots.txt", None).await.body;
    assert!(robots.contains("Disallow: /\n"), "{robots}");
    let body = get_page(&site, "/badges/talker", None).await.body;
    assert!(
        body.contains("name=\"description\" content=\"Talker: Say 1 or 10 things\""),
        "{body}"
    );
}
